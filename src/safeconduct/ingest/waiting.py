"""Rows on their way into DuckDB, a million at a time: many small inserts take three times as long as one."""

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from safeconduct.store.parts import from_duckdb

MOST_ROWS = 1 << 20
ROW_BYTES = 64
SHARE = 16


@dataclass(frozen=True)
class Source:
    """Where rows come from.

    Attributes:
        file: Number of the file.
        type: Number of the event type.
    """

    file: int
    type: int


class Waiting:
    """Coded rows in memory, until there are enough of them or somebody looks at the table they go to.

    Args:
        connection: Where the table `arrived` is.
        memory_mb: Most memory of the whole ingest, megabytes; rows that wait take a sixteenth of it at most.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, memory_mb: int) -> None:
        self._connection = connection
        self._most = min(MOST_ROWS, (memory_mb << 20) // (SHARE * ROW_BYTES))
        self._source = Source(0, 0)
        self._tables: list[pa.Table] = []
        self._rows = 0

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "Waiting()"

    def add(self, rows: pa.Table, source: Source) -> None:
        """Let rows wait.

        Raises:
            StoreFull: They do not fit into memory, and the disk they would spill to is full.
        """
        if source != self._source or self._rows + len(rows) > self._most:
            self.flush()
        self._source = source
        self._tables.append(rows)
        self._rows += len(rows)

    def flush(self) -> None:
        """Insert what waits; afterwards the table has every row that was added.

        Raises:
            StoreFull: They do not fit into memory, and the disk they would spill to is full.
        """
        if not self._tables:
            return
        self._connection.register("arriving", pa.concat_tables(self._tables))
        try:
            statement = "INSERT INTO arrived SELECT ?, ?, * FROM arriving"
            self._connection.execute(statement, [self._source.file, self._source.type])
        except duckdb.Error as error:
            raise from_duckdb(error) from None
        finally:
            self._connection.unregister("arriving")
            self.drop()

    def drop(self) -> None:
        """Forget what waits."""
        self._tables, self._rows = [], 0
