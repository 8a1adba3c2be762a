"""What the catalogue may say of a variable."""

from datetime import date

import pyarrow as pa
import pytest

from safeconduct.model.microdata import Category, DataFile, Measurement, Variable, VariableRole, VariableType
from safeconduct.model.table import Table
from safeconduct.release.figures import figures

T = VariableType
OTHER = VariableRole.OTHER


def figure(values, variable, *, role=OTHER, minimum=5):
    """The figures of the one variable of a table."""
    file = DataFile(name="t", variables=(variable,))
    found = figures(
        [file], {"t": Table(pa.table({variable.name: pa.array(values)}))}, {"t": {variable.name: role}}, minimum
    )
    return found[0] if found else None


def listed(*codes, kind=T.TEXT):
    return Variable(name="v", type=kind, categories=tuple(Category(code=code) for code in codes))


def counts(found):
    return {one.code: one.count for one in found.categories}


def test_large_counts_are_told():
    """By category, with those who have a value and those who have none."""
    found = figure(["a"] * 6 + ["b"] * 7 + [None] * 8, listed("a", "b"))

    assert counts(found) == {"a": 6, "b": 7}
    assert (found.valid, found.missing) == (13, 8)


@pytest.mark.parametrize(("few", "told"), [(4, {"a": None, "b": None}), (5, {"a": 5, "b": 20}), (6, {"a": 6, "b": 20})])
def test_a_small_count_takes_another_with_it(few, told):
    """At the threshold and on both sides."""
    assert counts(figure(["a"] * few + ["b"] * 20, listed("a", "b"))) == told


def test_a_counted_zero_is_withheld_like_any_small_count():
    """Nobody and few are told alike."""
    none, few = (figure(["a"] * 20 + ["b"] * count + ["c"] * 9, listed("a", "b", "c")) for count in (0, 3))

    assert counts(none) == counts(few)


def test_nobody_missing_is_told():
    """It is a figure about nobody."""
    assert figure(["a"] * 20, listed("a")).missing == 0


def test_few_missing_are_withheld_with_those_who_answered():
    """The number of rows is known."""
    found = figure(["a"] * 20 + ["b"] * 20 + [None], listed("a", "b"))

    assert (found.valid, found.missing) == (None, None)
    assert None in counts(found).values()


def test_texts_nobody_listed_are_named_only_where_many_have_them():
    """A rare village is counted among others, unnamed."""
    found = figure(["North"] * 20 + ["South"] * 20 + ["Lighthouse"] + ["Mill"] * 4, Variable(name="v", type=T.TEXT))

    assert "Lighthouse" not in counts(found)
    assert counts(found) == {"North": 20, "South": 20, "": 5}


@pytest.mark.parametrize(("shared", "low"), [(4, ""), (5, "18"), (6, "18")])
def test_an_extreme_is_told_where_enough_share_it(shared, low):
    """The youngest is one person."""
    values = [18] * shared + [19 + one % 37 for one in range(200)]

    assert figure(values, Variable(name="v", type=T.INTEGER, measurement=Measurement.SCALE)).low == low


def test_the_last_day_is_told_where_enough_share_it():
    """Days like numbers."""
    values = [date(2026, 1, 1)] * 5 + [date(2026, 1, 2)] * 4

    found = figure(values, Variable(name="v", type=T.DATE))
    assert (found.low, found.high) == ("2026-01-01", "")


def scale(values, minimum=5):
    return figure(values, Variable(name="v", type=T.NUMBER), minimum=minimum).mean


@pytest.mark.parametrize(("rows", "told"), [(14, ""), (15, "107")])
def test_a_mean_is_about_three_times_as_many(rows, told):
    """Of fifteen records where five are the minimum; rounded to three digits."""
    assert scale([100.0 + one for one in range(rows)]) == told


def test_a_mean_that_one_person_makes_is_not_told():
    """Nobody stands for a tenth of it."""
    assert scale([1.0 + one / 100 for one in range(50)] + [1e6]) == ""


def test_the_mean_of_yes_and_no_is_not_told():
    """It would be the share of yes, to the person."""
    found = figure([0] * 995 + [1] * 3, Variable(name="v", type=T.INTEGER))

    assert found.mean == ""
    assert counts(found) == {"0": None, "": None}


@pytest.mark.parametrize(
    "role", [VariableRole.HOUSEHOLD, VariableRole.FREE_TEXT, VariableRole.DIRECT, VariableRole.WEIGHT]
)
def test_numbers_of_people_and_free_texts_have_no_figures(role):
    """Nor have weights, which tell where somebody was drawn."""
    assert figure([1, 2, 3], Variable(name="v", type=T.INTEGER), role=role) is None


def two(first, second):
    file = DataFile(
        name="t", variables=(listed("m", "f", "x"), Variable(name="w", type=T.INTEGER, measurement=Measurement.SCALE))
    )
    table = Table(pa.table({"v": pa.array(first), "w": pa.array(second, pa.int64())}))
    return figures([file], {"t": table}, {"t": {"v": OTHER, "w": OTHER}}, 5)


def test_a_question_that_only_some_were_asked_does_not_give_their_number_away():
    """Men are withheld to protect two others; so is how many answered the question for men."""
    sexes = ["m"] * 40 + ["f"] * 50 + ["x"] * 2
    sex, other = two(sexes, [1] * 40 + [None] * 52)

    assert counts(sex)["m"] is None
    assert (other.valid, other.missing) == (None, None)


def test_a_question_that_others_were_asked_is_told():
    """Only the same rows count, not the same number."""
    sexes = ["m"] * 40 + ["f"] * 50 + ["x"] * 2
    _, other = two(sexes, [None] * 10 + [1] * 40 + [None] * 42)

    assert (other.valid, other.missing) == (40, 52)


def test_an_empty_table_has_figures_without_numbers():
    """Empty in, empty out."""
    found = figure([], Variable(name="v", type=T.TEXT))

    assert (found.low, found.high, found.mean, found.sd) == ("", "", "", "")
