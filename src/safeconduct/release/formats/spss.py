"""SPSS, with labels and user-missing codes."""

import math
import string
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.model.microdata import Measurement, Variable, VariableType
from safeconduct.model.text import Text, say
from safeconduct.release.file_format import (
    Export,
    FileFormat,
    Sink,
    codes_of,
    column_of,
    exact,
    file_format,
    short_names,
)
from safeconduct.release.readstat import Series, write_spss

LONGEST_NAME, LONGEST_LABEL, LONGEST_VALUE_LABEL, LONGEST_CODE = 64, 256, 120, 8
MOST_CODES = 3
EPOCH_DAYS = (date(1970, 1, 1) - date(1582, 10, 14)).days
DAY = 86_400
RESERVED = frozenset(["all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"])
LETTERS = frozenset(string.ascii_letters + string.digits + "_.$#@")
CANNOT = say("the table cannot be written as an SPSS file; take it as CSV, or as Parquet")
Span = dict[str, float]


class _Legal(dict[int, str | None]):
    """Turns what SPSS does not know in a name into `_`; letters of any script stay."""

    def __missing__(self, letter: int) -> str:
        return chr(letter) if chr(letter) in LETTERS or chr(letter).isalpha() else "_"


@file_format
class Spss(FileFormat):
    """A `.sav` file, in Unicode.

    Names keep themselves where SPSS takes them. User-missing codes that are numbers stay what they are; letters, such
    as Stata's, become numbers below every value of the column. SPSS declares three codes missing, or a range: where
    there are more, they are declared as a range, and renumbered where values lie between them. Labels are cut at 256
    and 120 bytes. Every such change is told in a note.
    """

    name: ClassVar[str] = "spss"
    title: ClassVar[Text] = Text("SPSS")
    says: ClassVar[Text] = Text("For SPSS and PSPP, with labels and codes of missing answers; R reads it too.")
    suffix: ClassVar[str] = "sav"
    media: ClassVar[str] = "application/x-spss-sav"

    def write(self, export: Export, out: Sink) -> tuple[Text, ...]:
        """Write the table as an SPSS file."""
        names = short_names(export.file.names, longest=LONGEST_NAME, legal=_Legal(), taken=RESERVED)
        names = {name: short.rstrip(".") or "v" for name, short in names.items()}
        columns = [_Column.of(export, variable, names[variable.name]) for variable in export.file.variables]
        write_spss(
            [one.series for one in columns],
            out,
            refusal=CANNOT,
            file_label=_cut(export.title, 64),
            column_labels={one.series.name: _cut(export.says(one.variable.labels), LONGEST_LABEL) for one in columns},
            variable_value_labels={one.series.name: one.labels for one in columns if one.labels},
            missing_ranges={one.series.name: one.missing for one in columns if one.missing},
            variable_measure={one.series.name: _measure(one.variable) for one in columns},
            variable_format={one.series.name: one.format for one in columns if one.format},
        )
        return tuple(note for one in columns for note in one.notes(export))


@dataclass(frozen=True, kw_only=True, repr=False)
class _Column:
    """A column on its way into the file."""

    variable: Variable
    series: Series
    labels: dict[object, str]
    codes: dict[str, object]
    missing: list[object]
    format: str
    lost: int

    @classmethod
    def of(cls, export: Export, variable: Variable, name: str) -> "_Column":
        column, kind, form = _numbers(column_of(export.table, variable.name))
        known = _known(export, variable)
        codes, missing = _texts(known) if kind == "text" else _plan(known, variable.missing_ranges, column)
        found = codes_of(export.table, variable.name)
        series = Series(
            name=name,
            kind="text" if kind == "text" else "number",
            gaps=column.null_count > 0,
            cells=_cells(column, found, codes),
            length=len(column),
        )
        labels = _labels(export, variable, codes, text=kind == "text")
        asked = sum(1 for one in variable.categories if export.says(one.labels))
        return cls(
            variable=variable, series=series, labels=labels, codes=codes, missing=missing, format=form,
            lost=asked - len(labels),
        )  # fmt: skip

    def notes(self, export: Export) -> Iterator[Text]:
        name = self.variable.name
        if name != self.series.name:
            yield say("In SPSS the variable {name} is called {short}.", name=name, short=self.series.name)
        for code, now in self.codes.items():
            if now is None:
                yield say("SPSS cannot keep the missing code {code} of the text {name}: it is empty.", code=code,
                          name=name)  # fmt: skip
            elif code not in {now, _plain(now)}:
                yield say("In SPSS the missing code {code} of {name} is {now}.", code=code, name=name, now=_plain(now))
        if self.lost > 0:
            yield say("SPSS cannot label every value of {name}: its labels stand in the labels file.", name=name)
        if self.series.kind == "text" and self.variable.type is VariableType.INTEGER:
            yield say("{name} has whole numbers too long for SPSS; they stand there as text.", name=name)
        if _cut(text := export.says(self.variable.labels), LONGEST_LABEL) != text:
            yield say("The label of {name} is cut to 256 bytes in SPSS.", name=name)


def _plain(code: object) -> str:
    return f"{code:.10g}" if isinstance(code, float) else str(code)


