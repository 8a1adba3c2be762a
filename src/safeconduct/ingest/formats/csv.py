"""Comma-separated values, or whatever stands between the cells."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from safeconduct.ingest.survey_base import Arrived, Contents, ReadTable, SurveyFormat, formats
from safeconduct.ingest.survey_cells import typed
from safeconduct.ingest.survey_delimited import delimited, layout_of
from safeconduct.model.text import Text

ENDINGS = {".csv", ".tsv", ".tab", ".txt"}


@formats
class CsvSurvey(SurveyFormat):
    """Text files with a header: `.csv`, `.tsv`, `.tab`, `.txt`.

    Encoding and delimiter are found, or named by the hints `encoding` and `delimiter`. An empty cell is missing. Dates
    are read where they are written 2026-03-01; other ways of writing a date stay text, since days and months cannot be
    told apart. Commas before decimals are understood where the delimiter is another character.
    """

    name: ClassVar[str] = "csv"

    def claims(self, arrived: Arrived) -> bool:
        """By its name; what the bytes are shows when they are read."""
        return arrived.ending in ENDINGS

    def read(self, files: Sequence[Arrived], hints: Mapping[str, str]) -> Contents:
        """One table a file."""
        tables: list[ReadTable] = []
        notes: list[Text] = []
        for arrived in files:
            layout = layout_of(arrived, hints)
            table = delimited(arrived, layout)
            tables.append(typed(table, comma=layout.delimiter != ",", marks=hints.get("missing", "")))
            notes += layout.notes
        return Contents(tables=tuple(tables), format=self.name, notes=tuple(notes))
