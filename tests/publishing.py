"""A practice site on which the second main job was done once, copies of it to change, and a server in front of one."""

import random
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from threading import Event
from types import ModuleType

import httpx2
import pandas as pd
import pyreadstat
import pytest

from safeconduct.actions.doors import shell_caller, stranger
from safeconduct.actions.people import create_token
from safeconduct.actions.profiles import keep_profile
from safeconduct.actions.room import Act, Door, Room
from safeconduct.actions.setting_up import first_person
from safeconduct.actions.site import Site
from safeconduct.actions.transfers import Upload
from safeconduct.actions.verb import verbs
from safeconduct.actions.working import Task, work
from safeconduct.cli.publishing import DESCRIPTION, REQUEST
from safeconduct.client import Client
from safeconduct.govern.organisations import OrganisationKind

STUDY, EDITION, TABLE = "FLOOD-2026", "FLOOD-2026/1", "people"
MARKER = "Zanele Marker-Dlamini"
ROWS = 1500
DISTRICTS, SEXES = {1: "North", 2: "South", 3: "Lakeside"}, {1: "Woman", 2: "Man"}
CONTENT = {1: "Very", 2: "Somewhat", 3: "Not at all", "a": "Refused", "b": "Not asked"}
PASSWORD = "a long pass phrase"
PEOPLE = {
    "amara": ("steward",),
    "anna": ("steward",),
    "farid": ("checker", "committee"),
    "hana": ("checker", "committee"),
    "dara": ("dpo",),
    "dora": ("dpo", "checker"),
    "eva": ("auditor",),
    "bilal": ("engineer",),
}
OUTSIDE = {
    "gita": ("researcher", "Practice University"),
    "jonas": ("researcher", "Practice University"),
    "karl": ("researcher", "Another University"),
    "ines": ("checker", "Statistics of Elsewhere"),
    "omar": ("committee", "Practice University"),
}
ROLES = {
    "name": "direct identifier",
    "district": "geography",
    "sex": "quasi-identifier",
    "age": "quasi-identifier",
    "income": "sensitive",
    "content": "other",
    "remarks": "free text",
}
PLAN = (
    {"method": "recode", "columns": ["age"], "parameters": {"width": "20", "first": "20", "last": "80"}, "why": "."},
    {"method": "top_bottom", "columns": ["income"], "parameters": {"top": "900"}, "why": "High incomes are known."},
    {"method": "local_suppression", "columns": [], "parameters": {"k": 3}, "why": "Nobody alone."},
    {"method": "remove", "columns": ["remarks"], "parameters": {}, "why": "Free text."},
    {"method": "sort_rows", "columns": [], "parameters": {}, "why": "The order of rows tells nothing."},
)


def survey(rows: int = ROWS, *, noise: int = 0, seed: int = 1) -> pd.DataFrame:
    """People with a name, a few keys, and answers with Stata's `.a` and `.b`; `noise` columns that do not compress."""
    drawn = random.Random(seed)  # noqa: S311 - a sample, no secret
    columns = {
        "name": [f"{MARKER} {number}" for number in range(rows)],
        "district": [drawn.choice(list(DISTRICTS)) for _ in range(rows)],
        "sex": [drawn.choice(list(SEXES)) for _ in range(rows)],
        "age": [drawn.randint(20, 79) for _ in range(rows)],
        "income": [drawn.choice(["a", "b", *(10 * drawn.randint(5, 100) for _ in range(8))]) for _ in range(rows)],
        "content": [drawn.choice(["a", "b", 1, 2, 3]) for _ in range(rows)],
        "remarks": [f"ask {MARKER} of house {drawn.randint(1, 999)} by the river" for _ in range(rows)],
    }
    more = {f"reading{number}": [drawn.random() for _ in range(rows)] for number in range(noise)}
    return pd.DataFrame({**columns, **more})


def write_stata(frame: pd.DataFrame, path: Path) -> Path:
    """The sample as Stata has it, with its labels."""
    pyreadstat.write_dta(
        frame,
        path,
        column_labels={"content": "How content with the help", "income": "Income last month", "age": "Age in years"},
        variable_value_labels={"district": DISTRICTS, "sex": SEXES, "content": CONTENT, "income": {"a": "Refused"}},
        missing_user_values={"income": ["a", "b"], "content": ["a", "b"]},
    )
    return path


def roles_of(frame: pd.DataFrame) -> dict[str, dict[str, str]]:
    """What each column is for."""
    return {TABLE: {name: ROLES.get(name, "other") for name in frame.columns}}


