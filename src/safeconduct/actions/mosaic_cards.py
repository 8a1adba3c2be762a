"""The card of a mosaic report: figures of what a combination reveals, for those who decide; holds no figure released.

Made by the worker, kept sealed, and looked at by insiders alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from safeconduct.measures.mosaic import Mosaic, OneMore, Revealed
from safeconduct.measures.mosaic_linkage import LinkageGain
from safeconduct.model.outcomes import Insight
from safeconduct.model.table import Table
from safeconduct.model.text import say

AUDIENCE = "checkers, data stewards and the data protection officer"
THOUSANDTHS = 1_000


class CardPart(StrEnum):
    """What a row of the card speaks of; what its numbers are stands behind each.

    `TOGETHER`: everything released, everything known before, everything (guarded, revealed, worked out, smallest).
    `ALONE`: one source (the same). `BEYOND`: revealed by no source alone (cells). `CANDIDATE`: added by the answer that
    is looked at (cells). `SORT`: one more fact of a sort (facts, tried, that reveal, most, together).
    `PROVEN`: the solver came to an end (1 or 0). `CONTRADICTS`: a source that cannot speak of the same people.
    `BUDGET`: spent in a month (millionths of rho). `UNBOUNDED`: answers of a level without a budget (answers).
    `GUARANTEED`: answers of a level with one (answers). `LEFT_OUT`: older answers not looked at (answers).
    `MINIMUM`: numbers that must stay possible. `EDITIONS`: people looked for in editions of records, found with
    everything, with the best edition, by the control (people, thousandths). `GAIN`: found more with everything, and
    its interval (thousandths). `MEMBERSHIP`: the area under the curve gained (thousandths).
    `FEW`: groups of few people that the answer shows together with others, `""` for all and then by sort (groups).
    `FEW_LEFT_OUT`: what was left out of looking for them, by why (answers).
    """

    MINIMUM = "minimum"
    TOGETHER = "together"
    BEYOND = "beyond"
    CANDIDATE = "candidate"
    ALONE = "alone"
    SORT = "sort"
    PROVEN = "proven"
    CONTRADICTS = "contradicts"
    BUDGET = "budget"
    UNBOUNDED = "unbounded"
    GUARANTEED = "guaranteed"
    LEFT_OUT = "left_out"
    EDITIONS = "editions"
    GAIN = "gain"
    MEMBERSHIP = "membership"
    FEW = "few"
    FEW_LEFT_OUT = "few_left_out"


@dataclass(frozen=True, kw_only=True)
class CardLine:
    """One row of the card.

    Attributes:
        part: What it speaks of.
        name: Which one.
        numbers: Its figures, in the order `CardPart` says.
    """

    part: CardPart
    name: str = ""
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class Card:
    """What a combination reveals. Its `repr` shows no figure.

    Attributes:
        lines: Every row.
    """

    lines: tuple[CardLine, ...]

    def __repr__(self) -> str:
        """What it is."""
        return "Card()"

    def insight(self) -> Insight:
        """The card for a page of insiders: `part`, `name`, `a` to `e`; 0 where a row has fewer numbers."""
        padded = [(*line.numbers, 0, 0, 0, 0, 0)[:5] for line in self.lines]
        columns: dict[str, Sequence[object]] = {
            "part": [line.part.value for line in self.lines],
            "name": [line.name for line in self.lines],
        }
        columns |= {letter: [row[at] for row in padded] for at, letter in enumerate("abcde")}
        return Insight(title=say("What figures reveal together"), table=Table.of(columns), audience=AUDIENCE)


def mosaic_lines(found: Mosaic, *, minimum: int, candidate: str) -> Iterator[CardLine]:
    """What answers and outside facts reveal; of single sources those that reveal something."""
    yield CardLine(part=CardPart.MINIMUM, numbers=(minimum,))
    whole = {"released": found.released, "before": found.before, "after": found.after}
    for name, one in whole.items():
        yield CardLine(part=CardPart.TOGETHER, name=name, numbers=_revealed(one))
    yield CardLine(part=CardPart.BEYOND, numbers=(found.beyond,))
    if candidate:
        yield CardLine(part=CardPart.CANDIDATE, name=candidate, numbers=(found.candidate,))
    yield from (CardLine(part=CardPart.ALONE, name=name, numbers=_revealed(one))
                for name, one in found.alone.items() if one.revealed)  # fmt: skip
    yield from (_sort(one) for one in found.sorts)
    yield CardLine(part=CardPart.PROVEN, numbers=(int(found.after.proven),))
    yield from (CardLine(part=CardPart.CONTRADICTS, name=name) for name in found.contradicting)


def _revealed(one: Revealed) -> tuple[int, ...]:
    return one.guarded, one.revealed, one.worked_out, one.smallest


def _sort(one: OneMore) -> CardLine:
    numbers = (one.facts, one.tried, one.reveal, one.most, one.together)
    return CardLine(part=CardPart.SORT, name=one.sort, numbers=numbers)


def linkage_lines(name: str, found: LinkageGain) -> Iterator[CardLine]:
    """What editions of one table reveal together."""
    shares = (_thousandths(one) for one in (found.together, found.best, found.control))
    yield CardLine(part=CardPart.EDITIONS, name=name, numbers=(found.people, *shares))
    gain = (found.gain.value, found.gain.low, found.gain.high)
    yield CardLine(part=CardPart.GAIN, name=name, numbers=tuple(map(_thousandths, gain)))
    if found.membership is not None:
        yield CardLine(part=CardPart.MEMBERSHIP, name=name, numbers=(_thousandths(found.membership),))


def _thousandths(share: float) -> int:
    return round(THOUSANDTHS * share)


def counted(part: CardPart, found: Mapping[str, int]) -> Iterator[CardLine]:
    """A number by name."""
    yield from (CardLine(part=part, name=name, numbers=(count,)) for name, count in sorted(found.items()))
