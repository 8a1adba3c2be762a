"""What lies around the records of a study when somebody is erased from it: files sent and not deposited, corrections.

Neither can be rewritten. A file that was sent belongs to no study yet, so it may hold anybody; a correction says which
values it looks for, and a finding about rows suggests some. They are destroyed, whoever is in them.
"""

from collections.abc import Iterator
from dataclasses import replace

from safeconduct.actions.cleaning import LOOKED
from safeconduct.actions.deposits_held import Held, body_of, held_in
from safeconduct.actions.messages import tell
from safeconduct.actions.room import Room
from safeconduct.actions.uploading import RECEIVED, RECEIVING
from safeconduct.ledger.entries import Fact
from safeconduct.model.errors import BrokenPromise, WrongState
from safeconduct.model.text import say
from safeconduct.model.trees import from_tree

DESTROYED = "destroyed"


def destroy_loose_uploads(room: Room) -> None:
    """Destroy every file that was sent and that nothing was made of; whoever sent it is told to send it again.

    Raises:
        BrokenPromise: Somebody is sending a piece at this moment; what came before is gone, and it is tried again.
    """
    said = say("Somebody asked to be erased, so a file you sent and did not deposit was destroyed; send it again.")
    for fact in room.site.ledger.facts("upload"):
        if fact.state in {RECEIVING, RECEIVED}:
            _destroy(room, fact.id)
            with room.write() as act:
                act.tx.put("upload", fact.id, fact.body, state=DESTROYED, at=room.now)
                tell(act, [str(one) for one in (fact.body.get("by"),) if one], said, href="/data/deposits/new")
                act.record(fact.id, {"command": "expire"})


def _destroy(room: Room, upload: str) -> None:
    try:
        room.site.uploads.destroy(upload)
    except WrongState as error:
        raise BrokenPromise(error.text) from None


def forget_corrections(room: Room, study: str) -> None:
    """Destroy the corrections of a study's deposits and what looks at their rows found; digests stay as proof."""
    for fact in room.site.ledger.facts("deposit"):
        held = held_in(room.site, fact.id)
        if held.deposit.study == study:
            _forget(room, fact, held)


def _forget(room: Room, fact: Fact, held: Held) -> None:
    documents = set(_corrections(room, fact.id))
    if held.corrections:
        with room.write() as act:
            act.tx.put("deposit", fact.id, body_of(replace(held, corrections="")), state=fact.state, at=room.now)
            act.record(fact.id, {"corrections": "", "before": held.corrections})
    for key, document in _looks(room, fact.id):
        documents.add(document)
        with room.write() as act:
            act.tx.put(LOOKED, key, {"document": document}, state=DESTROYED, at=room.now)
            act.record(fact.id, {"looked": document, "command": "expire"})
    for document in sorted(documents - _others(room, fact.id)):
        room.site.documents.delete(document)


def _corrections(room: Room, deposit: str) -> Iterator[str]:
    """Every document of corrections that a deposit ever had."""
    for one in room.site.ledger.history("deposit", deposit):
        if document := from_tree(Held, one.body).corrections:
            yield document


def _others(room: Room, deposit: str) -> frozenset[str]:
    """Corrections of deposits of other studies that say the same, word for word."""
    study = held_in(room.site, deposit).deposit.study
    held = (held_in(room.site, fact.id) for fact in room.site.ledger.facts("deposit"))
    return frozenset(one.corrections for one in held if one.deposit.study != study)


def _looks(room: Room, deposit: str) -> Iterator[tuple[str, str]]:
    """Every look at the rows of a deposit whose findings are there still, and the document that holds them."""
    for fact in room.site.ledger.facts(LOOKED):
        job = room.site.queue.get(fact.id)
        if fact.state != DESTROYED and job is not None and job.body.get("deposit") == deposit:
            yield fact.id, str(fact.body["document"])
