"""Text files with a DDI Codebook beside them that says what their columns are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from io import TextIOWrapper
from itertools import islice
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.ingest.survey_base import Arrived, Contents, ReadTable, SurveyFormat, cannot_use, formats, told
from safeconduct.ingest.survey_cells import TextTable, typed
from safeconduct.ingest.survey_ddi import Codebook, Column, description_of, is_ddi, paired, study_id
from safeconduct.ingest.survey_delimited import delimited, encoding_of, layout_of
from safeconduct.ingest.survey_names import table_name
from safeconduct.model.microdata import Variable
from safeconduct.model.study import Study
from safeconduct.model.text import Text, say

DELIMITED = {".csv", ".tsv", ".tab"}
PLAIN = {".txt", ".dat", ".asc", ".raw", ".fwf", ""}
LINES = 20_000


@formats
class DdiDescribed(SurveyFormat):
    """Data as CSV or in lines of fixed width, with a DDI Codebook (`.xml`, 2.5 and its neighbours) beside them.

    Labels, categories, codes for missing, questions, instructions and universes come from the description, as do the
    places of columns in a line; types come from the data. Its statistics are left. A data file goes with the
    description of its name, a single one with the only one. Other files sent along are read by themselves.
    """

    name: ClassVar[str] = "ddi"
    gathers: ClassVar[bool] = True

    def claims(self, arrived: Arrived) -> bool:
        """A description."""
        return is_ddi(arrived)

    def takes(self, files: Sequence[Arrived]) -> tuple[Arrived, ...]:
        """The description and text files; nothing where there are no text files to be read with it."""
        data = [one for one in files if one.ending in DELIMITED | PLAIN]
        return tuple(one for one in files if one in data or is_ddi(one)) if data else ()

    def read(self, files: Sequence[Arrived], hints: Mapping[str, str]) -> Contents:
        """A table of each data file."""
        about, *more = [one for one in files if is_ddi(one)]
        if more:
            said = say("{file} is a second description; send the one that belongs to the data.", file=more[0].base)
            raise cannot_use(said, more[0])
        found = description_of(about)
        tables: list[ReadTable] = []
        notes: list[Text] = []
        for book, arrived in paired(found, [one for one in files if one is not about], about):
            table, said_so = _table(book, arrived, hints, [one.file.name for one in tables])
            tables.append(table)
            notes += said_so
        languages = {name for one in tables for each in one.file.variables for name in each.labels if name}
        study = Study(id=study_id(found.id), title=found.title) if found.id and found.title else None
        return Contents(tables=tuple(tables), format=self.name, languages=tuple(sorted(languages)), study=study,
                        notes=tuple(notes))  # fmt: skip


def _table(
    book: Codebook, arrived: Arrived, hints: Mapping[str, str], taken: Sequence[str]
) -> tuple[ReadTable, Sequence[Text]]:
    fixed = book.fixed and arrived.ending in PLAIN
    texts, notes = _fixed(book, arrived, hints) if fixed else _delimited(arrived, hints)
    texts = replace(texts, name=table_name(arrived.stem, taken))
    columns = {one.variable.name.casefold(): one for one in book.columns}
    mine = {name: columns[name.casefold()] for name in texts.columns if name.casefold() in columns}
    if not mine:
        raise cannot_use(
            say("No column of {file} is in its description; send the description that belongs to it.",
                file=arrived.base), arrived
        )  # fmt: skip
    known = {name: replace(_ranged(one, name, texts), name=name) for name, one in mine.items()}
    read = typed(texts, known=known, texts={name for name, one in mine.items() if one.text},
                 marks=hints.get("missing", ""))  # fmt: skip
    key = tuple(one for one in book.key if one in texts.columns)
    file = replace(read.file, key=key if len(key) == len(book.key) else (), labels=book.labels)
    return replace(read, file=file), [*notes, *_compared(mine, columns, texts, arrived)]


def _delimited(arrived: Arrived, hints: Mapping[str, str]) -> tuple[TextTable, Sequence[Text]]:
    layout = layout_of(arrived, hints)
    return delimited(arrived, layout), layout.notes


def _fixed(book: Codebook, arrived: Arrived, hints: Mapping[str, str]) -> tuple[TextTable, Sequence[Text]]:
    encoding, notes = encoding_of(arrived, hints)
    names = tuple(one.variable.name for one in book.columns)
    batches = partial(_lines, book, arrived, encoding)
    odd = [
        say("{column} of {file} has decimals by its description; they were read as they stand, without moving the "
            "point.", column=one.variable.name, file=arrived.base)
        for one in book.columns if one.decimals
    ]  # fmt: skip
    return TextTable(name=arrived.stem, columns=names, batches=batches), [*notes, *odd]


def _lines(book: Codebook, arrived: Arrived, encoding: str) -> Iterator[pa.RecordBatch]:
    """Lines cut where the description says; a line that is too short is told by its number."""
    last = max(one.place.start for one in book.columns if one.place)
    names = [one.variable.name for one in book.columns]
    with told(arrived), arrived.open() as stream, TextIOWrapper(stream, encoding=encoding, newline=None) as text:
        number = 0
        while block := [line.rstrip("\r\n") for line in islice(text, LINES)]:
            short = next((at for at, line in enumerate(block, number + 1) if line.strip() and len(line) <= last), 0)
            if short:
                raise cannot_use(
                    say("Line {line} of {file} is shorter than its description says; send the description that belongs "
                        "to it.", line=short, file=arrived.base), arrived
                )  # fmt: skip
            number += len(block)
            lines = pa.array([line for line in block if line.strip()], pa.string())
            yield pa.record_batch([_cut(lines, one) for one in book.columns], names=names)


def _cut(lines: pa.Array, one: Column) -> pa.Array:
    place = one.place
    start, stop = (place.start, place.stop) if place else (0, 0)
    cells = pc.utf8_trim_whitespace(pc.utf8_slice_codeunits(lines, start, stop))
    return pc.if_else(pc.equal(cells, ""), pa.scalar(None, pa.string()), cells)


def _ranged(one: Column, name: str, table: TextTable) -> Variable:
    """What is known of a column, with every code in the data that lies in a range of missing ones."""
    ranges = [(float(low), float(high)) for low, high in one.variable.missing_ranges]
    found: set[str] = set()
    for batch in table.batches() if ranges else ():
        for cell in pc.unique(batch.column(table.columns.index(name)).drop_null()).to_pylist():
            number = _as_number(cell)
            if number is not None and any(low <= number <= high for low, high in ranges):
                found.add(cell.strip())
    return replace(one.variable, missing_codes=tuple(dict.fromkeys([*one.variable.missing_codes, *sorted(found)])))


def _as_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _compared(
    mine: Mapping[str, Column], described: Mapping[str, Column], texts: TextTable, arrived: Arrived
) -> Iterator[Text]:
    """What the data have and the description has not, and the other way round."""
    strange = [name for name in texts.columns if name not in mine]
    lacking = [one.variable.name for key, one in described.items() if key not in {name.casefold() for name in mine}]
    if strange:
        yield say("{file} has columns that its description does not have: {columns}.", file=arrived.base,
                  columns=", ".join(strange))  # fmt: skip
    if lacking:
        yield say("The description of {file} has variables that it does not have: {columns}.", file=arrived.base,
                  columns=", ".join(lacking))  # fmt: skip
