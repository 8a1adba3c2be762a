"""What every treatment keeps, newcomers too."""

import inspect
import re
from dataclasses import fields, is_dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from safeconduct.model.errors import BadInput, UnknownName
from safeconduct.model.microdata import DataFile, Design, Variable, VariableType
from safeconduct.model.recipe import Recipe, Step
from safeconduct.model.table import Table
from safeconduct.model.trees import to_tree
from safeconduct.protect.base import build, methods, parameters_of
from safeconduct.protect.plan import offered, recoded, replay

FILE = DataFile(
    name="members",
    variables=(
        Variable(name="age", type=VariableType.INTEGER),
        Variable(name="sex", type=VariableType.TEXT),
        Variable(name="born", type=VariableType.DATE),
        Variable(name="wage", type=VariableType.NUMBER),
        Variable(name="note", type=VariableType.TEXT),
    ),
)
SIZE = 60
DRAWN = np.random.default_rng(5)
TABLE = Table(
    pa.table(
        {
            "age": pa.array([None if at % 17 == 0 else int(DRAWN.integers(0, 90)) for at in range(SIZE)], pa.int64()),
            "sex": pa.array(["f" if at % 3 else "m" for at in range(SIZE)]).dictionary_encode(),
            "born": pa.array([date(1950 + at, 1 + at % 12, 1 + at % 28) for at in range(SIZE)]),
            "wage": pa.array(DRAWN.lognormal(5, 1, SIZE)),
            "note": pa.array([f"note {at}" for at in range(SIZE)]),
        }
    )
)
DESIGN = Design(keys=("age", "sex"))
STEPS = {
    "blank": Step(method="blank", columns=("note",)),
    "coarsen_date": Step(method="coarsen_date", columns=("born",), parameters={"to": "month"}),
    "local_suppression": Step(method="local_suppression", columns=("age", "sex"), parameters={"k": 2}),
    "recode": Step(method="recode", columns=("age",), parameters={"width": 10, "last": 80}),
    "remove": Step(method="remove", columns=("note",)),
    "renumber": Step(method="renumber", columns=("note",)),
    "round_to": Step(method="round_to", columns=("wage",), parameters={"base": "0.5", "how": "random"}),
    "shuffle_within": Step(method="shuffle_within", columns=("wage",), parameters={"strata": ["sex"]}),
    "sort_rows": Step(method="sort_rows", columns=()),
    "top_bottom": Step(method="top_bottom", columns=("wage",), parameters={"top": 500}),
}
PLAN = [step for name, step in STEPS.items() if name != "remove"]
METHODS = pytest.mark.parametrize("name", list(methods))


def rng_of(place):
    """A generator that depends on the place alone."""
    return np.random.default_rng([11, place])


def apply(name, table=TABLE):
    """A method with the step it is tried with."""
    step = STEPS[name]
    return build(step).apply(table, file=FILE, columns=step.columns, design=DESIGN, rng=rng_of(0))


def run(*steps):
    """The plan carried out."""
    return list(replay(TABLE, FILE, steps, design=DESIGN, rng_of=rng_of))


@METHODS
def test_a_method_is_called_like_its_file(name):
    """The name people write is where it is found."""
    assert methods[name].name == name == Path(inspect.getfile(methods[name])).stem


@METHODS
def test_a_method_is_a_frozen_dataclass_that_says_what_it_is(name):
    """In a title, a sentence, and words for each of its parameters."""
    method = methods[name]
    doc = inspect.getdoc(method) or ""

    assert is_dataclass(method)
    assert method.__dataclass_params__.frozen
    assert str(method.title)
    assert str(method.says).endswith(".")
    assert doc.partition("\n")[0].endswith(".") or ". " in doc.partition("\n\n")[0] + " "
    assert all(re.search(rf"^    {one.name}: ", doc, re.MULTILINE) for one in fields(method))


@METHODS
def test_every_parameter_can_stand_in_a_form(name):
    """With its type, what it is by default, and what it means."""
    assert all(one.says and not one.needed for one in parameters_of(methods[name]))


@METHODS
def test_what_a_method_does_is_said_in_a_sentence(name):
    """That names its columns."""
    said = str(build(STEPS[name]).in_words(STEPS[name].columns))

    assert said.endswith(".")
    assert all(column in said for column in STEPS[name].columns)


@METHODS
def test_the_same_generator_gives_the_same_table(name):
    """Replayed years later."""
    assert apply(name).table.arrow.equals(apply(name).table.arrow)


@METHODS
def test_no_other_column_is_touched(name):
    """Except for the order of the rows, where that is what is done."""
    after = apply(name).table
    if name == "sort_rows":
        assert sorted(after.column("note")) == sorted(TABLE.column("note"))
        return

    for column in set(TABLE.columns) - set(STEPS[name].columns):
        assert after.column(column) == TABLE.column(column)


