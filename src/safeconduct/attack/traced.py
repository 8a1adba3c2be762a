"""Where everybody was on the days and in the areas of one table: what games of membership are played with."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from safeconduct.attack.base import Finding, untried
from safeconduct.attack.field import Field, Key, Spec
from safeconduct.attack.games import CHANCE, Answers
from safeconduct.attack.specs import daily, people
from safeconduct.measures.attacks.guessing import Estimate
from safeconduct.measures.attacks.membership import Mechanism, Traces, observed

SIZES = (100, 1000)
"""People in a group; half of everybody is played too."""
MOST_CELLS = 600
MOST_DAYS = 14


@dataclass(frozen=True, eq=False, repr=False)
class Shown:
    """How a site protects the table of the game, and who is in it.

    Attributes:
        here: What can be seen of the protection.
        people: Where everybody was.
        margin: The usual margin told; 0 where none is.
        sizes: How large groups are played.
    """

    here: Mechanism
    people: Traces
    margin: float
    sizes: tuple[int, ...]


def shown(field: Field) -> Shown | Finding:
    """Ask for the table; what is told instead of a game where there is none."""
    if field.truth is None:
        return untried("auc", chance=CHANCE, note="Nothing to judge guesses by: give --truth.")
    answers, spec = Answers(field, field.truth), spec_of(field)
    answers.ask([spec])
    told = answers.told(spec)
    if told.refused:
        return untried("auc", chance=CHANCE, note="The table by day and area was refused.")
    where = traces(answers, spec)
    every = where.of.shape[0]
    sizes = tuple(sorted({min(one, every // 2) for one in (*SIZES, every)} - {0}))
    if not sizes:
        return untried("auc", chance=CHANCE, note="Nobody is in the table.")
    margin = float(np.median(list(told.margin.values()))) if told.margin else 0.0
    return Shown(mechanism(answers, spec), where, margin, sizes)


def auc_finding(again: Estimate, note: str) -> Finding:
    """The best size, played again, since the best of several is flattered."""
    return Finding(metric="auc", accuracy=None, auc=again.value, bits=None, chance=CHANCE,
                   ci=(again.low, again.high), n=again.n, note=note)  # fmt: skip


def spec_of(field: Field) -> Spec:
    """The table by day and area that the game is about."""
    return people(daily(field.days[:MOST_DAYS], list(field.areas)[-1]))


def mechanism(answers: Answers, spec: Spec) -> Mechanism:
    """What can be seen of the protection: told, less true, over all cells of the table."""
    told, true = answers.told(spec), answers.true(spec)
    keys = [key for key, state in told.status.items() if state in {"value", "zero", "suppressed"}]
    cells = [0 if told.status[key] == "zero" else told.cells.get(key) for key in keys]
    values = np.array([np.nan if one is None else one for one in cells], dtype=np.float64)
    return observed(values, np.array([true.get(key, 0) for key in keys], dtype=np.float64))


def traces(answers: Answers, spec: Spec) -> Traces:
    """Where everybody was; people who were nowhere in these cells are left out."""
    cells = _cells(answers.field)
    at = cells.at()
    found = [(person, at[key]) for person, key in answers.truth.contributions(spec) if key in at]
    person, cell = (np.array(column, dtype=np.int64) for column in zip(*found, strict=True)) if found else _none()
    known, rows = np.unique(person, return_inverse=True)
    shape = (len(known), len(at))
    return Traces(csr_array((np.ones(len(cell)), (rows.ravel(), cell)), shape=shape), len(cells.areas))


@dataclass(frozen=True)
class Cells:
    """Cells a trace is written in, days outermost.

    Attributes:
        days: Days.
        areas: Areas, some of them where all would be too many.
    """

    days: Sequence[str] = field(repr=False)
    areas: Sequence[str] = field(repr=False)

    def at(self) -> dict[Key, int]:
        """Where each cell stands."""
        return {(day, area): place * len(self.areas) + spot
                for place, day in enumerate(self.days) for spot, area in enumerate(self.areas)}  # fmt: skip


def _cells(field: Field) -> Cells:
    days = [day.isoformat() for day in field.days[:MOST_DAYS]]
    areas = list(field.areas.values())[-1]
    most = min(len(areas), MOST_CELLS // max(len(days), 1))
    return Cells(days, [areas[at] for at in sorted(field.rng.permutation(len(areas))[:most])])


def _none() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
