"""Licences: what each person was granted, accepted by each, over at once when it is over."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from safeconduct.actions.editions import Edition, edition_of
from safeconduct.actions.finding import entry_of, title_of
from safeconduct.actions.moving import table
from safeconduct.actions.profiles import person_of
from safeconduct.actions.room import Act, Room
from safeconduct.actions.site import Site
from safeconduct.actions.verb import action
from safeconduct.govern import licences as rules
from safeconduct.govern.clauses import Terms, terms
from safeconduct.govern.licences import Licence, parts_in_licence
from safeconduct.govern.states.machine import moved
from safeconduct.ledger.entries import Fact
from safeconduct.model.editions import ReleasedFile
from safeconduct.model.errors import BadInput, NotFound, WrongState
from safeconduct.model.study import Access
from safeconduct.model.text import say
from safeconduct.model.trees import from_tree, to_mapping

PUBLIC_USE_DAYS = 365
PUBLIC_USE_DOWNLOADS = 10
STATES_OF_USE = frozenset({"offered", "accepted"})


@dataclass(frozen=True, kw_only=True)
class LicenceView:
    """A licence as its person sees it.

    Attributes:
        licence: What it allows.
        title: Title of the study, by language.
        clauses: The terms, in the reader's language where there is one.
        offer: What accepting refers to; it changes when a word of it does.
        destroy_by: The day by which destruction must be confirmed, `None` where nothing is due.
        files: The files of its edition that it opens.
        left: How often each can still be begun, by name.
    """

    licence: Licence
    title: dict[str, str]
    clauses: Terms
    offer: str
    destroy_by: date | None
    files: tuple[ReleasedFile, ...] = ()
    left: Mapping[str, int] = field(default_factory=dict, hash=False)


@action(needs="receive", reads=True)
def my_licences(room: Room) -> list[LicenceView]:
    """Your licences, the latest first: what they allow, until when, what is due."""
    mine = [one for one in every_licence(room.site) if one.person == room.caller.account]
    return [_view(room, one) for one in reversed(mine)]


@action(needs="receive", reads=True)
def licence_state(room: Room, *, licence: str) -> LicenceView:
    """A licence of yours, with its terms.

    Args:
        licence: Its id.
    """
    return _view(room, own_licence(room, licence))


@action(needs="receive")
def licence_public_use(room: Room, *, study: str) -> LicenceView:
    """Ask for a public use file: no committee decides, the terms must be accepted all the same.

    Args:
        study: Id of the study.
    """
    entry = entry_of(room.site, study)
    if entry.release is None or entry.access is not Access.PUBLIC_USE:
        raise WrongState(say("The files of this study are not for public use; its page says how they can be had."))
    for one in every_licence(room.site):
        same = (one.study, one.edition) == (study, entry.release.edition)
        if one.person == room.caller.account and same and _in_force(one, room.now.date()) in STATES_OF_USE:
            return _view(room, one)
    today = room.now.date()
    licence = Licence(
        id=f"l{secrets.token_hex(6)}", request="", study=study, edition=entry.release.edition,
        person=room.caller.account, downloads={one.name: PUBLIC_USE_DOWNLOADS for one in entry.files}, first=today,
        until=today + timedelta(days=PUBLIC_USE_DAYS), terms=terms("public_use").id,
    )  # fmt: skip
    with room.write() as act:
        put_licence(act, licence)
        act.record(licence.id, {"study": study, "command": "offer"})
    return _view(room, licence)


@action(needs="receive", repeatable=True)
def accept_licence(room: Room, *, licence: str, offer: str) -> LicenceView:
    """Accept the terms of a licence of yours; each person of a team does so alone.

    Args:
        licence: Its id.
        offer: What you read, as `licence_state` tells it; words that changed since must be read again.
    """
    own_licence(room, licence)
    with room.write() as act:
        found = licence_in(act, licence)
        moved(table("licence"), found.state, "accept", parts_in_licence(person_of(room), found))
        taken = rules.accept(found, by=room.caller.account, at=room.now, offer=offer)
        put_licence(act, taken)
        act.record(licence, {"command": "accept", "offer": offer})
    return _view(room, taken)


@action(needs="look", repeatable=True)
def revoke_licence(room: Room, *, licence: str, reason: str) -> Licence:
    """Take one person's licence away, at once; downloads under way stop.

    Args:
        licence: Its id.
        reason: Why.
    """
    if not reason.strip():
        raise BadInput(say("Give the reason; it is recorded."), field="reason")
    with room.write() as act:
        found = licence_in(act, licence)
        if not (parts := parts_in_licence(person_of(room), found)):
            raise NotFound(say("There is no such licence, or it is not yours."))
        to = moved(table("licence"), found.state, "revoke", parts)
        gone = replace(found, state=to, ended_at=room.now)
        put_licence(act, gone)
        act.record(licence, {"command": "revoke", "reason": reason})
    return gone


@action(needs="receive", repeatable=True)
def confirm_destruction(room: Room, *, licence: str) -> LicenceView:
    """Confirm that every copy of the files of a licence of yours was destroyed.

    Args:
        licence: Its id.
    """
    own_licence(room, licence)
    with room.write() as act:
        found = licence_in(act, licence)
        to = moved(table("licence"), found.state, "confirm_destruction", parts_in_licence(person_of(room), found))
        gone = replace(found, state=to, ended_at=found.ended_at or room.now)
        put_licence(act, gone)
        act.record(licence, {"command": "confirm_destruction"})
    return _view(room, gone)


def _view(room: Room, licence: Licence) -> LicenceView:
    today = room.now.date()
    shown = replace(licence, state=_in_force(licence, today))
    return LicenceView(
        licence=shown,
        title=title_of(room.site, licence.study),
        clauses=_terms(licence),
        offer=licence.offer,
        destroy_by=rules.destruction_due(licence, today=today),
        files=_files(room.site, licence),
        left={name: rules.left(licence, name) for name in licence.downloads},
    )


def _files(site: Site, licence: Licence) -> tuple[ReleasedFile, ...]:
    """The files of the edition a licence opens, whatever became of it since; those it opens."""
    edition, _ = edition_of(site, f"{licence.study}/{licence.edition}")
    return tuple(one for one in files_of_edition(site, edition) if one.name in licence.downloads)


def files_of_edition(site: Site, edition: Edition) -> tuple[ReleasedFile, ...]:
    """The files of an edition that left, whatever became of it since; none of one that did not."""
    tree = site.documents.get(edition.files) if edition.files else []
    return tuple(from_tree(ReleasedFile, one) for one in tree) if isinstance(tree, list) else ()


def _terms(licence: Licence) -> Terms:
    """The terms a licence was offered with, whatever their newest version says."""
    names = ("licensed", "public_use")
    found = [one for name in names for one in every_version(name) if one.id == licence.terms]
    return found[0] if found else terms("licensed" if licence.request else "public_use")


def every_version(name: str) -> list[Terms]:
    """Every version of some terms, the newest first."""
    newest = terms(name)
    return [terms(name, number) for number in range(newest.version, 0, -1)]


def _in_force(licence: Licence, today: date) -> str:
    """The state a licence is in today: its last day ends it, whether or not anybody wrote that down."""
    return "expired" if licence.state in STATES_OF_USE and today > licence.until else licence.state


def own_licence(room: Room, licence: str) -> Licence:
    """A licence of the caller's.

    Raises:
        NotFound: There is none, or it is somebody else's.
    """
    found = licence_of(room.site, licence)
    if found.person != room.caller.account:
        raise NotFound(say("There is no such licence, or it is not yours."))
    return found


def licence_of(site: Site, licence: str) -> Licence:
    """A licence by its id.

    Raises:
        NotFound: There is none.
    """
    return _read(site.ledger.fact("licence", licence))


def licence_in(act: Act, licence: str) -> Licence:
    """A licence as an open transaction sees it, so that an end that came meanwhile is not undone.

    Raises:
        NotFound: There is none.
    """
    return _read(act.tx.fact("licence", licence))


def _read(fact: Fact | None) -> Licence:
    if fact is None:
        raise NotFound(say("There is no such licence, or it is not yours."))
    return from_tree(Licence, fact.body)


def every_licence(site: Site) -> list[Licence]:
    """Every licence, the first one first."""
    return [from_tree(Licence, fact.body) for fact in site.ledger.facts("licence")]


def put_licence(act: Act, licence: Licence) -> None:
    """Write a licence down as it is now; the caller writes the event."""
    body = to_mapping(licence)
    act.tx.put("licence", licence.id, body, state=licence.state, at=act.room.now)
