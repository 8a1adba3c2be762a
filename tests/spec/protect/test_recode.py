"""Fewer, larger categories."""

from collections import Counter
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import Category, DataFile, Design, Measurement, Variable, VariableType
from safeconduct.model.recipe import Step
from safeconduct.model.table import Table
from safeconduct.protect.bands import Spacing, suggested_breaks
from safeconduct.protect.base import build

AGE = Variable(name="age", type=VariableType.INTEGER)
DISTRICT = Variable(
    name="district",
    type=VariableType.INTEGER,
    categories=(
        Category(code="1", labels={"en": "Abo"}),
        Category(code="2", labels={"en": "Bira"}),
        Category(code="3", labels={"en": "Cala"}),
        Category(code="99", labels={"en": "refused"}, missing=True),
    ),
    missing_codes=("99",),
)


def recoded(values, variable, **parameters):
    """One column after recoding, and its description."""
    kind = {VariableType.INTEGER: pa.int64(), VariableType.NUMBER: pa.float64(), VariableType.TEXT: pa.string(),
            VariableType.DATE: pa.date32(), VariableType.BOOLEAN: pa.bool_()}[variable.type]  # fmt: skip
    table = Table(pa.table({variable.name: pa.array(values, kind)}))
    method = build(Step(method="recode", columns=(variable.name,), parameters=parameters))
    treated = method.apply(
        table,
        file=DataFile(name="t", variables=(variable,)),
        columns=(variable.name,),
        design=Design(),
        rng=np.random.default_rng(0),
    )
    return treated.table.column(variable.name), treated.file[variable.name], treated.account


def labels(variable):
    """What each code is called."""
    return {one.code: next(iter(one.labels.values())) for one in variable.categories}


def counts(table, **parameters):
    """Ages of the test data by band."""
    values, variable, _ = recoded(table.column("age"), AGE, **parameters)
    names = labels(variable)
    return Counter(names[str(value)] for value in values)


def test_bands_of_the_peers_explicit_breaks_hold_as_many(golden):
    """globalRecode_age: its bands end at 9, 19, …; ours begin at 10, 20, …; the peer loses what is outside."""
    found = counts(golden.table("testdata"), breaks=[0, 10, 20, 30, 40, 50, 60, 70])
    wanted = golden.expected("globalRecode_age")["explicit"]

    assert [found[one] for one in ("0-9", "10-19", "20-29", "30-39", "40-49", "50-59", "60-69", "70+")] == [
        wanted[one] for one in ("(-1,9]", "(9,19]", "(19,29]", "(29,39]", "(39,49]", "(49,59]", "(59,69]", "(69,100]")
    ]


@pytest.mark.parametrize(
    ("by", "case", "order"),
    [
        (Spacing.WIDTH, "equidistant", ("[-1,18]", "(18,38]", "(38,57]", "(57,77]", "(77,96]")),
        (Spacing.RECORDS, "equalAmount", ("[0,7]", "(7,14]", "(14,26]", "(26,40]", "(40,95]")),
    ],
)
def test_suggested_bands_hold_as_many_as_the_peers(golden, by, case, order):
    """globalRecode_age: equally wide, and with equally many records."""
    table = golden.table("testdata")
    breaks = suggested_breaks(table, AGE, bands=5, by=by)
    values, _, _ = recoded(table.column("age"), AGE, breaks=list(breaks))
    wanted = golden.expected("globalRecode_age")[case]

    assert list(np.bincount(values)) == [wanted[one] for one in order]


def test_ten_year_bands_have_names_a_reader_expects():
    """Each takes its own start; the last has no end."""
    values, variable, _ = recoded([0, 9, 10, 79, 80, 95, None], AGE, width=10, last=80)
    names = labels(variable)

    assert [None if one is None else names[str(one)] for one in values] == [
        "0-9", "0-9", "10-19", "70-79", "80+", "80+", None,
    ]  # fmt: skip
    assert variable.measurement is Measurement.ORDINAL
    assert variable.security == "Values were grouped into bands."


def test_bands_can_be_written_as_texts():
    """For readers without value labels."""
    values, variable, account = recoded([5, 30, None], AGE, breaks=[0, 18], written="labels")

    assert values == ["0-17", "18+", None]
    assert variable.type is VariableType.TEXT
    assert account.changed == {"age": 2}


def test_what_is_below_the_first_break_is_a_band_too():
    """Only where something is there; nothing is lost silently."""
    values, variable, _ = recoded([-4, 5], AGE, breaks=[0, 18])

    assert values == [0, 1]
    assert labels(variable) == {"0": "<0", "1": "0-17", "2": "18+"}
    assert "0" not in labels(recoded([5], AGE, breaks=[0, 18])[1])


