"""Versions of microdata are what their ids say; tables come back as they were put in, whatever columns are called."""

import gc
from dataclasses import replace
from datetime import date, datetime

import pyarrow as pa
import pytest

from safeconduct.keys.provider import FileKeys
from safeconduct.model.errors import BadInput, BrokenPromise, NotFound, StoreFull, Tampered
from safeconduct.model.microdata import RECORD, Category, DataFile, Variable, VariableRole, VariableType, missing_column
from safeconduct.store import chests, table_writer
from safeconduct.store.microdata import Microdata, MicrodataManifest, MicrodataRecords
from safeconduct.store.table_writer import StoredFile, schema_of

KEYS = FileKeys(False, bytes(32))
ODD = ['a"b', "a.b", "A.b", "a", "A", "", " ", "·", "ünï\n", "'; drop table x; --", "0", "1", "list.item"]
KINDS = tuple(VariableType)
MEMORY = 64


def file_of(*names: str, kind: VariableType = VariableType.INTEGER, name: str = "members") -> DataFile:
    return DataFile(name=name, variables=tuple(Variable(name=one, type=kind) for one in names))


def put(microdata: Microdata, file: DataFile, *columns: list[object], companions: tuple[str, ...] = ()) -> StoredFile:
    schema = schema_of(file, companions)
    with microdata.writing(file, companions) as writer:
        writer.add(pa.table(list(columns), schema=schema))
        return writer.finish()


@pytest.fixture
def microdata(tmp_path) -> Microdata:
    return Microdata(folder=tmp_path, dataset="survey", keys=KEYS)


def version(microdata: Microdata, *files: StoredFile, previous: str = "") -> MicrodataManifest:
    return microdata.keep(MicrodataManifest(dataset="survey", files=files, previous=previous))


def read(microdata: Microdata, stored: StoredFile, *columns: str) -> pa.Table:
    return microdata.table(stored).read(columns or stored.columns, memory_mb=MEMORY)


def test_every_type_comes_back(microdata) -> None:
    file = DataFile(name="t", variables=tuple(Variable(name=kind.value, type=kind) for kind in KINDS))
    columns = [
        [1, None, 2**63 - 1], [0.5, None, -0.0], ["a", None, ""], [True, None, False], [date(2026, 3, 1), None, None],
        [datetime(2026, 3, 1, 12, 30, 1, 5), None, None],  # noqa: DTZ001 - files know no zone
    ]  # fmt: skip

    assert read(microdata, put(microdata, file, *columns)) == pa.table(columns, schema=schema_of(file))


def test_a_column_may_be_called_anything(microdata) -> None:
    """Quotes, dots, one name in two cases, nothing at all, the numbers that columns rest under."""
    stored = put(microdata, file_of(*ODD), *([at] for at in range(len(ODD))))

    for at, name in enumerate(ODD):
        assert read(microdata, stored, name).to_pydict() == {name: [at]}
    assert read(microdata, stored, *reversed(ODD)).column_names == ODD[::-1]


def test_ten_thousand_columns_are_not_too_many(microdata) -> None:
    names = [f"q{at}" for at in range(10_000)]
    stored = put(microdata, file_of(*names), *([at, at + 1, None] for at in range(10_000)))

    assert version(microdata, stored) == microdata.manifest(version(microdata, stored).id)
    assert read(microdata, stored, "q9999", "q0").to_pydict() == {"q9999": [9999, 10000, None], "q0": [0, 1, None]}


def test_rows_rest_in_the_order_they_came_in(microdata, monkeypatch) -> None:
    monkeypatch.setattr(table_writer, "MOST_ROWS", 7)
    file = file_of("n")
    with microdata.writing(file) as writer:
        for start in range(0, 100, 3):
            numbers = list(range(start, min(100, start + 3)))
            writer.add(pa.record_batch([numbers], schema=schema_of(file)))
            assert writer.rows == start + len(numbers)
        stored = writer.finish()

    assert read(microdata, stored, "n").column("n").to_pylist() == list(range(100))
    assert stored.rows == 100


def test_an_empty_table_has_its_columns(microdata) -> None:
    file = file_of("a", "b")
    with microdata.writing(file, ["a"], record=True) as writer:
        stored = writer.finish()

    assert stored.columns == ("a", "b", missing_column("a"), RECORD)
    assert read(microdata, stored) == schema_of(file, ["a"], record=True).empty_table()


@pytest.mark.parametrize(("schema", "named"), [
    (pa.schema([("a", pa.int64())]), "b"), (pa.schema([("a", pa.int64()), ("b", pa.string())]), "b"),
    (pa.schema([("b", pa.int64()), ("a", pa.int64())]), "a"),
    (pa.schema([("a", pa.int64()), ("b", pa.int64()), ("c", pa.int64())]), "c"),
])  # fmt: skip
def test_rows_that_are_not_as_described_are_refused(microdata, schema, named) -> None:
    with microdata.writing(file_of("a", "b")) as writer, pytest.raises(BadInput, match=named):
        writer.add(schema.empty_table())


def test_what_is_given_up_leaves_nothing(microdata, tmp_path) -> None:
    file = file_of("a")
    with microdata.writing(file) as writer:
        writer.add(pa.table([[1]], schema=schema_of(file)))
    gc.collect()

    assert list((tmp_path / "survey" / "microdata").iterdir()) == []


