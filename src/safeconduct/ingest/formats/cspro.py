"""CSPro: lines of fixed width and the dictionary that says what stands where."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.ingest.survey_base import Arrived, Contents, ReadTable, SurveyFormat, cannot_use, formats, told
from safeconduct.ingest.survey_cspro import MISSING, Dictionary, Item, Level, Record, Value, dictionary_of
from safeconduct.ingest.survey_delimited import encoding_of
from safeconduct.ingest.survey_names import column_names, table_name
from safeconduct.ingest.survey_zip import left_out
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import Category, DataFile, Measurement, Variable, VariableType, missing_column
from safeconduct.model.study import Study
from safeconduct.model.text import Text, say

LINES = 20_000
DATA = {".dat", ".txt", ".csdat", ".data", ""}
DEFAULT = "*"  # CSPro fills an item with stars where a computed value did not fit
DELETED = "~"
_NUMERIC = r"^-?[0-9]*\.?[0-9]*$"
_WHOLE = r"^[-.]?$|^-?0*[0-9]{0,15}\.?0*$"
"""A whole number that keeps every digit: CSPro has no longer ones."""


@formats
class CsproSurvey(SurveyFormat):
    """A `.dcf` dictionary and its data; each kind of line becomes a table, linked by the identification items.

    A value set gives the categories; its values marked missing or refused are user-missing codes. An item that stands
    several times in a line becomes columns `NAME_1`, `NAME_2`, …. Numbers with implied decimals get their point.
    """

    name: ClassVar[str] = "cspro"
    gathers: ClassVar[bool] = True

    def claims(self, arrived: Arrived) -> bool:
        """A dictionary or CSPro's own database, by its name."""
        return arrived.ending in {".dcf", ".csdb"}

    def read(self, files: Sequence[Arrived], hints: Mapping[str, str]) -> Contents:
        """The tables of every dictionary with its data."""
        dictionaries = [one for one in files if one.ending == ".dcf"]
        data = [one for one in files if one.ending in DATA]
        for one in files:
            if one.ending == ".csdb":
                raise cannot_use(
                    say(
                        "{file} is CSPro's own database; open it in CSPro's Data Manager and save it as text "
                        "(.dat), then send that with the .dcf dictionary.",
                        file=one.base,
                    ),
                    one,
                )
        pairs = [(one, _data_of(one, data, alone=len(dictionaries) == 1)) for one in dictionaries]
        used = {id(one) for pair in pairs for one in pair}
        found = [_read(dictionary_of(one), lines, hints) for one, lines in pairs]
        return Contents(
            tables=tuple(table for tables, _ in found for table in tables),
            format=self.name,
            languages=tuple(dict.fromkeys(name for one, _ in pairs for name in dictionary_of(one).languages)),
            study=_study(dictionary_of(pairs[0][0])),
            notes=(
                *(note for _, notes in found for note in notes),
                *left_out(one.base for one in files if id(one) not in used),
            ),
        )


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a table and where it stands in a line.

    Attributes:
        item: Its item.
        start: First character, from 0.
        variable: What is known about it.
    """

    item: Item
    start: int
    variable: Variable


@dataclass(frozen=True, kw_only=True)
class Lines:
    """A data file.

    Attributes:
        arrived: The file.
        encoding: Its encoding.
        dictionary: What describes it.
    """

    arrived: Arrived
    encoding: str
    dictionary: Dictionary

    def blocks(self) -> Iterator[tuple[int, pa.Array]]:
        """Lines as texts, with the number of the first; deleted and empty lines are `None`."""
        with told(self.arrived), self.arrived.open() as stream:
            lines = (line.decode(self.encoding).rstrip("\r\n") for line in stream)
            first = 1
            while block := list(islice(lines, LINES)):
                if first == 1:
                    block[0] = block[0].removeprefix("\ufeff")
                yield (
                    first,
                    pa.array(
                        [one if one.strip() and not one.startswith(DELETED) else None for one in block], pa.string()
                    ),
                )
                first += len(block)

    def kinds(self, block: pa.Array) -> pa.Array:
        """The kind of each line."""
        start = self.dictionary.start - 1
        return pc.utf8_trim_whitespace(pc.utf8_slice_codeunits(block, start, start + self.dictionary.length))


def _data_of(dictionary: Arrived, data: Sequence[Arrived], *, alone: bool) -> Arrived:
    same = [one for one in data if one.stem.casefold() == dictionary.stem.casefold()]
    found = same or (list(data) if alone and len(data) == 1 else [])
    if not found:
        raise cannot_use(
            say(
                "{file} is a CSPro dictionary without data; send the data (.dat) of the same name with it.",
                file=dictionary.base,
            ),
            dictionary,
        )
    return found[0]


def _study(dictionary: Dictionary) -> Study | None:
    title = dictionary.labels
    return Study(id=table_name(dictionary.name or "study").lower(), title=title) if title else None


def _read(
    dictionary: Dictionary, arrived: Arrived, hints: Mapping[str, str]
) -> tuple[list[ReadTable], tuple[Text, ...]]:
    encoding, notes = encoding_of(arrived, hints)
    lines = Lines(arrived=arrived, encoding=encoding, dictionary=dictionary)
    _refuse_strange_lines(lines)
    tables: list[ReadTable] = []
    ids: tuple[Item, ...] = ()
    parent: DataFile | None = None
    for level in dictionary.levels:
        ids = (*ids, *level.ids)
        main = _main(level)
        for record in sorted(level.records, key=lambda one: one is not main):
            table = _table(lines, record, ids, parent)
            parent = table.file if record is main else parent
            tables.append(table)
    return tables, notes


def _main(level: Level) -> Record | None:
    """The kind of line that each case has once."""
    single = [one for one in level.records if one.most == 1]
    return next((one for one in single if one.required), single[0] if single else None)


def _refuse_strange_lines(lines: Lines) -> None:
    dictionary = lines.dictionary
    known = pa.array([one.code.strip() for level in dictionary.levels for one in level.records], pa.string())
    shortest = max((one.start + one.length - 1 for one in dictionary.levels[0].ids), default=0)
    for first, block in lines.blocks():
        if dictionary.length:
            strange = pc.fill_null(pc.invert(pc.is_in(lines.kinds(block), value_set=known)), fill_value=False)
            if at := _line(pc.and_(strange, pc.is_valid(block)), first):
                raise _strange_kind(lines.arrived, at)
        if at := _line(pc.less(pc.utf8_length(block), shortest), first):
            raise _too_short(lines.arrived, at)


def _strange_kind(arrived: Arrived, line: int) -> BadInput:
    return cannot_use(
        say(
            "Line {line} of {file} is of a kind that the dictionary does not describe; send the dictionary the data "
            "were made with.",
            line=line,
            file=arrived.base,
        ),
        arrived,
    )


def _too_short(arrived: Arrived, line: int) -> BadInput:
    return cannot_use(
        say(
            "Line {line} of {file} is shorter than the dictionary says; send the dictionary the data were made with, "
            "or the whole file.",
            line=line,
            file=arrived.base,
        ),
        arrived,
    )


def _cut_inside(arrived: Arrived, line: int, column: str) -> BadInput:
    return cannot_use(
        say(
            "Line {line} of {file} ends inside {column}; the file is cut, or the dictionary is not its own.",
            line=line,
            file=arrived.base,
            column=column,
        ),
        arrived,
    )


def _no_number(arrived: Arrived, line: int, column: str) -> BadInput:
    return cannot_use(
        say(
            "Line {line} of {file} has no number in {column}, where the dictionary says there is one.",
            line=line,
            file=arrived.base,
            column=column,
        ),
        arrived,
    )


def _line(wrong: pa.Array, first: int) -> int:
    """Number of the first line that is wrong, 0 for none."""
    at = int(pc.index(wrong, value=True).as_py())
    return first + at if at >= 0 else 0


def _table(lines: Lines, record: Record, ids: Sequence[Item], parent: DataFile | None) -> ReadTable:
    columns = tuple(_columns((*ids, *record.items)))
    names = column_names((one.variable.name for one in columns), lines.arrived, sheet=record.name)
    columns = tuple(
        replace(one, variable=replace(one.variable, name=name)) for one, name in zip(columns, names, strict=True)
    )
    key = tuple(one.name for one in ids)
    link = parent.key if parent else ()
    file = DataFile(
        name=table_name(record.name),
        variables=tuple(one.variable for one in columns),
        labels=record.labels,
        key=key if record.most == 1 else (),
        parent=parent.name if parent else "",
        link=link,
    )
    return ReadTable(file=file, batches=partial(_batches, lines, record, columns))


def _columns(items: Sequence[Item]) -> Iterator[Column]:
    """Columns in order; an item that repeats takes its parts with it."""
    whole = None
    for item in items:
        whole = item if not item.inside else whole
        outer = whole if whole and item.inside else item
        many = max(outer.occurrences, 1)
        for turn in range(many * (item.occurrences if item.inside else 1)):
            first, second = divmod(turn, item.occurrences) if item.inside else (turn, 0)
            start = item.start - 1 + first * outer.length + (second * item.length if item.inside else 0)
            repeats = many * (item.occurrences if item.inside else 1) > 1
            name = f"{item.name}_{turn + 1}" if repeats else item.name
            yield Column(item=item, start=start, variable=_variable(item, name, group=item.name if repeats else ""))


def _variable(item: Item, name: str, *, group: str) -> Variable:
    missing = [one for one in item.values if one.special in MISSING]
    sort = VariableType.TEXT
    if item.numeric:
        sort = VariableType.NUMBER if item.decimals else VariableType.INTEGER
    categories = tuple(_category(one, item) for one in item.values if _labelled(one))
    ranges = [f"{one.low}:{one.high}" for one in item.values if one.high and not one.special]
    return Variable(
        name=name,
        type=sort,
        labels=item.labels,
        categories=categories,
        missing_codes=tuple(dict.fromkeys(_code(one.low, item) for one in missing if not one.high and one.low)),
        missing_ranges=tuple((one.low, one.high) for one in missing if one.high),
        measurement=Measurement.NOMINAL if categories else Measurement.UNKNOWN,
        constraint=" ".join(ranges),
        group=group,
        storage=f"{'numeric' if item.numeric else 'alpha'}{item.length}",
        width=0 if item.numeric else item.length,
    )


def _labelled(value: Value) -> bool:
    return bool(value.low) and not value.high and value.special not in {"notappl", "default"}


def _category(value: Value, item: Item) -> Category:
    return Category(code=_code(value.low, item), labels=value.labels, missing=value.special in MISSING)


def _code(text: str, item: Item) -> str:
    if not item.numeric or not re.fullmatch(r"-?[0-9]*\.?[0-9]+", text):
        return text
    number = float(text)
    return str(int(number)) if number.is_integer() else repr(number)


def _batches(lines: Lines, record: Record, columns: Sequence[Column]) -> Iterator[pa.RecordBatch]:
    for first, block in lines.blocks():
        mine = pc.is_valid(block)
        if lines.dictionary.length:
            mine = pc.fill_null(pc.equal(lines.kinds(block), record.code.strip()), fill_value=False)
        plain: dict[str, pa.Array] = {}
        beside: dict[str, pa.Array] = {}
        for column in columns:
            cells = _cells(lines, block, column, mine, first).filter(mine)
            values, codes = _values(cells, column)
            plain[column.variable.name] = values
            if column.variable.missing_codes or column.variable.missing_ranges:
                beside[missing_column(column.variable.name)] = codes
        if len(next(iter(plain.values()))):
            yield pa.record_batch({**plain, **beside})


def _cells(lines: Lines, block: pa.Array, column: Column, mine: pa.Array, first: int) -> pa.Array:
    """An item's characters in each line; a number must be one and must not be cut."""
    end = column.start + column.item.length
    cells = pc.utf8_trim_whitespace(pc.utf8_slice_codeunits(block, column.start, end))
    if not column.item.numeric:
        return cells
    length, name = pc.utf8_length(block), column.variable.name
    cut = pc.and_(pc.greater(length, column.start), pc.less(length, end))
    if at := _line(pc.and_(mine, cut), first):
        raise _cut_inside(lines.arrived, at, name)
    bare = pc.replace_substring(cells, DEFAULT, "")
    form = _NUMERIC if column.item.decimals else _WHOLE
    if at := _line(pc.and_(mine, pc.invert(pc.match_substring_regex(bare, form))), first):
        raise _no_number(lines.arrived, at, name)
    return bare


