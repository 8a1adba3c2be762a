"""Rows that wait can be forgotten however many they are."""

import numpy as np
import pyarrow as pa
import pytest

from safeconduct.ingest.batch import Batch
from safeconduct.ingest.rows import ROWS
from safeconduct.keys.provider import FileKeys
from safeconduct.model.areas import EventType
from safeconduct.store.encrypted import connect
from safeconduct.store.parts import PartWriter

ROWS_AT_ONCE = 1 << 19
BLOCKS = 6
MEMORY_MB = 16


@pytest.fixture
def batch(tmp_path):
    """Rows of two files, of which the first has eight bytes of them for every byte that DuckDB may take."""
    (tmp_path / "store" / "calls").mkdir(parents=True)
    keys = FileKeys.create(tmp_path / "keys", training=True)
    with connect(read=[], spill=tmp_path / "spill", memory_mb=MEMORY_MB, threads=1) as connection:
        writer = PartWriter(store=tmp_path / "store", dataset="calls", keys=keys, connection=connection)
        made = Batch(connection, writer=writer, store=tmp_path / "store", keys=keys, extras=[], memory_mb=MEMORY_MB)
        rng = np.random.default_rng(3)
        for _ in range(BLOCKS):
            made.add(_rows(rng, ROWS_AT_ONCE), file=1, sort=EventType.CALLS)
        made.add(_rows(rng, 10), file=2, sort=EventType.CALLS)
        yield made, connection


def test_the_rows_of_a_large_file_that_is_unreadable_are_forgotten(batch) -> None:
    """Deleting them one by one would take memory for each that cannot be spilled; other files keep theirs."""
    made, connection = batch

    made.forget(1)

    assert connection.execute("SELECT file, count(*) FROM arrived GROUP BY file").fetchall() == [(2, 10)]


def test_all_rows_are_forgotten_after_a_commit(batch) -> None:
    """Otherwise the commit is followed by an error that says it needs more memory."""
    made, connection = batch

    made.clear()

    assert connection.execute("SELECT count(*) FROM arrived").fetchall() == [(0,)]


def _rows(rng: np.random.Generator, rows: int) -> pa.Table:
    columns = {field.name: pa.array(rng.integers(0, 1 << 30, rows)) for field in ROWS}
    columns["outgoing"] = pa.nulls(rows, pa.bool_())
    return pa.table({field.name: columns[field.name].cast(field.type) for field in ROWS}, schema=ROWS)
