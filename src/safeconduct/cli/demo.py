"""`safeconduct demo`: sample, ingest, ask, release, look; on a practice site."""

import secrets
import shutil
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import click

from safeconduct.actions.agreements import agree, open_project
from safeconduct.actions.asking import ask, result
from safeconduct.actions.doors import shell_caller
from safeconduct.actions.ingesting import Watching, ingest
from safeconduct.actions.releasing import export
from safeconduct.actions.room import Room
from safeconduct.actions.setting_up import first_person
from safeconduct.actions.site import Site
from safeconduct.actions.working import work
from safeconduct.cli.outcome import AS_JSON, Exit, plainly, show
from safeconduct.cli.progress import bar
from safeconduct.desk.sample import read_truth, sample_cdr
from safeconduct.model.errors import BrokenPromise, WrongState
from safeconduct.model.outcomes import CellStatus, Refusal, Release

PEOPLE = (
    ("amara", "Amara, data steward", ("steward",)),
    ("bilal", "Bilal, operator's engineer", ("engineer",)),
    ("chloe", "Chloé, analyst", ("analyst",)),
    ("dara", "Dara, data protection officer", ("dpo",)),
    ("eva", "Eva, auditor", ("auditor",)),
    ("farid", "Farid, checker and committee member", ("checker", "committee")),
)
FOLDER = Path("demo-site")


@click.group(invoke_without_command=True)
@click.pass_context
@click.option("--folder", default=FOLDER, type=click.Path(path_type=Path), show_default=True, help="Where to set up.")
@click.option("--people", default=20_000, show_default=True, type=click.IntRange(min=300), help="People in the sample.")
@click.option(
    "--days", default=28, show_default=True, type=click.IntRange(21, 366), help="Days in the sample; 21 at least."
)
@click.option("--seed", default=7, show_default=True, help="The same seed makes the same sample.")
@click.option("--port", default=8765, show_default=True, help="Port to serve on.")
@click.option("--no-serve", is_flag=True, help="Stop after the main job.")
@AS_JSON
def demo(context: click.Context, /, **given: Any) -> None:
    """Set up a practice site, make a realistic sample, run the main job on it, and open it.

    Everything is made up and marked TRAINING; its signatures never verify as real. Run again, it starts afresh in its
    own folder. You sign in by clicking a role. `demo publish` walks the other main job: a survey file.
    """
    if context.invoked_subcommand is None:
        _observe(**given)


@plainly
def _observe(folder: Path, people: int, days: int, seed: int, port: int, no_serve: bool, as_json: bool) -> Exit:
    with bar(quiet=as_json) as progress:
        summary = run_demo(folder, sample={"people": people, "days": days, "seed": seed}, progress=progress)
    show(summary, as_json=as_json)
    if not no_serve:
        click.echo(f"\nOpen http://127.0.0.1:{port} and sign in by clicking a role. Stop with Ctrl-C.", err=True)
        from safeconduct.server.serve import serve_site  # noqa: PLC0415 - slow to load, and seldom served

        serve_site(folder / "site", host="127.0.0.1", port=port)
    return Exit.DONE


def run_demo(folder: Path, *, sample: dict[str, Any], progress: Any) -> dict[str, Any]:
    """The main job on a practice site; what came of it."""
    afresh(folder)
    files, root = folder / "files", folder / "site"
    sample_cdr({**sample, "first": FIRST}, folder=files, progress=lambda done, every: progress("sample", done, every))
    site = Site.create(root, name="practice", training=True)
    for login, name, roles in PEOPLE:
        first_person(site, login=login, name=name, password=secrets.token_urlsafe(18), roles=roles)
    started = time.perf_counter()
    taken = ingest(room(site, "bilal"), mapping=files / "mapping.toml", folder=files, watching=Watching(progress))
    seconds = time.perf_counter() - started
    _agreement(site, days=int(sample["days"]))
    truth = read_truth(files)
    answers = _answers(site, truth)
    return {
        "events": taken.kept,
        "events_per_second": round(taken.rows / seconds),
        "quarantined": dict(taken.rejected),
        "cells": {status.value: count for status, count in answers["after"].by_status().items()},
        "manifest": str(export(room(site, "chloe"), answer_id=answers["after"].answer_id).manifest_path),
        "displacement": displacement(answers, truth),
    }


