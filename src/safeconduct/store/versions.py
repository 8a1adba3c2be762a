"""Names, sizes and hashes of what a data set holds: immutable manifests, one a version."""

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from threading import Lock
from typing import cast

from safeconduct.model.areas import EventType
from safeconduct.model.canonical import Json, canonical
from safeconduct.model.errors import NotFound, Tampered, WrongState
from safeconduct.model.sightings import Counted
from safeconduct.model.text import say
from safeconduct.store.arrivals import (
    Arrival,
    Piece,
    Split,
    arrival_tree,
    part_tree,
    read_arrivals,
    read_pieces,
    read_splits,
    split_tree,
)
from safeconduct.store.files import from_os, private_folder, write

FORMAT = 2
WITH_DOUBLES = 3
READABLE = (1, FORMAT, WITH_DOUBLES)
"""Formats of manifests that are read; in the first, nothing is known of arrivals, and only the last keeps doubles."""
LOCK = ".lock"
HEX_DIGITS = frozenset("0123456789abcdef")
ID_LENGTH = 64


@dataclass(frozen=True, kw_only=True)
class Part:
    """One encrypted file.

    Attributes:
        path: Where it is, below the data set's folder.
        sha256: Digest of the file as it lies on disk.
        size: Bytes on disk.
        rows: How many rows it holds; never leaves the site.
        wrapped_key: Its data key, wrapped for this path, in base64.
        holds: The pieces of a day whose rows it holds, in the order they came; empty in files older than arrivals,
            and in those that hold no events.
    """

    path: str
    sha256: str
    size: int
    rows: int
    wrapped_key: str
    holds: tuple[Piece, ...] = ()

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """What it holds, in the order it came; an older file is one piece of its own digest."""
        return self.holds or (Piece(digest=self.sha256),)

    def __repr__(self) -> str:
        """Path and digest; a row count is not for logs."""
        return f"Part({self.path!r}, sha256={self.sha256[:12]!r})"


@dataclass(frozen=True, kw_only=True)
class Partition:
    """The events of one type on one local day.

    Attributes:
        type: What the phones did.
        day: The local day.
        parts: Event files, in the order they arrived; rows that came late are a part of their own.
        rollup: One file that sums up all parts by person and commune.
        revision: How often its rows have changed, from 1; late rows and corrections count, merging files does not.
        doubles: Rows that were left out because the same were there, in the same form as `parts`. No question reads
            them; one of them takes the place of a row that is there when that one's file is taken back or corrected.
    """

    type: EventType
    day: date
    parts: tuple[Part, ...]
    rollup: Part
    revision: int = 1
    doubles: tuple[Part, ...] = ()

    @property
    def name(self) -> str:
        """Type and day, such as `calls/2026-01-05`."""
        return f"{self.type}/{self.day.isoformat()}"

    @property
    def version(self) -> str:
        """SHA-256 over the names of its pieces, in order: changes with the records, tells nothing about them.

        Merging files leaves it as it is, and so does an erasure: the same question keeps its one answer, so that nobody
        can subtract two.
        """
        return hashlib.sha256("\n".join(piece.digest for piece in self.pieces).encode()).hexdigest()

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """What it is made of, in the order it came."""
        return tuple(piece for part in self.parts for piece in part.pieces)

    @property
    def arrivals(self) -> frozenset[int]:
        """Numbers of the files it has rows of, those that only double another file's among them."""
        held = (piece for part in (*self.parts, *self.doubles) for piece in part.pieces)
        return frozenset(number for piece in held for number in piece.arrivals)

    def every_part(self) -> tuple[Part, ...]:
        """Every file it needs."""
        return (*self.parts, *self.doubles, self.rollup)


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """One version of a data set.

    Attributes:
        id: Digest of everything else.
        dataset: Name of the data set.
        zone: The IANA zone of its local days.
        geography: Id of the geography its rollups were made with.
        partitions: By type and day, sorted by name.
        codes: Files of the code tables, in the order they were written.
        previous: Id of the version before, `""` for the first.
        at: When it was written, UTC in ISO 8601; `""` in older manifests.
        arrivals: The files that were taken in, by number; those of older manifests are not among them.
        splits: Pieces that rows were taken away from.
        counted: What one code of its people stands for.
    """

    id: str
    dataset: str
    zone: str
    geography: str
    partitions: tuple[Partition, ...] = ()
    codes: tuple[Part, ...] = ()
    previous: str = ""
    at: str = ""
    arrivals: tuple[Arrival, ...] = ()
    splits: tuple[Split, ...] = ()
    counted: Counted = Counted.SUBSCRIBER

    def present(self) -> Mapping[EventType, frozenset[date]]:
        """The days that hold at least one record, by event type; a type without any is left out."""
        days: dict[EventType, set[date]] = {}
        for one in self.partitions:
            days.setdefault(one.type, set()).add(one.day)
        return {sort: frozenset(found) for sort, found in days.items()}

    def among(self, days: Iterable[date], types: Iterable[EventType]) -> tuple[Partition, ...]:
        """The partitions there are among these days and types, sorted by name."""
        asked, sorts = frozenset(days), frozenset(types)
        return tuple(one for one in self.partitions if one.day in asked and one.type in sorts)

    def versions(self, days: Iterable[date], types: Iterable[EventType]) -> dict[str, str]:
        """Version of every partition there is among these, by its name."""
        return {one.name: one.version for one in self.among(days, types)}

    def every_part(self) -> tuple[Part, ...]:
        """Every file this version needs."""
        parts = [part for one in self.partitions for part in one.every_part()]
        return (*parts, *self.codes)

    def files(self) -> frozenset[str]:
        """Path of every file this version needs, below the data set's folder."""
        return frozenset(part.path for part in self.every_part())


