"""What an operator does not want told, whatever it says of people."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar, assert_never

import pyarrow as pa

from safeconduct.model.advice import ASK_FOR
from safeconduct.model.areas import AreaLevel
from safeconduct.model.outcomes import Admission, Alternative, CellStatus, Draft, Refusal
from safeconduct.model.output import Measure, Output, Value
from safeconduct.model.policy import Policy
from safeconduct.model.text import Text, say
from safeconduct.query.question import Question
from safeconduct.query.reading import reads
from safeconduct.query.spec import coarsened
from safeconduct.release.base import Rule, output_rule, set_by

BASE = 100
DIGITS = 2
STEPS = (1, 2, 5)
ROUNDED = Text("Totals and sums are rounded to two digits, at the operator's wish.")
INDEXED = Text("Totals and sums are told as an index: the first figure told is 100.")
Told = tuple[int, int]
"""A figure and its margin."""

Change = Callable[[list[Told]], list[Told]]


class Instead(StrEnum):
    """What is told instead of a figure that is the operator's."""

    COARSEN = "coarsen"
    INDEX = "index"
    REFUSE = "refuse"


class Figures(StrEnum):
    """Figures an operator may keep.

    `TOTALS`: of the whole network, told by no area smaller than the country; with a census they are a market share.
    `SUMS`: what people add up to, such as events, which are traffic, or top-ups, which are revenue.
    """

    TOTALS = "totals"
    SUMS = "sums"


ROUNDS: Mapping[AreaLevel, Text] = {
    AreaLevel.COUNTRY: say(
        "The operator's totals and sums are rounded to two digits, and only the whole country is told."
    ),
    AreaLevel.PROVINCE: say(
        "The operator's totals and sums are rounded to two digits, and places are told as provinces or larger areas."
    ),
    AreaLevel.DISTRICT: say(
        "The operator's totals and sums are rounded to two digits, and places are told as districts or larger areas."
    ),
    AreaLevel.COMMUNE: say(
        "The operator's totals and sums are rounded to two digits, and places are told as communes or larger areas."
    ),
    AreaLevel.SITE: say(
        "The operator's totals and sums are rounded to two digits, and places are told as single sites or larger areas."
    ),
}
INDEXES: Mapping[AreaLevel, Text] = {
    AreaLevel.COUNTRY: say("The operator's totals and sums are told as an index, and only the whole country is told."),
    AreaLevel.PROVINCE: say(
        "The operator's totals and sums are told as an index, and places are told as provinces or larger areas."
    ),
    AreaLevel.DISTRICT: say(
        "The operator's totals and sums are told as an index, and places are told as districts or larger areas."
    ),
    AreaLevel.COMMUNE: say(
        "The operator's totals and sums are told as an index, and places are told as communes or larger areas."
    ),
    AreaLevel.SITE: say(
        "The operator's totals and sums are told as an index, and places are told as single sites or larger areas."
    ),
}
REFUSES: Mapping[AreaLevel, Text] = {
    AreaLevel.COUNTRY: say("The operator's totals and sums are not told, and only the whole country is told."),
    AreaLevel.PROVINCE: say(
        "The operator's totals and sums are not told, and places are told as provinces or larger areas."
    ),
    AreaLevel.DISTRICT: say(
        "The operator's totals and sums are not told, and places are told as districts or larger areas."
    ),
    AreaLevel.COMMUNE: say(
        "The operator's totals and sums are not told, and places are told as communes or larger areas."
    ),
    AreaLevel.SITE: say(
        "The operator's totals and sums are not told, and places are told as single sites or larger areas."
    ),
}


