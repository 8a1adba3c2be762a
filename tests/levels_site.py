"""A practice site with two projects, one of them with a budget, that asked a few questions; and browsers of it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from html import unescape
from pathlib import Path
from threading import Event

from fastapi.testclient import TestClient

from safeconduct.actions.doors import shell_caller
from safeconduct.actions.ingesting import ingest
from safeconduct.actions.room import Room
from safeconduct.actions.setting_up import first_person
from safeconduct.actions.site import Site
from safeconduct.actions.verb import verbs
from safeconduct.actions.working import work
from safeconduct.desk.sample import sample_cdr
from safeconduct.server.app import create_app

FIRST, DAYS = date(2026, 1, 26), 10
ROLES = {
    "amara": ("steward",),
    "bilal": ("engineer",),
    "chloe": ("analyst",),
    "paula": ("analyst",),
    "dara": ("dpo",),
    "eva": ("auditor",),
    "farid": ("checker",),
}
PROJECTS = {"Shelter": ("chloe", "operational"), "Atlas": ("paula", "public")}


def mostly(first: int, last: int, *, areas: str = "admin2") -> dict[str, object]:
    """Where people mostly were, from one day of the data to another, counted from 0."""
    days = {"first": str(FIRST + timedelta(days=first)), "last": str(FIRST + timedelta(days=last))}
    return {"kind": "spatial_aggregate", "locations": {"kind": "modal_location", "days": [days], "areas": areas}}


def seen(day: int, *, areas: str = "admin2", **more: object) -> dict[str, object]:
    """People seen on a day of the data."""
    days = {"first": str(FIRST + timedelta(days=day)), "last": str(FIRST + timedelta(days=day))}
    return {"kind": "unique_subscriber_counts", "days": days, "areas": areas, **more}


@dataclass(frozen=True)
class LevelsSite:
    """A site, and whoever acts on it."""

    root: Path

    @cached_property
    def site(self) -> Site:
        return Site.open(self.root)

    def room(self, login: str) -> Room:
        now = datetime.now(UTC)
        return Room(self.site, shell_caller(self.site, login=login, now=now), now)

    def act(self, login: str, verb: str, /, **arguments: object):
        """Call a verb with arguments as JSON has them."""
        return verbs[verb].call(self.room(login), arguments)

    def work(self) -> None:
        """Do whatever waits."""
        work(self.site, worker="here", stop=Event(), until_empty=True)

    def ask(self, login: str, spec: dict[str, object]):
        """A question asked and computed."""
        found = self.act(login, "ask", spec=spec, dataset="phone")
        self.work()
        return found

    @contextmanager
    def browser(self, login: str) -> Iterator["Browser"]:
        """A browser without scripts, signed in as somebody."""
        with self.site.ledger.write() as tx:
            who = self.site.accounts.by_login(login)
            cookie = str(self.site.sessions.open(tx, who, datetime.now(UTC)))
        with TestClient(create_app(self.site), base_url="http://127.0.0.1") as client:
            client.cookies = {"safeconduct": cookie}
            yield Browser(client)


@dataclass(frozen=True)
class Browser:
    """What a person without scripts does: look, and send forms."""

    client: TestClient

    def get(self, path: str):
        """A page."""
        return self.client.get(path)

    def text(self, path: str) -> str:
        """What a page says, without marks."""
        return words(self.get(path).text)

    def send(self, path: str, submit: str, **more: str):
        """Fill in the form of a page whose button says so, and send it where it goes."""
        forms = re.findall(r"<form.*?</form>", self.get(path).text, re.DOTALL)
        (form,) = [one for one in forms if f">{submit}</button>" in one]
        filled = {**_inputs(form), **_chosen(form), **more}
        (action,) = re.findall(r'action="([^"]+)"', form)
        return self.client.post(unescape(action), data=filled)


def _inputs(form: str) -> dict[str, str]:
    """What stands in the controls of a form, in whatever order their attributes are."""
    controls = [dict(re.findall(r'([a-z]+)="([^"]*)"', one)) for one in re.findall(r"<input[^>]*>", form)]
    return {unescape(one["name"]): unescape(one.get("value", "")) for one in controls if "name" in one}


def _chosen(form: str) -> dict[str, str]:
    """What is chosen in the lists of a form: the first where nothing is."""
    found = {}
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        values = re.findall(r'<option value="([^"]*)"( selected)?', options)
        found[name] = next((value for value, chosen in values if chosen), values[0][0])
    return found


def words(html: str) -> str:
    """A page without its marks."""
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)))


def founded(folder: Path) -> LevelsSite:
    """A site with ten days of records over two months, everybody, and two projects under two levels."""
    sample_cdr({"people": 500, "days": DAYS, "first": FIRST}, folder=folder / "files")
    site = Site.create(folder / "site", name="levels", training=True)
    for login, roles in ROLES.items():
        first_person(site, login=login, name=login.title(), password="a long pass phrase", roles=roles)
    made = LevelsSite(folder / "site")
    ingest(made.room("bilal"), mapping=folder / "files" / "mapping.toml", folder=folder / "files")
    until = str(datetime.now(UTC).date() + timedelta(days=300))
    days = {"first": str(FIRST), "last": str(FIRST + timedelta(days=DAYS - 1))}
    for name, (login, policy) in PROJECTS.items():
        project = made.act("amara", "open_project", name=name, purpose=f"Plan {name.lower()}", until=until).id
        made.act("amara", "agree", project=project, title=name, dataset="phone", members=["amara", login], days=days,
                 until=until, policy=policy)  # fmt: skip
    return made
