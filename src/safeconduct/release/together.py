"""Which told figures are looked at together for few people: those about the same days and places, a few at a time.

Figures that have no day in common, or are about places that neither contain each other nor lie side by side, are not
combined; nor are more of them than `MOST_FIGURES` at once. What is combined in small groups is found better than in
large ones, where other figures part the few into yet smaller groups: so every group is looked at by slice, by days and
over all days.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from safeconduct.model.areas import AreaLevel
from safeconduct.model.geography import Geography
from safeconduct.model.outcomes import CellStatus, Release
from safeconduct.model.output import Measure
from safeconduct.model.policy import Policy
from safeconduct.protect.leverage import Limits
from safeconduct.query.spec import read_question
from safeconduct.release.base import output_rule, rules_of
from safeconduct.release.laying import guaranteed, least_people
from safeconduct.release.slices import Slice, slices

MOST_FIGURES = 128
NORMAL_95 = 1.96
USUAL = "linear_span"
"""The rule whose usual parameters hold where no level has it."""

Cell = tuple[date | str | None, ...]
Place = tuple[AreaLevel, str]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number of people that was told.

    Attributes:
        answer: In which answer.
        cell: Its names, in the order of the answer's keys.
        at: Which records it is about.
        level: How coarse its places are.
        names: Its place, or both places of a movement; `None` where one is unknown.
        sd: Standard deviation of its noise as the level states it, people; 0 where it is exact.
        fresh: Its noise is drawn anew in every answer; else the same figure always has the same.
    """

    answer: str
    cell: Cell
    at: Slice
    level: AreaLevel
    names: tuple[str | None, ...]
    sd: float
    fresh: bool

    @property
    def same(self) -> tuple[object, ...]:
        """What is equal for figures that tell nothing beside each other."""
        return (self.at, self.level, self.names, self.answer if self.fresh else "")

    @property
    def places(self) -> tuple[Place, ...]:
        """Its places that are known."""
        return tuple((self.level, name) for name in dict.fromkeys(self.names) if name is not None)


def figures_of(release: Release, policy: Policy) -> list[Figure]:
    """Numbers of people that a release tells; none where it tells other things, such as numbers of events."""
    places = [key for key in release.output.keys if key.level is not None]
    values = [value for value in release.output.values if value.measure is Measure.PEOPLE]
    if not places or not values:
        return []
    cut, level, fresh = slices(read_question(release.provenance.spec)), places[0].level, guaranteed(policy)
    return [
        Figure(
            answer=release.answer_id,
            cell=tuple(_name(row[key.name]) for key in release.output.keys),
            at=cut[day if isinstance(day := row.get("day"), date) else None],
            level=level or AreaLevel.COUNTRY,
            names=tuple(None if row[key.name] is None else str(row[key.name]) for key in places),
            sd=_sd(int(str(row["margin"]))),
            fresh=fresh,
        )
        for row in release.table.rows()
        if row["status"] == CellStatus.VALUE
    ]


def _name(value: object) -> date | str | None:
    return value if isinstance(value, date) or value is None else str(value)


def _sd(margin: int) -> float:
    """Standard deviation of noise that is within a margin in 95 of 100 cases; margins are rounded up."""
    return max(margin - 1, 0) / NORMAL_95


def distinct(figures: Iterable[Figure]) -> list[Figure]:
    """Figures without those that are told again with the same noise; of these the one told most exactly."""
    found: dict[tuple[object, ...], Figure] = {}
    for one in figures:
        known = found.get(one.same)
        if known is None or one.sd < known.sd:
            found[one.same] = one
    return list(found.values())


def looked_at_before(policy: Policy) -> bool:
    """Whether files of a level's answers leave only after they were looked at together with what was told before."""
    return bool(_asked_for([policy]))


def limits_of(policies: Iterable[Policy]) -> Limits:
    """Whom figures of several levels must not show together: the strictest any of them asks for."""
    every = list(policies)
    asked = _asked_for(every) or [one for one in [output_rule[USUAL]().together()] if one]
    people = [least_people(policy) for policy in every]
    return Limits(minimum=max([*people, *(minimum for minimum, _ in asked)]), tau=max(tau for _, tau in asked))


