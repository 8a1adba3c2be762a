"""Proof for somebody who does not trust us: manifests and the record of use, checked offline."""

from collections.abc import Mapping
from pathlib import Path

from safeconduct.keys.signing import verify as verify_signature
from safeconduct.ledger.verify import verify_log
from safeconduct.model.text import Text
from safeconduct.release.verify import Verdict
from safeconduct.release.verify import verify as verify_release


def verify(path: Path, *, key: bytes | None = None) -> Verdict:
    """Check a manifest and the files beside it, with nothing but this package.

    Args:
        path: `manifest.json`, or a file it names.
        key: The owner's public key, 32 bytes, if you have it from them.
    """
    return verify_release(path, key=key)


def verify_ledger(
    path: Path,
    *,
    key: bytes | None = None,
    training: bool = False,
    witnesses: Mapping[str, bytes] | None = None,
    quorum: int = 0,
    seen: Mapping[int, bytes] | None = None,
) -> list[Text]:
    """Check an exported record of use; findings, none where all is well.

    Without the owner's key this proves only that the record agrees with itself and with whoever signed it. Without
    witnesses, or a root you kept, nobody finds a record that the owner wrote anew.

    Args:
        path: What `safeconduct verify --ledger` was given: JSON lines with a checkpoint.
        key: The owner's public key, 32 bytes, if you have it from them.
        training: Accept a practice site's signature, which never verifies as real.
        witnesses: Public keys of witnesses you trust, by name.
        quorum: How many of them must have signed.
        seen: Roots you kept, by size.

    Raises:
        Unreadable: The file cannot be read.
        BadInput: The quorum is more than there are witnesses.
    """

    def check(public: bytes, message: bytes, signature: bytes) -> bool:
        return (key is None or key == public) and _signed(public, message, signature, "checkpoint")

    def check_witness(public: bytes, message: bytes, signature: bytes) -> bool:
        return _signed(public, message, signature, "cosignature")

    def _signed(public: bytes, message: bytes, signature: bytes, name: str) -> bool:
        domains = (name, f"training/{name}") if training else (name,)
        return any(verify_signature(public, message, signature, domain=domain) for domain in domains)

    return verify_log(
        path, check_signature=check, check_cosignature=check_witness, witnesses=witnesses or {}, quorum=quorum,
        kept=seen or {},
    )  # fmt: skip
