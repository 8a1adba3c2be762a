"""Backups from before an erasure: they hold who was erased, and only their two officers can destroy them.

A backup opens with none of the site's keys, so the site can neither look into one nor know where it lies. It knows that
it was made, and says so until an officer tells it that it was destroyed.
"""

from dataclasses import dataclass
from datetime import datetime

from safeconduct.actions.room import Room
from safeconduct.actions.site import Site
from safeconduct.actions.verb import action
from safeconduct.ledger.entries import Event
from safeconduct.ledger.erasures import numbered
from safeconduct.model.errors import NotFound, WrongState
from safeconduct.model.text import say

KIND, GONE = "backup", "destroyed"
OF_PEOPLE = frozenset({"people", "records", "share", "dataset", "study", "person"})
"""What is erased because of somebody, or whole; what goes by a deadline every night would make every backup old."""
MOST = 10_000


@dataclass(frozen=True, kw_only=True)
class OldBackup:
    """A backup that holds what was erased since.

    Attributes:
        backup: Its id, as `backup` told it and as it stands in front of the file.
        made_at: When it was made, UTC.
        officers: Public lines of the two who open it together.
        erasures: How many erasures came after it.
    """

    backup: str
    made_at: datetime
    officers: tuple[str, ...]
    erasures: int


@action(needs="promises", reads=True)
def old_backups(room: Room) -> list[OldBackup]:
    """Backups made before something was erased, the oldest first, until somebody says that they were destroyed."""
    return older(room.site)


@action(needs="forget")
def backup_destroyed(room: Room, *, backup: str) -> list[OldBackup]:
    """Say that every copy of a backup was destroyed; those that are left.

    Nothing can check it; the record of use keeps who said so, and when.

    Args:
        backup: Its id.
    """
    with room.write() as act:
        if backup not in {one.subject for one in room.site.ledger.events(verb="back_up", limit=MOST)}:
            raise NotFound(say("There is no backup of that id; old_backups tells those there are."))
        before = act.tx.fact(KIND, backup)
        if before is not None and before.state == GONE:
            raise WrongState(say("Somebody said before that this backup was destroyed."))
        act.tx.put(KIND, backup, {}, state=GONE, at=room.now)
        act.record(backup, {"state": GONE})
    return older(room.site)


def older(site: Site) -> list[OldBackup]:
    """The same, for whoever looks after the site."""
    gone = {fact.id for fact in site.ledger.facts(KIND, state=GONE)}
    erased = [number for number, one in numbered(site.ledger) if one.kind in OF_PEOPLE]
    made = [one for one in reversed(site.ledger.events(verb="back_up", limit=MOST)) if one.subject not in gone]
    counted = [(one, sum(number >= _begun(one) for number in erased)) for one in made]
    return [_told(one, count) for one, count in counted if count]


def _begun(made: Event) -> int:
    """The index of the first event a backup does not hold: it is written down after the backup was read again."""
    told = made.body.get("events")
    return told if isinstance(told, int) else made.index


def _told(made: Event, count: int) -> OldBackup:
    officers = made.body.get("officers")
    lines = tuple(map(str, officers)) if isinstance(officers, list) else ()
    return OldBackup(backup=made.subject, made_at=datetime.fromisoformat(made.at), officers=lines, erasures=count)
