"""What protection adds to a question: at many people, and with many questions asked before.

    uv run python benchmarks/gate_overhead.py [--people 1000000] [--days 2] [--past 1000]

The same questions are computed under `threshold_only` and under `operational`, in one process and in turn, so that the
ratio holds on a busy machine; then the comparison with so many earlier questions is timed by itself.
"""

import argparse
import secrets
import statistics
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from safeconduct.actions.doors import shell_caller
from safeconduct.actions.ingesting import ingest
from safeconduct.actions.room import Room
from safeconduct.actions.setting_up import first_person
from safeconduct.actions.site import Site
from safeconduct.desk.sample import sample_cdr
from safeconduct.engines.engine import answer as compute
from safeconduct.engines.frames import Asked
from safeconduct.model.areas import EventType
from safeconduct.model.outcomes import Admission, Release
from safeconduct.query.frame import Frame, Seen, frames
from safeconduct.query.question import Question
from safeconduct.query.reading import reads
from safeconduct.query.spec import read_question
from safeconduct.release.gate import admit, decide

FIRST = date(2026, 1, 5)
ROUNDS = 7


def made(folder: Path, people: int, days: int) -> Site:
    """A practice site of made-up people."""
    sample_cdr({"people": people, "days": days, "first": FIRST}, folder=folder / "files")
    site = Site.create(folder / "site", name="bench", training=True)
    first_person(site, login="bilal", name="Bilal", password=secrets.token_urlsafe(18), roles=("engineer",))
    now = datetime.now(UTC)
    room = Room(site, shell_caller(site, login="bilal", now=now), now)
    ingest(room, mapping=folder / "files" / "mapping.toml", folder=folder / "files")
    return site


def questions(days: int) -> list[Mapping[str, object]]:
    """The main indicators over all days."""
    run = {"first": FIRST.isoformat(), "last": (FIRST + timedelta(days=days - 1)).isoformat()}
    daily = {"kind": "daily_location", "days": run, "areas": "admin3"}
    modal = {"kind": "modal_location", "days": [run], "areas": "admin3"}
    ends = [
        {**daily, "days": {"first": day.isoformat(), "last": day.isoformat()}}
        for day in (FIRST, FIRST + timedelta(days=days - 1))
    ]
    return [
        {"kind": "unique_subscriber_counts", "days": run, "areas": "admin3"},
        {"kind": "location_event_counts", "days": run, "areas": "admin3"},
        {"kind": "spatial_aggregate", "locations": daily},
        {"kind": "spatial_aggregate", "locations": modal},
        {"kind": "flows", "origin": ends[0], "destination": ends[1]},
    ]


def answered(site: Site, spec: Mapping[str, object], policy: str) -> float:
    """Seconds to compute and decide one question."""
    manifest = site.manifest("phone")
    query = read_question(spec)
    reading = reads(query.plan())
    question = Question(
        query=query,
        dataset="phone",
        partitions=manifest.versions(reading.days, reading.events),
        facts=site.facts(manifest),
    )
    started = time.perf_counter()
    admission = admit(question, site.policies[policy])
    if not isinstance(admission, Admission):
        raise TypeError("a question of the benchmark was refused")
    admission = replace(admission, sticky=site.noise_secret("phone"))
    draft = compute(
        query.plan(), admission, site.records(manifest), engine="duckdb", memory_mb=4096, threads=2,
        spill=site.folders.spill, secret=site.noise_secret("phone"),
    )  # fmt: skip
    decision = decide(draft, admission, approvals=2, training=True, now=datetime.now(UTC))
    if not isinstance(decision, Release):
        raise TypeError("a question of the benchmark was not released")
    return time.perf_counter() - started


def compared(site: Site, past: int, days: int) -> tuple[float, float]:
    """Seconds to compare a question with so many earlier ones: for the first time, and again."""
    comparing = site.comparing(site.manifest("phone"))
    every = [FIRST + timedelta(days=at) for at in range(days)]
    types = list(EventType)
    sets = [frozenset(kind for at, kind in enumerate(types) if mask >> at & 1) for mask in range(1, 1 << len(types))]
    earlier = [
        comparing.asked(Frame((Seen(frozenset(every[: 1 + at % days]), sets[at % len(sets)]),))) for at in range(past)
    ]
    mine = [comparing.asked(frame) for frame in frames(read_question(questions(days)[3]).plan())]
    comparing.prepare(comparing.lacking([*mine, *earlier]))
    took = []
    for minimum in (16, 16):
        started = time.perf_counter()
        comparing.close(mine, [Asked(one.frame, one.parts) for one in earlier], minimum=minimum)
        took.append(time.perf_counter() - started)
    return took[0], took[1]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=2)
    parser.add_argument("--past", type=int, default=1000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        site = made(Path(scratch), given.people, given.days)
        plain, guarded = [], []
        for spec in questions(given.days):
            pairs = [
                (answered(site, spec, "threshold_only"), answered(site, spec, "operational")) for _ in range(ROUNDS)
            ]
            plain.append(statistics.median(one for one, _ in pairs))
            guarded.append(statistics.median(two for _, two in pairs))
            ratio = guarded[-1] / plain[-1]
            print(f"{spec['kind']:28} {plain[-1]:.3f} s, protected {guarded[-1]:.3f} s, {ratio:.2f}")
        first, again = compared(site, given.past, given.days)
        print(f"median question: {statistics.median(plain):.3f} s, protected {statistics.median(guarded):.3f} s")
        print(f"comparing with {given.past} earlier questions: {first:.3f} s the first time, {again:.3f} s again")


if __name__ == "__main__":
    main()
