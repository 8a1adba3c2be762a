"""`safeconduct sample`: made-up phone records to practise with."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from safeconduct.cli.outcome import AS_JSON, Exit, plainly, show
from safeconduct.cli.progress import bar
from safeconduct.desk.sample import sample_cdr, sample_register, sample_sightings
from safeconduct.model.errors import BadInput

NEW_FOLDER = click.option(
    "--folder", required=True, type=click.Path(path_type=Path), help="Where to write; absent or empty."
)
FIRST_DAY = click.option("--first", default="2026-01-05", show_default=True, help="First day, YYYY-MM-DD.")
SEED = click.option("--seed", default=7, show_default=True, help="The same seed makes the same files.")


@click.group()
def sample() -> None:
    """Make practice data: made up from a seed, in the layout of any operator."""


@sample.command()
@click.option("--folder", required=True, type=click.Path(path_type=Path), help="Where to write; made if absent.")
@click.option("--people", default=20_000, show_default=True, help="People with a phone.")
@click.option("--days", default=28, show_default=True, help="Days of records.")
@FIRST_DAY
@SEED
@click.option("--displaced", default=0.35, show_default=True, help="Share of residents the disaster displaces.")
@click.option("--mapping", type=click.Path(path_type=Path), help="Write this layout: your own mapping file.")
@AS_JSON
@plainly
def cdr(folder: Path, mapping: Path | None, as_json: bool, first: str, **parameters: Any) -> Exit:
    """Make call detail records as an operator exports them.

    CSV files per day and type (calls, messages, data sessions, top-ups), cells on sites, three administrative levels as
    GeoJSON, a settlement pattern, home, work and night, weekdays, tower outages, and a disaster that displaces a known
    share of the residents of known districts, written down as the truth in truth.json.
    """
    with bar(quiet=as_json) as progress:
        report = sample_cdr(
            {**parameters, "first": _day(first)}, folder=folder, mapping=mapping,
            progress=lambda done, every: progress("days", done, every),
        )  # fmt: skip
    show(report, as_json=as_json)
    return Exit.DONE


@sample.command()
@NEW_FOLDER
@click.option("--devices", default=2_000, show_default=True, help="Devices of the app.")
@click.option("--days", default=14, show_default=True, help="Days of sightings.")
@FIRST_DAY
@SEED
@AS_JSON
@plainly
def sightings(folder: Path, as_json: bool, first: str, **parameters: Any) -> Exit:
    """Make sightings of a source that is no telephone network: devices of an app, with a time and a point.

    CSV files per day for sightings around home and on trips, areas as GeoJSON, and the mapping that takes them in.
    """
    show(sample_sightings({**parameters, "first": _day(first)}, folder=folder), as_json=as_json)
    return Exit.DONE


@sample.command()
@NEW_FOLDER
@click.option("--cases", default=500, show_default=True, help="Cases in the first snapshot.")
@click.option("--months", default=3, show_default=True, help="Snapshots, one a month.")
@click.option("--first", default="2026-01-31", show_default=True, help="A day of the first month, YYYY-MM-DD.")
@SEED
@AS_JSON
@plainly
def register(folder: Path, as_json: bool, first: str, **parameters: Any) -> Exit:
    """Make monthly snapshots of a registration register: cases, individuals, events, specific needs.

    A folder a month with four CSV files; who stays keeps their numbers, some come, leave, move, are born or make a
    case of their own.
    """
    show(sample_register({**parameters, "first": _day(first)}, folder=folder), as_json=as_json)
    return Exit.DONE


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise BadInput("write the first day YYYY-MM-DD") from None
