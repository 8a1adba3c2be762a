"""What a witness keeps, in a file on its own machine: a size and a root, never lost and never signed twice at once."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from safeconduct.ledger.signed import CheckSignature, Sign, check_owner
from safeconduct.ledger.witness import Witness, cosign
from safeconduct.model.canonical import Json, canonical
from safeconduct.model.errors import BrokenPromise, TooMany, Unreadable
from safeconduct.model.text import say

NO_FILE = say("the file of this witness cannot be read; start the witness, or restore its file")
NOT_KEPT = say("the file of this witness cannot be written; nothing was signed; look at its folder and its disk")


def kept(path: Path) -> Witness:
    """The state in a file.

    Raises:
        Unreadable: There is no such file, or it cannot be read.
        BadInput: It describes no witness.
    """
    try:
        tree = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        raise Unreadable(NO_FILE, field="path") from None
    return Witness.from_json(tree)


def keep(path: Path, state: Witness) -> None:
    """Write a state in place of the one before, on the disk before this returns.

    Raises:
        BrokenPromise: It cannot be written; the one before is still there.
    """
    beside = path.with_name(f".{path.name}.new")
    try:
        with beside.open("w", encoding="utf-8") as file:
            file.write(canonical(state.to_json()) + "\n")
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        _sync_folder(path.parent)
    except OSError:
        raise BrokenPromise(NOT_KEPT, field="path") from None


def cosign_kept(
    path: Path,
    checkpoint: Mapping[str, Json],
    proof: Sequence[bytes],
    sign: Sign,
    *,
    at: datetime,
    check_signature: CheckSignature = check_owner,
) -> dict[str, Json]:
    """`cosign` with the state in a file: one at a time, and the new state is on the disk before the signature is seen.

    Raises:
        TooMany: Another process is signing with this file.
        Unreadable: The file cannot be read.
        BrokenPromise: It cannot be written.
        BadInput: This is no checkpoint.
        Tampered: It is not signed by the owner's key, or the record of use was rolled back or rewritten.
    """
    with _alone(path):
        state, cosignature = cosign(kept(path), checkpoint, proof, sign, at=at, check_signature=check_signature)
        keep(path, state)
        return cosignature


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    try:
        handle = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        raise Unreadable(NO_FILE, field="path") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise TooMany(say("this witness is signing already; wait for it to end")) from None
    finally:
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
