"""Backups: one sealed file that holds a whole site, and that two officers open together."""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from safeconduct.actions.site import Site
from safeconduct.keys.officers import Officer
from safeconduct.keys.sources import NEXT_FILE, ROOT_FILE
from safeconduct.ledger.tables import stamp
from safeconduct.model.canonical import Json
from safeconduct.model.errors import BrokenPromise, Tampered, WrongState
from safeconduct.model.text import say
from safeconduct.store.archive import Archive, check_officers, extract, read_head, writing
from safeconduct.store.encrypted import digest_of
from safeconduct.store.files import TEMPORARY
from safeconduct.store.rotation import datasets
from safeconduct.store.versions import LOCK, sole_writer

ROWS = "database.jsonl"


@dataclass(frozen=True, kw_only=True)
class BackedUp:
    """A backup that was written and read again to its end.

    Attributes:
        id: Names the backup; `""` for one that was not made.
        files: Files in it.
        bytes: Its size; of one that was not made, that of the files that would be in it.
        officers: Public lines of the two who open it together.
    """

    id: str
    files: int
    bytes: int
    officers: tuple[str, ...]


def make_officer(path: Path, *, passphrase: str) -> str:
    """Make an officer's identity in a new file; the public line, which a backup is sealed to."""
    return Officer.create(path, passphrase=passphrase).public


def back_up(site: Site, path: Path, *, officers: tuple[str, ...], now: datetime) -> BackedUp:
    """Write everything a site is made of to one sealed file, and read it again.

    Questions go on; files are not taken in meanwhile. A megabyte or two of it is in memory.

    Args:
        site: The site.
        path: A file that is not there yet.
        officers: Public lines of two officers.
        now: When, UTC.

    Raises:
        WrongState: Files are being taken in, keys are being exchanged, or the file is there already.
        Tampered: A file of the store is not what its manifest says; no backup is left.
        StoreFull: The disk is full; no backup is left.
    """
    with _still(site), writing(path, officers=officers, at=stamp(now)) as (archive, key):
        last = site.ledger.events(limit=1)
        _add_database(site, archive)
        _add_keys(site, archive)
        for name, one in _files(site, path.resolve()):
            archive.add(name, one)
        _check_store(site, archive)
    if extract(path, key, None) != archive.digests:
        path.unlink()
        raise BrokenPromise(say("the backup does not read back as it was written; use another disk"))
    with path.open("rb") as file:
        head = read_head(file)
    told: dict[str, Json] = {"officers": list(head.shares), "events": last[0].index + 1 if last else 0}
    with site.ledger.write() as tx:
        tx.event(actor="site", verb="back_up", subject=head.id, body=told, at=now)
    return BackedUp(id=head.id, files=len(archive.digests), bytes=path.stat().st_size, officers=officers)


def would_back_up(site: Site, path: Path, *, officers: tuple[str, ...]) -> BackedUp:
    """What a backup would hold, checked as it would be; nothing is written.

    Raises:
        WrongState: The file is there already.
        BadInput: The officers are not two, or not public lines.
        Tampered: A file of the store is not what its manifest says.
    """
    check_officers(officers)
    if path.exists():
        raise WrongState(say("there is a file of that name already; choose another name"))
    kept = [one for _, one in _files(site, path.resolve())]
    kept += [one for one in site.folders.keys.iterdir() if one.is_file() and not one.name.startswith(".")]
    kept += [site.folders.metadata] if site.folders.metadata.exists() else []
    for dataset in site.datasets():
        for part in site.manifest(dataset).every_part():
            whole = site.folders.store / dataset / part.path
            if not whole.exists() or digest_of(whole) != part.sha256:
                raise _changed()
    return BackedUp(id="", files=len(kept), bytes=sum(one.stat().st_size for one in kept), officers=officers)


@contextmanager
def _still(site: Site) -> Iterator[None]:
    """Keep keys and data sets as they are."""
    with ExitStack() as stack:
        stack.enter_context(site.keys.exchanging())
        for root, name in datasets(site.folders):
            stack.enter_context(sole_writer(root, name))
        yield


def _add_database(site: Site, archive: Archive) -> None:
    """The database first: files that come later are then more than it names, never fewer."""
    copy = site.folders.spill / f"{TEMPORARY}{secrets.token_hex(8)}"
    try:
        name = site.folders.metadata.name if site.ledger.copy(copy) else ROWS
        archive.add(name, copy)
        if name not in archive.digests:  # a site that was started meanwhile emptied the folder
            raise BrokenPromise(say("the copy of the metadata database was removed; run the backup again"))
    finally:
        copy.unlink(missing_ok=True)


def _add_keys(site: Site, archive: Archive) -> None:
    """The outermost key too, wherever it comes from: the backup must open on another machine."""
    for path in sorted(site.folders.keys.iterdir()):
        if path.is_file() and not path.name.startswith(".") and path.name not in {ROOT_FILE, NEXT_FILE}:
            archive.add(f"keys/{path.name}", path)
    archive.put(f"keys/{ROOT_FILE}", site.keys.outer())


def _files(site: Site, itself: Path) -> Iterator[tuple[str, Path]]:
    """Everything else: what is spilt, half written or locked is nothing to keep."""
    folders = site.folders
    for path in sorted(folders.root.rglob("*")):
        name = path.relative_to(folders.root).as_posix()
        first = name.partition("/")[0]
        passed = first in {folders.spill.name, folders.keys.name} or first.startswith(folders.metadata.name)
        unfinished = path.name == LOCK or path.name.startswith(TEMPORARY)
        if path.is_file() and not passed and not unfinished and path != itself:
            yield name, path


def _check_store(site: Site, archive: Archive) -> None:
    for dataset in site.datasets():
        manifest = site.manifest(dataset)
        for part in manifest.every_part():
            if archive.digests.get(f"store/{dataset}/{part.path}") != part.sha256:
                raise _changed()


def _changed() -> Tampered:
    return Tampered(say("a file of the store was changed or swapped; restore it from an older backup"))
