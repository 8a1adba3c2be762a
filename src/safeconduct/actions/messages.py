"""Messages: what somebody should look at; a message says where to look and never a figure."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from safeconduct.actions.profiles import home_of, organisation_of
from safeconduct.actions.room import Act, Room
from safeconduct.actions.verb import action
from safeconduct.govern.organisations import same_organisation
from safeconduct.govern.roles import Role
from safeconduct.ledger.entries import Fact
from safeconduct.model.errors import NotFound
from safeconduct.model.text import Text, say
from safeconduct.model.trees import from_tree, to_tree

NEW, READ = "new", "read"
MOST = 100


@dataclass(frozen=True, kw_only=True)
class Message:
    """Something to look at.

    Attributes:
        id: Its id.
        says: What it is about.
        href: Where to look.
        at: When it came, UTC.
        new: Whether it was not read yet.
    """

    id: str
    says: Text
    href: str
    at: datetime
    new: bool


def tell(act: Act, accounts: Iterable[str], says: Text, *, href: str) -> None:
    """Leave a message for people; the caller writes the event that tells of it."""
    for account in dict.fromkeys(accounts):
        body = {"to": account, "says": to_tree(says), "href": href, "sent": act.room.now.isoformat()}
        act.tx.put("message", f"{account}:{secrets.token_hex(6)}", body, state=NEW, at=act.room.now)


def holders(room: Room, role: Role) -> list[str]:
    """Accounts of everybody who has a role."""
    return [one.id for one in room.site.accounts.everybody() if role.value in one.roles]


def of_the_house(room: Room, role: Role) -> list[str]:
    """Accounts of everybody who has a role and works for the organisation that runs the site; guests are told apart."""
    home = home_of(room.site)
    return [one for one in holders(room, role) if same_organisation(organisation_of(room.site, one), home)]


@action(needs="look", reads=True)
def messages(room: Room) -> list[Message]:
    """Messages for you, the latest first."""
    found = room.site.ledger.facts("message", prefix=f"{room.caller.account}:")
    return [_message(one) for one in reversed(found[-MOST:])]


@action(needs="look", repeatable=True)
def read_message(room: Room, *, message: str) -> Message:
    """Mark a message of yours as read.

    Args:
        message: Its id.
    """
    fact = room.site.ledger.fact("message", f"{room.caller.account}:{message}")
    if fact is None:
        raise NotFound(say("There is no such message."))
    with room.write() as act:
        act.tx.put("message", fact.id, fact.body, state=READ, at=room.now)
        act.record(message, {})
    return _message(fact)


def _message(fact: Fact) -> Message:
    return Message(
        id=fact.id.partition(":")[2],
        says=from_tree(Text, fact.body["says"]),
        href=str(fact.body["href"]),
        at=datetime.fromisoformat(str(fact.body["sent"])),
        new=fact.state == NEW,
    )
