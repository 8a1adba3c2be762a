"""Whether somebody whose whereabouts are known is among the people that a table counts."""

from collections.abc import Mapping
from typing import ClassVar

from safeconduct.attack.base import Attack, Finding, attack
from safeconduct.attack.field import Field
from safeconduct.attack.traced import Shown, auc_finding, shown
from safeconduct.measures.attacks.guessing import Estimate
from safeconduct.measures.attacks.membership import Knowledge, membership

WORDS = {
    Knowledge.RATES: "knowing everybody's rates",
    Knowledge.TOGETHER: "reading cells together",
    Knowledge.NOTHING: "knowing nothing else",
}


@attack
class Membership(Attack):
    """A likelihood ratio over all cells of a target's trace: members make all of them a little larger.

    No question can ask about a chosen group of people yet. So the site is asked for its table by day and area, which
    shows how it protects one: from what number on cells are told, and how far they are off. Groups of 100, of 1,000 and
    of half of all people are then drawn, counted and protected just so, half of the targets being in the group. Three
    attackers play: one who knows everybody's rates, one who also knows which cells go together, and one who knows
    nothing but the protected table.
    """

    name: ClassVar[str] = "membership"
    title: ClassVar[str] = "Membership"
    says: ClassVar[str] = "scores people by how well a protected table fits their trace with them in it"

    def run(self, field: Field, *, guesses: int) -> Finding:
        """See how tables are protected, then play with groups of each size."""
        seen = shown(field)
        return seen if isinstance(seen, Finding) else _finding(field, seen, guesses)


def _finding(field: Field, seen: Shown, guesses: int) -> Finding:
    """Play every size; the winner plays again, since the best of several is flattered."""

    def play(size: int) -> Mapping[Knowledge, Estimate]:
        return membership(seen.people, size, seen.here, guesses=guesses, rng=field.rng)

    played = {size: play(size) for size in seen.sizes}
    size, knowledge = max(
        ((size, one) for size in seen.sizes for one in Knowledge), key=lambda at: played[at[0]][at[1]].value
    )
    again = play(size)[knowledge]
    words = "; ".join(f"{size} people: " + ", ".join(f"{one.value:.2f} {WORDS[how]}" for how, one in found.items())
                      for size, found in played.items())  # fmt: skip
    return auc_finding(again, f"Groups protected as this site was seen to protect; {words}.")
