"""The form of every real method: what it shows by default, and what checkers say, fit the rooms that own them."""

import re

import pytest

from safeconduct.govern.reviews import Verdict
from safeconduct.model.recipe import Step
from safeconduct.model.trees import to_tree
from safeconduct.present import blocks
from safeconduct.present.words import Words
from safeconduct.protect.base import build, methods, parameters_of


def fields(name: str) -> tuple[blocks.ParameterField, ...]:
    found = []
    for one in parameters_of(methods[name]):
        sort, choices = blocks.sort_of(one.hint)
        value = None if one.needed else to_tree(one.default)
        found.append(blocks.ParameterField(name=one.name, sort=sort, choices=choices, says=one.says, value=value))
    return tuple(found)


@pytest.mark.parametrize("name", methods)
def test_every_parameter_of_a_method_has_a_control(name: str) -> None:
    form = blocks.MethodForm(name=name, title=methods[name].title, says=methods[name].says, parameters=fields(name),
                             columns=())  # fmt: skip
    html = blocks.plan_step_form(Words("en"), form, action="/plan", csrf="t")
    assert set(re.findall(r' name="set\.(\w+)"', html)) == {one.name for one in fields(name)}


def test_what_is_written_into_a_form_builds_the_method() -> None:
    form = {
        "set.k": "5",
        "set.weights": "age: 0.5",
        "set.sizes": "2: 4",
        "set.subsets": "age, sex: 3",
        "set.keep": "sex",
    }
    parameters = blocks.read_parameters(form, fields("local_suppression"))
    assert build(Step(method="local_suppression", columns=("age", "sex"), parameters=parameters))


def test_verdicts_are_the_ones_reviews_know() -> None:
    assert {one.value for one in blocks.Verdict} == {one.value for one in Verdict}