def _values(cells: pa.Array, column: Column) -> tuple[pa.Array, pa.Array]:
    """Values, and the user-missing code of each cell that has one."""
    nothing = pa.scalar(None, pa.string())
    texts = pc.if_else(pc.is_in(cells, value_set=pa.array(["", "-", "."])), nothing, cells)
    variable, item = column.variable, column.item
    if not item.numeric:
        hit = pc.fill_null(pc.is_in(texts, value_set=pa.array(variable.missing_codes, pa.string())), fill_value=False)
        return pc.if_else(hit, nothing, texts), pc.if_else(hit, texts, nothing)
    scale = 10**item.decimals
    numbers = texts.cast(pa.float64())
    if item.decimals and not item.mark:
        numbers = pc.if_else(pc.match_substring(texts, "."), numbers, pc.divide(numbers, float(scale)))
    hit = pc.is_in(numbers, value_set=pa.array([float(one) for one in variable.missing_codes], pa.float64()))
    for low, high in variable.missing_ranges:
        hit = pc.or_(hit, pc.and_(pc.greater_equal(numbers, float(low)), pc.less_equal(numbers, float(high))))
    hit = pc.fill_null(hit, fill_value=False)
    codes = pa.array([_number(one) if flag else None for one, flag in zip(numbers.to_pylist(), hit.to_pylist(),
                      strict=True)], pa.string())  # fmt: skip
    kept = pc.if_else(hit, pa.scalar(None, pa.float64()), numbers)
    return (kept if item.decimals else kept.cast(pa.int64())), codes


def _number(value: float | None) -> str | None:
    if value is None:
        return None
    return str(int(value)) if value.is_integer() else repr(value)
