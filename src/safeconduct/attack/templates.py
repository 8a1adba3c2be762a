"""Templates of questions about a target: what is asked, seen from the one fact of them that is not known."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from safeconduct.attack.field import Field, Spec
from safeconduct.attack.slices import Cut, Span
from safeconduct.attack.specs import ALL, daily, doings, people

PARTS = (None, (6, 18), (18, 6))
"""Hours that every level lets pass: the whole day, the day and the night."""
LAST, MOST, EVENTS = "last", "most-common", "events"
FINEST = 3


@dataclass(frozen=True)
class Asked:
    """A question of the pool: one table answers a template for every target at once.

    Attributes:
        spec: What is asked, for all days and every area of a level.
        sort: What the question has apart from slices: what it counts, level and hours; a number from 0.
        level: The level of areas.
        types: Slices it counts: types of events, or parts of the day where there is one type.
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
    """Questions by day and area: where people were last or mostly, and what they did, for every set of slices.

    At each of the three finest levels, and at hours that every level of protection lets pass; where the slices
    themselves are hours there are no others.
    """
    found: list[Asked] = []
    slices = field.slices
    hours_of = {LAST: PARTS, EVENTS: PARTS, MOST: (None,)}
    ways: list[tuple[str, Span | None]] = [(way, hours) for way, some in hours_of.items()
                                           for hours in (some if not slices.hours else (None,))]  # fmt: skip
    sorts = [(way, level, hours) for way, hours in ways for level in list(field.areas)[-FINEST:]]
    for number, (way, level, hours) in enumerate(sorts):
        for some in slices.sets:
            cut = slices.cut(some)
            spec = _spec(field, way, level, Cut(events=cut["events"], hours=hours or cut["hours"]))
            found.append(Asked(spec, number, level, some))
    return found


def _spec(field: Field, way: str, level: str, cut: Cut) -> Spec:
    if way == EVENTS:
        return doings(field.days, level, **cut)
    return people(daily(field.days, level, **cut, method=way))


def relation(types: frozenset[str], hidden: str, names: Sequence[str] = ALL) -> int:
    """A set of slices as seen from the hidden one: bit 0 where it is in, the others in their order after it.

    So that one template is asked of targets with different hidden slices.

    Example:
        >>> relation(frozenset({"sms"}), "sms")
        1
    """
    start = names.index(hidden)
    return sum(1 << (names.index(one) - start) % len(names) for one in types)


RELATIONS = 1 << len(ALL)
