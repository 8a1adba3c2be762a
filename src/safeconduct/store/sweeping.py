"""What versions that are kept still need, and the removal of everything else."""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from safeconduct.model.errors import NotFound, WrongState
from safeconduct.store.files import TEMPORARY
from safeconduct.store.rewrapped import prune
from safeconduct.store.versions import Manifest, folder_of, read_manifest, sole_writer

KEPT_FOLDERS = ("parts", "doubles", "rollups", "codes")
OURS = frozenset({*KEPT_FOLDERS, "manifests", "geography"})
"""Folders of a data set that only its sole writer writes to; in others somebody may be writing at this moment."""
LONG_S = 3600
HISTORY = 30
LONG_AGO = datetime.min.replace(tzinfo=UTC)


def sweep(store: Path, dataset: str, current: str | Callable[[], str], *, since: datetime | None = None) -> int:
    """Remove what no version needs that is kept: files of an interrupted ingest, and those of versions long replaced.

    Does nothing while an ingest is running.

    Args:
        store: The store's folder.
        dataset: Name of the data set.
        current: Id of the version the ledger names, `""` before the first; or what asks the ledger, once nobody else
            may write.
        since: Versions that were replaced then or later keep their files; `None` keeps those of the current one only.

    Returns:
        How many files were removed.
    """
    try:
        with sole_writer(store, dataset):
            named = current if isinstance(current, str) else current()
            return remove_unreferenced(store, dataset, named, since=since)
    except WrongState:
        return 0


def remove_unreferenced(store: Path, dataset: str, current: str, *, since: datetime | None = None) -> int:
    """What `sweep` does, for a caller that is the sole writer already; returns how many files were removed.

    Args:
        store: The store's folder.
        dataset: Name of the data set.
        current: Id of the version the ledger names, `""` before the first.
        since: Versions that were replaced then or later keep their files; `None` keeps those of the current one only.
    """
    folder = folder_of(store, dataset)
    chain = _chain(store, dataset, current, since)
    kept = chain[: _kept(chain, since)]
    needed = {path for one in kept for path in one.files()} | {f"manifests/{one.id}.json" for one in chain}
    geographies = {one.geography for one in chain}
    removed = 0
    for path in sorted(folder.rglob("*"), reverse=True):
        name = path.relative_to(folder).as_posix()
        if name.partition("/")[0] not in OURS:
            removed += path.is_file() and _given_up(path)
        elif path.is_file() and _unneeded(name, needed, geographies):
            path.unlink()
            removed += 1
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    prune(folder)
    return removed


def retained(store: Path, dataset: str, current: str) -> tuple[list[Manifest], list[Manifest]]:
    """The versions that can still be computed from, the newest first, and those of which files are gone already.

    Args:
        store: The store's folder.
        dataset: Name of the data set.
        current: Id of the version the ledger names.
    """
    folder, chain = folder_of(store, dataset), _chain(store, dataset, current, LONG_AGO)
    whole = [one for one in chain if all((folder / path).exists() for path in one.files())]
    return whole, [one for one in chain if one not in whole]


def unnamed(store: Path, dataset: str, current: str) -> tuple[str, ...]:
    """Files of a data set that no version needs which the current one goes back to; `sweep` removes them."""
    folder, chain = folder_of(store, dataset), _chain(store, dataset, current, LONG_AGO)
    needed = {path for one in chain for path in one.files()} | {f"manifests/{one.id}.json" for one in chain}
    names = (path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file())
    return tuple(f"{dataset}/{name}" for name in names if _unneeded(name, needed, {one.geography for one in chain}))


def _given_up(path: Path) -> bool:
    """Remove what somebody began to write long ago; what is being written at this moment is theirs."""
    if not path.name.startswith(TEMPORARY):
        return False
    with suppress(FileNotFoundError):  # it got its name meanwhile
        if time.time() - path.stat().st_mtime > LONG_S:
            path.unlink()
            return True
    return False


def _unneeded(name: str, needed: Iterable[str], geographies: Iterable[str]) -> bool:
    first, *rest = name.split("/")
    if first in OURS and rest and rest[-1].startswith(TEMPORARY):
        return True
    if first == "geography":
        return rest[0] not in geographies
    return bool(rest) and first in {*KEPT_FOLDERS, "manifests"} and name not in needed


def _kept(chain: Iterable[Manifest], since: datetime | None) -> int:
    """How many versions keep their files: the current one, and those before it that were replaced since then."""
    count = 0
    for one in chain:
        count += 1
        if not _written(one, since):
            break
    return count


def _written(manifest: Manifest, since: datetime | None) -> bool:
    """Whether a version was written since then, so that the one before it was in force until then."""
    return since is not None and manifest.at != "" and datetime.fromisoformat(manifest.at) >= since


def _chain(store: Path, dataset: str, current: str, since: datetime | None = None) -> list[Manifest]:
    """The current version and those before it, as far back as history or files are kept."""
    chain: list[Manifest] = []
    while current and (len(chain) < HISTORY or _written(chain[-1], since)):
        try:
            chain.append(read_manifest(store, dataset, current))
        except NotFound:
            if not chain:
                raise
            break
        current = chain[-1].previous
    return chain
