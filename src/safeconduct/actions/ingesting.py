"""Files in: the one door, with its receipts written into the ledger."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from safeconduct.actions.room import Room
from safeconduct.actions.verb import action
from safeconduct.ingest.mapping import read_mapping
from safeconduct.ingest.run import Commit, IngestReport, IngestSite
from safeconduct.ingest.run import ingest as read_files
from safeconduct.model.errors import NotFound, WrongState
from safeconduct.model.mapping import FileMapping
from safeconduct.model.text import say
from safeconduct.store.versions import Manifest


@dataclass(frozen=True)
class Watching:
    """How somebody watches a long ingest, and stops it.

    Attributes:
        progress: Told which step, how many done, of how many.
        stop: Set to stop after the file being read.
    """

    progress: Callable[[str, int, int], None] = lambda _step, _done, _all: None
    stop: threading.Event = field(default_factory=threading.Event)


UNWATCHED = Watching()


@action(needs="ingest", local=True)
def ingest(room: Room, *, mapping: Path, folder: Path, watching: Watching = UNWATCHED) -> IngestReport:
    """Take in an operator's files: pseudonymised before they are written, encrypted, each file once.

    Rows that do not fit go to an encrypted quarantine with a reason and a count. Stopping it, or a crash, loses and
    doubles nothing: run it again.

    Args:
        mapping: TOML file that says which column is what.
        folder: Folder with the files.
        watching: How to watch and stop it.
    """
    layout = read_mapping(mapping)
    return read_files(
        layout,
        folder,
        opened=IngestSite(
            folders=room.site.folders,
            keys=room.site.keys,
            manifest=_current(room, layout.dataset),
            known=lambda sha256: room.site.ledger.ingested(layout.dataset, sha256),
            memory_mb=room.site.settings.memory_mb,
            threads=room.site.settings.threads,
        ),
        commit=lambda done: _commit(room, layout, done),
        progress=watching.progress,
        cancelled=watching.stop.is_set,
    )


def _current(room: Room, dataset: str) -> Manifest | None:
    fact = room.site.ledger.fact("dataset", dataset)
    if fact is not None and fact.state != "current":
        raise WrongState(say("the data set of that name was destroyed; take these files into one of another name"))
    try:
        return room.site.manifest(dataset)
    except NotFound:
        return None


def _commit(room: Room, layout: FileMapping, done: Commit) -> None:
    with room.write() as act:
        before = act.tx.fact("dataset", layout.dataset)
        if (str(before.body["manifest"]) if before else "") != done.manifest.previous:
            raise WrongState(say("somebody else took files in at the same time; run it again, nothing is lost"))
        for receipt in done.receipts:
            act.tx.ingested(layout.dataset, receipt.sha256, manifest=done.manifest.id, at=room.now)
        act.tx.put("dataset", layout.dataset, {"manifest": done.manifest.id, "zone": layout.zone}, at=room.now)
        act.record(
            f"{layout.dataset}@{done.manifest.id}",
            {"files": [receipt.sha256 for receipt in done.receipts], "geography": done.manifest.geography},
        )
