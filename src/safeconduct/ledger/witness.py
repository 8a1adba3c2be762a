"""Those who watch the record of use for others: they sign what they saw, and only what grew out of what they saw.

The idea is that of transparency logs (RFC 9162; C2SP tlog-witness): a witness keeps one size and one root. Shown a
larger signed root it asks for the proof that the larger record begins with the smaller, checks it and signs. Whoever
rewrites the past must then deceive every witness, or go without their signatures. Pure; `witness_file` keeps the state.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from safeconduct.ledger.merkle import EMPTY, verify_consistency
from safeconduct.ledger.signed import (
    CheckSignature,
    Sign,
    check_owner,
    cosigned_text,
    hexed,
    is_checkpoint,
    signed_text,
)
from safeconduct.ledger.tables import stamp
from safeconduct.model.canonical import SAFE_INTEGER, Json
from safeconduct.model.errors import BadInput, Tampered
from safeconduct.model.text import say

NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")
HASH_BYTES = 32
NO_WITNESS = say("this does not describe a witness: it needs a name, the owner's public key, a size and a root")


@dataclass(frozen=True, kw_only=True)
class Witness:
    """What a witness keeps of one record of use: the last it signed, and nothing else.

    Losing it means starting over, from size 0, at which any record is believed: keep it as carefully as the key.

    Attributes:
        name: What the witness calls itself: lower-case letters, digits, dots and dashes, such as `ngo.example`.
        log: Public key of the record's owner, 64 hexadecimal digits.
        size: Events of the record when it was last signed; 0 before the first time.
        root: Root at that size, 64 hexadecimal digits.

    Raises:
        BadInput: A part is not as described.
    """

    name: str
    log: str
    size: int = 0
    root: str = EMPTY.hex()

    def __post_init__(self) -> None:
        sized = all(len(hexed(one)) == HASH_BYTES for one in (self.log, self.root))
        if not (sized and NAME.fullmatch(self.name) and 0 <= self.size <= SAFE_INTEGER):
            raise BadInput(NO_WITNESS)

    @property
    def seen(self) -> dict[int, bytes]:
        """What `verify.verify_log` takes as `kept`: the root that was seen, by size."""
        return {self.size: hexed(self.root)}

    def to_json(self) -> dict[str, Json]:
        """The state as canonical JSON takes it."""
        return {"log": self.log, "name": self.name, "root": self.root, "size": self.size}

    @classmethod
    def from_json(cls, tree: object) -> "Witness":
        """A state from what `to_json` made.

        Raises:
            BadInput: It is none.
        """
        match tree:
            case {"log": str(log), "name": str(name), "root": str(root), "size": int(size), **others} if not others:
                return cls(name=name, log=log, size=size, root=root)
            case _:
                raise BadInput(NO_WITNESS)


def cosign(
    state: Witness,
    checkpoint: Mapping[str, Json],
    proof: Sequence[bytes],
    sign: Sign,
    *,
    at: datetime,
    check_signature: CheckSignature = check_owner,
) -> tuple[Witness, dict[str, Json]]:
    """Sign a checkpoint that grew out of the last one signed; a record signed already is signed again.

    Keep the new state on the disk before anybody sees the signature: `witness_file.cosign_kept` does.

    Args:
        state: What was signed last.
        checkpoint: As `Ledger.checkpoint` gives it.
        proof: Hashes that show the growth, as `Ledger.consistency` gives them; empty the first time, and where nothing
            happened since.
        sign: Signs with the witness's own key, in a domain of its own.
        at: When the witness saw it, with its zone.
        check_signature: Whether the owner's key signed; the default knows real sites only.

    Returns:
        The new state, and the signature: `at`, `log`, `public`, `root`, `signature`, `size` and `witness`, for
        `Ledger.cosigned`.

    Raises:
        BadInput: This is no checkpoint.
        Tampered: It is not signed by the owner's key, or the record of use was rolled back or rewritten.
    """
    if not is_checkpoint(checkpoint):
        raise BadInput(say("this is not a checkpoint of a record of use; ask the site for one again"))
    size, root = int(str(checkpoint["size"])), hexed(checkpoint["root"])
    signed_by = hexed(checkpoint["public"])
    good = check_signature(signed_by, signed_text(checkpoint), hexed(checkpoint["signature"]))
    if not (good and signed_by == hexed(state.log)):
        raise Tampered(say("this checkpoint is not signed by the owner's key that this witness knows"))
    _grown(state, size, root, proof)
    said: dict[str, Json] = {
        "at": stamp(at), "log": state.log, "root": root.hex(), "size": size, "witness": state.name,
    }  # fmt: skip
    public, signature = sign(cosigned_text(said))
    return replace(state, size=size, root=root.hex()), said | {"public": public.hex(), "signature": signature.hex()}


def _grown(state: Witness, size: int, root: bytes, proof: Sequence[bytes]) -> None:
    """Let a record pass that begins with what was signed."""
    first, known = state.size, hexed(state.root)
    if size < first:
        raise Tampered(
            say(
                "the record of use was rolled back: {before} events were signed before, and it shows only {now}; "
                "do not sign, and tell the others who watch it",
                before=first,
                now=size,
            )
        )
    if size == first and root != known:
        raise Tampered(
            say(
                "the record of use was rewritten: it shows another root for the {size} events that were signed "
                "before; do not sign, and tell the others who watch it",
                size=size,
            )
        )
    if size > first > 0 and not verify_consistency(first, size, proof, first_root=known, second_root=root):
        raise Tampered(
            say(
                "the record of use was rewritten: its {now} events are not shown to begin with the {before} that "
                "were signed before; do not sign, and tell the others who watch it",
                before=first,
                now=size,
            )
        )


def hashes(proof: Sequence[object]) -> list[bytes]:
    """A proof from hexadecimal digits, as it travels in JSON.

    Raises:
        BadInput: One is not 64 hexadecimal digits.
    """
    found = [hexed(one) for one in proof]
    if any(len(one) != HASH_BYTES for one in found):
        raise BadInput(say("a proof is a list of hashes of 64 hexadecimal digits; ask the site for one again"))
    return found
