"""Checks an exported record of use with nothing but the file: for a partner who does not trust us."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from safeconduct.ledger.merkle import Frontier, leaf_hash
from safeconduct.model.canonical import canonical
from safeconduct.model.errors import BadInput, Unreadable
from safeconduct.model.text import Text, say

CheckSignature = Callable[[bytes, bytes, bytes], bool]
"""Whether a public key signed a message: key, message, signature."""
SIGNED = ("at", "root", "size")
MOST_FINDINGS = 20


def verify_log(path: Path, *, check_signature: CheckSignature) -> list[Text]:
    """What is wrong with an exported log, the first wrong line first; nothing where all is well.

    A line whose event was altered is found by its own hash. Who altered the hash as well is found at the next
    checkpoint: the finding names the lines between which it happened. Nobody finds what was left out after the
    file's last checkpoint, and a thief of the key can write a new log: compare checkpoints with those you kept.

    Args:
        path: What `Ledger.export_log` wrote.
        check_signature: Told public key, message and signature; whether the key is the owner's is up to it.

    Raises:
        Unreadable: The file cannot be read as text.
    """
    found: list[Text] = []
    reader = _Reader(check_signature)
    try:
        with path.open(encoding="utf-8", newline="\n") as file:
            for number, line in enumerate(file, start=1):
                found += reader.take(number, line.removesuffix("\n"))
                if len(found) >= MOST_FINDINGS:
                    return found
    except (OSError, UnicodeDecodeError):
        raise Unreadable(say("the file cannot be read as an exported record of use"), field="path") from None
    return found + list(reader.ended())


class _Reader:
    """Reads line after line, keeping a few hashes only."""

    def __init__(self, check_signature: CheckSignature) -> None:
        self._check = check_signature
        self._tree = Frontier()
        self._sound = 0
        self._open = True

    def take(self, number: int, line: str) -> Iterator[Text]:
        """What is wrong with one line."""
        try:
            found = json.loads(line)
            same = canonical(found) == line
        except (ValueError, RecursionError, BadInput):
            found, same = None, False
        match found:
            case {"event": {"index": int()} as event, "hash": str(kept)} if same and len(found) == len(
                ("event", "hash")
            ):
                yield from self._event(number, event, kept)
            case {"checkpoint": {"root": str(), "size": int()} as signed} if same and len(found) == 1:
                yield from self._checkpoint(number, signed)
            case _:
                yield say("line {line} is not as it was written; it was altered", line=number)

    def _event(self, number: int, event: Mapping[str, Any], kept: str) -> Iterator[Text]:
        self._open = True
        if event["index"] != self._tree.size:
            yield say("line {line} is out of its place; lines before it are missing or were moved", line=number)
        if leaf_hash(canonical(event).encode()).hex() != kept:
            yield say("line {line} was altered: the event is not the one that was hashed", line=number)
        self._tree.append(_bytes(kept))

    def _checkpoint(self, number: int, signed: Mapping[str, Any]) -> Iterator[Text]:
        message = canonical({name: signed.get(name) for name in SIGNED}).encode()
        public, signature = _bytes(signed.get("public")), _bytes(signed.get("signature"))
        if not self._check(public, message, signature):
            yield say("the checkpoint in line {line} is not signed by the owner's key", line=number)
        elif (signed["size"], _bytes(signed["root"])) != (self._tree.size, self._tree.root()):
            yield say(
                "an event between line {first} and line {last} was altered, left out or added",
                first=self._sound + 1,
                last=number - 1,
            )
        else:
            self._sound, self._open = number, False

    def ended(self) -> Iterator[Text]:
        """What is wrong with the end."""
        if self._open:
            yield say("the lines after line {line} are covered by no valid checkpoint", line=self._sound)


def _bytes(text: object) -> bytes:
    """Bytes from hexadecimal digits; none where they are not."""
    try:
        return bytes.fromhex(str(text))
    except ValueError:
        return b""
