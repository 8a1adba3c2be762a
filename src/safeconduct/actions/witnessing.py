"""Those who watch the record of use: what they are shown, and the signatures they give."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from safeconduct.actions.room import Room
from safeconduct.actions.verb import action
from safeconduct.keys.provider import FileKeys
from safeconduct.keys.signing import Signer
from safeconduct.keys.signing import verify as verify_signature
from safeconduct.ledger.witness import Witness, hashes
from safeconduct.ledger.witness_file import cosign_kept, keep, kept
from safeconduct.model.canonical import Json
from safeconduct.model.errors import BadInput, NotFound, WrongState
from safeconduct.model.text import say

WITNESS = "witness"
STATE, KEYS = "witness.json", "keys"
KEY_DIGITS = 64
COSIGNATURE, CHECKPOINT = "cosignature", "checkpoint"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a witness is shown.

    Attributes:
        checkpoint: The signed root of the record of use as it is now.
        proof: Hashes that show that it begins with what the witness signed last.
        first: Events in it when the witness signed last, as whoever asked said.
    """

    checkpoint: Mapping[str, Json] = field(hash=False)
    proof: tuple[str, ...]
    first: int = 0


@dataclass(frozen=True, kw_only=True)
class WitnessLine:
    """A witness this site knows.

    Attributes:
        name: What it calls itself.
        key: Its public key, 64 hexadecimal digits.
        size: Events in the record of use when it signed last; 0 where it never did.
    """

    name: str
    key: str
    size: int = 0


@action(needs="audit")
def show_checkpoint(room: Room, *, first: int = 0) -> Shown:
    """Sign the record of use as it is now, and show how it grew: for a witness to check and sign.

    Args:
        first: Events in it when the witness signed last; 0 the first time.
    """
    shown = room.site.ledger.shown(first, room.site.sign_checkpoint, at=room.now)
    checkpoint, proof = shown["checkpoint"], shown["proof"]
    return Shown(
        checkpoint=checkpoint if isinstance(checkpoint, Mapping) else {},
        proof=tuple(str(one) for one in proof) if isinstance(proof, list | tuple) else (),
        first=first,
    )


@action(needs="govern", repeatable=True)
def add_witness(room: Room, *, name: str, key: str) -> WitnessLine:
    """Say whom this site shows its record of use to, and whose signatures it keeps.

    Args:
        name: What the witness calls itself, such as `ngo.example`.
        key: Its public key, 64 hexadecimal digits; have it from them by another way.
    """
    line = WitnessLine(name=name, key=_hex(key))
    Witness(name=name, log=line.key)  # names and keys of witnesses are of one form
    known = room.site.ledger.fact(WITNESS, name)
    if known is not None and known.body["key"] != line.key:
        raise WrongState(say("a witness of that name is known already with another key; give this one another name"))
    with room.write() as act:
        act.tx.put(WITNESS, name, {"key": line.key}, at=room.now)
        act.record(name, {"key": line.key})
    return line


@action(needs="audit", repeatable=True)
def keep_cosignature(room: Room, *, cosignature: Mapping[str, object]) -> WitnessLine:
    """Keep what a witness signed, beside the signed root that it saw.

    Args:
        cosignature: What `safeconduct witness sign` printed.
    """
    name, size = str(cosignature.get("witness", "")), cosignature.get("size")
    known = room.site.ledger.fact(WITNESS, name)
    if known is None or known.body["key"] != cosignature.get("public"):
        raise NotFound(say("this site knows no witness of that name and key; add the witness first"))
    if type(size) is not int:
        raise BadInput(say("this is not what a witness signed; give what 'safeconduct witness sign' printed"))
    body: dict[str, Json] = {one: _plain(value) for one, value in cosignature.items()}
    check = partial(_signed, domains=_domains(COSIGNATURE, training=room.site.settings.training))
    with room.write() as act:
        act.tx.cosigned(size, body, check_signature=check)
        act.record(name, {"size": size})
    return WitnessLine(name=name, key=str(known.body["key"]), size=size)


