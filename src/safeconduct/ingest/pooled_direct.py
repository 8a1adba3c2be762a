"""A share that is written in the columns of CTDC already: brought to its codes, and what that loses."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.ingest.described import Described
from safeconduct.ingest.pooled_harmonise import MOST_CODES, NOTHING_LOST, Harmonised, main_table, style_roles
from safeconduct.ingest.pooled_report import CodeLine, ColumnLine, FieldSummary, Fit, ShareReport
from safeconduct.ingest.pooled_target import CASES
from safeconduct.ingest.proposing_rules.words import fold
from safeconduct.ingest.standards.ctdc import ctdc
from safeconduct.ingest.standards.declared import countries
from safeconduct.model.consent import NEEDED, agreed_to_research, consent_columns
from safeconduct.model.microdata import RECORD, DataFile, Variable, VariableType
from safeconduct.model.table import Table
from safeconduct.model.text import say

FEWEST = 3
_YEAR = re.compile(r"(?:19|20)\d{2}")
_MONTHS = re.compile(r"\d{1,3}(?:--\d{1,3}|\+)(?: \([0-9+ a-z-]{1,14}\))?")
Read = Callable[[str], str | None]


@dataclass(frozen=True, kw_only=True)
class _Column:
    """A column brought to the codes of the style."""

    source: str
    cells: pa.ChunkedArray = field(repr=False)
    strange: tuple[str, ...]


def is_direct(rows: Described) -> bool:
    """Whether a table has columns of CTDC's newest public file: three at least, whatever their capitals."""
    return len(_sources(rows)) >= FEWEST


def cases_of(tables: Mapping[str, Described], standard: str) -> Described:
    """The table of cases among those of a share of a pool in this standard.

    Raises:
        BadInput: No table has columns of the standard.
    """
    own = next((one for one in tables.values() if is_direct(one)), None) if standard == "ctdc" else None
    return own or main_table(tables)


def as_style(rows: Described) -> Harmonised:
    """A table in the columns of CTDC in the form of a pool of them; only records that agreed to research are there.

    The answers of consent stand beside, in columns named as HTCDS names them: the style has none. What tells the
    organisation apart (`Datasource`) and columns of older public files stay out. A flag is 1 or nothing, never 0.
    """
    made = {name: _brought(rows, name, source) for name, source in _sources(rows).items()}
    columns = consent_columns(rows.file)
    mask = agreed_to_research([rows.cells(one) for one in columns], [rows.variable(one) for one in columns]) \
        if columns else pa.chunked_array([pa.repeat(pa.scalar(value=False), len(rows))])  # fmt: skip
    kept = {name: one.cells.filter(mask) for name, one in made.items()}
    record = rows.cells(RECORD).filter(mask)
    consent = [Variable(name=one, type=VariableType.BOOLEAN) for one in NEEDED if columns]
    yes = pa.chunked_array([pa.repeat(pa.scalar(value=True), len(record))])
    variables = [*(Variable(name=one, type=VariableType.TEXT) for one in made), *consent]
    table = pa.table({**kept, **{one.name: yes for one in consent}, RECORD: record})
    return Harmonised(file=DataFile(name=CASES, variables=tuple(variables)), table=Table(table),
                      roles={CASES: style_roles(variables)}, report=_report(rows, made))  # fmt: skip


def _sources(rows: Described) -> dict[str, str]:
    """Column of the share by column of the style."""
    seen = {name.rsplit("/", 1)[-1].casefold(): name for name in reversed(rows.names)}
    wanted = [one for one in ctdc().release("").columns if ctdc().role(one) is not None]
    return {one: seen[one.casefold()] for one in wanted if one.casefold() in seen}


def _brought(rows: Described, name: str, source: str) -> _Column:
    """Each different text once; what is no code of the column becomes nothing and is told."""
    texts = pc.utf8_trim_whitespace(rows.texts(source))
    coded = texts.combine_chunks().dictionary_encode()
    read, told = _reader(name), [one or "" for one in coded.dictionary.to_pylist()]
    codes = [None if one in {"", "-99"} or (one == "00" and read is _country) else read(one) for one in told]
    strange = [one for one, code in zip(told, codes, strict=True) if code is None and one not in {"", "-99", "00", "0"}]
    cells = pa.chunked_array([pa.array(codes, pa.string()).take(coded.indices)])
    return _Column(source=source, cells=cells, strange=tuple(sorted(strange)[:MOST_CODES]))


def _reader(name: str) -> Read:
    if name in ctdc().codes_of_countries:
        return _country
    return {"gender": _gender, "ageBroad": _age, "yearOfRegistration": _year, "traffickMonths": _months}.get(
        name, _flag
    )


def _country(cell: str) -> str | None:
    """Three letters, from two or three or the name; NA is Namibia."""
    known = {three: three for three, _ in countries().values()}
    two = {code: three for code, (three, _) in countries().items()}
    names = {fold(name): three for three, name in countries().values()}
    return known.get(cell.upper()) or two.get(cell.upper()) or names.get(fold(cell))


def _gender(cell: str) -> str | None:
    words = ctdc().release("").gender
    return {fold(one): one for one in words.values()}.get(fold(cell)) or words.get(cell)


def _age(cell: str) -> str | None:
    """A band of the style; older files write 09--17."""
    plain = cell.lstrip("0") if not cell.startswith("0--") else cell
    return plain if plain in ctdc().release("").ages else None


def _year(cell: str) -> str | None:
    return cell if _YEAR.fullmatch(cell) else None


def _months(cell: str) -> str | None:
    return cell if _MONTHS.fullmatch(cell) else None


def _flag(cell: str) -> str | None:
    return ctdc().flag if cell in {ctdc().flag, "1.0", "true"} else None


def _report(rows: Described, made: Mapping[str, _Column]) -> ShareReport:
    by_source = {one.source: (name, one) for name, one in made.items()}
    wanted = [one for one in ctdc().release("").columns if ctdc().role(one) is not None]
    return ShareReport(
        columns=tuple(_line(name, by_source) for name in rows.names),
        absent=tuple(one for one in wanted if one not in made),
        summary=tuple(FieldSummary(field=name, mapped=True, strange_codes=bool(one.strange)) for name, one in
                      made.items()),
    )  # fmt: skip


def _line(column: str, by_source: Mapping[str, tuple[str, _Column]]) -> ColumnLine:
    if column.rsplit("/", 1)[-1] in NEEDED:
        return ColumnLine(column=column, fit=Fit.MAPPED, field=column.rsplit("/", 1)[-1], says=NOTHING_LOST)
    if column not in by_source:
        says = say("It is no column of the newest public file of CTDC, or it tells an organisation apart; left out.")
        return ColumnLine(column=column, fit=Fit.LEFT_OUT, field="", says=says)
    name, found = by_source[column]
    codes = tuple(CodeLine(code=one, suggestion="", label="") for one in found.strange)
    says = say("Codes the column does not have become nothing; replace them.") if codes else NOTHING_LOST
    return ColumnLine(column=column, fit=Fit.MAPPED, field=name, codes=codes, says=says)
