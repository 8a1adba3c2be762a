"""One figure estimated again and again from its parts, so that noise averages away."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import ClassVar

from safeconduct.attack.base import Attack, Finding, attack, untried
from safeconduct.attack.field import Field, Key, Spec
from safeconduct.attack.games import (
    CHANCE,
    Answers,
    Cases,
    Pair,
    accuracy_finding,
    by_size,
    by_slice,
    known,
    seen,
    worst,
)
from safeconduct.attack.specs import daily, doings, people

PART = 6
A_DAY = 24
TYPED = ("", " and type")
HOURS = (*range(10), *range(18, A_DAY))
Span = tuple[int, int]
Sums = Sequence[tuple[Sequence[Spec], Sequence[Spec]]]


@attack
class Split(Attack):
    """Estimates both figures of a pair from every way of cutting them up, and averages.

    Areas are cut into the areas within, events by hours and, where there are several, by types. Parts that are withheld
    on both sides are taken for equal. Cases and guesses are those of `differencing`.
    """

    name: ClassVar[str] = "split"
    title: ClassVar[str] = "Figures added up from parts"
    says: ClassVar[str] = "Cuts two questions into parts, adds the parts up, averages and subtracts."

    def run(self, field: Field, *, guesses: int) -> Finding:
        """Cut by area, by hour and, where there are several, by type."""
        if field.truth is None or len(field.areas) < len((PART, A_DAY)):
            return untried("accuracy", chance=CHANCE, note="Guesses could not be judged without --truth.")
        answers = Answers(field, known(field))
        families = by_size(
            {
                "areas within areas": by_area(answers),
                f"events by hour{TYPED[not field.slices.hours]}": _by_part(answers),
            }
        )
        name, found, words = worst(families, field.rng, guesses=guesses)
        no, asked = answers.refused()
        return accuracy_finding(
            found, f"Most was guessed right with {name}: {words}. {no} of {asked} questions were refused."
        )


def by_area(answers: Answers, *, who: tuple[int, int] = (0, 0)) -> Cases:
    """People of an area, and of all areas within it, with and without a type of event or an hour."""
    field = answers.field
    upper, lower = list(field.areas)[-2:]
    pairs = {level: _pairs(answers, level, who=who) for level in (upper, lower)}
    for some in pairs.values():
        answers.play(some)
    within: dict[str, list[str]] = {}
    for code in field.areas[lower]:
        within.setdefault(field.parents.get(code, ""), []).append(code)
    cases = Cases()
    for number, (whole, parts) in enumerate(zip(pairs[upper], pairs[lower], strict=True)):
        true = answers.true(whole.more), answers.true(whole.less)
        for key in true[0].keys() | true[1].keys():
            below = [(*key[:-1], code) for code in within.get(key[-1], [])]
            feature = _averaged([_gap(answers, whole, [key]), _gap(answers, parts, below)])
            cases.add(feature, more=true[0].get(key, 0), less=true[1].get(key, 0), group=number)
    return cases


def _pairs(answers: Answers, level: str, *, who: tuple[int, int]) -> list[Pair]:
    days, slices = answers.field.days, answers.field.slices
    sets = {some: people(daily(days, level, **slices.cut(some))) for some in slices.sets}
    hours = [people(daily(days, level, hours=((hour + 1) % A_DAY, hour or A_DAY))) for hour in HOURS]
    return [*by_slice(sets, who=who), *(Pair(sets[slices.whole], less, who) for less in hours)]


def _averaged(gaps: Sequence[tuple[int, int]]) -> tuple[float | None, ...]:
    """The mean of all estimates of which something was told, each by itself, and how much was not told."""
    told = [gap for gap, missing in gaps if missing < 1 << 20]
    mean = round(2 * sum(told) / len(told)) / 2 if told else None
    return (mean, *(float(gap) if missing < 1 << 20 else None for gap, missing in gaps), float(gaps[-1][1]))


def _gap(answers: Answers, pair: Pair, keys: Sequence[Key]) -> tuple[int, int]:
    """The sum of the differences over the keys told in both answers; how many keys were told in one only.

    Where nothing was told in both, so many that no estimate is made of it.
    """
    more, less = answers.told(pair.more, pair.who[0]), answers.told(pair.less, pair.who[1])
    gap = missing = both = 0
    for key in keys:
        high, low = seen(more, key)[1], seen(less, key)[1]
        if high is not None and low is not None:
            gap, both = gap + high - low, both + 1
        missing += (high is None) != (low is None)
    return gap, missing if both else 1 << 20


def _by_part(answers: Answers) -> Cases:
    """Events of an area and day, whole, and in parts that add up to it; with a slice of them and without."""
    ways_of = _by_hours(answers.field) if answers.field.slices.hours else _by_hours_and_types(answers.field)
    cases = Cases()
    for kind, ways in ways_of.items():
        answers.ask([spec for way in ways for side in way for spec in side])
        true = answers.true(ways[0][0][0]), answers.true(ways[0][1][0])
        for key in true[0]:
            gaps = [_sum(answers, more, key) - _sum(answers, less, key) for more, less in ways]
            told = [gap for gap in gaps if gap == gap]  # noqa: PLR0124 - what was not told is not a number
            mean = round(2 * sum(told) / len(told)) / 2 if told else None
            feature = (mean, *(gap if gap == gap else None for gap in gaps))  # noqa: PLR0124 - likewise
            cases.add(feature, more=true[0][key], less=true[1].get(key, 0), group=kind)
    return cases


def _by_hours_and_types(field: Field) -> Mapping[str, Sums]:
    """With the last type and without: whole, by type, and by quarters of the day cut at several hours."""
    areas, names = list(field.areas)[-1], field.slices.names
    kind, rest = names[-1], names[:-1]
    return {kind: [
        ([doings(field.days, areas)], [doings(field.days, areas, events=rest)]),
        ([doings(field.days, areas, events=[one]) for one in names],
         [doings(field.days, areas, events=[one]) for one in rest]),
        *((_parts(field, areas, start, names), _parts(field, areas, start, rest)) for start in (0, 2, 4)),
    ]}  # fmt: skip


def _by_hours(field: Field) -> Mapping[str, Sums]:
    """With a stretch of hours and without it: whole, by quarters, and by halves; half a day, a quarter, and an hour."""

    def sums(*windows: Span) -> list[Spec]:
        areas = list(field.areas)[-1]
        return [doings(field.days, areas, hours=None if one == (0, A_DAY) else one) for one in windows]

    halves = (sums((6, 18), (18, 6)), sums((6, 18)))
    quarters = (sums((0, 6), (6, 12), (12, 18), (18, A_DAY)), sums((6, 12), (12, 18), (18, A_DAY)))
    return {
        "night": [(sums((0, A_DAY)), sums((6, 18))), halves, (quarters[0], sums((6, 12), (12, 18)))],
        "first quarter": [(sums((0, A_DAY)), sums((6, A_DAY))), quarters, (halves[0], sums((6, 18), (18, A_DAY)))],
        "first hour": [(sums((0, A_DAY)), sums((1, A_DAY))), (quarters[0], [*sums((1, 6)), *quarters[1]])],
    }


def _parts(field: Field, areas: str, start: int, events: Sequence[str]) -> list[Spec]:
    return [doings(field.days, areas, hours=part, events=events) for part in _cut(start)]


def _cut(start: int) -> list[tuple[int, int]]:
    """Four windows that make up a day, the first of which begins at an hour."""
    edges = [(start + PART * at) % A_DAY for at in range(A_DAY // PART + 1)]
    return [(first, last or A_DAY) for first, last in pairwise(edges)]


def _sum(answers: Answers, specs: Sequence[Spec], key: Key) -> float:
    """What a cell's parts add up to; not a number where one is withheld."""
    values = [seen(answers.told(spec), key)[1] for spec in specs]
    return float("nan") if None in values else float(sum(value for value in values if value is not None))
