"""The chance of picking the right record, record by record and household by household."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from safeconduct.measures.frequencies import Frequencies
from safeconduct.measures.individual import RiskFormula, bring_down_to, household_risk, individual_risk
from safeconduct.measures.risk import records, risk
from safeconduct.model.microdata import Design
from safeconduct.model.table import Table


def one(f, big_f, formula=RiskFormula.EXACT):
    """Risk of one record with so many look-alikes."""
    return float(individual_risk(Frequencies(np.array([float(f)]), np.array([float(big_f)])), formula)[0])


def by_definition(f, p, terms=200_000):
    """The mean of 1/F where F − f is negative binomial, added up term by term."""
    extra = np.arange(terms, dtype=float)
    steps = np.log(np.concatenate([[1.0], (f + extra[:-1]) / (extra[1:])]))
    logs = f * np.log(p) + np.cumsum(steps) + extra * np.log1p(-p)
    return float((np.exp(logs) / (f + extra)).sum())


def test_the_textbook_example_has_the_textbook_risks(golden):
    """indivRisk_francdat_exact and measure_risk_francdat."""
    found = records(golden.table("francdat"), Design(keys=golden.four, weight="w"))

    assert found.risk.tolist() == pytest.approx(golden.expected("indivRisk_francdat_exact")["rk"], rel=1e-9)
    assert found.risk.sum() == pytest.approx(golden.expected("measure_risk_francdat")["global_risk_ER"], rel=1e-9)


def test_the_approximation_is_the_peers_in_the_textbook_example(golden):
    """indivRisk_francdat_approx: at one and two records it is exact."""
    design = Design(keys=golden.four, weight="w")
    found = records(golden.table("francdat"), design, formula=RiskFormula.APPROXIMATE)

    assert found.risk.tolist() == pytest.approx(golden.expected("indivRisk_francdat_approx")["rk"], rel=1e-9)


def test_the_approximation_is_the_peers_in_a_survey(golden):
    """indivRisk_testdata: what the golden case shows is the approximation from three records on."""
    design = Design(keys=golden.keys, weight="sampling_weight")
    found = records(golden.table("testdata"), design, formula=RiskFormula.APPROXIMATE)

    assert found.risk.tolist() == pytest.approx(golden.expected("indivRisk_testdata")["rk"], rel=1e-9)


def test_households_are_at_the_risk_the_peer_gives(golden):
    """measure_risk_testdata_hh, by the approximation the peer used."""
    design = Design(keys=golden.keys, weight="sampling_weight")
    table, wanted = golden.table("testdata"), golden.expected("measure_risk_testdata_hh")
    found = records(table, design, formula=RiskFormula.APPROXIMATE)
    households = household_risk(found.risk, np.array(table.column("ori_hid"), dtype=np.int64))

    assert found.risk.sum() == pytest.approx(wanted["global_risk_ER"], rel=1e-9)
    assert households.tolist() == pytest.approx([row[3] for row in wanted["Res"]], rel=1e-9)
    assert households.sum() == pytest.approx(wanted["hier_risk_ER"], rel=1e-9)


def test_missing_values_make_the_risks_the_peer_gives(golden):
    """measure_risk_testdata_na."""
    design = Design(keys=golden.keys, weight="sampling_weight")
    found = records(golden.testdata_with_gaps(), design, formula=RiskFormula.APPROXIMATE)
    wanted = golden.expected("measure_risk_testdata_na")

    assert found.risk.tolist() == pytest.approx([row[0] for row in wanted["Res"]], abs=1e-6)
    assert found.risk.mean() == pytest.approx(wanted["global_risk"], abs=1e-6)


def test_without_weights_the_file_is_the_population(golden):
    """measure_risk_testdata_unweighted: one over the look-alikes, and the peer's threshold."""
    found = records(golden.table("testdata"), Design(keys=golden.keys))
    wanted = golden.expected("measure_risk_testdata_unweighted")

    assert found.risk.tolist() == pytest.approx([row[0] for row in wanted["Res"]], rel=1e-9)
    assert found.risk.sum() == pytest.approx(wanted["global_risk_ER"], rel=1e-9)
    assert bring_down_to(found.risk, 0.01) == pytest.approx(wanted["global_threshold"], rel=1e-9)


def test_a_threshold_is_not_needed_where_the_mean_is_small_enough(golden):
    """Nothing is to be done for the weighted survey; in the textbook example nothing is enough."""
    survey = records(golden.table("testdata"), Design(keys=golden.keys, weight="sampling_weight"))
    book = records(golden.table("francdat"), Design(keys=golden.four, weight="w"))

    assert bring_down_to(survey.risk, 0.01) is None
    assert bring_down_to(book.risk, 0.01) == golden.expected("measure_risk_francdat")["global_threshold"]


@pytest.mark.parametrize("f", [1, 2, 3, 7, 19, 20, 50, 400])
@pytest.mark.parametrize("p", [0.01, 0.3, 0.95])
def test_the_exact_formula_is_the_mean_of_one_over_the_population(f, p):
    """Against the definition, on both sides of where the series takes over."""
    assert one(f, f / p) == pytest.approx(by_definition(f, p), rel=1e-6)


@pytest.mark.parametrize("f", [3, 4, 5])
def test_the_approximation_is_a_few_percent_too_high_at_few_records(f):
    """Why the exact formula is the default."""
    assert 1 < one(f, 2 * f, RiskFormula.APPROXIMATE) / one(f, 2 * f) < 1.04


@settings(max_examples=100, deadline=None)
@given(f=some.integers(1, 10**7), factor=some.floats(1, 10**9))
def test_a_risk_lies_between_one_over_the_population_and_one_over_the_sample(f, factor):
    """Jensen's inequality below, certainty above; never no number."""
    found = one(f, f * factor)

    assert 1 / (f * factor) * (1 - 1e-9) <= found <= 1 / f * (1 + 1e-9)


def test_somebody_alone_without_household_id_stands_alone():
    """A missing household is not a household of everybody without one."""
    risks = household_risk(np.array([0.5, 0.5, 0.25, 0.25]), np.array([0, 0, -1, -1]))

    assert risks.tolist() == pytest.approx([0.75, 0.75, 0.25, 0.25])


def test_a_household_with_somebody_certain_is_certain():
    """No logarithm of zero gets in the way."""
    assert household_risk(np.array([1.0, 0.1]), np.array([0, 0])).tolist() == [1.0, 1.0]


def test_households_raise_the_risk_of_the_report():
    """Who finds one member has found the household."""
    table = Table.of({"k": [1, 2, 2, 2], "w": [10] * 4, "h": [1, 1, 2, 2]})
    report = risk(table, Design(keys=("k",), weight="w", household="h"))

    assert report.household_risk is not None
    assert report.household_risk > report.global_risk
