"""An edition for one recipient: what they asked for in one file, with a manifest in their name, sealed to their key.

The file is made once for each delivery and served from the store, so that a download that broke off goes on where it
stopped: encrypting again would give other bytes.
"""

import hashlib
import secrets
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pyrage

from safeconduct.keys.signing import Signer
from safeconduct.model.canonical import Json
from safeconduct.model.editions import FileRelease, ReleasedFile
from safeconduct.model.errors import BadInput, Unsafe
from safeconduct.model.study import Access
from safeconduct.model.text import Text, say
from safeconduct.release.files import PublishedEdition, file_tree
from safeconduct.release.manifest import FORMAT, NAME, signed
from safeconduct.store.chests import Chests, ChestWriter

KIND = "delivery"
EDITION = "edition.json"
AGE, SSH = "age1", "ssh-ed25519 "
CHUNK = 1 << 20
SHORT = 16
SAYS = Text("What you asked for, with the manifest that proves where it comes from.")
NO_KEY = say("this is no public key of age (age1…) or of SSH (ssh-ed25519 …); paste the line that your program shows")


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Who gets a delivery.

    Attributes:
        id: An opaque id; never a name.
        licence: Id of the licence it is given under.
        terms: SHA-256 of the terms that were accepted.
        key: Public key that the file is sealed to, `""` for none; see `check_key`.
    """

    id: str
    licence: str
    terms: str
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One file, ready to be fetched.

    Attributes:
        file: The file, in the store.
        manifest: The recipient's signed manifest; also inside the file.
        sealed: Only the recipient's key opens it.
    """

    file: ReleasedFile
    manifest: bytes = field(repr=False)
    sealed: bool


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """What goes to a recipient.

    Attributes:
        release: The edition.
        published: Its files.
        names: The files asked for, `()` for all.
    """

    release: FileRelease
    published: PublishedEdition
    names: tuple[str, ...] = ()


def check_key(text: str) -> str:
    """A public key as it is kept: one line, no comment.

    Raises:
        BadInput: It is none, or of a sort that files are not sealed to; a private key is told as such.

    Example:
        >>> check_key("  age1cy0su9fwf3gf9mw868g5yut09p6nytfmmnktexz2ya5uqg9vl9sss4euqm ")[:8]
        'age1cy0s'
    """
    line = " ".join(text.split())
    if "PRIVATE KEY" in line or line.upper().startswith("AGE-SECRET-KEY"):
        raise BadInput(say("this is a private key: keep it to yourself, make a new one, and paste the public one"),
                       field="key")  # fmt: skip
    if line.startswith(SSH):
        line = " ".join(line.split()[:2])
    _recipient(line)
    return line


def _recipient(line: str) -> "pyrage.x25519.Recipient | pyrage.ssh.Recipient":
    try:
        if line.startswith(AGE):
            return pyrage.x25519.Recipient.from_str(line)
        if line.startswith(SSH):
            return pyrage.ssh.Recipient.from_str(line)
    except (pyrage.RecipientError, ValueError):
        raise BadInput(NO_KEY, field="key") from None
    raise BadInput(NO_KEY, field="key")


def envelope(parcel: Parcel, *, recipient: Recipient, chests: Chests, signer: Signer, now: datetime) -> Delivery:
    """Pack what a recipient asked for into one ZIP file with their manifest, sealed to their key if they have one.

    The manifest names the recipient by an opaque id, the licence, the terms, the time and the SHA-256 of every file;
    `safeconduct verify` checks it once the file is unpacked. Values are the same for everybody; who asked for some
    variables has those only.

    Args:
        parcel: The edition, and which of its files.
        recipient: Who gets it.
        chests: Where the edition's files are, and where the delivery goes.
        signer: Signs the manifest.
        now: The time, with its zone.

    Raises:
        BadInput: A file that was asked for is not of the edition, or the key is none.
        Unsafe: The edition is never handed out, or practice and real are mixed.
        StoreFull: The disk is full; nothing was left behind.
    """
    if parcel.release.access in {Access.ENCLAVE, Access.NOT_AVAILABLE}:
        raise Unsafe(say("this edition is never handed out; it is used where it is"))
    key = _recipient(check_key(recipient.key)) if recipient.key else None
    files = _asked(parcel)
    manifest = signed(_tree(parcel, files, recipient, now), signer)
    packed = _packed(parcel, files, manifest, chests)
    name = f"{parcel.release.study}-{parcel.release.edition}.zip"
    if key is None:
        return Delivery(file=_as_file(name, "application/zip", packed), manifest=manifest, sealed=False)
    try:
        sealed = _sealed(packed, key, chests)
    finally:
        chests.delete(packed.name)
    return Delivery(file=_as_file(f"{name}.age", "application/x-age", sealed), manifest=manifest, sealed=True)


