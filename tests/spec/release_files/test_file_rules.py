"""Every rule for files, at its threshold and on both sides."""

from dataclasses import replace

import pyarrow as pa
import pytest

from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import RECORD, Category, VariableRole
from safeconduct.model.policy import RuleSpec
from safeconduct.model.study import Access
from safeconduct.model.table import Table
from safeconduct.release.file_base import build_file_rule
from safeconduct.release.identity import permutation

QUASI, OTHER, HOME = VariableRole.QUASI, VariableRole.OTHER, VariableRole.HOUSEHOLD
SENSITIVE, WEIGHT = VariableRole.SENSITIVE, VariableRole.WEIGHT


def rule(name, **parameters):
    return build_file_rule(RuleSpec(name, parameters))


@pytest.mark.parametrize(("minimum", "passed"), [(2, True), (3, True), (4, False)])
def test_three_alike_are_enough_for_a_minimum_of_three(subject, columns, minimum, passed):
    """A threshold is "at least"."""
    table = columns(["sex"], [("f",)] * 3 + [("m",)] * 5)

    assert rule("k_anonymity", minimum=minimum).check(subject({"t": table}, {"t": {"sex": QUASI}})).passed is passed


@pytest.mark.parametrize(("others", "passed"), [(1, False), (2, True)])
def test_a_suppressed_value_could_be_any(subject, columns, others, passed):
    """The record without an age counts for every age."""
    table = columns(["sex", "age"], [("f", None), *[("f", "30")] * others])

    assert (
        rule("k_anonymity", minimum=3).check(subject({"t": table}, {"t": {"sex": QUASI, "age": QUASI}})).passed
        is passed
    )


def test_what_is_no_key_does_not_count(subject, columns):
    """Answers nobody knows from elsewhere."""
    table = columns(["meals"], [(1,), (2,), (3,)])

    assert rule("k_anonymity", minimum=3).check(subject({"t": table}, {"t": {"meals": OTHER}})).passed


def families(columns, described, regions):
    homes = columns(["hhid", "region"], [(at, region) for at, region in enumerate(regions)])
    people = columns(["hhid", "sex"], [(at, sex) for at in range(len(regions)) for sex in "fm"])
    files = (described("homes", homes, key=("hhid",)), described("people", people, parent="homes", link=("hhid",)))
    roles = {"homes": {"hhid": HOME, "region": VariableRole.GEOGRAPHY}, "people": {"hhid": HOME, "sex": QUASI}}
    return {"homes": homes, "people": people}, roles, files


@pytest.mark.parametrize(("regions", "passed"), [("NNNSSS", True), ("NNNNSS", False)])
def test_the_households_region_is_a_key_of_its_members(subject, columns, described, regions, passed):
    """Though it stands in the other file, since both are handed over."""
    tables, roles, files = families(columns, described, regions)
    people = {"people": tables["people"], "homes": tables["homes"]}
    finding = rule("k_anonymity", minimum=3).check(subject(people, roles, files=files))

    assert ("people" not in str(finding.says)) is passed


@pytest.mark.parametrize(("permille", "passed"), [(249, False), (250, True), (251, True)])
def test_without_weights_the_file_is_the_population(subject, columns, permille, passed):
    """Four alike: one guess in four is right; exactly the limit passes."""
    table = columns(["sex"], [("f",)] * 4)

    assert (
        rule("global_risk", most_permille=permille).check(subject({"t": table}, {"t": {"sex": QUASI}})).passed is passed
    )


def test_weights_make_the_risk_smaller(subject, columns):
    """Each record stands for a hundred people."""
    table = columns(["sex", "w"], [("f", 100.0)] * 4)
    found = rule("global_risk", most_permille=30).check(subject({"t": table}, {"t": {"sex": QUASI, "w": WEIGHT}}))

    assert found.passed


@pytest.mark.parametrize(("permille", "passed"), [(437, False), (438, True)])
def test_who_lives_together_is_found_together(subject, columns, permille, passed):
    """Two members at one in four each: 1 − (3/4)² is 0.4375."""
    table = columns(["hhid", "sex"], [(1, "f"), (1, "f"), (2, "f"), (2, "f")])
    found = rule("global_risk", most_permille=permille).check(
        subject({"t": table}, {"t": {"hhid": HOME, "sex": QUASI}})
    )

    assert found.passed is passed


def test_a_weight_that_is_missing_is_a_finding_and_no_crash(subject, columns):
    """It says what to mend."""
    table = columns(["sex", "w"], [("f", 1.0), ("f", None)])
    found = rule("global_risk", most_permille=30).check(subject({"t": table}, {"t": {"sex": QUASI, "w": WEIGHT}}))

    assert not found.passed
    assert "weights" in str(found.advice)


def homes_of(columns, *sizes):
    return columns(["hhid", "sex"], [(at, "f") for at, size in enumerate(sizes) for _ in range(size)])


