"""Measures in words that somebody who never heard of them understands; the only place where they are rounded."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from safeconduct.measures.loss import LossReport
from safeconduct.measures.risk import Contribution, RiskReport, highest_first
from safeconduct.model.text import Text, say

THOUSAND = 1000
HUNDRED = 100
SMALL = 0.1


class Better(StrEnum):
    """Which way a figure should go."""

    LOWER = "lower"
    HIGHER = "higher"


class Unit(StrEnum):
    """What a figure counts."""

    RECORDS = "records"
    OF_THOUSAND = "of 1,000 people"
    PERCENT = "%"
    VALUES = "values"
    COLUMNS = "columns"
    DISTANCE = "0 to 1"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One measure as people read it; for insiders, since it counts records nobody released.

    Attributes:
        name: Its name, such as `global_risk`; with a column's name after a point where it is about one.
        says: What it means, with its figure.
        value: The figure alone, sensibly rounded.
        unit: What it counts.
        better: Which way it should go.
    """

    name: str
    says: Text
    value: str
    unit: str
    better: str


def lines(report: RiskReport | LossReport) -> tuple[Line, ...]:
    """The measures of a report, the most telling first."""
    match report:
        case RiskReport():
            return tuple(_risk(report))
        case LossReport():
            return tuple(_loss(report))
        case _:
            assert_never(report)


def of_thousand(share: float) -> str:
    """A share as people of a thousand, coarser the larger it is; never "0" for something that is not.

    Example:
        >>> of_thousand(0.0028), of_thousand(0.25), of_thousand(0.00001), of_thousand(0)
        ('2.8', '250', '<0.1', '0')
    """
    return _rounded(share * THOUSAND)


def percent(share: float) -> str:
    """A share in percent, likewise.

    Example:
        >>> percent(0.123), percent(0.034), percent(0.00005)
        ('12', '3.4', '<0.1')
    """
    return _rounded(share * HUNDRED)


def _rounded(number: float) -> str:
    if number <= 0:
        return "0"
    if number < SMALL:
        return "<0.1"
    return f"{number:.1f}".removesuffix(".0") if number < 9.95 else f"{number:,.0f}"  # noqa: PLR2004 - where two digits are enough


def _line(name: str, says: Text, value: str, unit: Unit, better: Better = Better.LOWER) -> Line:
    return Line(name=name, says=says, value=value, unit=unit.value, better=better.value)


def _risk(report: RiskReport) -> Iterator[Line]:
    yield _global(report)
    yield _line("expected", *_expected(report), Unit.RECORDS)
    yield from _alike(report)
    yield from _riskiest(report)
    yield from _households(report)
    yield from _sensitive(report)
    yield from _contributions(report.contributions)


def _global(report: RiskReport) -> Line:
    rate, keys = of_thousand(report.global_risk), len(report.keys)
    says = say(
        "Somebody who knows these {keys} things about a person in the file would pick the right record for about "
        "{rate} of 1,000 people on average.",
        keys=keys,
        rate=rate,
    )
    nobody = say(
        "No column is said to single anybody out; a guess would be right for about {rate} of 1,000 people.", rate=rate
    )
    return _line("global_risk", says if keys else nobody, rate, Unit.OF_THOUSAND)


def _expected(report: RiskReport) -> tuple[Text, str]:
    value = _rounded(report.expected)
    return (
        say(
            "Somebody who tried all records would be right for about {value}, and would not know for which.",
            value=value,
        ),
        value,
    )


def _alike(report: RiskReport) -> Iterator[Line]:
    yield _line(
        "uniques",
        say("{count} records are the only ones in the file with their combination of values.", count=report.uniques),
        f"{report.uniques:,}",
        Unit.RECORDS,
    )
    for level, count in report.below.items():
        says = say(
            "{count} records have fewer than {level} records that look alike, themselves included.",
            count=count,
            level=level,
        )
        yield _line(f"below_{level}", says, f"{count:,}", Unit.RECORDS)
    if report.weighted:
        count = report.below_population[report.minimum]
        says = say(
            "{count} records stand for a combination that fewer than {level} people of the whole population have, as "
            "far as the weights tell.",
            count=count,
            level=report.minimum,
        )
        yield _line(f"below_population_{report.minimum}", says, f"{count:,}", Unit.RECORDS)


