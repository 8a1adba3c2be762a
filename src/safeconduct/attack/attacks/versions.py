"""The same question before and after a few people's rows arrive."""

from typing import ClassVar

from safeconduct.attack.base import Attack, Finding, Place, attack, untried
from safeconduct.attack.field import Field, Spec
from safeconduct.attack.games import CHANCE, Answers, Cases, accuracy_finding, seen, worst
from safeconduct.attack.specs import daily, doings, people
from safeconduct.attack.specs import seen as at_all
from safeconduct.attack.truth import Truth

FEW = 15
"""People whose rows come at once: fewer than any level shipped lets a figure be about."""
MOST_TIMES = 8
CALLS = "calls"


@attack
class Versions(Attack):
    """An answer changes when data do; if few people's data came, the change is about them.

    The attacker knows when late rows of a few people arrive, asks the same questions before and after, and guesses in
    which cells one of them was.
    """

    name: ClassVar[str] = "versions"
    title: ClassVar[str] = "Versions"
    says: ClassVar[str] = "asks the same before and after rows of a few people arrive late, and subtracts"
    place: ClassVar[Place] = Place.OWN

    def run(self, field: Field, *, guesses: int) -> Finding:
        """Ask, let rows arrive, ask again; until there are cells enough."""
        if field.truth is None:
            return untried("accuracy", chance=CHANCE, note="Nothing to judge guesses by: give --truth.")
        asked, cases, times = _questions(field), Cases(), 0
        before = _answers(field, field.truth, asked)
        while times < MOST_TIMES and len(cases.balanced(field.rng).labels) < guesses:
            truth = field.late(FEW)
            if truth is None:
                break
            after, times = _answers(field, truth, asked), times + 1
            cases.extend(_changes(before, after, _open(before, after, asked), times))
            before = after
        if not times:
            return untried("accuracy", chance=CHANCE, note="Rows of a few people cannot be made to arrive late here.")
        _, found, _ = worst({"the change": cases}, field.rng, guesses=guesses)
        return accuracy_finding(found, f"Rows of {FEW} people arrived late {times} times; {_still(before, asked)}.")


def _questions(field: Field) -> list[Spec]:
    """Questions in which one more event shows: events, people seen and last places, by sets of slices it may be in."""
    days, levels, slices = field.days, list(field.areas), field.slices
    late = {CALLS} & slices.whole or slices.whole
    cuts = [slices.cut(some) for some in slices.sets if some & late]
    return [
        *(doings(days, level, **cut) for level in levels[-2:] for cut in cuts),
        *(at_all(days, level, **cut) for level in levels[-2:] for cut in cuts),
        people(daily(days, levels[-1])),
        *(people(daily(days, levels[-1], **slices.cut({name}))) for name in slices.names if name in late),
    ]


def _answers(field: Field, truth: Truth, asked: list[Spec]) -> Answers:
    answers = Answers(field, truth)
    answers.ask(asked)
    return answers


def _open(before: Answers, after: Answers, asked: list[Spec]) -> list[Spec]:
    """Questions that were not refused both times: cells nobody is told of would only dilute the rest; else all."""
    told = [spec for spec in asked if not (before.told(spec).refused and after.told(spec).refused)]
    return told or asked


def _changes(before: Answers, after: Answers, asked: list[Spec], times: int) -> Cases:
    """Every cell of every question: what changed, told and true."""
    cases = Cases()
    for number, spec in enumerate(asked):
        more, less = after.true(spec), before.true(spec)
        for key in more.keys() | less.keys():
            (state, value), (former, earlier) = seen(after.told(spec), key), seen(before.told(spec), key)
            gap = value - earlier if value is not None and earlier is not None else None
            cases.add((gap, state, former), more=more.get(key, 0), less=less.get(key, 0), group=(number, times))
    return cases


def _still(answers: Answers, asked: list[Spec]) -> str:
    refused, every = answers.refused()
    return f"{every - refused} of {len(asked)} questions were answered"
