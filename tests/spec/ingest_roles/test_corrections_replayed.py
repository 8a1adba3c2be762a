"""Corrections: each does what it says, touches nothing else, and gives the same result every time."""

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safeconduct.ingest.correcting import build, correct, correction
from safeconduct.model.errors import BadInput, UnknownName
from safeconduct.model.microdata import RECORD, Category, DataFile, Variable, VariableType, missing_column
from safeconduct.model.recipe import Step
from safeconduct.model.table import Table

FILE = DataFile(
    name="f",
    variables=(
        Variable(name="id", type=VariableType.INTEGER),
        Variable(name="sex", type=VariableType.TEXT, categories=(
            Category(code="m", labels={"en": "Man", "fr": "Homme"}), Category(code="w", labels={"en": "Woman"}),
        )),
        Variable(name="age", type=VariableType.INTEGER, relevant="${sex} = 'w'"),
    ),
    key=("id",),
)  # fmt: skip


def rows(sex: Sequence[str | None], age: Sequence[int | None], codes: Sequence[str | None] | None = None) -> Table:
    """A table with record codes and companions."""
    return Table(pa.table({
        "id": pa.array(range(len(sex)), pa.int64()),
        "sex": pa.array(sex, pa.string()),
        "age": pa.array(age, pa.int64()),
        missing_column("age"): pa.array(codes or [None] * len(sex), pa.string()),
        RECORD: pa.array([1000 + at for at in range(len(sex))], pa.int64()),
    }))  # fmt: skip


def after(table: Table, *steps: Step, file: DataFile = FILE) -> tuple[Table, DataFile, list[int]]:
    """The table after these steps."""
    done = correct({"f": table}, [file], steps)
    return done.tables["f"], done.files[0], [one.changed for one in done.changes]


def step(method: str, *columns: str, **parameters) -> Step:
    """A step about the only table."""
    return Step(method=method, columns=columns, parameters=parameters)


def test_repeated_rows_are_kept_once_and_their_codes_stay_beside_them() -> None:
    table, _, changed = after(rows(["m", "m", "w"], [1, 1, 2], [None, None, "x"]), step("drop_duplicates", "sex"))

    assert table.column(RECORD) == [1000, 1002]
    assert table.column(missing_column("age")) == [None, "x"]
    assert changed == [1]


def test_rows_with_nothing_in_the_columns_are_not_repeated() -> None:
    assert len(after(rows([None, None], [1, 2]), step("drop_duplicates", "sex"))[0]) == 2


@pytest.mark.parametrize(("parameters", "left"), [
    ({"low": "0"}, [None, 0, 50, 120, 121, None]),
    ({"high": "120"}, [-1, 0, 50, 120, None, None]),
    ({"low": "0", "high": "120"}, [None, 0, 50, 120, None, None]),
    ({"low": "0.5"}, [None, None, 50, 120, 121, None]),
    ({"codes": ["50", "121"]}, [-1, 0, None, 120, None, None]),
])  # fmt: skip
def test_values_are_set_to_missing(parameters: dict, left: list[int | None]) -> None:
    table, _, changed = after(rows(["m"] * 6, [-1, 0, 50, 120, 121, None]), step("set_missing", "age", **parameters))

    assert table.column("age") == left
    assert changed == [left.count(None) - 1]


def test_a_code_for_no_answer_stays_known_and_a_mistake_does_not() -> None:
    table, file, _ = after(rows(["m"] * 3, [5, 99, 300]), step("set_missing", "age", codes=["99"], high="120"))

    assert table.column(missing_column("age")) == [None, "99", None]
    assert file["age"].missing_codes == ("99",)


def test_a_code_already_known_for_no_answer_is_not_lost() -> None:
    table, _, _ = after(rows(["m"] * 2, [None, 5], ["dk", None]), step("set_missing", "age", codes=["5"]))

    assert table.column(missing_column("age")) == ["dk", "5"]


def test_a_code_of_the_code_list_becomes_one_for_no_answer() -> None:
    table, file, _ = after(rows(["m", "w"], [1, 2]), step("set_missing", "sex", codes=["w"]))

    assert table.column("sex") == ["m", None]
    assert [one.missing for one in file["sex"].categories] == [False, True]


def test_values_outside_the_code_list_are_set_to_missing() -> None:
    assert after(rows(["m", "x", None], [1, 2, 3]), step("set_missing", "sex", unlabelled=True))[0].column("sex") == [
        "m", None, None,
    ]  # fmt: skip


def test_codes_are_exchanged_at_once() -> None:
    table, file, changed = after(
        rows(["m", "w", None], [1, 2, 3]), step("recode_value", "sex", codes={"m": "w", "w": "m"})
    )

    assert table.column("sex") == ["w", "m", None]
    assert len(file["sex"].categories) == 2
    assert changed == [2]


