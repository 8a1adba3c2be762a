"""Two analysts of two projects who put their answers together."""

from typing import ClassVar

from safeconduct.attack.base import Attack, Finding, attack, untried
from safeconduct.attack.field import Field
from safeconduct.attack.games import (
    CHANCE,
    Answers,
    Pair,
    accuracy_finding,
    by_size,
    by_slice,
    differences,
    known,
    worst,
)
from safeconduct.attack.specs import daily, people

A_DAY = 24
BOTH = 2
SMALL = 4096
WAYS = ("last", "most-common")


@attack
class Collusion(Attack):
    """Plays pairs of nested questions of which one analyst asks the wider and the other the narrower half.

    Whatever looks only at what one project asked before sees nothing.
    """

    name: ClassVar[str] = "collusion"
    title: ClassVar[str] = "Two projects together"
    says: ClassVar[str] = "Two analysts of two projects ask one question each, and subtract."

    def run(self, field: Field, *, guesses: int) -> Finding:
        """Types or parts of the day, hours and ways of placing, asked by two."""
        if field.truth is None or field.analysts < BOTH:
            return untried("accuracy", chance=CHANCE, note="It takes two analysts and --truth.")
        answers, areas = Answers(field, known(field)), list(field.areas)[-1]
        families = _families(field, areas, every=guesses > SMALL)
        for pairs in families.values():
            answers.play(pairs)
        cases = by_size({name: differences(answers, pairs) for name, pairs in families.items()})
        name, found, words = worst(cases, field.rng, guesses=guesses)
        no, asked = answers.refused()
        return accuracy_finding(
            found, f"Most was guessed right with {name}: {words}. {no} of {asked} questions were refused."
        )


def _families(field: Field, areas: str, *, every: bool) -> dict[str, list[Pair]]:
    """Pairs by what parts them; by slices only, unless every sort is wanted or there are few slices."""
    slices = field.slices
    first, second = ({some: people(daily(field.days, areas, **slices.cut(some), method=way))
                      for some in slices.sets} for way in WAYS)  # fmt: skip
    families = {slices.word: by_slice(first, who=(0, 1))}
    if every or slices.hours:
        windows = (((hour + 1) % A_DAY, hour or A_DAY) for hour in range(A_DAY))
        families["hours"] = [Pair(first[slices.whole], people(daily(field.days, areas, hours=hours)), (0, 1))
                             for hours in windows]  # fmt: skip
        families["way of placing"] = [Pair(first[some], second[some], (0, 1)) for some in first]
    return families
