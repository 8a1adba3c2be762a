"""Every wrapped data key of a site, found and wrapped anew; the files they open are not touched.

A key file lies beside what its key opens, and a manifest holds the keys of its files. What was wrapped since there are
rings says for what; for what is older, the place of the file tells.
"""

import base64
import fcntl
import json
import struct
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from safeconduct.keys.provider import FileKeys
from safeconduct.keys.ring import holding, read_header
from safeconduct.keys.secret_files import replace_secret
from safeconduct.keys.signing import ABOUT as ABOUT_SIGNING
from safeconduct.keys.signing import KEY_FILE as SIGNING
from safeconduct.keys.sources import NEXT_FILE, ROOT_FILE
from safeconduct.keys.tokens import ABOUT as ABOUT_TOKENS
from safeconduct.keys.tokens import KEY_FILE as TOKENS
from safeconduct.model.errors import NotFound, WrongState
from safeconduct.model.settings import SiteFolders
from safeconduct.model.text import say
from safeconduct.store.chests import HEADER, KEY_NAME, SUFFIX, Chests
from safeconduct.store.chunks import CHUNK, about_chest, about_upload
from safeconduct.store.documents import PURPOSE as DOCUMENTS
from safeconduct.store.documents import Documents
from safeconduct.store.epochs import UNDER as EPOCHS
from safeconduct.store.figures import UNDER as FIGURES
from safeconduct.store.files import write
from safeconduct.store.objections import UNDER as OBJECTIONS
from safeconduct.store.own_keys import KEY_NAME as OWN_KEY_NAME
from safeconduct.store.own_keys import QUARANTINE, about_own
from safeconduct.store.pools import UNDER as POOLS
from safeconduct.store.rewrapped import keep, rewrapped
from safeconduct.store.versions import sole_writer

OWN = {SIGNING: ABOUT_SIGNING, TOKENS: ABOUT_TOKENS}
MICRODATA, SEEN, STAGED = "microdata", "seen", "staged"
MANIFEST = "m-"
UPLOAD_KEY = "key"


@dataclass(frozen=True, kw_only=True)
class Rewrapped:
    """How many keys were wrapped anew, or would be.

    Attributes:
        files: Keys that lie in a file of their own.
        parts: Keys that manifests hold.
    """

    files: int = 0
    parts: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.files + self.parts


def count(folders: SiteFolders, keys: FileKeys) -> Rewrapped:
    """How many wrapped data keys there are, all of which an exchange of keys wraps anew; nothing is changed.

    Raises:
        WrongState: A key file is none that this program knows.
        Tampered: A manifest does not open.
    """
    files = [path for path in key_files(folders) if _about(path, path.read_bytes(), folders)]
    parts = [path for root, name in datasets(folders) for path in parts_of(root / name, name, keys)]
    return Rewrapped(files=len(files) + len(_documents(folders, keys).older()), parts=len(parts))


def rewrap(folders: SiteFolders, keys: FileKeys) -> Rewrapped:
    """Wrap every data key anew that is not under the wrapping key in force; doing it again finds nothing more.

    Documents from before each had a key of its own are written anew under one.

    Args:
        folders: The site's.
        keys: What opens and wraps.

    Raises:
        WrongState: Files are being taken into a data set, or a key file is none that this program knows; what was
            wrapped anew stays so.
        Tampered: A key does not open.
    """
    renewed = _documents(folders, keys).renew()
    parts = sum(_parts(root, name, keys) for root, name in datasets(folders))
    files = sum(_file(path, folders, keys) for path in key_files(folders))
    return Rewrapped(files=renewed + files, parts=parts)


def _documents(folders: SiteFolders, keys: FileKeys) -> Documents:
    """Older documents lie under a derived key, which cannot be exchanged: they get keys of their own."""
    return Documents(folder=folders.documents, keys=keys)


def key_files(folders: SiteFolders) -> Iterator[Path]:
    """Every key that lies in a file of its own, below the site's folder; not the outermost."""
    found = chain(folders.root.rglob("*.key"), folders.root.rglob(UPLOAD_KEY))
    for path in sorted(found):
        outermost = path.parent == folders.keys and path.name in {ROOT_FILE, NEXT_FILE}
        if path.is_file() and not outermost and not path.name.startswith("."):
            yield path


def datasets(folders: SiteFolders) -> Iterator[tuple[Path, str]]:
    """Every folder of a data set: what it lies in, and its name."""
    for root in (folders.store, folders.intake / STAGED):
        yield from sorted((root, path.name) for path in root.glob("*") if path.is_dir())


