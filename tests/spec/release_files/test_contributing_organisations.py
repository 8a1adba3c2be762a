"""Editions of pooled data: what only one organisation's cases have does not leave, however many they are."""

import pyarrow as pa
import pytest

from safeconduct.model.editions import FileRelease
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import CONTRIBUTED, DataFile, Variable, VariableRole, VariableType
from safeconduct.model.outcomes import Refusal
from safeconduct.model.policy import RuleSpec
from safeconduct.model.table import Table
from safeconduct.release.figures import OfWhom, figures
from safeconduct.release.file_base import build_file_rule
from safeconduct.release.file_format import file_format
from safeconduct.release.files import _exports

QUASI, OTHER = VariableRole.QUASI, VariableRole.OTHER


def rule(minimum):
    return build_file_rule(RuleSpec("contributing_organisations", {"minimum": minimum}))


def pooled(columns, names, rows, codes):
    return columns(names, rows).having(**{CONTRIBUTED: pa.array(codes, pa.string())})


def checked(subject, table, minimum=2, **roles):
    return rule(minimum).check(subject({"t": table}, {"t": roles}, files=(described_plain(table),)))


def described_plain(table):
    names = [one for one in table.columns if not one.startswith("·")]
    return DataFile(name="t", variables=tuple(Variable(name=one, type=VariableType.TEXT) for one in names))


@pytest.mark.parametrize(("minimum", "passed"), [(2, True), (3, True), (4, False)])
def test_three_organisations_are_enough_for_a_minimum_of_three(subject, columns, minimum, passed):
    """A threshold is "at least"; nine records of three organisations are three."""
    table = pooled(columns, ["sex"], [("f",)] * 9, list("111222333"))

    assert checked(subject, table, minimum, sex=QUASI).passed is passed


@pytest.mark.parametrize(("codes", "few"), [("112111", 3), ("112112", 0)])
def test_many_records_of_one_organisation_are_one(subject, columns, codes, few):
    """Three men whom only one organisation knows: everybody who knows where it works knows whose they are."""
    table = pooled(columns, ["sex"], [("f",)] * 3 + [("m",)] * 3, list(codes))
    found = checked(subject, table, sex=QUASI)

    assert found.passed is (few == 0)
    assert f"t: {few}" in str(found.says) or not few
    assert "3" not in str(found.public) + str(found.advice)


def test_a_suppressed_value_may_be_the_other_organisations(subject, columns):
    """The record without an age counts for every age, of each organisation that has one."""
    rows = [("f", "30"), ("f", "30"), ("f", None)]

    assert checked(subject, pooled(columns, ["sex", "age"], rows, list("112")), sex=QUASI, age=QUASI).passed
    assert not checked(subject, pooled(columns, ["sex", "age"], rows, list("111")), sex=QUASI, age=QUASI).passed


def test_a_record_whose_organisation_is_not_known_counts_for_none(subject, columns):
    """Nothing is let through because nobody knows."""
    table = pooled(columns, ["sex"], [("f",)] * 3, ["1", None, None])

    assert not checked(subject, table, sex=QUASI).passed
    assert not checked(subject, pooled(columns, ["sex"], [("f",)], [None]), sex=QUASI).passed


def test_without_keys_the_whole_file_is_one_combination(subject, columns):
    """Two organisations are behind it, or it does not leave."""
    assert checked(subject, pooled(columns, ["meals"], [("1",), ("2",)], list("12")), meals=OTHER).passed
    assert not checked(subject, pooled(columns, ["meals"], [("1",), ("2",)], list("11")), meals=OTHER).passed


def test_data_that_are_not_pooled_and_empty_tables_pass(subject, columns):
    """There are no organisations to tell apart, or nobody."""
    assert checked(subject, columns(["sex"], [("f",)]), sex=QUASI).passed
    assert checked(subject, Table(pooled(columns, ["sex"], [("f",)], ["1"]).arrow.slice(0, 0)), sex=QUASI).passed


@pytest.mark.parametrize("minimum", [1, 101])
def test_one_organisation_is_no_minimum(minimum):
    """It would protect nobody."""
    with pytest.raises(BadInput):
        rule(minimum)


def whose(table, alone):
    """The members with a column of codes: one organisation has everybody of the South, if it is alone."""
    regions = table.column("region")
    codes = ["1" if alone and region == "South" else str(1 + at // 12 % 2) for at, region in enumerate(regions)]
    return table.having(contributor=pa.array(codes))


@pytest.mark.parametrize("alone", [True, False])
def test_an_edition_of_pooled_data_is_judged_by_codes_it_no_longer_has(room, members, alone):
    """The plan took the column away; the draft kept it beside the rows, and no file that leaves has it."""
    made = room.draft(tables={"members": members()}, originals={"members": whose(members(), alone)},
                      contributor="contributor")  # fmt: skip
    found = room.decide(made)

    assert room.drafts.open(made.content["members"]).column(CONTRIBUTED).count("1") > 0
    if alone:
        assert isinstance(found, Refusal)
        assert found.reason == "contributing_organisations.failed"
        return
    assert isinstance(found, FileRelease)
    for export in _exports(found, room.study, room.drafts):
        assert {*export.table.columns} == {*export.file.names, "illness·missing"}
        assert "contributor" not in " ".join(export.file.names)
    assert "csv" in file_format


def test_a_pooled_study_whose_rows_have_no_code_lets_nothing_leave(room, members):
    """Another deposit in the study of a pool: nobody knows whose the rows are."""
    made = room.draft(tables={"members": members()}, contributor="contributor")

    assert isinstance(room.decide(made), Refusal)


def told(values, codes, least=2, minimum=3):
    table = Table(pa.table({"v": pa.array(values)}))
    kind = VariableType.TEXT if isinstance(values[0], str) else VariableType.INTEGER
    file = DataFile(name="t", variables=(Variable(name="v", type=kind),))
    whose_are = OfWhom(codes=pa.chunked_array([list(codes)], pa.string()), least=least)
    return figures([file], {"t": table}, {"t": {"v": OTHER}}, minimum, {"t": whose_are})[0]


def test_the_catalogue_does_not_count_what_one_organisation_alone_has():
    """Eight of one organisation are withheld, and another count with them, so that none is worked out."""
    values = ["a"] * 20 + ["b"] * 8 + ["c"] * 9
    alone = {one.code: one.count for one in told(values, "12" * 10 + "1" * 8 + "12" * 4 + "1").categories}
    shared = {one.code: one.count for one in told(values, "12" * 18 + "1").categories}

    assert shared == {"a": 20, "b": 8, "c": 9}
    assert alone["b"] is None
    assert sum(count is None for count in alone.values()) == 2


def test_an_extreme_that_one_organisation_alone_has_is_not_told():
    """Though four of its records share it."""
    values = list(range(1, 31)) + [99] * 4

    assert told(values, "12" * 17).high == "99"
    assert told(values, "12" * 15 + "1111").high == ""
