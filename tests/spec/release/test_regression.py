"""Models with many more people than parameters."""

from dataclasses import replace

import pytest

from safeconduct.model.errors import BadInput
from safeconduct.model.output import Measure
from safeconduct.release.rules.regression import Regression


def model(world, people, *, measure=Measure.COEFFICIENT, **evidence):
    """One coefficient of one model."""
    query = world.seen()
    admission, draft = world.sums(world.admission(query), world.draft(query, {("A",): people}, **evidence), [3])
    output = replace(draft.output, values=(replace(draft.output.values[0], measure=measure),))
    return replace(draft, output=output), replace(admission, output=output)


@pytest.mark.parametrize(("freedom", "status"), [(11, "value"), (10, "value"), (9, "suppressed")])
def test_a_model_leaves_ten_degrees_of_freedom(world, freedom, status):
    """ACRO's definition, at the threshold and on both sides."""
    draft, admission = model(world, freedom + 2, freedom=[freedom], parameters=[2])

    marked = Regression(freedom=10, parameters_percent=100).apply(draft, admission)

    assert marked.status == (status,)
    assert marked.reasons == ("" if status == "value" else "regression",)


@pytest.mark.parametrize(("parameters", "status"), [(32, "value"), (33, "value"), (34, "suppressed")])
def test_a_model_has_at_most_33_parameters_for_100_people(world, parameters, status):
    """DataSHIELD's definition, at the threshold and on both sides."""
    draft, admission = model(world, 100, freedom=[100 - parameters], parameters=[parameters])

    assert Regression(freedom=1, parameters_percent=33).apply(draft, admission).status == (status,)


def test_a_thousand_events_of_twelve_people_are_twelve_people(world):
    """Degrees of freedom are counted in people, whatever the model's author counted."""
    draft, admission = model(world, 12, freedom=[997], parameters=[3])

    assert Regression().apply(draft, admission).status == ("suppressed",)


@pytest.mark.parametrize("evidence", [{}, {"freedom": [50]}, {"parameters": [2]}])
def test_a_model_that_says_too_little_of_itself_is_withheld(world, evidence):
    """Unknown is not enough."""
    assert Regression().apply(*model(world, 100, **evidence)).status == ("suppressed",)


def test_figures_that_are_no_coefficients_are_left_alone(world):
    """They have rules of their own."""
    draft, admission = model(world, 20, measure=Measure.MAGNITUDE)

    assert Regression().apply(draft, admission) is draft


@pytest.mark.parametrize("wrong", [{"freedom": 0}, {"parameters_percent": 0}, {"parameters_percent": 101}])
def test_limits_out_of_range_are_named(wrong):
    """The message names the parameter."""
    with pytest.raises(BadInput, match=f"{next(iter(wrong))} goes from 1"):
        Regression(**wrong)
