"""What is kept of surveys on servers: where they are, what each deposit of them says, what came of the last pull."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from safeconduct.actions.room import Act, Room
from safeconduct.actions.site import Site
from safeconduct.actions.working import Task, begin, task_of
from safeconduct.govern.deposits import Deposit
from safeconduct.jobs.queue import NO_TEXT
from safeconduct.ledger.entries import Fact
from safeconduct.model.errors import BadInput, NotFound
from safeconduct.model.servers import ServerSettings
from safeconduct.model.text import Text, say
from safeconduct.model.trees import from_tree

KIND, ACTIVE, PAUSED, REMOVED = "survey_source", "active", "paused", "removed"
BEGINNING = "2000-01-01T00:00:00+00:00"


class Came(StrEnum):
    """What came of a pull."""

    NOT_YET = "not yet"
    BROUGHT = "brought"
    NOTHING_NEW = "nothing new"
    WAITS = "waits"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class LastPull:
    """The last pull of a survey.

    Attributes:
        came: What came of it.
        at: When it ended, UTC; `None` before the first.
        why: What stood in its way, for one that failed.
        deposit: The deposit that was made last.
        files: Its uploads.
        seen: Document with keyed digests of the interviews that were in it, and how many were new, edited and gone.
    """

    came: Came = Came.NOT_YET
    at: datetime | None = None
    why: Text = NO_TEXT
    deposit: str = ""
    files: tuple[str, ...] = ()
    seen: str = ""


@dataclass(frozen=True, kw_only=True)
class Connection:
    """A survey on a server, and what is said of every deposit that is made of it.

    Attributes:
        id: Its id.
        server: The site's name of the server.
        form: The server's id of the form.
        every_hours: Hours from one pull to the next; 0 on somebody's word only.
        said: What each deposit says; its depositor answers for it.
        last: The last pull.
        pulls: How many pulls came to an end.
    """

    id: str
    server: str
    form: str
    every_hours: int
    said: Deposit
    last: LastPull = LastPull()
    pulls: int = 0


def server_of(site: Site, name: str) -> ServerSettings:
    """A server that the site's settings name.

    Raises:
        BadInput: They do not.
    """
    found = next((one for one in site.settings.servers if one.name == name), None)
    if found is None:
        raise BadInput(
            say("The settings of this site name no such server; its engineer can add it under [[servers]]."),
            field="server",
        )
    return found


def connection_in(fact: Fact | None) -> tuple[Connection, str]:
    """A survey and its state.

    Raises:
        NotFound: It is not pulled any more.
    """
    if fact is None or fact.state == REMOVED:
        raise NotFound(say("There is no such survey, or it is not pulled any more."))
    return from_tree(Connection, fact.body), fact.state


def next_pull(one: Connection) -> datetime | None:
    """When it is pulled by the clock; a first time as soon as it may be."""
    if not one.every_hours:
        return None
    return one.last.at + timedelta(hours=one.every_hours) if one.last.at else datetime.fromisoformat(BEGINNING)


def begin_pull(act: Act, connection: str) -> Task:
    """Queue a pull, unless one waits or is being done."""
    one, _ = connection_in(act.tx.fact(KIND, connection))
    return begin(act, key_of(act.room, one), {"connection": connection}, verb="pull_survey")


def key_of(room: Room, one: Connection) -> str:
    """The name of the pull that waits or is being done, else of the next."""
    nth = one.pulls
    while (found := task_of(room, f"pull/{one.id}/{nth}")) is not None and not found.waits:
        nth += 1  # it ended without a word
    return f"pull/{one.id}/{nth}"


def task_in(room: Room, one: Connection) -> Task | None:
    """The pull that waits or is being done, else the last."""
    last = f"pull/{one.id}/{one.pulls - 1}"
    return task_of(room, key_of(room, one)) or (task_of(room, last) if one.pulls else None)


def remembered(site: Site, last: LastPull) -> tuple[Mapping[str, str], Mapping[str, int]]:
    """What is remembered of a pull: keyed digests of versions by those of ids; how many were new, edited, deleted."""
    tree = site.documents.get(last.seen) if last.seen and site.documents.has(last.seen) else {}
    kept = tree if isinstance(tree, Mapping) else {}
    seen, counts = kept.get("seen"), kept.get("counts")
    return (
        {one: str(version) for one, version in seen.items()} if isinstance(seen, Mapping) else {},
        {one: int(str(count)) for one, count in counts.items()} if isinstance(counts, Mapping) else {},
    )