@action(needs="audit", reads=True)
def witnesses(room: Room) -> list[WitnessLine]:
    """Witnesses this site knows, and how far each has signed."""
    sizes: dict[str, int] = {}
    for checkpoint in room.site.ledger.checkpoints():
        size = int(str(checkpoint["size"]))
        for one in room.site.ledger.cosignatures(size):
            sizes[str(one["witness"])] = size
    facts = room.site.ledger.facts(WITNESS)
    return [WitnessLine(name=one.id, key=str(one.body["key"]), size=sizes.get(one.id, 0)) for one in facts]


def start_witness(folder: Path, *, name: str, owner: str, training: bool = False) -> WitnessLine:
    """Make a witness on a machine of its own: its key, and what it keeps of one record of use.

    Args:
        folder: Where; made if absent.
        name: What it calls itself.
        owner: Public key of the record's owner, 64 hexadecimal digits; have it from them by another way.
        training: A practice witness, which watches practice sites only.

    Raises:
        WrongState: There is a witness already.
    """
    state = Witness(name=name, log=_hex(owner))
    if (folder / STATE).exists():
        raise WrongState(say("there is a witness in that folder already; choose another folder"))
    (folder / KEYS).mkdir(parents=True, exist_ok=True, mode=0o700)
    signer = Signer.create(FileKeys.create(folder / KEYS, training=training), folder / KEYS)
    keep(folder / STATE, state)
    return WitnessLine(name=name, key=signer.public.hex())


def sign_as_witness(folder: Path, shown: Mapping[str, object]) -> dict[str, Json]:
    """Check what a site shows, and sign it if it grew out of what was signed before.

    Args:
        folder: The witness's folder.
        shown: What `show_checkpoint` gave.

    Raises:
        Tampered: The record of use was rolled back or rewritten, or is not the owner's.
        BadInput: This is not what a site shows, or was asked for with another size than was signed last.
    """
    checkpoint, proof = shown.get("checkpoint"), shown.get("proof")
    if not isinstance(checkpoint, Mapping) or not isinstance(proof, list | tuple):
        raise BadInput(say("this is not what a site shows a witness; ask it with 'safeconduct show-checkpoint --json'"))
    _asked_with(kept(folder / STATE).size, shown.get("first"), checkpoint.get("size"))
    signer = Signer.open(FileKeys.open(folder / KEYS), folder / KEYS)
    return cosign_kept(
        folder / STATE,
        checkpoint,
        hashes(list(proof)),
        lambda message: (signer.public, signer.sign(message, domain=COSIGNATURE)),
        at=datetime.now(UTC),
        check_signature=partial(_signed, domains=_domains(CHECKPOINT, training=signer.training)),
    )


def _asked_with(signed: int, first: object, size: object) -> None:
    """Tell a slip of whoever asked from a record that was rewritten: a proof from another size shows neither.

    Raises:
        BadInput: The site was asked how the record grew from another size than this witness signed.
    """
    grew = isinstance(size, int) and size > signed > 0
    if grew and isinstance(first, int) and first != signed:
        raise BadInput(
            say(
                "the site was asked how its record grew from {first} events, and this witness signed {signed}; ask "
                "again with 'safeconduct show-checkpoint --first {signed} --json'",
                first=first,
                signed=signed,
            ),
            field="first",
        )


def seen_by(folder: Path) -> Mapping[int, bytes]:
    """The root a witness signed last, by size; `verify_ledger` compares the record with it."""
    return kept(folder / STATE if folder.is_dir() else folder).seen


def _domains(name: str, *, training: bool) -> tuple[str, ...]:
    return (f"training/{name}",) if training else (name,)


def _signed(public: bytes, message: bytes, signature: bytes, *, domains: tuple[str, ...]) -> bool:
    return any(verify_signature(public, message, signature, domain=domain) for domain in domains)


def _hex(key: str) -> str:
    try:
        known = len(bytes.fromhex(key)) * 2 == KEY_DIGITS == len(key)
    except ValueError:
        known = False
    if not known:
        raise BadInput(say("a public key is 64 hexadecimal digits"), field="key")
    return key.lower()


def _plain(value: object) -> Json:
    return value if isinstance(value, int) else str(value)
