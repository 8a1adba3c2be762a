"""Who comes through a door: signing in, sessions and tokens, for the pages and the APIs."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from safeconduct.actions.agreements import agreements_of
from safeconduct.actions.room import Caller, Door, Room
from safeconduct.actions.site import Site
from safeconduct.govern.may import No, may
from safeconduct.govern.roles import PUBLIC
from safeconduct.identity.accounts import Account
from safeconduct.model.canonical import Json
from safeconduct.model.errors import NotPermitted, NotSignedIn
from safeconduct.model.text import say

STRANGER = "public"
HERE = "127.0.0.1"


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Somebody signed in to the pages.

    Attributes:
        caller: Who.
        csrf: What every form of theirs must carry.
        name: What to call them.
    """

    caller: Caller
    csrf: str = field(repr=False)
    name: str


@dataclass(frozen=True, kw_only=True)
class Persona:
    """A person of a practice site, to be signed in as by a click."""

    login: str
    name: str
    roles: tuple[str, ...]


def sign_in(site: Site, *, login: str, password: str, code: str, address: str, now: datetime) -> str:
    """Check password and code; the value of the session cookie.

    Raises:
        NotSignedIn: Something is wrong; which, is not told.
        TooMany: Too many tries from there, or for that person.
    """
    account = site.accounts.check(login, password, code, now, address=address)
    return _open_session(site, account.id, now)


def sign_in_as(site: Site, *, login: str, now: datetime) -> str:
    """Sign in by a click; on practice sites only.

    Raises:
        NotPermitted: This is not a practice site, or there is no such person.
    """
    account = site.accounts.by_login(login) if _is_practice(site) else None
    if account is None:
        raise NotPermitted(say("signing in by a click works on practice sites only"))
    return _open_session(site, account.id, now)


def _open_session(site: Site, account: str, now: datetime) -> str:
    with site.ledger.write() as tx:
        cookie = site.sessions.open(tx, site.accounts.get(account), now)
        tx.event(actor=account, verb="sign_in", subject=account, body={"door": Door.PAGE.value}, at=now)
    return str(cookie)


def sign_out(site: Site, *, cookie: str) -> None:
    """End a session at once."""
    with site.ledger.write() as tx:
        site.sessions.close(tx, cookie)


def visitor(site: Site, *, cookie: str, now: datetime, address: str = "") -> Visitor | None:
    """Who a session cookie belongs to; `None` where it is unknown or ended."""
    session = site.sessions.who(cookie, now)
    if session is None:
        return None
    account = site.accounts.get(session.account)
    caller = _in_project(site, account, door=Door.PAGE, now=now, chosen=session.project)
    return Visitor(caller=replace(caller, address=address), csrf=session.csrf, name=account.name)


def choose_project(site: Site, *, cookie: str, project: str, now: datetime) -> None:
    """Work in another of one's projects from now on, in this session.

    Raises:
        NotSignedIn: The session has ended.
        NotPermitted: No agreement of that project names them.
    """
    who = visitor(site, cookie=cookie, now=now)
    if who is None:
        raise NotSignedIn(say("Sign in first."))
    if project not in {one.project for one in agreements_of(Room(site, who.caller, now))}:
        raise NotPermitted(say("no agreement of that project names you"))
    with site.ledger.write() as tx:
        site.sessions.choose(tx, cookie, project=project)
        body: dict[str, Json] = {"door": Door.PAGE.value}
        tx.event(actor=who.caller.account, verb="choose_project", subject=project, body=body, at=now)


def _in_project(site: Site, account: Account, *, door: Door, now: datetime, chosen: str = "") -> Caller:
    """Somebody in the project they chose, else in the first one that has an agreement naming them."""
    caller = Caller(account=account.id, login=account.login, roles=frozenset(account.roles), door=door)
    mine = [one.project for one in agreements_of(Room(site, caller, now))]
    return replace(caller, project=chosen if chosen in mine else next(iter(mine), ""))


def stranger(*, door: Door, address: str = "") -> Caller:
    """Somebody without an account, who may browse and no more."""
    return Caller(account=STRANGER, door=door, address=address)


def bearer(site: Site, *, token: str, door: Door, now: datetime, address: str = "") -> Caller:
    """Who an access token belongs to, and what it narrows them to.

    Raises:
        NotSignedIn: It is malformed, expired or revoked.
    """
    found = site.tokens.read(token, now)
    account = site.accounts.get(found.account_id)
    return Caller(
        account=account.id,
        login=account.login,
        roles=frozenset(account.roles),
        project=found.project,
        scopes=found.scopes,
        door=door,
        address=address,
    )


def shell_caller(site: Site, *, login: str, now: datetime) -> Caller:
    """The person a command is run as; recorded as coming from the shell.

    Raises:
        NotPermitted: There is no such person.
    """
    account = site.accounts.by_login(login)
    if account is None:
        raise NotPermitted(say("there is no person of that login; name one with --as"))
    return replace(_in_project(site, account, door=Door.SHELL, now=now), address=HERE)


def personas(site: Site) -> list[Persona]:
    """People a practice site offers; nobody elsewhere."""
    if not _is_practice(site):
        return []
    return [Persona(login=one.login, name=one.name, roles=tuple(one.roles)) for one in site.accounts.everybody()]


def _is_practice(site: Site) -> bool:
    """Whether settings and keys both say so: a line in the settings opens no real site by a click."""
    return site.settings.training and site.keys.training


def is_public(permission: str) -> bool:
    """Whether a permission takes no account at all."""
    return permission in PUBLIC


def allowed(caller: Caller, permission: str) -> bool:
    """Whether somebody's roles hold a permission; for showing menus, never instead of asking."""
    return is_public(permission) or not isinstance(may(permission, caller.roles), No)
