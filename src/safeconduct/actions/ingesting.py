"""Files in: the one door, with its receipts written into the ledger."""

import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from safeconduct.actions.judging_days import judge, write_down
from safeconduct.actions.left_out import mend_list
from safeconduct.actions.room import Room
from safeconduct.actions.trusted import settings_of
from safeconduct.actions.verb import action
from safeconduct.ingest.looking import look
from safeconduct.ingest.mapping import read_mapping
from safeconduct.ingest.receipts import Commit, IngestReport, IngestSite, Receipt
from safeconduct.ingest.run import ingest as read_files
from safeconduct.ingest.source import CONTENT, Offer, Reach, opened_source
from safeconduct.ingest.withdrawing import Withdrawn, withdraw
from safeconduct.keys.credentials import connection_secret
from safeconduct.model.areas import EventType
from safeconduct.model.canonical import Json
from safeconduct.model.errors import BadSettings, NotFound, WrongState
from safeconduct.model.mapping import FileMapping
from safeconduct.model.text import say
from safeconduct.store.arrivals import Standing
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
DESTROYED = say("the data set of that name was destroyed; take these files into one of another name")


@dataclass(frozen=True, kw_only=True)
class ArrivedFile:
    """A file that was taken in.

    Attributes:
        number: Which one of its data set, from 1.
        content: SHA-256 of its decompressed content, as `sha256sum` prints it.
        type: What its events are.
        standing: Whether its rows count.
        corrects: Number of the file it takes the place of, 0 for none.
    """

    number: int
    content: str
    type: EventType
    standing: Standing
    corrects: int = 0


@action(needs="ingest", local=True)
def ingest(
    room: Room,
    *,
    mapping: Path,
    folder: Path,
    dry_run: bool = False,
    new_geography: bool = False,
    watching: Watching = UNWATCHED,
) -> IngestReport:
    """Take in an operator's files or database: pseudonymised before they are written, encrypted, each content once.

    Rows that do not fit go to an encrypted quarantine with a reason and a count. Stopping it, or a crash, loses and
    doubles nothing: run it again.

    Args:
        mapping: TOML file that says which column is what.
        folder: Folder with the files.
        dry_run: Only say what would be taken in: files are read, nothing is written.
        new_geography: The cells and areas of this mapping take the place of those the data set has, though another
            mapping made them or they were there before; every sum is made anew, and answers asked again are new ones.
        watching: How to watch and stop it.
    """
    layout = read_mapping(mapping)
    if not dry_run:
        return taken_in(room, layout, folder, watching, new_geography=new_geography)
    key = room.site.keys.derive(CONTENT, layout.dataset)
    with closing(
        opened_source(Offer(mapping=layout, folder=folder, reach=_reach(room, layout, watching), digest_key=key))
    ) as source:
        return look(
            source,
            folder,
            opened=_opened(room, layout.dataset, _current(room, layout.dataset)),
            progress=watching.progress,
            cancelled=watching.stop.is_set,
        )


def taken_in(
    room: Room,
    layout: FileMapping,
    folder: Path,
    watching: Watching = UNWATCHED,
    only: frozenset[Path] | None = None,
    *,
    new_geography: bool = False,
) -> IngestReport:
    """Take in what a mapping means, with the receipts written down.

    Args:
        room: Who takes it in, where and when.
        layout: The mapping.
        folder: Folder with the mapping's files.
        watching: How to watch and stop it.
        only: Which files of the folder to take, `None` for all; then failures of all of them are told, not raised.
        new_geography: The mapping's cells and areas take the place of the data set's.

    Raises:
        SafeconductError: As `ingest.run.ingest` says.
    """
    settings_of(room.site, layout.dataset)  # a mistake in quality.toml is told before a file is read
    opened = _opened(room, layout.dataset, _current(room, layout.dataset))
    mend_list(room, layout.dataset)
    return read_files(
        layout,
        folder,
        opened=replace(opened, reach=_reach(room, layout, watching, only), new_geography=new_geography),
        commit=lambda done: _commit(room, done, watching),
        progress=watching.progress,
        cancelled=watching.stop.is_set,
    )


