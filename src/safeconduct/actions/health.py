"""What is unsafe or missing, in words: for `doctor` and the health page."""

import importlib.util
import resource
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from safeconduct.actions.levels_behind import behind
from safeconduct.actions.site import Site, try_engine
from safeconduct.actions.verification import verify_ledger
from safeconduct.model.errors import SafeconductError
from safeconduct.model.text import Text, say
from safeconduct.store.epochs import Epochs, epoch_of

LEAST_FREE_GB = 5
LONG = timedelta(days=366)
"""How long pseudonyms may rest under one key before it is time to exchange it."""
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Grade(StrEnum):
    """How a finding is meant."""

    GOOD = "good"
    ADVICE = "advice"
    UNSAFE = "unsafe"
    MISSING = "missing"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing looked at.

    Attributes:
        name: What was looked at, a word.
        grade: How it is.
        says: What was found and what to do.
    """

    name: str
    grade: Grade
    says: Text


def machine() -> list[Finding]:
    """What holds for this machine, without a site."""
    return [_python(), _encryption(), _cores()]


def of_site(site: Site) -> list[Finding]:
    """What holds for a site."""
    looks: tuple[Callable[[Site], Finding], ...] = (
        _keys,
        _folder,
        _address,
        _disk,
        _people,
        _training,
        _ledger,
        _writer,
    )
    now = datetime.now(UTC)
    return [*(look(site) for look in looks), *(_records(site, one, now) for one in site.datasets()), *_levels(site)]


def _records(site: Site, dataset: str, now: datetime) -> Finding:
    """What holds for a data set; one that does not open is told, and keeps nobody from what is found of the rest."""
    try:
        return pseudonyms(site, dataset, now)
    except SafeconductError as error:
        return _finding(f"records of {dataset}", Grade.UNSAFE, error.text)


def _levels(site: Site) -> list[Finding]:
    """Protection levels that later versions of the program mended; each stays as it is until somebody changes it."""
    found = [
        _finding("protection level", Grade.ADVICE, say(
            "The protection level {name} is version {here} here, and this program comes with version {comes}, which "
            "has other rules. Compare them, copy {file} into the site's folder {folder}, and start servers anew.",
            name=one.name, here=one.here, comes=one.comes, file=str(one.file), folder=one.folder))
        for one in behind(site)
    ]  # fmt: skip
    return found or [
        _finding("protection level", Grade.GOOD, say("No protection level here is older than the program's."))
    ]


def pseudonyms(site: Site, dataset: str, now: datetime) -> Finding:
    """Which key the pseudonyms of a data set rest under, and whether it is time to exchange it."""
    number = epoch_of(site.manifest(dataset).codes)
    began = Epochs(store=site.folders.store, dataset=dataset, keys=site.keys).since(number)
    since = began or datetime.fromisoformat(site.ledger.history("dataset", dataset)[0].at).astimezone(UTC)
    told: dict[str, str | int] = {"dataset": dataset, "number": number, "day": since.date().isoformat()}
    if now - since > LONG:
        return _finding(
            "pseudonyms",
            Grade.ADVICE,
            say("Pseudonyms of {dataset} rest under key {number} since {day}; exchange it: safeconduct "
                "rotate-pseudonyms --dataset {dataset}", **told),
        )  # fmt: skip
    return _finding(
        "pseudonyms", Grade.GOOD, say("Pseudonyms of {dataset} rest under key {number} since {day}.", **told)
    )


def _finding(name: str, grade: Grade, says: Text) -> Finding:
    return Finding(name=name, grade=grade, says=says)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return _finding("python", Grade.GOOD, say("Python {version}.", version=version))


def _encryption() -> Finding:
    """Open a locked-down engine as a question would; without its encryption nothing may start."""
    if importlib.util.find_spec("duckdb") is None:
        return _finding(
            "encryption", Grade.MISSING, say("The engine is not installed: pip install 'safeconduct[site]'.")
        )
    try:
        with tempfile.TemporaryDirectory() as folder:
            try_engine(Path(folder))
    except SafeconductError:
        return _finding(
            "encryption",
            Grade.UNSAFE,
            say("The engine cannot encrypt; install duckdb and duckdb-extension-httpfs 1.5.5."),
        )
    return _finding("encryption", Grade.GOOD, say("Records and spill are encrypted; what reads them is locked down."))


def _cores() -> Finding:
    soft, _ = resource.getrlimit(resource.RLIMIT_CORE)
    if soft == 0:
        return _finding("core files", Grade.GOOD, say("A crash writes no core file."))
    return _finding(
        "core files",
        Grade.ADVICE,
        say("A crash may write a core file that holds records; set 'ulimit -c 0' or LimitCORE=0."),
    )


def _keys(site: Site) -> Finding:
    secret = [path for path in site.folders.keys.iterdir() if path.suffix != ".pub"]
    open_to = [path for path in (site.folders.keys, *secret) if path.stat().st_mode & 0o077]
    if open_to:
        return _finding(
            "keys",
            Grade.UNSAFE,
            say("Others on this machine may read keys; run: chmod -R go= {folder}", folder=str(site.folders.keys)),
        )
    return _finding("keys", Grade.GOOD, say("Only the site's user can read the keys. Keep a copy of them elsewhere."))


def _folder(site: Site) -> Finding:
    if site.folders.root.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return _finding(
            "folder", Grade.UNSAFE, say("Others on this machine may change the site's folder; chmod go-w it.")
        )
    return _finding("folder", Grade.GOOD, say("Only the site's user can change its folder."))


def _address(site: Site) -> Finding:
    settings = site.settings
    if settings.host in LOOPBACK:
        return _finding("address", Grade.GOOD, say("The site answers on this machine only."))
    if settings.tls_certificate or settings.proxy:
        return _finding("address", Grade.GOOD, say("The site answers others over TLS."))
    return _finding(
        "address", Grade.UNSAFE, say("The site would answer others without TLS; it will not start like this.")
    )


def _disk(site: Site) -> Finding:
    free = shutil.disk_usage(site.folders.root).free // 2**30
    if free < LEAST_FREE_GB:
        return _finding("disk", Grade.ADVICE, say("Only {free} GB of disk are free.", free=free))
    return _finding("disk", Grade.GOOD, say("{free} GB of disk are free.", free=free))


def _people(site: Site) -> Finding:
    people = site.accounts.everybody()
    if not people:
        return _finding(
            "people", Grade.MISSING, say("Nobody can sign in yet; add people with 'safeconduct add-person'.")
        )
    if not site.settings.training and any(not one.totp for one in people):
        return _finding(
            "people",
            Grade.UNSAFE,
            say("Somebody has not signed in with an authenticator app yet; ask everybody to sign in once."),
        )
    return _finding("people", Grade.GOOD, say("Everybody signs in with a password and a code."))


def _training(site: Site) -> Finding:
    if site.settings.training:
        return _finding("training", Grade.ADVICE, say("This is a practice site: never put real records into it."))
    return _finding("training", Grade.GOOD, say("This is a real site; its signatures verify as real."))


def _ledger(site: Site) -> Finding:
    """Write the record of use out and check it as a stranger would."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "record.jsonl"
        site.ledger.export_log(path, sign=site.sign_checkpoint, at=datetime.now(UTC))
        altered = verify_ledger(path, key=site.signer.public, training=site.settings.training)
    if altered:
        return _finding(
            "record of use", Grade.UNSAFE, say("The record of use was altered; verify it from its last copy.")
        )
    return _finding("record of use", Grade.GOOD, say("The record of use is whole."))


def _writer(site: Site) -> Finding:
    del site
    return _finding(
        "separation",
        Grade.ADVICE,
        say("Questions run as the user that owns the store; run workers as a user that can only read it."),
    )
