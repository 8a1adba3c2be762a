"""A sample of a registration register: monthly snapshots of cases and individuals who keep their numbers."""

import csv
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from pathlib import Path

from safeconduct.model.errors import BadInput
from safeconduct.model.text import say

MOST_CASES, MOST_MONTHS = 50_000, 60
SIZES = (1, 1, 1, 2, 2, 3, 4, 5, 6, 8)
PLACES = ("D01", "D02", "D03", "D04", "D05")
NATIONS = ("Northland", "Northland", "Eastland", "Islands")
NAMES = ("Ana", "Ben", "Carl", "Dina", "Elif", "Femi", "Gita", "Hugo", "Inès", "Juma", "Kofi", "Leila")
NEEDS = ("illness", "disability_physical", "legal_protection", "survivor_violence", "disability_sensory")
ARRIVE, LEAVE, MOVE, BORN, SPLIT, NEEDY = 0.05, 0.02, 0.03, 0.01, 0.02, 0.2
"""Shares of cases a month that are registered, leave, move, have a child and give a member to a case of their own."""
A_YEAR, A_MONTH = 365, 28
ADULT, OLD = 18, 65
Row = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class RegisterSample:
    """What to make up.

    Attributes:
        cases: Cases in the first snapshot, 1 to 50,000.
        months: Snapshots, one a month, 1 to 60.
        first: Any day of the first snapshot's month.
        seed: The same seed makes the same files.
    """

    cases: int = 500
    months: int = 3
    first: date = date(2026, 1, 31)
    seed: int = 7

    def __post_init__(self) -> None:
        for name, value, most in (("cases", self.cases, MOST_CASES), ("months", self.months, MOST_MONTHS)):
            if not 1 <= value <= most:
                raise BadInput(say("{name} is a whole number from 1 to {most}", name=name, most=most), field=name)


@dataclass(frozen=True, kw_only=True)
class RegisterReport:
    """What a sample wrote.

    Attributes:
        folder: Where; a folder a month, named like 2026-01.
        months: Snapshots.
        cases: Cases of each snapshot.
        individuals: Individuals of each snapshot.
        stayed: Individuals of each snapshot who were in the one before.
    """

    folder: Path
    months: int
    cases: tuple[int, ...]
    individuals: tuple[int, ...]
    stayed: tuple[int, ...]


@dataclass
class _Individual:
    number: str
    registered: date
    born: date
    sex: str
    name: str
    relationship: str
    need: str
    events: list[tuple[str, date]] = field(default_factory=list)


@dataclass
class _Case:
    number: str
    registered: date
    place: str
    nationality: str
    members: list[_Individual]


def write(sample: RegisterSample, *, folder: Path) -> RegisterReport:
    """Write the snapshots, a folder a month; files of the same names are overwritten.

    Each has the four tables of the declared register. Who stays keeps their numbers; some cases come and go, some
    move, children are born, and now and then somebody makes a case of their own.

    Raises:
        OSError: The disk is full, or the folder cannot be written.
    """
    drawn = random.Random(sample.seed)  # noqa: S311 - a sample of made-up people, no secret
    world = _World(drawn)
    told: list[tuple[int, int, int]] = []
    known: set[str] = set()
    for month in range(sample.months):
        first = _month(sample.first, month)
        world.go_on(first, sample.cases if not month else round(sample.cases * ARRIVE))
        _snapshot(folder / f"{first:%Y-%m}", world.cases)
        there = {one.number for case in world.cases for one in case.members}
        told.append((len(world.cases), len(there), len(there & known)))
        known = there
    cases, individuals, stayed = zip(*told, strict=True)
    return RegisterReport(folder=folder, months=sample.months, cases=cases, individuals=individuals, stayed=stayed)


