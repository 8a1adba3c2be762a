"""What encrypted Parquet really does: pinned, so that a new DuckDB or Arrow cannot change it unnoticed."""

import hashlib
import secrets
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet
import pyarrow.parquet.encryption
import pytest

from safeconduct.keys.provider import FileKeys
from safeconduct.model.areas import EventType
from safeconduct.model.errors import Tampered
from safeconduct.store.encrypted import check, unwrapped
from safeconduct.store.parts import PartWriter, from_duckdb
from safeconduct.store.records import StoredPart, add_keys, connect, read_parquet_sql

ROWS = 300_000
SELECT = f"SELECT (range // 7)::UINTEGER AS person, (range % 86400)::INTEGER AS second FROM range({ROWS}) ORDER BY ALL"


@pytest.fixture
def keys() -> FileKeys:
    return FileKeys(False, bytes(32))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def connection(store, tmp_path):
    (store / "phone").mkdir(parents=True)
    folder = store / "phone"
    with connect(read=[folder], write=[folder], spill=tmp_path / "spill", memory_mb=256, threads=2) as open_:
        yield open_


@pytest.fixture
def stored(store, connection, keys) -> StoredPart:
    part = PartWriter(store=store, dataset="phone", keys=keys, connection=connection).write(SELECT, under="parts/x")
    check(store / "phone" / part.path, part.sha256)
    return StoredPart(
        path=store / "phone" / part.path,
        key=unwrapped(keys, "phone", part),
        type=EventType.CALLS,
        day=date(2026, 1, 5),
    )


def rows(connection, part: StoredPart, where: str = "true") -> int:
    source = read_parquet_sql(part, add_keys(connection, [part])[0])
    return connection.execute(f"SELECT count(*) FROM {source} WHERE {where}").fetchall()[0][0]


@pytest.mark.parametrize(
    ("where", "expected"),
    [("true", ROWS), ("person = 77", 7), ("person BETWEEN 10 AND 19", 70), ("second < 10", 40), ("person > 1e6", 0)],
)
def test_duckdb_reads_it_with_filters(connection, stored, where, expected) -> None:
    assert rows(connection, stored, where) == expected


def test_it_is_written_in_the_order_asked_for(connection, stored) -> None:
    """Reading it may be out of order, since several threads do; the file is not."""
    source = read_parquet_sql(stored, add_keys(connection, [stored])[0]).replace(")", ", file_row_number = true)")
    statement = f"SELECT person::BIGINT * 100000 + second AS x FROM {source} ORDER BY file_row_number"

    found = connection.execute(statement).fetchnumpy()["x"]

    assert (found[1:] >= found[:-1]).all()


def test_arrow_cannot_read_it(stored) -> None:
    """Not without the key, and not with it."""
    with pytest.raises((OSError, pa.ArrowException)):
        pa.parquet.read_table(stored.path)
    properties = pyarrow.parquet.encryption.create_decryption_properties(footer_key=stored.key)
    with pytest.raises((OSError, pa.ArrowException)):
        pa.parquet.read_table(stored.path, decryption_properties=properties)


def test_a_wrong_key_is_refused(connection, stored) -> None:
    with pytest.raises(duckdb.Error) as caught:
        rows(connection, replace(stored, key=secrets.token_bytes(32)))

    assert isinstance(from_duckdb(caught.value), Tampered)


def test_it_is_refused_without_a_key(connection, stored) -> None:
    with pytest.raises(duckdb.Error):
        connection.execute(f"SELECT * FROM read_parquet('{stored.path}')").fetchall()


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9, 0.999])
def test_a_flipped_bit_is_refused(connection, stored, share) -> None:
    """By DuckDB when what is there is read, and by the digest before that."""
    stored.path.chmod(0o600)
    content = bytearray(stored.path.read_bytes())
    before = hashlib.sha256(content).hexdigest()
    content[int(len(content) * share)] ^= 1
    stored.path.write_bytes(content)

    with pytest.raises(duckdb.Error):
        rows(connection, stored, "person + second >= 0")
    with pytest.raises(Tampered, match="changed"):
        check(stored.path, before)


def test_a_file_is_read_for_its_digest_again_only_when_it_changed(stored) -> None:
    """Also when it got other bytes of the same length."""
    before = hashlib.sha256(stored.path.read_bytes()).hexdigest()
    check(stored.path, before)
    stored.path.chmod(0o600)
    stored.path.write_bytes(stored.path.read_bytes()[::-1])

    with pytest.raises(Tampered):
        check(stored.path, before)


def test_a_cut_file_is_refused(connection, stored) -> None:
    stored.path.chmod(0o600)
    stored.path.write_bytes(stored.path.read_bytes()[:-100])

    with pytest.raises(duckdb.Error):
        rows(connection, stored)


def test_a_file_put_in_anothers_place_is_refused(store, connection, keys) -> None:
    """Its digest is another, and its key was wrapped for another path."""
    writer = PartWriter(store=store, dataset="phone", keys=keys, connection=connection)
    one, two = (writer.write(SELECT, under="parts/x") for _ in range(2))
    (store / "phone" / two.path).replace(store / "phone" / one.path)

    with pytest.raises(Tampered, match="swapped"):
        check(store / "phone" / one.path, one.sha256)
    with pytest.raises(Tampered, match="does not open"):
        unwrapped(keys, "phone", replace(one, wrapped_key=two.wrapped_key))
    with pytest.raises(Tampered, match="does not open"):
        unwrapped(keys, "other", one)


def test_every_file_has_a_key_of_its_own(store, connection, keys) -> None:
    writer = PartWriter(store=store, dataset="phone", keys=keys, connection=connection)

    assert len({unwrapped(keys, "phone", writer.write(SELECT, under="parts/x")) for _ in range(3)}) == 3


def test_no_key_shows(stored) -> None:
    assert stored.key.hex() not in repr(stored)
    assert "key=" not in repr(stored)
