"""The first person of a site, before anybody can be asked."""

from datetime import UTC, datetime

from safeconduct.actions.site import Site

FIRST_ROLES = ("steward", "engineer")


def first_person(site: Site, *, login: str, name: str, password: str, roles: tuple[str, ...] = FIRST_ROLES) -> str:
    """Add somebody by the hand of whoever made the site; the address for their authenticator app, shown once."""
    now = datetime.now(UTC)
    with site.ledger.write() as tx:
        account = site.accounts.create(tx, login=login, name=name, password=password, roles=roles, at=now)
        secret = site.accounts.enrol_totp(tx, account.id)
        tx.event(actor="site", verb="add_person", subject=account.id, body={"roles": list(roles)}, at=now)
    return str(secret)