def test_no_band_has_a_number_that_means_missing():
    """A band 9 beside a code 9 for refused would vanish in SPSS."""
    refused = Variable(name="age", type=VariableType.INTEGER, missing_codes=("9",), missing_ranges=(("-inf", "-1"),))
    values, _, _ = recoded([85, 5], refused, width=10, last=80)

    assert values == [109, 101]


def test_numbers_with_decimals_get_bands_that_touch():
    """1.5 belongs where it begins."""
    weight = Variable(name="kg", type=VariableType.NUMBER)
    values, variable, _ = recoded([1.49, 1.5, 2.5], weight, breaks=["0", "1.5", "2.5"])

    assert values == [1, 2, 3]
    assert list(labels(variable).values()) == ["0 to <1.5", "1.5 to <2.5", "2.5+"]


def test_dates_of_birth_become_generations():
    """Days are banded like numbers."""
    born = Variable(name="born", type=VariableType.DATE)
    values, variable, _ = recoded([date(1989, 12, 31), date(1990, 1, 1)], born, breaks=["1980-01-01", "1990-01-01"])

    assert values == [1, 2]
    assert labels(variable)["1"] == "1980-01-01 to 1989-12-31"


def test_places_become_a_larger_place():
    """The group has the first of its codes and its own name; codes for missing stay described."""
    values, variable, account = recoded([1, 2, 3, None], DISTRICT, groups={"North": [1, 2]})

    assert values == [1, 1, 3, None]
    assert labels(variable) == {"1": "North", "3": "Cala", "99": "refused"}
    assert account.changed == {"district": 1}
    assert tuple(account.recoded["district"]) == variable.categories


def test_everything_else_can_be_one_group():
    """With a code nothing else has."""
    values, variable, _ = recoded([1, 2, 3], DISTRICT, groups={"Abo": ["1"]}, others="elsewhere")

    assert values == [1, 4, 4]
    assert labels(variable) == {"1": "Abo", "4": "elsewhere", "99": "refused"}


def test_texts_get_the_name_of_their_group():
    """There is no code but the word."""
    village = Variable(name="village", type=VariableType.TEXT)

    assert recoded(["a", "b", "c", None], village, groups={"AB": ["a", "b"]})[0] == ["AB", "AB", "c", None]


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({}, "breaks"),
        ({"breaks": ["1"], "width": "10"}, "breaks"),
        ({"breaks": ["10", "5"]}, "breaks"),
        ({"breaks": ["5", "5"]}, "breaks"),
        ({"breaks": ["1.5"]}, "breaks"),
        ({"breaks": ["young"]}, "breaks"),
        ({"width": "0", "last": "80"}, "width"),
        ({"width": "1", "last": "100000"}, "width"),
        ({"width": "10", "last": "-5"}, "last"),
        ({"width": "10"}, "last"),
        ({"groups": {"a": ["1"], "b": ["1"]}}, "groups"),
        ({"groups": {"a": []}}, "groups"),
        ({"groups": {"a": ["x"]}}, "groups"),
        ({"others": "rest", "width": "10", "last": "20"}, "others"),
        ({"written": "labels", "breaks": [1], "colour": "red"}, "colour"),
        ({"breaks": "0,18"}, "breaks"),
        ({"written": "sideways", "breaks": [1]}, "written"),
    ],
)
def test_a_plan_that_cannot_be_done_names_its_parameter(parameters, field):
    """And never a value of a record."""
    with pytest.raises(BadInput) as caught:
        recoded([12345], AGE, **parameters)

    assert caught.value.field == field
    assert "12345" not in str(caught.value)


def test_a_group_is_not_called_like_a_value_that_stays():
    """It would swallow it."""
    village = Variable(name="village", type=VariableType.TEXT)

    with pytest.raises(BadInput, match="rename the group"):
        recoded(["a", "b", "c"], village, groups={"c": ["a", "b"]})


def test_truths_are_not_banded():
    """A column that is yes or no has nothing to group."""
    with pytest.raises(BadInput, match="neither numbers nor days"):
        recoded([True], Variable(name="b", type=VariableType.BOOLEAN), breaks=[1])


@settings(max_examples=60, deadline=None)
@given(
    values=some.lists(some.one_of(some.none(), some.integers(-50, 150)), max_size=30),
    breaks=some.sets(some.integers(-20, 120), min_size=1, max_size=6),
)
def test_bands_keep_the_order_and_lose_nobody(values, breaks):
    """A larger value is never in a lower band, and a missing one in none."""
    found, variable, _ = recoded(values, AGE, breaks=[str(one) for one in sorted(breaks)])
    pairs = sorted((was, now) for was, now in zip(values, found, strict=True) if was is not None)

    assert [was is None for was in values] == [now is None for now in found]
    assert [now for _, now in pairs] == sorted(now for _, now in pairs)
    assert {str(now) for now in found if now is not None} <= {one.code for one in variable.categories}