def parts_of(folder: Path, name: str, keys: FileKeys) -> Mapping[str, str]:
    """The wrapped keys of every file that a manifest in a data set's folder names and that is there, by path.

    Raises:
        Tampered: A manifest does not open.
    """
    found: dict[str, str] = {}
    for tree in chain(_manifests(folder), _sealed_manifests(folder, name, keys)):
        found |= dict(_wrapped_in(tree))
    return {path: key for path, key in found.items() if (folder / path).exists()} | {
        path: key for path, key in rewrapped(folder).items() if (folder / path).exists()
    }


def _parts(root: Path, name: str, keys: FileKeys) -> int:
    folder = root / name
    if not ((folder / "manifests").exists() or (folder / MICRODATA).exists()):
        return 0
    with sole_writer(root, name):
        before = parts_of(folder, name, keys)
        anew = {
            path: base64.b64encode(made).decode("ascii")
            for path, key in before.items()
            if (made := keys.rewrap(base64.b64decode(key), about=f"{name}/{path}")) is not None
        }
        if anew:
            keep(folder, {**{path: key for path, key in rewrapped(folder).items() if path in before}, **anew})
        return len(anew)


def _file(path: Path, folders: SiteFolders, keys: FileKeys) -> int:
    with (
        holding(folders.keys, fcntl.LOCK_EX),
        suppress(FileNotFoundError),
    ):  # whatever is destroyed meanwhile stays destroyed
        wrapped = path.read_bytes()
        anew = keys.rewrap(wrapped, about=_about(path, wrapped, folders))
        if anew is not None:
            (replace_secret if path.parent == folders.keys else write)(path, anew)
        return int(anew is not None)
    return 0


def _about(path: Path, wrapped: bytes, folders: SiteFolders) -> str:
    told = read_header(wrapped)[1]
    about = _by_place(path, folders) if told is None else told
    if not about:
        raise WrongState(
            say("there is a key at {path} that is none of this program's; remove it, or ask who put it there",
                path=path.relative_to(folders.root).as_posix())
        )  # fmt: skip
    return about


def _by_place(path: Path, folders: SiteFolders) -> str:
    """For what a key was wrapped that does not say so itself; `""` where nobody knows."""
    match path.relative_to(folders.root).parts:
        case ("keys", name):
            return OWN.get(name, "")
        case ("intake", "uploads", upload, _):
            return about_upload(upload)
        case (place, *within, name) if place in {DOCUMENTS, QUARANTINE}:
            match = OWN_KEY_NAME.fullmatch(name)
            return about_own("/".join((place, *within)), match["name"], match["id"]) if match else ""
        case parts:
            purpose = _purpose(parts[:-1])
            return _of_chest(path, purpose) if purpose else ""


def _purpose(place: tuple[str, ...]) -> str:
    match place:
        case ("releases", "editions"):
            return "editions"
        case ("drafts",):
            return "drafts"
        case ("store", dataset, sort) if sort in {MICRODATA, SEEN, OBJECTIONS, FIGURES, POOLS, EPOCHS}:
            return f"{sort}/{dataset}"
        case ("intake", "staged", dataset, "microdata"):
            return f"{STAGED}/{dataset}"
        case _:
            return ""


def _of_chest(path: Path, purpose: str) -> str:
    match = KEY_NAME.fullmatch(path.name)
    if match is None:
        return ""
    try:
        with path.with_name(f"{match['name']}{SUFFIX}").open("rb") as file:
            chunk = HEADER.unpack(file.read(HEADER.size))[2]
    except (FileNotFoundError, struct.error):  # its chest is about to get its name, or never will
        chunk = CHUNK
    return about_chest(purpose, match["name"], match["id"], chunk)


def _manifests(folder: Path) -> Iterator[object]:
    for path in sorted((folder / "manifests").glob("*.json")):
        yield json.loads(path.read_bytes())


def _sealed_manifests(folder: Path, name: str, keys: FileKeys) -> Iterator[object]:
    purpose = f"{STAGED if folder.parent.name == STAGED else MICRODATA}/{name}"
    chests = Chests(folder=folder / MICRODATA, keys=keys, purpose=purpose)
    for chest in chests.names():
        if chest.startswith(MANIFEST):
            with suppress(NotFound), chests.open(chest) as file:
                yield json.loads(file.read())


def _wrapped_in(tree: object) -> Iterator[tuple[str, str]]:
    """Every file and its wrapped key that a manifest names, wherever in it."""
    if isinstance(tree, dict):
        if {"path", "wrapped_key"} <= set(tree):
            yield str(tree["path"]), str(tree["wrapped_key"])
        yield from (pair for one in tree.values() for pair in _wrapped_in(one))
    elif isinstance(tree, list):
        yield from (pair for one in tree for pair in _wrapped_in(one))
