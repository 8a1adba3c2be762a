"""`safeconduct bench`: the figures of the documents, made again on this machine."""

import tempfile
from dataclasses import asdict
from pathlib import Path

import click

from safeconduct.actions.benching import observe as measure
from safeconduct.actions.site import Site
from safeconduct.cli.outcome import AS_JSON, Exit, plainly, show
from safeconduct.cli.progress import bar
from safeconduct.desk.sample import sample_cdr

DAYS = 28
EVENTS_A_DAY = 6.0


@click.group()
def bench() -> None:
    """Measure this machine on made-up records, beside hand-written SQL over the same store."""


@bench.command()
@click.option("--events", default=5_000_000, show_default=True, help="Events to make up, about.")
@AS_JSON
@plainly
def observe(events: int, as_json: bool) -> Exit:
    """Take in phone records and ask for a 14-day modal location by district.

    Everything is made up, in a folder that is removed afterwards.
    """
    people = max(300, round(events / (DAYS * EVENTS_A_DAY)))
    with tempfile.TemporaryDirectory() as folder, bar(quiet=as_json) as progress:
        files = Path(folder) / "files"
        sample_cdr(
            {"people": people, "days": DAYS, "events_per_day": EVENTS_A_DAY},
            folder=files,
            progress=lambda done, every: progress("sample", done, every),
        )
        site = Site.create(Path(folder) / "site", name="bench", training=True)
        found = measure(site, files=files, progress=progress)
    show(asdict(found), as_json=as_json)
    return Exit.DONE
