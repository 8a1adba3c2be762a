"""Releases and outside facts as cells, ties and facts: what somebody would do who lays everything side by side."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from itertools import pairwise, product
from typing import assert_never

from safeconduct.measures.mosaic import Fact, Facts, Tie, Within
from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.errors import TooMany
from safeconduct.model.geography import Geography
from safeconduct.model.outcomes import CellStatus, Evidence, Release
from safeconduct.model.output import Key, Measure
from safeconduct.model.policy import Policy
from safeconduct.model.text import say
from safeconduct.query.spec import read_question
from safeconduct.release.base import TOO_FEW, Rule, rules_of
from safeconduct.release.slices import Counting, Slice, slice_of, slices

MOST_CELLS = 150_000
Names = tuple[str | None, ...]
Place = tuple[AreaLevel, Names]
ADDS_UP = frozenset({Counting.EVENTS, Counting.NESTED, Counting.MOVES})
CUT = frozenset({Counting.EVENTS, Counting.SEEN})
"""Sorts of figures that can be cut along days, hours and events."""
NESTS = ADDS_UP | {Counting.SEEN}
PLACES = frozenset({Counting.NESTED, Counting.APART})
OF_PEOPLE = frozenset({Counting.SEEN, Counting.NESTED, Counting.APART})
TOLD = frozenset({Measure.PEOPLE, Measure.MAGNITUDE})


class Telling(StrEnum):
    """What an outside fact says of the records.

    `PEOPLE`: exactly so many of the people counted here were there. `MOST`: no more people were there, whoever they
    are, such as a census total. `LEAST`: so many of the people counted here were there at least. `EVENTS`: exactly so
    many events.
    """

    PEOPLE = "people"
    MOST = "at_most"
    LEAST = "at_least"
    EVENTS = "events"


@dataclass(frozen=True, kw_only=True, repr=False)
class Outside:
    """A fact from elsewhere. Its `repr` shows nothing.

    Attributes:
        area: Code of the area.
        level: Its level.
        first: First day it speaks of.
        last: Last day.
        value: The number.
        telling: What it says.
    """

    area: str
    level: AreaLevel
    first: date
    last: date
    value: int
    telling: Telling

    def __repr__(self) -> str:
        """What it is."""
        return "Outside()"

    def covers(self, days: Sequence[date]) -> bool:
        """Whether it speaks of all these days."""
        return self.first <= days[0] and days[-1] <= self.last

    def spans(self, days: Sequence[date]) -> bool:
        """Whether it speaks of exactly these days, without a gap."""
        return (days[0], days[-1], len(days)) == (self.first, self.last, (self.last - self.first).days + 1)


def guaranteed(policy: Policy) -> bool:
    """Whether what figures reveal together is bounded by a budget, whatever somebody knows besides."""
    return any(rule.guarantees for rule in rules_of(policy))


@dataclass(frozen=True, kw_only=True)
class _Way:
    """How one release tells things.

    Attributes:
        rules: Its protection level's.
        of_people: Its figures count people; else what they add up to.
        source: Its name.
    """

    rules: tuple[Rule, ...]
    of_people: bool
    source: str

    @cached_property
    def below(self) -> int | None:
        """The number that every withheld figure is below, `None` where it may be withheld for another reason."""
        least = [rule for rule in self.rules if rule.least_people()]
        others = any(rule.beside for rule in self.rules)
        if others or len(least) != 1 or not self.of_people:
            return None
        return least[0].least_people() if least[0].wanted() <= {Evidence.PEOPLE} else None

    def reach(self, margin: int) -> int:
        """How far a told figure can be from the truth for certain, where its margin is given."""
        far = next((found for rule in self.rules if (found := rule.farthest()) is not None), None)
        if far is None:
            return margin
        usual, most = far
        return most if self.of_people else -(-most * margin // max(usual, 1))

    def fact(self, cell: int, row: Mapping[str, object], value: object) -> Fact | None:
        """What a row tells of its cell, if anything."""
        match row["status"]:
            case CellStatus.VALUE:
                return Fact.told([cell], int(str(value)), reach=self.reach(int(str(row["margin"]))), source=self.source)
            case CellStatus.ZERO:
                return Fact.told([cell], 0, reach=0, source=self.source)
            case CellStatus.SUPPRESSED if self.below is not None and row["reason"] == TOO_FEW:
                return Fact(cells=(cell,), least=0, most=self.below - 1, source=self.source)
            case _:
                return None


class Board:
    """Cells, and what is told of them, put down release by release.

    Args:
        geography: Which area lies in which.
    """

    def __init__(self, geography: Geography) -> None:
        self._geography = geography
        self._above = {(level, one.code): one.parent for level in AreaLevel for one in geography.at(level)}
        self._cells: dict[Slice, dict[Place, int]] = {}
        self._rests: dict[tuple[int, int], int] = {}
        self._count = 0
        self._facts: list[Fact] = []
        self._withheld: set[int] = set()
        self._told: set[int] = set()

    def release(self, release: Release, policy: Policy, *, source: str) -> None:
        """Put down what a release tells and withholds; one with a guarantee of its own tells nothing here.

        Raises:
            TooMany: There would be more cells than can be looked at.
        """
        places = [key for key in release.output.keys if key.level is not None]
        values = [value for value in release.output.values if value.measure in TOLD]
        if guaranteed(policy) or not places or not values:
            return
        cut, level = slices(read_question(release.provenance.spec)), places[0].level or AreaLevel.COUNTRY
        way = _Way(rules=rules_of(policy), of_people=values[0].measure is Measure.PEOPLE, source=source)
        for row in release.table.rows():
            day = row.get("day")
            cell = self._cell(cut[day if isinstance(day, date) else None], (level, _names(places, row)))
            self._put(cell, row, way.fact(cell, row, row[values[0].name]))

    def _put(self, cell: int, row: Mapping[str, object], fact: Fact | None) -> None:
        if fact is not None:
            self._facts.append(fact)
        if row["status"] == CellStatus.VALUE:
            self._told.add(cell)
        if row["status"] == CellStatus.SUPPRESSED:
            self._withheld.add(cell)

    def _cell(self, at: Slice, place: Place) -> int:
        cells = self._cells.setdefault(at, {})
        if place not in cells:
            cells[place] = self._new()
        return cells[place]

    def _new(self) -> int:
        if self._count >= MOST_CELLS:
            raise TooMany(say("So many answers cannot be laid side by side; fewer of the newest ones are needed."))
        self._count += 1
        return self._count - 1

    def outside(self, one: Outside, *, source: str, sort: str) -> None:
        """Put down a fact from elsewhere, wherever it says something of what was asked."""
        counting = Counting.EVENTS if one.telling is Telling.EVENTS else Counting.SEEN
        every = next((map(EventType, at.events) for at in self._cells), iter(EventType))
        spanned = [date.fromordinal(n) for n in range(one.first.toordinal(), one.last.toordinal() + 1)]
        own = slice_of(counting, spanned, every=every)
        concerned = [at for at in self._cells if at != own and _concerns(one, at)]
        if any(at.counting is counting for at in self._cells):
            concerned.append(own)
        least = 0 if one.telling is Telling.MOST else one.value
        most = None if one.telling is Telling.LEAST else one.value
        for at in concerned:
            cell = self._cell(at, (one.level, (one.area,)))
            self._facts.append(Fact(cells=(cell,), least=least, most=most, source=source, sort=sort))

    def facts(self) -> Facts:
        """Everything, with the ties between cells."""
        ties = [*self._over_areas(), *self._over_slices(), *self._over_places()]
        return Facts(
            cells=self._count, ties=tuple(ties), facts=tuple(self._facts),
            guarded=frozenset(self._withheld - self._told),
            apart=frozenset(self._rests.values()) - self._withheld - self._told,
        )  # fmt: skip

    def _over_areas(self) -> Iterator[Tie]:
        """Each area with the areas in it, at the next level there are figures of."""
        for at, cells in self._cells.items():
            if at.counting in NESTS:
                levels = sorted({level for level, _ in cells}, key=list(AreaLevel).index)
                for coarse, fine in pairwise(levels):
                    yield from self._levels(at, coarse, self._inside(coarse, fine), fine)

    def _levels(self, at: Slice, coarse: AreaLevel, inside: Mapping[str, list[str]], fine: AreaLevel) -> Iterator[Tie]:
        for (level, names), whole in list(self._cells[at].items()):
            if level is coarse:
                parts = [self._cell(at, (fine, one)) for one in product(*(_inside(inside, name) for name in names))]
                yield Tie(whole=whole, parts=tuple(parts), adds_up=at.counting in ADDS_UP)

    def _inside(self, coarse: AreaLevel, fine: AreaLevel) -> Mapping[str, list[str]]:
        """The areas of a level by the one of a coarser level they lie in."""
        inside: dict[str, list[str]] = defaultdict(list)
        for area in self._geography.at(fine):
            if area.observed and (above := self._up(fine, area.code, coarse)):
                inside[above].append(area.code)
        return inside

    def _up(self, level: AreaLevel, code: str, coarse: AreaLevel) -> str:
        """The area of a coarser level that an area lies in, `""` where nobody knows."""
        levels = list(AreaLevel)
        for one in reversed(levels[levels.index(coarse) + 1 : levels.index(level) + 1]):
            if self._geography.at(one):
                code = self._above.get((one, code), "")
        return code if (coarse, code) in self._above else ""

    def _over_slices(self) -> Iterator[Tie | Within]:
        """Figures that count a part of what another counts, in the same area."""
        every = [at for at in self._cells if at.counting in CUT]
        for whole in every:
            for group in _sides(whole, [one for one in every if one.within(whole)]):
                for place, of in list(self._cells[whole].items()):
                    yield from self._cut(whole, of, [one for one in group if place in self._cells[one]], place)

    def _cut(self, whole: Slice, of: int, parts: list[Slice], place: Place) -> Iterator[Tie | Within]:
        """One area: the whole is each of its largest parts and a rest; and where parts cover it, it is made of them."""
        for part in [one for one in parts if not any(one.within(other) for other in parts)]:
            mine, left = self._cells[part][place], whole.rest(part)
            rest = self._rests.setdefault((of, mine), self._count)
            self._count = max(self._count, rest + 1)
            yield Tie(whole=of, parts=(mine, rest))
            if (other := self._cells.get(left, {}).get(place)) is not None:
                yield Within(part=rest, whole=other)
                if whole.counting is Counting.EVENTS:
                    yield Within(part=other, whole=rest)
        if covering := _covering(whole, parts):
            cells = tuple(self._cells[one][place] for one in covering)
            yield Tie(whole=of, parts=cells, adds_up=whole.counting is Counting.EVENTS)

    def _over_places(self) -> Iterator[Within]:
        """Whoever has their place in an area was seen there."""
        for at, cells in self._cells.items():
            seen = self._cells.get(replace(at, counting=Counting.SEEN, what=""), {}) if at.counting in PLACES else {}
            yield from (Within(part=cell, whole=seen[place]) for place, cell in cells.items() if place in seen)


def _concerns(one: Outside, at: Slice) -> bool:
    """Whether a fact from elsewhere says something of what a slice counts."""
    if at.counting not in OF_PEOPLE:
        return False
    match one.telling:
        case Telling.MOST:
            return one.covers(at.days)
        case Telling.PEOPLE:
            return at.plain and one.spans(at.days)
        case Telling.LEAST:
            return at.counting is Counting.SEEN and at.plain and at.days[0] <= one.first and one.last <= at.days[-1]
        case Telling.EVENTS:
            return False
        case _:
            assert_never(one.telling)


def _names(places: Sequence[Key], row: Mapping[str, object]) -> Names:
    return tuple(None if (name := row[key.name]) is None else str(name) for key in places)


def _inside(inside: Mapping[str, list[str]], name: str | None) -> Sequence[str | None]:
    """The areas in an area; an unknown place is one at every level."""
    return [None] if name is None else inside.get(name, [])


def _sides(whole: Slice, parts: Iterable[Slice]) -> list[list[Slice]]:
    """Parts by what they are cut along: days, hours or events."""
    found: dict[int, list[Slice]] = defaultdict(list)
    for part in parts:
        cut = [one != two for one, two in zip(part.sides, whole.sides, strict=True)]
        found[cut.index(True)].append(part)
    return list(found.values())


def _covering(whole: Slice, parts: Iterable[Slice]) -> list[Slice]:
    """Parts without anything in common that together are the whole, the largest first; none where there are none."""
    chosen: list[Slice] = []
    left: Slice | None = whole
    for part in sorted(parts, key=lambda one: (-len(one.days) * len(one.hours) * len(one.events), one)):
        if left == part:
            return [*chosen, part]
        if left is not None and part.within(left):
            chosen.append(part)
            left = left.rest(part)
    return []


def least_people(policy: Policy) -> int:
    """As many numbers as must stay possible of what a level withholds: the minimum of people it asks for, else 2."""
    return max(2, *(rule.least_people() for rule in rules_of(policy)))
