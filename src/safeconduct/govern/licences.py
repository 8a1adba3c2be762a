"""Licences: what one person may download, from where, until when, under which terms, and what is due afterwards.

Every condition a licence holds is one that `may_download` looks at: a limit that is written down and never read
protects nobody. `CONDITIONS` names them and a test changes each to see the answer change.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from safeconduct.govern.clauses import Terms
from safeconduct.govern.may import No, Yes, may
from safeconduct.govern.requests import AccessRequest
from safeconduct.govern.roles import Person, Role
from safeconduct.govern.states.machine import Part
from safeconduct.model.canonical import digest
from safeconduct.model.errors import BadInput, WrongState
from safeconduct.model.outcomes import Alternative
from safeconduct.model.text import say

DESTROY_DAYS = 30
"""Days after the end within which a person confirms that every copy was destroyed."""

HAD = frozenset({"released", "superseded"})
"""States of an edition whose files can be had."""

CONDITION: Mapping[str, bool] = {"condition": True}


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What a committee grants with a request; the same for everybody in its team.

    Attributes:
        files: How often each file may be downloaded, by name; a file that is not there may not be.
        first: First day.
        until: Last day, included.
        encrypted: Files come encrypted to each person's key and no other way.
        networks: Networks they may be downloaded from, as CIDR; `()` for any.
        conditions: What else was asked, in words; accepted together with the terms.
        terms: The terms.
    """

    files: Mapping[str, int] = field(hash=False)
    first: date
    until: date
    encrypted: bool = False
    networks: tuple[str, ...] = ()
    conditions: str = ""
    terms: Terms


@dataclass(frozen=True, kw_only=True)
class Licence:
    """What one person may download. `CONDITION` marks the fields that a download is measured against.

    Attributes:
        id: Opaque and stable.
        request: Id of the request it was granted on, `""` for a public use file.
        study: Id of the study it opens.
        edition: Number of the edition it opens.
        person: Opaque account id of whom it is for; nobody else has anything by it.
        state: Where it is, a state of the table `licence`.
        downloads: Whole downloads left by name of the file; a file that is not there may not be downloaded.
        first: First day.
        until: Last day, included.
        encrypt_to: The public key files are encrypted to, `""` where they need not be.
        networks: Networks it may be used from, as CIDR; `()` for any.
        conditions: What else was asked, in words.
        terms: Id of the terms.
        accepted_at: When they were accepted, `None` before.
        accepted: Digest of what was accepted: terms and conditions as they stood.
        ended_at: When it was revoked or ran out, `None` before.
        open: File by id of each delivery that was begun and is not whole yet; each holds a download.
        delivered: Ids of deliveries that were whole.

    Raises:
        BadInput: A network cannot be understood, or it ends before it begins.
    """

    id: str
    request: str
    study: str = field(metadata=CONDITION)
    edition: int = field(metadata=CONDITION)
    person: str = field(metadata=CONDITION)
    state: str = field(default="offered", metadata=CONDITION)
    downloads: Mapping[str, int] = field(hash=False, metadata=CONDITION)
    first: date = field(metadata=CONDITION)
    until: date = field(metadata=CONDITION)
    encrypt_to: str = field(default="", repr=False, metadata=CONDITION)
    networks: tuple[str, ...] = field(default=(), metadata=CONDITION)
    conditions: str = field(default="", metadata=CONDITION)
    terms: str = field(metadata=CONDITION)
    accepted_at: datetime | None = field(default=None, metadata=CONDITION)
    accepted: str = field(default="", metadata=CONDITION)
    ended_at: datetime | None = field(default=None, metadata=CONDITION)
    open: Mapping[str, str] = field(default_factory=dict, hash=False, metadata=CONDITION)
    delivered: tuple[str, ...] = field(default=(), metadata=CONDITION)

    def __post_init__(self) -> None:
        if self.until < self.first:
            raise BadInput(say("a licence does not end before it begins"), field="until")
        for network in self.networks:
            check_network(network)

    @property
    def offer(self) -> str:
        """Digest of what is accepted with it: the terms and the conditions in words."""
        return digest({"terms": self.terms, "conditions": self.conditions})


