"""Texts become values: what a column holds is decided over the whole file, never by its first rows.

A code keeps its leading zeros, a number too long for a whole number stays text, and where a column of numbers has marks
such as `NA` the cell is missing and the mark stands in the companion column.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import assert_never

import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.ingest.survey_base import ReadTable
from safeconduct.model.microdata import ARROW, DataFile, Variable, VariableType, missing_column
from safeconduct.model.text import Text

MARKS = frozenset(
    {"NA", "N/A", "#N/A", "NaN", "nan", "NULL", "null", "#NULL!", "##N/A##", ".", "None", "#DIV/0!", "#VALUE!"}
)
ROUNDED = 15  # digits a float keeps for certain

_END = r"\s*$"
_WHOLE = r"^\s*(?:0|-?[1-9][0-9]{0,17})?" + _END
_ROUND = r"^\s*(?:-?(?:0|[1-9][0-9]{0,14})(?:\.0{1,15})?)?" + _END
_NUMBER = r"^\s*(?:-?(?:(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][-+]?[0-9]{1,2})?)?" + _END
_COMMA = r"^\s*(?:-?(?:0|[1-9][0-9]{0,14})(?:,[0-9]{1,30})?)?" + _END
_TRUTH = r"^(?:true|false|True|False|TRUE|FALSE)?$"
_DAY = r"^\s*(?:[0-9]{4}-[0-9]{2}-[0-9]{2})?" + _END
_ZONE = r"(?:Z|[-+][0-9]{2}:?[0-9]{2})"
_MOMENT = (
    r"^\s*(?:[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?" + _ZONE + "?)?" + _END
)


class Kind(Enum):
    """What every text of a column can be read as."""

    WHOLE = _WHOLE
    ROUND = _ROUND
    NUMBER = _NUMBER
    COMMA = _COMMA
    TRUTH = _TRUTH
    DAY = _DAY
    MOMENT = _MOMENT
    TEXT = ""


@dataclass(frozen=True, kw_only=True)
class TextTable:
    """A table whose cells are still texts.

    Attributes:
        name: Name of the table.
        columns: Names of its columns.
        batches: Gives its rows, each time from the start; every column is text, `None` or `""` for an empty cell.
        labels: What columns are, where a row under the header says so.
        notes: What the steward must be told of it.
    """

    name: str
    columns: tuple[str, ...]
    batches: Callable[[], Iterator[pa.RecordBatch]] = field(repr=False)
    labels: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Text, ...] = ()


@dataclass(kw_only=True)
class Watch:
    """What is known so far about one column while a file goes by.

    Attributes:
        kind: What all its texts so far can be read as, `None` while all were empty.
        marks: Marks of a missing number that were met.
        zone: The one offset of its moments, `""` for none.
        long: A whole number was met that a float would round.
        known: Marks that stand for a missing number.
        comma: A comma may stand before decimals.
        sure: A comma was met that does not stand before thousands.
    """

    kind: Kind | None = None
    marks: set[str] = field(default_factory=set)
    zone: str = ""
    long: bool = False
    known: frozenset[str] = MARKS
    comma: bool = False
    sure: bool = False

    def see(self, texts: pa.Array) -> None:
        """Take some more cells into account."""
        if self.kind is Kind.TEXT or not _filled(texts):
            return
        kind: Kind | None = self._kind(texts)
        if kind is Kind.TEXT:
            kind = self._unmarked(texts)
        self.kind = kind

    def _unmarked(self, texts: pa.Array) -> Kind | None:
        """What texts are that seem to be nothing but text, once marks of a missing number are set apart."""
        trimmed = pc.utf8_trim_whitespace(texts)
        marked = pc.fill_null(pc.is_in(trimmed, value_set=pa.array(sorted(self.known))), fill_value=False)
        if not pc.any(marked).as_py():
            return Kind.TEXT
        self.marks |= set(pc.unique(trimmed.filter(marked)).to_pylist())
        rest = pc.if_else(marked, pa.scalar(None, pa.string()), texts)
        return self._kind(rest) if _filled(rest) else self.kind

    def verdict(self) -> Kind:
        """What the column is; a column without a value, or one with marks that are no numbers' marks, is text."""
        numbers = {Kind.WHOLE, Kind.ROUND, Kind.NUMBER, Kind.COMMA}
        if self.kind is None or (self.marks and self.kind not in numbers):
            return Kind.TEXT
        if self.kind is Kind.COMMA and not self.sure:
            return Kind.TEXT
        return self.kind

    def _kind(self, texts: pa.Array) -> Kind:
        for kind in _open_to(self.kind, long=self.long):
            if kind is Kind.TEXT or (_all(texts, kind) and self._fits(texts, kind)):
                return kind
        return Kind.TEXT

    def _fits(self, texts: pa.Array, kind: Kind) -> bool:
        match kind:
            case Kind.WHOLE:
                longest = pc.max(pc.utf8_length(pc.utf8_trim_whitespace(texts))).as_py() or 0
                self.long = self.long or longest > ROUNDED
                return True
            case Kind.DAY:
                return _converts(texts, kind)
            case Kind.MOMENT:
                return self._same_zone(texts) and _converts(texts, kind)
            case Kind.COMMA:
                found = pc.match_substring_regex(texts, r",(?:[0-9]{1,2}|[0-9]{4,})\s*$")
                self.sure = self.sure or pc.any(found).as_py() is True
                return self.comma
            case Kind.ROUND | Kind.NUMBER | Kind.TRUTH | Kind.TEXT:
                return True
            case _:
                assert_never(kind)

    def _same_zone(self, texts: pa.Array) -> bool:
        zones = pc.unique(pc.replace_substring_regex(_stripped(texts).drop_null(), rf"^.*?({_ZONE})?$", r"\1"))
        found = set(zones.to_pylist())
        if len(found) > 1 or (self.kind is Kind.MOMENT and found != {self.zone}):
            return False
        self.zone = next(iter(found), "")
        return True


