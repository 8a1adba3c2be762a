"""Restoring: a site from a backup, in an empty folder; what was erased since is erased again before it opens."""

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from safeconduct.actions.backing_up import ROWS
from safeconduct.actions.erasing import replay
from safeconduct.actions.exchanging import owe
from safeconduct.actions.room import Act, Room
from safeconduct.actions.site import Site
from safeconduct.actions.site_files import folders_of, read_settings
from safeconduct.keys.officers import Officer
from safeconduct.keys.provider import FileKeys
from safeconduct.keys.signing import verify
from safeconduct.ledger import tables
from safeconduct.ledger.erasures import DOMAIN, Erasure, read_lines
from safeconduct.ledger.ledger import Ledger
from safeconduct.model.canonical import Json
from safeconduct.model.errors import BadSettings, Tampered, WrongState
from safeconduct.model.settings import KeySettings, SiteFolders
from safeconduct.model.text import say
from safeconduct.store.archive import Sealed, extract, read_head
from safeconduct.store.encrypted import digest_of
from safeconduct.store.files import from_os, write
from safeconduct.store.sweeping import unnamed

FILE_KEYS = KeySettings(provider="file")
UNFINISHED, UNIQUE = ".*.*.restoring", len(".0123456789abcdef.restoring")
"""What a site is called until all of it is there, and how much longer that is than its name and a dot."""


@dataclass(frozen=True, kw_only=True)
class Restored:
    """A site that was restored.

    Attributes:
        backup: Id of the backup.
        made_at: When it was made, UTC.
        files: Files restored.
        erasures: Erasures that were done again.
        newer: Files of the store that the record of use does not name, since they came after its copy was made;
            starting the site removes them.
        provider: Where the settings say the outermost key comes from, `""` where nothing was restored. It lies in
            `keys/root.key` now; where it should come from elsewhere, hand it over there and remove that file.
    """

    backup: str
    made_at: str
    files: int
    erasures: int
    newer: tuple[str, ...]
    provider: str


@dataclass(frozen=True, kw_only=True)
class Identity:
    """An officer's file and what opens it.

    Attributes:
        path: The file that `backup-officer` made.
        passphrase: Theirs.
    """

    path: Path
    passphrase: str

    def __repr__(self) -> str:
        """The file only."""
        return f"Identity({self.path.name!r})"


def restore(
    path: Path,
    root: Path,
    *,
    identities: tuple[Identity, ...],
    now: datetime,
    database: str = "",
    erasures: Path | None = None,
) -> Restored:
    """Restore a site into an empty folder; nothing is there until all of it is.

    Everybody has to sign in again and make new tokens: what was taken away since the backup must not come back.

    Args:
        path: The backup.
        root: Where the site goes; empty or not there.
        identities: Both officers.
        now: When, UTC.
        database: URL of an empty PostgreSQL database, for a site that had one.
        erasures: What `export-erasures` wrote last, on the site that was lost.

    Raises:
        WrongState: The folder or the database holds something, or an erasure cannot be done again.
        NotPermitted: The identities are not those of both officers.
        Tampered: The backup, a file in it or the list of erasures was changed.
    """
    root = _empty(root)
    key, head = _opened(path, identities)
    with _place_for(root) as place:
        digests = extract(path, key, place)
        with _settled(place, database):
            done = _brought_up(place, erasures=erasures, backup=head.id, now=now)
            _named(place, root)
    return replace(done, made_at=head.at, files=len(digests))


def would_restore(path: Path, root: Path, *, identities: tuple[Identity, ...], database: str = "") -> Restored:
    """Open a backup with both officers, read it to its end, and say what would be restored; nothing is written.

    Raises:
        WrongState: The folder or the database holds something.
        BadSettings: The site had a PostgreSQL database, and none is named.
        NotPermitted: The identities are not those of both officers.
        Tampered: The backup was changed.
    """
    _empty(root)
    key, head = _opened(path, identities)
    digests = extract(path, key, None)
    if ROWS in digests:
        _database_fits(database)
    return Restored(backup=head.id, made_at=head.at, files=len(digests), erasures=0, newer=(), provider="")


