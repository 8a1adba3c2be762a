"""Rows of a day that were left out because the same were there, kept aside for the day they are missed.

With `duplicates = "drop"` a row that several files have rests once, under the file that came first. Where that file is
taken back, or corrected so that it has the row no more, the row passes to the next file that has it: it stays in its
piece under that file's number, so that a day whose rows stay keeps its version. No question reads what is kept aside.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

import duckdb

from safeconduct.ingest.same_rows import ARRIVAL, ORDER, SAME, among, listed, same
from safeconduct.store.arrivals import Piece
from safeconduct.store.versions import Part

FIELDS = listed((*SAME, ARRIVAL))
HEIRS, MORE, TABLE = "day_heirs", "day_more", "day_doubles"


class Doubles:
    """What is kept aside of one day.

    Args:
        connection: Where the day's rows are.
        parts: Files of them.
        rows: Selects the rows of a file, with every field there can be.
        write: Writes what a statement selects as a file.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        parts: Iterable[Part],
        *,
        rows: Callable[[Part], str],
        write: Callable[[str], Part],
    ) -> None:
        self._connection, self._parts = connection, tuple(parts)
        self._rows, self._write = rows, write
        self._opened = self._changed = self._more = False

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "Doubles()"

    def without(self, arrivals: Collection[int]) -> None:
        """Have the rows at hand, but for those of files that are taken back or corrected."""
        if not (arrivals and self._parts):
            return
        self._run(f"CREATE OR REPLACE TEMP TABLE {TABLE} AS SELECT * FROM ({self._every()}) "
                  f"WHERE NOT {among(ARRIVAL, arrivals)}")  # fmt: skip
        self._opened = True
        self._changed = any(not set(arrivals).isdisjoint(one.arrivals) for part in self._parts for one in part.pieces)

    def pass_on(self, gone: str, stays: Iterable[str]) -> bool:
        """Find who has rows that go, and take these out of what is kept aside.

        The table `day_heirs` has each of them once, with the number of the first file that still has it.

        Args:
            gone: Selects the rows that go.
            stays: Select rows that stay; what is among these needs nobody.

        Returns:
            Whether there is any.
        """
        if not self._opened:
            return False
        fields = listed(SAME)
        self._run(
            f"CREATE OR REPLACE TEMP TABLE {HEIRS} AS SELECT {fields}, min({ARRIVAL}) AS {ARRIVAL} FROM {TABLE} "
            f"SEMI JOIN ({gone}) AS gone ON {same(TABLE, 'gone')} GROUP BY {fields}"
        )
        for rows in stays if self._any(HEIRS) else ():
            self._run(f"CREATE OR REPLACE TEMP TABLE {HEIRS} AS SELECT {HEIRS}.* FROM {HEIRS} "
                      f"ANTI JOIN ({rows}) AS there ON {same(HEIRS, 'there')}")  # fmt: skip
        if not self._any(HEIRS):
            return False
        self._run(f"CREATE OR REPLACE TEMP TABLE {TABLE} AS SELECT {TABLE}.* FROM {TABLE} ANTI JOIN {HEIRS} "
                  f"ON {same(TABLE, HEIRS)} AND {TABLE}.{ARRIVAL} = {HEIRS}.{ARRIVAL}")  # fmt: skip
        self._changed = True
        return True

    def keep(self, rows: str) -> None:
        """Keep rows aside too: each once for every file that has it."""
        self._run(f"CREATE OR REPLACE TEMP TABLE {MORE} AS SELECT DISTINCT {FIELDS} FROM ({rows})")
        self._more = self._any(MORE)

    def written(self, most: int) -> tuple[Part, ...]:
        """Files of what is kept aside now; those there are where nothing changed, and one where there would be `most`.

        Raises:
            StoreFull: The disk is full.
        """
        parts, sources = self._parts, [f"SELECT {FIELDS} FROM {MORE}"] if self._more else []
        if self._changed or (sources and len(parts) + 1 >= most):
            sources.append(f"SELECT {FIELDS} FROM {TABLE}" if self._opened else self._every())
            parts = ()
        rows = " UNION ALL ".join(sources)
        numbers = self._numbers(f"SELECT DISTINCT {ARRIVAL} FROM ({rows}) ORDER BY {ARRIVAL}") if sources else ()
        if not numbers:
            return parts
        made = self._write(f"SELECT {FIELDS} FROM ({rows}) ORDER BY {ORDER}, {ARRIVAL}")
        return (*parts, replace(made, holds=(Piece(digest=made.sha256, arrivals=numbers),)))

    def done(self) -> None:
        """Forget the rows."""
        for name in (HEIRS, MORE, TABLE):
            self._run(f"DROP TABLE IF EXISTS {name}")

    def _every(self) -> str:
        return " UNION ALL ".join(self._rows(part) for part in self._parts)

    def _any(self, table: str) -> bool:
        return bool(self._numbers(f"SELECT 1 FROM {table} LIMIT 1"))

    def _numbers(self, statement: str) -> tuple[int, ...]:
        return tuple(int(number) for (number,) in self._connection.execute(statement).fetchall())

    def _run(self, statement: str) -> None:
        self._connection.execute(statement)
