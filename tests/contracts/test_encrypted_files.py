"""Which writer's encrypted files each engine reads, with filters, at the versions we ship: measured, not believed.

A new version of DuckDB or Arrow fails here first, so that somebody measures again before records rest in its files.
"""

import secrets
import struct
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe
import pytest

from safeconduct.keys.provider import FileKeys
from safeconduct.model.errors import Tampered
from safeconduct.store import encrypted
from safeconduct.store.encrypted import add_key, check, connect, digest_of
from safeconduct.store.parts import from_duckdb

ROWS, GROUP = 400_000, 100_000
KEY = bytes(range(32))
WHERE = {"everything": ("true", ROWS), "one value": ("id = 77", 1), "a range": ("id BETWEEN 1000 AND 1999", 1000),
         "nothing": ("id > 1e9", 0)}  # fmt: skip
READS, REFUSES = "reads", "refuses"
EXPECTED = {
    # writer, reader: what happens with each condition, in the order of WHERE
    ("duckdb", "duckdb"): (READS, READS, READS, READS),
    ("duckdb", "arrow"): (REFUSES, REFUSES, REFUSES, REFUSES),
    ("arrow", "duckdb"): (REFUSES, REFUSES, REFUSES, READS),
    ("arrow, one page", "duckdb"): (READS, REFUSES, REFUSES, READS),
    ("arrow", "arrow"): (READS, READS, READS, READS),
    ("arrow, one page", "arrow"): (READS, READS, READS, READS),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("encrypted")


@pytest.fixture(scope="module")
def locked(folder) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection as questions have it."""
    with connect(read=[folder], write=[folder], spill=folder / "spill", memory_mb=512, threads=1) as opened:
        add_key(opened, "k", KEY)
        yield opened


@pytest.fixture(scope="module")
def files(folder, locked) -> dict[str, Path]:
    """The same rows, written by each writer."""
    written = {name: folder / f"{at}.parquet" for at, name in enumerate(("duckdb", "arrow", "arrow, one page"))}
    select = f"SELECT range AS id, hash(range) AS noise FROM range({ROWS}) ORDER BY id"
    how = f"FORMAT parquet, PARQUET_VERSION V2, COMPRESSION zstd, ROW_GROUP_SIZE {GROUP}"
    locked.execute(f"COPY ({select}) TO '{written['duckdb']}' ({how}, ENCRYPTION_CONFIG {{footer_key: 'k'}})")
    table = pa.table({"id": pa.array(range(ROWS), pa.int64())})
    whole = {"use_dictionary": False, "data_page_size": 1 << 30, "max_rows_per_page": 1 << 30}
    for name, more in (("arrow", {}), ("arrow, one page", whole)):
        own = pe.create_encryption_properties(footer_key=KEY)
        pq.write_table(table, written[name], encryption_properties=own, row_group_size=ROWS, **more)
    return written


def by_duckdb(connection: duckdb.DuckDBPyConnection, path: Path, where: str) -> int:
    source = f"read_parquet('{path}', encryption_config = {{footer_key: 'k'}})"
    return connection.execute(f"SELECT count(*), sum(id) FROM {source} WHERE {where}").fetchall()[0][0]


def by_arrow(connection: duckdb.DuckDBPyConnection, path: Path, where: str) -> int:
    own = pe.create_decryption_properties(footer_key=KEY)
    rows = pq.read_table(path, columns=["id"], decryption_properties=own)  # noqa: F841 - DuckDB finds it by its name
    with duckdb.connect() as plain:
        return plain.execute(f"SELECT count(id) FROM rows WHERE {where}").fetchall()[0][0]


READERS: dict[str, Callable[..., int]] = {"duckdb": by_duckdb, "arrow": by_arrow}


def test_these_are_the_versions_that_were_measured() -> None:
    """Measure again, and write down here what was found, before another version reads or writes the store."""
    assert (version("duckdb"), version("duckdb-extension-httpfs")) == ("1.5.5", "1.5.5")
    assert version("pyarrow").split(".")[0] == "26"


@pytest.mark.parametrize(("writer", "reader"), EXPECTED)
@pytest.mark.parametrize("condition", WHERE)
def test_who_reads_whose_files_with_which_condition(writer, reader, condition, files, locked) -> None:
    where, rows = WHERE[condition]
    expected = EXPECTED[writer, reader][list(WHERE).index(condition)]
    try:
        found = READERS[reader](locked, files[writer], where)
    except (duckdb.Error, pa.ArrowException, OSError):
        assert expected == REFUSES
    else:
        assert (expected, found) == (READS, rows)


def modules(content: bytes) -> list[tuple[int, int]]:
    """Place and length of each sealed module of a file that DuckDB wrote."""
    at, found = 4, []
    while at < len(content) - 8:
        (length,) = struct.unpack_from("<I", content, at)
        if not 0 < length <= len(content) - at:
            break
        found.append((at, length + 4))
        at += length + 4
    return found


def reordered(content: bytes) -> bytes:
    """The file with two data pages of the same length in one another's place."""
    pages = [one for one in modules(content) if one[1] > 10_000]
    first, second = next((one, two) for one in pages for two in pages if one[0] < two[0] and one[1] == two[1])
    changed, length = bytearray(content), first[1]
    changed[first[0] : first[0] + length] = content[second[0] : second[0] + length]
    changed[second[0] : second[0] + length] = content[first[0] : first[0] + length]
    return bytes(changed)


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "flipped": lambda content: content[:9000] + bytes([content[9000] ^ 1]) + content[9001:],
    "cut": lambda content: content[:-1000],
    "longer": lambda content: content + b"x",
    "reordered": reordered,
    "empty": lambda _: b"",
}


