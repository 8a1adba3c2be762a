"""Takes files in and back in children that are killed at each of their writes, and says whether the store is whole.

    python every_write.py FOLDER

Prints how many writes there were, by scenario. Nothing here opens a database before it forks.
"""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import ingest_world
from killing import Die, dying, inside, killed, warmed
from safeconduct.ingest import changing, run
from safeconduct.ingest.adapters import csv, fixed_width, parquet  # noqa: F401 - by their registry
from safeconduct.ingest.receipts import IngestSite
from safeconduct.ingest.sources import adbc, dbapi, files, flowdb  # noqa: F401 - by their registry
from safeconduct.ingest.withdrawing import withdraw
from safeconduct.model.areas import EventType
from safeconduct.store.encrypted import check
from safeconduct.store.parts import PartWriter
from safeconduct.store.records import add_keys, connect, read_parquet_sql
from safeconduct.store.sweeping import sweep

run.BATCH_ROWS = 3  # two commits from few rows
changing.MOST_LATE = 2
COLUMNS = "arrival, person, second, cell, outgoing, amount, counterpart"


def main() -> None:
    folder = Path(sys.argv[1])
    warmed()
    inside(lambda: first(folder / "before"))
    told = {name: survived(folder, run_it) for name, run_it in (("take", taken), ("take back", taken_back))}
    sys.stdout.write(json.dumps(told))


def first(folder: Path) -> None:
    """Two days of calls, a late file for one of them, and files that wait: a correction, more late rows, doubles."""
    world = ingest_world.World(folder)
    world.map(events='same_name = "replace"\nduplicates = "drop"')
    row = ingest_world.row
    world.calls([row("1"), row("2"), row("3", "2026-01-06 10:00:00"), row("")], "calls_1.csv")
    world.take()
    world.calls([row("4"), row("5")], "calls_2.csv")
    world.take()
    world.calls([row("1"), row("6", "2026-01-06 11:00:00"), row("3", "2026-01-06 10:00:00")], "calls_1.csv")
    world.calls([row("4"), row("7"), row("")], "calls_3.csv")


def taken(world) -> None:
    world.take()


def taken_back(world) -> None:
    """The first file, unless that is done."""
    manifest = world.manifest()
    if manifest.arrivals[0].standing == "current":
        site = IngestSite(folders=world.folders, keys=world.keys, manifest=manifest, named=world.page.current,
                          known=world.page.knows, memory_mb=256, threads=1)  # fmt: skip
        withdraw(manifest.arrivals[0].digest, manifest=manifest, opened=site, commit=world.page.commit)


def survived(folder: Path, act: Callable) -> int:
    """Kill it at its first write, its second, and so on, each time run it again; how many writes there were."""
    whole, at = folder / "whole.json", 0
    as_before(folder)
    inside(lambda: once(folder, act, whole))
    undisturbed = json.loads(whole.read_text())
    as_before(folder)
    while killed(at := at + 1, lambda: act(ingest_world.World(folder / "now")), also=also):
        inside(lambda: again(folder, act, whole))
        if json.loads(whole.read_text()) != undisturbed:
            raise SystemExit(f"after write {at} of {act.__name__} the store is another")
        as_before(folder)
    return at - 1


def once(folder: Path, act: Callable, whole: Path) -> None:
    world = ingest_world.World(folder / "now")
    act(world)
    whole.write_text(json.dumps(told(world)))


def again(folder: Path, act: Callable, whole: Path) -> None:
    """What a reader finds at once is whole; then it is run again, as anybody would."""
    world = ingest_world.World(folder / "now")
    for part in world.manifest().every_part():
        check(world.folders.store / "phone" / part.path, part.sha256)
    act(world)
    whole.write_text(json.dumps(told(world)))


def as_before(folder: Path) -> None:
    """The files of the world as they were before."""
    shutil.rmtree(folder / "now", ignore_errors=True)
    shutil.copytree(folder / "before", folder / "now")


def told(world) -> object:
    """Everything the current version says, row for row; it must be whole."""
    manifest = world.manifest()
    events, rollups = read(world)
    if {day: sum(row[2] for row in rows) for day, rows in rollups.items()} != {
        day: len(rows) for day, rows in events.items()
    }:
        raise SystemExit("a sum is not that of its day")
    sweep(world.folders.store, "phone", manifest.id)
    if world.stored() != manifest.files():
        raise SystemExit("files are missing or left over")
    return {
        "events": events,
        "rollups": rollups,
        "arrivals": [[one.number, one.digest, str(one.standing), one.replaces] for one in manifest.arrivals],
        "aside": [[one.name, sum(part.rows for part in one.doubles),
                   sorted({number for part in one.doubles for piece in part.pieces for number in piece.arrivals})]
                  for one in manifest.partitions],
        "revisions": [[one.name, one.revision, len(one.parts), len(one.pieces)] for one in manifest.partitions],
    }  # fmt: skip


def read(world) -> tuple[dict, dict]:
    """Rows of events and of sums, by day."""
    records, days = world.records(), sorted({one.day for one in world.manifest().partitions})
    with connect(read=[records.folder], spill=world.folders.spill, memory_mb=256, threads=1) as connection:

        def rows(parts, columns: str) -> dict:
            found = {}
            for part in parts:
                source = read_parquet_sql(part, add_keys(connection, [part])[0])
                found.setdefault(str(part.day), []).extend(
                    map(list, connection.execute(f"SELECT {columns} FROM {source}").fetchall())
                )
            return {day: sorted(one) for day, one in found.items()}

        return rows(records.events(days, EventType), COLUMNS), rows(records.rollups(days, EventType), "*")


def also(die: Die) -> None:
    """Die after a file was written and named, and around a commit, too."""
    for owner, name in ((PartWriter, "write"), (ingest_world.Page, "commit")):
        setattr(owner, name, dying(getattr(owner, name), die, after=True))


main()
