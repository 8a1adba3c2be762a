"""How fast files are taken in: rows a second, peak memory, and the ratio to plain `read_csv` to Parquet.

    uv run python benchmarks/ingest_rate.py --events 5000000 --threads 2 --rounds 3
    uv run python benchmarks/ingest_rate.py --events 2000000 --stages

Both runs read the same files in fresh processes, in turns; the best of each is compared, in seconds and in seconds of
processor time, which a machine that others use disturbs less. The plain run has no pseudonym, check, local time,
sorting, rollup, encryption or commit: it is the least that any ingest must do. `--stages` says where the time goes, on
one thread.
"""

import argparse
import json
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.csv

from safeconduct.ingest import batch, cells, files, people, rows, run, waiting
from safeconduct.ingest.adapters import csv
from safeconduct.ingest.run import Commit, IngestSite, ingest
from safeconduct.keys.provider import FileKeys
from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.event_files import EventFiles
from safeconduct.model.mapping import FileMapping
from safeconduct.model.settings import SiteFolders

FIRST = date(2026, 1, 1)
DAYS = 28
CELLS = 3_000
EVENTS_A_PERSON = 50
SIDE = 60
BLOCK = 1_000_000
COLUMNS = ("MSISDN", "TIME", "CELL", "DIRECTION", "OTHER", "IMSI", "IMEI", "DURATION", "SWITCH", "CAUSE")
SCHEMA = pa.schema([(name, pa.string()) for name in COLUMNS])
MAPPING = FileMapping(
    dataset="phone",
    zone="Africa/Maputo",
    boundaries={AreaLevel.PROVINCE: "admin1.geojson", AreaLevel.COMMUNE: "admin3.geojson"},
    events={
        EventType.CALLS: EventFiles(
            files="calls_*.csv",
            columns={
                "person": "MSISDN",
                "time": "TIME",
                "cell": "CELL",
                "direction": "DIRECTION",
                "counterpart": "OTHER",
                "imsi": "IMSI",
                "imei": "IMEI",
                "amount": "DURATION",
            },
        )
    },
)


STAGES = (
    (run, "registered", "boundaries and cells"),
    (files, "content_digest", "digest of the file"),
    (csv, "blocks_of", "read lines"),
    (csv, "ordinary", "look for odd lines"),
    (csv, "_whole", "columns of lines"),
    (csv.CsvFile, "chunks", "columns of lines"),
    (rows.Coder, "_stamps", "times"),
    (rows.Coder, "_amounts", "amounts"),
    (rows, "_directions", "directions"),
    (people.People, "of", "numbers to codes"),
    (people, "pseudonyms", "pseudonyms of new numbers"),
    (cells.Cells, "at", "cells and local time"),
    (rows.Coder, "coded", "rows of codes"),
    (waiting.Waiting, "flush", "rows into DuckDB"),
    (batch.Batch, "_changed", "sort, compress, encrypt"),
    (batch.Batch, "_summed", "rollup"),
    (batch.Batch, "written", "other writing"),
)


def write_files(folder: Path, events: int, days: int = DAYS) -> None:
    """One file a day, ten columns, some hundred bytes a row, in the order of time."""
    rng = np.random.default_rng(7)
    people = max(events // EVENTS_A_PERSON, 1)
    (folder / "admin1.geojson").write_text(_boundaries([("P", 0, 0, SIDE)]), encoding="utf-8")
    squares = [(f"P{x:02d}{y:02d}", x, y, 1) for x in range(SIDE) for y in range(SIDE)]
    (folder / "admin3.geojson").write_text(_boundaries(squares), encoding="utf-8")
    spots = rng.random((CELLS, 2)) * SIDE
    lines = [f"C{at:05d},S{at // 3:05d},{x:.5f},{y:.5f},2026-01-01," for at, (x, y) in enumerate(spots.tolist())]
    (folder / "cells.csv").write_text("\n".join(["cell,site,lon,lat,first,last", *lines]) + "\n", encoding="utf-8")
    for number in range(days):
        day = FIRST + timedelta(days=number)
        rows = events // days + (number < events % days)
        blocks = -(-rows // BLOCK)
        with pa.csv.CSVWriter(folder / f"calls_{day}.csv", SCHEMA, write_options=_plain()) as file:
            for at in range(blocks):
                size = rows // blocks + (at < rows % blocks)
                file.write_table(_hours(day, size, people, rng, (at / blocks, (at + 1) / blocks)))


def _plain() -> pa.csv.WriteOptions:
    return pa.csv.WriteOptions(quoting_style="none")


def _hours(day: date, rows: int, people: int, rng: np.random.Generator, between: tuple[float, float]) -> pa.Table:
    """Rows of a part of a day, in the order of time."""
    second = np.sort(rng.integers(int(86_400 * between[0]), int(86_400 * between[1]), rows))
    person, other = rng.integers(0, people, (2, rows))
    midnight = np.datetime64(day, "s")
    return pa.table({
        "MSISDN": [f"+25884{one:07d}" for one in person.tolist()],
        "TIME": pa.array(np.char.replace((midnight + second).astype("U19"), "T", " ")),
        "CELL": [f"C{one:05d}" for one in rng.integers(0, CELLS, rows).tolist()],
        "DIRECTION": np.where(rng.random(rows) < 0.5, "outgoing", "incoming"),  # noqa: PLR2004 - half and half
        "OTHER": [f"+25884{one:07d}" for one in other.tolist()],
        "IMSI": [f"64301{one:010d}" for one in person.tolist()],
        "IMEI": [f"35{one:012d}0" for one in person.tolist()],
        "DURATION": rng.integers(1, 600, rows),
        "SWITCH": np.full(rows, "MSC-07"),
        "CAUSE": np.full(rows, "16"),
    }).cast(SCHEMA)  # fmt: skip


def _boundaries(squares: list[tuple[str, int, int, int]]) -> str:
    features = [
        {
            "type": "Feature",
            "properties": {"pcod": code, "name": code},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]],
            },
        }
        for code, x, y, side in squares
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def ours(folder: Path, work: Path, threads: int, memory_mb: int) -> dict[str, float]:
    """Take the files in as a site does, the ledger aside."""
    folders = SiteFolders(work / "site")
    folders.root.mkdir()
    keys = FileKeys.create(folders.keys, training=True)
    commits: list[Commit] = []
    site = IngestSite(
        folders=folders,
        keys=keys,
        manifest=None,
        named=lambda: commits[-1].manifest.id if commits else "",
        known=lambda _sha256: False,
        memory_mb=memory_mb,
        threads=threads,
    )
    pa.set_cpu_count(threads)
    started, cpu = time.perf_counter(), time.process_time()
    report = ingest(MAPPING, folder, opened=site, commit=commits.append)
    bytes_kept = sum(part.size for one in commits[-1].manifest.partitions for part in (*one.parts, one.rollup))
    return _figures(started, cpu, report.kept) | {"bytes_an_event": round(bytes_kept / max(report.kept, 1), 2)}