@action(needs="ingest", local=True)
def withdraw_arrival(
    room: Room, *, dataset: str, arrival: str, dry_run: bool = False, watching: Watching = UNWATCHED
) -> Withdrawn:
    """Take one file back whole: its rows leave every day they came to, and the file stays out from then on.

    Versions that are still kept hold its rows until they are let go.

    Args:
        dataset: Name of the data set.
        arrival: SHA-256 of the file's decompressed content; `arrivals` lists them.
        dry_run: Only say what it would do.
        watching: How to watch it; it is one step, which cannot be stopped half-way.
    """
    manifest, content = room.site.manifest(dataset), arrival.strip().lower()
    watching.progress("files", 0, 1)
    done = withdraw(
        content,
        manifest=manifest,
        opened=_opened(room, dataset, manifest),
        commit=lambda done: _commit(room, done, watching, {"withdrawn": content}),
        dry_run=dry_run,
    )
    watching.progress("files", 1, 1)
    return done


@action(needs="ingest", reads=True)
def arrivals(room: Room, *, dataset: str) -> tuple[ArrivedFile, ...]:
    """The files that were taken into a data set, in the order they came; no name and no count of anything.

    Files that came before their arrivals were numbered are not among them.

    Args:
        dataset: Name of the data set.
    """
    return tuple(
        ArrivedFile(number=one.number, content=one.digest, type=one.type, standing=one.standing, corrects=one.replaces)
        for one in room.site.manifest(dataset).arrivals
    )


def _opened(room: Room, dataset: str, manifest: Manifest | None) -> IngestSite:
    return IngestSite(
        folders=room.site.folders,
        keys=room.site.keys,
        manifest=manifest,
        named=lambda: room.site.named(dataset),
        known=lambda sha256: room.site.ledger.ingested(dataset, sha256),
        memory_mb=room.site.settings.memory_mb,
        threads=room.site.settings.threads,
        now=room.now,
        versions_days=room.site.settings.versions_days,
    )


def _reach(room: Room, layout: FileMapping, watching: Watching, only: frozenset[Path] | None = None) -> Reach:
    return Reach(
        secret=lambda name: _secret(room, name),
        drivers=frozenset(room.site.settings.drivers),
        taken=lambda name: _taken(room, f"{layout.dataset}/{name}"),
        only=lambda path: only is None or path in only,
        every_failure=only is not None,
        now=room.now,
        stop=watching.stop,
    )


def _secret(room: Room, name: str) -> str:
    """What opens a connection of the site's settings."""
    known = room.site.settings.sources.named
    if name not in known:
        raise BadSettings(
            say("safeconduct.toml has no [sources.{name}]; say there where the database is", name=name), field="sources"
        )
    return connection_secret(name, known[name])


def _taken(room: Room, name: str) -> str:
    """Digest of what was taken in as a day of a table, `""` where nothing was."""
    fact = room.site.ledger.fact("pulled", name)
    return str(fact.body["sha256"]) if fact is not None else ""


def _current(room: Room, dataset: str) -> Manifest | None:
    fact = room.site.ledger.fact("dataset", dataset)
    if fact is not None and fact.state != "current":
        raise WrongState(DESTROYED)
    try:
        return room.site.manifest(dataset)
    except NotFound:
        return None


def _commit(room: Room, done: Commit, watching: Watching, told: Mapping[str, Json] | None = None) -> None:
    """Days are judged before anybody can ask of them, and held back in the transaction that makes them current."""
    manifest = done.manifest
    judged = judge(room, manifest, progress=watching.progress)
    known = {one.sha256 for one in done.receipts if room.site.ledger.ingested(manifest.dataset, one.sha256)}
    with room.write() as act:
        before = act.tx.fact("dataset", manifest.dataset)
        if before is not None and before.state != "current":
            raise WrongState(DESTROYED)
        if (str(before.body["manifest"]) if before else "") != manifest.previous:
            raise WrongState(say("somebody else took files in at the same time; run it again, nothing is lost"))
        for receipt in done.receipts:
            if receipt.sha256 not in known:
                act.tx.ingested(manifest.dataset, receipt.sha256, manifest=manifest.id, at=room.now)
            if receipt.name:
                act.tx.put("pulled", f"{manifest.dataset}/{receipt.name}", {"sha256": receipt.sha256}, at=room.now)
        act.tx.put("dataset", manifest.dataset, {"manifest": manifest.id, "zone": manifest.zone}, at=room.now)
        act.record(
            f"{manifest.dataset}@{manifest.id}",
            {
                "files": [receipt.sha256 for receipt in done.receipts],
                "geography": manifest.geography,
                **_corrected(done.receipts),
                **(told or {}),
            },
        )
        write_down(act, manifest, judged)


def _corrected(receipts: tuple[Receipt, ...]) -> dict[str, Json]:
    """Which file took the place of which, where any did."""
    corrected: dict[str, Json] = {one.sha256: one.corrects for one in receipts if one.corrects}
    return {"corrected": corrected} if corrected else {}
