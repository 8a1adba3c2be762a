"""Windows of days moved on by a day: who came in between."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import ClassVar

from safeconduct.cli.attacking.base import Attack, Finding, attack, untried
from safeconduct.cli.attacking.field import Field, Spec
from safeconduct.cli.attacking.games import (
    CHANCE,
    Answers,
    Pair,
    accuracy_finding,
    by_size,
    differences,
    known,
    worst,
)
from safeconduct.cli.attacking.specs import modal, people, seen

SHORTEST, WEEK, LONGEST = 6, 7, 14
SMALL = 4096
Asks = Callable[[Sequence[date], str], Spec]


@attack
class Windows(Attack):
    """Asks for every window of six to fourteen days, and compares each with those that are a day longer or later.

    Windows of people seen at all are asked as they come; windows of where people mostly were are asked as a declared
    product where the site has such a thing, as that is what a product may be used for.
    """

    name: ClassVar[str] = "windows"
    title: ClassVar[str] = "Windows of days that overlap"
    says: ClassVar[str] = "Asks the same for windows of days that differ by one day, and subtracts."

    def run(self, field: Field, *, guesses: int) -> Finding:
        """Both sorts of windows, the worse counts."""
        if field.truth is None:
            return untried("accuracy", chance=CHANCE, note="Guesses could not be judged without --truth.")
        answers, areas = Answers(field, known(field)), list(field.areas)[-1]
        grown = _pairs(field.days, areas, seen, range(SHORTEST, LONGEST + 1))
        sizes = (WEEK, *(range(SHORTEST, LONGEST + 1) if guesses > SMALL else ()))
        moved = _pairs(field.days, areas, lambda days, at: people(modal(days, at)), sizes)
        declared = field.declare(moved[0].more, windows=len(field.days) - WEEK + 1)
        answers.play(grown)
        answers.play(moved)
        name, found, words = worst(
            by_size({"people seen": differences(answers, grown), "people by home": differences(answers, moved)}),
            field.rng,
            guesses=guesses,
        )
        no, asked = answers.refused()
        product = "Homes by week were a declared product." if declared else "No product was declared."
        return accuracy_finding(found, f"Most was guessed right with {name}: {words}. {no} of {asked} questions were "
                                       f"refused. {product}")  # fmt: skip


def _pairs(days: Sequence[date], areas: str, ask: Asks, sizes: Sequence[int]) -> list[Pair]:
    """Every window against those that are a day shorter at either end, and against the next one."""
    spans = [(first, first + size) for size in dict.fromkeys(sizes) for first in range(len(days) - size + 1)]
    asks = {span: ask(days[span[0] : span[1]], areas) for span in spans}
    moves = ((1, 0), (0, -1), (1, 1))
    near = [(span, (span[0] + begin, span[1] + end)) for span in spans for begin, end in moves]
    return [Pair(asks[span], asks[other]) for span, other in near if other in asks]
