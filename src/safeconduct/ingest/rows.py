"""Rows as text become rows as codes; what does not fit is named and handed back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.ingest.adapter import Chunk
from safeconduct.ingest.cells import NOWHERE, Cells
from safeconduct.ingest.clock import DAY_S, FIRST_YEAR, LAST_YEAR, day_of
from safeconduct.ingest.digits import whole_numbers
from safeconduct.ingest.people import NOBODY, Codes
from safeconduct.ingest.points import Points
from safeconduct.ingest.reasons import Reason
from safeconduct.ingest.shapes import stamps_in_bulk
from safeconduct.model.errors import BadMapping
from safeconduct.model.event_files import EPOCHS, EventFiles
from safeconduct.model.mapping import Keep
from safeconduct.model.text import say
from safeconduct.store.encrypted import quoted
from safeconduct.store.intake import Rejected
from safeconduct.store.parts import from_duckdb

TAC = "try_cast(trim(text)[1:8] AS UINTEGER)"
AMOUNT = "CASE WHEN trim(text) <> '' THEN coalesce(try_cast(trim(text) AS DOUBLE), 'nan'::DOUBLE) END"
EXACT_DIGITS, TAC_DIGITS = 15, 8
LATEST = 1 << 33
UNKNOWN = np.iinfo(np.int64).min
Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
ROWS = pa.schema([
    ("day", pa.int32()),
    ("person", pa.uint32()),
    ("second", pa.int32()),
    ("cell", pa.uint32()),
    ("outgoing", pa.bool_()),
    ("amount", pa.float64()),
    ("counterpart", pa.uint32()),
    ("imsi", pa.uint32()),
    ("imei", pa.uint32()),
    ("tac", pa.uint32()),
])  # fmt: skip
"""Columns of coded rows; `day` counts from 1970-01-01. The last four are unknown unless the mapping keeps them."""


@dataclass(frozen=True, repr=False)
class Coded:
    """Rows of a chunk as codes, and those that did not fit.

    Attributes:
        table: Columns as in `ROWS`.
        rejected: The others, as they stood in the file.
    """

    table: pa.Table
    rejected: tuple[Rejected, ...]

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "Coded()"


class Coding(Protocol):
    """Whatever gives identifiers codes."""

    def of(self, column: pa.ChunkedArray) -> Codes:
        """The code of every text of a column, `NOBODY` where it names nobody."""
        ...


class Coder:
    """Turns rows of one data set into codes.

    Args:
        connection: Reads times and amounts.
        people: The codes of identifiers, by sort: `person`, `imsi` and `imei`.
        cells: The cells in service.
        identifiers: What happens to counterpart, imsi and imei.
        points: What puts points into areas, where the files have points.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        *,
        people: Mapping[str, Coding],
        cells: Cells,
        identifiers: Mapping[str, Keep],
        points: Points | None = None,
    ) -> None:
        self._connection, self._people, self._cells, self._points = connection, people, cells, points
        self._kept = {name for name, keep in identifiers.items() if keep is Keep.PSEUDONYMISE}

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "Coder()"

    def coded(self, chunk: Chunk, layout: EventFiles) -> Coded:
        """The rows of a chunk as codes.

        Raises:
            BadMapping: `time_format` is not a format.
        """
        chunk = chunk if self._points is None else self._points.placed(chunk)
        table = chunk.table
        person = self._people["person"].of(table.column("person"))
        stamps = self._stamps(table.column("time"), chunk.time_format or layout.time_format)
        amounts = self._amounts(table)
        placed = self._cells.at(table.column("cell"), np.where(stamps == UNKNOWN, 0, stamps))
        nowhere = placed.cell == NOWHERE
        outgoing, known = _directions(table, layout)
        wrong = {
            Reason.MISSING_PERSON: person == NOBODY,
            Reason.BAD_TIME: stamps == UNKNOWN,
            Reason.MISSING_CELL: _empty(table.column("cell"), nowhere),
            Reason.UNKNOWN_CELL: nowhere,
            Reason.BAD_DIRECTION: ~known,
            Reason.BAD_AMOUNT: _wrong_amounts(table, amounts),
        }
        day, second = np.divmod(placed.local, DAY_S)
        columns = {
            "day": pa.array(day),
            "person": pa.array(person),
            "second": pa.array(second),
            "cell": pa.array(placed.cell),
            "outgoing": outgoing,
            "amount": amounts,
            "tac": self._tacs(table),
        } | {name: self._identifier(table, name) for name in ("counterpart", "imsi", "imei")}
        return _separated(chunk, columns, wrong)

    def _identifier(self, table: pa.Table, name: str) -> pa.Array:
        if name not in self._kept or name not in table.column_names:
            return pa.nulls(table.num_rows, pa.uint32())
        codes = self._people["person" if name == "counterpart" else name].of(table.column(name))
        return pa.array(codes, mask=codes == NOBODY)

    def _stamps(self, column: pa.ChunkedArray, time_format: str) -> Numbers:
        """Seconds since 1970 on the stamps' own clock; most in bulk, those of odd spellings one by one."""
        stamps, known = stamps_in_bulk(column.combine_chunks(), time_format)
        if not known.all() or not len(known):
            odd = column.filter(pa.array(~known))
            stamps[~known] = self._read(odd, _stamp(time_format)).fill_null(UNKNOWN).to_numpy()
        return stamps

    def _amounts(self, table: pa.Table) -> pa.Array:
        """Amounts, unknown where there is none, NaN where it is not written as a number."""
        if "amount" not in table.column_names:
            return pa.nulls(table.num_rows, pa.float64())
        return self._numbers(table.column("amount"), EXACT_DIGITS, AMOUNT, pa.float64())

    def _tacs(self, table: pa.Table) -> pa.Array:
        if "tac" not in table.column_names:
            return pa.nulls(table.num_rows, pa.uint32())
        return self._numbers(table.column("tac"), TAC_DIGITS, TAC, pa.uint32())

    def _numbers(self, text: pa.ChunkedArray, most: int, expression: str, kind: pa.DataType) -> pa.Array:
        """What an expression is in every row; plain numbers of so many digits in bulk, others one by one."""
        column = text.combine_chunks()
        whole, known = whole_numbers(column, most)
        numbers = whole.astype(kind.to_pandas_dtype())
        if known.all():
            return pa.array(numbers, kind)
        odd, unknown = self._read(column.filter(pa.array(~known)), expression), np.zeros(len(column), bool)
        numbers[~known], unknown[~known] = odd.fill_null(0).to_numpy(), odd.is_null().to_numpy(zero_copy_only=False)
        return pa.array(numbers, kind, mask=unknown)

    def _read(self, column: pa.ChunkedArray | pa.Array, expression: str) -> pa.Array:
        """What an expression over `text` is in every row, in order."""
        self._connection.register("arriving", pa.table({"place": np.arange(len(column)), "text": column}))
        try:
            statement = f"SELECT place, {expression} AS value FROM arriving"
            found = self._connection.execute(statement).to_arrow_table().combine_chunks()
        except duckdb.InvalidInputException:
            raise BadMapping(
                say("time_format is not a strptime format; write it like '%Y-%m-%d %H:%M:%S'"), field="time_format"
            ) from None
        except duckdb.Error as error:
            raise from_duckdb(error) from None
        finally:
            self._connection.unregister("arriving")
        return found.sort_by("place").column("value").combine_chunks()


