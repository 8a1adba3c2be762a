"""What becomes of staged records: codes for what says who somebody is, corrections made, direct identifiers left."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from safeconduct.ingest.arriving_codes import DOMAIN, Households, coded_columns, key_columns, record_codes
from safeconduct.ingest.arriving_leaving import leaving_out
from safeconduct.ingest.arriving_staged import Staged
from safeconduct.ingest.correcting import StepChange, correct
from safeconduct.model.canonical import digest
from safeconduct.model.consent import is_consent
from safeconduct.model.errors import BadInput, BrokenPromise, WrongState
from safeconduct.model.microdata import (
    RECORD,
    DataFile,
    Measurement,
    Roles,
    Variable,
    VariableRole,
    VariableType,
    missing_column,
)
from safeconduct.model.recipe import Step
from safeconduct.model.table import Table
from safeconduct.model.text import say
from safeconduct.model.trees import to_tree
from safeconduct.store.codes import CodeTable
from safeconduct.store.microdata import Microdata, MicrodataManifest
from safeconduct.store.table_writer import StoredFile
from safeconduct.store.versions import Part

NAMED = 5
LEAVES_OUT = "drop_rows"


class Keeping:
    """What is known while a version is being made."""

    def __init__(
        self, staged: Staged, roles: Roles, corrections: Sequence[Step], previous: MicrodataManifest | None
    ) -> None:
        self.staged, self.roles, self.previous = staged, roles, previous
        self._steps = tuple(corrections)
        self.changes: list[StepChange] = []
        self.coded: Mapping[str, Sequence[str]] = {}
        opened = staged.opened
        parts = previous.codes if previous else ()
        self._codes = CodeTable(
            store=opened.store, dataset=opened.dataset, domain=DOMAIN, keys=opened.keys, parts=parts
        )
        self.households = Households(self._codes, keys=opened.keys, dataset=opened.dataset)
        self._leaving = leaving_out(staged, roles)

    def corrected(self) -> Iterator["Rows"]:
        """Every table after the corrections, one at a time where there are none."""
        files = self.staged.files
        if not self._steps:
            self._decided(files)
            yield from (self._read(file) for file in files)
            return
        read = {file.name: self._read(file) for file in files}
        replayed = correct({name: one.table for name, one in read.items()}, files, self._steps)
        self.roles = {after.name: _followed(self._of(after), by) for after, by in _beside(replayed.files, files)}
        refuse_consent_changed(self._steps, replayed.files, files)
        self._decided(replayed.files)
        self.changes += replayed.changes
        for file in replayed.files:
            yield replace(read[file.name], file=file, table=replayed.tables[file.name])

    def manifest(self, made: Sequence[StoredFile]) -> MicrodataManifest:
        """The version with these tables."""
        before, new = (self.previous.codes if self.previous else ()), self._codes.save()
        codes: tuple[Part, ...] = before if new is None else (*before, new)
        return MicrodataManifest(
            dataset=self.staged.opened.dataset,
            files=tuple(made),
            roles={one.file.name: {name: self.roles[one.file.name][name] for name in one.file.names} for one in made},
            corrections=digest([to_tree(step) for step in self._steps]) if self._steps else "",
            codes=codes,
            previous=self.previous.id if self.previous else "",
        )

    def _decided(self, files: Sequence[DataFile]) -> None:
        open_ = [f"{file.name}.{name}" for file in files for name in file.names if name not in self._of(file)]
        if open_:
            raise WrongState(
                say(
                    "Decide first what every column is: {count} have no role, such as {columns}.",
                    count=len(open_),
                    columns=", ".join(open_[:NAMED]),
                )
            )
        _refuse_consent_left_behind(files, self.roles)
        self.coded = coded_columns(files, self.roles)

    def _of(self, file: DataFile) -> Mapping[str, VariableRole]:
        return self.roles.get(file.name, {})

    def _read(self, file: DataFile) -> "Rows":
        opened = self.staged.opened
        table = self.staged.table(file.name).arrow
        needed = table.select([name for name in key_columns(file) if name in table.column_names])
        codes = record_codes(needed, file, keys=opened.keys, dataset=opened.dataset)
        at = pa.array(np.arange(len(table), dtype=np.int64)) if codes is None else codes
        if self._leaving is not None:
            stays = pa.array(~self._leaving.of(file.name))
            table, at = table.filter(stays), at.filter(stays)
        return Rows(file=file, table=Table(table.append_column(RECORD, at)), by_position=codes is None)


def _beside(after: Sequence[DataFile], before: Sequence[DataFile]) -> Iterator[tuple[DataFile, Mapping[str, str]]]:
    """Each table with the name every column had: corrections rename columns, and never add or move one."""
    named = {file.name: file for file in before}
    for file in after:
        same = len(file.names) == len(named[file.name].names)
        yield file, dict(zip(file.names, named[file.name].names, strict=True)) if same else {}


def refuse_consent_changed(steps: Sequence[Step], after: Sequence[DataFile], before: Sequence[DataFile]) -> None:
    """What somebody agreed to is not for a steward to correct; rows may be left out.

    Raises:
        BadInput: A correction changes an answer of consent, or makes a column one.
    """
    changed = {name for step in steps if step.method != LEAVES_OUT for name in step.columns if is_consent(name)}
    became = {now for file, by in _beside(after, before) for now, was in by.items() if now != was and is_consent(now)}
    if wrong := sorted(changed | became):
        said = say(
            "Column {name} says what people agreed to, and cannot be corrected here; have it put right where it was "
            "written down, and bring the file again.", name=wrong[0]
        )  # fmt: skip
        raise BadInput(said, field=wrong[0])


def _refuse_consent_left_behind(files: Sequence[DataFile], roles: Roles) -> None:
    """What somebody agreed to says who nobody is, and is needed as long as the record is kept.

    Raises:
        BadInput: A column of consent was called a direct identifier, so that it would not be kept.
    """
    lost = [
        name for file in files for name in file.names
        if is_consent(name) and roles.get(file.name, {}).get(name) is VariableRole.DIRECT
    ]  # fmt: skip
    if lost:
        said = say("Column {name} says what people agreed to and must stay with their records; call it other.",
                   name=lost[0])  # fmt: skip
        raise BadInput(said, field=lost[0])


def _followed(roles: Mapping[str, VariableRole], before: Mapping[str, str]) -> dict[str, VariableRole]:
    """The roles of a table's columns by their names now; what a column was called when it arrived comes first."""
    arrived = {now: roles[was] for now, was in before.items() if was in roles}
    return {**{name: role for name, role in roles.items() if name in before or not before}, **arrived}


