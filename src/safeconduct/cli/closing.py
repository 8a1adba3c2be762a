"""What stands below the receipt of long work: what was done, in a sentence, and what to do next.

It goes to standard error and only where somebody reads: with `--json` nothing is added.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import click

from safeconduct.cli.outcome import printable

NOTHING_CHANGED = "Nothing was changed: this was a dry run."
BY_ITSELF = frozenset({"", "any", "file"})


def close(sentences: Iterator[str] | Sequence[str], *, as_json: bool) -> None:
    """Print the sentences, one a line, where people read.

    Args:
        sentences: What was done, and what to do next.
        as_json: A script reads; nothing is printed.
    """
    for one in () if as_json else sentences:
        click.echo(printable(f"safeconduct: {one}"), err=True)


def after(verb: str, tree: object) -> Iterator[str]:
    """What to say below the receipt of a verb; nothing for most.

    Args:
        verb: Its name.
        tree: What it returned, as JSON has it.
    """
    if verb in CLOSINGS:
        yield from CLOSINGS[verb](tree)


def after_migrating(tree: Mapping[str, Any], *, dry_run: bool) -> Iterator[str]:
    """What to say when a site was brought to the form of this version, or would be."""
    if not tree["changes"]:
        yield "The site has the form of this version; nothing had to be changed."
    elif dry_run:
        yield f"{NOTHING_CHANGED} Stop servers and workers, back the site up, and run it without --dry-run."
    else:
        yield "The site has the form of this version now. Older versions do not open it any more."
    for one in tree["levels"]:
        yield f"The protection level {one}; answers go on under the version that is here until you change it."
    if tree["levels"]:
        yield "'safeconduct doctor' says where the newer ones are."


def after_rotating(tree: Mapping[str, Any]) -> Iterator[str]:
    """What to say when keys were exchanged, or would be."""
    if not tree["done"]:
        yield NOTHING_CHANGED
        return
    yield "Keys were exchanged: copies of the folder 'keys' from before open nothing that is here now."
    yield "Make a new backup, and a new copy of the outermost key where you keep one."


def after_backup(path: object, *, dry_run: bool) -> Iterator[str]:
    """What to say when a backup was written, or would be."""
    if dry_run:
        yield "Nothing was written: this was a dry run."
        return
    yield f"The backup was written and read again to its end: {path}"
    yield "Keep it apart from the site and from the officers' files. Try it with 'safeconduct restore --dry-run'."
    yield "After each erasure run 'safeconduct export-erasures', and keep that list apart from the backup too."


def after_restoring(tree: Mapping[str, Any], *, dry_run: bool, erasures: bool) -> Iterator[str]:
    """What to say when a site was restored, or would be.

    Args:
        tree: What was restored.
        dry_run: The backup was only read.
        erasures: A list of erasures was given.
    """
    if not erasures:
        yield (f"CAREFUL: no list of erasures was given. Who was erased after {tree['made_at'][:10]} is in this backup"
               " and comes back with it. If anybody was, give --erasures FILE.")  # fmt: skip
    if dry_run:
        yield "Nothing was restored: this was a dry run. Both officers opened the backup, and it is whole to its end."
        return
    if tree["provider"] not in BY_ITSELF:
        yield "The outermost key lies in keys/root.key now: hand it over where it comes from, and remove that file."
    yield "The site is restored. Everybody signs in again, and tokens from before are revoked."
    yield "Never start the former site beside this one. Next: 'safeconduct doctor', then 'safeconduct rotate-keys'."


def _ingested(tree: Any) -> Iterator[str]:
    if tree["dry_run"]:
        yield f"{NOTHING_CHANGED} Run it without --dry-run to take the files in."
        return
    if tree["stopped"]:
        yield "It was stopped: files that were taken in whole are there. The same command goes on with the others."
    if tree["failed"]:
        yield "Files under 'failed' could not be read; nothing of them was taken in. Mend them and run it again."
    if any(tree["rejected"].values()):
        yield "Rows under 'rejected' are in no answer; they are kept encrypted, to be looked into, and then destroyed."
    if tree["files"]:
        yield "Next: 'safeconduct quality' says whether the days can be trusted."
        yield "To take a file back whole: 'safeconduct arrivals', then 'safeconduct withdraw-arrival'."
    elif not tree["failed"]:
        yield "No file was new: each content is taken in once."


def _forgotten(tree: Any) -> Iterator[str]:
    if tree["searches"]:
        yield NOTHING_CHANGED
    elif tree["work"] and tree["work"]["state"] != "done":
        yield "The erasure was begun, and another worker does it. 'safeconduct forgettings' says when nobody waits."
    elif tree["task"]:
        yield "The erasure ran. Where too few of those who wait are among the records, they wait on for others."
        yield "'safeconduct forgettings' says how many wait. Next: a new backup, 'export-erasures', 'old-backups'."
    elif tree["waiting"]:
        yield "Nothing was erased yet: they wait for others, until enough are there or until the day under 'due'."
        yield "Where a life depends on it, add --at-once."
    else:
        yield "Nobody waits to be erased."


def _left_out(tree: Any) -> Iterator[str]:
    yield "Their rows are left out of every file from now on. What is there of them is erased later, with others'."
    if not tree["records"]:
        yield "There are no records under this name yet: look whether it is spelt right."
    yield "To erase now: 'safeconduct forget'. To take somebody off the list again: 'safeconduct opt-in'."


def _retained(tree: Any) -> Iterator[str]:
    gone = [one for one in tree if any(one["gone"].values())]
    if not gone:
        yield "Nothing was kept too long. Numbers under 'rule' are days; 0 keeps records as long as the data set."
    else:
        yield "What stands under 'gone' was kept long enough and is destroyed, or would be by a run without --dry-run."


def _rekeyed(tree: Any) -> Iterator[str]:
    if tree["work"] is None:
        yield NOTHING_CHANGED
    else:
        yield "Pseudonyms rest under a new key, and the old one is destroyed. Codes, records and answers stay the same."
        yield "Next: 'safeconduct rotate-keys', then a new backup; older copies open the old tables."


CLOSINGS: Mapping[str, Callable[[Any], Iterator[str]]] = {
    "ingest": _ingested,
    "forget": _forgotten,
    "forget_records": _forgotten,
    "opt_out": _left_out,
    "opt_out_list": _left_out,
    "retain": _retained,
    "rotate_pseudonyms": _rekeyed,
}
"""By name of verb."""
