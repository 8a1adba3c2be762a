"""What the checks find in rows somebody can see, what they suggest, and that they never tell a value."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest

from safeconduct.ingest.checking import Issue, check, data_check
from safeconduct.ingest.correcting import correct
from safeconduct.model.microdata import (
    RECORD,
    Category,
    DataFile,
    Measurement,
    Roles,
    Variable,
    VariableRole,
    VariableType,
    missing_column,
)  # fmt: skip
from safeconduct.model.table import Table

INTEGER, NUMBER, TEXT, DATE = VariableType.INTEGER, VariableType.NUMBER, VariableType.TEXT, VariableType.DATE
ARROW = {
    INTEGER: pa.int64(),
    NUMBER: pa.float64(),
    TEXT: pa.string(),
    DATE: pa.date32(),
    VariableType.BOOLEAN: pa.bool_(),
}
YES_NO = (Category(code="1", labels={"en": "Yes"}), Category(code="0", labels={"en": "No"}))
HEAD = (Category(code="1", labels={"fr": "Chef de ménage"}), Category(code="2", labels={"fr": "Conjoint du chef"}))


def a_file(name: str, columns: Mapping[str, tuple[Variable, Sequence[object]]], **known) -> tuple[DataFile, Table]:
    """A table from its columns; one whose name is a companion's or the record's is no variable."""
    file = DataFile(name=name, variables=tuple(one for one, _ in columns.values()), **known)
    return file, Table(
        pa.table({name: pa.array(list(values), ARROW[one.type]) for name, (one, values) in columns.items()})
    )


def column(name: str, values: Sequence[object], kind: VariableType = INTEGER, **known) -> dict:
    """One column, for `a_file`."""
    return {name: (Variable(name=name, type=kind, **known), values)}


def found(
    *tables: tuple[DataFile, Table], only: str, roles: Roles | None = None, today: date | None = None
) -> list[Issue]:
    """What one check finds."""
    every = check({file.name: table for file, table in tables}, [file for file, _ in tables], roles or {}, today=today)
    return [issue for issue in every if issue.check == only]


def told(issues: Sequence[Issue]) -> list[str]:
    """The sentences."""
    return [str(issue.says) for issue in issues]


def put_right(*tables: tuple[DataFile, Table], only: str, roles: Roles | None = None) -> list[Issue]:
    """What the check still finds after all its suggestions."""
    issues = found(*tables, only=only, roles=roles)
    steps = [issue.suggestion for issue in issues if issue.suggestion]
    assert steps
    after = correct({file.name: table for file, table in tables}, [file for file, _ in tables], steps)
    return found(*((file, after.tables[file.name]) for file in after.files), only=only, roles=roles)


def test_repeated_rows_are_found_and_put_right() -> None:
    rows = a_file("f", column("a", [1, 1, 2, 1]) | column("b", [5, 5, 5, 6]))

    assert told(found(rows, only="duplicates")) == ["1 rows are the same as an earlier row in every column."]
    assert put_right(rows, only="duplicates") == []


def test_the_code_of_a_record_makes_no_row_different() -> None:
    file, table = a_file("f", column("a", [1, 1]))

    assert found((file, table.having(**{RECORD: pa.array([7, 8])})), only="duplicates")


def test_rows_with_different_codes_for_no_answer_are_different() -> None:
    file, table = a_file("f", column("a", [None, None]))
    table = table.having(**{missing_column("a"): pa.array(["dk", "refused"])})

    assert found((file, table), only="duplicates") == []


def test_a_key_that_is_used_twice_is_told_and_nothing_is_suggested() -> None:
    rows = a_file("f", column("id", [1, 1, None]) | column("b", [5, 6, 7]), key=("id",))

    issues = found(rows, only="duplicates")

    assert told(issues) == [
        "1 rows have the key of an earlier row but differ from it.", "1 rows have no complete key.",
    ]  # fmt: skip
    assert [issue.suggestion for issue in issues] == [None, None]


def test_ages_that_cannot_be_are_found_and_put_right() -> None:
    rows = a_file("f", column("age", [-1, 0, 120, 121, None]))

    assert told(found(rows, only="ranges")) == ["2 ages in age are below zero or above 120."]
    assert put_right(rows, only="ranges") == []


def test_ages_in_months_may_be_higher() -> None:
    rows = a_file("f", column("child_age", [30, 59, 200], labels={"fr": "Âge en mois"}))

    assert found(rows, only="ranges") == []


def test_an_age_group_is_no_age() -> None:
    groups = (Category(code="1", labels={"en": "0-4"}), Category(code="999", labels={"en": "5+"}))

    assert found(a_file("f", column("age_group", [1, 999], categories=groups)), only="ranges") == []


def test_what_the_form_would_not_have_let_through_is_found_and_put_right() -> None:
    rows = a_file("f", column("rooms", [1, 2, 40, None], constraint=". >= 1 and . <= 20"))

    assert told(found(rows, only="ranges")) == ["1 answers to rooms are outside what the form lets through."]
    assert put_right(rows, only="ranges") == []


def test_a_constraint_that_is_not_understood_is_told() -> None:
    rows = a_file("f", column("code", ["a"], TEXT, constraint="regex(., '^[a-z]$')"))

    assert [(issue.rows, "by hand" in str(issue.says)) for issue in found(rows, only="ranges")] == [(0, True)]


def test_days_in_the_future_and_before_birth_are_found() -> None:
    born = column("date_of_birth", [date(2000, 1, 1), date(2020, 1, 1), date(2030, 1, 1)], DATE)
    came = column("arrival", [date(2010, 1, 1), date(2010, 1, 1), None], DATE)

    assert told(found(a_file("f", born | came), only="ranges", today=date(2026, 3, 1))) == [
        "1 days in date_of_birth are in the future.",
        "1 days in arrival are before the day in date_of_birth.",
    ]


def test_a_day_is_in_the_future_only_where_somebody_says_which_day_it_is() -> None:
    assert found(a_file("f", column("day", [date(2030, 1, 1)], DATE)), only="ranges") == []


@pytest.mark.parametrize(("values", "codes"), [
    ([3, 5, 8, -99, -99], ["-99"]),
    ([3, 5, 8, 999, 999, -9, -9], ["-9", "999"]),
    ([3, 5, 8, -99], []),  # once may be a value
    ([50, 60, 99, 99], []),  # near the others
    ([-5, -3, -9, -9], []),  # other values are below zero too
    ([-99, -99], []),  # nothing else to compare with
])  # fmt: skip
def test_numbers_that_mean_no_answer_are_found(values: list[int], codes: list[str]) -> None:
    issues = found(a_file("f", column("goats", values)), only="likely_missing")

    assert [issue.suggestion.parameters["codes"] for issue in issues if issue.suggestion] == ([codes] if codes else [])


def test_a_number_that_was_called_missing_keeps_its_code_beside_the_row() -> None:
    file, table = a_file("f", column("goats", [3, 5, -99, -99]))
    step = found((file, table), only="likely_missing")[0].suggestion
    assert step

    after = correct({"f": table}, [file], [step])

    assert after.tables["f"].column("goats") == [3, 5, None, None]
    assert after.tables["f"].column(missing_column("goats")) == [None, None, "-99", "-99"]
    assert after.files[0]["goats"].missing_codes == ("-99",)


def test_answers_to_skipped_questions_are_found_and_put_right() -> None:
    rows = a_file("f", column("works", ["1", "0", "0", None], TEXT)
                  | column("hours", [40, 30, None, 5], relevant="${works} = '1'"))  # fmt: skip

    assert told(found(rows, only="skips")) == ["2 rows have an answer to hours where the form skips it."]
    assert put_right(rows, only="skips") == []


@pytest.mark.parametrize(("condition", "words"), [
    ("count(${members}) > 2", "by hand"),
    ("${elsewhere} = '1'", "not in this table"),
    ("${works} = 'never'", "never holds"),
])  # fmt: skip
def test_a_condition_that_cannot_be_checked_is_told_and_nothing_is_suggested(condition: str, words: str) -> None:
    rows = a_file("f", column("works", ["1", "0"], TEXT) | column("hours", [40, 30], relevant=condition))

    issues = found(rows, only="skips")

    assert [(words in str(issue.says), issue.suggestion) for issue in issues] == [(True, None)]


def test_codes_without_a_label_are_found_and_put_right() -> None:
    rows = a_file("f", column("roof", [0, 1, 1, 7, None], categories=YES_NO))

    assert told(found(rows, only="unlabelled_codes")) == ["1 rows of roof have a code that is not in its code list."]
    assert put_right(rows, only="unlabelled_codes") == []


@pytest.mark.parametrize("known", [
    {"categories": (Category(code="99", labels={"en": "Do not know"}, missing=True),)},
    {"categories": YES_NO, "measurement": Measurement.SCALE},
    {"categories": (Category(code="0", labels={"en": "Bad"}), Category(code="10", labels={"en": "Good"}))},
    {},
])  # fmt: skip
def test_a_number_with_some_labels_has_no_code_list(known: dict) -> None:
    assert found(a_file("f", column("score", [3, 4, 5, 6], **known)), only="unlabelled_codes") == []


def test_several_codes_in_one_answer_are_in_the_code_list() -> None:
    assert found(a_file("f", column("aid", ["1 0", "0", "1"], TEXT, categories=YES_NO)), only="unlabelled_codes") == []


HOUSEHOLDS = a_file("hh", column("hhid", [1, 2, 3]) | column("hhsize", [2, 5, 1]), key=("hhid",))
MEMBERS = a_file(
    "members",
    column("hh", [1, 1, 2, 9, None]) | column("age", [30, 4, 50, 60, 70])
    | column("relationship", [1, 2, 1, 1, 1], labels={"fr": "Lien de parenté"}, categories=HEAD),
    parent="hh", link=("hh",),
)  # fmt: skip


def test_sizes_that_their_members_do_not_bear_out_are_found_between_two_tables() -> None:
    rows = a_file("hh", column("hhid", [1, 2, 3]) | column("hhsize", [2, 5, 1]), key=("hhid",))

    assert told(found(rows, MEMBERS, only="household_size")) == [
        "In 1 rows hhsize is not the number of members that are listed."
    ]
    assert put_right(rows, MEMBERS, only="household_size") == []


def flat(**changes: tuple[str, Sequence[object]]) -> tuple[DataFile, Table]:
    """Members of two households in one table."""
    columns = (
        column("hhid", [1, 1, 1, 2, 2]) | column("hhsize", [3, 3, 3, 2, 2]) | column("age", [40, 38, 5, 60, 61])
        | column("region", ["N", "N", "N", "S", "S"], TEXT)
        | column("relationship", ["head", "spouse", "child", "head", "spouse"], TEXT)
    )  # fmt: skip
    for name, (_, values) in changes.items():
        columns[name] = (columns[name][0], values)
    return a_file("people", columns)


ROLES: Roles = {"people": {"hhid": VariableRole.HOUSEHOLD, "region": VariableRole.GEOGRAPHY}}


def test_a_household_that_agrees_with_itself_has_no_issue() -> None:
    assert [issue for issue in check({"people": flat()[1]}, [flat()[0]], ROLES) if "household" in issue.check] == []


def test_sizes_are_found_within_one_table_and_put_right() -> None:
    rows = flat(hhsize=("", [3, 3, 3, 2, 4]))

    assert found(rows, only="household_size", roles=ROLES)[0].rows == 1
    assert put_right(rows, only="household_size", roles=ROLES) == []


def test_a_file_that_hardly_lists_every_member_gets_no_suggestion() -> None:
    assert found(flat(hhsize=("", [9, 9, 9, 8, 8])), only="household_size", roles=ROLES)[0].suggestion is None


def test_two_heads_and_none_are_found() -> None:
    rows = flat(relationship=("", ["head", "head", "child", "son", "spouse"]))

    assert told(found(rows, only="household_heads", roles=ROLES)) == [
        "1 households have more than one head in relationship.",
        "1 households have no head in relationship.",
    ]


def test_the_spouse_of_the_head_is_no_head() -> None:
    members = a_file(
        "members",
        column("hh", [1, 1, 2, 2]) | column("relationship", [1, 2, 1, 2], categories=HEAD), parent="hh", link=("hh",),
    )  # fmt: skip
    assert found(HOUSEHOLDS, members, only="household_heads") == []


def test_members_who_live_in_different_regions_are_found() -> None:
    rows = flat(region=("", ["N", "N", "S", "S", "S"]))

    issues = found(rows, only="household_values", roles=ROLES)

    assert [(issue.columns, issue.rows) for issue in issues] == [(("region",), 3)]


def test_a_column_in_which_members_nearly_always_agree_is_looked_at_whatever_it_is() -> None:
    hhid = [at // 2 for at in range(200)]
    roof = [at // 2 % 3 for at in range(200)]
    roof[1] = 7
    rows = a_file("people", column("hhid", hhid) | column("roof", roof) | column("age", [at % 90 for at in range(200)]))

    issues = found(rows, only="household_values", roles=ROLES)

    assert [(issue.columns, issue.rows) for issue in issues] == [(("roof",), 2)]


def test_members_without_a_household_are_found_and_put_right() -> None:
    issues = found(HOUSEHOLDS, MEMBERS, only="without_household")

    assert told(issues) == ["2 rows belong to no row of hh.", "1 rows have no member in members."]
    assert [issue.file for issue in put_right(HOUSEHOLDS, MEMBERS, only="without_household")] == ["hh"]


def test_rows_without_consent_are_found_and_put_right() -> None:
    rows = a_file("f", column("consent", [1, 0, None, 1], categories=YES_NO) | column("age", [1, 2, 3, 4]))

    assert told(found(rows, only="without_consent")) == ["2 rows have no yes in consent, which tells of consent."]
    assert put_right(rows, only="without_consent") == []


def test_a_column_of_consent_without_a_yes_is_told() -> None:
    issues = found(a_file("f", column("consent", [7, 8])), only="without_consent")

    assert [(issue.rows, issue.suggestion) for issue in issues] == [(0, None)]


def test_rows_without_an_answer_are_found_and_put_right() -> None:
    rows = a_file("f", column("id", [1, 2]) | column("a", [None, 3]) | column("b", [None, "x"], TEXT), key=("id",))

    assert told(found(rows, only="empty_rows")) == ["1 rows have no answer at all."]
    assert put_right(rows, only="empty_rows") == []


def test_weights_that_cannot_be_are_found_and_sums_are_told() -> None:
    weights = [None, 0.0, -1.0, *[10.0] * 20, 5000.0]
    rows = a_file("f", column("w", weights, NUMBER) | column("stratum", [1] * 12 + [2] * 12))
    roles = {"f": {"w": VariableRole.WEIGHT}}

    assert told(found(rows, only="weights", roles=roles)) == [
        "1 rows have no weight in w.",
        "1 weights in w are zero.",
        "1 weights in w are below zero.",
        "1 weights in w are more than 100 times the middle one.",
        "The weights in w add up to 5199 over 24 rows.",
        "The weights in w add up to between 89 and 5110 in each of 2 groups of stratum.",
    ]


def test_the_sum_of_a_few_rows_is_not_told() -> None:
    rows = a_file("f", column("w", [17.5], NUMBER))

    assert found(rows, only="weights", roles={"f": {"w": VariableRole.WEIGHT}}) == []


def test_columns_that_tell_nothing_are_found() -> None:
    rows = a_file("f", column("a", [1, 1]) | column("b", [None, None]) | column("c", [1, None]) | column("d", [1, 2]))

    assert [issue.columns for issue in found(rows, only="empty_columns")] == [("a",), ("b",)]


def test_nothing_is_found_in_a_table_without_rows() -> None:
    empty = [(file, Table(table.arrow.slice(0, 0))) for file, table in (HOUSEHOLDS, MEMBERS, flat())]

    issues = check({file.name: table for file, table in empty}, [file for file, _ in empty], ROLES)

    assert [issue for issue in issues if issue.rows] == []


def test_a_table_whose_rows_are_not_there_is_left_out() -> None:
    assert check({}, [HOUSEHOLDS[0]], {}) == ()


def test_no_issue_tells_a_value() -> None:
    """Every value of this table is one of a kind, and none of them stands in what the checks say."""
    marker = "Zzyxwvu"
    columns = (
        column("hhid", [f"{marker}{at // 2}" for at in range(40)], TEXT)
        | column("relationship", [f"{marker} head" if at % 2 else f"{marker} child" for at in range(40)], TEXT)
        | column("roof", [f"{marker}{at}" if at < 9 else "1" for at in range(40)], TEXT, categories=YES_NO)
        | column("income", [77_123_000 + at for at in range(40)], constraint=". < 0", relevant="${roof} = '1'")
        | column("age", [-77_123 - at for at in range(40)])
        | column("w", [77_123.25 + at for at in range(40)], NUMBER)
    )
    file, table = a_file("people", columns, key=("hhid",))
    roles = {"people": {"hhid": VariableRole.HOUSEHOLD, "w": VariableRole.WEIGHT, "roof": VariableRole.GEOGRAPHY}}

    issues = check({"people": table}, [replace(file, link=())], roles, today=date(2026, 3, 1))

    assert len(issues) > 4
    assert [one for one in (marker, "77123", "77_123", "-77") if one in f"{issues!r}{told(issues)}"] == []


@pytest.mark.parametrize("name", sorted(data_check))
def test_every_check_has_a_title_and_says_nothing_about_nothing(name: str) -> None:
    assert str(data_check[name].title)
    assert [issue for issue in check({}, [], {}) if issue.check == name] == []