@pytest.mark.parametrize(("minimum", "passed"), [(2, True), (3, False)])
def test_a_rare_size_can_be_counted(subject, columns, minimum, passed):
    """Two households of nine, whatever the answer to "how many live here?" says."""
    table = homes_of(columns, 2, 2, 2, 9, 9)
    found = rule("household_size", minimum=minimum).check(subject({"t": table}, {"t": {"hhid": HOME, "sex": QUASI}}))

    assert found.passed is passed


@pytest.mark.parametrize(("with_keys", "passed"), [(False, True), (True, False)])
def test_the_size_counts_with_the_keys(subject, columns, with_keys, passed):
    """One man among the households of two."""
    rows = [(1, "f"), (1, "f"), (2, "f"), (2, "m"), (3, "f"), (4, "m"), (5, "m"), (6, "m")]
    table = columns(["hhid", "sex"], rows)
    found = rule("household_size", minimum=2, with_keys=with_keys)

    assert found.check(subject({"t": table}, {"t": {"hhid": HOME, "sex": QUASI}})).passed is passed


def test_without_household_numbers_nothing_can_be_counted(subject, columns):
    """Rows of one family are not beside each other either."""
    table = homes_of(columns, 2, 2, 9).without("hhid")

    assert rule("household_size", minimum=3).check(subject({"t": table}, {"t": {"sex": QUASI}})).passed


@pytest.mark.parametrize(
    ("values", "passed"), [("aaab", True), ("aaaa", False), (["a", "a", None, "a"], True), ([None] * 4, True)]
)
def test_a_group_that_shares_a_secret_gives_it_away(subject, columns, values, passed):
    """A missing answer leaves a doubt; no answers at all share nothing."""
    table = columns(["sex"], [("f",)] * 4).having(illness=pa.array(list(values), pa.string()))
    found = rule("l_diversity", minimum=2).check(subject({"t": table}, {"t": {"sex": QUASI, "illness": SENSITIVE}}))

    assert found.passed is passed


@pytest.mark.parametrize(("minimum", "passed"), [(2, True), (3, True), (4, False)])
def test_as_many_values_as_asked_for(subject, columns, minimum, passed):
    """At the threshold and on both sides."""
    table = columns(["illness"], [("a",), ("b",), ("c",), ("c",)])
    found = rule("l_diversity", minimum=minimum).check(subject({"t": table}, {"t": {"illness": SENSITIVE}}))

    assert found.passed is passed


@pytest.mark.parametrize(
    "value", ["ana@example.org", "+258 84 123 4567", "0841234567", "-19.84537, 34.83891", "(084) 123-45678"]
)
def test_one_value_that_points_at_somebody_is_enough(subject, columns, value):
    """Whatever role the column has, and however many other answers there are."""
    table = columns(["note"], [("none",)] * 40 + [(value,)])

    assert not rule("no_direct_identifiers").check(subject({"t": table}, {"t": {"note": OTHER}})).passed


@pytest.mark.parametrize("value", ["2026-03-01", "2012-2013", "18-59", "12.5", "1", "3 to 4 times a week", "ISIC 0111"])
def test_everyday_answers_point_at_nobody(subject, columns, value):
    """Dates, bands and codes of lists."""
    table = columns(["note"], [("none",)] * 40 + [(value,)])

    assert rule("no_direct_identifiers").check(subject({"t": table}, {"t": {"note": OTHER}})).passed


def test_case_numbers_are_found_by_being_almost_all_different(subject, columns):
    """As text."""
    table = columns(["file_no"], [(f"KEN-{number:06}",) for number in range(40)])

    assert not rule("no_direct_identifiers").check(subject({"t": table}, {"t": {"file_no": OTHER}})).passed


def test_long_numbers_are_found_by_being_almost_all_different(subject, columns):
    """As numbers."""
    table = columns(["no"], [(240_000_000 + number,) for number in range(40)])

    assert not rule("no_direct_identifiers").check(subject({"t": table}, {"t": {"no": OTHER}})).passed


def test_names_are_found_by_what_the_column_is_called(subject, columns):
    """And because its values are almost all different."""
    table = columns(["head_name"], [(f"A{chr(65 + one % 26)}{chr(65 + one // 26)}",) for one in range(40)])

    assert not rule("no_direct_identifiers").check(subject({"t": table}, {"t": {"head_name": OTHER}})).passed


@pytest.mark.parametrize(("value", "passed"), [(-19.8, True), (-19.84, False)])
def test_a_place_is_told_to_a_tenth_of_a_degree(subject, columns, value, passed):
    """Some eleven kilometres."""
    table = columns(["gps_lat"], [(value,), (20.1,)])

    assert rule("no_direct_identifiers").check(subject({"t": table}, {"t": {"gps_lat": OTHER}})).passed is passed


@pytest.mark.parametrize(("letters", "passed"), [(60, True), (61, False)])
def test_a_long_text_is_a_free_text(subject, columns, letters, passed):
    """Whatever role somebody gave it."""
    table = columns(["note"], [("a b" + "c" * (letters - 3),)])

    assert rule("no_free_text", longest=60).check(subject({"t": table}, {"t": {"note": OTHER}})).passed is passed


