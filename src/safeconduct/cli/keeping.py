"""Commands of the site's engineer about keys and copies: exchange keys, back up, restore."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from safeconduct.actions.rotating import rotate, would_rotate
from safeconduct.actions.site import Site
from safeconduct.cli.operator import JSON, SITE
from safeconduct.cli.outcome import Exit, plainly, show


@click.command()
@SITE
@click.option("--dry-run", is_flag=True, help="Only say how many keys would be wrapped anew.")
@JSON
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
    return Exit.DONE


COMMANDS = (rotate_keys,)
"""What the shell offers of these."""