@METHODS
def test_an_empty_table_stays_empty_and_keeps_its_shape(name):
    """Nobody is in it: no error."""
    empty = apply(name, Table(TABLE.arrow.slice(0, 0)))

    assert len(empty.table) == 0
    assert empty.table.arrow.schema.names == apply(name).table.arrow.schema.names
    assert not sum(empty.account.changed.values()) + sum(empty.account.suppressed.values())


@METHODS
def test_the_description_fits_the_table(name):
    """Every column that is there is described, in the type it has."""
    treated = apply(name)
    kinds = {VariableType.INTEGER: pa.types.is_integer, VariableType.NUMBER: pa.types.is_floating,
             VariableType.DATE: pa.types.is_date32,
             VariableType.TEXT: lambda one: pa.types.is_string(one) or pa.types.is_dictionary(one)}  # fmt: skip

    assert treated.file.names == treated.table.columns
    for variable in treated.file.variables:
        assert kinds[variable.type](treated.table.arrow.schema.field(variable.name).type)


@METHODS
def test_what_was_done_stands_on_the_column(name):
    """In words that may be published; a column that is gone and the order of rows need none."""
    treated = apply(name)
    if name in {"remove", "sort_rows"}:
        return

    assert all(treated.file[one].security.endswith(".") for one in treated.account.changed | treated.account.suppressed)
    assert {one.name for one in treated.file.variables if one.security} <= set(STEPS[name].columns)


@METHODS
def test_the_account_counts_what_changed(name):
    """Cell by cell, for methods that leave rows and columns in place."""
    if name in {"remove", "sort_rows", "recode", "shuffle_within"}:
        return
    treated = apply(name)
    for column in STEPS[name].columns:
        pairs = list(zip(TABLE.column(column), treated.table.column(column), strict=True))
        gone = sum(was is not None and now is None for was, now in pairs)
        other = sum(now is not None and now != was for was, now in pairs)
        assert (treated.account.suppressed.get(column, 0), treated.account.changed.get(column, 0)) == (gone, other)


@METHODS
def test_a_column_that_is_not_there_is_named(name):
    """And what to do."""
    step = replace(STEPS[name], columns=("village",))
    if name == "sort_rows":
        step = replace(step, parameters={})

    with pytest.raises(BadInput, match="'village'"):
        build(step).apply(TABLE, file=FILE, columns=step.columns, design=DESIGN, rng=rng_of(0))


@METHODS
def test_neither_table_nor_account_shows_a_value_by_accident(name):
    """Names alone."""
    treated = apply(name)

    assert not re.search(r"\d", repr(treated) + repr(treated.account))


@METHODS
def test_a_step_can_be_kept_and_read_again(name):
    """As JSON without floating-point numbers."""
    recipe = Recipe(dataset="d", roles={}, steps=(STEPS[name],))

    assert Recipe.of(to_tree(recipe)).steps == recipe.steps
    assert recipe.id


def test_every_method_is_tried_here():
    """A newcomer adds its step."""
    assert set(STEPS) == set(methods)
    assert {one.name for one in offered()} == set(methods)


def test_a_method_nobody_wrote_is_answered_with_the_closest():
    """A slip of the pen."""
    with pytest.raises(UnknownName, match="did you mean 'recode'"):
        build(Step(method="recodes", columns=("age",)))


@pytest.mark.parametrize("columns", [(), ("age", "age")])
def test_columns_are_named_and_named_once(columns):
    """A step without any, or with one twice, is a slip."""
    with pytest.raises(BadInput) as caught:
        build(STEPS["recode"]).apply(TABLE, file=FILE, columns=columns, design=DESIGN, rng=rng_of(0))

    assert caught.value.field == "columns"


def test_a_plan_carried_out_twice_gives_the_same():
    """Table, description and account."""
    one, other = run(*PLAN)[-1], run(*PLAN)[-1]

    assert one.table.arrow.equals(other.table.arrow)
    assert one.file == other.file


def test_undoing_a_step_is_leaving_it_out():
    """The last step undone is the plan without it; each step is given what the one before left."""
    whole = run(STEPS["recode"], STEPS["round_to"], STEPS["remove"])
    shorter = run(STEPS["recode"], STEPS["round_to"])

    assert whole[1].table.arrow.equals(shorter[-1].table.arrow)
    assert [one.place for one in whole] == [0, 1, 2]


def test_the_original_is_never_touched():
    """Every plan starts from it."""
    before = TABLE.rows()
    run(*PLAN)

    assert TABLE.rows() == before


def test_steps_for_other_tables_are_passed_over():
    """But keep their place, and with it the randomness of the others."""
    done = run(replace(STEPS["remove"], file="households"), replace(STEPS["round_to"], file="members"))

    assert [one.place for one in done] == [1]


def test_a_key_that_was_removed_is_no_key_any_more():
    """Local suppression goes on with those that are left."""
    done = run(Step(method="remove", columns=("age",)), Step(method="local_suppression", columns=()))

    assert done[-1].table.columns == ("sex", "born", "wage", "note")


def test_a_plan_knows_what_it_recoded():
    """What the comparison with the original must know."""
    assert recoded(run(STEPS["recode"], STEPS["round_to"])) == {"age"}
