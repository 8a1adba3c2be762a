"""Edges of bins moved by one step, and what two neighbouring histograms tell."""

from collections.abc import Sequence
from itertools import pairwise
from typing import ClassVar

from safeconduct.attack.base import Attack, Finding, attack, untried
from safeconduct.attack.field import Field, Spec
from safeconduct.attack.games import (
    CHANCE,
    Answers,
    Pair,
    accuracy_finding,
    by_size,
    differences,
    known,
    worst,
)
from safeconduct.attack.specs import daily, doings, modal, people

A_DAY = 24
WAYS = ("last", "most-common")
FIRST_EDGES = 3


@attack
class HistogramEdges(Attack):
    """A bin whose edge the analyst chooses is two bins, and the difference is the people between the edges.

    Parts of the day and runs of days are the bins that can be asked about today. Each edge is moved hour by hour, or
    day by day, as far as the protection level lets it.
    """

    name: ClassVar[str] = "histogram_edges"
    title: ClassVar[str] = "Histogram edges"
    says: ClassVar[str] = "moves the edges of parts of the day and of runs of days one step and subtracts"

    def run(self, field: Field, *, guesses: int) -> Finding:
        """Ask with every edge, and subtract neighbours."""
        if field.truth is None:
            return untried("accuracy", chance=CHANCE, note="Nothing to judge guesses by: give --truth.")
        answers, families = Answers(field, known(field)), _families(field)
        for moved in families.values():
            answers.ask([one for bins in moved for one in bins])
        cases = {name: differences(answers, _open(answers, _neighbours(moved))) for name, moved in families.items()}
        name, found, words = worst(by_size(cases), field.rng, guesses=guesses)
        through = ", ".join(f"{_answered(answers, moved)} {name}" for name, moved in families.items())
        return accuracy_finding(found, f"Edges let through: {through}. Most was guessed right with {name}: {words}.")


def _families(field: Field) -> dict[str, list[list[Spec]]]:
    """Histograms with one edge in each possible place, neighbours beside each other."""
    days, areas = field.days, list(field.areas)[-1]
    ends = [(0, hour) for hour in range(1, A_DAY + 1)]
    starts = [(hour, A_DAY) for hour in range(A_DAY // 2 + 1)]
    return {
        "edges of a part of the day": [
            [people(daily(days, areas, hours=_whole(part))) for part in parts] for parts in (ends, starts)
        ],
        "edges for events": [[doings(days, areas, hours=_whole(part)) for part in ends[A_DAY // 2 - 1 :]]],
        "edges of a run of days": [
            [people(modal(run, level, method=way)) for run in runs]
            for level in list(field.areas)[-2:]
            for way in WAYS
            for runs in (
                *([days[first : at + 1] for at in range(first, len(days))] for first in range(FIRST_EDGES)),
                [days[at:] for at in range(len(days))],
            )
        ],
    }


def _whole(part: tuple[int, int]) -> tuple[int, int] | None:
    return None if part == (0, A_DAY) else part


def _neighbours(moved: Sequence[Sequence[Spec]]) -> list[Pair]:
    return [Pair(one, other) for bins in moved for one, other in pairwise(bins)]


def _open(answers: Answers, pairs: list[Pair]) -> list[Pair]:
    """Pairs that were not refused both: cells nobody is told of would only dilute the rest; else all."""
    told = [pair for pair in pairs if not (answers.told(pair.more).refused and answers.told(pair.less).refused)]
    return told or pairs


def _answered(answers: Answers, moved: Sequence[Sequence[Spec]]) -> str:
    refused = [bool(answers.told(one).refused) for bins in moved for one in bins]
    return f"{refused.count(False)} of {len(refused)}"
