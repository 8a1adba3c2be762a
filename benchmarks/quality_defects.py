"""How many damaged days the checks find, by how much is wrong, and how many good days they flag.

    uv run python benchmarks/quality_defects.py --people 2000

Calls of made-up people over eighteen weeks, counted as the store counts them and judged as a commit judges them, with
the limits that are shipped. Each day after the sixth week is damaged by itself, in every way and strength, and judged
against good days before it. Good days come in several worlds: with busy Fridays and quiet Sundays, with growth, with
holidays, with a month in which people live at other hours. A day is found where it has a warning or is held back.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from safeconduct.ingest.quality import LEAST_BEFORE, Day, QualitySettings, judged, readings_of
from safeconduct.ingest.quality_figures import DayFigures
from safeconduct.ingest.quality_look import A_WEEK, WEEKS
from safeconduct.model.areas import EventType
from safeconduct.model.quality import Severity, Source

FIRST, DAYS, WARM = date(2026, 1, 5), 126, 42
CELLS, A_MINUTE, AN_HOUR, HOURS = 60, 60, 3600, 24
ORDINARY = np.array([1, 1, 1, 1, 2, 8, 22, 40, 52, 58, 60, 60, 62, 60, 58, 58, 62, 70, 76, 78, 70, 50, 26, 9], float)
FASTING = np.array(
    [18, 12, 9, 22, 26, 10, 9, 18, 32, 44, 50, 52, 50, 46, 44, 44, 40, 30, 62, 84, 90, 86, 62, 38], float
)
WEEKDAYS = (1.0, 1.0, 1.0, 1.02, 1.08, 0.9, 0.78)
HOLIDAYS = frozenset({60, 61, 88, 109})
FAST = range(70, 100)
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class World:
    """What happens in a country that is no fault of its records."""

    name: str
    growth: float = 0.0
    holidays: bool = False
    fast: bool = False
    people: int = 0
    cells: int = 60
    calls: float = 6.0


WORLDS = (
    World(name="ordinary weeks"),
    World(name="growth of 2 % a week", growth=0.02),
    World(name="shrinking by 2 % a week", growth=-0.02),
    World(name="four holidays", holidays=True),
    World(name="a month at other hours", fast=True),
    World(name="all of these", growth=0.02, holidays=True, fast=True),
    World(name="300 people, 2 calls a day, 1000 cells", people=300, cells=1000, calls=2.0),
)


@dataclass(frozen=True)
class Rows:
    """Events of a day."""

    person: Numbers
    second: Numbers
    cell: Numbers
    repeated: int = 0

    def keep(self, which: npt.NDArray[np.bool_]) -> "Rows":
        """Some of them."""
        return replace(self, person=self.person[which], second=self.second[which], cell=self.cell[which])


def a_day(rng: np.random.Generator, homes: Numbers, number: int, world: World) -> Rows:
    """What people did: each their own number of calls, most from home."""
    level = WEEKDAYS[number % 7] * (1 + world.growth) ** (number / 7) * rng.lognormal(0, 0.04)
    if world.holidays and number in HOLIDAYS:
        level *= 1.35 if number % 2 else 0.7
    busy = rng.gamma(1.2, world.calls * level / 1.2, len(homes))
    person = np.repeat(np.arange(len(homes)), rng.poisson(busy))
    shape = FASTING if world.fast and number in FAST else ORDINARY
    hour = rng.choice(HOURS, len(person), p=shape / shape.sum())
    away = rng.random(len(person)) < 0.25  # noqa: PLR2004 - a quarter of calls are made elsewhere
    cell = np.where(away, rng.integers(0, world.cells, len(person)), homes[person])
    return Rows(person, hour * AN_HOUR + rng.integers(0, AN_HOUR, len(person)), cell)


def figures(rows: Rows, number: int, before: Sequence[set[int]]) -> DayFigures:
    """What the store counts of a day."""
    people = set(np.unique(rows.person).tolist())
    firsts, lasts = _ends(rows)
    cells = {
        int(cell): (int((rows.cell == cell).sum()), len(np.unique(rows.person[rows.cell == cell])))
        for cell in np.unique(rows.cell)
    }
    counts = {
        "count_added_rows": len(rows.person), "count_onnet_msisdns": len(people), "count_msisdns": len(people),
        "count_added_rows_outgoing": len(rows.person), "count_onnet_msisdns_outgoing": len(people),
        "count_location_ids": len(cells), "count_locatable_location_ids": len(cells),
        "count_locatable_events": len(rows.person), "count_duplicates": rows.repeated, "count_null_location_ids": 0,
        "first_by_many": firsts, "last_by_many": lasts, "people_with_a_place": len(people), "late_rows": 0,
        "new_since_day": len(people - before[0]) if before else None,
        "new_since_week": len(people - set().union(*before)) if len(before) == len(A_WEEK) else None,
    }  # fmt: skip
    hours = np.bincount(rows.second // AN_HOUR, minlength=HOURS)
    source = Source(type=EventType.CALLS, day=FIRST + timedelta(days=number))
    return DayFigures(source=source, version="", counts=counts, hours=tuple(hours.tolist()), cells=cells)


def _ends(rows: Rows, many: int = 16) -> tuple[int | None, int | None]:
    """From when until when many people were seen."""
    order = np.argsort(rows.second, kind="stable")
    _, first = np.unique(rows.person[order], return_index=True)
    _, last = np.unique(rows.person[order][::-1], return_index=True)
    firsts, lasts = np.sort(rows.second[order][first]), np.sort(rows.second[order][::-1][last])
    return (None, None) if len(firsts) < many else (int(firsts[many - 1]), int(lasts[-many]))


def cut(rows: Rows, rng: np.random.Generator, hour: float) -> Rows:
    """Nothing after an hour."""
    del rng
    return rows.keep(rows.second < hour * AN_HOUR)


def lose(rows: Rows, rng: np.random.Generator, part: float) -> Rows:
    """A share of events, whichever."""
    return rows.keep(rng.random(len(rows.person)) >= part)


def gap(rows: Rows, rng: np.random.Generator, hours: float) -> Rows:
    """Some hours in a row from nine in the morning."""
    del rng
    start = 9 * AN_HOUR
    return rows.keep((rows.second < start) | (rows.second >= start + hours * AN_HOUR))


def shift(rows: Rows, rng: np.random.Generator, minutes: float) -> Rows:
    """Every clock ahead, around the day."""
    del rng
    return replace(rows, second=(rows.second + int(minutes * A_MINUTE)) % (HOURS * AN_HOUR))


def outage(rows: Rows, rng: np.random.Generator, cells: float) -> Rows:
    """Some cells silent."""
    return rows.keep(~np.isin(rows.cell, rng.choice(CELLS, int(cells), replace=False)))


def churn(rows: Rows, rng: np.random.Generator, part: float) -> Rows:
    """A share of people under new pseudonyms."""
    people = int(rows.person.max()) + 1
    others = np.where(rng.random(people) < part, np.arange(people) + 10_000_000, np.arange(people))
    return replace(rows, person=others[rows.person])


def repeat(rows: Rows, rng: np.random.Generator, part: float) -> Rows:
    """A share of events once more."""
    again = np.flatnonzero(rng.random(len(rows.person)) < part)
    every = np.concatenate([np.arange(len(rows.person)), again])
    return Rows(rows.person[every], rows.second[every], rows.cell[every], repeated=len(again))


def move(rows: Rows, rng: np.random.Generator, part: float) -> Rows:
    """A share of events at another cell: cells renamed, or codes mixed up."""
    moved = rng.random(len(rows.person)) < part
    return replace(rows, cell=np.where(moved, (rows.cell * 7 + 3) % 20, rows.cell))


Damage = Callable[[Rows, np.random.Generator, float], Rows]
DAMAGES: Mapping[str, tuple[str, Damage, tuple[float, ...]]] = {
    "truncation": ("nothing after the hour", cut, (22, 20, 18, 16, 12)),
    "lost events": ("share lost", lose, (0.1, 0.3, 0.5, 0.6, 0.8)),
    "gap": ("hours lost", gap, (0.5, 1, 2, 4)),
    "clock": ("minutes ahead", shift, (10, 20, 30, 40, 50, 60, 120, 360)),
    "outage": ("cells of 60 silent", outage, (1, 3, 4, 12)),
    "churn": ("share of people under new pseudonyms", churn, (0.3, 0.7, 0.9, 1.0)),
    "repeated": ("share that came twice", repeat, (0.02, 0.1, 0.2, 1.0)),
    "mixed cells": ("share at another cell", move, (0.1, 0.3, 0.6, 1.0)),
}


class Country:
    """One world over all of its days, counted once."""

    def __init__(self, world: World, people: int, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        homes = self._rng.integers(0, world.cells, world.people or people)
        self.rows = [a_day(self._rng, homes, number, world) for number in range(DAYS)]
        self._people = [set(np.unique(one.person).tolist()) for one in self.rows]
        self.figures = [figures(one, number, self.before(number)) for number, one in enumerate(self.rows)]

    def before(self, number: int) -> list[set[int]]:
        """People of the seven days before, the nearest first."""
        return [self._people[number - back] for back in A_WEEK if number >= back]

    def found(self, number: int, one: DayFigures | None = None) -> dict[str, Severity]:
        """What is found about a day, or about another in its place."""
        weeks = [self.figures[number - back] for back in WEEKS if number >= back]
        past = weeks if len(weeks) >= LEAST_BEFORE else [self.figures[number - back] for back in A_WEEK
                                                         if number >= back]  # fmt: skip
        day = Day(figures=one or self.figures[number], before=past)
        return {each.check: each.severity for each in judged(day, readings_of(day), QualitySettings())}

    def damaged(self, damage: Damage, strength: float) -> Iterator[dict[str, Severity]]:
        """What is found about every day after the first weeks, damaged."""
        for number in range(WARM, DAYS):
            rows = damage(self.rows[number], self._rng, strength)
            yield self.found(number, figures(rows, number, self.before(number)))


def rates(found: Sequence[Mapping[str, Severity]]) -> tuple[float, float, float]:
    """Shares of days with anything, with a warning or worse, and held back."""
    worst = [max((list(Severity).index(one) for one in each.values()), default=-1) for each in found]
    return tuple(sum(one >= least for one in worst) / len(worst) for least in range(3))  # type: ignore[return-value]  # three severities


def good_days(people: int, seed: int = 5) -> Iterator[tuple[str, tuple[float, float, float], Mapping[str, int]]]:
    """How many good days are flagged, by world; and by which checks."""
    for world in WORLDS:
        country = Country(world, people, seed)
        found = [country.found(number) for number in range(DAYS)]
        checks: dict[str, int] = {}
        for name in (name for each in found for name, one in each.items() if one.flags):
            checks[name] = checks.get(name, 0) + 1
        yield world.name, rates(found), checks


def bad_days(people: int, seed: int = 5) -> Iterator[tuple[str, float, tuple[float, float, float]]]:
    """How many damaged days are found, by damage and strength."""
    country = Country(WORLDS[0], people, seed)
    for name, (what, damage, strengths) in DAMAGES.items():
        for strength in strengths:
            yield f"{name}: {what}", strength, rates(list(country.damaged(damage, strength)))


def main() -> None:
    """Both tables, as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=2000)
    people = parser.parse_args().people
    say = sys.stdout.write
    say("| Good days | Anything told | Flagged or held | Held | Flagged by |\n|---|---|---|---|---|\n")
    for name, shown, checks in good_days(people):
        say(f"| {name} | {shown[0]:.1%} | {shown[1]:.1%} | {shown[2]:.1%} | {', '.join(sorted(checks))} |\n")
    say("\n| Damage | Strength | Anything told | Flagged or held | Held |\n|---|---|---|---|---|\n")
    for name, strength, shown in bad_days(people):
        say(f"| {name} | {strength:g} | {shown[0]:.0%} | {shown[1]:.0%} | {shown[2]:.0%} |\n")


if __name__ == "__main__":
    main()
