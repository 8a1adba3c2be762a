"""What is signed of the record of use, by its owner and by those who watch it: one text each, read strictly."""

from collections.abc import Callable, Mapping
from typing import Any

from safeconduct.keys.signing import verify
from safeconduct.model.canonical import canonical

CheckSignature = Callable[[bytes, bytes, bytes], bool]
"""Whether a public key signed a message: key, message, signature."""
Sign = Callable[[bytes], tuple[bytes, bytes]]
"""Signs a message: the raw public key and the signature."""
BY_OWNER = ("at", "root", "size")
BY_WITNESS = ("at", "log", "root", "size", "witness")
SHOWN = ("at", "public", "signature", "witness")
"""What a checkpoint's line keeps of a witness's signature; the rest is the checkpoint's."""


def check_owner(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a public key signed a checkpoint of a real site; a practice site's never does."""
    return verify(public, message, signature, domain="checkpoint")


def check_witness(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a public key signed as a witness: `Signer.sign(message, domain="cosignature")`."""
    return verify(public, message, signature, domain="cosignature")


def signed_text(checkpoint: Mapping[str, Any]) -> bytes:
    """What the owner signs of a checkpoint; `previous` only where it names the checkpoint before it."""
    names = (*BY_OWNER, "previous") if "previous" in checkpoint else BY_OWNER
    return canonical({name: checkpoint.get(name) for name in names}).encode()


def cosigned_text(said: Mapping[str, Any]) -> bytes:
    """What a witness signs."""
    return canonical({name: said.get(name) for name in BY_WITNESS}).encode()


def is_checkpoint(tree: Mapping[str, Any]) -> bool:
    """Whether a tree has the parts of a checkpoint and no others; whether they are true is another question."""
    match tree:
        case {"at": str(), "root": str(), "size": int(), "public": str(), "signature": str(), **others}:
            whole = isinstance(others.pop("previous", 0), int)
            return whole and (not others or (others.keys() == {"cosignatures"} and _are_shown(others["cosignatures"])))
        case _:
            return False


def _are_shown(found: object) -> bool:
    """Whether they are signatures of witnesses as a line keeps them: at least one, each name once, in order."""
    if not (isinstance(found, list) and found and all(map(_is_shown, found))):
        return False
    names = [one["witness"] for one in found]
    return names == sorted(set(names))


def _is_shown(one: object) -> bool:
    return isinstance(one, dict) and one.keys() == set(SHOWN) and all(isinstance(part, str) for part in one.values())


def shown(checkpoint: Mapping[str, Any]) -> list[dict[str, str]]:
    """The signatures of witnesses that a checkpoint's line keeps."""
    return list(checkpoint.get("cosignatures", ()))


def hexed(text: object) -> bytes:
    """Bytes from lower-case hexadecimal digits; none where these bytes are not written exactly so.

    Example:
        >>> hexed("4a4b"), hexed("4A4B"), hexed("4a 4b")
        (b'JK', b'', b'')
    """
    try:
        found = bytes.fromhex(str(text))
    except ValueError:
        return b""
    return found if found.hex() == text else b""
