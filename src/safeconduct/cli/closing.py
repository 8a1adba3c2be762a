"""What stands below the receipt of long work: what was done, in a sentence, and what to do next.

It goes to standard error and only where somebody reads: with `--json` nothing is added.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import click

from safeconduct.cli.outcome import printable
from safeconduct.model.text import Text, say

NOTHING_CHANGED = say("Nothing was changed: this was a dry run.")
BY_ITSELF = frozenset({"", "any", "file"})


def close(sentences: Iterator[Text] | Sequence[Text], *, as_json: bool) -> None:
    """Print the sentences, one a line, where people read.

    Args:
        sentences: What was done, and what to do next.
        as_json: A script reads; nothing is printed.
    """
    for one in () if as_json else sentences:
        click.echo(printable(f"safeconduct: {one}"), err=True)


def after(verb: str, tree: object) -> Iterator[Text]:
    """What to say below the receipt of a verb; nothing for most.

    Args:
        verb: Its name.
        tree: What it returned, as JSON has it.
    """
    if verb in CLOSINGS:
        yield from CLOSINGS[verb](tree)


def after_migrating(tree: Mapping[str, Any], *, dry_run: bool) -> Iterator[Text]:
    """What to say when a site was brought to the form of this version, or would be."""
    if not tree["changes"]:
        yield say("The site has the form of this version; nothing had to be changed.")
    elif dry_run:
        yield NOTHING_CHANGED
        yield say("Stop servers and workers, back the site up, and run it without --dry-run.")
    else:
        yield say("The site has the form of this version now. Older versions do not open it any more.")
    for one in tree["levels"]:
        yield say(
            "The protection level {name} is version {here}, and this program comes with version {comes}; answers go "
            "on under the version that is here until you change it.",
            name=one["name"], here=one["here"], comes=one["comes"],
        )  # fmt: skip
    if tree["levels"]:
        yield say("'safeconduct doctor' says where the newer ones are.")


def after_rotating(tree: Mapping[str, Any]) -> Iterator[Text]:
    """What to say when keys were exchanged, or would be."""
    if not tree["done"]:
        yield NOTHING_CHANGED
        return
    yield say("Keys were exchanged: copies of the folder 'keys' from before open nothing that is here now.")
    yield say("Make a new backup, and a new copy of the outermost key where you keep one.")


def after_backup(path: object, *, dry_run: bool) -> Iterator[Text]:
    """What to say when a backup was written, or would be."""
    if dry_run:
        yield say("Nothing was written: this was a dry run.")
        return
    yield say("The backup was written and read again to its end: {path}", path=str(path))
    yield say("Keep it apart from the site and from the officers' files. Try it with 'safeconduct restore --dry-run'.")
    yield say("After each erasure run 'safeconduct export-erasures', and keep that list apart from the backup too.")


def after_restoring(tree: Mapping[str, Any], *, dry_run: bool, erasures: bool) -> Iterator[Text]:
    """What to say when a site was restored, or would be.

    Args:
        tree: What was restored.
        dry_run: The backup was only read.
        erasures: A list of erasures was given.
    """
    if not erasures:
        yield say("CAREFUL: no list of erasures was given. Who was erased after {day} is in this backup and comes back "
                  "with it. If anybody was, give --erasures FILE.", day=tree["made_at"][:10])  # fmt: skip
    if dry_run:
        yield say(
            "Nothing was restored: this was a dry run. Both officers opened the backup, and it is whole to its end."
        )
        return
    if tree["provider"] not in BY_ITSELF:
        yield say(
            "The outermost key lies in keys/root.key now: hand it over where it comes from, and remove that file."
        )
    yield say("The site is restored. Everybody signs in again, and tokens from before are revoked.")
    yield say(
        "Never start the former site beside this one. Next: 'safeconduct doctor', then 'safeconduct rotate-keys'."
    )


def _ingested(tree: Any) -> Iterator[Text]:
    if tree["dry_run"]:
        yield NOTHING_CHANGED
        yield say("Run it without --dry-run to take the files in.")
        return
    if tree["stopped"]:
        yield say("It was stopped: files that were taken in whole are there. The same command goes on with the others.")
    if tree["failed"]:
        yield say("Files under 'failed' could not be read; nothing of them was taken in. Mend them and run it again.")
    if any(tree["rejected"].values()):
        yield say(
            "Rows under 'rejected' are in no answer; they are kept encrypted, to be looked into, and then destroyed."
        )
    if tree["files"]:
        yield say("Next: 'safeconduct quality' says whether the days can be trusted.")
        yield say("To take a file back whole: 'safeconduct arrivals', then 'safeconduct withdraw-arrival'.")
    elif not tree["failed"]:
        yield say("No file was new: each content is taken in once.")


def _forgotten(tree: Any) -> Iterator[Text]:
    if tree["searches"]:
        yield NOTHING_CHANGED
    elif tree["work"] and tree["work"]["state"] != "done":
        yield say(
            "The erasure was begun, and another worker does it. 'safeconduct forgettings' says when nobody waits."
        )
    elif tree["task"]:
        yield say("The erasure ran, and every file was written anew.")
        yield say("'safeconduct forgettings' says how many wait still, and until when.")
        yield say("Next: a new backup, 'safeconduct export-erasures', 'safeconduct old-backups'.")
    elif tree["waiting"]:
        yield say("Nothing was erased yet: they wait for others, until enough are there or until the day under 'due'.")
        yield say("Where a life depends on it, add --at-once.")
    else:
        yield say("Nobody waits to be erased.")


def _left_out(tree: Any) -> Iterator[Text]:
    yield say("Their rows are left out of every file from now on. What is there of them is erased later, with others'.")
    if not tree["records"]:
        yield say("There are no records under this name yet: look whether it is spelt right.")
    yield say("To erase now: 'safeconduct forget'. To take somebody off the list again: 'safeconduct opt-in'.")


def _retained(tree: Any) -> Iterator[Text]:
    gone = [one for one in tree if any(one["gone"].values())]
    if not gone:
        yield say("Nothing was kept too long. Numbers under 'rule' are days; 0 keeps records as long as the data set.")
    else:
        yield say(
            "What stands under 'gone' was kept long enough and is destroyed, or would be by a run without --dry-run."
        )


def _rekeyed(tree: Any) -> Iterator[Text]:
    if tree["work"] is None:
        yield NOTHING_CHANGED
    else:
        yield say(
            "Pseudonyms rest under a new key, and the old one is destroyed. Codes, records and answers stay the same."
        )
        yield say("Next: 'safeconduct rotate-keys', then a new backup; older copies open the old tables.")


CLOSINGS: Mapping[str, Callable[[Any], Iterator[Text]]] = {
    "ingest": _ingested,
    "forget": _forgotten,
    "forget_records": _forgotten,
    "opt_out": _left_out,
    "opt_out_list": _left_out,
    "retain": _retained,
    "rotate_pseudonyms": _rekeyed,
}
"""By name of verb."""
