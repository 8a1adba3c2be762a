"""Columns leave, values change places, ids get new numbers, rows another order."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import RECORD, Category, DataFile, Design, Variable, VariableType
from safeconduct.model.recipe import Step
from safeconduct.model.table import Table
from safeconduct.protect.base import build

FILE = DataFile(
    name="members",
    variables=(
        Variable(name="hh", type=VariableType.TEXT),
        Variable(name="name", type=VariableType.TEXT, categories=(Category(code="x", labels={"": "X"}),)),
        Variable(name="age", type=VariableType.INTEGER),
        Variable(name="wage", type=VariableType.INTEGER),
    ),
    key=("hh", "name"),
    parent="households",
    link=("hh",),
)
TABLE = Table(
    pa.table(
        {
            "hh": ["a", "a", "b", "b", "c", None],
            "name": ["u", "v", "w", "x", "y", "z"],
            "age": pa.array([1, 2, None, 4, 5, 6], pa.int64()),
            "wage": pa.array([10, 20, 30, 40, 50, 60], pa.int64()),
            "age·missing": pa.array([None, None, "99", None, None, None], pa.string()),
            RECORD: pa.array(range(6), pa.int64()),
        }
    )
)


def done(method, columns, *, table=TABLE, seed=3, **parameters):
    """The table after a method."""
    step = build(Step(method=method, columns=tuple(columns), parameters=parameters))
    return step.apply(table, file=FILE, columns=tuple(columns), design=Design(), rng=np.random.default_rng(seed))


def test_a_removed_column_is_gone_with_all_that_is_known_of_it():
    """Its companion too, and what linked the table to its parent."""
    treated = done("remove", ["hh", "age"])

    assert treated.table.columns == ("name", "wage", RECORD)
    assert (treated.file.names, treated.file.key, treated.file.link, treated.file.parent) == (
        ("name", "wage"),
        (),
        (),
        "",
    )
    assert treated.account.removed == ("hh", "age")


def test_an_emptied_column_stays_with_nothing_in_it():
    """Not even why something was missing."""
    treated = done("blank", ["age", "name"])

    assert treated.table.column("age") == treated.table.column("age·missing") == [None] * 6
    assert treated.table.arrow.schema.field("age").type == pa.int64()
    assert treated.account.suppressed == {"age": 5, "name": 6}
    assert treated.file["age"].security == "All values were removed."
    assert treated.file["name"].categories == ()


def test_ids_get_new_numbers_and_stay_together():
    """Equal stays equal, different stays different, missing stays missing."""
    treated = done("renumber", ["hh"])
    new = treated.table.column("hh")

    assert new[0] == new[1] and new[2] == new[3]  # noqa: PT018 - one thing said twice
    assert sorted(set(new[:5])) == [1, 2, 3]
    assert new[5] is None
    assert treated.file["hh"].type is VariableType.INTEGER


def test_whoever_renumbers_a_link_is_told():
    """Nothing else would say that two tables no longer fit."""
    assert done("renumber", ["hh"]).account.note
    assert done("renumber", ["wage"]).account.note is None


def test_exchanged_values_stay_within_their_stratum():
    """Each household keeps the ages and wages it had."""
    after = done("shuffle_within", ["wage"], strata=["hh"]).table

    assert sorted(after.column("wage")[:2]) == [10, 20]
    assert sorted(after.column("wage")[2:4]) == [30, 40]
    assert after.column("wage")[4:] == [50, 60]


def test_columns_that_move_together_stay_together():
    """And the reason why a value is missing moves with it."""
    after = done("shuffle_within", ["age", "wage"]).table
    before = dict(zip(TABLE.column("wage"), TABLE.column("age"), strict=True))

    assert [before[wage] for wage in after.column("wage")] == after.column("age")
    assert [after.column("age·missing")[at] for at, age in enumerate(after.column("age")) if age is None] == ["99"]
    assert after.column("wage") != TABLE.column("wage")
    assert after.column("name") == TABLE.column("name")


def test_a_column_is_not_exchanged_within_itself():
    """Nothing would move."""
    with pytest.raises(BadInput, match="out of the strata"):
        done("shuffle_within", ["age"], strata=["age"])


def test_rows_get_another_order_and_stay_whole():
    """With their codes, so that they can be compared."""
    after = done("sort_rows", []).table

    assert after.column(RECORD) != TABLE.column(RECORD)
    assert sorted(after.rows(), key=lambda row: row[RECORD]) == TABLE.rows()


@settings(max_examples=40, deadline=None)
@given(
    rows=some.lists(some.tuples(some.integers(0, 3), some.one_of(some.none(), some.integers(0, 99))), max_size=20),
    seed=some.integers(0, 9),
)
def test_each_stratum_keeps_exactly_the_values_it_had(rows, seed):
    """Totals of groups are untouched."""
    table = Table(
        pa.table(
            {
                "wage": pa.array([stratum for stratum, _ in rows], pa.int64()),
                "age": pa.array([value for _, value in rows], pa.int64()),
            }
        )
    )
    after = done("shuffle_within", ["age"], table=table, seed=seed, strata=["wage"]).table

    def held(one):
        return sorted(zip(one.column("wage"), map(repr, one.column("age")), strict=True))

    assert held(after) == held(table)