def test_a_category_nobody_has_any_more_goes_from_the_code_list() -> None:
    file = after(rows(["m", "w"], [1, 2]), step("recode_value", "sex", codes={"m": "w"}))[1]

    assert [one.code for one in file["sex"].categories] == ["w"]


def test_a_number_can_only_become_a_number() -> None:
    with pytest.raises(BadInput, match="not of the column's type"):
        after(rows(["m"], [1]), step("recode_value", "age", codes={"1": "one"}))


def test_numbers_are_replaced_by_numbers() -> None:
    assert after(rows(["m", "m"], [1, 2]), step("recode_value", "age", codes={"1": "10"}))[0].column("age") == [10, 2]


def test_labels_change_and_no_value_does() -> None:
    before = rows(["m", "w"], [1, 2])
    labels = {"labels": {"fr": "Sexe"}, "categories": {"m": {"en": "Male", "fr": ""}, "x": {"en": "Other"}}}

    table, file, changed = after(before, step("relabel", "sex", **labels))

    assert table.arrow.equals(before.arrow)
    assert dict(file["sex"].labels) == {"fr": "Sexe"}
    assert [dict(one.labels) for one in file["sex"].categories] == [{"en": "Male"}, {"en": "Woman"}, {"en": "Other"}]
    assert changed == [0]


def test_answers_to_skipped_questions_are_emptied_with_their_codes() -> None:
    table, _, changed = after(rows(["m", "m", "w"], [5, None, 6], [None, "dk", None]), step("blank_skipped", "age"))

    assert table.column("age") == [None, None, 6]
    assert table.column(missing_column("age")) == [None, None, None]
    assert changed == [2]


def test_a_condition_of_ones_own_counts_before_the_forms() -> None:
    assert after(rows(["m", "w"], [5, 6]), step("blank_skipped", "age", condition="${sex} = 'm'"))[0].column("age") == [
        5,
        None,
    ]


def test_a_column_is_renamed_everywhere() -> None:
    table, file, _ = after(
        rows(["m"], [1], ["x"]), step("rename", "sex", to="gender"), step("rename", "age", to="years")
    )

    assert table.columns == ("id", "gender", "years", missing_column("years"), RECORD)
    assert file["years"].relevant == "${gender} = 'w'"


def test_a_renamed_key_is_still_the_key() -> None:
    assert after(rows(["m"], [1]), step("rename", "id", to="number"))[1].key == ("number",)


HOUSEHOLDS = DataFile(name="hh", key=("h",), variables=(
    Variable(name="h", type=VariableType.INTEGER), Variable(name="size", type=VariableType.INTEGER),
))  # fmt: skip
MEMBERS = DataFile(
    name="people", parent="hh", link=("hh",), variables=(Variable(name="hh", type=VariableType.INTEGER),)
)


def two_tables() -> Mapping[str, Table]:
    """Three households and their members."""
    return {
        "hh": Table.of({"h": [1, 2, 3], "size": [9, None, 7]}),
        "people": Table.of({"hh": [1, 1, 2, 8, None]}),
    }


def test_sizes_become_the_number_of_members_that_are_listed() -> None:
    fix = Step(method="fix_household_size", columns=("size",), file="hh", parameters={"members": "people"})

    done = correct(two_tables(), [HOUSEHOLDS, MEMBERS], [fix])

    assert done.tables["hh"].column("size") == [2, 1, 7]
    assert [one.changed for one in done.changes] == [2]


def test_members_of_no_household_are_left_out() -> None:
    drop = Step(method="drop_rows", columns=(), file="people", parameters={"check": "without_household"})

    assert correct(two_tables(), [HOUSEHOLDS, MEMBERS], [drop]).tables["people"].column("hh") == [1, 1, 2]


def test_a_later_step_sees_what_an_earlier_one_did_to_another_table() -> None:
    drop = Step(method="drop_duplicates", columns=("hh",), file="people")
    fix = Step(method="fix_household_size", columns=("size",), file="hh", parameters={"members": "people"})

    assert correct(two_tables(), [HOUSEHOLDS, MEMBERS], [drop, fix]).tables["hh"].column("size") == [1, 1, 7]


@pytest.mark.parametrize("bad", [
    step("set_missing", "age"),
    step("set_missing", "age", low="much"),
    step("set_missing", low="1"),
    step("set_missing", "age", low="1", lo="2"),
    step("recode_value", "sex", codes={}),
    step("recode_value", codes={"a": "b"}),
    step("relabel", "sex"),
    step("blank_skipped", "age", condition="count(${x}) > 1"),
    step("blank_skipped", "sex"),
    step("drop_rows"),
    step("drop_rows", check="ana"),
    step("drop_rows", check="without_consent"),
    step("fix_household_size", "age"),
    step("fix_household_size", "age", members="nowhere"),
    step("rename", "age", to=""),
    step("rename", "age", to="sex"),
    step("rename", "age", "sex", to="x"),
    step("rename", "age", to=missing_column("age")),
    step("drop_duplicates", "nowhere"),
    Step(method="drop_duplicates", columns=(), file="elsewhere"),
], ids=str)  # fmt: skip
def test_a_step_that_cannot_be_done_is_refused_in_words(bad: Step) -> None:
    with pytest.raises(BadInput) as error:
        after(rows(["m", "w"], [51_423, 2]), bad)

    assert "51423" not in str(error.value)
    assert error.value.__cause__ is None


