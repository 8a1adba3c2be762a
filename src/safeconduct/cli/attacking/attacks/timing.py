"""How long an answer takes, and how many bytes it has."""

from collections.abc import Sequence
from itertools import pairwise
from typing import ClassVar

import numpy as np

from safeconduct.cli.attacking.base import Attack, Finding, attack, untried
from safeconduct.cli.attacking.field import Field, Spec, Told
from safeconduct.cli.attacking.games import CHANCE, FEW, known
from safeconduct.cli.attacking.specs import ALL, seen
from safeconduct.measures.attacks.guessing import Estimate, auc

NIGHT = ((0, 6), (23, 5), (1, 7))
EVENING = ((15, 21), (16, 22), (17, 23))
EACH = 64
MOSTLY = 0.75


@attack
class Timing(Attack):
    """Times questions of one form, about hours when hardly anybody and when nearly everybody is about.

    All are asked at once and answered one after the other, so that the time between two answers is what one took. The
    attacker learns from half of them which sort takes longer, and tells pairs of the other half apart. What the answer
    itself says does not count.
    """

    name: ClassVar[str] = "timing"
    title: ClassVar[str] = "Time and size of answers"
    says: ClassVar[str] = "Tells answers in which all is withheld from answers in which all is told by their time."

    def run(self, field: Field, *, guesses: int) -> Finding:
        """The level at which most questions are wholly withheld or wholly told."""
        del guesses
        withheld, told = _timed(field, _level(field))
        if min(len(withheld), len(told)) < EACH // 4:
            return untried("accuracy", chance=CHANCE, note="Too few answers were wholly withheld or wholly told.")
        right, pairs = _told_apart(withheld, told, field.rng)
        sizes = len({one[1] for one in withheld})
        note = (f"{len(withheld)} answers that withhold all and {len(told)} that tell all were told apart by time; "
                f"those that withhold all came in {sizes} size(s).")  # fmt: skip
        return Finding(metric="accuracy", accuracy=right.value, auc=right.value, bits=None, chance=CHANCE,
                       ci=(right.low, right.high), n=pairs, note=note, also={"sizes": float(sizes)})  # fmt: skip


def _level(field: Field) -> str:
    """Where the evening is told and the night is not, as far as somebody can know; else the middle."""
    levels = list(field.areas)[1:3] or list(field.areas)
    if field.truth is None:
        return levels[-1]
    return max(levels, key=lambda level: min(_told_at(field, level, EVENING[1]), 1 - _told_at(field, level, NIGHT[0])))


def _told_at(field: Field, areas: str, hours: tuple[int, int]) -> float:
    """Share of areas that have enough people on the first day."""
    true = known(field).counted(seen(field.days[:1], areas, hours=hours, events=ALL[-1:]))
    return sum(people >= FEW for people in true.values()) / len(field.areas[areas])


def _timed(field: Field, areas: str) -> tuple[list[tuple[float, int]], list[tuple[float, int]]]:
    """Seconds and bytes of each answer, for those that withhold all and those that tell nearly all."""
    some = [(day, at) for at in range(len(NIGHT)) for day in field.days]
    chosen = [some[at] for at in field.rng.permutation(len(some))[:EACH]]
    specs: list[Spec] = [seen([day], areas, hours=hours[at], events=ALL[-1:])
                         for day, at in chosen for hours in (NIGHT, EVENING)]  # fmt: skip
    specs = [specs[at] for at in field.rng.permutation(len(specs))]
    answers = sorted(field.ask(*specs), key=lambda one: one.done)
    withheld: list[tuple[float, int]] = []
    told: list[tuple[float, int]] = []
    for before, one in pairwise(answers):
        share = _share(one)
        if share is not None and (not share or share >= MOSTLY):
            (told if share else withheld).append((one.done - before.done, one.size))
    return withheld, told


def _share(told: Told) -> float | None:
    """Share of the cells that could be told which are; `None` where the question was refused."""
    able = [status for status in told.status.values() if status in {"value", "suppressed"}]
    return able.count("value") / len(able) if able else None


def _told_apart(
    withheld: Sequence[tuple[float, int]], told: Sequence[tuple[float, int]], rng: np.random.Generator
) -> tuple[Estimate, int]:
    """How often the slower of two is guessed, the sign learned from the other half; and how many pairs that were."""
    times = np.array([one[0] for one in (*withheld, *told)])
    labels = np.repeat([0, 1], [len(withheld), len(told)])
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
