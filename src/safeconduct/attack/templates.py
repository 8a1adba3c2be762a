"""Templates of questions about a target: what is asked, seen from the one fact of them that is not known."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

from safeconduct.attack.field import Field, Spec
from safeconduct.attack.specs import ALL, daily, doings, people

PARTS = (None, (6, 18), (18, 6))
"""Hours that every level lets pass: the whole day, the day and the night."""
LAST, MOST, EVENTS = "last", "most-common", "events"
FINEST = 3
SETS = tuple(frozenset(some) for size in range(len(ALL), 0, -1) for some in combinations(ALL, size))


@dataclass(frozen=True)
class Asked:
    """A question of the pool: one table answers a template for every target at once.

    Attributes:
        spec: What is asked, for all days and every area of a level.
        sort: What the question has apart from types of events: what it counts, level and hours; a number from 0.
        level: The level of areas.
        types: Types of events it counts.
    """

    spec: Spec = field(repr=False)
    sort: int
    level: str
    types: frozenset[str]

    @property
    def of_events(self) -> bool:
        """Whether it counts events, not people."""
        return self.spec["kind"] != "spatial_aggregate"


def pool(field: Field) -> list[Asked]:
    """Questions by day and area: where people were last or mostly, and what they did, for every set of types.

    At each of the three finest levels, and at hours that every level of protection lets pass.
    """
    found: list[Asked] = []
    ways = [*((way, hours) for way in (LAST, EVENTS) for hours in PARTS), (MOST, None)]
    sorts = [(way, level, hours) for way, hours in ways for level in list(field.areas)[-FINEST:]]
    for number, (way, level, hours) in enumerate(sorts):
        found += [Asked(_spec(field, way, level, hours, sorted(some)), number, level, some) for some in SETS]
    return found


def _spec(field: Field, way: str, level: str, hours: tuple[int, int] | None, events: Sequence[str]) -> Spec:
    if way == EVENTS:
        return doings(field.days, level, hours=hours, events=events)
    return people(daily(field.days, level, hours=hours, events=events, method=way))


def relation(types: frozenset[str], hidden: str) -> int:
    """A set of types as seen from the hidden one: bit 0 where it is in, the others in their order after it.

    So that one template is asked of targets with different hidden types.

    Example:
        >>> relation(frozenset({"sms"}), "sms")
        1
    """
    start = ALL.index(hidden)
    return sum(1 << (ALL.index(one) - start) % len(ALL) for one in types)


RELATIONS = 1 << len(ALL)