def test_a_correction_nobody_knows_is_refused_with_the_closest() -> None:
    with pytest.raises(UnknownName, match="did you mean 'rename'"):
        build(Step(method="renam", columns=()))


def test_the_table_must_be_named_where_there_are_several() -> None:
    with pytest.raises(BadInput, match="hh, people"):
        correct(two_tables(), [HOUSEHOLDS, MEMBERS], [Step(method="drop_duplicates", columns=())])


STEPS = st.sampled_from([
    step("drop_duplicates"),
    step("drop_duplicates", "sex"),
    step("set_missing", "age", low="0", high="100"),
    step("set_missing", "age", codes=["7", "8"]),
    step("set_missing", "sex", unlabelled=True),
    step("recode_value", "sex", codes={"m": "w"}),
    step("recode_value", "age", codes={"7": "8", "8": "7"}),
    step("relabel", "sex", labels={"en": "Sex"}),
    step("blank_skipped", "age"),
    step("drop_rows", check="empty_rows"),
])  # fmt: skip
TABLES = st.lists(
    st.tuples(
        st.sampled_from(["m", "w", "x", None]),
        st.one_of(st.none(), st.integers(-5, 130)),
        st.sampled_from([None, "dk"]),
    ),
    max_size=15,
).map(lambda cells: rows(
    [sex for sex, _, _ in cells], [age for _, age, _ in cells],
    [code if age is None else None for _, age, code in cells],
))  # fmt: skip


@settings(deadline=None)
@given(TABLES, st.lists(STEPS, max_size=4))
def test_the_same_steps_give_the_same_rows(table: Table, steps: list[Step]) -> None:
    first, again = (after(table, *steps) for _ in range(2))

    assert first[0].arrow.equals(again[0].arrow)
    assert first[1:] == again[1:]


@settings(deadline=None)
@given(TABLES, STEPS)
def test_a_correction_changes_no_column_it_was_not_given(table: Table, one: Step) -> None:
    now = after(table, one)[0]
    left = dict(zip(table.column(RECORD), table.rows(), strict=True))
    others = [name for name in table.columns if name.split("·")[0] not in one.columns or name == RECORD]

    assert [{name: row[name] for name in others} for row in now.rows()] == [
        {name: left[row[RECORD]][name] for name in others} for row in now.rows()
    ]


@settings(deadline=None)
@given(TABLES, STEPS)
def test_types_stay_and_a_cell_never_has_a_value_and_a_code(table: Table, one: Step) -> None:
    now = after(table, one)[0]

    assert now.arrow.schema.field("age").type == pa.int64()
    assert [row for row in now.rows() if row["age"] is not None and row[missing_column("age")] is not None] == []


@settings(deadline=None)
@given(TABLES, STEPS)
def test_the_original_is_never_changed(table: Table, one: Step) -> None:
    before = table.arrow.to_pydict()
    after(table, one)

    assert table.arrow.to_pydict() == before


@pytest.mark.parametrize("name", sorted(correction))
def test_every_correction_has_a_title_and_words(name: str) -> None:
    assert str(correction[name].title)
    assert str(correction[name].says)


@pytest.mark.parametrize("done", [
    step("drop_duplicates"), step("drop_duplicates", "a", "b"), step("set_missing", "a", low="0"),
    step("set_missing", "a", high="0"), step("set_missing", "a", low="0", high="9"),
    step("set_missing", "a", codes=["9"]),
    step("set_missing", "a", unlabelled=True), step("recode_value", "a", codes={"1": "2"}),
    step("relabel", "a", labels={"en": "A"}), step("relabel", "a", categories={"1": {"en": "One"}}),
    step("blank_skipped", "a"), step("blank_skipped", "a", condition="${b} = 1"), step("rename", "a", to="b"),
    step("drop_rows", check="without_household"), step("drop_rows", check="empty_rows"),
    step("drop_rows", "a", check="without_consent"), step("fix_household_size", "a", members="people"),
], ids=str)  # fmt: skip
def test_every_step_is_said_in_a_sentence(done: Step) -> None:
    said = str(build(done).in_words(done.columns))

    assert said.endswith(".")
    assert all(name in said for name in done.columns)
