"""Hidden facts of many people out of many released counts at once."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from safeconduct.attack.base import Attack, Finding, attack, untried
from safeconduct.attack.field import Field, Key, Spec
from safeconduct.attack.games import CHANCE, Answers
from safeconduct.attack.specs import daily, doings, people, seen
from safeconduct.attack.truth import Truth
from safeconduct.measures.attacks.guessing import accuracy, bits
from safeconduct.measures.attacks.reconstruction import Equations, by_least_squares, by_linear_program, fuller_half

Whole: TypeAlias = NDArray[np.int64]
Cell: TypeAlias = tuple[int, Key]

SOLVERS = {"least squares": by_least_squares, "linear programming": by_linear_program}
ALONE = {"counts of people alone": False, "counts of events alone": True}
EVENTS = "location_event_counts"
BITS = 120
ROWS_A_BIT = 8
MOST_DAYS = 14
HOURS = (None, (6, 18), (18, 6), (0, 6), (6, 12), (12, 18), (18, 24), (0, 12), (12, 24), (8, 20))
HALVES = (None, (6, 18), (18, 6), (0, 12), (12, 24))
SINGLE_DAYS = 7
WAYS = ("last", "most-common")


@attack
class Reconstruction(Attack):
    """What Dinur and Nissim showed: enough counts, each off by little, give away everybody's secret.

    The attacker knows everything but one fact of each target: whether they were in a certain area on a certain day. For
    half of the targets it is so. Every released count in which the fact would show is an equation; all are solved
    together. The same answers serve many rounds, each with other targets.
    """

    name: ClassVar[str] = "reconstruction"
    title: ClassVar[str] = "Reconstruction"
    says: ClassVar[str] = "solves for the hidden facts of many people all that overlapping questions tell"

    def run(self, field: Field, *, guesses: int) -> Finding:
        """Ask overlapping questions, then solve for one set of targets after another."""
        if field.truth is None:
            return untried("accuracy", chance=CHANCE, note="Nothing to judge guesses by: give --truth.")
        answers, asked = Answers(field, field.truth), questions(field)
        answers.ask(asked)
        told = Tables.of(answers, asked)
        targets = Targets(field.truth, told.keys(), field.rng)
        if targets.most < 2:  # noqa: PLR2004 - one of each label
            return untried("accuracy", chance=CHANCE, note=f"No question of {len(asked)} was answered with a number.")
        return _finding(told, targets, guesses, refused=answers.refused()[0])


def questions(field: Field) -> list[Spec]:
    """Overlapping questions about the same days: hours, types, levels, and ways to place people."""
    if field.slices.hours:
        return _by_hours(field)
    days, levels, names = field.days[:MOST_DAYS], list(field.areas), field.slices.names
    fine, coarse = levels[-1], levels[max(len(levels) - 2, 0)]
    without = [tuple(kind for kind in names if kind != one) for one in names]
    single = [(one,) for one in names]
    sorts = [names, *single, *without]
    return [
        *(people(daily(days, fine, hours=hours)) for hours in HOURS),
        *(people(daily(days, fine, hours=hours, events=events)) for hours in HALVES for events in single),
        *(people(daily(days, fine, events=events, method="most-common")) for events in sorts),
        *(people(daily(days, coarse, events=events)) for events in without),
        *(doings(days, fine, hours=hours) for hours in HOURS),
        *(doings(days, fine, events=events) for events in sorts[1:]),
        *(seen([day], fine) for day in days[:SINGLE_DAYS]),
    ]


def _by_hours(field: Field) -> list[Spec]:
    """The same where there is one type of events: both ways to place people and events, at both levels, by hours."""
    days, levels = field.days[:MOST_DAYS], list(field.areas)
    fine, coarse = levels[-1], levels[max(len(levels) - 2, 0)]
    return [
        *(people(daily(days, fine, hours=hours, method=way)) for way in WAYS for hours in HOURS),
        *(people(daily(days, coarse, hours=hours, method=way)) for way in WAYS for hours in HALVES),
        *(doings(days, fine, hours=hours) for hours in HOURS),
        *(doings(days, coarse, hours=hours) for hours in HALVES),
        *(seen([day], level, hours=hours) for level in (fine, coarse) for hours in HALVES[:3]
          for day in days[:SINGLE_DAYS]),
    ]  # fmt: skip


@dataclass(frozen=True)
class Tables:
    """Released tables beside the true ones.

    Attributes:
        specs: The questions that were answered.
        told: What was told of each, `None` where withheld; cells of other states are left out.
        true: What is true of each.
        least: The smallest number told anywhere: whatever is withheld is taken for smaller.
    """

    specs: Sequence[Spec] = field(repr=False)
    told: Sequence[Mapping[Key, int | None]] = field(repr=False)
    true: Sequence[Mapping[Key, int]] = field(repr=False)
    least: int

    @classmethod
    def of(cls, answers: Answers, asked: Iterable[Spec]) -> "Tables":
        """Those that were answered."""
        specs = [spec for spec in asked if not answers.told(spec).refused]
        found = [answers.told(spec) for spec in specs]
        told = [{key: 0 if state == "zero" else one.cells.get(key) for key, state in one.status.items()
                 if state in {"value", "zero", "suppressed"}} for one in found]  # fmt: skip
        values = [value for cells in told for value in cells.values() if value]
        return cls(specs, told, [answers.true(spec) for spec in specs], min(values, default=0))

    def of_kind(self, *, events: bool) -> "Tables":
        """Those that count events, or those that count people."""
        some = [at for at, spec in enumerate(self.specs) if (spec["kind"] == EVENTS) == events]
        return Tables(
            specs=[self.specs[at] for at in some],
            told=[self.told[at] for at in some],
            true=[self.true[at] for at in some],
            least=self.least,
        )

    def keys(self) -> set[Key]:
        """Cells with a number in any table."""
        return {key for cells in self.told for key, value in cells.items() if value is not None}


class Targets:
    """People with one fact the attacker does not know: whether they made some events in some area that day.

    Half of them made the events. The other half were elsewhere that day, and the events are somebody else's there.

    Args:
        truth: Everybody's events.
        cells: Days and areas to choose from, as keys of a table.
        rng: Chooses.
    """

    def __init__(self, truth: Truth, cells: set[Key], rng: np.random.Generator) -> None:
        self.rng, self._parents = rng, truth.parents
        self._events = truth.located().sort_by([("day", "ascending"), ("person", "ascending")])
        self._person = self._events["person"].to_numpy().astype(np.int64)
        self._day = self._events["day"].cast(pa.int32()).to_numpy().astype(np.int64)
        codes = self._events["admin3"].combine_chunks().dictionary_encode()
        self._area = codes.indices.to_numpy().astype(np.int64)
        visits = np.unique(np.stack([self._person, self._day, self._area]), axis=1)
        names, days = codes.dictionary.to_pylist(), visits[1].astype("datetime64[D]").astype(str)
        keep = [(day, names[area]) in cells for day, area in zip(days.tolist(), visits[2].tolist(), strict=True)]
        self._visits = visits[:, np.array(keep, dtype=bool)]
        self.most = min(2 * (self._visits.shape[1] // 4), BITS)

    def drawn(self) -> tuple[Truth, Truth, Whole]:
        """What would be true of the targets without and with their events, each a person by itself; and the facts."""
        chosen = self._visits[:, self.rng.choice(self._visits.shape[1], self.most, replace=False)]
        facts = np.arange(self.most) % 2
        owners = [person if fact else self._elsewhere(person, day, area)
                  for fact, (person, day, area) in zip(facts.tolist(), chosen.T.tolist(), strict=True)]  # fmt: skip
        without = [self._rows(owner, day, area, there=False)
                   for owner, (_, day, area) in zip(owners, chosen.T.tolist(), strict=True)]  # fmt: skip
        events = [self._rows(person, day, area, there=True) for person, day, area in chosen.T.tolist()]
        both = [np.concatenate(one) for one in zip(without, events, strict=True)]
        return self._world(without), self._world(both), facts

    def _elsewhere(self, donor: int, day: int, area: int) -> int:
        """Somebody who was seen that day, and not there; the donor's own other places where there is nobody else."""
        rows = slice(*np.searchsorted(self._day, [day, day + 1]))
        others = np.setdiff1d(self._person[rows], self._person[rows][self._area[rows] == area])
        return int(self.rng.choice(others)) if len(others) else donor

    def _rows(self, person: int, day: int, area: int, *, there: bool) -> Whole:
        """Numbers of a person's events of a day in an area, or elsewhere."""
        begin, end = np.searchsorted(self._day, [day, day + 1]).tolist()
        first, last = np.searchsorted(self._person[begin:end], [person, person + 1]).tolist()
        rows: Whole = np.arange(begin + first, begin + last, dtype=np.int64)
        kept: Whole = rows[(self._area[rows] == area) == there]
        return kept

    def _world(self, rows: Sequence[Whole]) -> Truth:
        """The events of each target, numbered from 0."""
        person = pa.array(np.repeat(np.arange(len(rows)), [len(one) for one in rows]).astype(np.int32))
        events = self._events.take(np.concatenate(rows))
        at = events.schema.get_field_index("person")
        return Truth(events.set_column(at, "person", person), self._parents)


