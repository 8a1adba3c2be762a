"""Checks an exported record of use with nothing but the file: for a partner who does not trust us."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

from safeconduct.ledger.merkle import Frontier, leaf_hash
from safeconduct.ledger.signed import (
    CheckSignature,
    check_witness,
    cosigned_text,
    hexed,
    is_checkpoint,
    shown,
    signed_text,
)
from safeconduct.model.canonical import canonical
from safeconduct.model.errors import BadInput, Unreadable
from safeconduct.model.text import Text, say

MOST_FINDINGS = 20
LONGEST_LINE = 1024 * 1024
"""Most bytes of a line; nothing that is written down comes near it."""
BEGINS = b'{"'
"""How every line begins; a file is ours if but one of the two is there, so that one changed byte is still located."""
NOBODY: Mapping[str, bytes] = MappingProxyType({})
NOTHING: Mapping[int, bytes] = MappingProxyType({})
NO_LOG = say("the file cannot be read as an exported record of use")


def verify_log(
    path: Path,
    *,
    check_signature: CheckSignature,
    witnesses: Mapping[str, bytes] = NOBODY,
    quorum: int = 0,
    kept: Mapping[int, bytes] = NOTHING,
    check_cosignature: CheckSignature = check_witness,
) -> list[Text]:
    """What is wrong with an exported log, the first wrong line first; nothing where all is well.

    A line whose event was altered is found by its own hash. Who altered the hash as well is found at the next
    checkpoint: the finding names the lines between which it happened. What was left out after the file's last
    checkpoint, and a log that a thief of the key wrote anew, are found by those who watched: by the signatures of
    `witnesses`, and by the roots you `kept` yourself. Without either, nobody finds them.

    Args:
        path: What `Ledger.export_log` wrote.
        check_signature: Told public key, message and signature; whether the key is the owner's is up to it.
        witnesses: Public keys, 32 bytes, of the witnesses you trust, by name. One you do not name counts for nothing,
            but its signature must fit.
        quorum: How many of them must have signed a checkpoint for the lines up to it to count as watched. Lines after
            the last one they signed are a finding; ask for an export that ends there.
        kept: Roots, 32 bytes, that you saw before, by size; such as `Witness.seen`.
        check_cosignature: Checks a witness's signature; the default takes no practice witness's.

    Raises:
        Unreadable: The file cannot be read, or is something else.
        BadInput: The quorum is negative, or larger than the number of witnesses with keys of their own.
    """
    if not 0 <= quorum <= len(set(witnesses.values())):
        raise BadInput(say("the quorum is at least 0 and at most the number of witnesses whose keys you named"))
    reader = _Reader(_Known(check_signature, check_cosignature, witnesses, quorum, kept))
    found: list[Text] = []
    try:
        with path.open("rb") as file:
            for number, line in enumerate(_lines(file), start=1):
                found += reader.take(number, line)
                if len(found) >= MOST_FINDINGS:
                    return found
    except OSError:
        raise Unreadable(NO_LOG, field="path") from None
    return found + list(reader.ended())


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """Lines with their ends; a line that is too long comes in pieces, none of which is as it was written."""
    line = file.readline(LONGEST_LINE)
    if line[:1] != BEGINS[:1] and line[1:2] != BEGINS[1:] and not _is_text(line):
        raise Unreadable(NO_LOG, field="path")
    while line:
        yield line
        line = file.readline(LONGEST_LINE)


def _is_text(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


@dataclass(frozen=True)
class _Known:
    """What the reader was told beside the file."""

    by_owner: CheckSignature
    by_witness: CheckSignature
    witnesses: Mapping[str, bytes]
    quorum: int
    kept: Mapping[int, bytes]

    def fits(self, checkpoint: Mapping[str, Any], one: Mapping[str, str]) -> bool:
        """Whether a witness signed this very checkpoint, with the key we know where we know it."""
        public = hexed(one["public"])
        said = {"at": one["at"], "log": checkpoint["public"], "witness": one["witness"]}
        message = cosigned_text({**said, "root": checkpoint["root"], "size": checkpoint["size"]})
        same = self.witnesses.get(one["witness"], public) == public
        return same and self.by_witness(public, message, hexed(one["signature"]))

    def enough(self, names: list[str]) -> bool:
        """Whether a quorum was asked for and these witnesses make it; one key counts once, whatever its names."""
        return 0 < self.quorum <= len({self.witnesses[name] for name in names if name in self.witnesses})


class _Reader:
    """Reads line after line, keeping a few hashes and the last lines up to which all was well."""

    def __init__(self, known: _Known) -> None:
        self._known = known
        self._tree = Frontier()
        self._before: int | None = None
        self._sound = self._watched = self._met = 0
        self._open = True

    def take(self, number: int, line: bytes) -> Iterator[Text]:
        """What is wrong with one line."""
        try:
            found = json.loads(line.decode())
            same = f"{canonical(found)}\n".encode() == line
        except (ValueError, RecursionError, BadInput):
            found, same = None, False
        match found:
            case {"event": {"index": int()} as event, "hash": str(kept), **others} if same and not others:
                yield from self._event(number, event, kept)
            case {"checkpoint": dict(signed), **others} if same and not others and is_checkpoint(signed):
                yield from self._checkpoint(number, signed)
            case _:
                yield say("line {line} is not as it was written; it was altered", line=number)

    def _event(self, number: int, event: Mapping[str, Any], kept: str) -> Iterator[Text]:
        self._open = True
        if event["index"] != self._tree.size:
            yield say("line {line} is out of its place; lines before it are missing or were moved", line=number)
        if leaf_hash(canonical(event).encode()).hex() != kept:
            yield say("line {line} was altered: the event is not the one that was hashed", line=number)
        self._tree.append(hexed(kept))
        root = self._known.kept.get(self._tree.size)
        if root == self._tree.root():
            self._met = number
        elif root is not None:
            yield say(
                "an event between line {first} and line {last} is not the one that was seen before; "
                "the record of use was rewritten",
                first=self._met + 1,
                last=number,
            )

    def _checkpoint(self, number: int, signed: Mapping[str, Any]) -> Iterator[Text]:
        size, before = signed["size"], self._before
        if not self._known.by_owner(hexed(signed["public"]), signed_text(signed), hexed(signed["signature"])):
            yield say("the checkpoint in line {line} is not signed by the owner's key", line=number)
            return
        self._before = size
        if size > self._tree.size or (before is not None and size <= before):
            yield say("line {line} is out of its place; lines before it are missing or were moved", line=number)
        elif (size, hexed(signed["root"])) != (self._tree.size, self._tree.root()):
            yield say(
                "an event between line {first} and line {last} was altered, left out or added",
                first=self._sound + 1,
                last=number - 1,
            )
        else:
            yield from self._grown(number, signed, before)

    def _grown(self, number: int, signed: Mapping[str, Any], before: int | None) -> Iterator[Text]:
        """A checkpoint that fits the events: whether the one before it is there, and who else signed it."""
        if signed.get("previous", before) != before:
            yield say(
                "a checkpoint between line {first} and line {last} was left out", first=self._sound + 1, last=number
            )
        self._sound, self._open, good = number, False, []
        for one in shown(signed):
            if self._known.fits(signed, one):
                good.append(one["witness"])
            else:
                yield say(
                    "a witness's signature in line {last} does not fit: it was altered, or an event from line {first} "
                    "on was",
                    first=self._met + 1,
                    last=number,
                )
        if self._known.enough(good):
            self._watched = self._met = number

    def ended(self) -> Iterator[Text]:
        """What is wrong with the end."""
        if self._open:
            yield say("the lines after line {line} are covered by no valid checkpoint", line=self._sound)
        if self._known.quorum and self._watched < self._sound:
            yield say(
                "the lines after line {line} were not signed by {quorum} of the witnesses you named",
                line=self._watched,
                quorum=self._known.quorum,
            )
        if self._tree.size < (seen := max(self._known.kept, default=0)):
            yield say(
                "the file ends after {size} events and {seen} were seen before; its end was cut off, or the record "
                "of use was rolled back",
                size=self._tree.size,
                seen=seen,
            )