def _riskiest(report: RiskReport) -> Iterator[Line]:
    highest = of_thousand(report.highest)
    yield _line(
        "highest",
        say("For the record most at risk a guess would be right {rate} times in 1,000.", rate=highest),
        highest,
        Unit.OF_THOUSAND,
    )
    says = say(
        "For {count} records a guess would be right more often than {rate} times in 1,000.",
        count=report.above,
        rate=of_thousand(report.threshold),
    )
    yield _line("above", says, f"{report.above:,}", Unit.RECORDS)


def _households(report: RiskReport) -> Iterator[Line]:
    if report.household_risk is None:
        return
    rate = of_thousand(report.household_risk)
    says = say(
        "For about {rate} of 1,000 people somebody of their household would be picked out; who finds one member has "
        "found the household.",
        rate=rate,
    )
    yield _line("household_risk", says, rate, Unit.OF_THOUSAND)


def _sensitive(report: RiskReport) -> Iterator[Line]:
    for one in report.sensitive:
        says = say(
            "For {count} records all that look alike have the same value of {column}: whoever finds the group knows it "
            "without finding the person.",
            count=one.below_two,
            column=one.name,
        )
        yield _line(f"same.{one.name}", says, f"{one.below_two:,}", Unit.RECORDS)
        fewest = say(
            "Records that look alike have at least {count} different values of {column}.",
            count=one.distinct,
            column=one.name,
        )
        yield _line(f"diversity.{one.name}", fewest, str(one.distinct), Unit.VALUES, Better.HIGHER)


def _contributions(contributions: Iterable[Contribution]) -> Iterator[Line]:
    for one in highest_first(tuple(contributions)):
        rate = of_thousand(one.without)
        says = say(
            "If nobody could know {column}, it would be about {rate} of 1,000 people.", column=one.name, rate=rate
        )
        yield _line(f"without.{one.name}", says, rate, Unit.OF_THOUSAND)


def _loss(report: LossReport) -> Iterator[Line]:
    share = percent(report.keys_suppressed)
    yield _line(
        "keys_suppressed",
        say("{share} % of the values that could single somebody out were removed.", share=share),
        share,
        Unit.PERCENT,
    )
    if report.kept is not None:
        kept = percent(report.kept)
        says = say("{share} % of what the columns told about single records is left, on average.", share=kept)
        yield _line("kept", says, kept, Unit.PERCENT, Better.HIGHER)
    yield _distance(report)
    if report.correlation_change is not None:
        value = f"{report.correlation_change:.3f}"
        says = say(
            "Correlations between columns of numbers changed by {value} on average; 0 is no change, 1 is large.",
            value=value,
        )
        yield _line("correlation_change", says, value, Unit.DISTANCE)
    yield from _removed(report)
    yield from _columns(report)


def _distance(report: LossReport) -> Line:
    value = f"{report.distance:.3f}"
    says = say(
        "The distributions of the columns are {value} apart on average, where 0 is the same and 1 has nothing in "
        "common; columns whose values were grouped are left out.",
        value=value,
    )
    return _line("distance", says, value, Unit.DISTANCE)


def _removed(report: LossReport) -> Iterator[Line]:
    gone = sum(one.removed for one in report.variables)
    yield _line("removed", say("{count} columns were removed.", count=gone), str(gone), Unit.COLUMNS)
    rows = report.rows_before - report.rows_after
    if rows:
        yield _line("rows", say("{count} records were removed.", count=rows), f"{rows:,}", Unit.RECORDS)


def _columns(report: LossReport) -> Iterator[Line]:
    for one in report.variables:
        if one.changed and not one.removed:
            share = percent(one.changed)
            says = say("{share} % of the values of {column} are not what they were.", share=share, column=one.name)
            yield _line(f"changed.{one.name}", says, share, Unit.PERCENT)
