"""How much the noise of a protection level hides one person, measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import exp
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from safeconduct.attack.base import Attack, Finding, attack, untried
from safeconduct.attack.field import Field, Spec
from safeconduct.attack.games import Answers
from safeconduct.attack.specs import modal, people
from safeconduct.measures.attacks.canary import Law, audited, loss_at_least
from safeconduct.protect.zcdp import epsilon, epsilon_lower_bound

METRIC = "epsilon_lower_bound"
CLEAR = 4.0
"""Standard deviations that a true count is above the smallest told one: nearer to it, only some noise is told."""
DELTA = 1e-6
CONFIDENCE = 95
NORMAL = 1.96
MILLION = 10**6
FEWEST = 40
GROUPS = (1, 2, 4, 8, 16, 32)
WAYS = ("last", "most-common")


@attack
class Canary(Attack):
    """People known to be in a cell, or known not to be, and a number that should look the same either way.

    Where people mostly were is a question in which everybody counts in one cell, once in a run of days. So each cell of
    each such answer that is told is one try of its own: a canary that is there, or is not, and the attacker knows all
    of the cell but that. How surely they are told apart bounds from below the ε that the noise really has for one
    person in one answer, and a declared ε must never be smaller. Several canaries that are there together, or not, show
    more with the same tries: where ε hides one person, k ε hides k. Two bounds are told: one that takes nothing for
    granted, and a closer one for noise that is Gaussian, as it is where a loss is declared. Noise that repeats from one
    question to the next makes tries alike, and then neither is sure.
    """

    name: ClassVar[str] = "canary"
    title: ClassVar[str] = "Canary"
    says: ClassVar[str] = "tells cells with some people more from cells without by the noise, and bounds ε from below"

    def run(self, field: Field, *, guesses: int) -> Finding:
        """Collect noise until there is enough of it, and play."""
        if field.truth is None:
            return untried(METRIC, chance=0.0, note="Nothing to judge guesses by: give --truth.")
        answers, found = Answers(field, field.truth), Noise(np.empty(0), np.empty(0), 0)
        for spec in _questions(field):
            answers.ask([spec])
            found = found.and_of(answers, spec)
            if len(found.errors) >= 2 * guesses:
                break
        if len(found.errors) < FEWEST:
            note = f"Only {len(found.errors)} large counts were told; no game is played."
            return untried(METRIC, chance=0.0, note=note)
        return _finding(found, field.rng)


@dataclass(frozen=True, eq=False, repr=False)
class Noise:
    """Noise of many cells.

    Attributes:
        errors: Told less true.
        margins: The margins told with them.
        answers: Answers that it is of.
    """

    errors: NDArray[np.float64]
    margins: NDArray[np.float64]
    answers: int

    def and_of(self, answers: Answers, spec: Spec) -> "Noise":
        """Also that of an answer's cells that are told whatever their noise: they are large, or nothing is withheld."""
        told, true = answers.told(spec), answers.true(spec)
        if told.refused:
            return self
        least = min((value for value in told.cells.values() if value), default=1)
        whole = all(value is not None for value in told.cells.values())
        clear = {key: 0 if whole else least + CLEAR * told.margin.get(key, 0) / NORMAL for key in told.cells}
        keys = [key for key, value in told.cells.items() if value is not None and true.get(key, 0) >= clear[key]]
        errors = np.array([(told.cells[key] or 0) - true[key] for key in keys], dtype=np.float64)
        margins = np.array([told.margin.get(key, 0) for key in keys], dtype=np.float64)
        return Noise(
            errors=np.concatenate([self.errors, errors]),
            margins=np.concatenate([self.margins, margins]),
            answers=self.answers + 1,
        )


def _questions(field: Field) -> list[Spec]:
    """Where people mostly were in the month of which there are most days, and in parts of it: one cell a person."""
    slices = field.slices
    sorts = [slices.whole, *slices.single]
    return [people(modal(days, level, **slices.cut(some), method=way))
            for days in _parts(_month(field.days)) for level in list(field.areas)[::-1] for way in WAYS
            for some in sorts]  # fmt: skip


