"""Files that arrive: piece by piece, encrypted as they come, going on where they broke off."""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

from safeconduct.actions.room import Act, Room
from safeconduct.actions.transfers import Upload
from safeconduct.actions.verb import action
from safeconduct.model.errors import BadInput, NotFound, WrongState
from safeconduct.model.text import say

LONGEST_NAME = 200
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
RECEIVING, RECEIVED, USED, DESTROYED = "receiving", "received", "used", "destroyed"
SEND_AGAIN = say("A file has not arrived whole, or was deposited before; send it again.")
DEPOSITED = say("A deposit was made of this file; withdraw the deposit instead.")


@dataclass(frozen=True, kw_only=True)
class UploadLine:
    """A file on its way.

    Attributes:
        id: Its id.
        name: What its sender calls it; kept with the file, never in the record of use.
        offset: How many bytes are safely here; the next piece begins there.
        size: How many there will be, 0 where nobody said.
        state: `receiving`, `received`, or `used` once a deposit was made of it.
    """

    id: str
    name: str = field(repr=False)
    offset: int
    size: int
    state: str


@action(needs="send")
def begin_upload(room: Room, *, name: str, size: int = 0) -> UploadLine:
    """Begin to send a file; nothing of it is ever written in clear.

    Args:
        name: What the file is called, with its ending: readers go by it.
        size: Bytes in all; 0 where that is not known.
    """
    short = name.replace("\\", "/").rsplit("/", 1)[-1].strip()
    if not 0 < len(short) <= LONGEST_NAME or size < 0 or CONTROL.search(short):
        raise BadInput(say("Say the file's name, with its ending."), field="name")
    upload = f"f{secrets.token_hex(12)}"
    with room.write() as act:
        act.tx.put("upload", upload, {"by": room.caller.account}, state=RECEIVING, at=room.now)
        act.record(upload, {})
    room.site.uploads.begin(upload, name=short, size=size or None)
    return UploadLine(id=upload, name=short, offset=0, size=size, state=RECEIVING)


@action(needs="send", repeatable=True)
def send_upload(room: Room, *, upload: str, offset: int, content: Upload) -> UploadLine:
    """Send the next piece of a file; where the line breaks, go on from what `upload_state` says.

    Args:
        upload: Its id.
        offset: Where the piece begins; it must be where the file has got to.
        content: The bytes.
    """
    line = _mine(room, upload)
    if line.state != RECEIVING:
        raise WrongState(say("This file has arrived already."))
    now = room.site.uploads.append(upload, offset, content.content)
    return UploadLine(id=upload, name=line.name, offset=now, size=line.size, state=RECEIVING)


@action(needs="send", reads=True)
def upload_state(room: Room, *, upload: str) -> UploadLine:
    """How far a file of yours has got.

    Args:
        upload: Its id.
    """
    return _mine(room, upload)


@action(needs="send", repeatable=True)
def finish_upload(room: Room, *, upload: str, sha256: str = "") -> UploadLine:
    """Say that a file has arrived whole.

    Args:
        upload: Its id.
        sha256: Digest of the file; where it is given, it must fit.
    """
    line = _mine(room, upload)
    if line.state == RECEIVING:
        room.site.uploads.finish(upload, sha256=sha256)
        with room.write() as act:
            act.tx.put("upload", upload, {"by": room.caller.account}, state=RECEIVED, at=room.now)
            act.record(upload, {})
    return _mine(room, upload)


@action(needs="send", repeatable=True)
def drop_upload(room: Room, *, upload: str) -> UploadLine:
    """Destroy a file of yours that no deposit was made of; its key goes first.

    Args:
        upload: Its id.
    """
    line = _mine(room, upload)
    if line.state == USED:
        raise WrongState(DEPOSITED)
    with room.write() as act:
        fact = act.tx.fact("upload", upload)
        if fact is not None and fact.state == USED:
            raise WrongState(DEPOSITED)
        act.tx.put("upload", upload, {"by": room.caller.account}, state=DESTROYED, at=room.now)
        act.record(upload, {})
    room.site.uploads.destroy(upload)
    return UploadLine(id=upload, name=line.name, offset=0, size=line.size, state=DESTROYED)


def _mine(room: Room, upload: str) -> UploadLine:
    """An upload of the caller's.

    Raises:
        NotFound: There is none, or it is somebody else's.
    """
    fact = room.site.ledger.fact("upload", upload)
    if fact is None or fact.body["by"] != room.caller.account or fact.state == DESTROYED:
        raise NotFound(say("There is no such file, or it is not yours."))
    about = room.site.uploads.upload(upload)
    return UploadLine(id=upload, name=about.name, offset=about.offset, size=about.size or 0, state=fact.state)


def received(room: Room, uploads: tuple[str, ...]) -> list[UploadLine]:
    """Uploads of the caller's that have arrived and are not used yet.

    Raises:
        WrongState: One has not arrived, or a deposit was made of it already.
        NotFound: One is not theirs.
    """
    lines = [_mine(room, one) for one in uploads]
    if any(line.state != RECEIVED for line in lines):
        raise WrongState(SEND_AGAIN)
    return lines


def use(act: Act, uploads: Iterable[str], *, by: str) -> None:
    """Write down that something is made of uploads, in the transaction that begins to make it: of each only once.

    Args:
        act: The open transaction.
        uploads: Their ids.
        by: Opaque id of whoever sent them.

    Raises:
        WrongState: Something was made of one meanwhile, or it was destroyed.
    """
    for upload in uploads:
        fact = act.tx.fact("upload", upload)
        if fact is not None and fact.state in {USED, DESTROYED}:
            raise WrongState(SEND_AGAIN)
        act.tx.put("upload", upload, {"by": by}, state=USED, at=act.room.now)


def content_of(room: Room, upload: str, *, most: int) -> bytes:
    """The whole of a small file that arrived, which is destroyed once it was read.

    Raises:
        BadInput: It is larger than `most` bytes.
        WrongState: It has not arrived, or was used.
    """
    line = received(room, (upload,))[0]
    if line.offset > most:
        raise BadInput(say("This file is too large to be what is asked for here."), field="upload")
    with room.site.uploads.open(upload) as file:
        content = bytes(file.read())
    drop_upload(room, upload=upload)
    return content