@output_rule
@dataclass(frozen=True, kw_only=True)
class Commercial(Rule):
    """Rounds, indexes or refuses totals and sums, and refuses the sites of towers.

    It protects a firm and nobody else: who is counted is the matter of the other rules. It changes what they leave
    told and never goes back to what was counted, so it stands behind those that add noise; applied to its own result
    it changes nothing. It sees one answer: somebody who adds up what is told of all areas comes near the total again,
    where a person counts in one area only. An index keeps how figures relate; whoever learns one of them knows all.

    Attributes:
        what: `coarsen` rounds to two digits, `index` tells whole numbers with the first told figure as 100, `refuse`
            answers no such question.
        figures: Which figures it is about.
        finest: The finest level of areas; finer ones, which are positions of towers, are refused in any case.

    References:
        Hundepool et al. (2012), Statistical Disclosure Control, section 4.3 (rounding), doi:10.1002/9781118348239.
    """

    name: ClassVar[str] = "commercial"
    title: ClassVar[Text] = Text("The operator's own figures")
    blurs: ClassVar[bool] = True

    what: Instead = Instead.COARSEN
    figures: tuple[Figures, ...] = tuple(Figures)
    finest: AreaLevel = AreaLevel.COMMUNE

    def in_words(self) -> Text:
        """What happens to such figures, in a sentence."""
        match self.what:
            case Instead.COARSEN:
                return ROUNDS[self.finest]
            case Instead.INDEX:
                return INDEXES[self.finest]
            case Instead.REFUSE:
                return REFUSES[self.finest]
            case _:
                assert_never(self.what)

    def admit(self, question: Question, policy: Policy) -> Refusal | None:
        """Refuse positions of towers, and such figures where the level says so."""
        query = question.query
        if self.finest.coarser_than(reads(query.plan()).finest):
            spec = coarsened(query, self.finest).spec()
            says = ASK_FOR[self.finest]
            return self._refusal("too_fine", policy, Alternative(says=says, spec=spec))
        if self.what is not Instead.REFUSE or not any(self._own(query.output())):
            return None
        if self._total(query.output()):
            spec = coarsened(query, AreaLevel.PROVINCE).spec()
            says = ASK_FOR[AreaLevel.PROVINCE]
            return self._refusal("not_told", policy, Alternative(says=says, spec=spec))
        return self._refusal("not_told", policy, Alternative(says=say("Ask for numbers of people instead.")))

    def apply(self, draft: Draft, admission: Admission) -> Draft:
        """Change the figures that are still told."""
        del admission
        if self.what is Instead.REFUSE or not len(draft.table):
            return draft
        own = [value for value, ours in zip(draft.output.values, self._own(draft.output), strict=True) if ours]
        if not own:
            return draft
        changed = [_changed(draft, value, rounded if self.what is Instead.COARSEN else indexed) for value in own]
        columns = {value.name: column for value, (column, _) in zip(own, changed, strict=True)}
        margins = [margins for _, margins in changed]
        if len(own) < len(draft.output.values) and draft.margins:
            margins.append(list(draft.margins))
        widest = tuple(max(near) for near in zip(*margins, strict=True))
        return replace(draft, table=draft.table.having(**columns), margins=widest)

    def statement(self, admission: Admission) -> tuple[Text, ...]:
        """What was done to them, where the answer has any."""
        if self.what is Instead.REFUSE or not any(self._own(admission.output)):
            return ()
        return (ROUNDED if self.what is Instead.COARSEN else INDEXED,)

    def _own(self, output: Output) -> list[bool]:
        """Which values the rule is about."""
        sums = Figures.SUMS in self.figures
        return [self._total(output) or (sums and value.measure is Measure.MAGNITUDE) for value in output.values]

    def _total(self, output: Output) -> bool:
        return Figures.TOTALS in self.figures and all(key.level in {None, AreaLevel.COUNTRY} for key in output.keys)

    def _refusal(self, why: str, policy: Policy, instead: Alternative) -> Refusal:
        return Refusal(
            reason=f"{self.name}.{why}",
            what=say("This figure is the operator's own and cannot be told."),
            rule=self.in_words(),
            agreement=set_by(policy),
            alternatives=(instead,),
        )


def rounded(told: list[Told]) -> list[Told]:
    """Figures to two significant digits; half of the last one's worth goes into the margin, once.

    Example:
        >>> rounded([(12_345, 8), (99, 8), (995, 0)])
        [(12000, 508), (99, 8), (1000, 50)]
    """
    return [_rounded(number, margin) for number, margin in told]


def _rounded(number: int, margin: int) -> Told:
    unit = _last_digit(number)
    near = (number + unit // 2) // unit * unit
    half = _last_digit(near) // 2
    done = near == number and margin >= half
    return near, margin if done else margin + half


def _last_digit(number: int) -> int:
    """What the second digit of a number is worth."""
    return int(10 ** max(len(str(number)) - DIGITS, 0))


def indexed(told: list[Told]) -> list[Told]:
    """Figures as whole parts of the first that is not nothing, which becomes 100.

    A margin is told as the next 1, 2 or 5 with zeros: known noise beside an exact margin would tell the total.

    Example:
        >>> indexed([(0, 0), (4_000, 8), (6_020, 8)])
        [(0, 1), (100, 1), (151, 2)]
    """
    first, near = next((one for one in told if one[0]), (BASE, 0))
    if first == BASE:
        return told
    least = max(first - near, 1)
    return [((2 * BASE * number + first) // (2 * first), _step(_off(number, margin, near, first, least)))
            for number, margin in told]  # fmt: skip


def _off(number: int, margin: int, near: int, first: int, least: int) -> int:
    """How far an index may be off, rounded up: both margins, and half of one for being whole."""
    return -(-(2 * BASE * (margin * first + number * near) + first * least) // (2 * first * least))


def _step(number: int) -> int:
    """The next 1, 2 or 5 with zeros."""
    tens = int(10 ** (len(str(number)) - 1))
    return next(step * tens for step in (*STEPS, 10) if step * tens >= number)


def _changed(draft: Draft, value: Value, change: Change) -> tuple[pa.Array, list[int]]:
    """A column with its told figures changed, and the margins that go with them."""
    column = draft.table.arrow.column(value.name)
    numbers: list[int] = column.to_pylist()
    margins = list(draft.margins) or [0] * len(numbers)
    told = [at for at, status in enumerate(draft.status) if status is CellStatus.VALUE]
    for at, (number, margin) in zip(told, change([(numbers[at], margins[at]) for at in told]), strict=True):
        numbers[at], margins[at] = number, margin
    return pa.array(numbers, type=column.type), margins