def _asked(parcel: Parcel) -> tuple[ReleasedFile, ...]:
    known = {one.name: one for one in parcel.published.files}
    if unknown := [name for name in parcel.names if name not in known]:
        raise BadInput(say("there is no file {name} in this edition", name=unknown[0][:80]), field="names")
    return tuple(one for name, one in known.items() if not parcel.names or name in parcel.names)


def _tree(parcel: Parcel, files: Sequence[ReleasedFile], recipient: Recipient, now: datetime) -> dict[str, Json]:
    release, edition = parcel.release, parcel.published.manifest
    digest = hashlib.sha256(edition).hexdigest()
    return {
        "format": FORMAT,
        "kind": KIND,
        "training": release.training,
        "release_id": release.id,
        "digest": release.digest,
        "study": release.study,
        "edition": release.edition,
        "recipient": recipient.id,
        "licence": recipient.licence,
        "terms": recipient.terms,
        "delivered_at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "files": [{"name": EDITION, "sha256": digest, "size": len(edition)}, *map(file_tree, files)],
    }


@dataclass(frozen=True)
class _Packed:
    name: str
    size: int
    sha256: str


def _packed(parcel: Parcel, files: Sequence[ReleasedFile], manifest: bytes, chests: Chests) -> _Packed:
    with chests.create(_name(parcel.release)) as writer:
        with zipfile.ZipFile(writer, "w", zipfile.ZIP_DEFLATED) as book:
            for name, content in ((NAME, manifest), (EDITION, parcel.published.manifest)):
                book.writestr(_entry(name, parcel.release), content)
            for one in files:
                with (
                    chests.open(one.chest) as source,
                    book.open(_entry(one.name, parcel.release), "w", force_zip64=True) as target,
                ):
                    while chunk := source.read(CHUNK):
                        target.write(chunk)
        return _finished(writer)


def _entry(name: str, release: FileRelease) -> zipfile.ZipInfo:
    moment = release.decided_at.astimezone(UTC)
    entry = zipfile.ZipInfo(name, moment.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _sealed(packed: _Packed, key: object, chests: Chests) -> _Packed:
    with chests.open(packed.name) as source, chests.create(f"{packed.name}-sealed") as writer:
        try:
            pyrage.encrypt_io(source, writer, [key])
        except pyrage.EncryptError:
            raise BadInput(NO_KEY, field="key") from None
        return _finished(writer)


def _finished(writer: ChestWriter) -> _Packed:
    chest = writer.finish()
    return _Packed(chest.name, chest.size, chest.sha256)


def _name(release: FileRelease) -> str:
    return f"{release.id[:SHORT]}-delivery-{secrets.token_hex(SHORT // 2)}"


def _as_file(name: str, media: str, packed: _Packed) -> ReleasedFile:
    return ReleasedFile(name=name, media=media, sha256=packed.sha256, size=packed.size, chest=packed.name, says=SAYS)


def pieces(delivery: Delivery, chests: Chests, *, start: int = 0) -> Iterator[bytes]:
    """The bytes of a delivery from a place on, for a download that goes on where it stopped.

    Raises:
        NotFound: It was destroyed.
        Tampered: It was changed.
    """
    with chests.open(delivery.file.chest) as file:
        file.seek(start)
        while chunk := file.read(CHUNK):
            yield chunk