MOST_UNDERSTOOD = 4
"""How many versions, of whatever data sets, a process keeps as read."""
_understood: dict[str, Manifest] = {}
_understanding = Lock()


def folder_of(store: Path, dataset: str) -> Path:
    """Where a data set lies.

    Raises:
        NotFound: The name is not a name a data set can have.
    """
    if not (dataset.isidentifier() and dataset.islower()):
        raise NotFound(say("there is no data set of that name"))
    return store / dataset


def read_manifest(store: Path, dataset: str, version: str) -> Manifest:
    """A version of a data set by its id.

    Raises:
        NotFound: There is none of that id.
        Tampered: The file is not what its id says.

    The file is read and its digest taken each time; what it says is taken apart once, for the few versions in use.
    """
    if len(version) != ID_LENGTH or not HEX_DIGITS.issuperset(version):
        raise NotFound(say("there is no such version of the data set"))
    try:
        content = _path(store, dataset, version).read_bytes()
    except OSError:
        _understood.pop(version, None)
        raise NotFound(say("there is no such version of the data set")) from None
    if hashlib.sha256(content).hexdigest() != version:
        raise Tampered(say("a manifest of the store was changed; restore it from the backup"))
    return _understood.get(version) or _understand(content, version)


def _understand(content: bytes, version: str) -> Manifest:
    """What a manifest says; kept for who reads it next, in place of what was read longest ago."""
    found = _from_tree(json.loads(content), version)
    with _understanding:
        if len(_understood) >= MOST_UNDERSTOOD:
            _understood.pop(next(iter(_understood), ""), None)
        _understood[version] = found
    return found


def write_manifest(store: Path, manifest: Manifest) -> Manifest:
    """Write a version durably, under the id it gets from its content; `manifest.id` is not looked at.

    It is nobody's current version until the ledger says so.

    Raises:
        StoreFull: The disk is full.
    """
    whole = replace(manifest, partitions=tuple(sorted(manifest.partitions, key=lambda one: one.name)))
    content = canonical(_to_tree(whole)).encode()
    version = hashlib.sha256(content).hexdigest()
    path = _path(store, manifest.dataset, version)
    if not path.exists():
        write(path, content)
    return replace(whole, id=version)


