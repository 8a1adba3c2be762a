"""Exports of KoboToolbox and ODK, with the form they were collected with."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from safeconduct.ingest.survey_asset import is_asset
from safeconduct.ingest.survey_base import Arrived, Contents, ReadTable, SurveyFormat, cannot_use, formats
from safeconduct.ingest.survey_cells import TextTable, typed
from safeconduct.ingest.survey_delimited import delimited, layout_of
from safeconduct.ingest.survey_export import Place, as_asked, matched
from safeconduct.ingest.survey_names import table_name
from safeconduct.ingest.survey_pulled import is_pulled, pulled_tables
from safeconduct.ingest.survey_workbook import Workbook
from safeconduct.ingest.survey_xlsform import Form, Repeat, form_of, is_form
from safeconduct.ingest.survey_zip import is_workbook, left_out, peek
from safeconduct.model.microdata import Variable
from safeconduct.model.study import Study
from safeconduct.model.text import Text, say

MARKS = (b"_submission_time", b"_submission__uuid", b"_parent_index", b"instanceID", b"PARENT_KEY", b"_uuid")
ENCRYPTED = {"public_key", "encryptedxmlfile", "base64encryptedkey", "base64encryptedelementsignature"}
LINKS = (("_parent_index", "_index"), ("PARENT_KEY", "KEY"), ("_submission__uuid", "_uuid"))
CARRIED = ("_parent_table_name", "_submission__")  # repeated from the table above
EXPORTS = frozenset({".csv", ".tsv", ".xlsx"})
SHEET = 31  # letters Excel lets a sheet's name have


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One table of an export.

    Attributes:
        arrived: The file it stands in.
        title: Name of the sheet, or of the file without its ending.
        table: Its cells.
        marks: Further marks of a missing number.
    """

    arrived: Arrived
    title: str
    table: TextTable
    marks: str = ""

    @property
    def up(self) -> tuple[str, str]:
        """The column that names the row above, and the column there; `("", "")` for none."""
        return next(((mine, theirs) for mine, theirs in LINKS if mine in self.table.columns), ("", ""))


@formats
class KoboSurvey(SurveyFormat):
    """CSV or Excel exports of Kobo and ODK, best with their XLSForm beside them.

    With the form, columns get the questions' XML names, texts in every language and categories; a question with several
    answers becomes a 0/1 column for each; rows of repeats are linked to the row above. Without the form only the links
    are found. Exports must hold XML values, not labels.
    """

    name: ClassVar[str] = "kobo"
    gathers: ClassVar[bool] = True

    def claims(self, arrived: Arrived) -> bool:
        """A form, a table with the columns these servers add, or what was pulled from them."""
        if is_pulled(arrived) or is_asset(arrived):
            return True
        if arrived.ending in {".csv", ".tsv"}:
            return any(mark in arrived.head().split(b"\n", 1)[0] for mark in MARKS)
        if arrived.ending != ".xlsx" or not is_workbook(arrived):
            return False
        parts = peek(arrived, "xl/sharedstrings.xml") + peek(arrived, "xl/worksheets/sheet1.xml")
        return is_form(arrived) or any(b">" + mark + b"<" in parts for mark in MARKS)

    def read(self, files: Sequence[Arrived], hints: Mapping[str, str]) -> Contents:
        """The export's tables; the first is that of the interviews."""
        forms = [one for one in files if is_form(one)]
        if len(forms) > 1:
            raise cannot_use(
                say("{file} is a second form; send the one form the answers were collected with.", file=forms[1].base),
                forms[1],
            )
        exports = [one for one in files if one not in forms and (one.ending in EXPORTS or is_pulled(one))]
        if not exports:
            raise cannot_use(
                say("{file} is a form without answers; send the export with it.", file=forms[0].base), forms[0]
            )
        form = form_of(forms[0]) if forms else None
        found, notes = _sheets(exports, hints, form)
        _refuse_encrypted(found, form)
        others = [one.base for one in files if one not in forms and one not in exports]
        tables, told = _tables(found, form)
        return Contents(
            tables=tables,
            format=self.name,
            languages=form.languages if form else (),
            study=_study(form),
            notes=(*notes, *told, *left_out(others)),
        )


def _sheets(exports: Sequence[Arrived], hints: Mapping[str, str], form: Form | None) -> tuple[list[Sheet], list[Text]]:
    found: list[Sheet] = []
    marks = hints.get("missing", "")
    notes: list[Text] = []
    for arrived in exports:
        if is_pulled(arrived):
            tables = pulled_tables(arrived, form)
            found += [Sheet(arrived=arrived, title=title, table=one, marks=marks) for title, one in tables]
            continue
        if arrived.ending != ".xlsx":
            layout = layout_of(arrived, hints)
            found.append(Sheet(arrived=arrived, title=arrived.stem, table=delimited(arrived, layout), marks=marks))
            notes += layout.notes
            continue
        book = Workbook(arrived)
        for title in book.sheets:
            if book.is_empty(title):
                notes.append(say("Sheet {sheet} of {file} is empty and was left out.", sheet=title, file=arrived.base))
            else:
                found.append(
                    Sheet(arrived=arrived, title=title, table=book.table(title, table_name(title)), marks=marks)
                )
    if not found:
        raise cannot_use(
            say("{file} has no sheet with answers; send the export again.", file=exports[0].base), exports[0]
        )
    return found, notes