def equations(tables: Tables, without: Truth, with_them: Truth, facts: Whole) -> Equations:
    """What every released cell in which a target's fact would show says of the facts.

    The attacker takes from what was told all that they know; what is left is the facts that are so, and noise.
    """
    entries: dict[Cell, Counter[int]] = {}
    for place, spec in enumerate(tables.specs):
        for world, sign in ((with_them, 1), (without, -1)):
            for target, key in world.contributions(spec):
                entries.setdefault((place, key), Counter())[target] += sign
    rows: list[tuple[float, float, Counter[int]]] = []
    for (place, key), counter in entries.items():
        shows = sum(times * int(facts[target]) for target, times in counter.items())
        known = tables.true[place].get(key, 0) - shows
        ends = _range(tables, place, key, known)
        if ends is not None and any(counter.values()):
            rows.append((*ends, counter))
    return _as_matrix(rows, len(facts))


def _range(tables: Tables, place: int, key: Key, known: int) -> tuple[float, float] | None:
    """Between what the targets' part of a cell lies; nothing where it says nothing."""
    if key not in tables.told[place]:
        return None
    value = tables.told[place][key]
    if value is not None:
        return value - known, value - known
    return (-known, tables.least - 1 - known) if known < tables.least else None


def _together(parts: Sequence[Equations]) -> Equations:
    rows = csr_array(vstack([one.rows for one in parts]))
    return Equations(rows, *(np.concatenate([getattr(one, end) for one in parts]) for end in ("low", "high")))