@contextmanager
def writing_on(store: Path, dataset: str, *, read: str, named: Callable[[], str]) -> Iterator[None]:
    """Be the sole writer of a data set, on top of a version that is still the current one.

    Whoever reads which version is current and waits a moment may find another when nobody else can write: its files
    would be those that no version needs.

    Args:
        store: The store's folder.
        dataset: Name of the data set.
        read: Id of the version that was read, `""` before the first.
        named: Asks the ledger which version is current.

    Raises:
        WrongState: Another process is writing to the data set, or wrote to it since.
    """
    with sole_writer(store, dataset):
        if named() != read:
            raise WrongState(say("somebody else changed the data set at the same time; run it again, nothing is lost"))
        yield


@contextmanager
def sole_writer(store: Path, dataset: str) -> Iterator[None]:
    """Keep every other ingest and sweep of this data set out; the lock goes with the process that held it.

    Raises:
        WrongState: Another process is writing to the data set.
        BrokenPromise: The operating system refused.
    """
    folder = folder_of(store, dataset)
    try:
        private_folder(folder)
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise from_os(error) from None
    try:
        _only_one(handle)
        yield
    finally:
        os.close(handle)


def _only_one(handle: int) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise WrongState(say("files are being taken into this data set right now; wait until that is done")) from None


def _path(store: Path, dataset: str, version: str) -> Path:
    return folder_of(store, dataset) / "manifests" / f"{version}.json"


def _to_tree(manifest: Manifest) -> dict[str, Json]:
    return {
        "format": WITH_DOUBLES if any(one.doubles for one in manifest.partitions) else FORMAT,
        "dataset": manifest.dataset,
        "zone": manifest.zone,
        "geography": manifest.geography,
        "previous": manifest.previous,
        "at": manifest.at,
        "arrivals": [arrival_tree(one) for one in manifest.arrivals],
        "splits": [split_tree(one) for one in manifest.splits],
        **({} if manifest.counted is Counted.SUBSCRIBER else {"counted": str(manifest.counted)}),
        "codes": [_part_tree(part) for part in manifest.codes],
        "partitions": [
            {
                "type": str(one.type),
                "day": one.day.isoformat(),
                "parts": [_part_tree(part) for part in one.parts],
                "rollup": _part_tree(one.rollup),
                "revision": one.revision,
                **({"doubles": [_part_tree(part) for part in one.doubles]} if one.doubles else {}),
            }
            for one in manifest.partitions
        ],
    }


def _part_tree(part: Part) -> dict[str, Json]:
    fields: dict[str, Json] = {
        "path": part.path,
        "sha256": part.sha256,
        "size": part.size,
        "rows": part.rows,
        "wrapped_key": part.wrapped_key,
    }
    return part_tree(fields, part.holds)


def _from_tree(tree: Mapping[str, object], version: str) -> Manifest:
    if tree["format"] not in READABLE:
        raise WrongState(say("the records were written by a newer version of this program; install that version"))
    partitions = cast("list[dict[str, object]]", tree["partitions"])  # the digest says that we wrote it
    return Manifest(
        id=version,
        dataset=str(tree["dataset"]),
        zone=str(tree["zone"]),
        geography=str(tree["geography"]),
        previous=str(tree["previous"]),
        at=str(tree.get("at", "")),
        arrivals=read_arrivals(tree.get("arrivals", [])),
        splits=read_splits(tree.get("splits", [])),
        counted=Counted(str(tree.get("counted", Counted.SUBSCRIBER))),
        codes=_parts(tree["codes"]),
        partitions=tuple(
            Partition(
                type=EventType(str(one["type"])),
                day=date.fromisoformat(str(one["day"])),
                parts=_parts(one["parts"]),
                rollup=_parts([one["rollup"]])[0],
                revision=int(str(one.get("revision") or _first_revision(one["parts"]))),
                doubles=_parts(one.get("doubles", [])),
            )
            for one in partitions
        ),
    )


def _first_revision(parts: object) -> int:
    """In older manifests every part after the first is a revision."""
    return len(cast("list[object]", parts))


def _parts(trees: object) -> tuple[Part, ...]:
    return tuple(
        Part(**{**tree, "holds": read_pieces(tree.get("holds", []))})  # type: ignore[arg-type]  # the digest says that we wrote it
        for tree in cast("list[dict[str, object]]", trees)
    )
