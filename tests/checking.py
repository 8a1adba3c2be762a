"""A practice site whose answers wait for two checkers; everybody in it, and the worker's hooks."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from threading import Event

import pytest

from safeconduct.actions.doors import shell_caller, stranger
from safeconduct.actions.ingesting import ingest
from safeconduct.actions.profiles import keep_profile
from safeconduct.actions.room import Act, Door, Room
from safeconduct.actions.setting_up import first_person
from safeconduct.actions.site import Site
from safeconduct.actions.verb import verbs
from safeconduct.actions.working import work
from safeconduct.desk.sample import sample_cdr
from safeconduct.govern.organisations import OrganisationKind

WHY = "Wards of one camp stand out; ask for districts."
PASSWORD = "a long pass phrase"
FIRST, DAYS = date(2026, 1, 5), 4
PEOPLE = {
    "amara": ("steward",),
    "bilal": ("engineer",),
    "chloe": ("analyst",),
    "carl": ("analyst",),
    "carla": ("analyst",),
    "farid": ("checker",),
    "hana": ("checker",),
    "omar": ("checker",),
    "karim": ("checker", "analyst"),
    "stella": ("steward", "checker"),
    "zoe": ("analyst",),
    "zack": ("analyst", "checker"),
    "ines": ("checker",),
    "dara": ("dpo",),
}
PROJECTS = {
    "Shelter": ("amara", "chloe", "carl", "karim"),
    "Roads": ("stella", "zoe", "zack"),
}
"""Who opened a project, then who its agreement names."""

POLICY = """
name = "checked"
version = 1
title = "Checked"
says = "For tests: two people look at each new kind of question."
does_not_resist = ["Two questions that overlap."]
reviewers = 2

[[rule]]
name = "minimum_geography"
finest = "admin3"

[[rule]]
name = "minimum_contributors"
minimum = 16

[[rule]]
name = "presentation"
"""


def question(day: int = 6, *, last: int = 0, areas: str = "admin2", **more: object) -> dict[str, object]:
    """People by area, of some days of January."""
    days = {"first": f"2026-01-{day:02}", "last": f"2026-01-{last or day:02}"}
    return {"kind": "unique_subscriber_counts", "days": days, "areas": areas, **more}


MADE: list["House"] = []


@dataclass(frozen=True)
class House:
    """A site and everybody in it; each verb is called by the account whose step it is."""

    root: Path

    @cached_property
    def site(self) -> Site:
        return Site.open(self.root)

    def account(self, login: str) -> str:
        return self.site.accounts.by_login(login).id

    def room(self, login: str) -> Room:
        now = datetime.now(UTC)
        return Room(self.site, shell_caller(self.site, login=login, now=now), now)

    def act(self, login: str, verb: str, /, **arguments: object):
        """Call a verb with arguments as JSON has them."""
        return verbs[verb].call(self.room(login), arguments)

    def work(self) -> None:
        """Do whatever waits."""
        work(self.site, worker="here", stop=Event(), until_empty=True)

    def ask(self, login: str = "chloe", **how: object) -> str:
        """A question asked and computed; its id."""
        ticket = self.act(login, "ask", spec=question(**how), dataset="phone")
        self.work()
        return ticket.answer_id

    def vote(self, login: str, answer_id: str, vote: str = "yes", reason: str = "", **more: object):
        return self.act(login, "check_answer", answer_id=answer_id, vote=vote, reason=reason, **more)

    def approve(self, answer_id: str, *logins: str) -> None:
        """Said yes to by these, and the work that follows done."""
        for login in logins or ("farid", "hana"):
            self.vote(login, answer_id)
        self.work()

    def refuse(self, answer_id: str) -> None:
        """Said no to by two, which is all that are needed."""
        for login in ("farid", "hana"):
            self.vote(login, answer_id, "no", WHY)

    def result(self, answer_id: str, login: str = "chloe"):
        return self.act(login, "result", answer_id=answer_id)

    def state(self, answer_id: str) -> str:
        fact = self.site.ledger.fact("answer", answer_id)
        return fact.state if fact else ""

    def events(self, verb: str, subject: str = "") -> list:
        return self.site.ledger.events(verb=verb, limit=1000, **({"subject": subject} if subject else {}))

    def messages(self, login: str) -> list[str]:
        return [str(one.says) for one in self.act(login, "messages")]

    def cookie(self, login: str) -> str:
        with self.site.ledger.write() as tx:
            return str(self.site.sessions.open(tx, self.site.accounts.by_login(login), datetime.now(UTC)))


def founded(folder: Path) -> House:
    """A site with four days of records, everybody, and two projects under the level that takes two checkers."""
    sample_cdr({"people": 500, "days": DAYS, "first": FIRST}, folder=folder / "files")
    site = Site.create(folder / "site", name="checked", training=True)
    (site.folders.policies / "checked.toml").write_text(POLICY, encoding="utf-8")
    for login, roles in PEOPLE.items():
        first_person(site, login=login, name=login.title(), password=PASSWORD, roles=roles)
    house = House(folder / "site")
    ingest(house.room("bilal"), mapping=folder / "files" / "mapping.toml", folder=folder / "files")
    for name, (opens, *members) in PROJECTS.items():
        _agreed(house, name, opens, members)
    with site.ledger.write() as tx:
        act = Act(tx, Room(site, stranger(door=Door.SHELL), datetime.now(UTC), verb="register"))
        keep_profile(act, house.account("ines"), organisation="Elsewhere", kind=OrganisationKind.UNIVERSITY)
        act.record(house.account("ines"), {})
    return house


def _agreed(house: House, name: str, opens: str, members: list[str]) -> None:
    until = str(datetime.now(UTC).date() + timedelta(days=300))
    project = house.act(opens, "open_project", name=name, purpose=f"Plan {name.lower()}", until=until).id
    days = {"first": str(FIRST), "last": str(FIRST + timedelta(days=DAYS - 1))}
    house.act(opens, "agree", project=project, title=f"{name}, checked", dataset="phone", members=members, days=days,
              until=until, policy="checked")  # fmt: skip


@pytest.fixture(scope="session")
def checked_site(tmp_path_factory) -> House:
    """The site as it is before anybody asked; made once for every module that takes it from here."""
    if not MADE:
        MADE.append(founded(tmp_path_factory.mktemp("checked")))
    return MADE[0]


@pytest.fixture
def house(checked_site, tmp_path) -> Iterator[House]:
    """A copy of the site; copied by another program, since reading a database here would drop its locks."""
    subprocess.run(["cp", "-r", str(checked_site.root), str(tmp_path / "site")], check=True)
    made = House(tmp_path / "site")
    yield made
    made.site.ledger.close()
