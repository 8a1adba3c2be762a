"""Two legal questions about almost the same people, and what their difference tells."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import ClassVar

from safeconduct.attack.base import Attack, Finding, attack, untried
from safeconduct.attack.field import Field, Spec
from safeconduct.attack.games import (
    CHANCE,
    Answers,
    Cases,
    Pair,
    accuracy_finding,
    by_size,
    by_slice,
    differences,
    known,
    seen,
    worst,
)
from safeconduct.attack.specs import daily, flows, modal, people

METHODS = ("last", "most-common")
A_DAY = 24
SMALL = 4096
Sets = Mapping[frozenset[str], Spec]


@attack
class Differencing(Attack):
    """Plays every pair of nested questions the language has; the family in which most is guessed right counts.

    A case is a cell in which the two answers truly differ by exactly one or by nobody, evenly mixed among cells of the
    same pair and about the same size. The attacker learns from other cases what a difference, a withheld cell or a
    refusal stands for, and guesses.
    """

    name: ClassVar[str] = "differencing"
    title: ClassVar[str] = "Difference of two answers"
    says: ClassVar[str] = "Asks two questions whose people differ by few, and subtracts."

    def run(self, field: Field, *, guesses: int) -> Finding:
        """Every family of pairs, then the worst."""
        if field.truth is None:
            return untried("accuracy", chance=CHANCE, note="Guesses could not be judged without --truth.")
        answers, areas = Answers(field, known(field)), list(field.areas)[-1]
        sets = {way: _sets(field, areas, way) for way in METHODS}
        pairs = {
            field.slices.word: [pair for way in METHODS for pair in by_slice(sets[way])],
            "hours": _hours(field.days, areas, growing=guesses > SMALL),
            "days": _growing(field.days, areas),
            "way of placing": [Pair(sets[METHODS[0]][some], sets[METHODS[1]][some]) for some in field.slices.sets],
        }
        for family in pairs.values():
            answers.play(family)
        cases = by_size({name: differences(answers, family) for name, family in pairs.items()})
        cases["chosen targets"] = _targets(answers, sets)
        cases["movements that count otherwise"] = _joins(answers, guesses=guesses)
        name, found, words = worst(cases, field.rng, guesses=guesses)
        no, asked = answers.refused()
        return accuracy_finding(
            found, f"Most was guessed right with {name}: {words}. {no} of {asked} questions were refused."
        )


def _sets(field: Field, areas: str, way: str) -> Sets:
    cut = field.slices.cut
    return {some: people(daily(field.days, areas, **cut(some), method=way)) for some in field.slices.sets}


def _hours(days: Sequence[date], areas: str, *, growing: bool) -> list[Pair]:
    """The whole day against all but an hour, and windows from midnight that grow by an hour."""
    whole = people(daily(days, areas))
    without = [Pair(whole, people(daily(days, areas, hours=((hour + 1) % A_DAY, hour or A_DAY))))
               for hour in range(A_DAY)]  # fmt: skip
    begun = [people(daily(days, areas, hours=(0, hour))) for hour in range(1, A_DAY)] if growing else []
    return [*without, *(Pair(more, less) for less, more in zip(begun, [*begun[1:], whole], strict=False))]


def _growing(days: Sequence[date], areas: str) -> list[Pair]:
    """Where people mostly were, over a day more."""
    windows = [people(modal(days[: last + 1], areas)) for last in range(len(days))]
    return [Pair(more, less) for less, more in pairwise(windows)]


def _targets(answers: Answers, sets: Mapping[str, Sets]) -> Cases:
    """Somebody who did one sort of thing that day, and whose area is the one thing the attacker does not know.

    Of all pairs that part such a person from the rest, the one with the fewest others decides what is true; the others
    are seen too, and averaged.
    """
    cases, whole = Cases(), answers.field.slices.whole
    for kind in answers.field.slices.names:
        apart = [Pair(ask[some], ask[some - {kind}]) for ask in sets.values() for some in ask
                 if kind in some and len(some) > 1]  # fmt: skip
        tight = [Pair(ask[whole], ask[whole - {kind}]) for ask in sets.values()]
        true = answers.true(tight[0].more), answers.true(tight[0].less)
        for key in true[0].keys() | true[1].keys():
            gaps = [_gap(answers, pair, key) for pair in apart]
            told = [gap for gap in gaps if gap is not None]
            mean = round(2 * sum(told) / len(told)) if told else None
            feature = (*(_gap(answers, pair, key) for pair in tight), mean, float(len(told)))
            cases.add(feature, more=true[0].get(key, 0), less=true[1].get(key, 0), group=kind)
    return cases


def _gap(answers: Answers, pair: Pair, key: tuple[str, ...]) -> int | None:
    more, less = (seen(answers.told(spec), key)[1] for spec in (pair.more, pair.less))
    return more - less if more is not None and less is not None else None


def _joins(answers: Answers, *, guesses: int) -> Cases:
    """People of an area less those who were found again: those who were not."""
    days, levels = answers.field.days, list(answers.field.areas)
    areas = levels[max(len(levels) - 2, 0)]
    starts = days[: (len(days) if guesses > SMALL else 6) - 3]
    ends = {day: (daily([day], areas), modal(days[at + 1 : at + 4], areas)) for at, day in enumerate(starts)}
    begun = {day: people(origin) for day, (origin, _) in ends.items()}
    again = {day: flows(*pair) for day, pair in ends.items()}
    left = {day: flows(*pair, "left") for day, pair in ends.items()}
    answers.ask([*begun.values(), *again.values(), *left.values()])
    cases = Cases()
    for day in ends:
        inner = answers.told(again[day])
        for area in answers.field.areas[areas]:
            lost = answers.true(left[day]).get((area, ""), 0)
            row = [value for (origin, _), value in inner.cells.items() if origin == area]
            status, there = seen(answers.told(begun[day]), (day.isoformat(), area))
            known_row = sum(value for value in row if value is not None)
            gap = None if there is None or inner.refused else there - known_row
            feature = (gap, status, seen(answers.told(left[day]), (area, ""))[0], float(row.count(None)))
            cases.add(feature, more=lost, less=0, group=day)
    return cases