@pytest.fixture
def copy(files, tmp_path) -> Path:
    path = tmp_path / "copy.parquet"
    path.write_bytes(files["duckdb"].read_bytes())
    return path


@pytest.mark.parametrize("change", CHANGES)
def test_a_file_that_was_changed_is_refused_without_a_name(change, copy) -> None:
    before = digest_of(copy)
    check(copy, before)
    copy.write_bytes(CHANGES[change](copy.read_bytes()))
    with pytest.raises(Tampered) as caught:
        check(copy, before)

    assert "copy" not in str(caught.value)
    assert before not in str(caught.value)


def test_a_file_in_anothers_place_or_none_is_refused_without_a_name(copy) -> None:
    before = digest_of(copy)
    for content in (secrets.token_bytes(5000), None):
        copy.write_bytes(content) if content else copy.unlink()
        with pytest.raises(Tampered) as caught:
            check(copy, before)
        assert "copy" not in str(caught.value)


@pytest.mark.parametrize("change", ["flipped", "cut", "empty"])
def test_what_duckdb_says_of_a_changed_file_is_said_in_our_words(change, files, folder, locked) -> None:
    path = folder / f"{change}.parquet"
    path.write_bytes(CHANGES[change](files["duckdb"].read_bytes()))
    with pytest.raises(duckdb.Error) as caught:
        locked.execute(
            f"SELECT sum(id + noise::HUGEINT) FROM read_parquet('{path}', encryption_config = {{footer_key: 'k'}})"
        ).fetchall()

    ours = from_duckdb(caught.value)
    assert change not in str(ours)
    assert isinstance(ours, Tampered)


def test_duckdb_does_not_notice_pages_in_one_anothers_place(files, folder, locked) -> None:
    """Pinned because it matters: its modules are not bound to their place, so the digest alone guards the order."""
    path = folder / "reordered.parquet"
    path.write_bytes(reordered(files["duckdb"].read_bytes()))

    def rows(one: Path) -> list[tuple]:
        source = f"read_parquet('{one}', encryption_config = {{footer_key: 'k'}})"
        return locked.execute(f"SELECT id, noise FROM {source} ORDER BY id").fetchall()

    right, wrong = rows(files["duckdb"]), rows(path)
    assert right != wrong
    assert sorted(right, key=lambda row: row[1]) != right
    assert {row[1] for row in right} == {row[1] for row in wrong}


def test_a_file_changed_in_place_with_its_old_date_is_read_again(copy) -> None:
    """Same inode, same length, same time of change as far as anybody can set it: the kernel's own time tells."""
    import os  # noqa: PLC0415 - only here

    before, status = digest_of(copy), copy.stat()
    check(copy, before)
    with copy.open("r+b") as file:
        file.write(reordered(copy.read_bytes()))
    os.utime(copy, ns=(status.st_atime_ns, status.st_mtime_ns))

    assert (copy.stat().st_ino, copy.stat().st_size, copy.stat().st_mtime_ns) == (
        status.st_ino, status.st_size, status.st_mtime_ns,
    )  # fmt: skip
    with pytest.raises(Tampered):
        check(copy, before)


def test_a_key_for_one_place_opens_nothing_elsewhere() -> None:
    keys = FileKeys(False, KEY)
    wrapped = keys.wrap(KEY, about="phone/parts/a.parquet")
    for elsewhere in ("phone/parts/b.parquet", "other/parts/a.parquet", ""):
        with pytest.raises(Tampered, match="does not open"):
            keys.unwrap(wrapped, about=elsewhere)
    assert encrypted
