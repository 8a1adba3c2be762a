"""Records destroyed by destroying their keys: first every key, durably, then what they opened, which is noise."""

import hashlib
import json
import shutil
from pathlib import Path

from safeconduct.model.settings import SiteFolders
from safeconduct.store.chunks import removed
from safeconduct.store.files import from_os
from safeconduct.store.rewrapped import FILE as REWRAPPED
from safeconduct.store.versions import folder_of, sole_writer

MOST = 1000
"""Digests that are told one by one; more are told as the digest of all."""


def digests_of(folders: SiteFolders, dataset: str) -> tuple[str, ...]:
    """What tells later which files were destroyed: the digest of each as manifests have it, and of each key file.

    Of more than a thousand the one digest of all, in order.
    """
    folder = folder_of(folders.store, dataset)
    keys = (*folder.rglob("*.key"), *(folders.quarantine / dataset).glob("*.key"))
    found = {hashlib.sha256(path.read_bytes()).hexdigest() for path in keys}
    for path in (folder / "manifests").glob("*.json"):
        found |= {path.stem, *_digests_in(json.loads(path.read_bytes()))}
    told = tuple(sorted(found))
    return told if len(told) <= MOST else (hashlib.sha256("\n".join(told).encode()).hexdigest(),)


def destroy_dataset(folders: SiteFolders, dataset: str) -> None:
    """Destroy every version of a data set, its code tables and its rejected rows; doing it again changes nothing.

    Raises:
        WrongState: Files are being taken in.
        BrokenPromise: The operating system refused; keys may be gone already.
    """
    folder = folder_of(folders.store, dataset)
    with sole_writer(folders.store, dataset):
        removed(folder, [folder / REWRAPPED])
        _remove_from(folder / "manifests", "*.json")
        for path in sorted([*folder.rglob("*.key"), *(folders.quarantine / dataset).glob("*.key")]):
            removed(path.parent, [path])
        try:
            shutil.rmtree(folder)
            if (folders.quarantine / dataset).exists():
                shutil.rmtree(folders.quarantine / dataset)
        except OSError as error:
            raise from_os(error) from None


def _remove_from(folder: Path, pattern: str) -> None:
    removed(folder, sorted(folder.glob(pattern)))


def _digests_in(tree: object) -> set[str]:
    if isinstance(tree, dict):
        own = {str(tree["sha256"])} if "sha256" in tree else set()
        return own.union(*map(_digests_in, tree.values()))
    return set().union(*map(_digests_in, tree)) if isinstance(tree, list) else set()
