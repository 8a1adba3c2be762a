"""What is withheld and what is refused, as a signal: no figure is looked at."""

from typing import ClassVar

from safeconduct.attack.base import Attack, Finding, attack, untried
from safeconduct.attack.field import Field
from safeconduct.attack.games import (
    CHANCE,
    Answers,
    Pair,
    accuracy_finding,
    by_slice,
    differences,
    known,
)
from safeconduct.attack.specs import daily, people

A_DAY = 24
LEAST, MOST = 14, 17
WAYS = ("last", "most-common")


@attack
class Refusals(Attack):
    """Looks at nothing but told, withheld and refused, in cells that have 14 to 17 people without the target.

    A cell told in the wider answer and withheld in the narrower one has somebody who is in the first only: that alone
    tells of the target, whatever the figures say.
    """

    name: ClassVar[str] = "refusals"
    title: ClassVar[str] = "What is withheld, as a signal"
    says: ClassVar[str] = "Reads who is there from what is told, withheld and refused."

    def run(self, field: Field, *, guesses: int) -> Finding:
        """Pairs by slice, by way of placing and by hour, at every level where cells are that small."""
        del guesses
        if field.truth is None:
            return untried("accuracy", chance=CHANCE, note="Guesses could not be judged without --truth.")
        answers = Answers(field, known(field))
        pairs = [pair for areas in list(field.areas)[-1:] for pair in _pairs(field, areas)]
        answers.play(pairs)
        found = differences(answers, pairs, values=False).within(LEAST, MOST).guessed(field.rng)
        no, asked = answers.refused()
        return accuracy_finding(
            found,
            f"Of cells of {LEAST} to {MOST} people in {len(pairs)} pairs of questions only the status was read; {no} "
            f"of {asked} questions were refused.",
        )


def _pairs(field: Field, areas: str) -> list[Pair]:
    slices = field.slices
    sets = [{some: people(daily(field.days, areas, **slices.cut(some), method=way)) for some in slices.sets}
            for way in WAYS]  # fmt: skip
    hours = [Pair(sets[0][slices.whole], people(daily(field.days, areas, hours=((hour + 1) % A_DAY, hour or A_DAY))))
             for hour in range(A_DAY)]  # fmt: skip
    placing = [Pair(sets[0][some], sets[1][some]) for some in slices.sets]
    return [*by_slice(sets[0]), *by_slice(sets[1]), *placing, *hours]