def test_a_long_answer_from_the_questionnaires_list_is_no_free_text(subject, columns, described):
    """Somebody wrote it once, for everybody."""
    answer = "I have not been asked this question before, and so I cannot say anything about it"
    table = columns(["q"], [(answer,)])
    file = described("t", table)
    listed = replace(file, variables=(replace(file.variables[0], categories=(Category(code=answer),)),))

    assert rule("no_free_text").check(subject({"t": table}, {"t": {"q": OTHER}}, files=(listed,))).passed


@pytest.mark.parametrize(("limits", "passed"), [({"en": "Nobody over 80."}, True), ({"en": " "}, False), ({}, False)])
def test_the_study_says_who_is_missing(subject, columns, limits, passed):
    """Blank is not said."""
    assert rule("coverage_statement").check(subject({"t": columns(["a"], [(1,)])}, {}, limits=limits)).passed is passed


@pytest.mark.parametrize(
    ("access", "passed"), [(Access.PUBLIC_USE, False), (Access.LICENSED, True), (Access.ENCLAVE, True)]
)
def test_no_more_openly_than_the_level_is_made_for(subject, columns, access, passed):
    """Less openly is fine."""
    found = rule("widest_access", widest="licensed").check(subject({"t": columns(["a"], [(1,)])}, {}, access=access))

    assert found.passed is passed


def ordered(records, **columns):
    return Table(pa.table({RECORD: pa.array(records, pa.int64()), **{k: pa.array(v) for k, v in columns.items()}}))


def test_rows_in_the_order_of_the_original_are_noticed(subject):
    """The order tells who was registered first."""
    table = ordered(range(50), a=[1] * 50)

    assert not rule("record_order").check(subject({"t": table}, {"t": {"a": OTHER}})).passed


def test_blocks_that_kept_their_place_are_noticed(subject):
    """Shuffled within, but not across."""
    records = [block * 10 + at for block in range(30) for at in (7, 2, 9, 0, 5, 3, 8, 1, 6, 4)]

    assert not rule("record_order").check(subject({"t": ordered(records, a=[1] * 300)}, {"t": {"a": OTHER}})).passed


def shuffle(count, step):
    return [(at * step + 11) % count for at in range(count)]


def test_the_order_of_an_earlier_edition_is_noticed(subject):
    """Otherwise rows of two editions are linked by counting."""
    table = ordered(shuffle(97, 41), a=[1] * 97)

    assert rule("record_order").check(subject({"t": table}, {"t": {"a": OTHER}})).passed
    assert not rule("record_order").check(subject({"t": table}, {"t": {"a": OTHER}}, previous=[{"t": table}])).passed


def test_household_numbers_that_follow_the_original_are_noticed(subject):
    """Though the rows are shuffled."""
    records = shuffle(97, 41)
    table = ordered(records, hhid=[one // 2 + 1 for one in records])

    assert not rule("record_order").check(subject({"t": table}, {"t": {"hhid": HOME}})).passed


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("k_anonymity", {"minimum": 1}), ("global_risk", {"most_permille": 0}),
        ("global_risk", {"most_permille": 1001}),
        ("household_size", {"minimum": 1}), ("l_diversity", {"minimum": 1}), ("version_difference", {"minimum": 1}),
        ("catalogue_figures", {"minimum": 2}), ("no_free_text", {"longest": 9}), ("k_anonymity", {"minimun": 3}),
        ("k_anonymity", {}), ("k_anonymity", {"minimum": "3"}), ("widest_access", {"widest": "everybody"}),
    ],
)  # fmt: skip
def test_a_parameter_out_of_range_is_no_parameter(name, parameters):
    """It protects nobody, or means nothing."""
    with pytest.raises(BadInput):
        rule(name, **parameters)


@pytest.mark.parametrize("name", ["k_anonymity", "global_risk", "household_size", "l_diversity", "record_order",
                                  "no_direct_identifiers", "no_free_text", "everything_decided"])  # fmt: skip
def test_a_table_without_rows_shows_nobody(subject, name):
    """Empty in, nothing found."""
    needed = {"k_anonymity": {"minimum": 3}, "global_risk": {"most_permille": 30}, "household_size": {"minimum": 3}}
    table = Table(
        pa.table({RECORD: pa.array([], pa.int64()), "hhid": pa.array([], pa.int64()), "sex": pa.array([], pa.string())})
    )
    found = rule(name, **needed.get(name, {})).check(subject({"t": table}, {"t": {"hhid": HOME, "sex": QUASI}}))

    assert found.passed


def test_numbers_of_an_earlier_edition_are_noticed(subject):
    """They would link the two, row by row."""
    orders = [permutation(b"any", name, 97) for name in ("rows", "numbers", "rows again", "numbers again")]
    before = ordered(orders[0], hhid=orders[1] + 1)
    kept = Table(before.arrow.take(pa.array(orders[2])))
    anew = kept.having(hhid=pa.array(orders[3] + 1))

    roles = {"t": {"hhid": HOME}}
    assert not rule("record_order").check(subject({"t": kept}, roles, previous=[{"t": before}])).passed
    assert rule("record_order").check(subject({"t": anew}, roles, previous=[{"t": before}])).passed
