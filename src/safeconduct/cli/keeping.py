"""Commands of the site's engineer about keys and copies: exchange keys, back up, restore."""

from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from safeconduct.actions.backing_up import back_up, make_officer, would_back_up
from safeconduct.actions.erasing import export_erasures as listed
from safeconduct.actions.restoring import Identity, would_restore
from safeconduct.actions.restoring import restore as restored
from safeconduct.actions.rotating import rotate, would_rotate
from safeconduct.actions.site import Site
from safeconduct.cli.closing import after_backup, after_restoring, after_rotating, close
from safeconduct.cli.operator import SITE
from safeconduct.cli.outcome import AS_JSON, Exit, plainly, show
from safeconduct.model.errors import BadInput, WrongState

FILE = click.Path(path_type=Path)
THERE = click.Path(path_type=Path, exists=True, dir_okay=False)
BOTH = 2


@click.command()
@SITE
@click.option("--dry-run", is_flag=True, help="Only say how many keys would be wrapped anew.")
@AS_JSON
@plainly
def rotate_keys(site: Path, dry_run: bool, as_json: bool) -> Exit:
    """Exchange the keys of a site: every data key is wrapped anew, and the old wrapping key is destroyed.

    No file of records is touched, pseudonyms and noise stay what they are, and questions go on. Broken off anywhere,
    the same command goes on. Where the outermost key comes from the environment, systemd or a command, hand the next
    one over beside it, or it stays. Back the site up afterwards: older copies of the folder `keys` open nothing new.
    """
    opened = Site.open(site)
    done = would_rotate(opened) if dry_run else rotate(opened, now=datetime.now(UTC))
    show(asdict(done), as_json=as_json)
    close(after_rotating(asdict(done)), as_json=as_json)
    return Exit.DONE


@click.command()
@click.argument("path", type=FILE)
@click.option("--passphrase", prompt=True, hide_input=True, confirmation_prompt=True, help="At least 12 characters.")
@AS_JSON
@plainly
def backup_officer(path: Path, passphrase: str, as_json: bool) -> Exit:
    """Make an officer's identity in the file PATH, on a machine of their own, and print the line to seal backups to.

    Two officers open a backup together; one alone opens nothing. Who loses the file or the passphrase can open no
    backup that was sealed to them.
    """
    show({"officer": make_officer(path, passphrase=passphrase), "identity": str(path)}, as_json=as_json)
    return Exit.DONE


@click.command()
@SITE
@click.argument("path", type=FILE)
@click.option("--officer", "officers", multiple=True, required=True, help="An officer's public line; give two.")
@click.option("--dry-run", is_flag=True, help="Only check everything and say how much it would be.")
@AS_JSON
@plainly
def backup(site: Path, path: Path, officers: tuple[str, ...], dry_run: bool, as_json: bool) -> Exit:
    """Write the whole site to one sealed file that two officers open together, and read it again to its end.

    Questions go on meanwhile; files are not taken in. Write down what was erased later with `export-erasures`, and
    keep that list apart from the backup.
    """
    opened = Site.open(site)
    if dry_run:
        done = would_back_up(opened, path, officers=officers)
    else:
        done = back_up(opened, path, officers=officers, now=datetime.now(UTC))
    show(asdict(done), as_json=as_json)
    close(after_backup(path, dry_run=dry_run), as_json=as_json)
    return Exit.DONE


@click.command()
@SITE
@click.argument("path", type=THERE)
@click.option("--identity", "identities", multiple=True, required=True, type=THERE, help="An officer's file; give two.")
@click.option("--passphrase", "passphrases", multiple=True, help="In the order of the identities; asked for otherwise.")
@click.option("--erasures", type=THERE, help="What 'export-erasures' wrote last.")
@click.option("--database", default="", help="URL of an empty PostgreSQL database, for a site that had one.")
@click.option("--dry-run", is_flag=True, help="Only open the backup, read it to its end and say what is in it.")
@AS_JSON
@plainly
def restore(
    site: Path, path: Path, identities: tuple[Path, ...], passphrases: tuple[str, ...], as_json: bool, **how: Any,
) -> Exit:  # fmt: skip
    """Restore a site from the backup PATH into an empty folder; both officers are needed.

    What was erased after the backup is erased again from the list given, before the site is there. Everybody signs in
    again, and tokens made before are revoked.
    """
    if len(identities) != BOTH or len(passphrases) not in {0, BOTH}:
        raise BadInput("a backup is opened by two officers; give --identity twice")
    words = passphrases or tuple(click.prompt(f"Passphrase of {one.name}", hide_input=True) for one in identities)
    both = tuple(Identity(path=one, passphrase=word) for one, word in zip(identities, words, strict=True))
    if dry_run := how.pop("dry_run"):
        done = would_restore(path, site, identities=both, database=how["database"])
    else:
        done = restored(path, site, identities=both, now=datetime.now(UTC), **how)
    show(asdict(done), as_json=as_json)
    close(after_restoring(asdict(done), dry_run=dry_run, erasures=how["erasures"] is not None), as_json=as_json)
    return Exit.DONE


@click.command()
@SITE
@click.argument("path", type=FILE)
@AS_JSON
@plainly
def export_erasures(site: Path, path: Path, as_json: bool) -> Exit:
    """Write the signed list of everything that was erased here to a new file, for `restore --erasures`."""
    lines = listed(Site.open(site))
    try:
        with path.open("x", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
    except FileExistsError:
        raise WrongState("there is a file of that name already; choose another name") from None
    except OSError:
        with suppress(OSError):
            path.unlink(missing_ok=True)  # half a list would bring people back
        raise BadInput("the file cannot be written there; choose another place, or free some space") from None
    show({"erasures": len(lines), "path": str(path)}, as_json=as_json)
    return Exit.DONE


COMMANDS = (rotate_keys, backup_officer, backup, restore, export_erasures)
"""What the shell offers of these."""