def typed(
    table: TextTable,
    *,
    known: Mapping[str, Variable] | None = None,
    texts: Collection[str] = (),
    comma: bool = False,
    marks: str = "",
) -> ReadTable:
    """A table of texts as one of values, after one look at all of it.

    Args:
        table: The texts.
        known: What is known about columns beforehand; the type comes from the cells, missing codes from here.
        texts: Columns that are text whatever they look like.
        comma: `1,5` may be a number.
        marks: Further marks of a missing number, between commas.
    """
    met = MARKS | {one.strip() for one in marks.split(",") if one.strip()}
    watches = {name: Watch(known=met, kind=Kind.TEXT if name in texts else None, comma=comma) for name in table.columns}
    for batch in table.batches():
        for name, column in zip(table.columns, batch.columns, strict=True):
            watches[name].see(column)
    known = known or {
        name: Variable(name=name, type=VariableType.TEXT, labels={"": label}) for name, label in table.labels.items()
    }
    variables = tuple(_variable(name, watches[name], known.get(name)) for name in table.columns)
    kinds = {name: watch.verdict() for name, watch in watches.items()}

    def batches() -> Iterator[pa.RecordBatch]:
        for batch in table.batches():
            yield values(batch, variables, kinds)

    return ReadTable(file=DataFile(name=table.name, variables=variables), batches=batches)


def values(batch: pa.RecordBatch, variables: tuple[Variable, ...], kinds: Mapping[str, Kind]) -> pa.RecordBatch:
    """A batch of texts as values, with the companion columns its variables need."""
    columns: dict[str, pa.Array] = {}
    beside: dict[str, pa.Array] = {}
    for variable, cells in zip(variables, batch.columns, strict=True):
        if not variable.missing_codes:
            columns[variable.name] = convert(cells, kinds[variable.name])
            continue
        kept, codes = set_apart(cells, variable.missing_codes, number=kinds[variable.name] is not Kind.TEXT)
        columns[variable.name] = convert(kept, kinds[variable.name])
        beside[missing_column(variable.name)] = codes
    return pa.record_batch({**columns, **beside})


