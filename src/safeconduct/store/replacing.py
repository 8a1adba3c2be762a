"""Retained versions replaced by others that hold less, and what they held destroyed, keys first.

A manifest holds the keys of its files, so the manifest of a version that may not be opened any more goes, whatever else
it names: every version from the oldest on is written anew, names the one before it by its new id, and is nobody's until
the ledger says so. After that the old manifests go, then their keys in `rewrapped.json`, then the files.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from safeconduct.store.chunks import removed
from safeconduct.store.rewrapped import keep, rewrapped
from safeconduct.store.sweeping import KEPT_FOLDERS, LONG_AGO, remove_unreferenced, retained
from safeconduct.store.versions import Manifest, folder_of, write_manifest


@dataclass(frozen=True, kw_only=True)
class Replaced:
    """Versions that replace others; nobody's until the ledger says so.

    Attributes:
        manifest: What becomes the current version.
        before: Id of the version that was current.
        versions: The new id of every old version, `""` of one whose files were gone already.
        digests: SHA-256 of everything that will be destroyed: files as they lie on disk, and old manifests.
    """

    manifest: Manifest
    before: str
    versions: Mapping[str, str] = field(hash=False)
    digests: tuple[str, ...]


def replace_versions(store: Path, current: Manifest, change: Callable[[Manifest], Manifest]) -> Replaced:
    """Write every retained version anew; the caller is the data set's sole writer.

    Args:
        store: The store's folder.
        current: The version the ledger names.
        change: The same version with other files; ids are not looked at.

    Raises:
        Tampered: A manifest was changed.
        StoreFull: The disk is full; what was written is removed by the next ingest.
    """
    whole, lacking = retained(store, current.dataset, current.id)
    versions, made = {one.id: "" for one in lacking}, replace(current, previous="", id="")
    for one in reversed(whole):
        made = write_manifest(store, replace(change(one), previous=made.id))
        versions[one.id] = made.id
    stays = {part.sha256 for one in whole for part in change(one).every_part()}
    held = {part.sha256 for one in (*whole, *lacking) for part in one.every_part()}
    gone = (held - stays) | set(versions) - set(versions.values())
    return Replaced(manifest=made, before=current.id, versions=versions, digests=tuple(sorted(gone)))


def destroy_replaced(store: Path, dataset: str, current: str) -> None:
    """Destroy what no retained version holds: manifests, keys, then files. Doing it again changes nothing.

    Raises:
        BrokenPromise: The operating system refused; keys may be gone already.
    """
    folder = folder_of(store, dataset)
    whole, lacking = retained(store, dataset, current)
    named = {one.id for one in (*whole, *lacking)}
    loose = [path for path in (folder / "manifests").glob("*.json") if path.stem not in named]
    removed(folder / "manifests", sorted(loose))
    held = {path for one in whole for path in one.files()}
    before = rewrapped(folder)
    after = {path: key for path, key in before.items() if path in held or not _of_records(path)}
    if len(after) < len(before):
        keep(folder, after)
    remove_unreferenced(store, dataset, current, since=LONG_AGO)


def _of_records(path: str) -> bool:
    return path.split("/", maxsplit=1)[0] in KEPT_FOLDERS
