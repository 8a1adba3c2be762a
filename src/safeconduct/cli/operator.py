"""Commands of the site's engineer, written by hand: they act on the machine, not on data."""

import getpass
import json
import os
import signal
import threading
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from safeconduct.actions.generate import CLIENT, ROOT, generated
from safeconduct.actions.guarantees import keep_private, machine_beyond, site_beyond
from safeconduct.actions.health import Finding, Grade, machine, of_site
from safeconduct.actions.housekeeping import between_jobs
from safeconduct.actions.migrating import migrate as migrated
from safeconduct.actions.migrating import would_migrate
from safeconduct.actions.setting_up import first_person
from safeconduct.actions.site import Site
from safeconduct.actions.verification import verify as verify_file
from safeconduct.actions.verification import verify_ledger
from safeconduct.actions.witnessing import seen_by
from safeconduct.actions.working import work
from safeconduct.cli.bench import bench
from safeconduct.cli.closing import after_migrating, close
from safeconduct.cli.outcome import AS_JSON, Exit, plainly, show
from safeconduct.model.errors import BadInput, BadSettings
from safeconduct.model.settings import KEY_PROVIDERS, KeySettings

SITE = click.option("--site", default="./site", envvar="SAFECONDUCT_SITE", type=click.Path(path_type=Path),
                    show_default=True, help="Folder of the site.")  # fmt: skip
KEY_HEX = 64
OPENAPI = ROOT / "docs" / "reference" / "openapi.json"


@click.command()
@SITE
@AS_JSON
@click.option("--name", default="safeconduct", show_default=True, help="What people call the site.")
@click.option("--login", default=getpass.getuser, help="Login of the first person, who adds the others.")
@click.option("--person", default="", help="Their name; kept encrypted.")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, help="At least 12 characters.")
@click.option("--training", is_flag=True, help="A practice site; what it makes never verifies as real.")
@click.option("--database", default="", help="URL of an empty PostgreSQL database; SQLite in the folder by default.")
@click.option(
    "--keys",
    default="any",
    show_default=True,
    type=click.Choice(KEY_PROVIDERS),
    help="Where the outermost key comes from; `any` is the environment, else systemd, else a file.",
)
@plainly
def init(
    site: Path, as_json: bool, name: str, login: str, person: str, password: str, training: bool, database: str,
    keys: str,
) -> Exit:  # fmt: skip
    """Make a site: folders, keys, settings, protection levels, and the first person.

    The first person is steward and engineer. Scan the address shown into an authenticator app: it is shown once.
    Keep a copy of the folder `keys` elsewhere: without it nothing can be read again.
    """
    made = Site.create(site, name=name, training=training, database=database, keys=KeySettings(provider=keys))
    secret = first_person(made, login=login, name=person or login, password=password)
    show({"site": str(site), "login": login, "authenticator": secret, "next": "safeconduct ingest --help"},
         as_json=as_json)  # fmt: skip
    return Exit.DONE


@click.command()
@SITE
@click.option("--host", default=None, help="Address to listen on; the setting by default.")
@click.option("--port", default=None, type=int, help="Port; the setting by default.")
@click.option("--workers", default=None, type=int, help="Worker processes to start; the setting by default.")
@plainly
def serve(site: Path, host: str | None, port: int | None, workers: int | None) -> Exit:
    """Serve the pages and the APIs of a site, with its workers.

    Listens on this machine only. Another address needs TLS (tls_certificate and tls_key) or a declared proxy.
    """
    from safeconduct.server.serve import serve_site  # noqa: PLC0415 - slow to load, and seldom served

    serve_site(site, host=host, port=port, workers_count=workers)
    return Exit.DONE


@click.command()
@SITE
@click.option("--until-empty", is_flag=True, help="End when no work is left.")
@click.option("--parent", default=0, hidden=True, help="End when the program of this number, which started it, ends.")
@plainly
def worker(site: Path, until_empty: bool, parent: int) -> Exit:
    """Do the work that waits; `serve` starts workers by itself."""
    keep_private()
    opened = Site.open(site)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    if parent:
        threading.Thread(target=_stop_with_parent, args=(parent, stop), daemon=True).start()
    work(opened, worker=f"{os.uname().nodename}-{os.getpid()}", stop=stop, until_empty=until_empty, idle=between_jobs)
    return Exit.DONE


def _stop_with_parent(parent: int, stop: threading.Event) -> None:
    """A worker whose server was killed ends with it, after the job at hand."""
    while os.getppid() == parent and not stop.wait(1):
        pass
    stop.set()


