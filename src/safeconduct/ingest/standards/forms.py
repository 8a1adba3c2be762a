"""The standard as an XLSForm, for telephones: https://xlsform.org."""

import io
from collections.abc import Iterator, Sequence

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from safeconduct.ingest.standards.declared import FieldType, StandardField, htcds

SURVEY = ("type", "name", "label", "hint", "constraint", "constraint_message", "appearance", "safeconduct::role")
CHOICES = ("list_name", "name", "label")
SETTINGS = ("form_title", "form_id", "version", "default_language")
YES_NO, COUNTRY = "yes_no", "countries"
FRACTIONS = ("Latitude", "Longitude")
Row = Sequence[str]


def form_fields() -> tuple[StandardField, ...]:
    """What a form asks: consent first, then the core of the standard and our additions, in order."""
    asked = [one for one in htcds().every if one in htcds().core or one in htcds().additions]
    return tuple(sorted(asked, key=lambda one: one.part != "con_"))


def xlsform() -> bytes:
    """The form, as the bytes of an .xlsx file.

    Names are the standard's own, also where the official form writes them otherwise, so that an export is read by name.
    The column `safeconduct::role` says what each answer may give away; servers leave it alone.
    """
    book = Workbook()
    survey = book.worksheets[0]
    survey.title = "survey"
    _write(survey, [SURVEY, *_survey()])
    _write(book.create_sheet("choices"), [CHOICES, *_choices()])
    _write(book.create_sheet("settings"), [SETTINGS, (htcds().title, "htcds", htcds().version.replace(".", ""), "en")])
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _write(sheet: Worksheet, rows: Sequence[Row]) -> None:
    for row in rows:
        sheet.append([one or None for one in row])


def _survey() -> Iterator[Row]:
    yield ("start", "start", "", "", "", "", "", "direct identifier")
    yield ("end", "end", "", "", "", "", "", "direct identifier")
    section = ""
    for one in form_fields():
        if one.section != section:
            if section:
                yield _group("end_group", "", "")
            section = one.section
            yield _group("begin_group", one.part + "group_" + "".join(filter(str.isalnum, section)), section)
        yield _question(one)
    yield _group("end_group", "", "")


def _group(sort: str, name: str, label: str) -> Row:
    return (sort, name, label, "", "", "", "", "")


def _question(one: StandardField) -> Row:
    asks = one.question or one.label
    constraint = f"regex(., '{one.pattern}')" if one.pattern else ""
    message = "A telephone number: + and the country's number first, digits only." if one.pattern else ""
    appearance = "multiline" if one.type is FieldType.LONG_TEXT else ""
    return (_type(one), one.name, asks, one.says, constraint, message, appearance, one.propose.value)


def list_of(one: StandardField) -> str:
    """The list of answers a field's question takes, `""` for none."""
    if one.type is FieldType.CHECKBOX:
        return YES_NO
    return COUNTRY if one.of_countries else one.codes


def _type(one: StandardField) -> str:
    if one.type is FieldType.CHECKBOX or one.coded:
        return f"{'select_multiple' if one.several else 'select_one'} {list_of(one)}"
    match one.type:
        case FieldType.DATE:
            return "date"
        case FieldType.NUMBER | FieldType.PLACE:
            return "decimal" if one.name.endswith(FRACTIONS) else "integer"
        case _:
            return "text"


def _choices() -> Iterator[Row]:
    yield from ((YES_NO, "TRUE", "Yes"), (YES_NO, "FALSE", "No"))
    told = {YES_NO}
    for one in form_fields():
        name = list_of(one)
        if name and name not in told:
            told.add(name)
            yield from ((name, code, label) for code, label in htcds().choices(one).items())
