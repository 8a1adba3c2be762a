"""Deliveries: what a licence opens, packed for one person, fetched in as many pieces as needed, counted once."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from safeconduct.actions.editions import edition_of, release_of
from safeconduct.actions.licensing import licence_in, licence_of, own_licence, put_licence
from safeconduct.actions.parts import narrowed
from safeconduct.actions.profiles import person_of
from safeconduct.actions.room import Act, Room
from safeconduct.actions.site import Site
from safeconduct.actions.transfers import Stream
from safeconduct.actions.verb import action
from safeconduct.actions.working import Task, begin, system_act, task_of, works
from safeconduct.govern.licences import Attempt, Licence, after_download, before_download, may_download
from safeconduct.govern.may import No
from safeconduct.jobs.queue import Heartbeat, Job
from safeconduct.ledger.entries import Fact
from safeconduct.model.editions import ReleasedFile
from safeconduct.model.errors import NotFound, NotPermitted
from safeconduct.model.text import say
from safeconduct.model.trees import from_tree, to_mapping
from safeconduct.release.envelopes import Parcel, Recipient, envelope
from safeconduct.release.files import PublishedEdition

PREPARING, READY, BEGUN, COMPLETE = "preparing", "ready", "begun", "complete"
PIECE = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Something on its way to one person.

    Attributes:
        id: Its id; going on after a break keeps it.
        licence: Id of the licence.
        file: Name of the file of the edition that was asked for.
        packed: What is handed over, once it is ready.
        got: First and one past the last byte of every stretch that was handed over and taken.
        state: `preparing`, `ready`, `begun` or `complete`.
        work: How far the packing is.
    """

    id: str
    licence: str
    file: str
    packed: ReleasedFile | None = None
    got: tuple[tuple[int, int], ...] = ()
    state: str = PREPARING
    work: Task | None = None


@action(needs="receive")
def begin_delivery(room: Room, *, licence: str, file: str) -> Delivery:
    """Begin to take a licensed file home: it is packed with a manifest in your name, sealed to your key if agreed.

    Args:
        licence: Id of a licence of yours.
        file: Name of the file, as the licence names it.
    """
    own_licence(room, licence)
    delivery = f"v{secrets.token_hex(8)}"
    with room.write() as act:
        found = licence_in(act, licence)
        _allowed(room, found, file, delivery)
        put_licence(act, before_download(found, file=file, delivery=delivery))
        _put(act, Delivery(id=delivery, licence=licence, file=file))
        act.record(delivery, {"licence": licence, "file": file})
        work = begin(act, f"pack/{delivery}", {"delivery": delivery}, verb="pack_delivery")
    return Delivery(id=delivery, licence=licence, file=file, work=work)


@action(needs="receive", reads=True)
def deliveries(room: Room, *, licence: str) -> list[Delivery]:
    """What was begun under a licence of yours, the latest first.

    Args:
        licence: Its id.
    """
    own_licence(room, licence)
    found = [_read(fact) for fact in room.site.ledger.facts("delivery", prefix=f"{licence}:")]
    return [replace(one, work=task_of(room, f"pack/{one.id}")) for one in reversed(found)]


@action(needs="receive")
def fetch_delivery(room: Room, *, licence: str, delivery: str) -> Stream:
    """Take a file home, from any byte on; it is counted once, when its last byte was sent.

    That it began is recorded before the first byte. The licence is looked at for every piece: once it is over, the
    next piece does not come.

    Args:
        licence: Id of a licence of yours.
        delivery: Id of the delivery.
    """
    found = own_licence(room, licence)
    now = _delivery(room.site, licence, delivery)
    if now.packed is None:
        raise NotFound(say("The file is still being packed; ask again in a moment."))
    _allowed(room, found, now.file, delivery)
    packed = now.packed
    return Stream(
        name=packed.name,
        media=packed.media,
        size=packed.size,
        sha256=packed.sha256,
        read=lambda start, stop: _sent(room, now, packed, start, stop),
    )


def _sent(room: Room, delivery: Delivery, packed: ReleasedFile, start: int, stop: int) -> Iterator[bytes]:
    """The bytes asked for, piece by piece, written down before the first and after the last."""
    _begun(room, delivery, start)
    at = start
    try:
        with room.site.editions.open(packed.chest) as file:
            file.seek(start)
            while at < stop:
                _allowed(room, licence_of(room.site, delivery.licence), delivery.file, delivery.id)
                piece = file.read(min(PIECE, stop - at))
                yield piece
                at += len(piece)  # asked for more: whoever sends it on has taken this piece
            yield b""  # comes back only once what was sent before is out of the server's hands
    finally:
        _handed(room, delivery, packed, (start, at))