def _month(day: date, later: int) -> date:
    """The first day of the month so many months later."""
    months = day.year * 12 + day.month - 1 + later
    return date(months // 12, months % 12 + 1, 1)


class _World:
    """Who is registered, from month to month."""

    def __init__(self, drawn: random.Random) -> None:
        self._drawn, self._numbers = drawn, count(1)
        self.cases: list[_Case] = []

    def go_on(self, month: date, arrivals: int) -> None:
        """A month: some leave, some move, children are born, and others are registered."""
        self.cases = [one for one in self.cases if self._drawn.random() >= LEAVE]
        for case in list(self.cases):
            self._changed(case, month)
        self.cases += [self._arrived(month) for _ in range(arrivals)]

    def _changed(self, case: _Case, month: date) -> None:
        if self._drawn.random() < MOVE:
            case.place, day = self._drawn.choice(PLACES), self._day(month)
            for one in case.members:
                one.events.append(("moved", day))
        if self._drawn.random() < BORN:
            case.members.append(self._individual(self._day(month), "child", 0, "birth_added"))
        if len(case.members) > 1 and self._drawn.random() < SPLIT:
            self._split(case, month)

    def _split(self, case: _Case, month: date) -> None:
        """The second member makes a case of their own, and keeps their number."""
        leaves = case.members.pop(1)
        day = max(self._day(month), leaves.registered)
        leaves.relationship = "head"
        leaves.events.append(("split", day))
        number = f"C{next(self._numbers):06d}"
        self.cases.append(_Case(number, leaves.registered, case.place, case.nationality, [leaves]))

    def _arrived(self, month: date) -> _Case:
        day, size = self._day(month), self._drawn.choice(SIZES)
        ties = ["head", "partner", *["child"] * size][:size]
        ages = [self._drawn.randint(0, 17) if tie == "child" else self._drawn.randint(18, 85) for tie in ties]
        members = [self._individual(day, tie, age, "registered") for tie, age in zip(ties, ages, strict=True)]
        number = f"C{next(self._numbers):06d}"
        return _Case(number, day, self._drawn.choice(PLACES), self._drawn.choice(NATIONS), members)

    def _individual(self, day: date, tie: str, age: int, event: str) -> _Individual:
        born = day - timedelta(days=age * A_YEAR + self._drawn.randrange(1, 20))
        need = self._drawn.choice(self._needs(age)) if self._drawn.random() < NEEDY else ""
        return _Individual(
            number=f"I{next(self._numbers):07d}", registered=day, born=born, sex=self._drawn.choice("FM"),
            name=self._drawn.choice(NAMES), relationship=tie, need=need, events=[(event, day)],
        )  # fmt: skip

    def _needs(self, age: int) -> Sequence[str]:
        return (*NEEDS, *(("child_at_risk",) if age < ADULT else ("older_at_risk",) if age >= OLD else ()))

    def _day(self, month: date) -> date:
        return month + timedelta(days=self._drawn.randrange(A_MONTH))


def _snapshot(folder: Path, cases: Sequence[_Case]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    people = [(case, one) for case in cases for one in case.members]
    _table(folder / "cases.csv", map(_case, cases))
    _table(folder / "individuals.csv", (_person(case, one) for case, one in people))
    _table(folder / "events.csv", (
        {"individual_id": one.number, "event": event, "event_date": day} for _, one in people
        for event, day in dict.fromkeys(one.events)
    ))  # fmt: skip
    _table(folder / "needs.csv", (
        {"individual_id": one.number, "need": one.need, "need_date": one.registered} for _, one in people if one.need
    ))  # fmt: skip


def _case(case: _Case) -> Row:
    return {
        "case_id": case.number, "case_size": len(case.members), "registration_date": case.registered,
        "arrival_date": case.registered - timedelta(days=5), "case_status": "active", "location": case.place,
    }  # fmt: skip


def _person(case: _Case, one: _Individual) -> Row:
    return {
        "individual_id": one.number, "case_id": case.number, "registration_date": one.registered, "name": one.name,
        "sex": one.sex, "birth_date": one.born, "relationship": one.relationship, "nationality": case.nationality,
        "legal_status": "refugee", "individual_status": "active",
    }  # fmt: skip


HEADERS = {
    "cases.csv": ("case_id", "case_size", "registration_date", "arrival_date", "case_status", "location"),
    "individuals.csv": ("individual_id", "case_id", "registration_date", "name", "sex", "birth_date", "relationship",
                        "nationality", "legal_status", "individual_status"),
    "events.csv": ("individual_id", "event", "event_date"),
    "needs.csv": ("individual_id", "need", "need_date"),
}  # fmt: skip
"""Columns by table, also where a snapshot has no row of it."""


def _table(path: Path, rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.DictWriter(file, HEADERS[path.name], lineterminator="\n")
        sheet.writeheader()
        sheet.writerows(rows)