def days_of(rows: pa.Table) -> tuple[date, ...]:
    """First and last local day of coded rows; none where there are no rows."""
    ends = pc.min_max(rows.column("day")).as_py()
    return () if ends["min"] is None else (day_of(ends["min"]), day_of(ends["max"]))


def _stamp(time_format: str) -> str:
    """Stamps as seconds; null where the year is out of range or the time is not written so."""
    read = _time(time_format)
    return f"CASE WHEN year({read}) BETWEEN {FIRST_YEAR} AND {LAST_YEAR - 1} THEN epoch_us({read}) // 1000000 END"


def _time(time_format: str) -> str:
    """The time column as a stamp, null where it is not written so; fractions of a second since 1970 are cut off."""
    if time_format in EPOCHS:
        per_second = 1 if time_format == EPOCHS[0] else 1000
        whole = "try_cast(regexp_extract(trim(text), '^([0-9]{1,15})([.][0-9]*)?$', 1) AS BIGINT)"
        second = f"({whole} // {per_second})"
        return f"CASE WHEN {second} < {LATEST} THEN make_timestamp({second} * 1000000) END"
    written = "trim(text)"
    if time_format.endswith("%z"):
        written = "regexp_replace(trim(text), '[Zz]$', '+00')"
    return f"try_strptime({written}, {quoted(time_format)})::TIMESTAMP"


def _directions(table: pa.Table, layout: EventFiles) -> tuple[pa.Array, Flags]:
    """Whether each event went out, unknown where the file does not say; and whether its word was one we know."""
    if "direction" not in table.column_names:
        return pa.nulls(table.num_rows, pa.bool_()), np.ones(table.num_rows, bool)
    words = {"": 0} | dict.fromkeys(layout.incoming, 1) | dict.fromkeys(layout.outgoing, 2)
    encoded = table.column("direction").combine_chunks().dictionary_encode()
    meaning = np.array([words.get(word.strip(), -1) for word in encoded.dictionary.to_pylist()], np.int64)
    found = meaning[encoded.indices.to_numpy()] if len(meaning) else np.empty(0, np.int64)
    return pa.array(found == 2, mask=found <= 0), found >= 0  # noqa: PLR2004 - the number given just above


def _empty(column: pa.ChunkedArray, among: Flags) -> Flags:
    """Which of some rows have an empty text."""
    empty = np.zeros(len(column), bool)
    if among.any():
        empty[among] = [not text.strip() for text in column.filter(pa.array(among)).to_pylist()]
    return empty


def _wrong_amounts(table: pa.Table, amounts: pa.Array) -> Flags:
    if "amount" not in table.column_names:
        return np.zeros(table.num_rows, bool)
    values = amounts.fill_null(0.0).to_numpy()
    wrong: Flags = ~np.isfinite(values)
    return wrong


def _separated(chunk: Chunk, columns: Mapping[str, pa.Array], wrong: Mapping[Reason, Flags]) -> Coded:
    bad = np.logical_or.reduce(list(wrong.values()))
    if not bad.any():
        return Coded(_rows(columns, None), chunk.rejected)
    lines, found = chunk.lines(), []
    for at in np.flatnonzero(bad).tolist():
        reason = next(reason for reason, flags in wrong.items() if flags[at])
        found.append(Rejected(str(reason), lines[at]))
    return Coded(_rows(columns, ~bad), (*chunk.rejected, *found))


def _rows(columns: Mapping[str, pa.Array], keep: Flags | None) -> pa.Table:
    chosen = {name: array if keep is None else array.filter(pa.array(keep)) for name, array in columns.items()}
    return pa.table({field.name: chosen[field.name].cast(field.type) for field in ROWS}, schema=ROWS)
