"""All that lies below a site's folder, opened with the keys that live; a kind of file nobody told it of is a failure.

Whoever writes a new kind of file adds a line to `KINDS`, and with it how its content is found.
"""

import io
import json
import re
import sqlite3
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pyarrow.parquet as pq

from safeconduct.actions.site import Site
from safeconduct.keys.sealing import Sealer
from safeconduct.model.errors import NotFound
from safeconduct.store.chests import Chests
from safeconduct.store.encrypted import add_key, connect
from safeconduct.store.epochs import Epochs, InEpoch
from safeconduct.store.intake import Quarantine
from safeconduct.store.rotation import parts_of

Opener = Callable[[Site, Path], Iterator[bytes]]
DATASET, NAME, ID = r"[\w-]+", r"[\w.-]+", r"[0-9a-f]{32}"
CHESTS = rf"store/{DATASET}/(microdata|seen|objections|figures|pool|epochs)"


def plain(_site: Site, path: Path) -> Iterator[bytes]:
    """What is not encrypted, or small and not ours to open."""
    yield path.read_bytes()


def database(_site: Site, path: Path) -> Iterator[bytes]:
    """Every row as text, and the file as it lies: what was deleted may still stand in it."""
    yield path.read_bytes()
    with sqlite3.connect(path) as opened:
        yield "\n".join(opened.iterdump()).encode()


def rejected(site: Site, path: Path) -> Iterator[bytes]:
    kept = Quarantine(folder=site.folders.quarantine, dataset=path.parent.name, keys=site.keys)
    yield b"\n".join(one.content for one in kept.rows(path.stem))


def document(site: Site, path: Path) -> Iterator[bytes]:
    yield json.dumps(site.documents.get(path.stem), ensure_ascii=False).encode()


def chest(site: Site, path: Path) -> Iterator[bytes]:
    """What is in it, and where that is a table every row of it; one whose key was destroyed is noise."""
    chests = Chests(folder=path.parent, keys=site.keys, purpose=_purpose(path.relative_to(site.folders.root)))
    try:
        with chests.open(path.stem) as file:
            content = bytes(file.read())
    except NotFound:
        return
    yield content
    if content.startswith(b"PAR1"):
        yield _rows(pq.read_table(io.BytesIO(content)).to_pylist())


def upload(site: Site, path: Path) -> Iterator[bytes]:
    """A file on its way in, once, where its key lies."""
    name = path.parent.name
    with site.uploads.open(name) as file:
        yield bytes(file.read())
    yield site.uploads.upload(name).name.encode()


def part(site: Site, path: Path) -> Iterator[bytes]:
    """Rows of a file that a manifest on this disk names; another is noise, since its key stands nowhere."""
    for key in _keys(site, path):
        with connect(read=[path.parent], spill=site.folders.spill, memory_mb=256, threads=1) as connection:
            add_key(connection, "own", key)
            how = "encryption_config = {footer_key: 'own'}"
            yield _rows(connection.execute(f"SELECT * FROM read_parquet('{path}', {how})").to_arrow_table().to_pylist())


def codes(site: Site, path: Path) -> Iterator[bytes]:
    for key in _keys(site, path):
        about = path.relative_to(_dataset(site, path)).as_posix()
        content = Sealer(key).open(path.read_bytes(), about=about)
        yield content
        yield _epoch(site, about, path).pseudonyms(content)


def _epoch(site: Site, about: str, path: Path) -> InEpoch:
    """How pseudonyms rest in the epoch that the folder of a file of codes tells: `codes/person/2/…`."""
    _, sort, *rest = about.split("/")
    epochs = Epochs(store=site.folders.store, dataset=_dataset(site, path).name, keys=site.keys)
    return epochs.of(int(rest[0]) if len(rest) > 1 else 1, sort)


KINDS: Mapping[str, Opener] = {
    r"safeconduct\.toml|policies/.+\.toml|keys/[\w.]+": plain,
    r"meta\.sqlite": database,
    r"meta\.sqlite-(wal|shm)": plain,
    rf"quarantine/{DATASET}/[0-9a-f]{{64}}\.rows": rejected,
    r"documents/[0-9a-f]{64}\.json": document,
    rf"(quarantine/{DATASET}|documents)/[0-9a-f]{{64}}\.{ID}\.key": plain,
    rf"({CHESTS}|drafts|releases/editions)/{NAME}\.chest": chest,
    rf"intake/staged/{DATASET}/microdata/{NAME}\.chest": chest,
    rf"({CHESTS}|drafts|releases/editions)/{NAME}\.{ID}\.key": plain,
    rf"intake/staged/{DATASET}/microdata/{NAME}\.{ID}\.key": plain,
    rf"(store|intake/staged)/{DATASET}/((objections/)?\.lock|rewrapped\.json)|intake/uploads/{NAME}/lock": plain,
    rf"store/{DATASET}/manifests/[0-9a-f]{{64}}\.json": plain,
    rf"store/{DATASET}/(parts|doubles|rollups)/\w+/[\d-]+/{ID}\.parquet": part,
    rf"(store|intake/staged)/{DATASET}/codes/\w+/(\d+/)?{ID}\.codes": codes,
    rf"store/{DATASET}/geography/[0-9a-f]{{64}}/({NAME}\.(geo)?json|cells\.sealed)": plain,
    rf"intake/uploads/{NAME}/key": upload,
    rf"intake/uploads/{NAME}/(card|whole|tail)": plain,
    rf"releases/{NAME}/(files/{NAME}|manifest\.json)": plain,
}


def everything(site: Site) -> Iterator[tuple[str, bytes]]:
    """Every file, by its path, with what opens of it; also what is found spilt.

    Raises:
        AssertionError: There is a file of a kind that nobody told this of.
    """
    for path in sorted(site.folders.root.rglob("*")):
        if path.is_file():
            name = path.relative_to(site.folders.root).as_posix()
            found = [opener for kind, opener in KINDS.items() if re.fullmatch(kind, name)]
            assert found, f"say in KINDS how a file like {name} is opened"
            yield from ((name, content) for content in found[0](site, path))


def told(site: Site, signs: tuple[bytes, ...]) -> list[str]:
    """Paths of every file in which a sign of somebody stands."""
    return sorted({name for name, content in everything(site) if any(sign in content for sign in signs)})


def _rows(rows: list[dict]) -> bytes:
    return "\n".join(json.dumps(row, default=str, ensure_ascii=False) for row in rows).encode()


def _purpose(path: Path) -> str:
    match path.parts[:-1]:
        case ("drafts",):
            return "drafts"
        case ("releases", "editions"):
            return "editions"
        case ("store", dataset, sort):
            return f"{sort}/{dataset}"
        case ("intake", "staged", dataset, _):
            return f"staged/{dataset}"
    raise AssertionError(f"nobody said what {path} is for")


def _dataset(site: Site, path: Path) -> Path:
    below = path.relative_to(site.folders.root).parts
    return site.folders.root.joinpath(*below[: 3 if below[0] == "intake" else 2])


def _keys(site: Site, path: Path) -> list[bytes]:
    folder = _dataset(site, path)
    name = path.relative_to(folder).as_posix()
    wrapped = parts_of(folder, folder.name, site.keys).get(name)
    return [site.keys.unwrap(b64decode(wrapped), about=f"{folder.name}/{name}")] if wrapped else []