@dataclass(frozen=True, kw_only=True)
class Rows:
    """A table with its record codes, before anything is taken out of it."""

    file: DataFile
    table: Table
    by_position: bool

    def written(self, microdata: Microdata, work: Keeping) -> StoredFile:
        """Put it into the store without what may not be there."""
        coded, there = frozenset(work.coded[self.file.name]), frozenset(self.table.columns)
        direct = {name for name, role in work.roles[self.file.name].items() if role is VariableRole.DIRECT}
        file = _described(self.file, frozenset(direct), coded)
        beside = [name for name in file.names if missing_column(name) in there and name not in coded]
        with microdata.writing(file, beside, record=True) as writer:
            writer.add(self._columns(writer.schema, coded, work.households))
            return writer.finish(by_position=self.by_position)

    def _columns(self, schema: pa.Schema, coded: frozenset[str], households: Households) -> pa.Table:
        arrow = self.table.arrow
        columns = [
            households.of(arrow.column(one.name)) if one.name in coded else _cast(arrow.column(one.name), one)
            for one in schema
        ]
        return pa.table(columns, schema=schema)


def _described(file: DataFile, direct: frozenset[str], coded: frozenset[str]) -> DataFile:
    """The description of what is left of a table."""
    left = file.keeping(frozenset(file.names) - direct)
    whole = set(left.names).issuperset(left.link)
    return replace(
        left,
        variables=tuple(_code(one) if one.name in coded else one for one in left.variables),
        parent=left.parent if whole else "",
        link=left.link if whole else (),
    )


def _code(variable: Variable) -> Variable:
    """The description of a column whose values became codes of ours."""
    return replace(
        variable,
        type=VariableType.INTEGER,
        categories=(),
        missing_codes=(),
        missing_ranges=(),
        measurement=Measurement.NOMINAL,
        format="",
        storage="",
        width=0,
    )


def _cast(column: pa.ChunkedArray, one: pa.Field) -> pa.ChunkedArray:
    try:
        return column if column.type == one.type else column.cast(one.type)
    except pa.ArrowException:
        raise BrokenPromise(
            say("After the corrections column {name} is not what its description says.", name=one.name), field=one.name
        ) from None