def plain(folder: Path, work: Path, threads: int, memory_mb: int) -> dict[str, float]:
    """The same files through `read_csv` into plain Parquet, one file a day."""
    connection = duckdb.connect(config={"threads": threads, "memory_limit": f"{memory_mb}MB"})
    started, cpu, rows = time.perf_counter(), time.process_time(), 0
    for path in sorted(folder.glob("calls_*.csv")):
        statement = "COPY (SELECT * FROM read_csv(?)) TO '{}' (FORMAT parquet, COMPRESSION zstd)"
        target = str(work / path.with_suffix(".parquet").name).replace("'", "''")
        rows += connection.execute(statement.format(target), [str(path)]).fetchall()[0][0]
    return _figures(started, cpu, rows)


def _figures(started: float, cpu: float, rows: int) -> dict[str, float]:
    seconds = time.perf_counter() - started
    return {
        "rows": rows,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "rows_a_second": round(rows / seconds),
        "rows_a_cpu_second": round(rows / (time.process_time() - cpu)),
        "peak_mb": _peak_mb(),
    }


def _peak_mb() -> int:
    """The most memory this process had; what `getrusage` says of it counts its parent's too."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024


def staged(folder: Path, work: Path, threads: int, memory_mb: int) -> dict[str, float]:
    """Seconds of processor time by stage, each without the stages within it."""
    stages = Stages()
    for owner, name, said in STAGES:
        stages.time(owner, name, said)
    whole = ours(folder, work, threads, memory_mb)
    return {said: round(seconds, 3) for said, seconds in stages.seconds.items()} | {"whole": whole["cpu_seconds"]}


class Stages:
    """Clocks around functions, of one thread."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._within: list[float] = []

    def time(self, owner: object, name: str, said: str) -> None:
        """Let a function be timed from here on; of a generator, every step."""
        plain = getattr(owner, name)
        self.seconds.setdefault(said, 0.0)

        def timed(*args: object, **more: object) -> object:
            found = self._step(said, plain, *args, **more)
            return self._steps(said, found) if isinstance(found, Generator) else found

        setattr(owner, name, timed)

    def _step(self, said: str, step: Callable[..., Any], *args: object, **more: object) -> Any:
        started = time.thread_time()
        self._within.append(0.0)
        try:
            return step(*args, **more)
        finally:
            took = time.thread_time() - started
            self.seconds[said] += took - self._within.pop()
            if self._within:
                self._within[-1] += took

    def _steps(self, said: str, found: Generator[Any]) -> Iterator[Any]:
        end = object()
        while (item := self._step(said, next, found, end)) is not end:
            yield item


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--days", type=int, default=DAYS, help="one file a day")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--memory-mb", type=int, default=2048)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--stages", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "files")
        folder.mkdir()
        write_files(folder, asked.events, asked.days)
        if asked.stages:
            print(json.dumps(vars(asked) | _apart(staged, folder, 1, asked.memory_mb)))
            return
        runs = [
            (
                _apart(plain, folder, asked.threads, asked.memory_mb),
                _apart(ours, folder, asked.threads, asked.memory_mb),
            )
            for _ in range(asked.rounds)
        ]
    best = {
        name: min((one[at] for one in runs), key=lambda one: one["cpu_seconds"])
        for at, name in enumerate(("plain", "ours"))
    }
    ratios = {
        f"times_plain_{what}": round(min(one[1][what] for one in runs) / min(one[0][what] for one in runs), 2)
        for what in ("seconds", "cpu_seconds")
    }
    print(json.dumps(vars(asked) | best | ratios))


def _apart(run: Callable[..., dict[str, float]], folder: Path, threads: int, memory_mb: int) -> dict[str, float]:
    """A run in a process and a folder of its own."""
    with tempfile.TemporaryDirectory() as work, multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(run, (folder, Path(work), threads, memory_mb))


if __name__ == "__main__":
    main()