def _asked_for(policies: Sequence[Policy]) -> list[tuple[int, int]]:
    return [one for policy in policies for rule in rules_of(policy) if (one := rule.together())]


@dataclass(frozen=True, kw_only=True)
class Group:
    """Figures that are looked at together.

    Attributes:
        figures: Their places in the list.
        wholes: Places, within `figures`, of figures about an area, each with those about parts of that area.
    """

    figures: tuple[int, ...]
    wholes: tuple[tuple[int, tuple[int, ...]], ...]


def groups(figures: Sequence[Figure], geography: Geography) -> Iterator[Group]:
    """All groups that are looked at, each once.

    Args:
        figures: All figures, each once.
        geography: Which area lies in which.
    """
    lying, seen = Lying(geography), set[tuple[int, ...]]()
    for together in _families(figures, lying):
        for run in _runs(together, figures):
            for group in _cut(run):
                if len(group) > 1 and group not in seen:
                    seen.add(group)
                    yield Group(figures=group, wholes=tuple(_wholes([figures[at] for at in group], lying)))


class Lying:
    """Which area lies in which.

    Args:
        geography: Every area.
    """

    def __init__(self, geography: Geography) -> None:
        self._levels = [level for level in AreaLevel if geography.at(level)]
        self._parents = {(level, area.code): area.parent for level in self._levels for area in geography.at(level)}

    def above(self, place: Place) -> tuple[Place, ...]:
        """The areas that a place lies in, the finest first."""
        found: list[Place] = []
        level, code = place
        for coarser in reversed(self._levels[: self._levels.index(level)] if level in self._levels else []):
            code = self._parents.get((level, code), "")
            if (coarser, code) not in self._parents:
                break
            found.append((coarser, code))
            level = coarser
        return tuple(found)


def _families(figures: Sequence[Figure], lying: Lying) -> Iterator[list[int]]:
    """Figures about one place, and figures about a place and the next smaller ones in it that anything is told of."""
    told = {one.level for one in figures}
    own, with_parts = defaultdict[Place, list[int]](list), defaultdict[Place, list[int]](list)
    for at, one in enumerate(figures):
        for place in one.places:
            own[place].append(at)
            around = next((other for other in lying.above(place) if other[0] in told), None)
            for other in {place, around} - {None}:
                with_parts[other].append(at)  # type: ignore[index]  # None was taken away
    yield from own.values()
    yield from (sorted(set(one)) for one in with_parts.values())


def _runs(together: Sequence[int], figures: Sequence[Figure]) -> Iterator[list[int]]:
    """Figures of one slice; of the same days; and of days that hang together."""
    by_slice, by_days = defaultdict[Slice, list[int]](list), defaultdict[tuple[date, ...], list[int]](list)
    for at in together:
        by_slice[figures[at].at].append(at)
        by_days[figures[at].at.days].append(at)
    yield from by_slice.values()
    yield from by_days.values()
    yield from _hanging(by_days)


def _hanging(by_days: Mapping[tuple[date, ...], list[int]]) -> Iterator[list[int]]:
    """Figures of days each of which has a day in common with another, in the order of their days."""
    runs: list[list[tuple[date, ...]]] = []
    for days in sorted(by_days):
        joined = [run for run in runs if any(not set(days).isdisjoint(one) for one in run)]
        runs = [run for run in runs if run not in joined]
        runs.append([*(one for run in joined for one in run), days])
    yield from ([at for days in sorted(run) for at in by_days[days]] for run in runs)


def _cut(run: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """A run in pieces that overlap by half."""
    step = MOST_FIGURES // 2
    for first in range(0, max(len(run) - step, 1), step):
        yield tuple(run[first : first + MOST_FIGURES])


def _wholes(figures: Sequence[Figure], lying: Lying) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Figures about an area, each with the told figures of the same slice about its parts, level by level."""
    of_one_place = [(at, one) for at, one in enumerate(figures) if len(one.names) == len(one.places) == 1]
    inside: dict[tuple[Slice, Place, AreaLevel], list[int]] = defaultdict(list)
    for at, one in of_one_place:
        for around in lying.above(one.places[0]):
            inside[one.at, around, one.level].append(at)
    for at, one in of_one_place:
        parts = (inside.get((one.at, one.places[0], level)) for level in AreaLevel)
        yield from ((at, tuple(found)) for found in parts if found)
