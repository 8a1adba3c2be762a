"""Rows of one day on their way to the rows that are there: corrected, freed of duplicates, merged with other late ones.

Everything happens in DuckDB's memory, whose spill is encrypted; what is written is a new file, never an old one.
"""

import secrets
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain

import duckdb
import numpy as np

from safeconduct.ingest.doubles import HEIRS, Doubles
from safeconduct.ingest.same_rows import ARRIVAL, EXTRAS, ORDER, SAME, among, listed, same
from safeconduct.model.schema import EVENTS
from safeconduct.store.arrivals import Piece, Split
from safeconduct.store.parts import PartWriter
from safeconduct.store.seen import SeenPeople, bits_of
from safeconduct.store.versions import Part, Partition

MOST_LATE = 8


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What an ingest does beside adding rows.

    Attributes:
        becomes: For every arrival whose rows must go, the arrival that corrects it; 0 where none does.
        distinct: Whether rows that are there already, in every field, are kept aside.
    """

    becomes: Mapping[int, int] = field(default_factory=dict, hash=False)
    distinct: bool = False


class DayRows:
    """Turns what waits for one day, and what is there, into what will be there.

    Args:
        connection: Where the rows are.
        writer: Writes encrypted files.
        seen: Keeps whose records a piece holds, for comparing questions.
        reading: Gives the table function that reads a part, its key handed over.
        under: Folder of the day, below that of parts.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        *,
        writer: PartWriter,
        seen: SeenPeople,
        reading: Callable[[Part], str],
        under: str,
    ) -> None:
        self._connection, self._writer, self._seen, self._reading = connection, writer, seen, reading
        self._under, self._waiting = under, ""
        self.written: list[Part] = []
        self.splits: list[Split] = []
        self.duplicates: dict[int, int] = {}
        self.doubles: tuple[Part, ...] = ()

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "DayRows()"

    def done(self) -> None:
        """Forget the rows."""
        for name in ("day_waiting", "day_arriving", "day_stored"):
            self._run(f"DROP TABLE IF EXISTS {name}")

    def wait(self, select: str) -> None:
        """Say which rows arrive, with every field and `arrival`; they are copied only where some of them stay out."""
        self._waiting = f"({select})"

    def changed(self, day: Partition, changes: Changes) -> tuple[Part, ...]:
        """The parts there are, with corrected rows gone and the rest of what arrives still waiting.

        A part that loses no row stays as it is. `doubles` is what is kept aside from then on.
        """
        aside, left = self._aside(day), list[Part]()
        aside.without(changes.becomes)
        for at, part in enumerate(day.parts):
            others = [*left, *day.parts[at + 1 :]]
            left += self._without(part, changes.becomes, partial(self._pass_on, aside, others))
        if changes.distinct:
            self._drop_duplicates(left, aside)
        self.doubles = aside.written(MOST_LATE)
        aside.done()
        return tuple(left)

    def added(self, columns: Iterable[str]) -> tuple[Part, ...]:
        """A part of the rows that are still waiting; none where there are none."""
        numbers = self._numbers(f"SELECT DISTINCT arrival FROM {self._waiting} ORDER BY arrival")
        if not numbers:
            return ()
        part = self._write(f"SELECT {listed(columns)}, {ARRIVAL} FROM {self._waiting} ORDER BY {ORDER}")
        return (replace(part, holds=(Piece(digest=part.sha256, arrivals=numbers),)),)

    def merged(self, parts: tuple[Part, ...]) -> tuple[Part, ...]:
        """The parts, late ones as one file where there are many; the first and older forms stay alone."""
        late = _mergeable(parts)
        if len(late) < MOST_LATE:
            return parts
        for part in late:
            self._see(f"SELECT DISTINCT person FROM {self._reading(part)}", part.pieces)
        kept = [name for name in EXTRAS if any(name in self._columns(part) for part in late)]
        rows = " UNION ALL ".join(self._rows(part) for part in late)
        whole = self._write(f"SELECT {listed((*EVENTS.names, *kept, ARRIVAL))} FROM ({rows}) ORDER BY {ORDER}")
        whole = replace(whole, holds=tuple(piece for part in late for piece in part.pieces))
        return (*(part for part in parts if part not in late), whole)

    def _without(self, part: Part, becomes: Mapping[int, int], pass_on: Callable[[], bool]) -> tuple[Part, ...]:
        """The part without the rows that go; one file a piece where rows passed to files that another piece has."""
        hit = sorted({number for piece in part.pieces for number in piece.arrivals} & set(becomes))
        if not hit:
            return (part,)
        self._match(part, {number: becomes[number] for number in hit})
        self._run(LEFT_WAITING)
        self._waiting = "day_waiting"
        if not self._numbers("SELECT 1 FROM day_stored WHERE gone LIMIT 1"):
            return (part,)
        if pass_on():
            return tuple(one for piece in part.pieces for one in self._left(part, (piece,)))
        return self._left(part, part.pieces)

    def _pass_on(self, aside: Doubles, others: Iterable[Part]) -> bool:
        """Give rows that go to files that have them too; whether there are any."""
        stays = chain(["SELECT * FROM day_stored WHERE NOT gone"], map(self._rows, others))
        if aside.pass_on("SELECT * FROM day_stored WHERE gone", stays):
            self._run(INHERITED)
            return True
        return False

    def _left(self, part: Part, pieces: tuple[Piece, ...]) -> tuple[Part, ...]:
        """A file of the rows that stay of some pieces of a part; none where none do."""
        own = among("came", (number for piece in pieces for number in piece.arrivals))
        columns = self._columns(part)
        whole = self._write(f"SELECT {listed(columns)} FROM day_stored WHERE NOT gone AND {own} ORDER BY {ORDER}")
        holds = tuple(one for piece in pieces if (one := self._cut(piece)) is not None)
        return (replace(whole, holds=holds),) if holds else ()

    def _match(self, part: Part, becomes: Mapping[int, int]) -> None:
        """Number equal rows, here and in what arrives, and pair them: who finds no partner goes."""
        cases = " ".join(f"WHEN {old} THEN {new}" for old, new in becomes.items())
        self._run(
            f"CREATE OR REPLACE TEMP TABLE day_arriving AS SELECT *, {_numbered(ARRIVAL)} AS nth FROM {self._waiting}"
        )
        self._run(
            f"CREATE OR REPLACE TEMP TABLE day_stored AS WITH told AS (SELECT *, CASE arrival {cases} END AS becomes "
            f"FROM ({self._rows(part)})), numbered AS (SELECT *, {_numbered('becomes')} AS nth FROM told) "
            "SELECT numbered.*, numbered.arrival AS came, becomes IS NOT NULL AND day_arriving.nth IS NULL AS gone "
            f"FROM numbered LEFT JOIN day_arriving ON {same('numbered', 'day_arriving')} "
            "AND numbered.becomes = day_arriving.arrival AND numbered.nth = day_arriving.nth"
        )

    def _cut(self, piece: Piece) -> Piece | None:
        """A piece without the rows that go; one that loses none keeps its name."""
        own = among("came", piece.arrivals)
        gone = self._people(f"SELECT DISTINCT person FROM day_stored WHERE gone AND {own}")
        left = self._numbers(f"SELECT DISTINCT arrival FROM day_stored WHERE NOT gone AND {own} ORDER BY arrival")
        if not len(gone):
            self._see(f"SELECT DISTINCT person FROM day_stored WHERE {own}", [piece])
            return replace(piece, arrivals=left or piece.arrivals)
        taken, stays = secrets.token_hex(32), secrets.token_hex(32)
        self._seen.put(taken, bits_of(gone))
        self.splits.append(Split(piece=piece.digest, into=(stays, taken) if left else (taken,)))
        self._see(f"SELECT DISTINCT person FROM day_stored WHERE NOT gone AND {own}", [Piece(digest=stays)])
        return Piece(digest=stays, arrivals=left) if left else None

    def _see(self, people: str, pieces: Collection[Piece]) -> None:
        """Keep whose records a piece holds, while it still stands alone; of several this was done before."""
        if len(pieces) == 1:
            self._seen.put(next(iter(pieces)).digest, bits_of(self._people(people)))

    def _aside(self, day: Partition) -> Doubles:
        def write(select: str) -> Part:
            return self._write(select, "doubles")

        return Doubles(self._connection, day.doubles, rows=self._rows, write=write)

    def _drop_duplicates(self, parts: Iterable[Part], aside: Doubles) -> None:
        before = self._by_arrival()
        there = " UNION ALL ".join(self._rows(part) for part in parts)
        new = f" ANTI JOIN ({there}) AS there ON {same('day_arriving', 'there')}" if there else ""
        self._run(
            "CREATE OR REPLACE TEMP TABLE day_arriving AS SELECT *, "
            f"row_number() OVER (PARTITION BY {listed(SAME)} ORDER BY arrival) AS once FROM {self._waiting}"
        )
        self._run(
            f"CREATE OR REPLACE TEMP TABLE day_waiting AS SELECT day_arriving.* FROM day_arriving{new} WHERE once = 1"
        )
        self._waiting = "day_waiting"
        after = self._by_arrival()
        self.duplicates = {number: rows - after.get(number, 0) for number, rows in before.items()}
        if any(self.duplicates.values()):
            aside.keep(LEFT_OUT)

    def _by_arrival(self) -> dict[int, int]:
        statement = f"SELECT arrival, count(*) FROM {self._waiting} GROUP BY arrival"
        return dict(self._connection.execute(statement).fetchall())

    def _rows(self, part: Part) -> str:
        """Rows of a part with every field there can be; unknown where the part does not have it."""
        there = self._columns(part)
        names = [name if name in there else f"NULL::UINTEGER AS {name}" for name in (*SAME, ARRIVAL)]
        return f"SELECT {listed(names)} FROM {self._reading(part)}"

    def _columns(self, part: Part) -> tuple[str, ...]:
        statement = f"SELECT * FROM {self._reading(part)} LIMIT 0"
        return tuple(name for name, *_ in self._connection.execute(statement).description or ())

    def _write(self, select: str, folder: str = "parts") -> Part:
        part = self._writer.write(select, under=f"{folder}/{self._under}")
        self.written.append(part)
        return part

    def _people(self, statement: str) -> "np.ndarray[tuple[int, ...], np.dtype[np.int64]]":
        return np.asarray(self._connection.execute(statement).fetchnumpy()["person"], dtype=np.int64)

    def _numbers(self, statement: str) -> tuple[int, ...]:
        return tuple(int(number) for (number,) in self._connection.execute(statement).fetchall())

    def _run(self, statement: str) -> None:
        self._connection.execute(statement)


