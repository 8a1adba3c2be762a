"""Records that come late: stewards and engineers are told, once for each day that is the newest; nobody has to look."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from safeconduct.actions.going_on import every_one
from safeconduct.actions.messages import of_the_house, tell
from safeconduct.actions.quality import timeliness
from safeconduct.actions.room import Room
from safeconduct.actions.site import Site
from safeconduct.govern.roles import Role
from safeconduct.ledger.entries import Fact
from safeconduct.model.areas import EventType
from safeconduct.model.canonical import Json
from safeconduct.model.text import say
from safeconduct.store.versions import Manifest

ALARMED = "late_records"
WHERE = "/data/quality"


def alarm(site: Site, now: datetime) -> int:
    """Tell whoever looks after a data set that nothing came for longer than its limit; of how many data sets.

    Every type of events is waited for by itself: where calls come and messages do not, that is told. A type whose
    newest day was late when it came, such as one of years ago, is not waited for. Doing it again tells nobody more,
    until newer records came and are late again.

    Raises:
        SafeconductError: A data set does not open; of all others it was told.
    """
    room, told = Room.of_worker(site, now, verb="alarm"), list[bool]()
    every_one(partial(lambda one: told.append(_once(room, one)), dataset) for dataset in site.datasets())
    return sum(told)


def _once(room: Room, dataset: str) -> bool:
    manifest = room.site.manifest(dataset)
    late = {sort.value: newest for sort in sorted(manifest.present()) if (newest := _late(room, manifest, sort))}
    if not late:
        return False
    with room.write() as act:
        told = act.tx.fact(ALARMED, dataset)
        before = _told(told) if told is not None else {}
        if before.items() >= late.items():
            return False
        act.tx.put(ALARMED, dataset, {"late": {**before, **late}}, at=room.now)
        people = dict.fromkeys([*of_the_house(room, Role.STEWARD), *of_the_house(room, Role.ENGINEER)])
        tell(act, list(people), say("Records of a data set come late."), href=WHERE)
        act.record(dataset, {"told": "stewards and engineers"})
    return True


def _late(room: Room, manifest: Manifest, sort: EventType) -> str:
    """The newest day of a type, where it came in time and nothing came since; else `""`."""
    found = timeliness(room.site, manifest, room.now, sort)
    if found.newest is None or not found.alarm or found.hours > found.limit_hours:
        return ""
    return found.newest.isoformat()


def _told(fact: Fact) -> dict[str, Json]:
    """Newest days by type that somebody was told of; before types were told apart there was one for all."""
    late = fact.body.get("late")
    return dict(late) if isinstance(late, Mapping) else {}
