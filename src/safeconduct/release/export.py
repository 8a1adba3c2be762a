"""What leaves, as files with a signed manifest."""

import contextlib
import errno
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Unpack

from safeconduct.keys.signing import Signer
from safeconduct.model.errors import SafeconductError, StoreFull, Tampered, Unreadable
from safeconduct.model.outcomes import Release
from safeconduct.model.text import say
from safeconduct.release.manifest import NAME, About, manifest_of, parse
from safeconduct.release.maps import geojson_of
from safeconduct.release.sheets import csv_of, xlsx_of
from safeconduct.release.trees import digest_of
from safeconduct.release.verify import verify

ID = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True)
class Exported:
    """A release as files.

    Attributes:
        id: The answer's id; also the folder's name.
        folder: Where they lie.
        manifest_path: The signed manifest.
        files: What the manifest names, sorted by name.
    """

    id: str
    folder: Path
    manifest_path: Path
    files: tuple[Path, ...]


def export(release: Release, *, folder: Path, signer: Signer, **about: Unpack[About]) -> Exported:
    """Write a release as CSV, XLSX and GeoJSON with a signed manifest, all or nothing.

    The same release has the same files. What was exported before is not written again; the files that lie there are
    checked instead.

    Args:
        release: What the gate released.
        folder: Where releases lie, a folder each.
        signer: Signs the manifest; a practice signer for practice releases.
        **about: Names, boundaries, proof of inclusion, who answers for it and its licence; see `manifest.About`.

    Raises:
        Tampered: The release, or what lies in its folder, is not what the gate released.
        Unsafe: Practice and real are mixed.
        StoreFull: The disk is full; nothing was left behind.
        Unreadable: The folder cannot be written to.
    """
    if not ID.fullmatch(release.answer_id) or digest_of(release) != release.digest:
        raise Tampered(say("the answer was changed after the release check; ask the question again"))
    target = folder / release.answer_id
    if not target.exists():
        files = _files(release, about)
        _write(target, {**files, NAME: manifest_of(release, files, signer, about)})
    return _lying(target, release, signer)


def _files(release: Release, about: About) -> dict[str, bytes]:
    names, boundaries = about["names"], about["boundaries"]
    sheet = xlsx_of(release, names)
    return {
        "answer.csv": csv_of(release, names),
        **({} if sheet is None else {"answer.xlsx": sheet}),
        **({} if boundaries is None else {"answer.geojson": geojson_of(release, names, boundaries)}),
    }


def _write(target: Path, files: Mapping[str, bytes]) -> None:
    made: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{target.name[:12]}-", dir=target.parent))
        for name, content in files.items():
            with (made / name).open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        _rename(made, target)
    except OSError as error:
        raise _broken(error) from None
    finally:
        if made is not None:
            shutil.rmtree(made, ignore_errors=True)


def _rename(made: Path, target: Path) -> None:
    """Put the finished folder in its place, durably; somebody who did so at the same moment has the same files."""
    with contextlib.suppress(FileExistsError):
        try:
            made.rename(target)
        except OSError as error:
            if error.errno == errno.ENOTEMPTY:
                raise FileExistsError from None
            raise
    for folder in (target, target.parent):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _broken(error: OSError) -> SafeconductError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return StoreFull(say("the disk is full; make room and export again, nothing was left behind"))
    return Unreadable(say("the folder of releases cannot be written to; look at its owner and mode"))


def _lying(target: Path, release: Release, signer: Signer) -> Exported:
    """What lies in a release's folder, checked."""
    manifest = target / NAME
    verdict = verify(manifest, key=signer.public)
    if not verdict.ok or parse(manifest.read_bytes()).get("digest") != release.digest:
        raise Tampered(say("the exported files are not what was released; move their folder away and export again"))
    files = tuple(sorted(path for path in target.iterdir() if path.name != NAME))
    return Exported(id=release.answer_id, folder=target, manifest_path=manifest, files=files)
