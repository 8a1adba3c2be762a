"""Whether somebody whose whereabouts are known is among the people that a table counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from safeconduct.attack.base import Attack, Finding, attack, untried
from safeconduct.attack.field import Field, Key
from safeconduct.attack.games import CHANCE, Answers
from safeconduct.attack.specs import daily, people
from safeconduct.measures.attacks.membership import Knowledge, Mechanism, Traces, membership, observed

SIZES = (100, 1000)
MOST_CELLS = 600
MOST_DAYS = 14
WORDS = {
    Knowledge.RATES: "knowing everybody's rates",
    Knowledge.TOGETHER: "reading cells together",
    Knowledge.NOTHING: "knowing nothing else",
}


@attack
class Membership(Attack):
    """A likelihood ratio over all cells of a target's trace: members make all of them a little larger.

    No question can ask about a chosen group of people yet. So the site is asked for its table by day and area, which
    shows how it protects one: from what number on cells are told, and how far they are off. Groups of 100, of 1,000 and
    of half of all people are then drawn, counted and protected just so, half of the targets being in the group. Three
    attackers play: one who knows everybody's rates, one who also knows which cells go together, and one who knows
    nothing but the protected table.
    """

    name: ClassVar[str] = "membership"
    title: ClassVar[str] = "Membership"
    says: ClassVar[str] = "scores people by how well a protected table fits their trace with them in it"

    def run(self, field: Field, *, guesses: int) -> Finding:
        """See how tables are protected, then play with groups of each size."""
        if field.truth is None:
            return untried("auc", chance=CHANCE, note="Nothing to judge guesses by: give --truth.")
        answers, levels = Answers(field, field.truth), list(field.areas)
        spec = people(daily(field.days[:MOST_DAYS], levels[-1]))
        answers.ask([spec])
        told = answers.told(spec)
        if told.refused:
            return untried("auc", chance=CHANCE, note="The table by day and area was refused.")
        cells = _cells(field)
        here = _mechanism(told.status, told.cells, answers.true(spec))
        return _finding(field, _traces(answers, spec, cells), here, guesses)


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


def _mechanism(status: Mapping[Key, str], cells: Mapping[Key, int | None], true: Mapping[Key, int]) -> Mechanism:
    """What can be seen of the protection: told, less true, over all cells of the table."""
    keys = [key for key, state in status.items() if state in {"value", "zero", "suppressed"}]
    told = [0 if status[key] == "zero" else cells.get(key) for key in keys]
    values = np.array([np.nan if one is None else one for one in told], dtype=np.float64)
    return observed(values, np.array([true.get(key, 0) for key in keys], dtype=np.float64))


def _traces(answers: Answers, spec: Mapping[str, object], cells: Cells) -> Traces:
    """Where everybody was; people who were nowhere in these cells are left out."""
    at = cells.at()
    found = [(person, at[key]) for person, key in answers.truth.contributions(spec) if key in at]
    person, cell = (np.array(column, dtype=np.int64) for column in zip(*found, strict=True)) if found else _none()
    people, rows = np.unique(person, return_inverse=True)
    shape = (len(people), len(at))
    return Traces(csr_array((np.ones(len(cell)), (rows.ravel(), cell)), shape=shape), len(cells.areas))


def _none() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)


def _finding(field: Field, traces: Traces, here: Mechanism, guesses: int) -> Finding:
    """Play every size; the winner plays again, since the best of several is flattered."""
    every = traces.of.shape[0]
    sizes = sorted({min(one, every // 2) for one in (*SIZES, every)} - {0})
    if not sizes:
        return untried("auc", chance=CHANCE, note="Nobody is in the table.")
    played = {size: membership(traces, size, here, guesses=guesses, rng=field.rng) for size in sizes}
    size, knowledge = max(
        ((size, one) for size in sizes for one in Knowledge), key=lambda at: played[at[0]][at[1]].value
    )
    again = membership(traces, size, here, guesses=guesses, rng=field.rng)[knowledge]
    words = "; ".join(f"{size} people: " + ", ".join(f"{one.value:.2f} {WORDS[how]}" for how, one in found.items())
                      for size, found in played.items())  # fmt: skip
    return Finding(
        metric="auc",
        accuracy=None,
        auc=again.value,
        bits=None,
        chance=CHANCE,
        ci=(again.low, again.high),
        n=again.n,
        note=f"Groups protected as this site was seen to protect; {words}.",
    )
