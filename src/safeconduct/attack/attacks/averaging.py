"""The same question again and again, in other words and by other people: noise that is drawn anew averages away."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import ClassVar

import numpy as np

from safeconduct.attack.base import Attack, Finding, attack, untried
from safeconduct.attack.field import Field, Spec, Told
from safeconduct.attack.specs import ALL, daily, modal, people, seen
from safeconduct.measures.attacks.guessing import accuracy

MOST, LEAST, EACH = 1000, 200, 10
BATCH = 50
Cells = Mapping[str, tuple[str, int | None]]


@attack
class Averaging(Attack):
    """Asks a question up to a thousand times, in other words, with conditions that say nothing, and by everybody.

    Every cell told again is a guess; one that is told otherwise than the first time would average out. Answers that
    are refused tell nothing and are not counted.
    """

    name: ClassVar[str] = "averaging"
    title: ClassVar[str] = "The same question again"
    says: ClassVar[str] = "Asks the same thing in every way it can be said, and averages."

    def run(self, field: Field, *, guesses: int) -> Finding:
        """Share of cells that were told otherwise than the first time."""
        areas, types = list(field.areas)[max(len(field.areas) - 2, 0)], field.slices.types
        day, week = _day(field.days[0], areas, types), _week(field.days[:7], areas)
        rounds = min(MOST, max(LEAST, guesses // EACH)) // 2
        same, other, refused = 0, 0, 0
        for ways in (day, week):
            first = field.ask(ways[0])[0]
            if first.refused:
                continue
            for told in _again(field, ways, rounds):
                refused += bool(told.refused)
                changed = 0 if told.refused else _changed(first, told)
                same, other = same + (0 if told.refused else len(first.cells) - changed), other + changed
        if not same + other:
            return untried("share", chance=0.0, note="The first questions were refused.")
        found = accuracy(np.repeat([1, 0], [other, same]), np.ones(same + other))
        note = (f"Two questions were asked {2 * rounds} times in {len(day)} and {len(week)} "
                f"ways; {refused} were refused.")  # fmt: skip
        return Finding(metric="share", accuracy=None, auc=None, bits=None if other else 0.0, chance=0.0,
                       ci=(found.low, found.high), n=found.n, note=note, share=found.value)  # fmt: skip


def _again(field: Field, ways: Sequence[Spec], rounds: int) -> list[Told]:
    """Every way of saying it in turn, by every analyst in turn, in small lots."""
    found: list[Told] = []
    while len(found) < rounds:
        who = (len(found) // BATCH) % field.analysts
        lot = min(BATCH, rounds - len(found))
        found += field.ask(*(ways[(len(found) + at) % len(ways)] for at in range(lot)), who=who)
    return found


def _changed(first: Told, told: Told) -> int:
    """How many cells are told otherwise than the first time."""
    again = _cells(told)
    return sum(one != again[area] for area, one in _cells(first).items())


def _cells(told: Told) -> Cells:
    """Status and value by area."""
    return {key[-1]: (told.status[key], told.cells[key]) for key in told.cells}


def _day(day: date, areas: str, types: Sequence[str]) -> list[Spec]:
    """Where people were on a day."""
    plain = people(daily([day], areas))
    flowkit = {"query_kind": "daily_location", "date": day.isoformat(), "aggregation_unit": areas, "method": "last"}
    return [
        plain,
        _reordered(plain),
        people({"kind": "daily_location", "days": {"first": day.isoformat(), "last": day.isoformat()}, "areas": areas}),
        people({**daily([day], areas), "events": [*reversed(types)]}),
        people(daily([day], areas, hours=(0, 24))),
        people(modal([day], areas)),
        {"query_kind": "spatial_aggregate", "locations": flowkit},
        {"query_kind": "spatial_aggregate", "locations": {**flowkit, "hours": {"start_hour": 0, "end_hour": 24}}},
    ]


def _week(days: Sequence[date], areas: str) -> list[Spec]:
    """Who was seen in a week."""
    plain = seen(days, areas)
    flowkit = {
        "query_kind": "unique_subscriber_counts",
        "start_date": days[0].isoformat(),
        "end_date": (days[-1] + timedelta(days=1)).isoformat(),
        "aggregation_unit": areas,
    }
    return [plain, _reordered(plain), seen(days, areas, hours=(0, 24)), flowkit,
            {**flowkit, "event_types": [*reversed(ALL)]}]  # fmt: skip


def _reordered(spec: Spec) -> Spec:
    """The same question with its keys the other way round."""
    return {key: _reordered(value) if isinstance(value, Mapping) else value
            for key, value in reversed(list(spec.items()))}  # fmt: skip