def _refuse_encrypted(sheets: Sequence[Sheet], form: Form | None) -> None:
    for one in sheets:
        columns = {name.replace("-", "/").rsplit("/", 1)[-1].lower() for name in one.table.columns}
        answered = not form or any(matched(one.table.columns, form, repeat) != [None] * len(one.table.columns)
                                   for repeat in ("", *(two.name for two in form.repeats)))  # fmt: skip
        if columns & ENCRYPTED or (form and form.public_key and not answered):
            raise cannot_use(
                say(
                    "The answers in {file} are encrypted; decrypt them first with ODK Briefcase or Central and "
                    "your key, then send the export.",
                    file=one.arrived.base,
                ),
                one.arrived,
            )


def _tables(sheets: Sequence[Sheet], form: Form | None) -> tuple[tuple[ReadTable, ...], list[Text]]:
    top = next((one for one in sheets if not one.up[0]), sheets[0])
    names = {id(one): "" if one is top else _repeat(one, form) for one in sheets}
    if form and not any(matched(top.table.columns, form, "")):
        raise cannot_use(
            say(
                "No column of {file} is a question of the form. Export again with XML values and headers, "
                "or send the form the answers were collected with.",
                file=top.arrived.base,
            ),
            top.arrived,
        )
    made: dict[int, ReadTable] = {}
    notes: list[Text] = []
    for one in [top, *(two for two in sheets if two is not top)]:
        made[id(one)], told = _table(one, form, names[id(one)], [two.file.name for two in made.values()])
        notes += told
    linked = tuple(_linked(one, top, sheets, made, form) for one in sheets if one is not top)
    keyed = {
        (two.file.parent, up[1]) for two, up in zip(linked, (one.up for one in sheets if one is not top), strict=True)
    }
    return tuple(_keyed(one, keyed) for one in (made[id(top)], *linked)), notes


def _repeat(sheet: Sheet, form: Form | None) -> str:
    """The repeat a sheet holds, by its name; the sheet's own name where there is no form."""
    last = sheet.title.rsplit("-", 1)[-1]
    for one in form.repeats if form else ():
        if one.name in {sheet.title, last} or (len(sheet.title) == SHEET and one.name.startswith(sheet.title)):
            return one.name
    return sheet.title


def _table(sheet: Sheet, form: Form | None, repeat: str, taken: Sequence[str]) -> tuple[ReadTable, tuple[Text, ...]]:
    name = table_name(repeat or (form.id if form else sheet.title), taken)
    table = replace(sheet.table, name=name)
    if not form:
        found: tuple[ReadTable, tuple[Text, ...]] = (typed(table, marks=sheet.marks), ())
    else:
        found = as_asked(table, Place(form=form, repeat=repeat, arrived=sheet.arrived, marks=sheet.marks))
    read, notes = found
    kept = tuple(one for one in read.file.variables if not _carried(one, sheet))
    labels = next((one.labels for one in form.repeats if one.name == repeat), {}) if form else {}
    return replace(_only(read, kept), file=replace(read.file, variables=kept, labels=labels)), notes


def _carried(variable: Variable, sheet: Sheet) -> bool:
    return variable.name.startswith(CARRIED) and variable.name != sheet.up[0]


def _only(read: ReadTable, kept: Sequence[Variable]) -> ReadTable:
    wanted = {one.name for one in kept} | {f"{one.name}·missing" for one in kept}

    def batches() -> Iterator[object]:
        for batch in read.batches():
            yield batch.select([name for name in batch.schema.names if name in wanted])

    return replace(read, batches=batches)


def _linked(
    sheet: Sheet, top: Sheet, sheets: Sequence[Sheet], made: Mapping[int, ReadTable], form: Form | None
) -> ReadTable:
    """A repeat's table with the table above it, where a column says so."""
    read = made[id(sheet)]
    mine, theirs = sheet.up
    above = _above(sheet, top, sheets, form) if mine != LINKS[-1][0] else top
    if not mine or theirs not in made[id(above)].file:
        return read
    return replace(read, file=replace(read.file, parent=made[id(above)].file.name, link=(mine,)))


def _above(sheet: Sheet, top: Sheet, sheets: Sequence[Sheet], form: Form | None) -> Sheet:
    if form:
        own = next((one for one in form.repeats if one.name == _repeat(sheet, form)), Repeat(name=""))
        return next((one for one in sheets if one is not top and own.parent and _repeat(one, form) == own.parent), top)
    if "_parent_table_name" in sheet.table.columns:
        batch = next(iter(sheet.table.batches()), None)
        named = batch.column("_parent_table_name")[0].as_py() if batch is not None and batch.num_rows else ""
        return next((one for one in sheets if one.title == named), top)
    longer = [one for one in sheets if one is not sheet and one is not top and sheet.title.startswith(f"{one.title}-")]
    return max(longer, key=lambda one: len(one.title), default=top)


def _keyed(read: ReadTable, keyed: set[tuple[str, str]]) -> ReadTable:
    """A table that others belong to has the key they name."""
    key = next((column for name, column in sorted(keyed) if name == read.file.name and column), "")
    own = key or next((one for one in ("_index", "KEY") if read.file.parent and one in read.file), "")
    return replace(read, file=replace(read.file, key=(own,) if own else ()))


def _study(form: Form | None) -> Study | None:
    if not form or not form.title:
        return None
    return Study(id=table_name(form.id).lower(), title={form.language: form.title})
