"""A connection can touch the folders named and nothing else."""

import shutil
import subprocess
import sys

import duckdb
import pytest

from safeconduct.store import encrypted
from safeconduct.store.records import connect


@pytest.fixture
def locked(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "in" / "a.csv").write_text("x\n1\n")
    (tmp_path / "out" / "a.csv").write_text("x\n1\n")
    with connect(read=[tmp_path / "in"], spill=tmp_path / "spill", memory_mb=128, threads=1) as connection:
        yield connection


def test_a_folder_named_can_be_read(locked, tmp_path) -> None:
    assert locked.execute("SELECT count(*) FROM read_csv(?)", [str(tmp_path / "in" / "a.csv")]).fetchall() == [(1,)]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('{out}/a.csv')",
        "SELECT * FROM read_csv('{inside}/../out/a.csv')",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM read_csv('http://127.0.0.1:1/a.csv')",
        "COPY (SELECT 1) TO '{out}/b.csv'",
        "ATTACH '{out}/x.duckdb'",
        "INSTALL spatial",
        "LOAD spatial",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "SET temp_file_encryption = false",
        "SET memory_limit = '10GB'",
        "RESET lock_configuration",
        "SET lock_configuration = false",
    ],
)
def test_everything_else_is_refused(locked, tmp_path, statement) -> None:
    with pytest.raises(duckdb.Error):
        locked.execute(statement.format(out=tmp_path / "out", inside=tmp_path / "in")).fetchall()


@pytest.fixture
def copy(monkeypatch, tmp_path):
    """The extension somewhere else, where it can be swapped."""
    path = tmp_path / encrypted._extension().name
    shutil.copy(encrypted._extension(), path)
    monkeypatch.setattr(encrypted, "_extension", lambda: path)
    return path


def swapped(copy) -> None:
    """Another file under its name: one byte of it differs, and no signature fits."""
    other = bytearray(copy.read_bytes())
    other[len(other) // 2] ^= 1
    (copy.parent / "other").write_bytes(other)
    (copy.parent / "other").replace(copy)


def opened(folder) -> bool:
    """Whether a connection comes to be."""
    try:
        connect(read=[], spill=folder / "spill", memory_mb=128, threads=1).close()
    except duckdb.IOException:
        return False
    return True


def test_an_extension_that_is_not_what_was_signed_is_not_loaded_however_often_it_is_tried(copy, tmp_path) -> None:
    swapped(copy)

    assert [opened(tmp_path), opened(tmp_path)] == [False, False]


def test_an_extension_that_is_swapped_after_it_was_loaded_is_not_loaded(copy, tmp_path) -> None:
    """Its signature is checked once, but of each file that stands there."""
    before = [opened(tmp_path), opened(tmp_path)]
    swapped(copy)

    assert [*before, opened(tmp_path)] == [True, True, False]


def test_once_the_extension_is_known_no_other_is_loaded(tmp_path) -> None:
    """The second connection checks no signature, and loads nothing more, though it is in a folder that it may read."""
    name = shutil.copy(encrypted._extension(), tmp_path / "more.duckdb_extension")
    assert opened(tmp_path)
    with (
        connect(read=[tmp_path], spill=tmp_path / "spill", memory_mb=128, threads=1) as connection,
        pytest.raises(duckdb.PermissionException),
    ):
        connection.execute(f"LOAD '{name}'")


def test_two_connections_spill_to_folders_of_their_own(tmp_path) -> None:
    """Two processes that shared one would write over one another."""
    settings = set()
    for _ in range(2):
        with connect(read=[], spill=tmp_path, memory_mb=128, threads=1) as connection:
            settings |= set(connection.execute("SELECT current_setting('temp_directory')").fetchall())

    assert len(settings) == 2


def test_nothing_is_drawn_about_long_work_wherever_it_runs() -> None:
    """DuckDB draws a bar where it takes a process for a notebook, as one that was spawned; a bar tells sizes."""
    made = (
        "import pathlib, tempfile;"
        "from safeconduct.store.records import connect;"
        "c = connect(read=[], spill=pathlib.Path(tempfile.mkdtemp()), memory_mb=128, threads=1);"
        "print(c.cursor().execute(\"SELECT current_setting('enable_progress_bar')\").fetchall())"
    )
    said = subprocess.run([sys.executable, "-c", made], capture_output=True, text=True, check=True, timeout=60)

    assert said.stdout == "[(False,)]\n"