@contextmanager
def _place_for(root: Path) -> Iterator[Path]:
    """A folder beside where a site goes, gone afterwards if it is there still; and so is one whose program died.

    Such a folder holds keys, and people who were erased since the backup was made.
    """
    for left in [one for one in root.parent.glob(".*") if one.match(UNFINISHED) and one.name[1:-UNIQUE] == root.name]:
        with _held(left) as alone:
            if alone:
                shutil.rmtree(left, ignore_errors=True)
    place = root.with_name(f".{root.name}.{secrets.token_hex(8)}.restoring")
    place.mkdir(mode=0o700, parents=True)
    try:
        with _held(place):
            yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _named(place: Path, root: Path) -> None:
    try:
        with suppress(FileNotFoundError):
            root.rmdir()
        place.replace(root)
    except OSError as error:
        _empty(root)  # somebody else was quicker
        raise from_os(error) from None


@contextmanager
def _held(folder: Path) -> Iterator[bool]:
    """Hold a folder as long as this program lives; whether nobody else does."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(handle)


def _empty(root: Path) -> Path:
    root = root.resolve()
    if root.exists() and any(root.iterdir()):
        raise WrongState(say("the folder to restore into holds something; choose an empty one"))
    return root


def _database_fits(database: str) -> None:
    if not database:
        raise BadSettings(say("this site had a PostgreSQL database; name an empty one with --database"))
    with closing(Ledger.open(database)) as ledger:
        if ledger.revision()[0] and (not ledger.is_current() or ledger.holds_something()):
            raise WrongState(say("the database to restore into holds something; name an empty one"))


def _opened(path: Path, identities: tuple[Identity, ...]) -> tuple[bytes, Sealed]:
    officers = tuple(Officer.open(one.path, passphrase=one.passphrase) for one in identities)
    with path.open("rb") as file:
        head = read_head(file)
    return head.key(officers), head


@contextmanager
def _settled(place: Path, database: str) -> Iterator[None]:
    """The rows of a PostgreSQL database are put back for as long as all goes well: else it is empty again."""
    filled = _settle_database(SiteFolders(place), database)
    try:
        yield
    except BaseException:
        if filled:
            with closing(Ledger.open(database)) as ledger:
                ledger.clear()
        raise


def _brought_up(place: Path, *, erasures: Path | None, backup: str, now: datetime) -> Restored:
    """Make what was extracted a site again, before anybody may open it."""
    folders = SiteFolders(place)
    for folder in folders_of(folders):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings = read_settings(folders.settings)
    with closing(Ledger.open(settings.database or f"sqlite:///{folders.metadata}")) as ledger:
        site = Site(settings, folders, FileKeys.open(folders.keys, settings=FILE_KEYS), ledger)
        _check_store(site)
        newer = tuple(path for one in site.datasets() for path in unnamed(folders.store, one, site.manifest(one).id))
        again = replay(site, _listed(site, erasures), now=now)
        with ledger.write() as tx:
            tx.change(tables.session.delete())
            tx.change(tables.token.update().where(tables.token.c.revoked_at.is_(None)).values(revoked_at=now))
            body: dict[str, Json] = {"erasures": again}
            tx.event(actor="site", verb="restore", subject=backup, body=body, at=now)
            if again:
                owe(Act(tx, Room.of_worker(site, now, verb="restore")))
    return Restored(backup=backup, made_at="", files=0, erasures=again, newer=newer, provider=settings.keys.provider)


def _settle_database(folders: SiteFolders, database: str) -> bool:
    """Put the rows of a PostgreSQL database back, where the site had one; whether it had."""
    rows = folders.root / ROWS
    if not rows.exists():
        return False
    if not database:
        raise BadSettings(say("this site had a PostgreSQL database; name an empty one with --database"))
    with closing(Ledger.open(database)) as ledger, rows.open(encoding="utf-8") as lines:
        ledger.upgrade()
        ledger.fill(lines)
    rows.unlink()
    before = folders.settings.read_text(encoding="utf-8").splitlines()
    kept = [line for line in before if not line.replace(" ", "").startswith("database=")]
    write(folders.settings, "\n".join([f"database = {json.dumps(database)}", *kept, ""]).encode())
    return True


def _check_store(site: Site) -> None:
    for dataset in site.datasets():
        for part in site.manifest(dataset).every_part():
            path = site.folders.store / dataset / part.path
            if not path.exists() or digest_of(path) != part.sha256:
                raise Tampered(say("a file of the store is not what its manifest says; use another backup"))


def _listed(site: Site, erasures: Path | None) -> list[Erasure]:
    if erasures is None:
        return []
    own = site.signer.public
    domain = f"training/{DOMAIN}" if site.signer.training else DOMAIN
    lines = erasures.read_text(encoding="utf-8", errors="replace").splitlines()  # what is no text is not signed
    return read_lines(
        lines,
        lambda public, text, signature: public == own and verify(public, text, signature, domain=domain),
    )
