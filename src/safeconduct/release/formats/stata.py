"""Stata, with labels and user-missing codes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.model.microdata import Variable, VariableType
from safeconduct.model.text import Text, say
from safeconduct.release.file_format import Export, FileFormat, Sink, codes_of, column_of, exact, file_format, whole
from safeconduct.release.readstat import Series, write_stata
from safeconduct.release.stata_words import LONGEST_LABEL, fits_long, marked, marks_of, renamed, stata_names

EPOCH_DAYS = (date(1970, 1, 1) - date(1960, 1, 1)).days
EPOCH_MS = EPOCH_DAYS * 86_400_000
LONGEST_TEXT = 2045
CANNOT = say("the table cannot be written as a Stata file; take it as CSV with the Stata script, or as Parquet")
NUMBER_FORMATS = ("%8", "%9", "%1", "%2", "%0", "%-", "%5", "%6", "%7")


@file_format
class Stata(FileFormat):
    """A `.dta` file of Stata 14 (format 118).

    Names keep themselves where Stata takes them; else they are shortened, each to another name. User-missing codes
    become `.a` to `.z`. Labels of values stand for whole numbers only: Stata knows no others. Yes and no are 1 and 0.
    Labels longer than 80 letters are cut. Every such change is told in a note.
    """

    name: ClassVar[str] = "stata"
    title: ClassVar[Text] = Text("Stata")
    says: ClassVar[Text] = Text("For Stata 14 and newer, with labels and codes of missing answers; R reads it too.")
    suffix: ClassVar[str] = "dta"
    media: ClassVar[str] = "application/x-stata-dta"

    def write(self, export: Export, out: Sink) -> tuple[Text, ...]:
        """Write the table as a Stata file."""
        names = stata_names(export.file.names)
        columns = [_Column.of(export, variable, names[variable.name]) for variable in export.file.variables]
        write_stata(
            [one.series for one in columns],
            out,
            refusal=CANNOT,
            file_label=export.title[:LONGEST_LABEL],
            column_labels={one.series.name: _cut(export.says(one.variable.labels)) for one in columns},
            variable_value_labels={one.series.name: one.labels for one in columns if one.labels},
            missing_user_values={one.series.name: sorted(set(one.marks.values())) for one in columns if one.marks},
            variable_format={one.series.name: one.format for one in columns if one.format},
        )
        return (*renamed(names), *(note for one in columns for note in one.notes(export)))


@dataclass(frozen=True, kw_only=True, repr=False)
class _Column:
    """A column on its way into the file."""

    variable: Variable
    series: Series
    labels: dict[object, str]
    marks: dict[str, str]
    format: str
    lost: int

    @classmethod
    def of(cls, export: Export, variable: Variable, name: str) -> "_Column":
        column, kind, form = _numbers(column_of(export.table, variable.name))
        marks = marks_of(variable, export.table) if kind != "text" else {}
        codes = codes_of(export.table, variable.name) if marks else None
        series = Series(
            name=name, kind=kind, gaps=column.null_count > 0, cells=_cells(column, codes, marks), length=len(column)
        )
        labels = _labels(export, variable, marks) if kind != "text" else {}
        asked = sum(1 for one in variable.categories if export.says(one.labels))
        own = variable.format if kind != "text" and variable.format.startswith(NUMBER_FORMATS) else ""
        return cls(
            variable=variable, series=series, labels=labels, marks=marks, format=form or own, lost=asked - len(labels)
        )

    def notes(self, export: Export) -> Iterator[Text]:
        name = self.variable.name
        yield from marked(self.variable, self.marks)
        if self.lost > 0:
            yield say("Stata labels whole numbers only: the labels of {name} stand in the labels file.", name=name)
        if len(export.says(self.variable.labels)) > LONGEST_LABEL:
            yield say("The label of {name} is cut to 80 letters in Stata.", name=name)
        if len(set(self.marks.values())) < len(self.marks):
            yield say("{name} has more codes of missing answers than Stata's 26; the last ones share .z.", name=name)
        if self.series.kind == "text" and self.variable.type is VariableType.INTEGER:
            yield say("{name} has whole numbers too long for Stata; they stand there as text.", name=name)
        if self.series.kind == "text" and codes_of(export.table, name) is not None:
            yield say("Stata keeps no codes of missing answers for texts: those of {name} are empty.", name=name)


def _cut(text: str) -> str:
    return text[:LONGEST_LABEL]


def _numbers(column: pa.Array) -> tuple[pa.Array, str, str]:  # noqa: PLR0911 - one line a type, all of them here
    """A column as Stata holds it, its kind, and how it is shown where that is not the file's choice."""
    kind = column.type
    if pa.types.is_boolean(kind):
        return pc.cast(column, pa.int8()), "whole", ""
    if pa.types.is_date(kind):
        days = pc.cast(pc.cast(column, pa.date32()), pa.int32())
        return pc.add(days, pa.scalar(EPOCH_DAYS, pa.int32())), "whole", "%td"
    if pa.types.is_timestamp(kind):
        micro = pc.cast(pc.cast(column, pa.timestamp("us")), pa.int64())
        return pc.add(pc.divide(pc.cast(micro, pa.float64()), 1000.0), float(EPOCH_MS)), "number", "%tc"
    if pa.types.is_integer(kind):
        if not exact(column):
            return pc.cast(column, pa.string()), "text", ""
        return (column, "whole", "") if fits_long(column) else (pc.cast(column, pa.float64()), "number", "")
    if pa.types.is_floating(kind):
        return pc.if_else(pc.is_finite(column), column, pa.scalar(None, kind)), "number", ""
    return pc.cast(column, pa.string()), "text", ""


def _cells(column: pa.Array, codes: pa.Array | None, marks: dict[str, str]) -> Callable[[int, int], list[object]]:
    def cells(at: int, rows: int) -> list[object]:
        values: list[object] = column.slice(at, rows).to_pylist()
        if codes is None:
            return values
        letters = (None if one is None else marks[one] for one in codes.slice(at, rows).to_pylist())
        return [letter if value is None else value for value, letter in zip(values, letters, strict=True)]

    return cells


def _labels(export: Export, variable: Variable, marks: dict[str, str]) -> dict[object, str]:
    found: dict[object, str] = {}
    for one in variable.categories:
        label, code = export.says(one.labels), marks.get(one.code) if one.missing else whole(one.code)
        if label and code is not None:
            found.setdefault(code, label)
    return found
