"""Files of statistical packages, by pyreadstat: Stata, SPSS and SAS differ in few things, all of them here.

A column is looked at to its end before its type is decided: doubles that are all whole are whole numbers, and a date
with a time of day is a moment. A user-missing code becomes `None` and stands in the companion column.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

import numpy as np
import pyarrow as pa

from safeconduct.ingest.survey_apart import Cells, Description, Floats, Numbers, Order, parts
from safeconduct.ingest.survey_base import Arrived, ReadTable, damaged
from safeconduct.ingest.survey_names import column_names, table_name
from safeconduct.model.microdata import ARROW, Category, DataFile, Measurement, Variable, VariableType, missing_column

MEASURES = {one.value for one in Measurement}
EXACT = 2.0**53
DAY_S = 86_400
FROM_1582, FROM_1960 = -12_219_379_200, -315_619_200  # seconds before 1970
EARLIEST, LATEST = -62_135_596_800, 253_402_300_799  # years 1 to 9999


class Clock(Enum):
    """What a number stands for that is shown as a date: seconds a unit, when it counts from, whether it is a day.

    SPSS counts days in seconds too, from the first day of the Gregorian calendar.
    """

    DAYS_FROM_1960 = (86_400.0, FROM_1960, True)
    MILLISECONDS_FROM_1960 = (0.001, FROM_1960, False)
    SECONDS_FROM_1960 = (1.0, FROM_1960, False)
    DAYS_FROM_1582 = (1.0, FROM_1582, True)
    SECONDS_FROM_1582 = (1.0, FROM_1582, False)

    def seconds(self, numbers: Floats) -> Floats:
        """Seconds since 1970; infinite where no calendar reaches."""
        with np.errstate(over="ignore"):
            return np.asarray(numbers * self.value[0] + self.value[1], dtype=np.float64)


@dataclass(frozen=True, kw_only=True)
class Package:
    """How one package's files are read.

    Attributes:
        reader: Name of the reader in `survey_child`.
        options: What it is told beside.
        labels: A file with the value labels, where they stand apart.
        clock: What a column's numbers stand for, by how they are shown.
    """

    reader: str
    options: Mapping[str, object] = field(default_factory=dict)
    labels: Arrived | None = None
    clock: Callable[[str], Clock | None]


@dataclass(frozen=True, kw_only=True)
class Described:
    """A column as the file describes it.

    Attributes:
        name: As the file has it.
        text: It holds texts.
        clock: What its numbers stand for.
        codes: Single user-missing codes.
        ranges: Ranges of user-missing numbers.
    """

    name: str
    text: bool
    clock: Clock | None
    codes: tuple[object, ...] = ()
    ranges: tuple[tuple[float, float], ...] = ()


@dataclass(kw_only=True)
class Look:
    """What the cells of a column show.

    Attributes:
        whole: Every number is whole, and exactly so.
        midnight: Every moment is a midnight.
        dated: Every moment is one a calendar of four digits has.
        met: Letters of user-missing codes that were met.
    """

    whole: bool = True
    midnight: bool = True
    dated: bool = True
    met: set[str] = field(default_factory=set)

    def see(self, column: Described, numbers: pa.Array | Floats, codes: Sequence[str | None]) -> None:
        """Take some more cells into account."""
        self.met |= {one for one in codes if one}
        if column.text:
            return
        there = numbers[~np.isnan(numbers)]
        self.whole = self.whole and bool(np.all((there == np.floor(there)) & (np.abs(there) <= EXACT)))
        if column.clock:
            at = column.clock.seconds(there)
            self.dated = self.dated and bool(np.all((at >= EARLIEST) & (at <= LATEST)))
            self.midnight = self.midnight and self.dated and bool(np.all(at % DAY_S == 0))


class StatisticsFile:
    """One file, its description read and every cell looked at once.

    Raises:
        Unreadable: It is cut, damaged or not of the package.
        BadInput: Two columns share a name, or a hint is wrong.
    """

    def __init__(self, arrived: Arrived, package: Package, hints: Mapping[str, str]) -> None:
        self.arrived = arrived
        options = dict(package.options)
        if encoding := hints.get("encoding"):
            options["encoding"] = encoding
        files = [arrived, package.labels] if package.labels else [arrived]
        self.order = Order(reader=package.reader, files=files, options=options)
        looked_at = parts(self.order)
        self.meta, _ = next(looked_at)
        self.names = column_names(self.meta.names, arrived)
        self.columns = tuple(_described(self.meta, name, package) for name in self.meta.names)
        self.looks = {one.name: Look() for one in self.columns}
        for cells in self._counted(looked_at):
            for one in self.columns:
                self.looks[one.name].see(one, *split(one, cells[one.name]))

    def table(self) -> ReadTable:
        """The file as a table."""
        variables = tuple(
            _variable(self.meta, one, self.looks[one.name], name)
            for one, name in zip(self.columns, self.names, strict=True)
        )
        label = self.meta.label
        file = DataFile(name=table_name(self.arrived.stem), variables=variables, labels={"": label} if label else {})

        def batches() -> Iterator[pa.RecordBatch]:
            for cells in self._counted(parts(self.order)):
                yield _batch(self.columns, variables, cells)

        return ReadTable(file=file, batches=batches)

    def _counted(self, found: Iterator[tuple[Description, Mapping[str, Cells]]]) -> Iterator[Mapping[str, Cells]]:
        """Rows by column, some at a time; as many as the file says."""
        rows = 0
        for _, cells in found:
            first = next(iter(cells.values()), [])
            rows += len(first.values if isinstance(first, Numbers) else first)
            if cells:
                yield cells
        if self.meta.rows is not None and self.meta.rows >= 0 and rows != self.meta.rows:
            raise damaged(self.arrived)


def split(column: Described, cells: Cells) -> tuple[pa.Array | Floats, list[str | None]]:
    """Values without those that are user-missing, and the code of each that is; no codes for none at all."""
    if not isinstance(cells, Numbers):
        codes = [one if one in column.codes else None for one in cells] if column.codes else []
        kept = [None if code else one for one, code in zip(cells, codes, strict=True)] if codes else cells
        return pa.array(kept, pa.string()), codes
    numbers = cells.values
    if not column.codes and not column.ranges:
        return numbers, [cells.letters.get(row) for row in range(len(numbers))] if cells.letters else []
    hit = np.isin(numbers, [one for one in column.codes if isinstance(one, float)])
    for low, high in column.ranges:
        hit |= (numbers >= low) & (numbers <= high)
    codes = [code_text(one) if flag else None for one, flag in zip(numbers.tolist(), hit.tolist(), strict=True)]
    return np.where(hit, np.nan, numbers), codes


def code_text(value: object) -> str:
    """A code as text.

    Example:
        >>> code_text(99.0), code_text(1.5), code_text("A")
        ('99', '1.5', 'A')
    """
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < EXACT else repr(value)
    return str(value)


def _described(meta: Description, name: str, package: Package) -> Described:
    storage = meta.storage.get(name, "double")
    ranges = meta.ranges.get(name, [])
    return Described(
        name=name,
        text=storage == "string",
        clock=package.clock(meta.shown.get(name, "").upper()) if storage != "string" else None,
        codes=tuple(low for low, high in ranges if low == high),
        ranges=tuple((low, high) for low, high in ranges if low != high and isinstance(low, float)),
    )


def _variable(meta: Description, column: Described, look: Look, name: str) -> Variable:
    labels = meta.categories.get(column.name, [])
    label = meta.labels[meta.names.index(column.name)]
    measure = meta.measures.get(column.name, "")
    width = int(meta.widths.get(column.name, 0)) if column.text else 0
    codes = (*(code_text(one) for one in column.codes), *sorted(_letters(column, look)))
    return Variable(
        name=name,
        type=_type(column, look, [code for code, _ in labels if isinstance(code, float | int)]),
        labels={"": label} if label else {},
        categories=tuple(_category(column, code, str(text)) for code, text in labels),
        missing_codes=tuple(dict.fromkeys(codes)),
        missing_ranges=tuple((code_text(low), code_text(high)) for low, high in column.ranges),
        measurement=Measurement(measure) if measure in MEASURES else Measurement.UNKNOWN,
        format=meta.shown.get(column.name, ""),
        storage=f"str{width}" if column.text else meta.storage.get(column.name, ""),
        width=width,
        group=next((key for key, names in meta.sets.items() if column.name in names), ""),
    )


def _letters(column: Described, look: Look) -> set[str]:
    """Codes that no description names: Stata's and SAS's letters."""
    return set() if column.text or column.codes or column.ranges else look.met


def _type(column: Described, look: Look, codes: Sequence[float]) -> VariableType:
    if column.text:
        return VariableType.TEXT
    if column.clock and look.dated:
        return VariableType.DATE if column.clock.value[2] and look.midnight else VariableType.MOMENT
    whole = look.whole and all(float(one).is_integer() for one in codes)
    return VariableType.INTEGER if whole else VariableType.NUMBER


def _category(column: Described, code: object, label: str) -> Category:
    if isinstance(code, str) and not column.text:
        return Category(code=code.lower(), labels={"": label}, missing=True)
    value = float(code) if isinstance(code, int) else code
    inside = isinstance(value, float) and any(low <= value <= high for low, high in column.ranges)
    return Category(code=code_text(value), labels={"": label}, missing=inside or value in column.codes)


def _batch(columns: Sequence[Described], variables: Sequence[Variable], cells: Mapping[str, Cells]) -> pa.RecordBatch:
    plain: dict[str, pa.Array] = {}
    beside: dict[str, pa.Array] = {}
    for column, variable in zip(columns, variables, strict=True):
        found, codes = split(column, cells[column.name])
        plain[variable.name] = found if column.text else _array(found, column, variable)
        if variable.missing_codes or variable.missing_ranges:
            beside[missing_column(variable.name)] = pa.array(codes or [None] * len(found), pa.string())
    return pa.record_batch({**plain, **beside})


def _array(numbers: Floats, column: Described, variable: Variable) -> pa.Array:
    gone = np.isnan(numbers)
    if variable.type is VariableType.NUMBER:
        return pa.array(numbers, pa.float64(), mask=gone)
    if variable.type is VariableType.INTEGER or not column.clock:
        return pa.array(np.where(gone, 0, numbers).astype(np.int64), pa.int64(), mask=gone)
    seconds = np.where(gone, 0, column.clock.seconds(np.where(gone, 0, numbers)))
    if variable.type is VariableType.DATE:
        days = np.floor(seconds / DAY_S).astype(np.int32)
        return pa.array(days, pa.int32(), mask=gone).cast(ARROW[VariableType.DATE])
    return pa.array(np.round(seconds * 1e6).astype(np.int64), pa.int64(), mask=gone).cast(ARROW[VariableType.MOMENT])
