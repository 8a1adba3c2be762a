"""A change between two releases: what is withheld stays withheld."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pytest

from safeconduct.model.errors import BadInput
from safeconduct.model.outcomes import CellStatus, Release
from safeconduct.model.output import Measure, Output, Value
from safeconduct.present.change import ChangeIn, compare, percent_change
from safeconduct.present.gallery import Examples

V, S, Z, N, R = CellStatus
Answer = Callable[..., Release]


def test_a_change_is_told_in_percent_of_before(answer: Answer) -> None:
    before, after = answer({"A": 200, "B": 50}, {"A": V, "B": V}), answer({"A": 150, "B": 75}, {"A": V, "B": V})
    assert [one.change for one in percent_change(before, after)] == [-25.0, 50.0]


@pytest.mark.parametrize(("old", "new"), [pair for pair in product(CellStatus, repeat=2) if {S, N, R} & set(pair)])
def test_what_is_withheld_on_either_side_has_no_change(answer: Answer, old: CellStatus, new: CellStatus) -> None:
    """Neither 0 nor −100 %: there is no number at all, and the graver status is told."""
    figures = {V: {"A": 90}, Z: {"A": 0}}
    (row,) = percent_change(answer(figures.get(old, {}), {"A": old}), answer(figures.get(new, {}), {"A": new}))
    assert row.change is None
    assert row.status is next(one for one in (R, S, N) if one in {old, new})
    assert row.reason


def test_a_figure_left_in_a_withheld_row_is_not_read(answer: Answer) -> None:
    """Even if a withheld row still held a number, nothing here would use it."""
    before, after = answer({"A": 90}, {"A": V}), answer({"A": 3}, {"A": S})
    (row,) = percent_change(before, after)
    assert (row.after, row.change) == (None, None)


def test_from_a_known_zero_there_is_a_difference_and_no_percentage(answer: Answer) -> None:
    before, after = answer({"A": 0}, {"A": Z}), answer({"A": 40}, {"A": V})
    (percent,), (difference,) = percent_change(before, after), compare(before, after, told=ChangeIn.DIFFERENCE)
    assert (percent.change, percent.reason) == (None, "no_base")
    assert difference.change == 40.0


def test_two_known_zeros_did_not_change(answer: Answer) -> None:
    (row,) = percent_change(answer({"A": 0}, {"A": Z}), answer({"A": 0}, {"A": Z}))
    assert (row.change, row.status) == (0.0, Z)


def test_a_place_in_one_answer_only_is_told_and_has_no_change(answer: Answer) -> None:
    rows = percent_change(answer({"A": 50}, {"A": V}), answer({"B": 50}, {"B": V}))
    assert [(row.keys["area"], row.change, row.status) for row in rows] == [("A", None, N), ("B", None, N)]


def test_answers_of_different_shape_are_not_compared(answer: Answer, examples: Examples) -> None:
    with pytest.raises(BadInput, match="not of one shape"):
        percent_change(answer({"A": 50}, {"A": V}), examples.flows)


def test_answers_in_different_units_are_not_compared(answer: Answer) -> None:
    before = answer({"A": 50}, {"A": V})
    events = Output(keys=before.output.keys, values=(Value(name="people", measure=Measure.MAGNITUDE, unit="events"),))
    with pytest.raises(BadInput, match="not of one shape"):
        percent_change(before, replace(before, output=events))


def test_an_answer_of_many_days_is_not_compared_as_a_whole(examples: Examples) -> None:
    with pytest.raises(BadInput, match="by day"):
        percent_change(examples.daily, examples.daily)


def test_only_releases_are_compared(answer: Answer) -> None:
    with pytest.raises(TypeError, match="only a Release"):
        percent_change(answer({}, {}).table, answer({}, {}))  # type: ignore[arg-type]  # the point of the test
