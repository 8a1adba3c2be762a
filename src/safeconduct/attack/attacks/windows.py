"""Windows of days moved on by a day: who came in between."""

from collections.abc import Sequence
from datetime import date
from itertools import combinations
from typing import ClassVar

from safeconduct.attack.base import Attack, Finding, Place, attack, untried
from safeconduct.attack.field import Field
from safeconduct.attack.games import (
    CHANCE,
    Answers,
    Pair,
    accuracy_finding,
    by_size,
    differences,
    known,
    worst,
)
from safeconduct.attack.specs import modal, people, seen

SHORTEST, WEEK, MIDDLE, LONGEST = 6, 7, 10, 14
SMALL = 4096
WAYS = ("last", "most-common")


@attack
class Windows(Attack):
    """Asks for every window of six to fourteen days, and compares each with those that are a day longer or later.

    Where people mostly were is asked by week as declared products, where the site has such a thing: those are never
    refused. Who was seen at all is asked afterwards, without a product.
    """

    name: ClassVar[str] = "windows"
    title: ClassVar[str] = "Windows of days that overlap"
    says: ClassVar[str] = "Asks the same for windows of days that differ by one day, and subtracts."
    place: ClassVar[Place] = Place.OWN

    def run(self, field: Field, *, guesses: int) -> Finding:
        """Both sorts of windows, the worse counts."""
        if field.truth is None:
            return untried("accuracy", chance=CHANCE, note="Guesses could not be judged without --truth.")
        answers, areas = Answers(field, known(field)), list(field.areas)[-1]
        weeks = [(level, way) for level in list(field.areas)[-2:] for way in WAYS]
        homes = [[people(modal(field.days[at : at + WEEK], level, method=way))
                  for at in range(len(field.days) - WEEK + 1)] for level, way in weeks]  # fmt: skip
        declared = sum(field.declare(series[0], windows=len(series)) for series in homes)
        moved = [Pair(one, other) for series in homes for one, other in combinations(series, 2)]
        answers.play(moved)
        grown = _pairs(field.days, areas, guesses=guesses)
        answers.play(grown)
        name, found, words = worst(
            by_size({"people seen": differences(answers, grown), "people by home": differences(answers, moved)}),
            field.rng,
            guesses=guesses,
        )
        no, asked = answers.refused()
        product = f"{declared} series of homes by week were declared products."
        return accuracy_finding(found, f"Most was guessed right with {name}: {words}. {no} of {asked} questions were "
                                       f"refused. {product}")  # fmt: skip


def _pairs(days: Sequence[date], areas: str, *, guesses: int) -> list[Pair]:
    """Every window against those that are a day shorter at either end, and against the next one."""
    sizes = range(SHORTEST, LONGEST + 1 if guesses > SMALL else MIDDLE + 1)
    spans = [(first, first + size) for size in sizes for first in range(len(days) - size + 1)]
    asks = {span: seen(days[span[0] : span[1]], areas) for span in spans}
    moves = ((1, 0), (0, -1), (1, 1))
    near = [(span, (span[0] + begin, span[1] + end)) for span in spans for begin, end in moves]
    return [Pair(asks[span], asks[other]) for span, other in near if other in asks]
