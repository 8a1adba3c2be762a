"""Which field of HTCDS goes where: to a unit of IC-TIP, to a column of CTDC, or nowhere, and why."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, fields
from html import escape

from safeconduct.ingest.standards.ctdc import Ctdc, ctdc
from safeconduct.ingest.standards.declared import StandardField, htcds, ic_tip

PROVISIONAL = (
    "Provisional: the variables of IC-TIP and the codebooks of CTDC were not at hand; compare before exchanging files."
)


@dataclass(frozen=True, kw_only=True)
class MappingLine:
    """One field, and one answer of it where answers go to different columns.

    Attributes:
        field: The field of HTCDS, or an addition of ours.
        label: Its label.
        code: The answer, `""` for the whole field.
        role: What it may give away.
        unit: Unit of IC-TIP, `""` for none.
        variable: Variable of IC-TIP; empty, since its tables were not at hand.
        ctdc: Columns of CTDC's public files it fills, with spaces between.
        unmapped: Why it has no place in IC-TIP.
        note: What a reader would get wrong.
    """

    field: str
    label: str
    code: str
    role: str
    unit: str
    variable: str
    ctdc: str
    unmapped: str
    note: str


def mapping() -> tuple[MappingLine, ...]:
    """Every field of the standard and of ours, in order; each answer that fills a column of its own has a line."""
    style = ctdc()
    return tuple(line for one in htcds().every for line in _lines(one, style))


def _lines(one: StandardField, style: Ctdc) -> Iterator[MappingLine]:
    mine = [each for each in style.maps if each.field == one.name]
    yield _line(one, "", [each.column for each in mine if not each.codes],
                " ".join(each.note for each in mine if not each.codes))  # fmt: skip
    for code in htcds().choices(one):
        taking = [each for each in mine if code in each.codes]
        if taking:
            notes = dict.fromkeys(f"{each.column}: {each.note}" for each in taking if each.note)
            yield _line(one, code, [each.column for each in taking], " ".join(notes))


def _line(one: StandardField, code: str, columns: list[str], note: str) -> MappingLine:
    unit, unmapped = ic_tip().place(one)
    return MappingLine(
        field=one.name,
        label=one.label,
        code=code,
        role=one.role.value,
        unit=unit,
        variable="",
        ctdc=" ".join(columns),
        unmapped=unmapped,
        note=note.strip(),
    )


NAMES = tuple(one.name for one in fields(MappingLine))


def mapping_csv() -> str:
    """The mapping as CSV, its header first."""
    written = io.StringIO(newline="")
    plain = csv.writer(written, lineterminator="\n")
    plain.writerow(NAMES)
    plain.writerows([getattr(line, name) for name in NAMES] for line in mapping())
    return written.getvalue()


def mapping_html() -> str:
    """The mapping as a page of its own, without script."""
    head = "".join(f"<th scope='col'>{escape(name)}</th>" for name in NAMES)
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(str(getattr(line, name)))}</td>' for name in NAMES)}</tr>\n" for line in mapping()
    )
    title = "HTCDS 2.0, IC-TIP and CTDC"
    return (
        f"<!doctype html>\n<html lang='en'><head><meta charset='utf-8'><title>{title}</title></head>\n<body>"
        f"<h1>{title}</h1>\n<p>{PROVISIONAL}</p>\n<p>{escape(htcds().title)} by {escape(htcds().publisher)}: "
        f"{escape(htcds().licence)}.</p>\n<table><thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody></table>"
        "</body></html>\n"
    )
