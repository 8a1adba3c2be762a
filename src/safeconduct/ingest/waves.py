"""The next wave of a survey: what is known of the last one is taken over, and every difference is told."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from safeconduct.ingest.proposing_rules.words import fold
from safeconduct.model.microdata import (
    Category,
    Column,
    DataFile,
    Measurement,
    Roles,
    Variable,
    VariableRole,
    VariableType,
    Words,
)  # fmt: skip
from safeconduct.model.recipe import Step
from safeconduct.model.text import Text, say

ALIKE = 0.5
NUMBERS = frozenset({VariableType.INTEGER, VariableType.NUMBER})


@dataclass(frozen=True, kw_only=True)
class WaveDifference:
    """Something that is not as it was in the last wave.

    Attributes:
        file: Name of the table, of the new wave where it is there.
        name: Name of the variable, `""` for the whole table.
        what: What is different, in a sentence; it holds names and codes of code lists, never a value.
    """

    file: str
    name: str
    what: Text


@dataclass(frozen=True, kw_only=True)
class Match:
    """A column of the new wave and the one it was in the last."""

    before: Column
    now: Column


@dataclass(frozen=True, kw_only=True)
class Inherited:
    """A new wave with what is known from the last.

    Attributes:
        files: Its tables, words of the last wave filled in where it has none.
        roles: Roles that could be taken over; whatever is not there must be decided.
        differences: What is different, table by table; nothing that differs is left out.
        matches: Which column was which.
    """

    files: tuple[DataFile, ...]
    roles: Roles = field(hash=False)
    differences: tuple[WaveDifference, ...]
    matches: tuple[Match, ...]


def inherit(previous: Sequence[DataFile], previous_roles: Roles, now: Sequence[DataFile]) -> Inherited:
    """Take over what is known of the last wave.

    Tables match by name, then by their columns; columns by name whatever its case, then by label where only one has
    it. A role is taken over where the types agree. Where codes were added the role is taken over and the codes are
    told; a column matched by its label alone keeps its role too and is told.

    Args:
        previous: Tables of the last wave.
        previous_roles: Their roles, as they were decided.
        now: Tables of the new wave.
    """
    tables = _tables(previous, now)
    parts = [_table(tables.get(file.name), previous_roles, file) for file in now]
    lost = [
        WaveDifference(file=file.name, name="", what=say("The table {table} is gone.", table=file.name))
        for file in previous
        if file.name not in {one.name for one in tables.values()}
    ]
    return Inherited(
        files=tuple(part.file for part in parts),
        roles={part.file.name: part.roles for part in parts if part.roles},
        differences=(*(one for part in parts for one in part.differences), *lost),
        matches=tuple(one for part in parts for one in part.matches),
    )


@dataclass(frozen=True, kw_only=True)
class _Part:
    """One table of the new wave."""

    file: DataFile
    roles: Mapping[str, VariableRole] = field(default_factory=dict, hash=False)
    differences: tuple[WaveDifference, ...] = ()
    matches: tuple[Match, ...] = ()


def _tables(previous: Sequence[DataFile], now: Sequence[DataFile]) -> dict[str, DataFile]:
    """The table of the last wave by the name of the new one."""
    by_name = {file.name.casefold(): file for file in previous}
    found = {file.name: by_name[file.name.casefold()] for file in now if file.name.casefold() in by_name}
    free = [file for file in previous if file not in found.values()]
    for file in now:
        best = max(free, key=lambda one: _alike(one, file), default=None)
        if file.name not in found and best is not None and _alike(best, file) >= ALIKE:
            found[file.name] = best
            free.remove(best)
    return found


def _alike(one: DataFile, other: DataFile) -> float:
    """Share of column names that two tables have in common, 0 to 1."""
    mine, theirs = ({name.casefold() for name in file.names} for file in (one, other))
    return len(mine & theirs) / max(1, len(mine | theirs))


def _table(before: DataFile | None, roles: Roles, now: DataFile) -> _Part:
    if before is None:
        what = say("The table {table} is new.", table=now.name)
        return _Part(file=now, differences=(WaveDifference(file=now.name, name="", what=what),))
    pairs = _pairs(before, now)
    decided = roles.get(before.name, {})
    inherited = {
        name: decided[old.name] for name, old in pairs.items() if old.name in decided and old.type is now[name].type
    }
    filled = tuple(_filled(pairs[one.name], one) if one.name in pairs else one for one in now.variables)
    return _Part(
        file=replace(now, variables=filled, labels={**before.labels, **now.labels}),
        roles=inherited,
        differences=tuple(_differences(before, now, pairs)),
        matches=tuple(
            Match(before=Column(file=before.name, name=old.name), now=Column(file=now.name, name=name))
            for name, old in pairs.items()
        ),
    )


def _pairs(before: DataFile, now: DataFile) -> dict[str, Variable]:
    """The column of the last wave by the name of the new one: by name, then by a label that only one column has."""
    exact = {name: before[name] for name in now.names if name in before}
    taken = {old.name for old in exact.values()}
    by_case = _alone((one.name.casefold(), one) for one in before.variables if one.name not in taken)
    wanted = _alone((one.name.casefold(), one) for one in now.variables if one.name not in exact)
    same = {one.name: by_case[name] for name, one in wanted.items() if name in by_case}
    taken |= {old.name for old in same.values()}
    labelled = _alone(pair for one in before.variables if one.name not in taken for pair in _labelled(one))
    rest = [one for one in now.variables if one.name not in exact and one.name not in same]
    asked = _alone(pair for one in rest for pair in _labelled(one))
    by_label = {one.name: labelled[label] for label, one in asked.items() if label in labelled}
    found = {**exact, **same, **by_label}
    return {name: found[name] for name in now.names if name in found}


def _labelled(one: Variable) -> Iterator[tuple[str, Variable]]:
    return ((text, one) for text in {fold(" ".join(label.split())) for label in one.labels.values()} if text)


def _alone(pairs: Iterator[tuple[str, Variable]]) -> dict[str, Variable]:
    """By word, where only one column has it."""
    found: dict[str, list[Variable]] = defaultdict(list)
    for word, one in pairs:
        found[word].append(one)
    return {word: ones[0] for word, ones in found.items() if len(ones) == 1}


def _filled(before: Variable, now: Variable) -> Variable:
    """The new column with the words of the last wave where it has none of its own."""
    known = {one.code: one.labels for one in before.categories}
    return replace(
        now,
        labels=_over(before.labels, now.labels),
        questions=_over(before.questions, now.questions),
        hints=_over(before.hints, now.hints),
        universe=now.universe or before.universe,
        unit=now.unit or before.unit,
        derivation=now.derivation or before.derivation,
        measurement=before.measurement if now.measurement is Measurement.UNKNOWN else now.measurement,
        categories=(
            tuple(replace(one, labels=_over(known.get(one.code, {}), one.labels)) for one in now.categories)
            if now.categories or before.type is not now.type
            else before.categories
        ),
        missing_codes=now.missing_codes or (before.missing_codes if not now.categories else ()),
    )


def _over(before: Words, now: Words) -> Words:
    """Words of the new wave over those of the last; a language that only the last has is taken over."""
    return {**before, **{language: text for language, text in now.items() if text}}


def _differences(before: DataFile, now: DataFile, pairs: Mapping[str, Variable]) -> Iterator[WaveDifference]:
    def differs(name: str, what: Text) -> WaveDifference:
        return WaveDifference(file=now.name, name=name, what=what)

    if before.name != now.name:
        yield differs("", say("The table was called {before}.", before=before.name))
    for one in now.variables:
        if one.name not in pairs:
            yield differs(one.name, say("The column is new; decide its role."))
        else:
            yield from (differs(one.name, what) for what in _changes(pairs[one.name], one))
    kept = {old.name for old in pairs.values()}
    for old in before.variables:
        if old.name not in kept:
            yield differs(old.name, say("The column is gone."))


def _changes(before: Variable, now: Variable) -> Iterator[Text]:
    """What is different about a column that both waves have."""
    if before.name != now.name:
        yield say("The column was called {before}.", before=before.name)
    if before.type is not now.type:
        yield say("Its type was {before} and is {now}; decide its role.", before=before.type.value, now=now.type.value)
    for language in before.labels:
        if now.labels.get(language) and fold(now.labels[language]) != fold(before.labels[language]):
            yield say("Its label is another one.")
            break
    if before.categories and now.categories:
        yield from _codes({one.code: one for one in before.categories}, {one.code: one for one in now.categories})


def _codes(before: Mapping[str, Category], now: Mapping[str, Category]) -> Iterator[Text]:
    if added := [code for code in now if code not in before]:
        yield say("It has new codes: {codes}.", codes=", ".join(added))
    if gone := [code for code in before if code not in now]:
        yield say("These codes are gone: {codes}.", codes=", ".join(gone))
    both = [code for code in now if code in before]
    if other := [code for code in both if _relabelled(before[code], now[code])]:
        yield say("These codes have other labels: {codes}.", codes=", ".join(other))
    if missing := [code for code in both if before[code].missing != now[code].missing]:
        yield say("These codes meant no answer in one wave only: {codes}.", codes=", ".join(missing))


def _relabelled(before: Category, now: Category) -> bool:
    shared = [one for one in before.labels if now.labels.get(one)]
    return any(fold(before.labels[one]) != fold(now.labels[one]) for one in shared)


def carry(steps: Sequence[Step], inherited: Inherited) -> tuple[tuple[Step, ...], tuple[WaveDifference, ...]]:
    """The last wave's plan for the new one, and what of it could not be taken over.

    A step is taken over where every column it works on is there; it then works on the columns of the new wave. A step
    without a table's name is about the only table of the last wave. No role is looked at: decide those first.
    """
    now = {one.before: one.now for one in inherited.matches}
    only = {column.file for column in now}
    kept: list[Step] = []
    lost: list[WaveDifference] = []
    for number, step in enumerate(steps, start=1):
        file = step.file or (next(iter(only)) if len(only) == 1 else "")
        columns = [now.get(Column(file=file, name=name)) for name in step.columns]
        there = tuple(one for one in columns if one is not None)
        if len(there) == len(columns):
            names = {one.file for one in there} or {match.file for column, match in now.items() if column.file == file}
            kept.append(replace(step, file=next(iter(names), step.file), columns=tuple(one.name for one in there)))
        else:
            gone = [name for name, one in zip(step.columns, columns, strict=True) if one is None]
            what = say("Step {number} of the plan was left out; it needs {columns}.", number=number,
                       columns=", ".join(gone))  # fmt: skip
            lost.append(WaveDifference(file=file, name=gone[0], what=what))
    return tuple(kept), tuple(lost)