def _cut(text: str, longest: int) -> str:
    return text.encode()[:longest].decode(errors="ignore")


def _measure(variable: Variable) -> str:
    return "unknown" if variable.measurement is Measurement.UNKNOWN else variable.measurement.value


def _known(export: Export, variable: Variable) -> list[str]:
    """Every user-missing code of a column: declared, labelled, or there."""
    found = codes_of(export.table, variable.name)
    seen = set() if found is None else {str(one) for one in pc.unique(found).to_pylist() if one is not None}
    labelled = (one.code for one in variable.categories if one.missing)
    return list(dict.fromkeys([*labelled, *variable.missing_codes, *sorted(seen)]))


def _numbers(column: pa.Array) -> tuple[pa.Array, str, str]:
    """A column as SPSS holds it, its kind, and how it is shown."""
    kind = column.type
    if pa.types.is_boolean(kind):
        return pc.cast(pc.cast(column, pa.int8()), pa.float64()), "number", "F1"
    if pa.types.is_date(kind):
        days = pc.cast(pc.cast(column, pa.date32()), pa.int32())
        return pc.multiply(pc.cast(pc.add(days, EPOCH_DAYS), pa.float64()), float(DAY)), "number", "DATE11"
    if pa.types.is_timestamp(kind):
        micro = pc.cast(pc.cast(column, pa.timestamp("us")), pa.int64())
        seconds = pc.divide(pc.cast(micro, pa.float64()), 1e6)
        return pc.add(seconds, float(EPOCH_DAYS * DAY)), "number", "DATETIME23.2"
    if pa.types.is_integer(kind) and exact(column):
        return pc.cast(column, pa.float64()), "number", "F8"
    if pa.types.is_floating(kind):
        return pc.if_else(pc.is_finite(column), column, pa.scalar(None, kind)), "number", ""
    return pc.cast(column, pa.string()), "text", ""


def _texts(known: Sequence[str]) -> tuple[dict[str, object], list[object]]:
    """Missing codes of a text: three at most, of eight bytes at most."""
    fit = [one for one in known if len(one.encode()) <= LONGEST_CODE][:MOST_CODES]
    return {one: one if one in fit else None for one in known}, list(fit)


def _plan(
    known: Sequence[str], ranges: Sequence[tuple[str, str]], column: pa.Array
) -> tuple[dict[str, object], list[object]]:
    """The number each missing code has in SPSS, and what SPSS is told to call missing."""
    numbers = {code: _number(code) for code in known}
    spans = [_span(low, high) for low, high in ranges]
    if None not in numbers.values():
        codes: dict[str, object] = dict(numbers)
        alone = [one for one in numbers.values() if one is not None and not any(_in(one, span) for span in spans)]
        if any(_values_in(column, one) for one in [*spans, *({"lo": one, "hi": one} for one in alone)]):
            pass  # a value of the treated column would turn missing: every code moves
        elif (not spans and len(alone) <= MOST_CODES) or (len(spans) == 1 and len(alone) <= 1):
            return codes, [*spans, *alone]
        elif not _values_in(column, _around([*alone, *(end for span in spans for end in span.values())])):
            return codes, [_around([*alone, *(end for span in spans for end in span.values())])]
    block = _block(known, column)
    return dict(block), _declared(list(block.values()))


def _declared(numbers: list[float]) -> list[object]:
    return list(numbers) if len(numbers) <= MOST_CODES else [_around(numbers)]


def _number(code: str) -> float | None:
    try:
        number = float(code)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _span(low: str, high: str) -> Span:
    return {"lo": float(low), "hi": float(high)}


def _in(number: float, span: Span) -> bool:
    return span["lo"] <= number <= span["hi"]


def _around(numbers: Sequence[float]) -> Span:
    return {"lo": min(numbers), "hi": max(numbers)}


def _values_in(column: pa.Array, span: Span) -> bool:
    between = pc.and_(pc.greater_equal(column, span["lo"]), pc.less_equal(column, span["hi"]))
    return bool(pc.any(between).as_py())


def _block(known: Sequence[str], column: pa.Array) -> dict[str, float]:
    """Numbers below every value, one after another, for codes that cannot keep theirs."""
    lowest = pc.min(column).as_py()
    top = -1000.0
    while lowest is not None and lowest <= top:
        top *= 10
    return {code: top - place for place, code in enumerate(known, start=1)}


def _cells(column: pa.Array, found: pa.Array | None, codes: dict[str, object]) -> Callable[[int, int], list[object]]:
    def cells(at: int, rows: int) -> list[object]:
        values: list[object] = column.slice(at, rows).to_pylist()
        if found is None:
            return values
        now = (None if one is None else codes[one] for one in found.slice(at, rows).to_pylist())
        return [code if value is None else value for value, code in zip(values, now, strict=True)]

    return cells


def _labels(export: Export, variable: Variable, codes: dict[str, object], *, text: bool) -> dict[object, str]:
    found: dict[object, str] = {}
    for one in variable.categories:
        label = _cut(export.says(one.labels), LONGEST_VALUE_LABEL)
        value = codes.get(one.code) if one.missing else one.code if text else _number(one.code)
        if label and value is not None:
            found.setdefault(value, label)
    return found