CONDITIONS = frozenset(one.name for one in fields(Licence) if one.metadata.get("condition"))
"""Names of the fields a download is measured against."""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A download somebody wants to begin or go on with, as it reaches us.

    Attributes:
        person: Who, as they signed in.
        study: Id of the study.
        edition: Number of the edition.
        edition_state: Where that edition is now, a state of the table `edition`.
        file: Name of the file.
        delivery: Opaque id of this delivery; going on after a break keeps it.
        address: The address the request comes from.
        key: The public key the delivery would be encrypted to, `""` for none.
        today: The day it is, where the site is.
    """

    person: Person
    study: str
    edition: int
    edition_state: str
    file: str
    delivery: str
    address: str
    key: str = field(default="", repr=False)
    today: date


def check_network(text: str) -> str:
    """A network as CIDR, for the form that asks for it.

    Raises:
        BadInput: It is none.

    Example:
        >>> check_network("196.43.128.0/18")
        '196.43.128.0/18'
    """
    try:
        return str(ip_network(text.strip()))
    except ValueError:
        raise BadInput(say("write a network as 192.0.2.0/24 or 2001:db8::/32"), field="networks") from None


def within(address: str, networks: tuple[str, ...]) -> bool:
    """Whether an address is in one of these networks; one that cannot be understood is in none.

    Example:
        >>> within("::ffff:192.0.2.7", ("192.0.2.0/24",)), within("unknown", ("0.0.0.0/0",))
        (True, False)
    """
    try:
        found = ip_address(address.strip())
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return any(found in ip_network(one) for one in networks)


def offered(request: AccessRequest, grant: Grant, *, account: str, id: str) -> Licence:  # noqa: A002 - the field's name
    """The licence one person of a granted request is offered.

    Args:
        request: The request, granted.
        grant: What was granted with it.
        account: Opaque id of the person.
        id: Opaque id of the licence.

    Raises:
        WrongState: The request is not granted.
        BadInput: The person is not of its team, has no key where files come encrypted, or the grant outlives the work.
    """
    if request.state != "approved":
        raise WrongState(say("only a granted request leads to a licence"))
    member = next((one for one in request.team if account and one.account == account), None)
    if member is None:
        raise BadInput(say("a licence is for somebody in the team of the request"), field="person")
    if grant.encrypted and not member.key:
        raise BadInput(say("the files come encrypted, so everybody in the team needs a public key"), field="team")
    if request.completion is None or grant.until > request.completion:
        raise BadInput(say("a licence ends no later than the work the request describes"), field="until")
    return Licence(
        id=id, request=request.id, study=request.study, edition=request.edition, person=account,
        downloads=dict(grant.files), first=grant.first, until=grant.until,
        encrypt_to=member.key if grant.encrypted else "", networks=tuple(map(check_network, grant.networks)),
        conditions=grant.conditions, terms=grant.terms.id,
    )  # fmt: skip


def parts_in_licence(person: Person, licence: Licence) -> frozenset[Part]:
    """What somebody is to a licence; its holder is nothing else to it, whatever their roles."""
    if person.account == licence.person:
        return frozenset({Part.MEMBER})
    roles = {Role.COMMITTEE: Part.COMMITTEE, Role.DPO: Part.DPO, Role.STEWARD: Part.STEWARD}
    return frozenset(part for role, part in roles.items() if role in person.roles)


def accept(licence: Licence, *, by: str, at: datetime, offer: str) -> Licence:
    """The licence once its person accepted what it offers.

    Args:
        licence: The licence.
        by: Opaque account id of who accepts; only the person it is for can.
        at: When, with a zone.
        offer: `licence.offer` as it was shown to them; what changed meanwhile must be read again.

    Raises:
        WrongState: There is nothing to accept, its time is over, or the words changed since they were shown.
        BadInput: Somebody else's licence; the caller tells it as not found.
    """
    if by != licence.person:
        raise BadInput(say("a licence is accepted by the person it is for"), field="person")
    if licence.state not in {"offered", "accepted"} or at.date() > licence.until:
        raise WrongState(say("this licence can no longer be accepted"))
    if offer != licence.offer:
        raise WrongState(say("the terms changed since you read them; read them again"))
    return replace(licence, state="accepted", accepted_at=at, accepted=offer)


def may_download(licence: Licence, attempt: Attempt) -> Yes | No:
    """Whether a download may begin or go on; asked for every piece, so that an end takes hold at once.

    The reasons are `licence.` and the name of the condition.
    """
    if isinstance(no := may("receive", attempt.person.roles), No):
        return no
    return next((no for check in CHECKS for no in check(licence, attempt)), Yes())


def _whose(licence: Licence, attempt: Attempt) -> Iterator[No]:
    if licence.person != attempt.person.account:
        yield No(reason="licence.person", what=say("This licence is somebody else's."))
    if (licence.study, licence.edition) != (attempt.study, attempt.edition):
        yield No(reason="licence.edition", what=say("The licence does not open this edition."))


def _standing(licence: Licence, attempt: Attempt) -> Iterator[No]:
    if attempt.edition_state not in HAD:
        yield No(reason="licence.edition_gone", what=say("This edition cannot be had, or no longer."))
    if licence.state == "offered":
        yield _unaccepted()
    if licence.state != "accepted" or licence.ended_at is not None:
        yield No(reason="licence.state", what=say("The licence is over; destroy the files and confirm it."))
    if licence.accepted_at is None or licence.accepted != licence.offer:
        yield _unaccepted()


def _unaccepted() -> No:
    return No(reason="licence.not_accepted", what=say("The agreement as it is now was not accepted yet."),
              alternatives=(Alternative(says=say("Read the agreement and accept it.")),))  # fmt: skip


def _days(licence: Licence, attempt: Attempt) -> Iterator[No]:
    if attempt.today < licence.first:
        day = licence.first.isoformat()
        yield No(reason="licence.first", what=say("The licence begins on {day}.", day=day))
    if attempt.today > licence.until:
        day = licence.until.isoformat()
        yield No(reason="licence.until", what=say("The licence ended on {day}.", day=day))


def _way(licence: Licence, attempt: Attempt) -> Iterator[No]:
    if licence.networks and not within(attempt.address, licence.networks):
        networks = ", ".join(licence.networks)
        yield No(reason="licence.networks", what=say("Download from one of the networks {list}.", list=networks))
    if licence.encrypt_to and attempt.key != licence.encrypt_to:
        yield No(reason="licence.encrypt_to", what=say("The files come encrypted to the key in the licence only."))


def _left(licence: Licence, attempt: Attempt) -> Iterator[No]:
    if attempt.file not in licence.downloads:
        yield No(reason="licence.file", what=say("The licence does not open this file."))
    elif attempt.delivery in licence.delivered:
        yield No(reason="licence.delivered", what=say("This download is complete; begin a new one to repeat it."))
    elif licence.open.get(attempt.delivery, attempt.file) != attempt.file:
        yield No(reason="licence.delivery", what=say("This download is of another file."))
    elif attempt.delivery not in licence.open and left(licence, attempt.file) < 1:
        yield No(
            reason="licence.downloads",
            what=say("No download of this file is left."),
            alternatives=(Alternative(says=say("Go on with a download you began, or ask the committee for more.")),),
        )


CHECKS: tuple[Callable[[Licence, Attempt], Iterator[No]], ...] = (_whose, _standing, _days, _way, _left)


def left(licence: Licence, file: str) -> int:
    """Downloads of a file that can still be begun: those not used, less those begun and not whole yet."""
    return max(0, licence.downloads.get(file, 0) - list(licence.open.values()).count(file))


def before_download(licence: Licence, *, file: str, delivery: str) -> Licence:
    """The licence with a delivery begun, which `may_download` allowed; going on with one changes nothing.

    A delivery holds its download from its first byte, so that many at once do not add up to more than are left.
    """
    if delivery in licence.delivered or delivery in licence.open:
        return licence
    return replace(licence, open={**licence.open, delivery: file})


def after_download(licence: Licence, *, delivery: str) -> Licence:
    """The licence once the last byte of a delivery was sent: counted once, however often this is told."""
    file = licence.open.get(delivery)
    if file is None:
        return licence
    return replace(
        licence,
        downloads={**licence.downloads, file: max(0, licence.downloads.get(file, 0) - 1)},
        open={one: name for one, name in licence.open.items() if one != delivery},
        delivered=(*licence.delivered, delivery),
    )


def ends_on(licence: Licence) -> date:
    """The last day it can have been used: the day it was ended, or its own last day if that came first."""
    return min(licence.until, licence.ended_at.date()) if licence.ended_at else licence.until


def destruction_due(licence: Licence, *, today: date) -> date | None:
    """The day by which destruction must be confirmed, `None` where nothing is due.

    Nothing is due while it can be used, once destruction was confirmed, and where no download was ever begun: half a
    file is destroyed too.
    """
    over = licence.state in {"expired", "revoked"} or today > licence.until or licence.ended_at is not None
    had = bool(licence.delivered or licence.open)
    return ends_on(licence) + timedelta(days=DESTROY_DAYS) if over and had and licence.state != "destroyed" else None


def overdue(licence: Licence, *, today: date) -> bool:
    """Whether the confirmation of destruction is late; until it comes, nothing new is granted to its person."""
    due = destruction_due(licence, today=today)
    return due is not None and today > due
