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

MOST_REACH, MOST_VARIANCE, MOST_ROUND = 50, 2_000, 100
HUNDREDTHS = 100
PART_OF_LARGEST = 5
CONFIDENCE = 95


@output_rule
@dataclass(frozen=True, kw_only=True)
class CellKey(Rule):
    """Changes every told figure by a little noise that depends on whom it counts, and on nothing else.

    Each person has a secret number; their sum over a cell picks the noise from a maximum-entropy table. Asking again,
    in other words or in another project, gives the same figure, so that averaging gains nothing; one person more gives
    another noise. Alone it does not stop somebody who knows that two questions are about the same people but for one:
    equal answers then mean equal people; `overlap` refuses those. A sum, such as events, is changed by the noise times
    what a person adds on average, or a fifth of what the largest adds where that is more. Neither the data nor the
    version of the level enters the noise.

    Attributes:
        reach: Most a number of people is changed by, 1 to 50.
        variance: Variance of the noise in hundredths, 1 to 2,000.
        round_to: Figures are then rounded to multiples of this, 1 to 100; 1 leaves them.

    References:
        Fraser, Wooton (2005); Marley, Leaver (2011), A method for confidentialising user-defined tables;
        Giessing (2016), doi:10.1007/978-3-319-45381-1_7.
    """

    name: ClassVar[str] = "cell_key"
    title: ClassVar[Text] = Text("A little noise, always the same")
    blurs: ClassVar[bool] = True

    reach: int = 8
    variance: int = 300
    round_to: int = 1

    def __post_init__(self) -> None:
        for name, most in (("reach", MOST_REACH), ("variance", MOST_VARIANCE), ("round_to", MOST_ROUND)):
            if not 1 <= getattr(self, name) <= most:
                raise BadInput(f"{name} goes from 1 to {most}", field=name)
        if self.variance >= HUNDREDTHS * self.reach**2:
            raise BadInput("the variance is below the square of the reach, in hundredths", field="variance")

    def in_words(self) -> Text:
        """The noise, in a sentence."""
        return say(
            "Every figure is changed by a little noise, by {usual} at most in 95 of 100 cases and never by more than "
            "{reach} people; the same people always get the same noise.",
            usual=self._usual(),
            reach=self.reach + self.round_to // 2,
        )

    def wanted(self) -> frozenset[Evidence]:
        """Whom a cell counts, as one number, and what they add up to."""
        return frozenset({Evidence.CELL_KEY, Evidence.PEOPLE, Evidence.TOTAL, Evidence.LARGEST})

    def apply(self, draft: Draft, admission: Admission) -> Draft:
        """Change every figure that is still told."""
        del admission
        people, keys, totals = (_whole(draft, one) for one in (Evidence.PEOPLE, Evidence.CELL_KEY, Evidence.TOTAL))
        noise = noise_of(self.reach, self.variance * 10).noise(people, keys)
        columns, margins = {}, np.zeros(len(people), dtype=np.int64)
        for value in draft.output.values:
            scale = self._scale(draft, value, people, totals)
            base = people if value.measure is Measure.PEOPLE else totals
            columns[value.name] = self._told(base + noise * scale, draft, value)
            margins = np.maximum(margins, self._usual() * scale)
        told = Table(draft.table.arrow).having(**columns)
        return replace(draft, table=told, margins=tuple(int(one) for one in margins))

    def _told(self, changed: "np.ndarray[tuple[int], np.dtype[np.int64]]", draft: Draft, value: Value) -> pa.Array:
        """The new figures; those withheld keep what they were, which nobody is told."""
        rounded = np.maximum((changed + self.round_to // 2) // self.round_to * self.round_to, 0)
        before = draft.table.column(value.name)
        kept = zip(rounded.tolist(), before, draft.status, strict=True)
        kind = draft.table.arrow.schema.field(value.name).type
        return pa.array([now if status is CellStatus.VALUE else was for now, was, status in kept], type=kind)

    def _scale(self, draft: Draft, value: Value, people: "Whole", totals: "Whole") -> "Whole":
        """What the noise of one person is worth in this value."""
        if value.measure is Measure.PEOPLE:
            return np.ones(len(people), dtype=np.int64)
        average = -(-totals // np.maximum(people, 1))
        return np.maximum(np.maximum(average, -(-_whole(draft, Evidence.LARGEST) // PART_OF_LARGEST)), 1)

    def _usual(self) -> int:
        return noise_of(self.reach, self.variance * 10).quantile(CONFIDENCE) + self.round_to // 2

    def statement(self, admission: Admission) -> tuple[Text, ...]:
        """How far a figure may be off, and why levels may not add up."""
        del admission
        return (
            say(
                "Figures carry a little noise: in 95 of 100 cases a figure of people is within {usual} of what was "
                "counted, and never further than {reach}; the margin stands beside each.",
                usual=self._usual(),
                reach=self.reach + self.round_to // 2,
            ),
            say(
                "Areas add up to the larger area they lie in only within their margins taken together, and only where "
                "nobody is counted in two of them and none is withheld."
            ),
        )


Whole = np.ndarray[tuple[int], np.dtype[np.int64]]


@cache
def noise_of(reach: int, variance_milli: int) -> PerturbationTable:
    """The noise table, made once."""
    return table(reach, variance_milli, 0)


def _whole(draft: Draft, one: Evidence) -> Whole:
    numbers: Sequence[object] = draft.evidence.column(one.value)
    return np.array(numbers, dtype=np.int64)
