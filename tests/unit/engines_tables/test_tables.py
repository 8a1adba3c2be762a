"""A table for a computation has the columns asked for, what stands beside them, and nothing else."""

import threading

import pyarrow as pa
import pytest

from safeconduct.engines.tables import table
from safeconduct.keys.provider import FileKeys
from safeconduct.model.errors import BadInput, BrokenPromise, Cancelled, NotFound, Tampered
from safeconduct.model.microdata import RECORD, DataFile, Variable, VariableType, missing_column, plain
from safeconduct.store.microdata import Microdata, MicrodataManifest, MicrodataRecords

KEYS = FileKeys(False, bytes(32))
NAMES = ("age", "sex", "income")


@pytest.fixture
def records(tmp_path) -> MicrodataRecords:
    file = DataFile(name="members", variables=tuple(Variable(name=one, type=VariableType.INTEGER) for one in NAMES))
    microdata = Microdata(folder=tmp_path, dataset="survey", keys=KEYS)
    with microdata.writing(file, ["income"], record=True) as writer:
        writer.add(pa.table([[30, 31], [1, 2], [None, 7], ["99", None], [-5, 8]], schema=writer.schema))
        stored = writer.finish()
    manifest = microdata.keep(MicrodataManifest(dataset="survey", files=(stored,)))
    return MicrodataRecords(store=tmp_path, manifest=manifest, keys=KEYS)


def test_columns_come_in_the_order_asked_and_what_belongs_to_them_follows(records) -> None:
    found = table(records, "members", ["income", "age"], memory_mb=8)

    assert found.columns == ("income", "age", missing_column("income"), RECORD)
    assert found.rows()[0] == {"income": None, "age": 30, missing_column("income"): "99", RECORD: -5}
    assert plain(found).columns == ("income", "age")


def test_a_column_asked_for_twice_is_there_once(records) -> None:
    assert table(records, "members", ["age", "age", RECORD], memory_mb=8).columns == ("age", RECORD)


@pytest.mark.parametrize(("file", "columns", "named"), [
    ("members", ["age", "faith"], "faith"), ("households", ["age"], "households"), ("members", ["AGE"], "AGE"),
])  # fmt: skip
def test_what_is_not_there_is_named(records, file, columns, named) -> None:
    with pytest.raises(BadInput, match=named):
        table(records, file, columns, memory_mb=8)


def test_it_stops_when_somebody_asks(records) -> None:
    asked = threading.Event()
    asked.set()

    with pytest.raises(Cancelled):
        table(records, "members", ["age"], memory_mb=8, cancelled=asked)


def test_more_than_fits_is_refused_in_words(records) -> None:
    with pytest.raises(BrokenPromise, match="memory_mb"):
        table(records, "members", ["age"], memory_mb=0)


def test_several_threads_give_the_same(records) -> None:
    one, many = (table(records, "members", NAMES, memory_mb=8, threads=threads) for threads in (1, 4))

    assert one.arrow == many.arrow


def test_a_destroyed_table_is_told_from_a_changed_one(records, tmp_path) -> None:
    chest = next((tmp_path / "survey" / "microdata").glob("t-*.chest"))
    chest.chmod(0o600)
    chest.write_bytes(chest.read_bytes()[:-1])
    with pytest.raises(Tampered):
        table(records, "members", ["age"], memory_mb=8)
    chest.unlink()
    with pytest.raises(NotFound):
        table(records, "members", ["age"], memory_mb=8)
