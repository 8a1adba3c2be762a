"""A practice site with a host, three organisations and strangers, for tests of pools; each fixture is a module's."""

import csv
import io
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from threading import Event

from safeconduct.actions.doors import shell_caller, stranger
from safeconduct.actions.profiles import keep_profile
from safeconduct.actions.room import Act, Door, Room
from safeconduct.actions.setting_up import first_person
from safeconduct.actions.site import Site
from safeconduct.actions.transfers import Upload
from safeconduct.actions.verb import verbs
from safeconduct.actions.working import Task, work
from safeconduct.govern.organisations import OrganisationKind

STUDY, MARKER = "POOL-2026", "Zanele Marker-Dlamini"
PEOPLE = {
    "amara": (("steward",), ""),
    "nadia": (("analyst",), ""),
    "hope": (("contributor",), "Haven"),
    "lucas": (("contributor",), "Lighthouse"),
    "ravi": (("contributor",), "Refuge"),
    "sara": (("contributor",), "Stranger House"),
    "gus": (("steward",), "Another Host"),
}
"""A steward and an analyst of the house, a contributor of each organisation, one never invited, a guest's steward."""
MEMBERS = {"hope": "Haven", "lucas": "Lighthouse", "ravi": "Refuge"}
COUNTRIES = ("Ukraine", "Namibia", "Peru")
PLAN = (
    {"method": "remove", "columns": ["prs_Birthdate"], "parameters": {}, "why": "A day of birth is a name."},
    {"method": "local_suppression", "columns": [], "parameters": {"k": 3}, "why": "Nobody alone."},
)


def case(number: int, **more: str) -> dict[str, str]:
    """A case as the standard names its columns."""
    return {
        "con_Consent": "TRUE",
        "con_ConsentResearch": "TRUE",
        "prs_FirstName": f"{MARKER} {'abcdefghijklmnopqrstuvwxyz'[number % 26]}",
        "prs_SecondName": "Okoro",
        "prs_Birthdate": f"19{60 + number % 40}-0{1 + number % 9}-1{number % 9}",
        "prs_MobilePhone": f"+258 84 555 {number:04d}",
        "prs_Gender": ("Feminine", "Masculine")[number % 2],
        "vic_CountryOfExploitation": COUNTRIES[number % 3],
        "vic_MethodsOfControl": "Debt bondage;Takes earnings" if number % 4 else "Other",
        "cco_CaseComment": f"{MARKER} was seen by the river",
        **more,
    }


def written(path: Path, cases: list[dict[str, str]]) -> Path:
    """Cases as CSV."""
    text = io.StringIO(newline="")
    plain = csv.DictWriter(text, list(cases[0]))
    plain.writeheader()
    plain.writerows(cases)
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def share_of(start: int, count: int = 30) -> list[dict[str, str]]:
    """An organisation's cases; its own people, by number."""
    return [case(number) for number in range(start, start + count)]


@dataclass(frozen=True)
class House:
    """The site and everybody in it."""

    root: Path

    @cached_property
    def site(self) -> Site:
        return Site.open(self.root)

    def room(self, login: str) -> Room:
        now = datetime.now(UTC)
        return Room(self.site, shell_caller(self.site, login=login, now=now), now)

    def act(self, login: str, verb: str, /, **arguments: object):
        """Call a verb with arguments as JSON has them, and do the work it begins."""
        found = verbs[verb].call(self.room(login), arguments)
        if isinstance(found, Task):
            self.work()
            return verbs["task"].call(self.room(login), {"key": found.key})
        return found

    def work(self) -> None:
        work(self.site, worker="here", stop=Event(), until_empty=True)

    def send(self, login: str, path: Path) -> str:
        content = path.read_bytes()
        upload = self.act(login, "begin_upload", name=path.name, size=len(content)).id
        self.act(login, "send_upload", upload=upload, offset=0, content=Upload([content]))
        return self.act(login, "finish_upload", upload=upload).id

    def open(self, **more: object) -> str:
        """A pool; its id."""
        today = datetime.now(UTC).date()
        said = {
            "title": "Cases of the coast", "study": STUDY, "purpose": "A public synthetic data set.",
            "standard": "htcds", "freeze_on": (today + timedelta(days=5)).isoformat(),
            "organisations": list(MEMBERS.values()), "basis": "public interest", "agreement": "DSA-2026-014",
            "agreement_from": today.isoformat(), "agreement_until": (today + timedelta(days=300)).isoformat(),
        }  # fmt: skip
        return self.act("amara", "open_pool", **{**said, **more}).pool.id

    def contribute(self, login: str, pool: str, folder: Path, cases: list[dict[str, str]]) -> Task:
        return self.act(
            login, "contribute", pool=pool, uploads=[self.send(login, written(folder / f"{login}.csv", cases))]
        )

    def let_freeze(self, pool: str) -> None:
        """Let time pass: the first day it may be frozen is today."""
        fact = self.site.ledger.fact("pool", pool)
        said = {**fact.body["pool"], "freeze_on": str(datetime.now(UTC).date())}
        with self.site.ledger.write() as tx:
            tx.put("pool", pool, {**fact.body, "pool": said}, state=fact.state, at=datetime.now(UTC))
            tx.event(actor="time", verb="passes", subject=pool, body={}, at=datetime.now(UTC))

    def sign(self, login: str, pool: str) -> None:
        """Everything said, looked at and signed."""
        if self.act(login, "share_duplicates", pool=pool):
            self.act(login, "decide_duplicates", pool=pool, fate="keep")
        self.act(login, "preview_share", pool=pool)
        seen = self.act(login, "my_share", pool=pool).seen
        self.act(login, "sign_off_share", pool=pool, seen=seen, office="Director")


def founded(root: Path, *, database: str = "") -> House:
    """The site and everybody, no pool; in PostgreSQL where a database is given."""
    site = Site.create(root, name="practice", training=True, database=database)
    for login, (roles, organisation) in PEOPLE.items():
        first_person(site, login=login, name=login.title(), password="a long pass phrase", roles=roles)
        if organisation:
            account = site.accounts.by_login(login).id
            with site.ledger.write() as tx:
                act = Act(tx, Room(site, stranger(door=Door.SHELL), datetime.now(UTC), verb="register"))
                keep_profile(act, account, organisation=organisation, kind=OrganisationKind.NATIONAL_NGO)
                act.record(account, {})
    site.ledger.close()
    return House(root)


def copied(house: House, folder: Path) -> House:
    """The same site elsewhere; copied by another program, since reading a database here would drop its locks."""
    subprocess.run(["cp", "-r", str(house.root), str(folder / "site")], check=True)
    return House(folder / "site")


def contributed(house: House, folder: Path, **more: object) -> str:
    """A pool to which all three contributed 30 cases each, of which five are the same people; its id."""
    pool = house.open(**more)
    for at, login in enumerate(MEMBERS):
        cases = share_of(100 * at)
        if login == "lucas":
            cases[3:8] = [{**case(number), "prs_MobilePhone": f"00258 84-555-{number:04d}"} for number in range(5, 10)]
        house.contribute(login, pool, folder, cases)
    return pool
