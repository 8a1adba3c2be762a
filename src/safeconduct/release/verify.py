"""Whether files are what left: checked offline, with nothing but a manifest and this package."""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safeconduct.keys.signing import fingerprint
from safeconduct.keys.signing import verify as signed_by
from safeconduct.ledger.merkle import leaf_hash, verify_inclusion
from safeconduct.model.errors import BadInput
from safeconduct.model.text import Text, say
from safeconduct.release.manifest import DOMAIN, FORMAT, NAME, SIGNATURE, TRAINING_DOMAIN, domain_of, parse, signed_text

CHUNK = 1 << 20


@dataclass(frozen=True)
class Verdict:
    """What a check found.

    `ok` says that nothing was changed since it was signed; a practice release that is unchanged is `ok` too. Only
    `real` says that it is a release about real data.

    Attributes:
        ok: Signature and files fit.
        training: The manifest is a practice site's.
        lines: What was found, in words, the worst first.
    """

    ok: bool
    training: bool
    lines: tuple[Text, ...]

    @property
    def real(self) -> bool:
        """Unchanged, and not practice."""
        return self.ok and not self.training


def verify(path: Path, *, key: bytes | None) -> Verdict:
    """Check a release that was handed over; needs no site and no network.

    Of `manifest.json`, or a folder, every file it names must be there; of one of the files, only that one.

    Args:
        path: `manifest.json`, its folder, or a file beside it.
        key: The owner's public key, 32 bytes, as you have it from them. Without it the check proves only that the
            files belong together and were signed by whoever holds the key that the manifest names.
    """
    manifest = path / NAME if path.is_dir() else path.with_name(NAME)
    try:
        tree = parse(manifest.read_bytes())
    except OSError:
        return _no(say("There is no {name} beside it; without it nothing can be checked.", name=NAME))
    except BadInput:
        return _no(say("{name} was changed or is damaged: it is not a manifest.", name=NAME))
    training = tree.get("training") is not False
    problems = [
        *_signature(tree, key),
        *_inclusion(tree),
        *_files(tree, manifest.parent, "" if path.name == NAME or path.is_dir() else path.name),
    ]
    if problems:
        return Verdict(ok=False, training=training, lines=tuple(problems))
    return Verdict(ok=True, training=training, lines=tuple(_good(tree, key)))


def _no(line: Text) -> Verdict:
    return Verdict(ok=False, training=False, lines=(line,))


def _signature(tree: Mapping[str, Any], key: bytes | None) -> Iterator[Text]:
    public, signature = _bytes(tree, "key", "public"), _bytes(tree, SIGNATURE)
    if tree.get("format") != FORMAT:
        yield say("The manifest has a format this version does not know.")
    try:
        message = signed_text(tree)
    except BadInput:
        message = b""
    if key is not None and public != key:
        yield say("It is signed with another key than the one you gave.")
    elif _said(tree) != fingerprint(public) or not signed_by(public, message, signature, domain=domain_of(tree)):
        yield say("The manifest was changed after it was signed.")
        if domain_of(tree) == DOMAIN and signed_by(public, message, signature, domain=TRAINING_DOMAIN):
            yield say("It was signed with a practice key and says it is real.")


def _inclusion(tree: Mapping[str, Any]) -> Iterator[Text]:
    """Whether the event that let this answer leave stands in the record of use whose root the manifest names."""
    proof = tree.get("inclusion")
    if not isinstance(proof, Mapping) or "leaf" not in proof:
        return
    try:
        leaf = str(proof["leaf"])
        path = [bytes.fromhex(one) for one in proof["path"]]
        root = bytes.fromhex(proof["root"])
        held = verify_inclusion(leaf_hash(leaf.encode()), int(proof["index"]), int(proof["size"]), path, root)
        same = json.loads(leaf)["subject"] == tree.get("answer_id", tree.get("release_id"))
    except (KeyError, TypeError, ValueError):
        held = same = False
    if not (held and same):
        yield say("The proof that the record of use holds this release does not fit.")


def _bytes(tree: Mapping[str, Any], *names: str) -> bytes:
    value: Any = tree
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    try:
        return base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    except ValueError:
        return b""


def _said(tree: Mapping[str, Any]) -> object:
    key = tree.get("key")
    return key.get("fingerprint") if isinstance(key, Mapping) else None


def _files(tree: Mapping[str, Any], folder: Path, only: str) -> Iterator[Text]:
    files = tree.get("files")
    named = [one for one in files if isinstance(one, Mapping)] if isinstance(files, list) else []
    if only and only not in {str(one.get("name")) for one in named}:
        yield say("{file} is not part of this release: the manifest does not name it.", file=only[:80])
    for one in named:
        name = str(one.get("name"))
        if only in {"", name}:
            yield from _file(folder, name, one.get("sha256"))


def _file(folder: Path, name: str, expected: object) -> Iterator[Text]:
    if Path(name).name != name or "\0" in name:
        yield say("The manifest names a file outside its folder.")
        return
    found = hashlib.sha256()
    try:
        with (folder / name).open("rb") as file:
            while chunk := file.read(CHUNK):
                found.update(chunk)
    except OSError:
        yield say("{file} is missing or cannot be read.", file=name)
        return
    if found.hexdigest() != expected:
        yield say("{file} was changed after it left.", file=name)


def _good(tree: Mapping[str, Any], key: bytes | None) -> Iterator[Text]:
    print_of = str(_said(tree))
    if tree.get("training") is not False:
        yield say("TRAINING: practice data, signed with a practice key. It is not a real release.")
    yield say("Nothing was changed since it left.")
    if tree.get("kind") == "delivery":
        yield say("It was given to the recipient {recipient} under the licence {licence}, and to nobody else.",
                  recipient=str(tree.get("recipient"))[:80], licence=str(tree.get("licence"))[:80])  # fmt: skip
    if key is None:
        yield say("Compare the key's fingerprint with the one the owner publishes: {fingerprint}", fingerprint=print_of)
    else:
        yield say("It is signed with the key you gave: {fingerprint}", fingerprint=print_of)