FIRST = date(2026, 1, 5)


def afresh(folder: Path) -> None:
    """Start in an empty folder; only a former demo's is emptied.

    Raises:
        WrongState: The folder holds something else.
    """
    marker = folder / "PRACTICE.txt"
    if folder.exists() and any(folder.iterdir()) and not marker.exists():
        raise WrongState("the folder holds something else; choose another with --folder")
    for part in ("files", "site"):
        shutil.rmtree(folder / part, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    marker.write_text("Made by 'safeconduct demo' from made-up people. Delete it when you like.\n", encoding="utf-8")


def room(site: Site, login: str) -> Room:
    """A room for one of the practice site's people."""
    now = datetime.now(UTC)
    return Room(site, shell_caller(site, login=login, now=now), now)


def _agreement(site: Site, *, days: int) -> None:
    later = datetime.now(UTC).date() + timedelta(days=365)
    project = open_project(
        room(site, "amara"),
        name="Where people went after the storm",
        purpose="Plan shelter and water where displaced people are",
        until=later,
    )
    agree(
        room(site, "amara"),
        project=project.id,
        title="Mobility after the storm, practice data",
        dataset="phone",
        members=("amara", "chloe", "dara"),
        days=_days(FIRST, FIRST + timedelta(days=days - 1)),
        until=later,
    )


def _days(first: date, last: date) -> Any:
    from safeconduct.model.days import Days  # noqa: PLC0415 - named like the option above

    return Days(first, last)


def modal(first: date, last: date, areas: str = "admin2") -> dict[str, Any]:
    """The spec of a modal location."""
    return {"kind": "modal_location", "days": [{"first": str(first), "last": str(last)}], "areas": areas}


def _answers(site: Site, truth: dict[str, Any]) -> dict[str, Release]:
    windows = [[date.fromisoformat(day) for day in truth[name]] for name in ("before", "after")]
    before, after = (modal(first, last) for first, last in windows)
    specs = {
        "before": {"kind": "spatial_aggregate", "locations": before},
        "after": {"kind": "spatial_aggregate", "locations": after},
        "moves": {"kind": "flows", "origin": before, "destination": after, "join": "left"},
    }
    return {name: answer(site, spec) for name, spec in specs.items()}


def answer(site: Site, spec: dict[str, Any]) -> Release:
    """Ask as the analyst, compute here, and take the protected answer.

    Raises:
        BrokenPromise: The gate said no to the demonstration's own question.
    """
    asker = room(site, "chloe")
    ticket = ask(asker, spec=spec)
    if isinstance(ticket, Refusal):
        raise BrokenPromise(ticket.what)
    work(site, worker="demo", stop=Event(), until_empty=True)
    found = result(asker, answer_id=ticket.answer_id)
    if not isinstance(found, Release):
        raise BrokenPromise("the demonstration's question was not answered")
    return found


def displacement(answers: dict[str, Release], truth: dict[str, Any]) -> list[dict[str, Any]]:
    """The recovered share of displaced residents beside the generated one, by stricken district.

    Only from released cells: residents before the disaster who were seen afterwards (those never seen again are the
    flow to an unknown place; withheld, it is smaller than the minimum), less those who stayed.
    """
    residents = _released(answers["before"], "area")
    stayed = {pair[0]: people for pair, people in _pairs(answers["moves"]).items() if pair[0] == pair[1]}
    unseen = {pair[0]: people for pair, people in _pairs(answers["moves"]).items() if pair[1] is None}
    found = []
    for district in truth["stricken"]:
        code = district["code"]
        if code in residents and code in stayed:
            seen = residents[code] - unseen.get(code, 0)
            share = 1 - stayed[code] / seen
            found.append({"district": code, "recovered": round(share, 4), "generated": round(district["displaced"], 4)})
    return found


def _released(release: Release, key: str) -> dict[Any, int]:
    return {row[key]: int(str(row["people"])) for row in release.table.rows() if row["status"] == CellStatus.VALUE}


def _pairs(release: Release) -> dict[tuple[Any, Any], int]:
    return {
        (row["area_from"], row["area_to"]): int(str(row["people"]))
        for row in release.table.rows()
        if row["status"] == CellStatus.VALUE
    }
