"""A practice site to attack: made once, and copied afresh for every attack, so that none inherits another's history."""

import csv
import secrets
import shutil
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2

from safeconduct.actions.agreements import agree, open_project
from safeconduct.actions.doors import shell_caller
from safeconduct.actions.ingesting import Watching, ingest
from safeconduct.actions.people import create_token
from safeconduct.actions.room import Room
from safeconduct.actions.setting_up import first_person
from safeconduct.actions.site import Site
from safeconduct.actions.site_files import shipped_policy_files
from safeconduct.actions.verb import verbs
from safeconduct.attack.arrived import read_arrived
from safeconduct.attack.asking import Wired, wired
from safeconduct.attack.field import Spec
from safeconduct.desk.sample import read_mapping, sample_cdr, sample_sightings
from safeconduct.model.areas import AreaLevel, EventType, TimeGrain
from safeconduct.model.days import Days
from safeconduct.model.errors import (
    BadInput,
    BrokenPromise,
    NotFound,
    NotPermitted,
    SafeconductError,
    Unreadable,
    WrongState,
)
from safeconduct.model.event_files import EventFiles
from safeconduct.model.mapping import FileMapping
from safeconduct.model.policy import Policy
from safeconduct.model.sightings import DataSchema
from safeconduct.model.text import say

if TYPE_CHECKING:
    from safeconduct.attack.truth import Truth

ANALYSTS = ("chloe", "fatou")
CHECKERS = ("gil", "hana")
PEOPLE = (
    ("amara", ("steward",)),
    ("bilal", ("engineer",)),
    *((login, ("analyst",)) for login in ANALYSTS),
    *((login, ("checker",)) for login in CHECKERS),
)
FIRST = date(2026, 1, 5)
GUARANTEES = "differential_privacy"
A_YEAR = timedelta(days=365)
PATIENCE_S = 240
STOP_S = 20
SEED = 20261121
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Master:
    """A filled practice site that nobody asked anything yet.

    Attributes:
        folder: Holds `site` and `files`.
        tokens: One for each analyst, each of another project.
        truth: What it was filled with.
        policy: Name of the protection level of every agreement.
        rho: What an answer under it declares that it reveals, millionths; `None` where it declares nothing.
        dataset: Name of its one data set.
    """

    folder: Path
    tokens: tuple[str, ...]
    truth: "Truth"
    policy: str
    rho: int | None
    dataset: str


def room(site: Site, login: str) -> Room:
    """A room for one of the practice site's people."""
    now = datetime.now(UTC)
    return Room(site, shell_caller(site, login=login, now=now), now)


def sampled(folder: Path, *, people: int, days: int, tell: Tell, schema: DataSchema = DataSchema.PHONE) -> Path:
    """Files of made-up people, the same ones every time; of sightings, each is a device."""
    files = folder / "files"
    if schema is DataSchema.SIGHTINGS:
        sample_sightings({"devices": people, "days": days, "first": FIRST}, folder=files)
        return files
    sample_cdr(
        {"people": people, "days": days, "first": FIRST, "disaster_day": days // 2},
        folder=files,
        progress=lambda done, every: tell("sample", done, every),
    )
    return files


def filled(folder: Path, files: Path, *, policy: str, tell: Tell) -> Master:
    """A practice site filled with those files, under one protection level.

    Args:
        folder: Where to make it.
        files: A sample.
        policy: Name of a level that comes with the package, or a TOML file.
        tell: Told of steps.

    Raises:
        BadInput: There is no such level, or it cannot be used.
    """
    root = folder / "site"
    Site.create(root, name="practice", training=True).ledger.close()
    name = _own_level(root, policy)
    site = Site.open(root)
    if name not in site.policies:
        raise BadInput(f"there is no protection level called {name!r}; known: {', '.join(site.policies)}")
    for login, roles in PEOPLE:
        first_person(site, login=login, name=login.title(), password=secrets.token_urlsafe(18), roles=roles)
    dataset = read_mapping(files / "mapping.toml").dataset
    ingest(room(site, "bilal"), mapping=files / "mapping.toml", folder=files, watching=Watching(tell))
    for login in ANALYSTS:
        _project(site, login, policy=name, dataset=dataset)
    rho = _declared_loss(site.policies[name])
    master = Master(folder, _tokens(site, ANALYSTS), read_arrived(files), name, rho, dataset)
    site.ledger.close()
    return master


def _declared_loss(policy: Policy) -> int | None:
    """What the level says that one answer reveals."""
    found = [rule.parameters.get("rho") for rule in policy.rules if rule.name == GUARANTEES]
    return next((one for one in found if isinstance(one, int)), None)


def levels() -> tuple[str, ...]:
    """Names of the protection levels that come with the package."""
    return tuple(path.stem for path, _ in shipped_policy_files() if path.parent.name == "policies")


def _own_level(root: Path, policy: str) -> str:
    path = Path(policy)
    if path.suffix != ".toml":
        return policy
    try:
        name = str(tomllib.loads(path.read_text(encoding="utf-8"))["name"])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError):
        raise Unreadable("the protection level's file cannot be read as TOML with a name") from None
    shutil.copyfile(path, root / "policies" / f"{name}.toml")
    return name


def _project(site: Site, login: str, *, policy: str, dataset: str) -> None:
    until = datetime.now(UTC).date() + A_YEAR
    project = open_project(room(site, "amara"), name=f"Project of {login}", purpose="Practice", until=until)
    agree(
        room(site, "amara"), project=project.id, title="Everything the level allows", dataset=dataset,
        members=(login,), days=Days(date(2000, 1, 1), date(2099, 12, 31)), until=until, finest=AreaLevel.COMMUNE,
        grain=TimeGrain.HOUR, policy=policy,
    )  # fmt: skip


