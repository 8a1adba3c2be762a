"""Proof for somebody who does not trust us: manifests and the record of use, checked offline."""

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


def verify_ledger(path: Path) -> list[Text]:
    """Check an exported record of use; findings, none where all is well.

    Args:
        path: What `safeconduct verify --ledger` was given: JSON lines with a checkpoint.
    """

    def check(public: bytes, message: bytes, signature: bytes) -> bool:
        domains = ("checkpoint", "training/checkpoint")
        return any(verify_signature(public, message, signature, domain=domain) for domain in domains)

    return verify_log(path, check_signature=check)
