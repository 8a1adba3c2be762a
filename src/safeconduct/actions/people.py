"""People and their tokens."""

from dataclasses import dataclass, field
from datetime import date, datetime

from safeconduct.actions.agreements import agreements_of
from safeconduct.actions.profiles import keep_profile
from safeconduct.actions.room import Room
from safeconduct.actions.verb import action
from safeconduct.govern.agreements import Agreement
from safeconduct.govern.organisations import OrganisationKind
from safeconduct.govern.roles import PERMISSIONS
from safeconduct.govern.scopes import all_scopes, in_words, permission_scopes
from safeconduct.model.areas import AreaLevel, TimeGrain
from safeconduct.model.errors import BadInput, NotFound
from safeconduct.model.text import Text, say
from safeconduct.query.base import query_kind


@dataclass(frozen=True, kw_only=True)
class NewPerson:
    """A person who was added; the secret is shown once.

    Attributes:
        login: What they sign in with.
        roles: What they may be.
        secret: Address to scan into an authenticator app; never shown again.
    """

    login: str
    roles: tuple[str, ...]
    secret: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class NewToken:
    """A token that was made; its text is shown once.

    Attributes:
        id: Its id, to revoke it by.
        name: What its owner calls it.
        expires: When it ends, UTC.
        text: The token itself; never shown again.
    """

    id: str
    name: str
    expires: datetime
    text: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class TokenLine:
    """A token in a list, without its text.

    Attributes:
        id: Its id.
        name: What its owner calls it.
        expires: When it ends, UTC.
        revoked: Whether it was revoked.
        scopes: What it allows, in words.
    """

    id: str
    name: str
    expires: datetime
    revoked: bool
    scopes: tuple[Text, ...]


def every_scope() -> tuple[str, ...]:
    """Every scope a token could have, before an agreement narrows it."""
    day = date(2000, 1, 1)
    widest = Agreement(
        id="", project="", title="", dataset="", purpose="", members=(), kinds=tuple(query_kind),
        finest=AreaLevel.COMMUNE, grain=TimeGrain.HOUR, first=day, last=day, policy="", until=day,
    )  # fmt: skip
    return all_scopes(widest)


@action(needs="accounts")
def add_person(  # noqa: PLR0913 - a person is told by this much, each by name
    room: Room,
    *,
    login: str,
    name: str,
    password: str,
    roles: tuple[str, ...],
    organisation: str = "",
    kind: OrganisationKind = OrganisationKind.OTHER,
) -> NewPerson:
    """Add a person; they sign in with password and a code from an authenticator app.

    Args:
        login: What they sign in with, lower-case letters, digits, dots and dashes.
        name: Their name; kept encrypted.
        password: At least 12 characters.
        roles: One or more of steward, engineer, analyst, dpo, auditor, checker, committee, researcher,
            contributor.
        organisation: Whom they work for; the organisation that runs the site where left out.
        kind: What sort of organisation that is.
    """
    with room.write() as act:
        account = room.site.accounts.create(act.tx, login=login, name=name, password=password, roles=roles, at=room.now)
        secret = room.site.accounts.enrol_totp(act.tx, account.id)
        if organisation.strip():
            keep_profile(act, account.id, organisation=organisation, kind=kind)
        act.record(account.id, {"roles": list(roles)})
    return NewPerson(login=login, roles=tuple(roles), secret=secret)


@action(needs="accounts", repeatable=True)
def change_roles(room: Room, *, login: str, roles: tuple[str, ...]) -> tuple[str, ...]:
    """Change what a person may be, from their next click on.

    Args:
        login: What they sign in with.
        roles: Everything they may be from now on.
    """
    account = room.site.accounts.by_login(login)
    if account is None:
        raise NotFound(say("There is no person of that login."))
    with room.write() as act:
        room.site.accounts.set_roles(act.tx, account.id, roles)
        act.record(account.id, {"roles": sorted(set(roles)), "before": list(account.roles)})
    return tuple(sorted(set(roles)))


@dataclass(frozen=True, kw_only=True)
class Offer:
    """Something a token can be narrowed to.

    Attributes:
        scope: The word in the token.
        says: What it allows.
    """

    scope: str
    says: Text


@action(needs="tokens", reads=True)
def token_scopes(room: Room) -> list[Offer]:
    """What a token of yours can be narrowed to, in words."""
    asking, doing = _offered(room, room.caller.project)
    return [Offer(scope=scope, says=in_words(scope)) for scope in (*asking, *doing)]


def _offered(room: Room, project: str) -> tuple[list[str], list[str]]:
    """What a token has unless it is narrowed, and what it has only if it names it."""
    mine = agreements_of(room, project)
    asking = [scope for one in mine if one.project == mine[0].project for scope in all_scopes(one)]
    held = [name for name, roles in PERMISSIONS.items() if roles & room.caller.roles]
    doing = list(permission_scopes(held))
    if not asking and not doing:
        raise NotFound(say("no agreement names you; ask the data steward for one"))
    return list(dict.fromkeys(asking)), doing


@action(needs="tokens")
def create_token(room: Room, *, name: str, project: str = "", days: int = 7, scopes: tuple[str, ...] = ()) -> NewToken:
    """Make an access token for scripts and notebooks; its text is shown once.

    A token narrows what the agreement in force allows; it never widens it, and ends with it.

    Args:
        name: What you call it.
        project: Id of the project; may be left out where you have one.
        days: Days it lives, at least 1.
        scopes: What it allows; everything the agreements allow where left out.
    """
    most = room.site.settings.token_days
    if not 1 <= days <= most or not name.strip():
        raise BadInput(say("give the token a name and a life of 1 to {most} days", most=most), field="days")
    project = project or room.caller.project
    asking, doing = _offered(room, project)
    if unknown := set(scopes) - {*asking, *doing}:
        raise BadInput(say("the agreement does not allow {scope}", scope=min(unknown)[:80]), field="scopes")
    mine = agreements_of(room, project)
    with room.write() as act:
        record, text = room.site.tokens.create(
            act.tx,
            account=room.site.accounts.get(room.caller.account),
            name=name.strip(),
            project=mine[0].project if mine else "",
            scopes=tuple(sorted(scopes or asking)),
            days=days,
            at=room.now,
        )
        act.record(record.jti, {"expires": record.expires.isoformat()})
    return NewToken(id=record.jti, name=record.name, expires=record.expires, text=text)


@action(needs="tokens", repeatable=True)
def revoke_token(room: Room, *, token: str) -> TokenLine:
    """Revoke one of your tokens; it stops working at once.

    Args:
        token: Its id.
    """
    mine = {one.jti: one for one in room.site.tokens.of(room.caller.account)}
    if token not in mine:
        raise NotFound(say("there is no such token, or it is not yours"))
    with room.write() as act:
        room.site.tokens.revoke(act.tx, token, at=room.now)
        act.record(token, {})
    return next(line for line in tokens(room) if line.id == token)


@action(needs="tokens", reads=True)
def tokens(room: Room) -> list[TokenLine]:
    """Your tokens, without their texts."""
    return [
        TokenLine(
            id=one.jti,
            name=one.name,
            expires=one.expires,
            revoked=one.revoked,
            scopes=tuple(in_words(scope) for scope in one.scopes),
        )
        for one in room.site.tokens.of(room.caller.account)
    ]
