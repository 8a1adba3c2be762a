"""A figure that is withheld, from the larger area it lies in and the others there."""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np

from safeconduct.attack.base import Attack, Finding, attack, untried
from safeconduct.attack.field import Field, Key, Told
from safeconduct.attack.games import FEW, Answers, known
from safeconduct.attack.specs import daily, flows, modal, people
from safeconduct.measures.attacks.guessing import Estimate, accuracy

TOO_FEW = "minimum_contributors"
SECONDS = "complementary_suppression"
FRESH = "differential_privacy"
UNBOUNDED = 1 << 40
MOST = 64


@dataclass(frozen=True)
class Hidden:
    """A withheld cell among others that add up to a larger one.

    Attributes:
        seen: What is left of the larger cell, and among how many; `None` where that is withheld too.
        without: What is known of it without the larger cell.
        true: What it holds.
        narrow: Fewer numbers are possible than should be, whatever the noise was.
        likely: Likewise, if no figure is further off than its margin says.
    """

    seen: Hashable
    without: Hashable
    true: int
    narrow: bool
    likely: bool


@dataclass(frozen=True)
class Rules:
    """What a level says of itself.

    Attributes:
        reach: The most that its noise moves a figure, 0 where it has none; no bound where it comes with a guarantee.
        few: The most that a figure withheld for too few people can hold; anything where second figures are withheld, as
            they give the same reason.
    """

    reach: int
    few: int


@attack
class Hierarchy(Attack):
    """Subtracts the told parts of every larger cell from it: districts from a province, movements from their origin.

    A guess counts if it is exactly right. The attacker knows what usually is behind such a rest, from other cells;
    chance is what they would guess without the larger cells. `also.narrowed` is the share of withheld cells of which
    not every number from nobody to the minimum is possible any more, whatever the noise was;
    `also.narrowed_by_margins` that with margins taken at their word, of which 5 in 100 are not kept.
    """

    name: ClassVar[str] = "hierarchy"
    title: ClassVar[str] = "Larger areas minus smaller ones"
    says: ClassVar[str] = "Subtracts what is told of the parts from the whole."

    def run(self, field: Field, *, guesses: int) -> Finding:
        """Areas within areas, then movements from an origin; the one in which most is gained counts."""
        del guesses
        if field.truth is None:
            return untried("share", chance=0.0, note="Guesses could not be judged without --truth.")
        answers = Answers(field, known(field))
        rules = _rules(answers)
        found = {"areas": list(_areas(answers, rules)), "movements": list(_movements(answers, rules))}
        found = {name: hidden for name, hidden in found.items() if hidden}
        if not found:
            return untried("share", chance=0.0, note="Nothing was withheld that lies in something larger.")
        right = {name: (_right(hidden, field.rng), _right(hidden, field.rng, blind=True))
                 for name, hidden in found.items()}  # fmt: skip
        name = max(right, key=lambda one: right[one][0].value - right[one][1].value)
        best, chance = right[name]
        every = [one for hidden in found.values() for one in hidden]
        narrow, likely = sum(one.narrow for one in every), sum(one.likely for one in every)
        no, asked = answers.refused()
        note = (f"{name.capitalize()}: {best.value:.3f} of {best.n} withheld cells were guessed exactly, "
                f"{chance.value:.3f} without the larger ones; {narrow} of {len(every)} withheld cells are narrowed "
                f"down for certain, {likely} at margins; {no} of {asked} questions were refused.")  # fmt: skip
        return Finding(metric="share", accuracy=None, auc=None, bits=None, chance=chance.value,
                       ci=(best.low, best.high), n=best.n, note=note, share=best.value,
                       also={"narrowed": narrow / len(every), "narrowed_by_margins": likely / len(every)})  # fmt: skip


def _rules(answers: Answers) -> Rules:
    """What can be read of the level, once something was told under it."""
    spec = people(daily(answers.field.days, list(answers.field.areas)[-1]))
    answers.ask([spec])
    level = answers.told(spec).level
    least, seconds, fresh = (answers.field.rule(level, name) for name in (TOO_FEW, SECONDS, FRESH))
    small = int(least.get("minimum", FEW)) + int(least.get("blur", 0)) - 1
    reach = UNBOUNDED if fresh else int(seconds.get("reach", 0))
    return Rules(reach, UNBOUNDED if seconds or fresh else small)