def _as_matrix(rows: Sequence[tuple[float, float, Counter[int]]], width: int) -> Equations:
    sizes = [len(counter) for *_, counter in rows]
    at = np.repeat(np.arange(len(rows)), sizes)
    columns = np.array([target for *_, counter in rows for target in counter], dtype=np.int64)
    values = np.array([times for *_, counter in rows for times in counter.values()], dtype=np.float64)
    matrix = csr_array((values, (at, columns)), shape=(len(rows), width))
    low, high = (np.array([one[end] for one in rows], dtype=np.float64) for end in (0, 1))
    return Equations(matrix, low, high)


def _finding(tables: Tables, targets: Targets, guesses: int, *, refused: int) -> Finding:
    """Play rounds until there are enough guesses; what does best counts."""
    said: dict[str, list[Whole]] = {name: [] for name in (*SOLVERS, *ALONE)}
    sorts = {name: tables.of_kind(events=events) for name, events in ALONE.items()}
    hidden, rows = [], 0
    for _ in range(-(-guesses // targets.most)):
        without, with_them, facts = targets.drawn()
        parts = {name: equations(one, without, with_them, facts) for name, one in sorts.items()}
        found = _together(list(parts.values()))
        rows += len(found.told)
        for name, part in parts.items():
            said[name].append(fuller_half(by_least_squares(part), targets.rng))
        hidden.append(facts)
        for name, solve in SOLVERS.items():
            said[name].append(fuller_half(solve(found), targets.rng))
    labels = np.concatenate(hidden)
    right = {name: accuracy(np.concatenate(one), labels) for name, one in said.items()}
    best = max(right, key=lambda name: right[name].value)
    words = ", ".join(f"{name} {one.value:.2f}" for name, one in right.items())
    return Finding(
        metric="accuracy",
        accuracy=right[best].value,
        auc=None,
        bits=bits(np.concatenate(said[best]), labels).value,
        chance=CHANCE,
        ci=(right[best].low, right[best].high),
        n=right[best].n,
        note=f"{rows / len(labels):.1f} released counts for each hidden fact, {ROWS_A_BIT} wanted: {words}; "
        f"{refused} questions were refused.",
    )