@dataclass(frozen=True)
class Office:
    """A practice site and everybody in it; each verb is called by the account whose step it is."""

    root: Path

    @cached_property
    def site(self) -> Site:
        return Site.open(self.root)

    @property
    def study(self) -> str:
        return STUDY

    @property
    def edition(self) -> str:
        return EDITION

    @property
    def marker(self) -> str:
        return MARKER

    def account(self, login: str) -> str:
        return self.site.accounts.by_login(login).id

    def room(self, login: str, *, now: datetime | None = None) -> Room:
        now = now or datetime.now(UTC)
        if not login:
            return Room(self.site, stranger(door=Door.SHELL), now)
        return Room(self.site, shell_caller(self.site, login=login, now=now), now)

    def act(self, login: str, verb: str, /, **arguments: object):
        """Call a verb with arguments as JSON has them, and do the work it begins."""
        found = verbs[verb].call(self.room(login), arguments)
        if isinstance(found, Task):
            self.work()
            found = verbs["task"].call(self.room(login), {"key": found.key})
        return found

    def work(self) -> None:
        """Do whatever waits."""
        work(self.site, worker="here", stop=Event(), until_empty=True)

    def token(self, login: str, *permissions: str) -> str:
        scopes = tuple(f"do:{one}" for one in permissions)
        return create_token(self.room(login), name="test", scopes=scopes).text

    def cookie(self, login: str) -> dict[str, str]:
        """A session of the pages: the value of its cookie, and what its forms carry."""
        with self.site.ledger.write() as tx:
            cookie = self.site.sessions.open(tx, self.site.accounts.by_login(login), datetime.now(UTC))
        return {"cookie": str(cookie), "csrf": self.site.sessions.who(str(cookie), datetime.now(UTC)).csrf}

    def events(self, verb: str, **how: object) -> list:
        return self.site.ledger.events(verb=verb, limit=1000, **how)

    def change(self, kind: str, id_: str, **changed: object) -> None:
        """Let time pass: write parts of a fact anew, as nobody could through a verb."""
        fact = self.site.ledger.fact(kind, id_)
        with self.site.ledger.write() as tx:
            tx.put(kind, id_, {**fact.body, **changed}, state=fact.state, at=datetime.now(UTC))
            tx.event(actor="time", verb="passes", subject=id_, body={}, at=datetime.now(UTC))

    def send(self, login: str, path: Path) -> str:
        """A file, sent whole."""
        content = path.read_bytes()
        upload = self.act(login, "begin_upload", name=path.name, size=len(content)).id
        self.act(login, "send_upload", upload=upload, offset=0, content=Upload([content]))
        return self.act(login, "finish_upload", upload=upload).id

    def deposit(self, path: Path, *, study: str = STUDY, login: str = "amara", **more: object) -> str:
        """A deposit that was read; its id. Raises what stands in the way."""
        said = {"title": "As received", "collected_by": "Us", "basis": "public interest", **more}
        task = self.act(login, "deposit", uploads=[self.send(login, path)], study=study, **said)
        return task.result if task.state == "done" else task.key.partition("/")[2]

    def keep(self, deposit: str, roles: dict[str, dict[str, str]]) -> None:
        """Every role decided, the rows looked at, the records kept."""
        self.act("amara", "decide_roles", deposit=deposit, roles=roles)
        self.act("amara", "keep_records", deposit=deposit)

    def prepare(self, *, study: str = STUDY, plan: tuple = PLAN, access: str = "licensed") -> str:
        """Described, treated, an edition made; its id."""
        self.act("amara", "describe_study", study=study, fields=DESCRIPTION)
        self.act("amara", "write_plan", study=study, steps=list(plan))
        self.act("amara", "try_plan", study=study)
        return self.act("amara", "draft_edition", study=study, access=access).result

    def approve(self, edition: str = EDITION) -> None:
        """Handed in, checked by one and approved by another."""
        self.act("amara", "submit_edition", edition=edition)
        self.act("farid", "vote", edition=edition, verdict="approve")
        self.act("dara", "approve_edition", edition=edition)

    def publish(self, edition: str = EDITION) -> None:
        self.approve(edition)
        self.act("amara", "publish_edition", edition=edition)

    def ask(self, login: str = "gita", *, study: str = STUDY, team: tuple[str, ...] = (), **fields: object) -> str:
        """A request written, not handed in; its id."""
        asked = self.act(login, "begin_request", study=study).request.id
        ends = (datetime.now(UTC).date() + timedelta(days=180)).isoformat()
        member = {"title": "Researcher", "affiliation": "Practice University"}
        people = [{"name": one.title(), "login": one, **member} for one in (login, *team)]
        written = {**REQUEST, "completion": ends, **fields}
        self.act(login, "write_request", request=asked, fields=written, team=people)
        return asked

    def request(self, login: str = "gita", **how: object) -> str:
        """A request handed in; its id."""
        asked = self.ask(login, **how)
        self.act(login, "submit_request", request=asked)
        return asked

    def grant(self, login: str = "gita", *, decided: dict | None = None, **how: object) -> str:
        """A request granted and accepted; the licence."""
        asked = self.request(login, **how)
        self.act("farid", "decide_request", request=asked, decision="approve", reasons="Sound.", **(decided or {}))
        view = self.act(login, "my_licences")[0]
        return self.act(login, "accept_licence", licence=view.licence.id, offer=view.offer).licence.id

    def deliver(self, licence: str, *, login: str = "gita", file: str = "people.dta") -> str:
        """A download packed and ready; its id."""
        begun = self.act(login, "begin_delivery", licence=licence, file=file)
        self.work()
        return begun.id

    def fetch(self, licence: str, delivery: str, *, login: str = "gita"):
        return self.act(login, "fetch_delivery", licence=licence, delivery=delivery)

    def later(self, days: int) -> date:
        return datetime.now(UTC).date() + timedelta(days=days)


