"""Whether somebody is among the people that a table counts, for an attacker who knows their trace and nothing else."""

from typing import ClassVar

from safeconduct.attack.base import Attack, Finding, attack
from safeconduct.attack.field import Field
from safeconduct.attack.traced import auc_finding, shown
from safeconduct.measures.attacks.blind import Published, blind_membership
from safeconduct.measures.attacks.guessing import Estimate

NORMAL = 1.96


@attack
class MembershipBlind(Attack):
    """The membership game without any group of people to learn from.

    Groups are drawn and protected as for `membership`. This attacker has the table, the margin and the minimum told
    with it, and the trace of their target. They make up people out of the table's own totals, protect groups of them as
    the site says it does, and learn from those what a table with the target in it looks like.
    """

    name: ClassVar[str] = "membership_blind"
    title: ClassVar[str] = "Membership without other knowledge"
    says: ClassVar[str] = "makes up people out of a protected table, and learns from them who is in it"

    def run(self, field: Field, *, guesses: int) -> Finding:
        """See how tables are protected, then play with groups of each size."""
        seen = shown(field)
        if isinstance(seen, Finding):
            return seen
        published = Published(seen.here.minimum, seen.margin / NORMAL)

        def play(size: int) -> Estimate:
            return blind_membership(seen.people, size, seen.here, published, guesses=guesses, rng=field.rng)

        played = {size: play(size) for size in seen.sizes}
        again = play(max(played, key=lambda size: played[size].value))
        words = ", ".join(f"{size} people: {one.value:.2f}" for size, one in played.items())
        note = f"Groups protected as this site was seen to protect, and people made up out of the table; {words}."
        return auc_finding(again, note)