def _parts(days: Sequence[date]) -> list[Sequence[date]]:
    """The whole, its halves and its quarters, as far as there are days enough."""
    found = [days]
    for many in (2, 4):
        length = len(days) // many
        found += [days[at * length : (at + 1) * length] for at in range(many) if length > 1]
    return found


def _month(days: Sequence[date]) -> list[date]:
    """Days of one month: somebody who is left out of it changes one cell by one, and no other."""
    months = [day.replace(day=1) for day in days]
    most = max(sorted(set(months)), key=months.count)
    return [day for day, month in zip(days, months, strict=True) if month == most]


def _finding(noise: Noise, rng: np.random.Generator) -> Finding:
    bound, together, tries = _any_law(noise, rng)
    declared, at_most = _declared(noise)
    closer = _gaussian(noise, rng) if declared else 0.0
    words = (
        f"One answer shows at least ε = {bound:.2f} of a person (95 %, δ = 10⁻⁶, canaries together: {together})"
        f"{_told(noise, declared, closer)}."
    )
    return Finding(
        metric=METRIC,
        accuracy=None,
        auc=None,
        bits=None,
        chance=0.0,
        ci=(bound, bound),
        n=tries,
        share=bound,
        note=words,
        also={
            "gaussian": closer,
            "declared": declared,
            "declared_of_all": epsilon(round(MILLION * noise.answers * _loss(noise)), DELTA) if declared else 0.0,
            "answers": float(noise.answers),
            "beyond": max(0.0, max(bound, closer) - at_most) if declared else 0.0,
        },
    )


def _any_law(noise: Noise, rng: np.random.Generator) -> tuple[float, int, int]:
    """The least ε of one person, how many canaries showed it, and tries.

    For k people, (ε, δ) is at least (kε, k e^(kε) δ): the bound for the group is taken at that delta and shared out.
    """
    size, found = audited(noise.errors[:, None], rng, groups=GROUPS, law=Law.ANY)
    games = (found.hits_with, found.tries_with, found.hits_without, found.tries_without)
    rough = epsilon_lower_bound(*games, DELTA, CONFIDENCE)
    delta = DELTA if size == 1 else min(size * exp(rough) * DELTA, 0.5)
    return epsilon_lower_bound(*games, delta, CONFIDENCE) / size, size, found.tries_with + found.tries_without


def _gaussian(noise: Noise, rng: np.random.Generator) -> float:
    """The least ε of one person if the noise is Gaussian."""
    size, found = audited(noise.errors[:, None], rng, groups=GROUPS, law=Law.GAUSSIAN)
    return epsilon(round(MILLION * loss_at_least(found, size)), DELTA)


def _loss(noise: Noise, less: float = 0.0) -> float:
    """The loss of one answer if its margins, less what rounding adds to them, are those of Gaussian noise."""
    return ((float(np.median(noise.margins)) - less) / NORMAL) ** -2 / 2


def _declared(noise: Noise) -> tuple[float, float]:
    """The ε that margins as told stand for, and the largest that rounding them allows; 0 where none is told."""
    if not noise.margins.any():
        return 0.0, 0.0
    usual, most = (epsilon(round(MILLION * _loss(noise, less)), DELTA) for less in (0.0, 0.5))
    return usual, most


def _told(noise: Noise, declared: float, closer: float) -> str:
    """What the answers say of their noise themselves, and what is shown if that is so."""
    if not noise.errors.any():
        return "; there was no noise at all, and only the number of tries limits the bound"
    if not declared:
        return "; the answers tell no margin to compare it with"
    margin = float(np.median(noise.margins))
    return (
        f", and at least {closer:.2f} if the noise is Gaussian; margins of ±{margin:.0f} as told would be those of "
        f"Gaussian noise of ε = {declared:.2f} an answer (answers: {noise.answers})"
    )
