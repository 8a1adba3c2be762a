"""Records that come late: stewards and engineers are told, once for each day that is the newest; nobody has to look."""

from datetime import datetime

from safeconduct.actions.messages import of_the_house, tell
from safeconduct.actions.quality import timeliness
from safeconduct.actions.room import Caller, Door, Room
from safeconduct.actions.site import Site
from safeconduct.govern.roles import Role
from safeconduct.model.text import say

ALARMED = "late_records"
WHERE = "/data/quality"


def alarm(site: Site, now: datetime) -> int:
    """Tell whoever looks after a data set that nothing came for longer than its limit; of how many data sets.

    A data set whose newest day was late when it came, such as one of years ago, is not waited for. Doing it again tells
    nobody more, until newer records came and are late again.
    """
    room = Room(site, Caller(account="worker", door=Door.WORKER), now, verb="alarm")
    return sum(_once(room, dataset) for dataset in site.datasets())


def _once(room: Room, dataset: str) -> bool:
    found = timeliness(room.site, room.site.manifest(dataset), room.now)
    newest = found.newest.isoformat() if found.newest else ""
    if not found.alarm or found.hours > found.limit_hours:
        return False
    with room.write() as act:
        told = act.tx.fact(ALARMED, dataset)
        if told is not None and told.body["newest"] == newest:
            return False
        act.tx.put(ALARMED, dataset, {"newest": newest}, at=room.now)
        people = dict.fromkeys([*of_the_house(room, Role.STEWARD), *of_the_house(room, Role.ENGINEER)])
        tell(act, list(people), say("Records of a data set come late."), href=WHERE)
        act.record(dataset, {"told": "stewards and engineers"})
    return True
