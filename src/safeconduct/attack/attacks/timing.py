"""How long an answer takes, and how many bytes it has."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import combinations, pairwise
from typing import ClassVar, TypeAlias

import numpy as np

from safeconduct.attack.base import Attack, Finding, Place, attack, untried
from safeconduct.attack.field import Field, Spec, Told
from safeconduct.attack.games import CHANCE
from safeconduct.attack.specs import daily, doings, people, seen
from safeconduct.measures.attacks.guessing import Estimate, auc

WINDOWS: tuple[tuple[tuple[int, int] | None, ...], ...] = (((0, 6), (16, 22)), ((18, 6), (6, 18)), (None,))
EACH, LEAST, MOST = 8, 250, 1200
FEWEST = 20


Form: TypeAlias = tuple[str, tuple[str, ...]]
Ask: TypeAlias = Callable[..., Spec]


@dataclass(frozen=True)
class Timed:
    """An answer from outside.

    Attributes:
        form: What was asked, apart from the day and the hours: answers of one form are as much work.
        seconds: What it took.
        size: Its bytes.
        told: Share of its cells that were told.
    """

    form: Form
    seconds: float
    size: int
    told: float


@attack
class Timing(Attack):
    """Times questions of one form, about hours when hardly anybody and when nearly everybody is about.

    A few are always asked ahead and answered in turn, so that the time between two answers is what one took. The
    attacker learns from half of them which sort takes longer, and tells pairs of the other half apart: one that
    withholds more than is usual for its form, and one that tells more. What the answer itself says does not count. An
    answer is in many pairs: the interval is that of so many answers, not of so many pairs.
    """

    name: ClassVar[str] = "timing"
    title: ClassVar[str] = "Time of answers"
    says: ClassVar[str] = "Tells answers in which much is withheld from answers in which much is told by their time."
    place: ClassVar[Place] = Place.QUIET

    def run(self, field: Field, *, guesses: int) -> Finding:
        """Ask at the narrowest hours that are answered, and look at the clock."""
        found = _timed(field, most=min(MOST, max(LEAST, guesses // EACH)))
        labels = _labels(found)
        some = [at for at, label in enumerate(labels) if label is not None]
        truth = np.array([labels[at] for at in some], np.int64)
        if min(int((truth == 0).sum()), int((truth == 1).sum())) < FEWEST:
            return untried("accuracy", chance=CHANCE, note="Too few answers withhold more than others of their form.")
        right, pairs = _told_apart(_beside_form([found[at] for at in some]), truth, field.rng)
        nothing = [one for one in found if not one.told]
        sizes, forms = {(one.form, one.size) for one in nothing}, {one.form for one in nothing}
        note = (f"{len(some)} answers were told apart by time, two by two, by whether they withhold more than is "
                f"usual; the interval is that of so many answers. {len(nothing)} that withhold all have {len(sizes)} "
                f"sizes in {len(forms)} forms.")  # fmt: skip
        return Finding(metric="accuracy", accuracy=right.value, auc=right.value, bits=None, chance=CHANCE,
                       ci=(right.low, right.high), n=pairs, note=note)  # fmt: skip


def _timed(field: Field, *, most: int) -> list[Timed]:
    """So many questions timed, without the first and the refused ones."""
    asked = {id(spec): (form, spec) for form, spec in _questions(field)}
    forms = [list(asked.values())[at] for at in field.rng.permutation(len(asked))[:most]]
    told = field.ask(*(spec for _, spec in forms))
    done = sorted(zip(told, forms, strict=True), key=lambda one: one[0].done)
    return [
        Timed(form, one.done - before.done, one.size, share)
        for (before, _), (one, (form, _)) in pairwise(done)
        if (share := _share(one)) is not None
    ]


def _questions(field: Field) -> list[tuple[Form, Spec]]:
    """Questions of a day, by form, at the two finest levels."""
    levels, day = list(field.areas)[-2:], field.days[0]
    hours = next((some for some in WINDOWS[:-1]
                  if not field.ask(seen([day], levels[0], hours=some[0]))[0].refused), WINDOWS[-1])  # fmt: skip
    return [((level, name), ask([day], level, hours=part))
            for level in levels for name, ask in _sorts(field).items()
            for day in field.days for part in hours]  # fmt: skip


def _sorts(field: Field) -> dict[tuple[str, ...], Ask]:
    """Who was seen, by every type and every two of them; where there is one type, every sort of count instead."""
    names = field.slices.types
    if len(names) > 1:
        return {some: partial(seen, events=some) for some in (*((kind,) for kind in names), *combinations(names, 2))}
    return {("seen",): seen, ("events",): doings, ("last",): _last, ("mostly",): partial(_last, method="most-common")}


def _last(days: Sequence[date], areas: str, *, hours: tuple[int, int] | None, method: str = "last") -> Spec:
    return people(daily(days, areas, hours=hours, method=method))


def _share(told: Told) -> float | None:
    """Share of the cells that could be told which are; `None` where the question was refused."""
    able = [status for status in told.status.values() if status in {"value", "suppressed"}]
    return able.count("value") / len(able) if able else None


def _labels(found: Sequence[Timed]) -> list[int | None]:
    """1 where more is told than in the median of the form, 0 where less."""
    middle = {form: float(np.median([one.told for one in found if one.form == form])) for form in _forms(found)}
    return [None if one.told == middle[one.form] else int(one.told > middle[one.form]) for one in found]


def _beside_form(found: Sequence[Timed]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """How much longer each took than is usual for its form."""
    middle = {form: float(np.median([one.seconds for one in found if one.form == form])) for form in _forms(found)}
    return np.array([one.seconds - middle[one.form] for one in found])


def _forms(found: Sequence[Timed]) -> set[Form]:
    return {one.form for one in found}


def _told_apart(
    times: np.ndarray[tuple[int], np.dtype[np.float64]],
    labels: np.ndarray[tuple[int], np.dtype[np.int64]],
    rng: np.random.Generator,
) -> tuple[Estimate, int]:
    """How often the right one of two is named, the sign learned from the other half; and how many pairs that were."""
    half = np.zeros(len(labels), np.int64)
    for label in (0, 1):
        there = np.flatnonzero(labels == label)
        half[there] = rng.permutation(len(there)) % 2
    ranks, pairs = np.zeros(len(labels)), 0
    for side in (0, 1):
        ours, theirs = half == side, half != side
        sign = 1.0 if auc(times[theirs], labels[theirs]).value >= CHANCE else -1.0
        ranks[ours] = sign * np.argsort(np.argsort(times[ours])) / max(int(ours.sum()) - 1, 1)
        pairs += int((labels[ours] == 0).sum() * (labels[ours] == 1).sum())
    return auc(ranks, labels), pairs