def _tokens(site: Site, logins: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(create_token(room(site, login), name="attack").text for login in logins)


@contextmanager
def attacked(master: Master, folder: Path) -> Iterator[Wired]:
    """A fresh copy of the site, served on this machine with a worker, as its analysts see it; removed afterwards."""
    root = folder / "site"
    shutil.copytree(master.folder / "site", root)
    try:
        with _served(root) as url, _reviewers(root) as review:
            found = wired(url, master.tokens, truth=master.truth, seed=SEED, dataset=master.dataset)
            found.review = review
            found.product = lambda first, windows: _declared(root, master.dataset, first, windows)
            found.arrive = _Latecomers(root, master.folder.parent / "files", folder / "late")
            try:
                yield found
            finally:
                found.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _served(root: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "safeconduct", "serve", "--site", str(root), "--port", str(port)]
    with (root / "server.log").open("wb") as told:
        server = subprocess.Popen(command, stdout=told, stderr=subprocess.STDOUT)  # noqa: S603 - our own program
        try:
            url = f"http://127.0.0.1:{port}"
            _ready(url, server)
            yield url
        finally:
            server.terminate()
            try:
                server.wait(STOP_S)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _ready(url: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end and server.poll() is None:
        try:
            httpx2.get(url, timeout=2)
        except httpx2.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise BrokenPromise("the practice site did not start; run 'safeconduct doctor'")


@contextmanager
def _reviewers(root: Path) -> Iterator[Callable[[str], bool]]:
    """Independent reviewers who let everything pass: what an attack finds then is what the rules do not stop."""
    site = Site.open(root)

    def review(answer_id: str) -> bool:
        voted = False
        for login in CHECKERS:
            with suppress(NotFound, NotPermitted, WrongState):
                verbs["check_answer"].call(room(site, login), {"answer_id": answer_id, "vote": "yes"})
                voted = True
        return voted

    try:
        yield review
    finally:
        site.ledger.close()


def _declared(root: Path, dataset: str, first: Spec, windows: int) -> bool:
    """Declare a product as the steward; whether this site takes it."""
    site = Site.open(root)
    given = {"title": "Practice", "dataset": dataset, "spec": first, "step": 1, "windows": windows}
    try:
        verbs["declare_product"].call(room(site, "amara"), given)
    except WrongState:
        return False
    finally:
        site.ledger.close()
    return True


class _Latecomers:
    """Files of calls, or sightings, of a few people that come after the others, each time of others and another day.

    Args:
        root: The site's folder.
        files: What came before.
        folder: Where to put what comes later.
    """

    def __init__(self, root: Path, files: Path, folder: Path) -> None:
        self._root, self._files, self._folder = root, files, folder
        self._came: list[Path] = []

    def __call__(self, people: int) -> "Truth":
        """Take in one event of each of so many people; what is true then."""
        times = len(self._came)
        folder = self._folder / str(times)
        folder.mkdir(parents=True, exist_ok=True)
        mapping = read_mapping(self._files / "mapping.toml")
        for name in filter(None, ("mapping.toml", mapping.cells_file, *mapping.boundaries.values())):
            shutil.copyfile(self._files / name, folder / name)
        spec = _late_files(mapping)
        days = sorted(self._files.glob(spec.files))
        _write_late(days[times % len(days)], folder, spec=spec, name=f"late{times}", skip=times * people, people=people)
        site = Site.open(self._root)
        ingest(room(site, "bilal"), mapping=folder / "mapping.toml", folder=folder)
        site.ledger.close()
        self._came.append(folder)
        return read_arrived(self._files, *self._came)


def _late_files(mapping: FileMapping) -> EventFiles:
    """The files that come late: calls, or the first group of sightings."""
    return mapping.events.get(EventType.CALLS) or next(iter(mapping.sightings.values()))


def _write_late(source: Path, folder: Path, *, spec: EventFiles, name: str, skip: int, people: int) -> None:
    """One more event of each of some people, each at a place where somebody was that day."""
    with source.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=spec.delimiter))
    who, where = spec.columns["person"], [spec.columns[one] for one in ("cell", "lon", "lat") if one in spec.columns]
    callers = list(dict.fromkeys(row[who] for row in rows))
    places = list(dict.fromkeys(tuple(row[one] for one in where) for row in rows if all(row[one] for one in where)))
    step = max(1, len(places) // max(people, 1))
    late = [{**rows[0], who: callers[(skip + at) % len(callers)],
             **dict(zip(where, places[(skip + at * step) % len(places)], strict=True))}
            for at in range(people)]  # fmt: skip
    with (folder / spec.files.replace("*", name)).open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, list(rows[0]), delimiter=spec.delimiter, lineterminator="\n")
        writer.writeheader()
        writer.writerows(late)


def foreign(url: str, tokens: tuple[str, ...], *, truth: Path | None, dataset: str = "") -> Wired:
    """Somebody's own site, as its analysts see it.

    Args:
        url: Where it is.
        tokens: One an analyst.
        truth: Folder of the files that it took in, `None` where nobody has them.
        dataset: Which data set; may be left out where the analysts' projects have one.

    Raises:
        BadInput: The files are not of a data set of that sort.
    """
    found = wired(url, tokens, truth=None, seed=SEED, dataset=dataset)
    if truth is None:
        return found
    try:
        return replace(found, truth=_true_of(found, truth))
    except SafeconductError:
        found.close()
        raise


def _true_of(found: Wired, folder: Path) -> "Truth":
    """What the files of a data set say, if they can be of that one."""
    arrived = read_arrived(folder)
    if frozenset(map(str, arrived.types)) != frozenset(found.slices.types):
        raise BadInput(say("the files of --truth are of another sort than the data set; name theirs with --dataset"))
    return arrived
