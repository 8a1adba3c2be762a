"""How easily somebody in a table could be recognised: every measure at once."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.measures.anonymity import USUAL, below, uniques
from safeconduct.measures.codes import Classes, Real, arrow_column, classes, encode
from safeconduct.measures.diversity import diversity
from safeconduct.measures.frequencies import Frequencies, frequencies
from safeconduct.measures.individual import RiskFormula, household_risk, individual_risk
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import Design
from safeconduct.model.table import Table
from safeconduct.model.text import say

MINIMUM = 3
THRESHOLD = 0.05
LIMITS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""Where the bars of the histogram end: a survey's risks crowd at the low end."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Bar:
    """Records with about the same risk.

    Attributes:
        upto: The highest risk in the bar, itself included; it begins where the one before ends.
        rows: Records in it.
    """

    upto: float
    rows: int


@dataclass(frozen=True, kw_only=True, repr=False)
class SensitiveRisk:
    """What could be learnt about people whose record is not even recognised.

    Attributes:
        name: The sensitive column.
        distinct: Fewest different values among the look-alikes of any record with a known value.
        entropy: Smallest entropy diversity, 1 to the number of values.
        below_two: Records whose look-alikes all have one value: whoever finds the group knows it.
    """

    name: str
    distinct: int
    entropy: float
    below_two: int


@dataclass(frozen=True, kw_only=True, repr=False)
class Contribution:
    """What one key variable adds.

    Attributes:
        name: The key variable.
        without: Global risk if nobody knew it, 0 to 1; the lower, the more the variable gives away.
    """

    name: str
    without: float


@dataclass(frozen=True, kw_only=True, repr=False)
class RiskReport:
    """What somebody who knows the key values of a person in the file could do with it.

    All of it counts records of the original or of a draft: for insiders, never for the outside.

    Attributes:
        rows: Records.
        keys: The key variables.
        weighted: There is a sampling weight; without one the file counts as the whole population.
        population: People the records stand for; the records themselves where there is no weight.
        minimum: Fewest look-alikes wanted.
        below: Records with fewer look-alikes in the file, itself included, than 2, 3, 5 and `minimum`.
        below_population: Records with fewer look-alikes in the population, as estimated, than the same numbers.
        uniques: Records nobody else in the file is like.
        expected: Records an intruder who tries all would match rightly, on average.
        global_risk: Mean of the individual risks, 0 to 1; `expected` over `rows`.
        highest: Largest individual risk, 0 to 1.
        threshold: Risk above which a record is called risky.
        above: Records with an individual risk above `threshold`.
        household_expected: Records in whose household somebody would be matched, `None` where no household is known.
        household_risk: `household_expected` over `rows`, `None` likewise.
        histogram: Records by individual risk, ten bars.
        sensitive: What could be learnt, by sensitive column.
        contributions: What each key variable adds.
    """

    rows: int
    keys: tuple[str, ...]
    weighted: bool
    population: float
    minimum: int
    below: Mapping[int, int] = field(hash=False)
    below_population: Mapping[int, int] = field(hash=False)
    uniques: int
    expected: float
    global_risk: float
    highest: float
    threshold: float
    above: int
    household_expected: float | None
    household_risk: float | None
    histogram: tuple[Bar, ...]
    sensitive: tuple[SensitiveRisk, ...]
    contributions: tuple[Contribution, ...]

    def __repr__(self) -> str:
        """The key variables: every number is about records."""
        return f"RiskReport({', '.join(self.keys)})"


@dataclass(frozen=True, eq=False, repr=False)
class RecordRisks:
    """The risk of each record, in the order of the table.

    Attributes:
        counts: Look-alikes in the file and in the population.
        risk: Individual risk, 0 to 1.
    """

    counts: Frequencies
    risk: Real


def records(
    table: Table,
    design: Design,
    *,
    formula: RiskFormula = RiskFormula.EXACT,
    alpha: float = 1.0,
    cancelled: threading.Event | None = None,
) -> RecordRisks:
    """Look-alikes and individual risk of each record.

    Args:
        table: The records, plain.
        design: Which columns are keys, and the weight.
        formula: How the risk is worked out.
        alpha: What a missing key counts for others; see `frequencies.alike`.
        cancelled: Set by another thread to stop.

    Raises:
        BadInput: A column of the design is not there, or a weight cannot be one.
        Cancelled: It was set.
    """
    whole = classes(table, design.keys)
    weights = weights_of(table, design)
    counts = frequencies(whole, whole.total(weights) if design.weight else None, alpha=alpha, cancelled=cancelled)
    return RecordRisks(counts.of(whole.of), individual_risk(counts, formula)[whole.of])


def risk(
    table: Table,
    design: Design,
    *,
    minimum: int = MINIMUM,
    threshold: float = THRESHOLD,
    cancelled: threading.Event | None = None,
) -> RiskReport:
    """Every measure of risk of a table.

    Args:
        table: The records, plain: no companion columns, user-missing codes are `None`.
        design: Which columns are keys, sensitive, weight and household.
        minimum: Fewest look-alikes wanted, 2 or more.
        threshold: Individual risk above which a record is called risky, 0 to 1.
        cancelled: Set by another thread to stop.

    Raises:
        BadInput: A column of the design is not there, or a weight is missing, negative or no number.
        Cancelled: It was set.

    Example:
        >>> table = Table.of({"sex": ["f", "f", "m"], "village": ["A", "A", "B"]})
        >>> report = risk(table, Design(keys=("sex", "village")))
        >>> report.uniques, report.below[3], round(report.global_risk, 2)
        (1, 3, 0.67)
    """
    whole, weights = classes(table, design.keys), weights_of(table, design)
    sums = whole.total(weights) if design.weight else None
    counts = frequencies(whole, sums, cancelled=cancelled)
    one = individual_risk(counts)[whole.of]
    people, households = counts.of(whole.of), _households(table, design, one)
    levels = (*USUAL, minimum)
    return RiskReport(
        rows=len(table),
        keys=design.keys,
        weighted=bool(design.weight),
        population=float(weights.sum()),
        minimum=minimum,
        below=below(people.sample, levels),
        below_population=below(people.population, levels),
        uniques=uniques(people.sample),
        expected=float(one.sum()),
        global_risk=_mean(one),
        highest=float(one.max(initial=0.0)),
        threshold=threshold,
        above=int(np.count_nonzero(one > threshold)),
        household_expected=None if households is None else float(households.sum()),
        household_risk=None if households is None else _mean(households),
        histogram=_histogram(one),
        sensitive=tuple(_sensitive(table, name, whole, cancelled) for name in design.sensitive),
        contributions=_contributions(whole, sums, cancelled),
    )


def weights_of(table: Table, design: Design) -> Real:
    """The weight of each record; 1 each where the design has none.

    Raises:
        BadInput: The column is not there, or a weight is missing, negative, endless or no number.
    """
    if not design.weight:
        return np.ones(len(table))
    column = arrow_column(table, design.weight)
    if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type) or pa.types.is_null(column.type)):
        says = say("the weight '{column}' holds no numbers; give it another role", column=design.weight)
        raise BadInput(says, field=design.weight)
    if column.null_count:
        says = say(
            "the weight '{column}' is missing in some rows; correct them or choose another", column=design.weight
        )
        raise BadInput(says, field=design.weight)
    weights = np.asarray(pc.cast(column, pa.float64(), safe=False).to_numpy(), dtype=np.float64)
    if np.any(weights < 0) or not np.all(np.isfinite(weights)):
        says = say("the weight '{column}' is negative or endless in some rows; correct them", column=design.weight)
        raise BadInput(says, field=design.weight)
    return weights


def _mean(values: Real) -> float:
    return float(values.mean()) if len(values) else 0.0


def _households(table: Table, design: Design, one: Real) -> Real | None:
    if not design.household:
        return None
    households, _ = encode(arrow_column(table, design.household))
    return household_risk(one, households)


def _histogram(one: Real) -> tuple[Bar, ...]:
    places = np.minimum(np.searchsorted(LIMITS, one, side="left"), len(LIMITS) - 1)
    counts = np.bincount(places, minlength=len(LIMITS))
    return tuple(Bar(upto=limit, rows=int(rows)) for limit, rows in zip(LIMITS, counts, strict=True))


def _sensitive(table: Table, name: str, whole: Classes, cancelled: threading.Event | None) -> SensitiveRisk:
    found = diversity(whole, encode(arrow_column(table, name))[0], cancelled=cancelled)
    known = found.distinct > 0
    return SensitiveRisk(
        name=name,
        distinct=int(found.distinct[known].min()) if known.any() else 0,
        entropy=float(found.entropy[known].min()) if known.any() else 0.0,
        below_two=int(whole.counts[found.distinct == 1].sum()),
    )


def _contributions(whole: Classes, sums: Real | None, cancelled: threading.Event | None) -> tuple[Contribution, ...]:
    return tuple(
        Contribution(name=name, without=_global(whole.without(place), sums, cancelled))
        for place, name in enumerate(whole.names)
    )


def _global(fewer: Classes, sums: Real | None, cancelled: threading.Event | None) -> float:
    weights = None if sums is None else fewer.total(sums)
    risks = individual_risk(frequencies(fewer, weights, cancelled=cancelled))
    records = int(fewer.counts.sum())
    return float((risks * fewer.counts).sum()) / records if records else 0.0


def highest_first(contributions: Sequence[Contribution]) -> tuple[Contribution, ...]:
    """Key variables in the order of what they give away, most first."""
    return tuple(sorted(contributions, key=lambda one: one.without))
