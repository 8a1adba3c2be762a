"""Shares and pools at rest: a harmonised share under a name of its own, and the pool when it is frozen."""

import secrets
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from safeconduct.ingest.arriving_keeping import refuse_consent_changed
from safeconduct.ingest.arriving_staged import ArrivalSite, Staged
from safeconduct.ingest.correcting import correct
from safeconduct.ingest.described import Described
from safeconduct.ingest.pooled_direct import as_style, cases_of, is_direct
from safeconduct.ingest.pooled_harmonise import Harmonised, harmonise
from safeconduct.ingest.pooled_target import CASES, CONTRIBUTOR
from safeconduct.model.microdata import (
    ARROW,
    RECORD,
    DataFile,
    Measurement,
    Roles,
    Variable,
    VariableRole,
    VariableType,
)
from safeconduct.model.recipe import Step
from safeconduct.model.table import Table
from safeconduct.store.microdata import Microdata, MicrodataManifest, MicrodataRecords
from safeconduct.store.versions import sole_writer


@dataclass(frozen=True, kw_only=True)
class Share:
    """A share on its way into the form of its pool. Its `repr` shows no value.

    Attributes:
        rows: The table of cases as it came, corrections made, record codes with it.
        made: The same in the form of the pool.
        others: Names of its other tables, which stay behind.
    """

    rows: Described
    made: Harmonised
    others: tuple[str, ...]


def prepare(staged: Staged, steps: Sequence[Step], *, standard: str) -> Share:
    """A staged share corrected and brought into the form of its pool; rows keep the place they had in their file.

    Args:
        staged: What arrived.
        steps: The organisation's corrections, in order.
        standard: What the pool is in.

    Raises:
        BadInput: A correction cannot be made, changes an answer of consent, or no column is of the standard.
        BrokenPromise: A table does not fit into the memory.
    """
    tables = {file.name: _numbered(staged.table(file.name)) for file in staged.files}
    done = correct(tables, staged.files, steps)
    refuse_consent_changed(steps, done.files, staged.files)
    described = {file.name: Described(file=file, table=done.tables[file.name]) for file in done.files}
    rows = cases_of(described, standard)
    made = as_style(rows) if standard == "ctdc" and is_direct(rows) else harmonise(rows, standard)
    others = tuple(name for name in described if name != rows.file.name)
    return Share(rows=rows, made=made, others=others)


def _numbered(table: Table) -> Table:
    return table.having(**{RECORD: pa.array(np.arange(len(table), dtype=np.int64))})


def keep_share(opened: ArrivalSite, made: Harmonised) -> str:
    """Write a harmonised share; the id of its version. The versions before it go when the ledger names the new one.

    Raises:
        StoreFull: The disk is full.
        WrongState: The share is being written already.
    """
    return _written(opened, made.file, made.table, made.roles)


def keep_pool(
    opened: ArrivalSite, file: DataFile, table: Table, roles: Roles
) -> str:  # fmt: skip
    """Write the pooled records as a version of their study's data set; the id of the version."""
    return _written(opened, file, table, roles)


def _written(opened: ArrivalSite, file: DataFile, table: Table, roles: Roles) -> str:
    microdata = opened.stored()
    with sole_writer(opened.store, opened.dataset), microdata.writing(file, record=True) as writer:
        writer.add(table.arrow.select(writer.schema.names))
        stored = writer.finish(by_position=True)
        return microdata.keep(MicrodataManifest(dataset=opened.dataset, files=(stored,), roles=roles)).id


def records_of(opened: ArrivalSite, version: str) -> MicrodataRecords:
    """The records of a share's version, to be handed to an engine.

    Raises:
        NotFound: They were destroyed.
    """
    return MicrodataRecords(store=opened.store, manifest=_stored(opened).manifest(version), keys=opened.keys)


def keep_only(opened: ArrivalSite, version: str) -> None:
    """Destroy every version of a share but one.

    Raises:
        WrongState: The share is being written.
    """
    keep_named(opened, [version])


def keep_named(opened: ArrivalSite, versions: Collection[str]) -> None:
    """Destroy every version of a data set but some.

    Raises:
        WrongState: It is being written.
    """
    with sole_writer(opened.store, opened.dataset):
        _stored(opened).destroy(keeping=versions)


def _stored(opened: ArrivalSite) -> Microdata:
    return opened.stored()


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one share gives to the pool.

    Attributes:
        code: What stands for its contributor.
        file: What is known of its columns.
        table: The rows that enter, record codes with them.
        roles: What each column is for.
    """

    code: str
    file: DataFile
    table: Table
    roles: Roles


@dataclass(frozen=True, kw_only=True)
class Together:
    """Shares side by side. Its `repr` shows no value.

    Attributes:
        file: What is known of the columns.
        table: The rows, numbered anew, with their contributor's code.
        roles: What each column is for.
    """

    file: DataFile
    table: Table
    roles: Roles


def together(parts: Iterable[Part], *, leaves: bool, mixed: bool = False) -> Together:
    """The rows of several shares as one table; a column that a share lacks is empty there.

    Args:
        parts: The shares.
        leaves: The contributor's code may leave in files; else its role keeps it from every file for others.
        mixed: Put the rows in an order that does not tell which share they came from.
    """
    shares = list(parts)
    seen = {one.name: one for share in shares for one in reversed(share.file.variables)}
    names = dict.fromkeys(one.name for share in shares for one in share.file.variables)
    variables = (*(seen[name] for name in names), _contributor([one.code for one in shares]))
    rows = pa.concat_tables([_aligned(one, variables) for one in shares])
    order = list(range(len(rows)))
    if mixed:
        secrets.SystemRandom().shuffle(order)
    table = rows.take(pa.array(order, pa.int64())).append_column(RECORD, pa.array(np.arange(len(rows), dtype=np.int64)))
    roles = {name: role for share in shares for name, role in share.roles[CASES].items()}
    roles[CONTRIBUTOR] = VariableRole.QUASI if leaves else VariableRole.FREE_TEXT
    return Together(file=DataFile(name=CASES, variables=variables), table=Table(table), roles={CASES: roles})


def _contributor(codes: Sequence[str]) -> Variable:
    del codes  # a list of them would say how many contributors there are
    return Variable(name=CONTRIBUTOR, type=VariableType.TEXT, labels={"en": "Contributor, coded"},
                    measurement=Measurement.NOMINAL)  # fmt: skip


def _aligned(part: Part, variables: Sequence[Variable]) -> pa.Table:
    arrow, count = part.table.arrow, len(part.table)
    return pa.table(dict(_columns(part, arrow, count, variables)))


def _columns(
    part: Part, arrow: pa.Table, count: int, variables: Sequence[Variable]
) -> Iterator[tuple[str, pa.ChunkedArray | pa.Array]]:  # fmt: skip
    for one in variables:
        if one.name == CONTRIBUTOR:
            yield one.name, pa.repeat(pa.scalar(part.code), count)
        elif one.name in arrow.column_names:
            yield one.name, arrow.column(one.name).cast(ARROW[one.type])
        else:
            yield one.name, pa.nulls(count, ARROW[one.type])