@click.command()
@SITE
@click.option("--dry-run", is_flag=True, help="Only say what would be changed.")
@AS_JSON
@plainly
def migrate(site: Path, dry_run: bool, as_json: bool) -> Exit:
    """Bring a site to the form this version writes, or say that a newer version wrote it.

    Stopped or killed anywhere, it has changed nothing or everything; run it again. Doing it again changes nothing.
    """
    done = asdict(would_migrate(site) if dry_run else migrated(site))
    show(done, as_json=as_json)
    close(after_migrating(done, dry_run=dry_run), as_json=as_json)
    return Exit.DONE


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--key", default="", help="The owner's public key, 64 hexadecimal digits, if you have it from them.")
@click.option("--ledger", is_flag=True, help="The file is an exported record of use.")
@click.option("--training", is_flag=True, help="Accept a practice site's signature.")
@click.option("--witness", "named", multiple=True, help="NAME=KEY of a witness you trust; may be given several times.")
@click.option("--quorum", default=0, help="How many of these witnesses must have signed the record of use.")
@click.option("--seen", type=click.Path(path_type=Path), help="Folder of your own witness: compare with what it saw.")
@AS_JSON
@plainly
def verify(path: Path, key: str, ledger: bool, training: bool, as_json: bool, **watched: Any) -> Exit:
    """Check a release's files and manifest, or a record of use, offline.

    A practice site's signature never verifies as real: the command fails unless --training is given.
    """
    if ledger:
        findings = _of_ledger(path, key=_key(key), training=training, **watched)
        show({"ok": not findings, "findings": findings}, as_json=as_json)
        return Exit.FAILED if findings else Exit.DONE
    verdict = verify_file(path, key=_key(key))
    ok = verdict.ok and (training or not verdict.training)
    tree = {"ok": ok, "training": verdict.training, "findings": [str(line) for line in verdict.lines]}
    show(tree, as_json=as_json)
    return Exit.DONE if ok else Exit.FAILED


def _of_ledger(path: Path, *, named: tuple[str, ...], quorum: int, seen: Path | None, **given: Any) -> list[str]:
    """What is wrong with a record of use, in words."""
    pairs = [one.partition("=") for one in named]
    keys = {name: key for name, _, text in pairs if (key := _key(text)) is not None}
    if len(keys) != len(named):
        raise BadInput("a witness is given as NAME=KEY, each name once")
    roots = seen_by(seen) if seen else None
    return [str(one) for one in verify_ledger(path, witnesses=keys, quorum=quorum, seen=roots, **given)]


def _key(text: str) -> bytes | None:
    if not text:
        return None
    try:
        key = bytes.fromhex(text)
    except ValueError:
        raise BadInput("a public key is 64 hexadecimal digits") from None
    if len(text) != KEY_HEX:
        raise BadInput("a public key is 64 hexadecimal digits")
    return key


@click.command()
@SITE
@AS_JSON
@click.option("--strict", is_flag=True, help="Fail where something is unsafe or missing.")
@plainly
def doctor(site: Path, as_json: bool, strict: bool) -> Exit:
    """Say what is unsafe or missing, on this machine and in a site, and what to do."""
    findings = [*machine(), *machine_beyond(), *_of_site(site)]
    bad = [one for one in findings if one.grade in {Grade.UNSAFE, Grade.MISSING}]
    tree = {"findings": [{"name": one.name, "grade": one.grade.value, "says": str(one.says)} for one in findings]}
    show(tree, as_json=as_json, says=lambda: "\n".join(_line(one) for one in findings))
    return Exit.FAILED if strict and bad else Exit.DONE


def _of_site(site: Path) -> list[Finding]:
    try:
        opened = Site.open(site)
        return [*of_site(opened), *site_beyond(opened)]
    except BadSettings as error:
        return [Finding(name="site", grade=Grade.MISSING, says=error.text)]


def _line(one: Finding) -> str:
    mark = {Grade.GOOD: "ok", Grade.ADVICE: "!", Grade.UNSAFE: "UNSAFE", Grade.MISSING: "MISSING"}[one.grade]
    return f"{mark:>8}  {one.name:<16} {one.says}"


@click.command(hidden=True)
@click.option("--check", is_flag=True, help="Only say whether the files are up to date.")
@plainly
def generate(check: bool) -> Exit:
    """Make the files that are derived from verbs: for people who work on safeconduct."""
    from safeconduct.server.app import described  # noqa: PLC0415 - likewise

    every = generated() | {OPENAPI: json.dumps(described("safeconduct").openapi(), indent=1) + "\n"}
    stale = [path for path, text in every.items() if not path.exists() or path.read_text("utf-8") != text]
    gone = [path for path in CLIENT.glob("*.py") if path not in every]
    if not check:
        for path in gone:
            path.unlink()
        for path, text in every.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    for path in (*stale, *gone):
        click.echo(f"{'stale' if check else 'written'}: {path}", err=True)
    return Exit.FAILED if check and (stale or gone) else Exit.DONE


@click.command()
@SITE
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--quorum", default=0, help="End with the last signed root that so many witnesses signed too.")
@AS_JSON
@plainly
def export_ledger(site: Path, path: Path, quorum: int, as_json: bool) -> Exit:
    """Write the record of use to a file that `safeconduct verify --ledger` proves, anywhere."""
    opened = Site.open(site)
    opened.ledger.export_log(path, sign=opened.sign_checkpoint, at=datetime.now(UTC), quorum=quorum)
    show({"path": str(path), "bytes": path.stat().st_size}, as_json=as_json)
    return Exit.DONE


COMMANDS = (init, serve, worker, migrate, verify, doctor, bench, generate, export_ledger)
