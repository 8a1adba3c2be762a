"""Forms of treatments and corrections: every parameter has words people understand, and comes back as it was sent."""

import pytest

from safeconduct.actions.treating import MethodLine, method_parameters
from safeconduct.ingest.correcting import correction
from safeconduct.model.microdata import DataFile, Variable, VariableType
from safeconduct.model.text import say
from safeconduct.protect.base import methods
from safeconduct.server.parameters import CHOICES, NOT_ASKED, WORDS
from safeconduct.server.stepping import MOST_COLUMNS, columns_shown, errors_by_control, fields_of

EVERY = {**methods, **correction}
ASKED = [(name, one) for name, method in EVERY.items() for one in method_parameters(method)]


def line(name: str) -> MethodLine:
    method = EVERY[name]
    return MethodLine(name=name, title=method.title, says=method.says, asks=True, parameters=method_parameters(method))


@pytest.mark.parametrize(("method", "parameter"), ASKED, ids=[f"{name}-{one.name}" for name, one in ASKED])
def test_every_parameter_has_a_title_and_an_explanation(method, parameter):
    assert (method, parameter.name) in WORDS or (method, parameter.name) in NOT_ASKED


@pytest.mark.parametrize(("method", "parameter"), ASKED, ids=[f"{name}-{one.name}" for name, one in ASKED])
def test_every_choice_can_be_said_in_other_languages(method, parameter):
    del method
    assert set(parameter.choices) <= set(CHOICES) or parameter.sort == "sets"


def test_a_form_of_a_new_step_shows_the_defaults():
    shown = {one.name: one.value for one in fields_of(line("local_suppression"), {})}

    assert shown["k"] == 3


def test_what_is_wrong_with_a_parameter_stands_beside_its_control():
    found = errors_by_control(line("recode"), [("breaks", say("Say where bands begin.")), ("columns", say("Choose."))])

    assert set(found) == {"set.breaks", "columns"}


def test_of_many_columns_a_hundred_are_shown_and_those_chosen_are_among_them():
    many = DataFile(name="wide", variables=tuple(Variable(name=f"q{at}", type=VariableType.TEXT) for at in range(500)))
    shown = [one.name for one in columns_shown(many, frozenset({"q499"}), text="", rank=lambda _: 0)]

    assert len(shown) == MOST_COLUMNS
    assert shown[0] == "q499"
