"""How a site is: what is unsafe or missing, what it cannot guarantee by itself, for the people who answer for it."""

from safeconduct.actions.guarantees import machine_beyond, site_beyond
from safeconduct.actions.health import Finding, machine, of_site
from safeconduct.actions.room import Room
from safeconduct.actions.verb import action


@action(needs="operate", reads=True)
def check_health(room: Room) -> list[Finding]:
    """What `safeconduct doctor` finds on the site's machine and in the site, each with what to do about it.

    It reads the whole record of use, so that it may take some seconds.
    """
    return [*machine(), *machine_beyond(), *of_site(room.site), *site_beyond(room.site)]