def _begun(room: Room, delivery: Delivery, start: int) -> None:
    """Note that somebody begins or goes on; whoever goes on after a break says so what of the last piece arrived."""
    with room.write() as act:
        now = _in(act, delivery)
        arrived = tuple((end, start) for _, end in ((0, 0), *now.got) if end < start <= end + PIECE)
        _put(act, replace(now, state=BEGUN if now.state == READY else now.state, got=merged((*now.got, *arrived))))
        act.record(delivery.id, {"command": "first_byte"})


def _handed(room: Room, delivery: Delivery, packed: ReleasedFile, stretch: tuple[int, int]) -> None:
    """Note which bytes went; once they all did, the download is counted."""
    with room.write() as act:
        now = _in(act, delivery)
        got = merged((*now.got, stretch))
        whole = got == ((0, packed.size),) and now.state != COMPLETE
        _put(act, replace(now, got=got, state=COMPLETE if whole else now.state))
        if whole:
            put_licence(act, after_download(licence_in(act, delivery.licence), delivery=delivery.id))
        act.record(delivery.id, {"command": "last_byte" if whole else "broke_off"})


def merged(stretches: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Stretches of bytes, those that touch joined, empty ones left out.

    Example:
        >>> merged(((0, 10), (20, 30), (10, 20), (5, 5)))
        ((0, 30),)
    """
    found: list[tuple[int, int]] = []
    for start, stop in sorted(one for one in stretches if one[0] < one[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(stop, found[-1][1]))
        else:
            found.append((start, stop))
    return tuple(found)


def _allowed(room: Room, licence: Licence, file: str, delivery: str) -> None:
    """Hold a download to its licence, for every piece of it.

    Raises:
        NotPermitted: It does not allow it, or not any more.
    """
    _, fact = edition_of(room.site, f"{licence.study}/{licence.edition}")
    attempt = Attempt(
        person=person_of(room), study=licence.study, edition=licence.edition, edition_state=fact.state, file=file,
        delivery=delivery, address=room.caller.address, key=licence.encrypt_to, today=datetime.now(UTC).date(),
    )  # fmt: skip
    answer = may_download(licence, attempt)
    if isinstance(answer, No):
        raise NotPermitted(answer.what)


@works("pack_delivery")
def _pack(site: Site, job: Job, beat: Heartbeat) -> None:
    """Pack what was asked for, with the codebook, and seal it."""
    key = next(fact.id for fact in site.ledger.facts("delivery") if fact.id.endswith(f":{job.body['delivery']}"))
    delivery = _read(site.ledger.fact("delivery", key))
    licence = licence_of(site, delivery.licence)
    edition, _ = edition_of(site, f"{licence.study}/{licence.edition}")
    files = site.documents.get(edition.files)
    published = PublishedEdition(
        files=tuple(from_tree(ReleasedFile, one) for one in files) if isinstance(files, list) else (),
        manifest=site.editions.open(edition.manifest).read(),
    )
    whole = published
    published = narrowed(site, licence, edition, published, delivery.file)
    words = {one.name for one in published.files if one.name.endswith((".html", ".xml"))}
    made = envelope(
        Parcel(release=release_of(site, edition), published=published, names=tuple(sorted({delivery.file, *words}))),
        recipient=Recipient(id=licence.person, licence=licence.id, terms=licence.accepted, key=licence.encrypt_to),
        chests=site.editions,
        signer=site.signer,
        now=datetime.now(UTC),
    )
    for one in set(published.files) - set(whole.files):
        site.editions.delete(one.chest)
    beat.step(1, 1)
    with site.ledger.write() as tx:
        act = system_act(site, tx, job)
        _put(act, replace(delivery, packed=made.file, state=READY))
        act.record(delivery.id, {"sha256": made.file.sha256, "sealed": made.sealed})
        site.queue.finish(tx, job, result_ref=delivery.id, now=act.room.now)


def _delivery(site: Site, licence: str, delivery: str) -> Delivery:
    return _read(site.ledger.fact("delivery", f"{licence}:{delivery}"))


def _in(act: Act, delivery: Delivery) -> Delivery:
    return _read(act.tx.fact("delivery", f"{delivery.licence}:{delivery.id}"))


def _read(fact: Fact | None) -> Delivery:
    if fact is None:
        raise NotFound(say("There is no such download, or it is not yours."))
    return from_tree(Delivery, fact.body)


def _put(act: Act, delivery: Delivery) -> None:
    body = to_mapping(replace(delivery, work=None))
    act.tx.put("delivery", f"{delivery.licence}:{delivery.id}", body, state=delivery.state, at=act.room.now)
