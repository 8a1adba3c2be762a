"""A draft: the treated rows, in a new order, under new numbers, with codes of missing answers put back."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as some

from safeconduct.model.errors import Unsafe
from safeconduct.model.microdata import RECORD, DataFile, Variable, VariableRole, VariableType
from safeconduct.model.table import Table
from safeconduct.release.drafting import TreatedFile, check_treated, reattach
from safeconduct.release.identity import id_columns, permutation, renumbered


def rows_of(room, made, name="members"):
    return room.drafts.open(made.content[name])


def by_record(table):
    return {row[RECORD]: row for row in table.rows()}


def test_a_draft_has_the_treated_rows(room, members):
    """Every cell but the household's number."""
    found, given_ = by_record(rows_of(room, room.draft())), by_record(members())

    for row in (*found.values(), *given_.values()):
        row.pop("hhid")
    assert found == given_


def test_the_same_draft_twice_is_the_same(room):
    """Order and numbers come from the site's secret and the plan: what was made can be made again."""
    assert room.draft().content["members"].digest == room.draft().content["members"].digest


def test_the_next_edition_has_another_order_and_other_numbers(room):
    """So that neither links the two."""
    first, second = (rows_of(room, room.draft(edition=number)) for number in (1, 2))

    assert first.column(RECORD) != second.column(RECORD)
    homes = ({row[RECORD]: row["hhid"] for row in one.rows()} for one in (first, second))
    one, other = homes
    assert sum(one[record] == other[record] for record in one) < 20


def test_families_stay_families(room, members):
    """New numbers, the same people under one."""
    old, new = by_record(members()), by_record(rows_of(room, room.draft()))
    pairs = {(old[record]["hhid"], new[record]["hhid"]) for record in old}

    assert len(pairs) == 60
    assert {number for _, number in pairs} == set(range(1, 61))


def test_a_code_comes_back_only_where_the_answer_is_still_missing(members):
    """A cell the treatment emptied has none, and one it filled has none either."""
    original = Table(
        pa.table({RECORD: pa.array([5, 6, 7, 8]), "n": pa.array([1, None, None, 4]),
                  "n·missing": pa.array([None, "a", "b", None])})
    )  # fmt: skip
    treated = Table(pa.table({RECORD: pa.array([8, 7, 6]), "n": pa.array([None, 3, None], pa.int64())}))

    assert reattach(original, treated).column("n·missing") == [None, None, "a"]


def test_codes_of_a_column_that_was_taken_out_are_gone():
    """Nothing is left of it."""
    original = Table(pa.table({RECORD: pa.array([1]), "n": pa.nulls(1, pa.int64()), "n·missing": pa.array(["a"])}))

    assert reattach(original, Table(pa.table({RECORD: pa.array([1])}))).columns == (RECORD,)


@pytest.mark.parametrize("records", [[1, 1], [1, 9]])
def test_a_row_from_nowhere_stops_the_draft(records):
    """Every treated row is one row of the original."""
    original = Table(pa.table({RECORD: pa.array([1, 2])}))

    with pytest.raises(Unsafe, match="traced"):
        reattach(original, Table(pa.table({RECORD: pa.array(records)})))


def test_rows_without_their_codes_stop_the_draft(members):
    """Otherwise a method that moved rows would give people the answers of others."""
    table = members()
    file = DataFile(name="t", variables=())

    with pytest.raises(Unsafe, match="traced"):
        check_treated(TreatedFile(file=file, table=table.without(RECORD), original=table))


def test_a_column_nobody_described_stops_the_draft(room, members):
    """And a described one that is not there."""
    table = members().having(extra=pa.array(["x"] * 180))

    with pytest.raises(Unsafe, match="different columns"):
        room.draft(tables={"members": table})


def test_answers_that_no_longer_occur_are_not_listed(room):
    """The list of a key would name what the treatment took away."""
    file = room.draft().files[0]

    assert [one.code for one in file["sex"].categories] == ["1", "2"]
    assert [one.code for one in file["illness"].categories] == ["0", "1", "98"]


def test_the_authors_wishes_are_left_out(room):
    """They tell what somebody feared."""
    wishing = tuple(replace(one, wish="blank") for one in room.files[0].variables)
    other = room.under(files=(replace(room.files[0], variables=wishing),))

    assert {one.wish for one in other.draft().files[0].variables} == {""}


def test_the_sheet_stands_beside_the_draft(room):
    """Before and after for risk, after for the rest."""
    lines = {line.name: line for line in room.draft().sheet}

    assert lines["members.global_risk"].before == lines["members.global_risk"].after != ""
    assert lines["members.keys_suppressed"].after == "0"


HOMES = DataFile(
    name="homes", key=("id",),
    variables=(Variable(name="id", type=VariableType.INTEGER), Variable(name="district", type=VariableType.TEXT)),
)  # fmt: skip
PEOPLE = DataFile(
    name="people", parent="homes", link=("home",), key=("home", "line"),
    variables=(Variable(name="home", type=VariableType.INTEGER), Variable(name="line", type=VariableType.INTEGER)),
)  # fmt: skip
LINKED = {
    "homes": {"id": VariableRole.HOUSEHOLD, "district": VariableRole.GEOGRAPHY},
    "people": {"home": VariableRole.OTHER, "line": VariableRole.OTHER},
}


def test_a_number_that_links_is_a_number_to_change():
    """Whatever role somebody gave it; the line within a household is none."""
    assert id_columns([PEOPLE, HOMES], LINKED) == {("homes", "id"): "household", ("people", "home"): "household"}


def test_a_district_that_numbers_its_table_stays_a_district():
    """Its value means something."""
    districts = DataFile(name="d", key=("district",), variables=(Variable(name="district", type=VariableType.TEXT),))

    assert id_columns([districts], {"d": {"district": VariableRole.GEOGRAPHY}}) == {}


@given(some.lists(some.integers(0, 5), min_size=1, max_size=12), some.binary(min_size=1, max_size=4))
def test_links_hold_under_new_numbers(homes, secret):
    """Who lived together lives together, in both tables, and numbers run from 1."""
    tables = {
        "homes": Table(pa.table({"id": pa.array(sorted(set(homes))), "district": pa.array(["A"] * len(set(homes)))})),
        "people": Table(pa.table({"home": pa.array(homes), "line": pa.array(range(len(homes)))})),
    }
    _, made = renumbered([HOMES, PEOPLE], tables, LINKED, secret)
    new = dict(zip(sorted(set(homes)), made["homes"].column("id"), strict=True))

    assert made["people"].column("home") == [new[one] for one in homes]
    assert sorted(new.values()) == list(range(1, len(new) + 1))
    assert made["people"].column("line") == list(range(len(homes)))


@given(some.binary(max_size=8), some.integers(0, 200))
def test_an_order_is_an_order(secret, count):
    """Each place once, and another secret gives another."""
    assert sorted(permutation(secret, "rows", count)) == list(range(count))


def test_orders_of_different_secrets_are_unrelated():
    """As far as a correlation tells."""
    one, other = (permutation(secret, "rows", 4000) for secret in (b"a", b"b"))

    assert abs(np.corrcoef(one, other)[0, 1]) < 0.08
