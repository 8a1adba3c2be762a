"""A connection can touch the folders named and nothing else."""

import subprocess
import sys

import duckdb
import pytest

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
