"""Registering: somebody from outside makes an account, which opens the catalogue's requests and no more."""

from safeconduct.actions.people import NewPerson
from safeconduct.actions.profiles import keep_profile
from safeconduct.actions.room import Room
from safeconduct.actions.verb import action
from safeconduct.govern.organisations import OrganisationKind
from safeconduct.govern.roles import Role
from safeconduct.identity.throttle import count, keys_of
from safeconduct.model.errors import BadInput, NotPermitted
from safeconduct.model.text import say

ROLES = (Role.RESEARCHER.value,)


@action(needs="browse")
def register(  # noqa: PLR0913 - a form has these fields, each by name
    room: Room, *, login: str, name: str, password: str, organisation: str, kind: OrganisationKind, agreed: bool
) -> NewPerson:
    """Make an account for yourself, to ask for files; who you are is looked at when you ask.

    Args:
        login: What you sign in with, lower-case letters, digits, dots and dashes.
        name: Your name; kept encrypted under a key of its own, which is destroyed when you are forgotten.
        password: At least 12 characters.
        organisation: The organisation you work for.
        kind: What sort of organisation it is.
        agreed: You read how your own data are used: to decide requests, and to record what was done with files.
    """
    if not room.site.settings.registration:
        raise NotPermitted(say("This site does not take registrations; ask its data steward for an account."))
    if not organisation.strip():
        raise BadInput(say("Name the organisation you work for."), field="organisation")
    if not agreed:
        raise BadInput(say("Say that you read how your own data are used."), field="agreed")
    with room.write() as act:
        count(act.tx, keys_of(login="register", address=room.caller.address)[1:], room.now)
    with room.write() as act:
        account = room.site.accounts.create(act.tx, login=login, name=name, password=password, roles=ROLES, at=room.now)
        secret = room.site.accounts.enrol_totp(act.tx, account.id)
        keep_profile(act, account.id, organisation=organisation, kind=kind)
        act.record(account.id, {"roles": list(ROLES)})
    return NewPerson(login=login, roles=ROLES, secret=secret)
