"""The intruder against files: pseudonymised, treated, dealt out anew."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from safeconduct.attack.files import Knowledge, attack_files, read
from safeconduct.measures.codes import is_number
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import DataFile, Design, Variable, VariableType
from safeconduct.model.recipe import Step
from safeconduct.model.table import Table
from safeconduct.protect.plan import replay

DATA = Path(__file__).parents[3].parent / "shared" / "data"
REAL = {
    "adult.csv": (("age", "sex", "race", "education", "marital-status", "native-country"), "salary"),
    "eusilc.csv": (("age", "rb090", "db040", "hsize", "pl030", "pb220a"), "py010n"),
}
PEOPLE, ASKED, K = 3000, 600, 5


@pytest.fixture
def rng():
    return np.random.default_rng(8)


def villagers(rng, count=400):
    """People of made-up villages."""
    return pa.table({
        "id": np.arange(1, count + 1),
        "age": rng.integers(0, 90, count),
        "village": [f"v{one}" for one in rng.integers(0, 15, count)],
        "trade": [f"t{one}" for one in rng.integers(0, 6, count)],
        "illness": [f"i{one}" for one in rng.integers(0, 3, count)],
    })  # fmt: skip


def shuffled(table, rng, *but):
    """Every column in an order of its own, but these."""
    return pa.table({
        name: table.column(name) if name in but else table.column(name).take(rng.permutation(len(table)))
        for name in table.column_names
    })  # fmt: skip


def described(table):
    """What is known about the columns of a table."""
    kinds = {name: VariableType.INTEGER if is_number(table.column(name)) else VariableType.TEXT
             for name in table.column_names}  # fmt: skip
    return DataFile(name="t", variables=tuple(Variable(name=name, type=kind) for name, kind in kinds.items()))


def k_anonymous(table, keys, k):
    """Ages in bands of fifteen years, then values taken out until everybody has k look-alikes."""
    steps = (
        Step(
            method="recode",
            columns=("age",),
            parameters={"width": "15", "first": "0", "last": "75", "written": "labels"},
        ),
        Step(method="local_suppression", columns=(), parameters={"k": k}),
    )
    done = list(replay(Table(table), described(table), steps, design=Design(keys=keys), rng_of=np.random.default_rng))
    return done[-1].table.arrow


def write(table, path):
    pa.csv.write_csv(table, path)
    return path


def played(folder, releases, known, rng, **knowledge):
    """What was found in each file."""
    aux = write(known, folder / "aux.csv")
    paths = [write(table, folder / f"{name}.csv") for name, table in releases.items()]
    found = attack_files(paths, Knowledge(aux=[aux], **knowledge), guesses=300, rng=rng)
    return {Path(block["file"]).stem: block["attacks"] for block in found["releases"]}


def test_who_knows_three_things_of_people_finds_them_without_their_names(tmp_path, rng):
    table = villagers(rng)

    found = played(tmp_path, {"all": table}, table, rng, truth="id", sensitive="illness")["all"]

    assert found["linkage"]["value"] > 0.7
    assert found["inference"]["value"] > found["inference"]["chance"] + 0.3


def test_nobody_is_found_where_every_column_was_dealt_out_anew(tmp_path, rng):
    table = villagers(rng)

    found = played(tmp_path, {"dealt": shuffled(table, rng, "id")}, table, rng, truth="id", sensitive="illness")[
        "dealt"
    ]

    assert found["linkage"]["ci"][0] <= found["linkage"]["chance"] + 0.01
    assert found["inference"]["value"] <= found["inference"]["chance"] + 0.1


def test_without_a_column_of_truth_the_aux_file_numbers_the_records(tmp_path, rng):
    """The release has no such column: 1 is its first record."""
    table = villagers(rng)

    found = played(tmp_path, {"all": table.drop_columns(["id"])}, table, rng, truth="id")["all"]

    assert found["linkage"]["value"] > 0.7


def test_people_who_are_in_no_release_are_the_control_of_membership(tmp_path, rng):
    table = villagers(rng)
    control = write(table.slice(200).drop_columns(["id"]), tmp_path / "control.csv")

    found = played(tmp_path, {"half": table.slice(0, 200)}, table.slice(0, 200), rng, truth="id", control=control)[
        "half"
    ]

    assert (found["membership"]["metric"], found["membership"]["n"]) == ("auc", 400)
    assert found["membership"]["auc"] > 0.8


def test_two_editions_give_away_who_came_in_between(tmp_path, rng):
    """All are alike to the intruder; only the new ones were not there before."""
    table = villagers(rng, 60).drop_columns(["age", "village"]).set_column(1, "trade", pa.array(["t"] * 60))

    found = played(
        tmp_path, {"first": table.slice(0, 58), "second": table}, table.select(["id", "trade"]), rng, truth="id"
    )

    assert found["second"]["editions"]["n"] == 2
    assert found["first"]["editions"]["n"] == 0


def test_what_is_not_known_is_not_played(tmp_path, rng):
    """No truth, no sensitive column, no control: only singling out is left."""
    table = villagers(rng).drop_columns(["id"])

    found = played(tmp_path, {"all": table}, table, rng)["all"]

    assert [name for name, one in found.items() if one["n"]] == ["singling_out"]


def test_the_report_is_json_without_a_record_in_it(tmp_path, rng):
    table = villagers(rng)

    text = json.dumps(played(tmp_path, {"all": table}, table, rng, truth="id", sensitive="illness"))

    assert "v3" not in text
    assert "i1" not in text


def test_parquet_is_read_like_csv(tmp_path, rng):
    table = villagers(rng)
    pa.parquet.write_table(table, tmp_path / "all.parquet")

    assert read(tmp_path / "all.parquet").columns == tuple(table.column_names)


@pytest.mark.parametrize(
    ("name", "holds"), [("no.csv", None), ("bad.parquet", b"name,age\nana,3\n"), ("bad.csv", b"a,b\nsecret\n")]
)
def test_a_file_that_cannot_be_read_is_named_and_nothing_in_it(tmp_path, name, holds):
    if holds is not None:
        (tmp_path / name).write_bytes(holds)

    with pytest.raises(BadInput, match=name) as problem:
        read(tmp_path / name)

    assert "secret" not in str(problem.value)


def test_files_about_different_things_are_not_compared(tmp_path, rng):
    with pytest.raises(BadInput, match="no column in common"):
        played(tmp_path, {"all": villagers(rng)}, pa.table({"height": [170]}), rng)


def test_a_column_of_truth_names_every_record_once(tmp_path, rng):
    table = villagers(rng)

    with pytest.raises(BadInput, match="alike"):
        played(tmp_path, {"all": table}, table, rng, truth="village")


@pytest.mark.parametrize("name", sorted(REAL))
def test_real_records_are_hidden_better_by_k_anonymity_than_by_pseudonyms(tmp_path, rng, name):
    """Not down to one in k: a value taken out counts as any, but who lost a value is told by what is left."""
    if not DATA.is_dir():
        pytest.skip("the shared microdata are not beside this checkout")
    keys, sensitive = REAL[name]
    whole = pa.csv.read_csv(DATA / name)
    some = whole.take(rng.permutation(len(whole))[:PEOPLE]).append_column("id", pa.array(np.arange(1, PEOPLE + 1)))
    releases = {
        "pseudonymised": some,
        "anonymous": k_anonymous(some.select([*keys, sensitive, "id"]), keys, K),
        "dealt": shuffled(some, rng, "id"),
    }

    found = played(tmp_path, releases, some.slice(0, ASKED).select([*keys, sensitive, "id"]), rng,
                   truth="id", sensitive=sensitive)  # fmt: skip

    shares = {one: attacks["linkage"]["value"] for one, attacks in found.items()}
    assert shares["pseudonymised"] > 1.8 * shares["anonymous"]
    assert shares["dealt"] < 0.02
