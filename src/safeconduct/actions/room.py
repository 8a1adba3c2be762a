"""Who is acting, where and when: what every verb is handed first."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from safeconduct.actions.site import Site
from safeconduct.ledger.ledger import Transaction
from safeconduct.model.canonical import Json


class Door(StrEnum):
    """Which way somebody came in; recorded with everything they do."""

    PAGE = "page"
    API = "api"
    FLOWKIT = "flowkit"
    SHELL = "shell"
    WORKER = "worker"


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who is acting.

    Attributes:
        account: Opaque id; the only name the record of use keeps.
        login: What they sign in with, for greeting them; never recorded.
        roles: What they may be.
        project: The project they act in, `""` outside one.
        scopes: What a token narrows them to; `None` without a token.
        door: Which way they came in.
        address: Where the request comes from, `""` where nobody knows; never recorded.
    """

    account: str
    login: str = ""
    roles: frozenset[str] = frozenset()
    project: str = ""
    scopes: frozenset[str] | None = None
    door: Door = Door.SHELL
    address: str = ""


@dataclass(frozen=True)
class Act:
    """An open transaction of one verb: changes and their event are written together.

    Attributes:
        tx: The ledger's transaction.
        room: Who, where, when and which verb.
    """

    tx: Transaction
    room: "Room"

    def record(self, subject: str, body: Mapping[str, Json], *, verb: str = "") -> int:
        """Append the event of this verb; its index in the log."""
        return self.tx.event(
            actor=self.room.caller.account,
            verb=verb or self.room.verb,
            subject=subject,
            body={"door": self.room.caller.door.value, "project": self.room.caller.project, **body},
            at=self.room.now,
        )


@dataclass(frozen=True)
class Room:
    """What a verb is handed: the site, who is acting, when.

    Attributes:
        site: What was opened.
        caller: Who is acting.
        now: When, UTC.
        verb: Which verb runs; set by the verb itself.
    """

    site: Site
    caller: Caller
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    verb: str = ""

    @classmethod
    def of_worker(cls, site: Site, now: datetime | None = None, *, verb: str) -> "Room":
        """The program acting by itself, for nobody: it has no roles, so no verb that needs one can be called with it.

        Args:
            site: The site.
            now: When, with its zone; this moment where left out.
            verb: What its events are called.
        """
        return cls(site, Caller(account="worker", door=Door.WORKER), now or datetime.now(UTC), verb=verb)

    @contextmanager
    def write(self) -> Iterator[Act]:
        """One transaction for a change and its event."""
        with self.site.ledger.write() as tx:
            yield Act(tx, self)