def set_apart(cells: pa.Array, codes: Collection[str], *, number: bool) -> tuple[pa.Array, pa.Array]:
    """Cells without those that hold a missing code, and the codes of those that do."""
    trimmed = pc.utf8_trim_whitespace(cells)
    if number:  # 99, 99.0 and 99,0 are one code
        trimmed = pc.replace_substring_regex(trimmed, r"^(-?[0-9]+)[.,]0+$", r"\1")
    hit = pc.fill_null(pc.is_in(trimmed, value_set=pa.array(sorted(codes), pa.string())), fill_value=False)
    nothing = pa.scalar(None, pa.string())
    return pc.if_else(hit, nothing, cells), pc.if_else(hit, trimmed, nothing)


def convert(texts: pa.Array, kind: Kind) -> pa.Array:
    """Texts as values of a kind; an empty text is `None`.

    Raises:
        pyarrow.ArrowInvalid: A text is not of the kind; whoever watched the column knows there is none.
    """
    if kind is Kind.TEXT:
        return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
    bare = _stripped(texts)
    match kind:
        case Kind.ROUND:
            bare = bare.cast(pa.float64())
        case Kind.COMMA:
            bare = pc.replace_substring(bare, ",", ".")
        case Kind.TRUTH:
            bare = pc.utf8_lower(bare)
        case Kind.MOMENT:
            bare = pc.replace_substring_regex(bare, _ZONE + "$", "")
            bare = pc.replace_substring_regex(bare, r"(\.[0-9]{6})[0-9]+$", r"\1")
        case Kind.WHOLE | Kind.NUMBER | Kind.DAY:
            pass
        case _:
            assert_never(kind)
    return bare.cast(ARROW[type_of(kind)])


def type_of(kind: Kind) -> VariableType:
    """How values of a kind are kept."""
    match kind:
        case Kind.WHOLE | Kind.ROUND:
            return VariableType.INTEGER
        case Kind.NUMBER | Kind.COMMA:
            return VariableType.NUMBER
        case Kind.TRUTH:
            return VariableType.BOOLEAN
        case Kind.DAY:
            return VariableType.DATE
        case Kind.MOMENT:
            return VariableType.MOMENT
        case Kind.TEXT:
            return VariableType.TEXT
        case _:
            assert_never(kind)


def _variable(name: str, watch: Watch, known: Variable | None) -> Variable:
    kind = watch.verdict()
    base = known or Variable(name=name, type=VariableType.TEXT)
    marks = sorted(watch.marks) if kind is not Kind.TEXT else []
    zone = {"": "", "Z": "UTC"}.get(watch.zone, f"UTC{watch.zone}") if kind is Kind.MOMENT else ""
    return replace(
        base,
        type=type_of(kind),
        missing_codes=tuple(dict.fromkeys((*base.missing_codes, *marks))),
        unit=base.unit or zone,
    )


def _open_to(kind: Kind | None, *, long: bool) -> tuple[Kind, ...]:
    """What a column may still turn out to be, the narrowest first."""
    match kind:
        case None:
            return tuple(Kind)
        case Kind.WHOLE:
            return (kind,) if long else (kind, Kind.ROUND, Kind.NUMBER, Kind.COMMA)
        case Kind.ROUND:
            return kind, Kind.NUMBER
        case _:
            return (kind,)


def _filled(texts: pa.Array) -> bool:
    return bool((pc.max(pc.utf8_length(pc.utf8_trim_whitespace(texts))).as_py() or 0) > 0)


def _all(texts: pa.Array, kind: Kind) -> bool:
    return bool(pc.all(pc.match_substring_regex(texts, kind.value)).as_py() is not False)


def _converts(texts: pa.Array, kind: Kind) -> bool:
    try:
        convert(texts, kind)
    except pa.ArrowInvalid:
        return False
    return True


def _stripped(texts: pa.Array) -> pa.Array:
    trimmed = pc.utf8_trim_whitespace(texts)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)
