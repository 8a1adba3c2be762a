"""Cards of mosaic reports, and facts from elsewhere, that nobody needs any more: destroyed by housekeeping.

A report is replaced by the next one about the same data set and the same answer; one that was made with facts from
elsewhere ends with these. Either can be made again by whoever asks.
"""

from collections.abc import Iterator

from safeconduct.actions.auxiliary import AUXILIARY, CURRENT
from safeconduct.actions.mosaic import DONE, MOSAIC, VERB
from safeconduct.actions.room import Room
from safeconduct.actions.site import Site
from safeconduct.ledger.entries import Fact

DESTROYED = "destroyed"


def forget_cards(room: Room) -> Iterator[str]:
    """Destroy cards of reports that were replaced, or made with facts from elsewhere that were removed since.

    Yields:
        The key of each report whose card was destroyed; doing it again yields nothing.
    """
    site = room.site
    for fact in _ended(site):
        with room.write() as act:
            act.tx.put(MOSAIC, fact.id, fact.body, state=DESTROYED, at=room.now)
            act.record(str(fact.body["dataset"]), {"mosaic": fact.id, "command": "expire"})
        yield fact.id
    held = {str(fact.body["card"]) for fact in site.ledger.facts(MOSAIC, state=DONE)}
    _delete(site, {str(fact.body["card"]) for fact in site.ledger.facts(MOSAIC, state=DESTROYED)} - held)


def forget_reports(room: Room, dataset: str) -> None:
    """Destroy what was worked out for insiders about groups of people of a data set; anybody may have it made anew."""
    for fact in room.site.ledger.facts(MOSAIC, state=DONE):
        if fact.body.get("dataset") == dataset:
            with room.write() as act:
                act.tx.put(MOSAIC, fact.id, fact.body, state=DESTROYED, at=room.now)
                act.record(dataset, {"mosaic": fact.id, "command": "expire"})
            room.site.documents.delete(str(fact.body["card"]))


def forget_facts(room: Room) -> Iterator[str]:
    """Destroy numbers of removed facts from elsewhere, should a crash have left them.

    Yields:
        The document of each; doing it again yields nothing.
    """
    facts = room.site.ledger.facts(AUXILIARY)
    held = {str(fact.body["document"]) for fact in facts if fact.state == CURRENT}
    left = {str(fact.body["document"]) for fact in facts if fact.state != CURRENT} - held
    yield from _delete(room.site, left)


def _ended(site: Site) -> Iterator[Fact]:
    """Reports that hold no more: all but the newest of each subject, and those with facts that are gone."""
    there = {fact.id.rpartition(":")[2] for fact in site.ledger.facts(AUXILIARY, state=CURRENT)}
    newest: dict[tuple[str, str], Fact] = {}
    for fact in sorted(site.ledger.facts(MOSAIC, state=DONE), key=lambda one: one.at):
        answer, auxiliaries = _made_from(site, fact)
        if not auxiliaries <= there:
            yield fact
            continue
        subject = (str(fact.body["dataset"]), answer)
        if subject in newest:
            yield newest[subject]
        newest[subject] = fact


def _made_from(site: Site, fact: Fact) -> tuple[str, frozenset[str]]:
    """The answer a report was about, `""` for none, and the facts from elsewhere it was made with."""
    job = site.queue.get(f"{VERB}/{fact.id}")
    named = job.body.get("auxiliaries") if job else ()
    listed = named if isinstance(named, list | tuple) else ()
    return str(job.body.get("answer", "")) if job else "", frozenset(map(str, listed))


def _delete(site: Site, documents: set[str]) -> list[str]:
    """Delete documents; those that were still there."""
    there = sorted(one for one in documents if site.documents.has(one))
    for one in there:
        site.documents.delete(one)
    return there
