"""Judging the days of a version, and writing down in one transaction with it which of them are held back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from safeconduct.actions.messages import of_the_house, tell
from safeconduct.actions.room import Act, Room
from safeconduct.actions.trusted import (
    BOOK,
    BY_HAND,
    DAY,
    HELD,
    MENDED,
    book_of,
    checks_of,
    current_book,
    figures_of,
    held_facts,
    holds_of,
    settings_of,
    source_of,
)
from safeconduct.govern.roles import Role
from safeconduct.ingest.quality_look import Bounds, Look, look, unseen
from safeconduct.ledger.entries import Fact
from safeconduct.model.canonical import Json
from safeconduct.model.quality import Source
from safeconduct.model.text import say
from safeconduct.store.versions import Manifest

PAGE = "/data/quality"


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A look that is still to be written down, with what was decided before it."""

    look: Look
    facts: Mapping[Source, Fact] = field(hash=False)


def judge(
    room: Room, manifest: Manifest, *, everything: bool = False,
    progress: Callable[[str, int, int], None] = lambda _step, _done, _all: None,
) -> Judged:  # fmt: skip
    """Look at the days of a version that nobody looked at; nothing is decided until `write_down`.

    Args:
        room: Who and where.
        manifest: The version, committed or about to be.
        everything: Look at every day anew.
        progress: Told which step, how many done, of how many.
    """
    site, dataset = room.site, manifest.dataset
    book = book_of(site, dataset, current_book(site, dataset))
    every = frozenset(Source(type=one.type, day=one.day) for one in manifest.partitions)
    found = look(
        site.records(manifest),
        manifest,
        pages=figures_of(site, dataset),
        book=book,
        settings=settings_of(site, dataset),
        holds=holds_of(site, dataset),
        bounds=Bounds(spill=site.folders.spill, memory_mb=site.settings.memory_mb, threads=site.settings.threads),
        at=room.now,
        sources=every if everything else unseen(manifest, book),
        progress=lambda done, all_: progress("quality", done, all_),
    )
    return Judged(look=found, facts={source_of(one): one for one in held_facts(site, dataset)})


def write_down(act: Act, manifest: Manifest, judged: Judged) -> None:
    """Name the book that holds from now on, and decide about every day that was looked at.

    What somebody decided about a day meanwhile stands.
    """
    if not judged.look.looked:
        return
    room, dataset = act.room, manifest.dataset
    book = figures_of(room.site, dataset).put(judged.look.book.to_tree())
    act.tx.put(BOOK, dataset, {"book": book, "manifest": manifest.id}, at=room.now)
    newly = [one for one in sorted(judged.look.looked) if _decided(act, dataset, one, judged)]
    if newly:
        people = of_the_house(room, Role.STEWARD)
        tell(act, people, say("Days of records were held back: they look cut or far from usual."), href=PAGE)
    act.record(dataset, {"manifest": manifest.id, "days": len(judged.look.looked)}, verb="look_at_quality")


def _decided(act: Act, dataset: str, source: Source, judged: Judged) -> bool:
    """Write down what changes about a day; whether it is newly held back."""
    reasons, fact = judged.look.held.get(source, frozenset()), judged.facts.get(source)
    if act.tx.fact(DAY, f"{dataset}/{source.name}") != fact:
        return False
    before = checks_of(fact) if fact is not None and fact.state == HELD else frozenset()
    if BY_HAND in before:
        return False
    if reasons and reasons != before:
        put_day(act, dataset, source, state=HELD, checks=reasons)
        return not before
    if before and not reasons:
        put_day(act, dataset, source, state=MENDED, checks=before)
    return False


def put_day(act: Act, dataset: str, source: Source, *, state: str, checks: frozenset[str], reason: str = "") -> None:
    """Write down what holds of a day; the record of use says so."""
    body: dict[str, Json] = {"checks": sorted(checks), "reason": reason}
    act.tx.put(DAY, f"{dataset}/{source.name}", body, state=state, at=act.room.now)
    act.record(f"{dataset}/{source.name}", {"checks": sorted(checks), "state": state}, verb="hold_day")