def _mergeable(parts: tuple[Part, ...]) -> list[Part]:
    """The last files of a day, so many that no two have rows of one file: rows tell their piece by the number."""
    late, met = list[Part](), set[int]()
    for part in reversed(parts[1:]):
        own = {number for piece in part.pieces for number in piece.arrivals}
        if not (all(piece.arrivals for piece in part.pieces) and met.isdisjoint(own)):
            break
        late.append(part)
        met |= own
    return late[::-1]


def _numbered(by: str) -> str:
    """Equal rows, counted within one arrival."""
    return f"row_number() OVER (PARTITION BY {listed(SAME)}, {by} ORDER BY arrival)"


LEFT_WAITING = (
    "CREATE OR REPLACE TEMP TABLE day_waiting AS "
    f"SELECT {listed(f'day_arriving.{name}' for name in (*SAME, ARRIVAL))} FROM day_arriving "
    "ANTI JOIN (SELECT * FROM day_stored WHERE becomes > 0 AND NOT gone) AS kept "
    f"ON {same('day_arriving', 'kept')} AND day_arriving.arrival = kept.becomes AND day_arriving.nth = kept.nth"
)
INHERITED = (
    "CREATE OR REPLACE TEMP TABLE day_stored AS WITH first AS (SELECT *, "
    f"gone AND row_number() OVER (PARTITION BY gone, {listed(SAME)} ORDER BY came) = 1 AS heard FROM day_stored) "
    f"SELECT first.* EXCLUDE (heard) REPLACE (coalesce({HEIRS}.arrival, first.arrival) AS arrival, "
    f"first.gone AND {HEIRS}.arrival IS NULL AS gone) "
    f"FROM first LEFT JOIN {HEIRS} ON first.heard AND {same('first', HEIRS)}"
)
LEFT_OUT = (
    f"SELECT {listed(f'day_arriving.{name}' for name in (*SAME, ARRIVAL))} FROM day_arriving "
    f"ANTI JOIN day_waiting ON {same('day_arriving', 'day_waiting')} AND day_arriving.arrival = day_waiting.arrival"
)
