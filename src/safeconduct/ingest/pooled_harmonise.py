"""A share brought into the form of its pool: the standard's columns, its codes, days as days; and what that loses."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches

import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.ingest.described import Described
from safeconduct.ingest.pooled_report import CodeLine, ColumnLine, FieldSummary, Fit, Grain, ShareReport
from safeconduct.ingest.pooled_target import CASES, Shape, TargetColumn, may_be_pooled, target
from safeconduct.ingest.proposing_rules.words import fold
from safeconduct.ingest.standards.answers import answers, truth
from safeconduct.ingest.standards.ctdc import ctdc, in_style
from safeconduct.ingest.standards.declared import StandardField, htcds
from safeconduct.ingest.standards.records import flags_of, plain_name
from safeconduct.model.consent import NEEDED, agreed_to_research, consent_columns, is_consent
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import RECORD, DataFile, Roles, Variable, VariableRole, VariableType
from safeconduct.model.recipe import Step
from safeconduct.model.table import Table
from safeconduct.model.text import Text, say

MOST_CODES = 50
CLOSE = 0.85
_BAND = re.compile(r"\s*\d{1,3}\s*(?:-|--|–|to|à|a)\s*\d{1,3}\s*|\s*\d{1,3}\s*\+\s*")
_MONTH = re.compile(r"\d{4}-\d{2}")
_YEAR = re.compile(r"(?:18|19|20)\d{2}")
DAYS = frozenset({VariableType.DATE, VariableType.MOMENT})
NUMBERS = frozenset({VariableType.INTEGER, VariableType.NUMBER})
NOTHING_LOST = say("Kept as it is.")


@dataclass(frozen=True, kw_only=True)
class Harmonised:
    """A share in the form of its pool. Its `repr` shows no value.

    Attributes:
        file: What is known of the columns.
        table: The rows, record codes with them.
        roles: What each column is for.
        report: What was lost and what to put right.
    """

    file: DataFile
    table: Table
    roles: Roles = field(hash=False)
    report: ShareReport = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class _Brought:
    """A column brought into the form of its target."""

    cells: pa.ChunkedArray = field(repr=False)
    codes: tuple[CodeLine, ...] = ()
    grain: Grain | None = None
    bands: tuple[str, ...] = ()
    lost: bool = False


def main_table(tables: Mapping[str, Described]) -> Described:
    """The table of cases among those of a share: the one with the most fields of the standard.

    Raises:
        BadInput: None has any.
    """
    best = max(tables.values(), key=lambda one: sum(name in htcds() for name in one.names), default=None)
    if best is None or not any(name in htcds() for name in best.names):
        raise BadInput(
            say("No column of these files is a field of the standard. Name the columns as the standard does, "
                "such as prs_Gender, or fill in its workbook, and send the files again.")
        )  # fmt: skip
    return best


def harmonise(rows: Described, standard: str) -> Harmonised:
    """A table of cases in the form of a pool, with record codes; the report says what that loses.

    What says who somebody is stays out. A code outside a list, a day told as a year and an age told as a band become
    nothing: the report names each, so that the organisation can put it right.

    Args:
        rows: The table, its corrections made, with record codes.
        standard: `htcds`, `ic_tip` or `ctdc`.
    """
    wanted = target(standard)
    sources = _sources(rows)
    brought = {one.name: _bring(rows, sources, one) for one in wanted}
    filled = [one for one in wanted if brought[one.name] is not None]
    table = pa.table({
        **{one.name: found.cells for one in filled if (found := brought[one.name]) is not None},
        RECORD: rows.table.arrow.column(RECORD),
    })  # fmt: skip
    file = DataFile(name=CASES, variables=tuple(one.variable for one in filled))
    made = Harmonised(file=file, table=Table(table), roles={CASES: {one.name: one.role for one in filled}},
                      report=_report(rows, sources, wanted, brought))  # fmt: skip
    return _in_style(made) if standard == "ctdc" else made


def _sources(rows: Described) -> dict[str, str]:
    """Column by field of the standard, flags of one answer by their own name; the first where several fit."""
    found: dict[str, str] = {}
    for name in rows.names:
        found.setdefault(plain_name(name), name)
    return found


def _bring(rows: Described, sources: Mapping[str, str], one: TargetColumn) -> _Brought | None:
    """The cells of a target column; `None` where nothing of the share fills it."""
    if one.code and one.name in sources:
        return _numbers(rows, sources[one.name], pa.int64())
    if one.field not in sources:
        return _one_of_flags(rows, sources, one)
    name = sources[one.field]
    if one.code:
        return _flag(rows, name, htcds()[one.field], one.code)
    ways: Mapping[Shape, Callable[[], _Brought]] = {
        Shape.CODES: lambda: _codes(rows, name, one),
        Shape.YES_NO: lambda: _yes_no(rows, name),
        Shape.DAY: lambda: _days(rows, name),
        Shape.NUMBER: lambda: _numbers(rows, name, pa.float64()),
    }
    return ways[one.shape]() if one.shape in ways else _Brought(cells=_text(rows, name))


def _one_of_flags(rows: Described, sources: Mapping[str, str], one: TargetColumn) -> _Brought | None:
    """The one answer given where a form asked for several; nothing for records that gave more than one."""
    columns = flags_of(tuple(sources)).get(one.field, {})
    if one.code or not columns:
        return None
    given = [_numbers(rows, sources[name], pa.int64()).cells.to_pylist() for name in columns.values()]
    codes = [[code for code, yes in zip(columns, row, strict=True) if yes] for row in zip(*given, strict=True)]
    cells = pa.chunked_array([pa.array([row[0] if len(row) == 1 else None for row in codes], pa.string())])
    return _Brought(cells=cells, lost=any(len(row) > 1 for row in codes))


def _text(rows: Described, name: str) -> pa.ChunkedArray:
    texts = pc.utf8_trim_whitespace(rows.texts(name))
    return pc.if_else(pc.equal(texts, ""), None, texts)


def _mapped(cells: pa.ChunkedArray, known: Mapping[str, str | None]) -> pa.ChunkedArray:
    """Each different text once."""
    coded = cells.combine_chunks().dictionary_encode()
    made = pa.array([known.get(one) for one in coded.dictionary.to_pylist()], pa.string())
    return pa.chunked_array([made.take(coded.indices)])


def _different(cells: pa.ChunkedArray) -> list[str]:
    return sorted(one for one in pc.unique(cells).to_pylist() if one is not None)


def _codes(rows: Described, name: str, one: TargetColumn) -> _Brought:
    """Codes of a closed list; several of a list of countries stand with spaces between."""
    cells, labels = _text(rows, name), _labels_of(rows.variable(name))
    spelt = {**{code.casefold(): code for code in one.codes}, **{fold(text): code for code, text in one.codes.items()}}
    known: dict[str, str | None] = {}
    strange: list[CodeLine] = []
    for cell in _different(cells):
        whole = _code(cell, spelt, labels)
        pieces = [_code(part, spelt, labels) for part in re.split(r"[;\s]+", cell)] if whole is None else []
        plain = [part for part in pieces if part is not None]
        known[cell] = whole or (" ".join(plain) if plain and len(plain) == len(pieces) else None)
        if known[cell] is None:
            strange.append(_suggested(cell, labels.get(cell, cell), one.codes))
    return _Brought(cells=_mapped(cells, known), codes=tuple(strange[:MOST_CODES]), lost=bool(strange))


def _code(cell: str, spelt: Mapping[str, str], labels: Mapping[str, str]) -> str | None:
    """The list's code for a cell: by itself, unless the share's own list gives that code another meaning."""
    own = labels.get(cell)
    by_code = spelt.get(cell.casefold())
    if own is None:
        return by_code or spelt.get(fold(cell))
    return spelt.get(fold(own))


def _labels_of(variable: Variable) -> dict[str, str]:
    """What codes stand for by the list that came with the share."""
    return {one.code: next(iter(one.labels.values())) for one in variable.categories if one.labels and not one.missing}


def _suggested(cell: str, label: str, codes: Mapping[str, str]) -> CodeLine:
    by_label = {_letters(text): code for code, text in codes.items()} | {_letters(code): code for code in codes}
    close = get_close_matches(_letters(label), list(by_label), n=1, cutoff=CLOSE)
    code = by_label.get(_letters(label)) or (by_label[close[0]] if close else "")
    return CodeLine(code=cell, suggestion=code, label=codes.get(code, ""))


def _letters(text: str) -> str:
    return "".join(one for one in fold(text) if one.isalnum())


def _flag(rows: Described, name: str, one: StandardField, code: str) -> _Brought:
    """1 where one of several answers was given, 0 where others were, nothing where none was."""
    cells = _text(rows, name)
    found = {cell: answers(one, cell) for cell in _different(cells)}
    flags = {cell: str(int(any(each.text == code for each in given))) for cell, given in found.items()}
    strange = {each.text for given in found.values() for each in given if not each.known}
    lines = tuple(_suggested(text, text, htcds().choices(one)) for text in sorted(strange)[:MOST_CODES])
    return _Brought(cells=_mapped(cells, flags).cast(pa.int64()), codes=lines, lost=bool(strange))


def _yes_no(rows: Described, name: str) -> _Brought:
    if rows.variable(name).type is VariableType.BOOLEAN:
        return _Brought(cells=rows.cells(name))
    cells = _text(rows, name)
    said = {cell: truth(cell) for cell in _different(cells)}
    texts = _mapped(cells, {cell: None if yes is None else str(yes).lower() for cell, yes in said.items()})
    return _Brought(cells=texts.cast(pa.bool_()), lost=None in said.values())


def _days(rows: Described, name: str) -> _Brought:
    if rows.variable(name).type in DAYS:
        return _Brought(cells=rows.cells(name).cast(pa.date32(), safe=False), grain=Grain.DAY)
    cells = _text(rows, name)
    days = {cell: _day(cell) for cell in _different(cells)}
    made = _mapped(cells, {cell: day.isoformat() if day else None for cell, day in days.items()})
    grains = {_grain(cell) if day is None else Grain.DAY for cell, day in days.items()}
    grain = grains.pop() if len(grains) == 1 else Grain.MIXED if grains else None
    return _Brought(cells=made.cast(pa.date32()), grain=grain, lost=None in days.values())


def _day(cell: str) -> date | None:
    try:
        return date.fromisoformat(cell)
    except ValueError:
        return None


def _grain(cell: str) -> Grain:
    return Grain.MONTH if _MONTH.fullmatch(cell) else Grain.YEAR if _YEAR.fullmatch(cell) else Grain.MIXED


def _numbers(rows: Described, name: str, kind: pa.DataType) -> _Brought:
    if rows.variable(name).type in NUMBERS:
        return _Brought(cells=rows.cells(name).cast(kind, safe=False), grain=Grain.NUMBER)
    cells = _text(rows, name)
    found = _different(cells)
    numbers = [cell for cell in found if cell.isdecimal()]
    bands = tuple("".join(cell.split()) for cell in found if _BAND.fullmatch(cell))
    made = _mapped(cells, {cell: cell for cell in numbers}).cast(kind)
    told = [grain for grain, some in ((Grain.NUMBER, numbers), (Grain.BAND, bands)) if some]
    grain = None if not told else told[0] if len(told) == 1 else Grain.MIXED
    return _Brought(cells=made, grain=grain, bands=tuple(sorted(set(bands))), lost=len(numbers) < len(found))


def _report(
    rows: Described, sources: Mapping[str, str], wanted: tuple[TargetColumn, ...],
    brought: Mapping[str, _Brought | None],
) -> ShareReport:  # fmt: skip
    by_field: dict[str, list[_Brought]] = {}
    for one in wanted:
        if (found := brought[one.name]) is not None:
            by_field.setdefault(one.field, []).append(found)
    fields = {name: at for at, name in sources.items()}
    lines = tuple(_line(rows, name, fields.get(name, ""), by_field, wanted) for name in rows.names)
    names = dict.fromkeys(one.field for one in wanted)
    return ShareReport(
        columns=lines,
        absent=tuple(name for name in names if name not in by_field),
        summary=tuple(_summary(rows, sources, name, found) for name, found in by_field.items()),
    )


def _line(
    rows: Described, name: str, at: str, by_field: Mapping[str, list[_Brought]], wanted: tuple[TargetColumn, ...]
) -> ColumnLine:
    """What becomes of one column of the share."""
    flag_of = {one.name: one.field for one in wanted if one.code}
    if field := next((field for field in flags_of((at,)) if at not in flag_of and field in by_field), ""):
        return ColumnLine(column=name, fit=Fit.MAPPED, field=field, says=_lost(by_field[field][0]))
    if at in flag_of:
        return ColumnLine(column=name, fit=Fit.MAPPED, field=flag_of[at], says=NOTHING_LOST)
    if at not in htcds():
        return _unknown(rows, name)
    one = htcds()[at]
    if at not in by_field:
        return _left_out(name, one)
    found = by_field[at][0]
    return ColumnLine(column=name, fit=Fit.MAPPED, field=one.name, codes=found.codes, grain=found.grain,
                      says=_lost(found), suggestion=_recoded(rows, name, one, found))  # fmt: skip


def _lost(found: _Brought) -> Text:
    if found.codes:
        return say("Codes outside the list of the standard become nothing; replace them by codes of the list.")
    if found.bands:
        return say("Bands become nothing: the standard asks for numbers, and nobody can tell them from a band.")
    if found.lost and found.grain in {Grain.MONTH, Grain.YEAR}:
        return say("Months and years become nothing: the standard asks for days.")
    return say("Cells that cannot be read become nothing.") if found.lost else NOTHING_LOST


def _recoded(rows: Described, name: str, one: StandardField, found: _Brought) -> Step | None:
    """The correction that replaces codes outside the list by those suggested, where one code stands in a cell."""
    codes = {each.code: each.suggestion for each in found.codes if each.suggestion}
    if not codes or one.several or is_consent(one.name):
        return None
    return Step(method="recode_value", file=rows.file.name, columns=(name,), parameters={"codes": codes},
                why="suggested by the labels")  # fmt: skip


def _left_out(name: str, one: StandardField) -> ColumnLine:
    if may_be_pooled(one):
        says = say("The standard of this pool has no place for it.")
        return ColumnLine(column=name, fit=Fit.LEFT_OUT, field=one.name, says=says)
    if one.propose is VariableRole.DIRECT and one.name.startswith("prs_"):
        says = say("It says who somebody is: it never enters the pool; digests of some such columns are compared.")
        return ColumnLine(column=name, fit=Fit.COMPARED, field=one.name, says=says)
    says = say("It tells who somebody is or which organisation wrote it, or is free text; it never enters the pool.")
    return ColumnLine(column=name, fit=Fit.LEFT_OUT, field=one.name, says=says)


def _unknown(rows: Described, name: str) -> ColumnLine:
    """A column the standard does not know, with the field its name or label speaks of."""
    taken = set(_sources(rows))
    labels = {_letters(one.label or one.name): one.name for one in htcds().every if one.name not in taken}
    labels |= {_letters(one.name.partition("_")[2]): one.name for one in htcds().every if one.name not in taken}
    seen = (_letters(name), _letters(rows.variable(name).label))
    to = next((labels[one] for one in seen if one in labels and not is_consent(labels[one])), "")
    says = say("The standard has no such field; rename the column if it is one of its fields, else it is left out.")
    step = Step(method="rename", file=rows.file.name, columns=(name,), parameters={"to": to},
                why="suggested by the name") if to else None  # fmt: skip
    return ColumnLine(column=name, fit=Fit.UNKNOWN, field="", says=says, suggestion=step)


def _summary(rows: Described, sources: Mapping[str, str], name: str, found: list[_Brought]) -> FieldSummary:
    variable = rows.variable(sources[name]) if name in sources else None
    meanings = {code: fold(text) for code, text in _labels_of(variable).items()} if variable else {}
    first = found[0]
    return FieldSummary(field=name, mapped=True, strange_codes=any(one.codes for one in found), grain=first.grain,
                        bands=first.bands, meanings=meanings)  # fmt: skip


def _in_style(made: Harmonised) -> Harmonised:
    """The same in the columns of CTDC's public files: only records that said yes to research are there at all."""
    rows = Described(file=made.file, table=made.table)
    columns = consent_columns(made.file)
    mask = agreed_to_research([rows.cells(one) for one in columns], [rows.variable(one) for one in columns]) \
        if columns else pa.chunked_array([pa.repeat(pa.scalar(value=False), len(rows))])  # fmt: skip
    style = in_style(rows, ctdc().release(""))
    names = [one for one in style.table.column_names if one not in style.unfilled and ctdc().role(one) is not None]
    kept = {name: _or_nothing(style.table.column(name), name) for name in names}
    yes = pa.chunked_array([pa.repeat(pa.scalar(value=True), style.table.num_rows)])
    record = made.table.arrow.column(RECORD).filter(mask)
    table = pa.table({**kept, **dict.fromkeys(NEEDED, yes), RECORD: record})
    variables = [*(Variable(name=one, type=VariableType.TEXT) for one in names), *(made.file[one] for one in NEEDED
                 if one in made.file)]  # fmt: skip
    return replace(made, file=DataFile(name=CASES, variables=tuple(variables)), table=Table(table.select(
        [*(one.name for one in variables), RECORD])), roles={CASES: style_roles(variables)})  # fmt: skip


def _or_nothing(cells: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    """Cells of the style with nothing where it writes what stands for nothing known."""
    release = ctdc().release("")
    missing = release.missing_country if name in ctdc().codes_of_countries else release.missing
    return pc.if_else(pc.equal(cells, missing), None, cells)


def style_roles(variables: list[Variable]) -> dict[str, VariableRole]:
    """What each column of CTDC is for whoever wants to recognise somebody."""

    def role(name: str) -> VariableRole:
        if is_consent(name):
            return VariableRole.OTHER
        if name in ctdc().codes_of_countries:
            return VariableRole.GEOGRAPHY
        said = ctdc().role(name)
        return VariableRole.QUASI if said is not None and said.value == "quasi_identifier" else VariableRole.SENSITIVE

    return {one.name: role(one.name) for one in variables}
