"""Measure this machine on made-up records: the figures of the documents, made again."""

import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from safeconduct.actions.answering import readmit
from safeconduct.actions.ingesting import Watching, ingest
from safeconduct.actions.room import Caller, Room
from safeconduct.actions.site import Site
from safeconduct.engines.by_hand import modal_by_area
from safeconduct.engines.engine import answer as compute
from safeconduct.ingest.receipts import IngestReport
from safeconduct.model.areas import AreaLevel
from safeconduct.model.days import Days
from safeconduct.model.outcomes import Draft

ROUNDS = 5
FORTNIGHT = 14


@dataclass(frozen=True, kw_only=True)
class Observed:
    """What was measured; times in seconds, medians of five.

    Attributes:
        events: Rows taken in.
        ingest_s: Seconds to take them in: read, pseudonymise, encrypt, roll up, commit.
        rows_per_second: Rows a second.
        rows_per_core_second: Rows a second of processor time.
        store_bytes_per_event: Encrypted bytes at rest an event, rollups included.
        engine_s: A 14-day modal location by district, through the engine.
        by_hand_events_s: The same by hand-written SQL over the events.
        by_hand_rollups_s: The same by hand-written SQL over the rollups.
        engine_to_hand: `engine_s` over `by_hand_events_s`.
        engine_to_hand_on_rollups: `engine_s` over `by_hand_rollups_s`.
        equal: All three gave the same figures.
        peak_mb: Most memory of this process, megabytes.
        threads: Threads used.
    """

    events: int
    ingest_s: float
    rows_per_second: int
    rows_per_core_second: int
    store_bytes_per_event: float
    engine_s: float
    by_hand_events_s: float
    by_hand_rollups_s: float
    engine_to_hand: float
    engine_to_hand_on_rollups: float
    equal: bool
    peak_mb: int
    threads: int


def observe(site: Site, *, files: Path, progress: Callable[[str, int, int], None]) -> Observed:
    """Take in a sample and answer one question three ways.

    Args:
        site: A practice site without records.
        files: A sample with its mapping.
        progress: Told which step, how many done, of how many.
    """
    taken, seconds, processor = _taken(site, files, progress)
    manifest = site.manifest("phone")
    records = site.records(manifest)
    days = sorted({day for present in manifest.present().values() for day in present})
    window = Days(days[0], min(days[-1], days[0] + timedelta(days=FORTNIGHT - 1)))
    engine: list[float] = []
    hand: dict[bool, list[float]] = {True: [], False: []}
    same = True
    for at in range(ROUNDS):
        counted, took = _by_engine(site, window)
        engine.append(took)
        for rollups in (False, True):
            rows, took = modal_by_area(records, days=window, level=AreaLevel.DISTRICT, spill=site.folders.spill,
                                       memory_mb=site.settings.memory_mb, threads=site.settings.threads,
                                       rollups=rollups)  # fmt: skip
            hand[rollups].append(took)
            same = same and sorted(people for _, people in rows) == counted
        progress("questions", at + 1, ROUNDS)
    ours, theirs, best = (statistics.median(one) for one in (engine, hand[False], hand[True]))
    size = sum(path.stat().st_size for path in site.folders.store.rglob("*") if path.is_file())
    return Observed(
        events=taken.rows,
        ingest_s=round(seconds, 2),
        rows_per_second=round(taken.rows / seconds),
        rows_per_core_second=round(taken.rows / processor),
        store_bytes_per_event=round(size / max(taken.kept, 1), 2),
        engine_s=round(ours, 3),
        by_hand_events_s=round(theirs, 3),
        by_hand_rollups_s=round(best, 3),
        engine_to_hand=round(ours / theirs, 2),
        engine_to_hand_on_rollups=round(ours / best, 2),
        equal=same,
        peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        threads=site.settings.threads,
    )


def _taken(site: Site, files: Path, progress: Callable[[str, int, int], None]) -> tuple[IngestReport, float, float]:
    room = Room(site, Caller(account="bench", roles=frozenset({"engineer"})), datetime.now(UTC))
    wall, processor = time.perf_counter(), time.process_time()
    report = ingest(room, mapping=files / "mapping.toml", folder=files, watching=Watching(progress))
    return report, time.perf_counter() - wall, time.process_time() - processor


def _by_engine(site: Site, window: Days) -> tuple[list[int], float]:
    """The draft's figures, sorted, and the seconds; figures of made-up people, compared and forgotten."""
    spec = {
        "kind": "spatial_aggregate",
        "locations": {
            "kind": "modal_location",
            "days": {"first": str(window.first), "last": str(window.last)},
            "areas": AreaLevel.DISTRICT.value,
        },
    }
    started = time.perf_counter()
    body = {"spec": spec, "dataset": "phone", "manifest": "", "policy": site.policies["operational"].id}
    question, admission, manifest = readmit(site, body)
    draft: Draft = compute(
        question.query.plan(), admission, site.records(manifest), engine="duckdb", memory_mb=site.settings.memory_mb,
        threads=site.settings.threads, spill=site.folders.spill, secret=site.noise_secret(manifest.dataset),
    )  # fmt: skip
    took = time.perf_counter() - started
    return sorted(int(str(people)) for people in draft.table.column("people")), took
