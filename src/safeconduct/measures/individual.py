"""The chance that somebody who knows the key values of a person in the file picks out the right record."""

from enum import StrEnum

import numpy as np

from safeconduct.measures.codes import Real, Whole
from safeconduct.measures.frequencies import Frequencies

CLOSED = (1, 2)
"""Counts for which the usual formula is exact."""

MANY, TERMS = 20, 40


class RiskFormula(StrEnum):
    """How the individual risk is worked out: exactly, or approximately, up to 3.5 % off at three records."""

    EXACT = "exact"
    APPROXIMATE = "approximate"


def individual_risk(counts: Frequencies, formula: RiskFormula = RiskFormula.EXACT) -> Real:
    """Expected value of one over the people who share a key, given how many records of the sample do; 0 to 1.

    With `f` records standing for `F` people, the people beyond the sample follow a negative binomial distribution
    with chance `p = f / F`. The mean of one over their number is `p/f · ₂F₁(1, 1; f + 1; 1 − p)`, the form that
    neither over- nor underflows; with `f = F` it is `1/f`.

    References:
        Franconi and Polettini (2004), Individual risk estimation in μ-Argus, doi:10.1007/978-3-540-25955-8_20.

    Example:
        >>> risk = individual_risk(Frequencies(np.array([1.0, 4.0]), np.array([100.0, 4.0])))
        >>> [round(float(one), 4) for one in risk]
        [0.0465, 0.25]
    """
    f, p = counts.sample, np.minimum(counts.sample / np.maximum(counts.population, counts.sample), 1.0)
    match formula:
        case RiskFormula.EXACT:
            return _exact(f, p)
        case RiskFormula.APPROXIMATE:
            return np.where(np.isin(f, CLOSED), _exact(f, p), p / (f - (1 - p)))


def _exact(f: Real, p: Real) -> Real:
    from scipy.special import hyp2f1  # noqa: PLC0415 - slow to import, and not everybody measures

    value, few = np.ones_like(f), f < MANY
    value[few] = hyp2f1(1.0, 1.0, f[few] + 1.0, 1.0 - p[few])
    value[~few] = _series(f[~few], 1.0 - p[~few])
    return np.minimum(p / f * value, 1.0)


def _series(f: Real, z: Real) -> Real:
    """₂F₁(1, 1; f + 1; z) for 20 records or more, where forty terms are more than enough.

    SciPy's takes up to half a millisecond a value there, and gives no number at all for some.
    """
    total, term = np.ones_like(f), np.ones_like(f)
    for n in range(TERMS):
        term = term * ((n + 1) * z / (f + 1 + n))
        total += term
    return total


def household_risk(risk: Real, household: Whole) -> Real:
    """The chance that at least one member of a record's household is picked out; 0 to 1.

    Args:
        risk: Individual risk of each record.
        household: Code of each record's household, −1 where it is not known: then the record stands alone.
    """
    alone = household < 0
    count = int(household.max(initial=-1)) + 1
    with np.errstate(divide="ignore"):
        kept = np.log1p(-risk)
    sums = np.bincount(household[~alone], weights=kept[~alone], minlength=count)
    whole = risk.copy()
    whole[~alone] = -np.expm1(sums[household[~alone]])
    return whole


def bring_down_to(risk: Real, most: float) -> float | None:
    """The highest risk some record has to which all riskier ones must come down for the mean to be at most `most`.

    Args:
        risk: Individual risk of each record.
        most: What the mean may be at most, 0 to 1.

    Returns:
        0 if even the smallest is too much for all; `None` if nothing has to be done.
    """
    if not len(risk) or risk.mean() <= most:
        return None
    ordered, rows = np.sort(risk), len(risk)
    before = np.concatenate([[0.0], np.cumsum(ordered)[:-1]])
    capped = (before + ordered * np.arange(rows, 0, -1)) / rows
    return float(ordered[capped <= most].max(initial=0.0))
