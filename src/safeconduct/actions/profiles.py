"""Who somebody works for: what separation of duties, conflicts of interest and invitations go by."""

from safeconduct.actions.room import Act, Room
from safeconduct.actions.site import Site
from safeconduct.govern.organisations import OrganisationKind, same_organisation
from safeconduct.govern.roles import Person
from safeconduct.model.errors import NotPermitted
from safeconduct.model.text import Text, say

LONGEST = 200
KINDS: tuple[tuple[str, Text], ...] = tuple((one.value, one.says) for one in OrganisationKind)
"""What sort of organisation somebody can say they work for: the value, and its name on a form."""


def home_of(site: Site) -> str:
    """The organisation that runs the site."""
    return site.settings.organisation or site.settings.name


def organisation_of(site: Site, account: str) -> str:
    """The organisation somebody works for; whoever the site's own people added works for the site's."""
    fact = site.ledger.fact("profile", account)
    return str(fact.body["organisation"]) if fact else home_of(site)


def person_of(room: Room, account: str = "") -> Person:
    """Somebody as decisions see them, the caller by default."""
    who = account or room.caller.account
    roles = room.caller.roles if who == room.caller.account else frozenset(room.site.accounts.get(who).roles)
    return Person(account=who, roles=roles, organisation=organisation_of(room.site, who))


def at_home(room: Room) -> None:
    """Hold what only people of the site's own organisation may see: a checker invited from elsewhere sees one review.

    Raises:
        NotPermitted: The caller works for another organisation.
    """
    if not same_organisation(organisation_of(room.site, room.caller.account), home_of(room.site)):
        raise NotPermitted(say("Only people of the organisation that runs this site see this."))


def keep_profile(act: Act, account: str, *, organisation: str, kind: OrganisationKind) -> None:
    """Write down who somebody works for; their name is not part of it."""
    body = {"organisation": organisation.strip()[:LONGEST], "kind": kind.value}
    act.tx.put("profile", account, body, at=act.room.now)
