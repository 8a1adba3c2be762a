"""Survey files on their way from an upload to the store.

First they are staged: read once, and kept in the intake with everything they hold, sealed, so that they can be looked
at, checked and described. When the steward has decided what every column is, they are kept: codes replace what says who
somebody is, corrections are made, direct identifiers stay behind. Then staging and upload are destroyed, by the caller,
when the ledger names the new version.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain

from safeconduct.ingest.arriving_keeping import Keeping
from safeconduct.ingest.arriving_staged import ArrivalSite, Staged, reopen
from safeconduct.ingest.correcting import StepChange
from safeconduct.ingest.survey_base import Contents, ReadTable
from safeconduct.model.errors import Cancelled
from safeconduct.model.microdata import Roles, missing_column
from safeconduct.model.recipe import Step
from safeconduct.model.text import say
from safeconduct.store.microdata import Microdata, MicrodataManifest
from safeconduct.store.table_writer import StoredFile
from safeconduct.store.versions import sole_writer

__all__ = ["ArrivalSite", "Kept", "Staged", "discard", "keep", "reopen", "stage"]

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A new version of a data set, nobody's current one until the ledger says so.

    Attributes:
        manifest: The version.
        changes: What each correction changed; numbers for insiders.
    """

    manifest: MicrodataManifest
    changes: tuple[StepChange, ...] = field(repr=False)


def stage(
    contents: Contents,
    *,
    opened: ArrivalSite,
    progress: Progress = lambda _step, _done, _all: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Staged:
    """Take in what some uploaded files hold, sealed, in the intake; what was staged before goes when it is done.

    Args:
        contents: What the files are.
        opened: What an arrival needs of a site.
        progress: Told the step, how many tables are done, of how many.
        cancelled: Asked before every batch of rows.

    Raises:
        Unreadable: A file cannot be read to its end.
        BadInput: A table is not what its description says; the message names the column.
        Cancelled: Somebody asked to stop; nothing is left.
        StoreFull: The disk is full; nothing is left.
        WrongState: Another arrival of this data set is under way.
    """
    microdata = opened.staged()
    made: list[StoredFile] = []
    with sole_writer(opened.staging, opened.staged_as), _undone(microdata, made):
        for number, table in enumerate(contents.tables):
            progress("stage", number, len(contents.tables))
            made.append(_staged(table, microdata, cancelled))
        manifest = microdata.keep(MicrodataManifest(dataset=opened.staged_as, files=tuple(made)))
        microdata.destroy(keeping=[manifest.id])
    progress("stage", len(made), len(made))
    return Staged(manifest=manifest, opened=opened)


def keep(
    staged: Staged,
    *,
    roles: Roles,
    corrections: Sequence[Step] = (),
    previous: MicrodataManifest | None = None,
    progress: Progress = lambda _step, _done, _all: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Kept:
    """Make a version of a data set from what is staged.

    Corrections come first, in memory, and may use every column. What direct identifiers hold never reaches the store.

    Args:
        staged: What is staged.
        roles: What every column is, by the name it arrived with; the name a correction gave it will do where there is
            none under the old one.
        corrections: What is put right, in order.
        previous: The data set's current version: its households keep their codes.
        progress: Told the step, how many tables are done, of how many.
        cancelled: Asked before every table.

    Raises:
        WrongState: A column has no role; the message names it. Or another arrival of this data set is under way.
        BadInput: A correction cannot be made, or a column that links tables was called a direct identifier.
        BrokenPromise: A table does not fit into the memory.
        Cancelled: Somebody asked to stop; nothing is left.
        StoreFull: The disk is full; nothing is left.
    """
    opened = staged.opened
    microdata = opened.stored()
    made: list[StoredFile] = []
    with sole_writer(opened.store, opened.dataset), _undone(microdata, made):
        work = Keeping(staged, roles, corrections, previous)
        for number, row in enumerate(work.corrected()):
            _stop_if(cancelled)
            progress("keep", number, len(staged.files))
            made.append(row.written(microdata, work))
        manifest = microdata.keep(work.manifest(made))
    progress("keep", len(made), len(made))
    return Kept(manifest=manifest, changes=tuple(work.changes))


def discard(opened: ArrivalSite) -> None:
    """Destroy everything that is staged of a data set, keys first; the caller destroys the upload.

    Raises:
        WrongState: An arrival of this data set is under way.
    """
    if opened.staging.exists():
        with sole_writer(opened.staging, opened.staged_as):
            opened.staged().destroy()


def _staged(table: ReadTable, microdata: Microdata, cancelled: Callable[[], bool]) -> StoredFile:
    batches = table.batches()
    first = next(batches, None)
    found = frozenset(first.schema.names if first is not None else ())
    beside = [name for name in table.file.names if missing_column(name) in found]
    with microdata.writing(table.file, beside) as writer:
        names = writer.schema.names
        for batch in chain([] if first is None else [first], batches):
            _stop_if(cancelled)
            writer.add(batch.select(names) if set(batch.schema.names) == set(names) else batch)
        return writer.finish()


@contextmanager
def _undone(microdata: Microdata, made: list[StoredFile]) -> Iterator[None]:
    """Destroy the tables that were made if their version is not."""
    try:
        yield
    except BaseException:
        microdata.discard(made)
        raise


def _stop_if(cancelled: Callable[[], bool]) -> None:
    if cancelled():
        raise Cancelled(say("This was stopped before it was done; nothing was changed."))
