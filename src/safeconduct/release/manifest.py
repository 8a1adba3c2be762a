"""The signed list of what left: written by `export`, read by `verify`."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from safeconduct.keys.signing import Signer, verify
from safeconduct.model.canonical import Json, canonical
from safeconduct.model.errors import BadInput, Unsafe
from safeconduct.model.outcomes import Release
from safeconduct.model.text import say
from safeconduct.query.base import nested

NAME = "manifest.json"
DOMAIN = "release"
TRAINING_DOMAIN = "training/release"
FORMAT = 1
SIGNATURE = "signature"


class About(TypedDict):
    """What an export is told beside the release.

    Attributes:
        names: Name of each area by code.
        boundaries: Shapes of the areas as GeoJSON, `None` without a map.
        inclusion: Proof that the record of use holds the release: the event, its index, size, root and path.
        accountable: Who answers for it.
        licence: What the recipient may do with it.
    """

    names: Mapping[str, str]
    boundaries: Mapping[str, object] | None
    inclusion: Mapping[str, Json]
    accountable: str
    licence: str


def manifest_of(release: Release, files: Mapping[str, bytes], signer: Signer, about: About) -> bytes:
    """The manifest of files, signed with Ed25519 over its RFC 8785 text without the signature.

    Raises:
        Unsafe: The key is a practice key and the release is not, or the other way round.
    """
    return signed({**_content(release, about), "files": _files(files)}, signer)


def signed(content: Mapping[str, Json], signer: Signer) -> bytes:
    """A manifest of any sort, with the key that signed it and its signature over the rest.

    Args:
        content: What it says; `training` among it.
        signer: Whose signature it gets.

    Raises:
        Unsafe: The key is a practice key and the content is not, or the other way round.
    """
    tree: dict[str, Json] = {**content, "key": _key(signer)}
    message = signed_text(tree)
    signature = signer.sign(message, domain=DOMAIN)
    if not verify(signer.public, message, signature, domain=domain_of(tree)):
        raise Unsafe(say("practice releases are signed with practice keys, and real ones with real keys"))
    tree[SIGNATURE] = base64.b64encode(signature).decode()
    return (json.dumps(tree, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def _content(release: Release, about: About) -> dict[str, Json]:
    made = release.provenance
    policy = dict(release.policy)
    return {
        "format": FORMAT,
        "training": release.training,
        "answer_id": release.answer_id,
        "digest": release.digest,
        "decided_at": release.decided_at.isoformat(),
        "spec": dict(made.spec),
        "spec_id": made.spec_id,
        "data": {"dataset": made.dataset, "version": made.data_version, "zone": made.zone},
        "geography": made.geography,
        "partitions": dict(made.partitions),
        "code": made.code,
        "policy": {part: policy[part] for part in ("id", "name", "version", "title")},
        "plugins": {"engine": made.engine, "kinds": nested(made.spec)},
        "checks": policy["rule"],
        "cells": {status.value: count for status, count in release.by_status().items()},
        "rho": None,
        "reviewers": [],
        "coverage": [{"id": text.id, "values": dict(text.values)} for text in release.statement],
        "accountable": about["accountable"],
        "licence": about["licence"],
        "inclusion": dict(about["inclusion"]),
    }


def _files(files: Mapping[str, bytes]) -> list[Json]:
    return [
        {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        for name, content in sorted(files.items())
    ]


def _key(signer: Signer) -> dict[str, Json]:
    public = base64.b64encode(signer.public).decode()
    return {"algorithm": "Ed25519", "public": public, "fingerprint": signer.fingerprint}


def signed_text(tree: Mapping[str, Json]) -> bytes:
    """What the signature is over.

    Raises:
        BadInput: The manifest holds something that has no canonical text.
    """
    try:
        return canonical({name: value for name, value in tree.items() if name != SIGNATURE}).encode()
    except (UnicodeEncodeError, RecursionError):
        raise BadInput(say("this is not a manifest")) from None


def domain_of(tree: Mapping[str, Json]) -> str:
    """The domain its signature must verify in, by what the manifest says of itself."""
    return DOMAIN if tree.get("training") is False else TRAINING_DOMAIN


def parse(text: bytes) -> dict[str, Any]:
    """A manifest from its bytes. A name that stands twice is refused: two readers could see two things.

    Raises:
        BadInput: It is not the JSON object of a manifest.
    """
    try:
        tree = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        tree = None
    if not isinstance(tree, dict):
        raise BadInput(say("this is not a manifest"))
    return tree


def _once(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    tree = dict(pairs)
    if len(tree) != len(pairs):
        raise ValueError
    return tree
