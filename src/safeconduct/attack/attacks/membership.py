"""Whether somebody whose whereabouts are known is among the people that a table counts."""

from typing import ClassVar

from safeconduct.attack.base import Attack, Finding, attack, untried
from safeconduct.attack.field import Field
from safeconduct.attack.games import CHANCE, Answers
from safeconduct.attack.traced import SIZES, mechanism, spec_of, traces
from safeconduct.measures.attacks.membership import Knowledge, Mechanism, Traces, membership

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
        if field.truth is None:
            return untried("auc", chance=CHANCE, note="Nothing to judge guesses by: give --truth.")
        answers, spec = Answers(field, field.truth), spec_of(field)
        answers.ask([spec])
        if answers.told(spec).refused:
            return untried("auc", chance=CHANCE, note="The table by day and area was refused.")
        return _finding(field, traces(answers, spec), mechanism(answers, spec), guesses)


def _finding(field: Field, where: Traces, here: Mechanism, guesses: int) -> Finding:
    """Play every size; the winner plays again, since the best of several is flattered."""
    every = where.of.shape[0]
    sizes = sorted({min(one, every // 2) for one in (*SIZES, every)} - {0})
    if not sizes:
        return untried("auc", chance=CHANCE, note="Nobody is in the table.")
    played = {size: membership(where, size, here, guesses=guesses, rng=field.rng) for size in sizes}
    size, knowledge = max(
        ((size, one) for size in sizes for one in Knowledge), key=lambda at: played[at[0]][at[1]].value
    )
    again = membership(where, size, here, guesses=guesses, rng=field.rng)[knowledge]
    words = "; ".join(f"{size} people: " + ", ".join(f"{one.value:.2f} {WORDS[how]}" for how, one in found.items())
                      for size, found in played.items())  # fmt: skip
    return Finding(
        metric="auc",
        accuracy=None,
        auc=again.value,
        bits=None,
        chance=CHANCE,
        ci=(again.low, again.high),
        n=again.n,
        note=f"Groups protected as this site was seen to protect; {words}.",
    )
