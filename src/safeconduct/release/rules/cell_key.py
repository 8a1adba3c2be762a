"""A little noise that is always the same for the same people."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import ClassVar

import numpy as np
import pyarrow as pa

from safeconduct.model.errors import BadInput
from safeconduct.model.outcomes import Admission, CellStatus, Draft, Evidence
from safeconduct.model.output import Measure, Value
from safeconduct.model.table import Table
from safeconduct.model.text import Text, say
from safeconduct.protect.perturbation import PerturbationTable, table
from safeconduct.release.base import Rule, output_rule
from safeconduct.release.sticky import Whole, hashed, what_asked, whom_counted

MOST_REACH, MOST_VARIANCE, MOST_ROUND = 50, 10_000, 100
HUNDREDTHS = 100
MOST_LEAST = 1_000_000
PART_OF_LARGEST = 5
CONFIDENCE = 95


@output_rule
@dataclass(frozen=True, kw_only=True)
class CellKey(Rule):
    """Changes every told figure by noise that is the same whenever the same is asked of the same people.

    Each person has a secret number, and a cell the sum of those of its people. The noise has two parts, each picked
    from a maximum-entropy table by a keyed hash. One follows from the people alone: whoever asks about the same people
    in a hundred ways is left with it. The other follows from the people and from what is asked of them (the sort of
    count, the hours, the area, and the days that are read): without it, equal figures would mean equal people, and a
    pair of questions would show whether anybody came or went. Asking again, in other words, in another project, or
    together with other days, gives the same figure, so that averaging gains nothing. A sum, such as events, is changed
    by the noise times what a person adds on average, or a fifth of what the largest adds where that is more. Neither
    the data's nor the level's version enters the noise.

    Attributes:
        reach: Most that each part changes a number of people by, 1 to 50.
        variance: Variance of the part that follows from the people alone, in hundredths, 1 to 10,000.
        asked: Variance of the part that follows from what is asked too, in hundredths, 0 to 10,000; 0 leaves it out.
        round_to: Figures are then rounded to multiples of this, 1 to 100; 1 leaves them.
        least: A number of people is told as at least this, 0 to 1,000,000: what others withhold below a minimum never
            reads as if it were below.

    References:
        Fraser, Wooton (2005); Marley, Leaver (2011), A method for confidentialising user-defined tables; Giessing
        (2016), Computational issues in the design of transition probabilities. The second part answers the attack on
        equal answers of Asghar, Kaafar (2020), Averaging attacks on bounded noise-based disclosure control algorithms.
    """

    name: ClassVar[str] = "cell_key"
    title: ClassVar[Text] = Text("Noise that is always the same")
    blurs: ClassVar[bool] = True

    reach: int = 20
    variance: int = 300
    asked: int = 3300
    round_to: int = 1
    least: int = 0

    def __post_init__(self) -> None:
        for name, most in (("reach", MOST_REACH), ("variance", MOST_VARIANCE), ("round_to", MOST_ROUND)):
            if not 1 <= getattr(self, name) <= most:
                raise BadInput(f"{name} goes from 1 to {most}", field=name)
        if not 0 <= self.least <= MOST_LEAST:
            raise BadInput(f"least goes from 0 to {MOST_LEAST}", field="least")
        if not 0 <= self.asked <= MOST_VARIANCE:
            raise BadInput(f"asked goes from 0 to {MOST_VARIANCE}", field="asked")
        if max(self.variance, self.asked) >= HUNDREDTHS * self.reach**2:
            raise BadInput("a variance is below the square of the reach, in hundredths", field="variance")

    def in_words(self) -> Text:
        """The noise, in a sentence."""
        return say(
            "Every figure is changed by noise, by {usual} at most in 95 of 100 cases and never by more than {reach} "
            "people; the same question about the same people always has the same noise.",
            usual=self._usual(),
            reach=self._most(),
        )

    def farthest(self) -> tuple[int, int]:
        """Usually, and at most."""
        return self._usual(), self._most()

    def wanted(self) -> frozenset[Evidence]:
        """Whom a cell counts, as one number, and what they add up to."""
        return frozenset({Evidence.CELL_KEY, Evidence.PEOPLE, Evidence.TOTAL, Evidence.LARGEST})

    def apply(self, draft: Draft, admission: Admission) -> Draft:
        """Change every figure that is still told."""
        people, totals = (_whole(draft, one) for one in (Evidence.PEOPLE, Evidence.TOTAL))
        noise = self._noise(draft, admission, people)
        columns, margins = {}, np.zeros(len(people), dtype=np.int64)
        for value in draft.output.values:
            scale = self._scale(draft, value, people, totals)
            base = people if value.measure is Measure.PEOPLE else totals
            columns[value.name] = self._told(base + noise * scale, draft, value)
            margins = np.maximum(margins, self._usual() * scale)
        told = Table(draft.table.arrow).having(**columns)
        return replace(draft, table=told, margins=tuple(int(one) for one in margins))

    def _noise(self, draft: Draft, admission: Admission, people: Whole) -> Whole:
        """Both parts."""
        whom = hashed(whom_counted(draft), admission.sticky)
        noise = noise_of(self.reach, self.variance * 10).noise(people, whom)
        if self.asked:
            what = hashed(what_asked(draft), admission.sticky)
            noise = noise + noise_of(self.reach, self.asked * 10).noise(people, what)
        return noise

    def _told(self, changed: Whole, draft: Draft, value: Value) -> pa.Array:
        """The new figures; those withheld keep what they were, which nobody is told."""
        least = self.least if value.measure is Measure.PEOPLE else 0
        rounded = np.maximum((changed + self.round_to // 2) // self.round_to * self.round_to, least)
        before = draft.table.column(value.name)
        kept = zip(rounded.tolist(), before, draft.status, strict=True)
        kind = draft.table.arrow.schema.field(value.name).type
        return pa.array([now if status is CellStatus.VALUE else was for now, was, status in kept], type=kind)

    def _scale(self, draft: Draft, value: Value, people: Whole, totals: Whole) -> Whole:
        """What the noise of one person is worth in this value."""
        if value.measure is Measure.PEOPLE:
            return np.ones(len(people), dtype=np.int64)
        average = -(-totals // np.maximum(people, 1))
        return np.maximum(np.maximum(average, -(-_whole(draft, Evidence.LARGEST) // PART_OF_LARGEST)), 1)

    def _most(self) -> int:
        return self.reach * (2 if self.asked else 1) + self.round_to // 2

    def _usual(self) -> int:
        """Half-width that holds 95 of 100; both parts together are spread like one of their summed variance."""
        together = noise_of(min(2 * self.reach, MOST_REACH), (self.variance + self.asked) * 10)
        return together.quantile(CONFIDENCE, at_least=together.reach) + self.round_to // 2

    def statement(self, admission: Admission) -> tuple[Text, ...]:
        """How far a figure may be off, and why levels may not add up."""
        del admission
        return (
            say(
                "Figures carry noise: in 95 of 100 cases a figure of people is within {usual} of what was counted, and "
                "never further than {reach}; the margin stands beside each.",
                usual=self._usual(),
                reach=self._most(),
            ),
            say(
                "Areas add up to the larger area they lie in only within their margins taken together, and only where "
                "nobody is counted in two of them and none is withheld."
            ),
        )


@cache
def noise_of(reach: int, variance_milli: int) -> PerturbationTable:
    """The noise table, made once."""
    return table(reach, variance_milli, 0)


def _whole(draft: Draft, one: Evidence) -> Whole:
    numbers: Sequence[object] = draft.evidence.column(one.value)
    return np.array(numbers, dtype=np.int64)