def founded(root: Path) -> Office:
    """A practice site with everybody, and nothing in it."""
    site = Site.create(root, name="practice", training=True)
    for login, roles in PEOPLE.items():
        first_person(site, login=login, name=login.title(), password=PASSWORD, roles=roles)
    for login, (role, organisation) in OUTSIDE.items():
        first_person(site, login=login, name=login.title(), password=PASSWORD, roles=(role,))
        account = site.accounts.by_login(login).id
        with site.ledger.write() as tx:
            act = Act(tx, Room(site, stranger(door=Door.SHELL), datetime.now(UTC), verb="register"))
            keep_profile(act, account, organisation=organisation, kind=OrganisationKind.UNIVERSITY)
            act.record(account, {})
    return Office(root)


def copied(office: Office, folder: Path) -> Office:
    """The same site elsewhere; copied by another program, since reading a database here would drop its locks."""
    subprocess.run(["cp", "-r", str(office.root), str(folder / "site")], check=True)
    return Office(folder / "site")


@pytest.fixture(scope="session")
def publishing() -> ModuleType:
    """This module, for what its functions make."""
    return sys.modules[__name__]


@pytest.fixture(scope="session")
def material(tmp_path_factory) -> Path:
    """The survey as a Stata file."""
    return write_stata(survey(), tmp_path_factory.mktemp("material") / f"{TABLE}.dta")


@pytest.fixture(scope="session")
def stages(tmp_path_factory, material) -> dict[str, Office]:
    """The site as it was after each part of the walk: `empty`, `prepared` and `published`."""
    empty = founded(tmp_path_factory.mktemp("empty") / "site")
    prepared = copied(empty, tmp_path_factory.mktemp("prepared"))
    prepared.keep(prepared.deposit(material), roles_of(survey(1)))
    prepared.prepare()
    published = copied(prepared, tmp_path_factory.mktemp("published"))
    published.publish()
    return {"empty": empty, "prepared": prepared, "published": published}


@pytest.fixture
def stage(stages, tmp_path_factory) -> Iterator[Callable[[str], Office]]:
    """A copy of the site at a stage, to be changed."""
    made: list[Office] = []

    def copy(name: str) -> Office:
        made.append(copied(stages[name], tmp_path_factory.mktemp(name)))
        return made[-1]

    yield copy
    for one in made:
        one.site.ledger.close()


@pytest.fixture
def empty(stage) -> Office:
    """Everybody is there, nothing has arrived."""
    return stage("empty")


@pytest.fixture
def prepared(stage) -> Office:
    """The records are kept and an edition is made, which nobody else has seen."""
    return stage("prepared")


@pytest.fixture
def published(stage) -> Office:
    """The first edition is in the catalogue."""
    return stage("published")


@dataclass(frozen=True)
class Served:
    """An office with a server and a worker in front of it."""

    office: Office
    url: str
    log: Path

    @contextmanager
    def client(self, login: str, *permissions: str) -> Iterator[Client]:
        made = Client(self.url, token=self.office.token(login, *permissions))
        try:
            yield made
        finally:
            made.close()

    def bearer(self, login: str, *permissions: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.office.token(login, *permissions)}"}


@contextmanager
def serving(office: Office, *, workers: int = 1) -> Iterator[Served]:
    """A real server with real workers, ended at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = office.root.parent / f"server-{secrets.token_hex(3)}.log"
    command = [sys.executable, "-m", "safeconduct", "serve", "--site", str(office.root), "--port", str(port)]
    with log.open("wb") as out:
        server = subprocess.Popen([*command, "--workers", str(workers)], stdout=out, stderr=subprocess.STDOUT)
    try:
        yield Served(office, _awaited(f"http://127.0.0.1:{port}", server), log)
    finally:
        server.terminate()
        server.wait(30)


def _awaited(address: str, server: subprocess.Popen) -> str:
    end = time.monotonic() + 90
    while time.monotonic() < end and server.poll() is None:
        with closing(httpx2.Client(timeout=2)) as client:
            try:
                client.get(address)
            except httpx2.HTTPError:
                time.sleep(0.1)
            else:
                return address
    raise TimeoutError(address)


@pytest.fixture
def serve() -> Callable[..., object]:
    """What puts a server in front of an office for as long as a block lasts."""
    return serving
