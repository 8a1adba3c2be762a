"""Public files of the Counter Trafficking Data Collaborative."""

import csv
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import ClassVar

from safeconduct.ingest.standards.ctdc import PublicFile, ctdc
from safeconduct.ingest.standards.declared import DisclosureRole
from safeconduct.ingest.survey_base import Arrived, Contents, ReadTable, SurveyFormat, formats
from safeconduct.ingest.survey_cells import typed
from safeconduct.ingest.survey_delimited import DELIMITERS, delimited, layout_of
from safeconduct.model.microdata import Measurement, Variable, VariableRole, VariableType
from safeconduct.model.text import Text

FEWEST = 10
WORDS = frozenset({"gender", "ageBroad", "traffickMonths", "Datasource"})
MISSING = "-99"
BLANK = {"": "1 says that it was stated. A blank is unknown and never a no."}
ROLES = {
    DisclosureRole.QUASI: VariableRole.QUASI,
    DisclosureRole.SENSITIVE: VariableRole.SENSITIVE,
    None: VariableRole.DIRECT,
}


@formats
class CtdcFile(SurveyFormat):
    """CSV files in the column style of CTDC, told by their columns.

    `-99` is a code for missing, and so is `00` in columns of countries; `NA` there is Namibia. A flag is 1 or blank,
    and blank is unknown, never "no". Bands of age stay as they are written: one file says `09--17`, another `9--17`.
    """

    name: ClassVar[str] = "ctdc"
    particular: ClassVar[bool] = True

    def claims(self, arrived: Arrived) -> bool:
        """By ten columns of one of its public files."""
        return arrived.ending in {".csv", ".tsv"} and release_of(_header(arrived)) is not None

    def read(self, files: Sequence[Arrived], hints: Mapping[str, str]) -> Contents:
        """One table a file."""
        tables: list[ReadTable] = []
        notes: list[Text] = []
        for arrived in files:
            layout = layout_of(arrived, hints)
            known = {name: _variable(name) for name in layout.names}
            texts = {name for name in layout.names if name in {*WORDS, *ctdc().codes_of_countries}}
            tables.append(typed(delimited(arrived, layout), known=known, texts=texts, marks=hints.get("missing", "")))
            notes += layout.notes
        return Contents(tables=tuple(tables), format=self.name, notes=tuple(notes))


def _header(arrived: Arrived) -> Sequence[str]:
    lines = arrived.head().decode("utf-8-sig", errors="ignore").splitlines()[:1]
    rows: list[list[str]] = []
    for mark in DELIMITERS:
        with suppress(csv.Error):
            rows += csv.reader(lines, delimiter=mark)
    return max(rows, key=len, default=[])


def release_of(columns: Sequence[str]) -> PublicFile | None:
    """The public file a header is that of, `None` for no file of CTDC."""
    shared = {one.name: len({*one.columns} & {*columns}) for one in ctdc().releases}
    best = max(ctdc().releases, key=lambda one: shared[one.name])
    return best if shared[best.name] >= FEWEST else None


def _variable(name: str) -> Variable:
    country = name in ctdc().codes_of_countries
    role = VariableRole.GEOGRAPHY if country else ROLES[ctdc().role(name) if name in _columns() else None]
    plain = Variable(name=name, type=VariableType.TEXT)
    if name not in _columns():
        return plain
    known = replace(plain, missing_codes=(MISSING, "00") if country else (MISSING,), wish=role.value)
    flag = not country and name not in WORDS and name != "yearOfRegistration"
    return replace(known, hints=BLANK, measurement=Measurement.NOMINAL) if flag else known


def _columns() -> frozenset[str]:
    return frozenset(name for one in ctdc().releases for name in one.columns)
