"""What several rooms' tests stand on: programs of the machine, a PostgreSQL server of our own, ledgers."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings

import cheap_hashes  # noqa: F401 - it is enough to import it
from safeconduct.ledger.ledger import Ledger

# One way of drawing examples, whichever tests are run: the same ones each time, however slow the machine is.
settings.register_profile("check", max_examples=25, derandomize=True, deadline=None)
settings.register_profile("search", max_examples=500, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "check"))

# Programs that tests start, and their workers, read what was compiled before: else they compile most of the time.
if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
    os.environ.setdefault("PYTHONPYCACHEPREFIX", str(Path(__file__).parents[1] / ".pytest_cache" / "compiled"))
    sys.pycache_prefix, sys.dont_write_bytecode = os.environ["PYTHONPYCACHEPREFIX"], False

PATIENCE_S = 60
ELSEWHERE = ("/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin")


def needs(program: str, *others: str) -> Path:
    """The program a test needs, under any of its names; without it the test skips saying so, or fails if CI=true."""
    for name in (program, *others):
        beside = [path / name for folder in ELSEWHERE for path in sorted(Path("/").glob(folder[1:]), reverse=True)]
        found = shutil.which(name) or next((str(path) for path in beside if os.access(path, os.X_OK)), None)
        if found:
            return Path(found)
    reason = f"needs the program {program}, which is not installed"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first, else in the order there is: where files are shared out, none is left for the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow") is not None}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session", name="needs")
def _needs() -> Callable[..., Path]:
    """`needs(program)`, for tests that ask for it by name."""
    return needs


@dataclass(frozen=True)
class Postgres:
    """A running PostgreSQL server of our own, reached through a socket in a folder only we may enter."""

    socket: Path
    numbers: Iterator[int]

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.socket}"

    def run(self, statement: str) -> None:
        with closing(
            psycopg.connect(host=str(self.socket), user="postgres", dbname="postgres", autocommit=True)
        ) as own:
            own.execute(statement)

    def database(self, template: str = "template0") -> str:
        """The URL of a new database."""
        name = f"safeconduct_{next(self.numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server for these tests alone; it listens on no network and ends with them."""
    initdb, server = needs("initdb"), needs("postgres")
    prefix, owner = _someone_else()
    folder = Path(tempfile.mkdtemp(prefix="scpg"))
    if owner is not None:
        os.chown(folder, owner, -1)
    try:
        command = [*prefix, initdb, "-D", folder / "d", "-U", "postgres", "--auth=trust", "--no-sync", "-E", "UTF8"]
        subprocess.run(command, check=True, capture_output=True, cwd=folder)
        with _served([*prefix, server], folder):
            yield Postgres(folder, count())
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _someone_else() -> tuple[list[str], int | None]:
    """PostgreSQL refuses to run as root: how to run it as somebody else, and their number."""
    if os.geteuid() != 0:
        return [], None
    for name in ("postgres", "nobody"):
        try:
            return [str(needs("runuser")), "-u", name, "--"], pwd.getpwnam(name).pw_uid
        except KeyError:
            continue
    pytest.fail("neither postgres nor nobody is a user of this machine")


@contextmanager
def _served(command: list[object], folder: Path) -> Iterator[None]:
    settings = ("listen_addresses=", f"unix_socket_directories={folder}", "fsync=off", "shared_buffers=16MB")
    options = [part for setting in settings for part in ("-c", setting)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*command, "-D", folder / "d", *options], stdout=log, stderr=log, cwd=folder)
    try:
        _await(folder, process)
        yield
    finally:
        own = int((folder / "d" / "postmaster.pid").read_text().split()[0])
        os.kill(own, signal.SIGINT)
        process.wait(PATIENCE_S)


def _await(folder: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            psycopg.connect(host=str(folder), user="postgres", dbname="postgres").close()
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail("PostgreSQL did not start: " + (folder / "log").read_text()[-500:])
            time.sleep(0.05)
        else:
            return


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    """A database with our tables, for copying."""
    url = postgres.database()
    made = Ledger.open(url)
    made.upgrade()
    made.close()
    return url.partition("@/")[2].partition("?")[0]


@pytest.fixture
def postgres_url(postgres: Postgres, postgres_template: str) -> str:
    """A database of this test's own, with our tables in it."""
    return postgres.database(postgres_template)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with our tables, for copying; nobody opens it, so that reading it drops nobody's locks."""
    path = tmp_path_factory.mktemp("template") / "meta.sqlite"
    made = Ledger.open(f"sqlite:///{path}")
    made.upgrade()
    made.close()
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A SQLite file of this test's own, with our tables in it."""
    shutil.copy(sqlite_template, tmp_path / "meta.sqlite")
    return f"sqlite:///{tmp_path}/meta.sqlite"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def either_url(request: pytest.FixtureRequest) -> str:
    """A database with our tables, of one sort and then of the other."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture
def ledger(sqlite_url: str) -> Iterator[Ledger]:
    """An empty ledger."""
    opened = Ledger.open(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def either(either_url: str) -> Iterator[Ledger]:
    """An empty ledger, on one database and then on the other."""
    opened = Ledger.open(either_url)
    yield opened
    opened.close()
