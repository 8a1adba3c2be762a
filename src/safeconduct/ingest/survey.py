"""Uploaded survey files in, tables with their descriptions out."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import pyarrow as pa

from safeconduct.ingest.survey_base import (
    Arrived,
    Contents,
    ReadTable,
    SurveyFormat,
    formats,
    refuse_strangers,
    told_of,
)
from safeconduct.ingest.survey_keys import keyed
from safeconduct.ingest.survey_links import related
from safeconduct.ingest.survey_names import table_name
from safeconduct.ingest.survey_zip import is_workbook, is_zip, left_out, members
from safeconduct.model.errors import BadInput
from safeconduct.model.text import Text, say

__all__ = ["Arrived", "Contents", "ReadTable", "SurveyFormat", "formats", "read"]

HINTS = frozenset({"encoding", "delimiter", "household", "key", "sheet", "missing"})
NO_HINTS: Mapping[str, str] = {}
SPREADSHEETS = frozenset({".ods", ".xls", ".xlsb"})
"""Zip archives inside, and yet one table each: their reader says what to do with them."""


def read(files: Sequence[Arrived], *, hints: Mapping[str, str] = NO_HINTS) -> Contents:
    """Read what arrived as one data set.

    Formats are told by names and first bytes. Archives are unpacked; a dictionary goes with its data, a form with its
    export; other files are tables of their own, related by the columns they share.

    Args:
        files: What was uploaded together.
        hints: What the steward says where a file does not: `encoding`, `delimiter`, `key` (the columns that tell rows
            apart, between commas), `household` (the column that links the files), `sheet` (the only sheet to read),
            `missing` (texts that stand for a missing number in text files and workbooks, between commas, such as
            `N,-`).

    Raises:
        Unreadable: A file is cut, damaged or not what its name says.
        BadInput: No file can be used, or one can be read but not be used as it is; the message says what to do.
    """
    if unknown := sorted(set(hints) - HINTS):
        raise BadInput(
            say("No hint is called {name}; there are {known}.", name=unknown[0][:60], known=", ".join(sorted(HINTS))),
            field="hints",
        )
    given = {name: value for name, value in hints.items() if value}
    arrived, notes = _unpacked(files)
    with told_of(arrived[0].base):
        found = _read(arrived, given)
        whole = [_told(table) for table in _apart(found.tables)]
        tables = keyed(related(whole, given.get("household", "")), given.get("key", ""))
    return replace(found, tables=tables, notes=(*notes, *found.notes))


def _told(table: ReadTable) -> ReadTable:
    """A table whose rows come with no error but ours: what a library says of a cell it cannot use quotes it."""

    def batches() -> Iterator[pa.RecordBatch]:
        with told_of(table.file.name):
            yield from table.batches()

    return replace(table, batches=batches)


def _unpacked(files: Sequence[Arrived]) -> tuple[list[Arrived], list[Text]]:
    if not files:
        raise BadInput(say("No file was sent; choose the files of the survey."), field="files")
    found: list[Arrived] = []
    notes: list[Text] = []
    for one in files:
        refuse_strangers(one)
        if is_zip(one) and not is_workbook(one) and one.ending not in SPREADSHEETS:
            inside, left = members(one)
            found += inside
            notes += left
        else:
            found.append(one)
    return found, notes


def _read(files: Sequence[Arrived], hints: Mapping[str, str]) -> Contents:
    sorts = sorted((sort() for sort in formats.values()), key=lambda one: not one.particular)
    for sort in sorts:
        if sort.gathers and any(sort.claims(one) for one in files) and (mine := sort.takes(files)):
            rest = [one for one in files if one not in mine]
            return _beside(sort.read(mine, hints), rest, hints) if rest else sort.read(mine, hints)
    claimed: dict[str, list[Arrived]] = defaultdict(list)
    strangers = []
    for one in files:
        name = next((sort.name for sort in sorts if not sort.gathers and sort.claims(one)), "")
        if name:
            claimed[name].append(one)
        else:
            strangers.append(one.base)
    if not claimed:
        raise BadInput(
            say(
                "{file} is of no kind that can be read. Send .csv, .xlsx, .dta, .sav, .sas7bdat, .xpt or .parquet "
                "files, CSPro data with the dictionary, or an export of Kobo, ODK or Survey Solutions.",
                file=strangers[0],
            ),
            field="files",
        )
    found = [formats[name]().read(those, hints) for name, those in claimed.items()]
    return _together(found, left_out(strangers))


def _beside(found: Contents, rest: Sequence[Arrived], hints: Mapping[str, str]) -> Contents:
    """What a gathering format read, with the files it had no use for."""
    known = [one for one in rest if any(sort().claims(one) for sort in formats.values())]
    strangers = left_out(one.base for one in rest if one not in known)
    return _together([found, *([_read(known, hints)] if known else [])], strangers)


def _together(found: Sequence[Contents], notes: Sequence[Text]) -> Contents:
    return Contents(
        tables=tuple(table for one in found for table in one.tables),
        format="+".join(one.format for one in found),
        languages=tuple(dict.fromkeys(name for one in found for name in one.languages)),
        study=next((one.study for one in found if one.study), None),
        notes=(*(note for one in found for note in one.notes), *notes),
    )


def _apart(tables: Sequence[ReadTable]) -> list[ReadTable]:
    """The tables under names of their own."""
    found: list[ReadTable] = []
    for one in tables:
        name = table_name(one.file.name, [other.file.name for other in found])
        found.append(replace(one, file=replace(one.file, name=name)))
    return found