def test_a_full_disk_leaves_nothing(microdata, tmp_path, monkeypatch) -> None:
    kept, writes = chests.all_written, iter(range(9))

    def full(file, content) -> None:
        if next(writes) > 0:
            raise OSError(28, "no space")
        kept(file, content)

    monkeypatch.setattr(chests, "all_written", full)
    with pytest.raises(StoreFull):
        put(microdata, file_of("a"), [1])
    gc.collect()
    assert list((tmp_path / "survey" / "microdata").iterdir()) == []


def test_a_column_that_is_not_there_is_named(microdata) -> None:
    stored = put(microdata, file_of("a"), [1])

    with pytest.raises(BadInput, match="income"):
        read(microdata, stored, "a", "income")


def test_more_than_fits_into_memory_is_refused(microdata) -> None:
    stored = put(microdata, file_of("a"), list(range(1 << 18)))

    with pytest.raises(BrokenPromise, match="memory_mb"):
        microdata.table(stored).read(["a"], memory_mb=1)


def test_a_version_is_what_it_was(microdata) -> None:
    category = Category(code="1", labels={"fr": "Amina MARKER"})
    file = replace(file_of("a"), variables=(Variable(name="a", type=VariableType.INTEGER, categories=(category,)),))
    manifest = MicrodataManifest(
        dataset="survey",
        files=(put(microdata, file, [1]),),
        roles={"members": {"a": VariableRole.QUASI}},
        corrections="c" * 64,
    )
    kept = microdata.keep(manifest)

    assert microdata.manifest(kept.id) == kept
    assert microdata.keep(kept) == kept, "the same content has the same id"
    assert microdata.manifest(kept.id).roles == manifest.roles


def test_nothing_shows_on_disk_or_in_words(microdata, tmp_path) -> None:
    """Neither values nor labels: a label may be somebody's name."""
    category = Category(code="1", labels={"": "MARKER label"})
    file = DataFile(name="t", variables=(Variable(name="marker_name", type=VariableType.TEXT, categories=(category,)),))
    stored = put(microdata, file, ["MARKER value"] * 3)
    manifest = version(microdata, stored)
    on_disk = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())

    assert b"MARKER" not in on_disk
    assert b"marker_name" not in on_disk
    assert "MARKER" not in f"{manifest!r} {stored!r} {microdata!r} {microdata.table(stored)!r}"


def test_a_staged_table_does_not_open_as_a_stored_one(microdata, tmp_path) -> None:
    stored = put(microdata, file_of("a"), [1])

    with pytest.raises(Tampered):
        read(Microdata(folder=tmp_path, dataset="survey", keys=KEYS, purpose="staged"), stored)


@pytest.mark.parametrize("odd", ["", "0" * 64, "../../x", "A" * 64])
def test_an_absent_version_and_an_odd_id_are_alike(microdata, odd) -> None:
    with pytest.raises(NotFound):
        microdata.manifest(odd)


def test_a_changed_table_is_noticed(microdata, tmp_path) -> None:
    manifest = version(microdata, put(microdata, file_of("a"), [1, 2, 3]))
    path = next((tmp_path / "survey" / "microdata").glob("t-*.chest"))
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(bytes(content))

    with pytest.raises(Tampered):
        microdata.check(manifest)
    with pytest.raises(Tampered):
        read(microdata, manifest.files[0])


def test_a_change_deep_inside_is_noticed_on_the_way(microdata, tmp_path) -> None:
    """The end of the file is whole, so it opens; the library that reads it must not hide what it stumbled over."""
    stored = put(microdata, file_of("a"), list(range(0, 1 << 60, 1 << 41)))
    path = next((tmp_path / "survey" / "microdata").glob("t-*.chest"))
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[1 << 20] ^= 1
    path.write_bytes(bytes(content))

    with pytest.raises(Tampered):
        read(microdata, stored)


def test_a_whole_version_passes_its_check(microdata) -> None:
    microdata.check(version(microdata, put(microdata, file_of("a"), [1, 2, 3])))


def test_destroying_keeps_what_stays_and_nothing_else(microdata, tmp_path) -> None:
    shared, old, new, stray = (put(microdata, file_of("a"), [at]) for at in range(4))
    first = version(microdata, shared, old)
    second = version(microdata, shared, new, previous=first.id)
    (tmp_path / "survey" / "codes").mkdir()
    (tmp_path / "survey" / "codes" / "loose").write_bytes(b"x")
    (tmp_path / "survey" / "microdata" / ".unfinished-1").write_bytes(b"x")

    assert microdata.destroy(keeping=[second.id]) == 4
    assert [read(microdata, one).num_rows for one in microdata.manifest(second.id).files] == [1, 1]
    for gone in (old, stray):
        with pytest.raises(NotFound):
            read(microdata, gone)
    with pytest.raises(NotFound):
        microdata.manifest(first.id)
    assert len(list((tmp_path / "survey").rglob("*.*"))) == 6, "three chests and their keys"


def test_nothing_is_destroyed_for_a_version_that_is_gone(microdata) -> None:
    stored = put(microdata, file_of("a"), [1])

    with pytest.raises(NotFound):
        microdata.destroy(keeping=["0" * 64])
    assert read(microdata, stored).num_rows == 1


def test_everything_can_be_destroyed(microdata, tmp_path) -> None:
    version(microdata, put(microdata, file_of("a"), [1]))
    microdata.destroy()

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_records_name_their_tables(microdata, tmp_path) -> None:
    manifest = version(microdata, put(microdata, file_of("a"), [1]))
    records = MicrodataRecords(store=tmp_path, manifest=manifest, keys=KEYS)

    assert (records.dataset, records.version) == ("survey", manifest.id)
    assert records.files == manifest.data_files
    with pytest.raises(BadInput, match="households"):
        records.part("households")
