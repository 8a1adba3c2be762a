"""Fresh noise with a guarantee, paid for from a budget."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import ClassVar

import numpy as np
import pyarrow as pa

from safeconduct.model.errors import BadInput, Unsafe
from safeconduct.model.outcomes import Admission, Bound, Budget, CellStatus, Cost, Draft, Evidence, Refusal
from safeconduct.model.output import Measure
from safeconduct.model.policy import Policy
from safeconduct.model.table import Table
from safeconduct.model.text import Text, say
from safeconduct.protect.samplers import discrete_gaussian
from safeconduct.protect.stream import Stream
from safeconduct.protect.zcdp import epsilon, half_width, sigma2
from safeconduct.query.operations import AggregatePlan, CountEvents, CountMoves, CountPeople, Events
from safeconduct.query.question import Question
from safeconduct.query.reading import reads
from safeconduct.query.spec import read_question
from safeconduct.release.base import TOO_FEW, Rule, output_rule, set_by
from safeconduct.release.listing import found_cells, rearranged
from safeconduct.release.universe import cells, listed

CONFIDENCE = 95
DELTA = 1e-6
MOST_RHO = 100_000_000
MILLION = 1_000_000


class Unit(StrEnum):
    """Whose trace is protected: that of one person in one period."""

    DAY = "day"
    MONTH = "month"


GUARANTEE: Mapping[Unit, Text] = {
    Unit.DAY: say(
        "Every figure carries fresh noise. All answers together reveal of what a person did in one day at most rho "
        "{all}, which is epsilon {epsilon} at a chance of one in a million; one answer takes rho {one} of it."
    ),
    Unit.MONTH: say(
        "Every figure carries fresh noise. All answers together reveal of what a person did in one month at most rho "
        "{all}, which is epsilon {epsilon} at a chance of one in a million; one answer takes rho {one} of it."
    ),
}


@output_rule
@dataclass(frozen=True, kw_only=True)
class DifferentialPrivacy(Rule):
    """Tells every figure with discrete Gaussian noise, and takes what that reveals from budgets that do not refill.

    What anybody can learn from all answers together about one person in one period (a day or a month of theirs) is
    bounded, whatever they know besides: every answer spends rho, a zero-concentrated loss, of the data set's budget
    for each period it reads, across all projects, and of the project's own. Every area and day asked for is told, those
    with nobody too, so that the list of cells says nothing. Each person counts in few areas and adds little to a sum;
    the rest is left out, which makes figures of visits a little small. Groups are not protected: a village that empties
    shows. Figures below `minimum` after the noise are withheld so that nobody reads noise as people; that protects
    nobody and costs nothing.

    Attributes:
        rho: What one answer spends, millionths, 1 to 100,000,000.
        unit: `day` or `month`: the period within which everything a person did is protected together.
        of_period: Budget of the data set for each period, millionths.
        of_project: Budget of a project for all its answers, millionths.
        areas: Areas a person counts in, a day where the answer has days, else in all; 1 to 100.
        most: Most a person adds to a sum, such as events, in a cell, 1 to 10,000.
        minimum: Smallest figure that is told, 1 to 1,000,000; for reading only.

    References:
        Bun, Steinke (2016), doi:10.1007/978-3-662-53641-4_24; Canonne, Kamath, Steinke (2020), The discrete Gaussian
        for differential privacy, arXiv:2004.00010.
    """

    name: ClassVar[str] = "differential_privacy"
    title: ClassVar[Text] = Text("Noise with a guarantee, from a budget")
    protects: ClassVar[bool] = True
    blurs: ClassVar[bool] = True
    guarantees: ClassVar[bool] = True

    rho: int = 50_000
    unit: Unit = Unit.MONTH
    of_period: int = 500_000
    of_project: int = 1_000_000
    areas: int = 3
    most: int = 20
    minimum: int = 16

    def __post_init__(self) -> None:
        bounds = {
            "rho": MOST_RHO, "of_period": MOST_RHO, "of_project": MOST_RHO,
            "areas": 100, "most": 10_000, "minimum": MILLION,
        }  # fmt: skip
        for name, most in bounds.items():
            if not 1 <= getattr(self, name) <= most:
                raise BadInput(f"{name} goes from 1 to {most}", field=name)

    def in_words(self) -> Text:
        """The guarantee and the budgets, in a sentence."""
        told = {
            "all": f"{self.of_period / MILLION:g}",
            "epsilon": f"{epsilon(self.of_period, DELTA):.2f}",
            "one": f"{self.rho / MILLION:g}",
        }
        return Text(GUARANTEE[self.unit].id, told)

    def least_people(self) -> int:
        """The minimum, after the noise."""
        return self.minimum

    def wanted(self) -> frozenset[Evidence]:
        """The figures with every person bounded."""
        return frozenset({Evidence.BOUNDED})

    def admit(self, question: Question, policy: Policy) -> Refusal | None:
        """Refuse what has too many cells to tell each of them."""
        if listed(question.query.output(), question.facts):
            return None
        return Refusal(
            reason="differential_privacy.too_many_cells",
            what=say("Movements between so many areas cannot be told one by one."),
            rule=self.in_words(),
            agreement=set_by(policy),
        )

    def bound(self, question: Question) -> Bound:
        """How much of the answer one person may make up."""
        return self._bound(question.query.plan())

    def _bound(self, plan: AggregatePlan) -> Bound:
        many = isinstance(plan, CountEvents) or (isinstance(plan, CountPeople) and isinstance(plan.source, Events))
        return Bound(areas=self.areas if many else 1, most=self.most if isinstance(plan, CountEvents) else 1)

    def costs(self, question: Question) -> tuple[Cost, ...]:
        """What each period of the data set and the project pay."""
        reach = self._reach(question.query.plan())
        largest = max(reach.values())
        spent = {period: -(-self.rho * one // largest) for period, one in reach.items()}
        of_data = [
            Cost(budget=Budget.DATASET, period=period, rho=rho, limit=self.of_period) for period, rho in spent.items()
        ]
        return (*of_data, Cost(budget=Budget.PROJECT, period="", rho=sum(spent.values()), limit=self.of_project))

    def _reach(self, plan: AggregatePlan) -> Mapping[str, int]:
        """Squared change of the whole answer, by period, when what one person did in it is left out.

        Where rows have days, only rows of the period change: a person leaves `areas` cells on each of its days. Else,
        if the answer reads other periods too, the person may turn up in other cells instead, which doubles it.
        """
        bound, days = self._bound(plan), reads(plan).days
        a_day = bound.areas * bound.most**2
        periods = Counter(day.isoformat()[: len("2026-03-01" if self.unit is Unit.DAY else "2026-03")] for day in days)
        if not isinstance(plan, CountMoves) and "day" in plan.by:
            return {period: count * a_day for period, count in sorted(periods.items())}
        return dict.fromkeys(sorted(periods), a_day if len(periods) == 1 else 2 * a_day)

    def variance(self, plan: AggregatePlan) -> Fraction:
        """Variance of the noise on each figure."""
        return sigma2(self.rho, max(self._reach(plan).values()))

    def apply(self, draft: Draft, admission: Admission) -> Draft:
        """Tell every cell with noise.

        Raises:
            Unsafe: No secret was kept for this answer, so that its noise could be drawn twice.
        """
        if not admission.noise:
            raise Unsafe(say("no noise was set aside for this answer; ask the question again"))
        found = found_cells(draft, admission)
        every = [(cell, found.get(cell)) for cell in cells(draft.output, admission.facts)]
        draft = rearranged(draft, [(cell, at, *_before(draft, at)) for cell, at in every])
        variance = self.variance(read_question(admission.spec).plan())
        noise = discrete_gaussian(variance, len(every), Stream(admission.noise, self.name))
        counts = np.array(draft.evidence.column(Evidence.BOUNDED.value), dtype=np.int64) + noise
        told = {value.name: pa.array(np.maximum(counts, 0).tolist(), type=pa.int64()) for value in draft.output.values}
        margins = (half_width(variance, CONFIDENCE),) * len(every)
        blurred = replace(draft, table=Table(draft.table.arrow).having(**told), margins=margins)
        return blurred.marked([int(count) < self.minimum for count in counts], CellStatus.SUPPRESSED, TOO_FEW)

    def statement(self, admission: Admission) -> tuple[Text, ...]:
        """What the noise means, and what was left out."""
        plan = read_question(admission.spec).plan()
        bound = self._bound(plan)
        said = [
            say(
                "Figures carry fresh noise: in 95 of 100 cases a figure is within {margin} of what was counted. A "
                "figure below {minimum} is withheld because noise may have made it, and may stand for nobody.",
                margin=half_width(self.variance(plan), CONFIDENCE),
                minimum=self.minimum,
            ),
            say("Areas add up to the larger area they lie in only within the noise of all of them."),
        ]
        if bound.areas > 1:
            said.append(
                say("Each person counts in at most {areas} areas; figures are a little small.", areas=bound.areas)
            )
        if any(value.measure is Measure.MAGNITUDE for value in admission.output.values):
            said.append(say("Each person adds at most {most} to a figure.", most=bound.most))
        return tuple(said)


def _before(draft: Draft, at: int | None) -> tuple[CellStatus, str]:
    """A cell nobody was found in is told like any other; what another rule withheld stays so."""
    return (CellStatus.VALUE, "") if at is None else (draft.status[at], draft.reasons[at])
