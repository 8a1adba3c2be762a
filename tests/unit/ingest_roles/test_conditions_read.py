"""Conditions of forms: what is understood, what is not, and in which rows it holds."""

from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safeconduct.ingest.asked import Asked
from safeconduct.ingest.conditions import asked_about, condition, limits, understood
from safeconduct.ingest.described import Described
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import DataFile, Variable, VariableType
from safeconduct.model.table import Table

COLUMNS = {
    "sex": (VariableType.TEXT, pa.array(["1", "2", None, "2"])),
    "age": (VariableType.INTEGER, pa.array([5, 30, None, 12])),
    "weight": (VariableType.NUMBER, pa.array([1.0, 2.5, None, 0.0])),
    "needs": (VariableType.TEXT, pa.array(["1 3", "13", None, "3 2"])),
    "born": (VariableType.DATE, pa.array([date(2020, 1, 1), date(1990, 5, 5), None, date(2010, 2, 2)])),
    "ok": (VariableType.BOOLEAN, pa.array([True, False, None, True])),
    "group/inner": (VariableType.TEXT, pa.array(["a", "b", "c", "d"])),
    "aid_other": (VariableType.TEXT, pa.array(["a tent", None, None, None])),
    "aid/food": (VariableType.INTEGER, pa.array([1, 0, None, 1])),
}
CODES = {"age·missing": pa.array([None, None, "99", None]), "sex·missing": pa.array([None, None, "dk", None])}


def holds(text: str, own: str = "age") -> list[int]:
    """Numbers of the rows in which a condition holds."""
    variables = tuple(Variable(name=name, type=kind) for name, (kind, _) in COLUMNS.items())
    arrow = pa.table({**{name: column for name, (_, column) in COLUMNS.items()}, **CODES})
    rows = Described(file=DataFile(name="f", variables=variables), table=Table(arrow))
    found = Asked(rows=rows, own=own, today=date(2026, 3, 1)).holds(condition(text))
    return [at for at, one in enumerate(found.tolist()) if one]


@pytest.mark.parametrize(("text", "rows"), [
    ("${sex} = '2'", [1, 3]),
    ("${sex}='2'", [1, 3]),
    ('${sex} = "2"', [1, 3]),
    ("${sex} != '2'", [0, 2]),  # nothing, and "do not know", are not 2
    ("${sex} = 'dk'", [2]),  # a code for no answer is an answer to a form
    ("${sex} = 2", [1, 3]),
    ("${age} >= 12", [1, 2, 3]),
    ("${age} < 12", [0]),
    ("${age} = 99", [2]),
    ("${age} = '30'", [1]),
    ("${weight} = '1'", [0]),
    (". > 5 and . <= 30", [1, 3]),
    ("selected(${needs}, '3')", [0, 3]),
    ("selected(${needs}, '1')", [0]),
    ("not(selected(${needs}, '3'))", [1, 2]),
    ("selected(${aid}, 'food')", [0, 3]),
    ("${sex} = '1' or ${age} > 20", [0, 1, 2]),
    ("${sex} = '1' or ${sex} = '2' and ${age} > 20", [0, 1]),
    ("(${sex} = '1' or ${sex} = '2') and ${age} > 20", [1]),
    ("not(${sex} = '1')", [1, 2, 3]),
    ("${inner} = 'b'", [1]),
    ("${born} > date('2000-01-01')", [0, 3]),
    ("${born} <= today()", [0, 1, 3]),
    ("${ok} = 'true'", [0, 3]),
    ("${needs} = ''", [2]),
    ("${needs} != ''", [0, 1, 3]),
    ("true()", [0, 1, 2, 3]),
    ("false()", []),
])  # fmt: skip
def test_a_condition_holds_in_these_rows(text: str, rows: list[int]) -> None:
    assert holds(text) == rows


@pytest.mark.parametrize("text", [
    "", "${a}", "count(${members}) > 3", "${a} = ", "= 3", "${a} + 1 = 2", "position(..) = 1", "${a} = 'x", "(${a} = 1",
    "regex(., '^[0-9]+$')", "${a} = 1 and", "selected(${a}, ${b})", "date('soon') < 3", "../a = 1", "${a} = 1)",
    "once(${a} = 1)", "${a} = 1 ; drop", "if(${a} = 1, 2, 3) = 2", "${a b} = 1", "not ${a} = 1",
])  # fmt: skip
def test_what_is_not_understood_is_not_guessed_at(text: str) -> None:
    assert understood(text) is None


@settings(deadline=None)
@given(st.text(alphabet="${}ab.,()'\"=<>! 12andornotselected-", max_size=60))
def test_any_text_is_understood_or_not_but_breaks_nothing(text: str) -> None:
    found = understood(text)

    assert found is None or isinstance(asked_about(found), frozenset)


def test_a_thousand_brackets_are_not_understood() -> None:
    assert understood("(" * 1000 + "${a} = 1" + ")" * 1000) is None


def test_a_question_of_another_table_is_not_answered_here() -> None:
    with pytest.raises(BadInput):
        holds("${elsewhere} = 1")


def test_a_question_that_is_only_called_like_a_choice_is_none() -> None:
    with pytest.raises(BadInput):
        holds("selected(${aid}, 'other')")


def test_yes_and_no_are_not_compared_with_words_the_file_does_not_know() -> None:
    with pytest.raises(BadInput):
        holds("${ok} = 'oui'")


@pytest.mark.parametrize(("text", "found"), [
    (". >= 0 and . <= 120", ("0", "120")),
    (". >= 18", ("18", "")),
    (". > 0", None),
    (". >= 0 or . = 99", None),
    ("${age} >= 0", None),
    (". >= 0.5", ("0.5", "")),
])  # fmt: skip
def test_limits_are_told_where_a_condition_is_nothing_else(text: str, found: tuple[str, str] | None) -> None:
    assert limits(condition(text)) == found


def test_a_condition_tells_what_it_asks_about() -> None:
    assert asked_about(condition("not(${a} = 1) and (selected(${b}, 'x') or . > 3)")) == {"a", "b", ""}
