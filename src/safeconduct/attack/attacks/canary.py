"""How much the noise of a protection level hides one person, measured."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from safeconduct.attack.base import Attack, Finding, attack, untried
from safeconduct.attack.field import Field, Spec
from safeconduct.attack.games import Answers
from safeconduct.attack.specs import ALL, daily, people
from safeconduct.measures.attacks.canary import distinguish
from safeconduct.protect.zcdp import epsilon, epsilon_lower_bound

METRIC = "epsilon_lower_bound"
LARGE = 40
"""True counts from here on: below, a minimum for readability would choose which noise is seen."""
DELTA = 1e-6
CONFIDENCE = 95
NORMAL = 1.96
MILLION = 10**6
FEWEST = 40


@attack
class Canary(Attack):
    """A person known to be in a cell, or known not to be, and a number that should look the same either way.

    Noise is fresh in every cell of every answer, so each cell that is told is one try: in half of them the attacker
    knows all but a person who is there, in half all but a person who is not. How often they are told apart bounds from
    below the ε that the noise really has for one person in one cell; a declared ε, which covers whole days or months of
    a person, must never be smaller. Noise that repeats from one question to the next makes tries alike, not the bound.
    """

    name: ClassVar[str] = "canary"
    title: ClassVar[str] = "Canary"
    says: ClassVar[str] = "tells cells with one more person from cells without by the noise, and bounds ε from below"

    def run(self, field: Field, *, guesses: int) -> Finding:
        """Collect noise until there is enough of it, and play."""
        if field.truth is None:
            return untried(METRIC, chance=0.0, note="Nothing to judge guesses by: give --truth.")
        answers, errors, margins = Answers(field, field.truth), np.empty(0), np.empty(0)
        for spec in _questions(field):
            answers.ask([spec])
            more, wide = _noise(answers, spec)
            errors, margins = np.concatenate([errors, more]), np.concatenate([margins, wide])
            if len(errors) >= 2 * guesses:
                break
        if len(errors) < FEWEST:
            return untried(METRIC, chance=0.0, note=f"Only {len(errors)} large counts were told; no game is played.")
        return _finding(field, errors, margins)


def _questions(field: Field) -> list[Spec]:
    """Where people were each day, by hours and types: one cell a person and day in each."""
    areas = list(field.areas)[::-1]
    sorts = [ALL, *((kind,) for kind in ALL)]
    return [people(daily(field.days, level, events=events, method=way))
            for level in areas for way in ("last", "most-common") for events in sorts]  # fmt: skip


def _noise(answers: Answers, spec: Spec) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Told less true of every large count that was told, and the margins told with them."""
    told, true = answers.told(spec), answers.true(spec)
    keys = [key for key, value in told.cells.items() if value is not None and true.get(key, 0) >= LARGE]
    errors = np.array([(told.cells[key] or 0) - true[key] for key in keys], dtype=np.float64)
    return errors, np.array([told.margin.get(key, 0) for key in keys], dtype=np.float64)


def _finding(field: Field, errors: NDArray[np.float64], margins: NDArray[np.float64]) -> Finding:
    found = distinguish(errors[:, None], field.rng)
    bound = epsilon_lower_bound(
        found.hits_with, found.tries_with, found.hits_without, found.tries_without, DELTA, CONFIDENCE
    )
    return Finding(
        metric=METRIC,
        accuracy=None,
        auc=None,
        bits=None,
        chance=0.0,
        ci=(bound, bound),
        n=found.tries_with + found.tries_without,
        share=bound,
        note=f"One person in one cell shows at least ε = {bound:.2f} (95 %, δ = 10⁻⁶); {_declared(errors, margins)}.",
    )


def _declared(errors: NDArray[np.float64], margins: NDArray[np.float64]) -> str:
    """What the answers say of their noise themselves."""
    if not errors.any():
        return "there was no noise at all, and only the number of tries limits the bound"
    if not margins.any():
        return "the answers tell no margin to compare it with"
    variance = (float(np.median(margins)) / NORMAL) ** 2
    told = epsilon(round(MILLION / (2 * variance)), DELTA)
    return (
        f"margins of ±{float(np.median(margins)):.0f} as told would be those of Gaussian noise of ε = {told:.2f} a cell"
    )