def _areas(answers: Answers, rules: Rules) -> Iterator[Hidden]:
    """Withheld areas within the areas above, on every day, by all slices, by all but one, and by one."""
    field = answers.field
    levels = list(field.areas)[-3:]
    slices = field.slices
    for some in dict.fromkeys((slices.whole, *slices.without, *slices.single)):
        specs = [people(daily(field.days, level, **slices.cut(some))) for level in levels]
        answers.ask(specs)
        for upper, lower in pairwise(specs):
            told, true = answers.told(lower), answers.true(lower)
            groups: dict[Key, list[Key]] = {}
            for key in told.cells:
                groups.setdefault((*key[:-1], field.parents.get(key[-1], "")), []).append(key)
            yield from _hidden(
                answers.told(upper), told, groups, true, rules, sort=(len(some), levels[-1] in str(lower))
            )


def _movements(answers: Answers, rules: Rules) -> Iterator[Hidden]:
    """Withheld movements from an area whose people are told."""
    field = answers.field
    half = len(field.days) // 2
    for areas in list(field.areas)[1:3]:
        before, after = modal(field.days[:half], areas), modal(field.days[half:], areas)
        specs = (people(before), flows(before, after, "left"))
        answers.ask(specs)
        told = answers.told(specs[1])
        groups: dict[Key, list[Key]] = {}
        for key in told.cells:
            groups.setdefault(key[:1], []).append(key)
        yield from _hidden(answers.told(specs[0]), told, groups, answers.true(specs[1]), rules, sort=areas)


def _hidden(
    whole: Told,
    parts: Told,
    groups: Mapping[Key, Sequence[Key]],
    true: Mapping[Key, int],
    rules: Rules,
    *,
    sort: Hashable,
) -> Iterator[Hidden]:
    """The withheld parts of every whole, with what is left for them."""
    for key, members in groups.items():
        withheld = [one for one in members if parts.status[one] == "suppressed"]
        told = [one for one in members if parts.cells[one] is not None]
        total = whole.cells.get(key)
        rest = None if total is None else total - sum(parts.cells[one] or 0 for one in told)
        margins = whole.margin.get(key, 0) + sum(parts.margin.get(one, 0) for one in told)
        reach = max(margins, rules.reach * (len(told) + 1))
        for one in withheld:
            most = sum(
                rules.few if parts.reason.get(other) == TOO_FEW else UNBOUNDED for other in withheld if other != one
            )
            seen = None if rest is None else (min(rest, MOST), len(withheld))
            narrow, likely = (rest is not None and _narrow(rest, slack, most) for slack in (reach, margins))
            yield Hidden((sort, seen), sort, true.get(one, 0), narrow, likely)


def _narrow(rest: int, slack: int, others: int) -> bool:
    """Whether some number below the minimum is impossible for a cell that shares a rest with others."""
    return rest - slack - others > 0 or rest + slack < FEW - 1


def _right(hidden: Sequence[Hidden], rng: np.random.Generator, *, blind: bool = False) -> Estimate:
    """How many cells are guessed exactly by what was seen of the other half of them; by what is known if blind."""
    half = rng.permutation(len(hidden)) % 2
    hits = np.zeros(len(hidden))
    for side in (0, 1):
        often: dict[Hashable, Counter[int]] = {}
        for one, where in zip(hidden, half, strict=True):
            if where == side:
                often.setdefault(one.without if blind else one.seen, Counter())[one.true] += 1
                often.setdefault(one.without, Counter())[one.true] += 0 if blind else 1
        for at, (one, where) in enumerate(zip(hidden, half, strict=True)):
            if where != side:
                found = often.get(one.without if blind else one.seen) or often.get(one.without) or Counter({0: 1})
                hits[at] = found.most_common(1)[0][0] == one.true
    return accuracy(hits, np.ones(len(hidden)))
