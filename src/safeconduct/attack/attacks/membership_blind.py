"""Whether somebody is among the people that a table counts, for an attacker who knows their trace and nothing else."""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from safeconduct.attack.base import Attack, Finding, attack, untried
from safeconduct.attack.field import Field
from safeconduct.attack.games import CHANCE, Answers
from safeconduct.attack.traced import SIZES, mechanism, spec_of, traces
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
        if field.truth is None:
            return untried("auc", chance=CHANCE, note="Nothing to judge guesses by: give --truth.")
        answers, spec = Answers(field, field.truth), spec_of(field)
        answers.ask([spec])
        told = answers.told(spec)
        if told.refused:
            return untried("auc", chance=CHANCE, note="The table by day and area was refused.")
        here, people = mechanism(answers, spec), traces(answers, spec)
        margin = float(np.median(list(told.margin.values()))) if told.margin else 0.0
        published = Published(here.minimum, margin / NORMAL)
        every = people.of.shape[0]
        sizes = sorted({min(one, every // 2) for one in (*SIZES, every)} - {0})
        if not sizes:
            return untried("auc", chance=CHANCE, note="Nobody is in the table.")
        played = {size: blind_membership(people, size, here, published, guesses=guesses, rng=field.rng)
                  for size in sizes}  # fmt: skip
        best = max(played, key=lambda size: played[size].value)
        again = blind_membership(people, best, here, published, guesses=guesses, rng=field.rng)
        return _finding(again, played)


def _finding(again: Estimate, played: Mapping[int, Estimate]) -> Finding:
    """The best size, played again, since the best of several is flattered."""
    words = ", ".join(f"{size} people: {one.value:.2f}" for size, one in played.items())
    return Finding(
        metric="auc",
        accuracy=None,
        auc=again.value,
        bits=None,
        chance=CHANCE,
        ci=(again.low, again.high),
        n=again.n,
        note=f"Groups protected as this site was seen to protect, and people made up out of the table; {words}.",
    )
