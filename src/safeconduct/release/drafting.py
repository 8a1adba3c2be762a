"""A draft of an edition, from treated tables: codes of missing answers put back, rows and numbers in a new order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.keys.provider import KeyProvider
from safeconduct.model.editions import FileDraft, SheetLine
from safeconduct.model.errors import Unsafe
from safeconduct.model.microdata import (
    CONTRIBUTED,
    KEYS,
    MISSING_MARK,
    RECORD,
    DataFile,
    Variable,
    VariableRole,
    companions,
    is_companion,
)
from safeconduct.model.recipe import Recipe
from safeconduct.model.study import Access
from safeconduct.model.table import Table
from safeconduct.model.text import say
from safeconduct.release.identity import renumbered, shuffled
from safeconduct.release.sheet import sheet_of
from safeconduct.store.drafts import Drafts

CLOSED = KEYS | {VariableRole.SENSITIVE}
PURPOSE = "edition"


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What a draft was made of and for.

    Attributes:
        study: Id of the study.
        edition: Number of the edition it would become, from 1.
        access: How it would be had.
        recipe: The treatment plan.
        data_version: Id of the version of the original.
        code: Version of safeconduct.
        corrections: Digest of the corrections made before, `""` for none.
        seeded: Made with a known seed.
        by_position: Tables whose record codes are places of rows; see `FileDraft`.
        contributor: Column of pooled data that says in code which organisation a record is from, and may not leave:
            the draft keeps it beside each row, as it keeps record codes, for the rules to count by.
    """

    study: str
    edition: int
    access: Access
    recipe: Recipe
    data_version: str
    code: str
    corrections: str = ""
    seeded: bool = False
    by_position: tuple[str, ...] = ()
    contributor: str = ""


@dataclass(frozen=True, kw_only=True, repr=False)
class TreatedFile:
    """One treated table, and the original it was made of.

    Attributes:
        file: What is known of the treated table.
        table: Its rows, with their record codes: methods carry that column along, so that a row is known wherever it
            was moved.
        original: The rows as the engine gave them, with record codes and companions.
        recoded: Columns whose values mean something else now, as the plan's accounts say.
    """

    file: DataFile
    table: Table
    original: Table
    recoded: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Which table."""
        return f"TreatedFile({self.file.name!r})"


def draft(origin: Origin, files: Sequence[TreatedFile], *, drafts: Drafts, keys: KeyProvider) -> FileDraft:
    """Make a draft and keep its rows, encrypted. The same origin and tables give the same rows in the same order.

    Args:
        origin: What it is made of and for.
        files: The treated tables.
        drafts: Where rows of drafts are kept.
        keys: Where the secret for order and numbers comes from.

    Raises:
        Unsafe: A treated table has lost its record codes, or has rows or columns nobody described.
        StoreFull: The disk is full.
    """
    for one in files:
        check_treated(one)
    recipe = origin.recipe
    secret = keys.derive(PURPOSE, origin.study, str(origin.edition), recipe.id, origin.data_version)
    tables = {one.file.name: _attached(origin, one) for one in files}
    described, numbered = renumbered([one.file for one in files], tables, recipe.roles, secret)
    ordered = {name: shuffled(name, table, secret) for name, table in numbered.items()}
    return FileDraft(
        study=origin.study,
        edition=origin.edition,
        access=origin.access,
        files=tuple(as_told(file, ordered[file.name], recipe) for file in described),
        content={name: drafts.keep(table) for name, table in ordered.items()},
        recipe=recipe,
        corrections=origin.corrections,
        data_version=origin.data_version,
        code=origin.code,
        seeded=origin.seeded,
        by_position=origin.by_position,
        sheet=tuple(line for one in files for line in _sheet(one, recipe)),
    )


def _attached(origin: Origin, treated: TreatedFile) -> Table:
    """The treated rows with the codes of missing answers, and of pooled data whose they are; unknown is nobody's."""
    table, original = reattach(treated.original, treated.table), treated.original
    if not origin.contributor:
        return table
    if origin.contributor not in original.columns:
        return table.having(**{CONTRIBUTED: pa.nulls(len(table), pa.string())})
    at = pc.index_in(table.arrow.column(RECORD), value_set=pa.concat_arrays(original.arrow.column(RECORD).chunks))
    return table.having(**{CONTRIBUTED: original.arrow.column(origin.contributor).take(at)})


def _sheet(treated: TreatedFile, recipe: Recipe) -> tuple[SheetLine, ...]:
    roles = recipe.roles.get(treated.file.name, {})
    return sheet_of(treated.file.name, treated.original, treated.table, roles, treated.recoded)


def check_treated(treated: TreatedFile) -> None:
    """Hold a treated table to its description.

    Raises:
        Unsafe: It has lost its record codes, or has columns nobody described or lacks some.
    """
    name = treated.file.name
    if RECORD not in treated.table.columns or RECORD not in treated.original.columns:
        raise Unsafe(say("the treated rows of {file} cannot be traced to the original; make them anew", file=name))
    if sorted(treated.file.names) != sorted(name for name in treated.table.columns if not is_companion(name)):
        raise Unsafe(say("the treated table {file} and its description have different columns", file=name))


def reattach(original: Table, treated: Table) -> Table:
    """A treated table with the codes of missing answers of the original.

    A code comes back only where the treated cell is still missing and was missing in the original; a cell that the
    treatment emptied has no code.

    Raises:
        Unsafe: A row is not of the original, or stands twice.
    """
    treated = treated.without(*companions(treated))
    records = treated.arrow.column(RECORD)
    at = pc.index_in(records, value_set=pa.concat_arrays(original.arrow.column(RECORD).chunks))
    if at.null_count or len(pc.unique(records)) != len(records):
        raise Unsafe(say("a treated row cannot be traced to one row of the original; make the draft anew"))
    found = {}
    for companion in companions(original):
        name = companion.removesuffix(MISSING_MARK)
        if name in treated.columns:
            codes = original.arrow.column(companion).take(at)
            found[companion] = pc.if_else(pc.is_null(treated.arrow.column(name)), codes, pa.scalar(None, codes.type))
    return treated.having(**{name: codes for name, codes in found.items() if codes.null_count < len(codes)})


def as_told(file: DataFile, table: Table, recipe: Recipe) -> DataFile:
    """What may be told of a table's columns.

    Of keys and sensitive columns only answers that still occur are listed: one that does not may be one that the
    treatment took away, and its name would say that somebody gave it. The form author's wishes are left out.
    """
    roles = recipe.roles.get(file.name, {})
    return replace(file, variables=tuple(_as_told(one, table, roles.get(one.name)) for one in file.variables))


def _as_told(variable: Variable, table: Table, role: VariableRole | None) -> Variable:
    variable = replace(variable, wish="")
    if role not in CLOSED or not variable.categories:
        return variable
    column = table.arrow.column(variable.name)
    there = {_code(one) for one in pc.unique(column).to_pylist() if one is not None}
    kept = tuple(one for one in variable.categories if one.missing or _code(one.code) in there)
    return replace(variable, categories=kept)


def _code(value: object) -> str:
    """A value as a category writes it; 1, 1.0 and "01" are the same code only where both are numbers."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, int):
        return str(value)
    try:
        number = float(str(value))
    except ValueError:
        return str(value)
    return str(int(number)) if number.is_integer() else str(number)
