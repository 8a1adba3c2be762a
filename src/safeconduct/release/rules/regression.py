"""No regression that fits single people."""

from dataclasses import dataclass
from typing import ClassVar

from safeconduct.model.errors import BadInput
from safeconduct.model.outcomes import Admission, CellStatus, Draft, Evidence
from safeconduct.model.output import Measure
from safeconduct.model.text import Text, say
from safeconduct.release.base import Rule, output_rule
from safeconduct.release.evidence import brought, measures

WHOLE = 100
MOST = 1_000_000


@output_rule
@dataclass(frozen=True, kw_only=True)
class Regression(Rule):
    """Suppresses coefficients of a model with few residual degrees of freedom, or with many parameters for its people.

    A model with as many parameters as people repeats their numbers. Degrees of freedom are counted in people: a model
    of a thousand events of twelve people has twelve less its parameters, whatever its author says. It does not look at
    single coefficients: the intercept of a model of groups only is a group's mean, which is a table and falls under
    the rules for tables.

    Attributes:
        freedom: Residual degrees of freedom a model must have, 1 to 1,000,000; exactly as many are enough.
        parameters_percent: Most parameters for 100 people, 1 to 100; exactly as many are told.

    References:
        Ritchie (2019), Analyzing the disclosure risk of regression coefficients, Transactions on Data Privacy 12;
        DataSHIELD's `nfilter.glm` (0.33) and ACRO's `safe_dof_threshold` (10), by definition.
    """

    name: ClassVar[str] = "regression"
    title: ClassVar[Text] = Text("Many more people than parameters")

    freedom: int = 10
    parameters_percent: int = 33

    def __post_init__(self) -> None:
        for name, most in (("freedom", MOST), ("parameters_percent", WHOLE)):
            if not 1 <= getattr(self, name) <= most:
                raise BadInput(f"{name} goes from 1 to {most}", field=name)

    def in_words(self) -> Text:
        """Both limits, in a sentence."""
        return say(
            "A model is told only if it leaves at least {freedom} degrees of freedom and has at most {percent} "
            "parameters for 100 people.",
            freedom=self.freedom,
            percent=self.parameters_percent,
        )

    def wanted(self) -> frozenset[Evidence]:
        """Degrees of freedom, parameters and people."""
        return frozenset({Evidence.FREEDOM, Evidence.PARAMETERS, Evidence.PEOPLE})

    def apply(self, draft: Draft, admission: Admission) -> Draft:
        """Suppress coefficients of such models."""
        del admission
        if Measure.COEFFICIENT not in measures(draft):
            return draft
        models = zip(*(brought(draft, one) for one in (Evidence.FREEDOM, Evidence.PARAMETERS, Evidence.PEOPLE)),
                     strict=True)  # fmt: skip
        return draft.marked([self.fits_people(*model) for model in models], CellStatus.SUPPRESSED, self.name)

    def fits_people(self, freedom: int | None, parameters: int | None, people: int | None) -> bool:
        """Whether a model is unsafe; unknown parts make it so.

        Example:
            >>> rule = Regression(freedom=10, parameters_percent=33)
            >>> rule.fits_people(10, 5, 15), rule.fits_people(9, 4, 13), rule.fits_people(990, 5, 14)
            (True, True, True)
            >>> rule.fits_people(67, 33, 100), rule.fits_people(66, 34, 100)
            (False, True)
        """
        if freedom is None or parameters is None or people is None:
            return True
        left = min(freedom, people - parameters)
        return left < self.freedom or WHOLE * parameters > self.parameters_percent * people
