"""A census file of any size, from upload to a tried treatment plan: seconds and the most memory of each step.

    uv run python benchmarks/census.py --gigabytes 2

The file is made up as it is written; the site is a practice site in a temporary folder.
"""

import argparse
import resource
import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv

from safeconduct.actions.doors import shell_caller
from safeconduct.actions.room import Room
from safeconduct.actions.setting_up import first_person
from safeconduct.actions.site import Site
from safeconduct.actions.transfers import Upload
from safeconduct.actions.verb import verbs
from safeconduct.actions.working import Task, work

BATCH = 250_000
PIECE = 8 << 20
ROLES = {
    "household": "household id", "province": "geography", "district": "geography", "age": "quasi-identifier",
    "sex": "quasi-identifier", "marital": "quasi-identifier", "education": "quasi-identifier",
    "occupation": "quasi-identifier", "religion": "sensitive", "income": "sensitive", "rooms": "other",
    "water": "other", "roof": "other", "weight": "weight", **{f"item{n}": "other" for n in range(30)},
}  # fmt: skip
PLAN = (
    {"method": "recode", "columns": ["age"], "parameters": {"width": "10", "first": "0", "last": "80"}},
    {"method": "remove", "columns": ["district"]},
    {"method": "local_suppression", "columns": [], "parameters": {"k": 3}},
)


def census(path: Path, size: int) -> int:
    """Write a census file of about so many bytes; how many people it holds."""
    rng, rows = np.random.default_rng(7), 0
    with pa.OSFile(str(path), "wb") as out, pa.csv.CSVWriter(out, batch(rng, 0).schema) as writer:
        while out.tell() < size:
            writer.write_batch(batch(rng, rows))
            rows += BATCH
    return rows


def batch(rng: np.random.Generator, start: int) -> pa.RecordBatch:
    """Some people of a census."""
    n = BATCH
    province = rng.integers(1, 13, n)
    return pa.RecordBatch.from_pydict({
        "household": (np.arange(start, start + n) // 5) + 1_000_000,
        "province": province, "district": province * 100 + rng.integers(1, 20, n),
        "age": np.minimum(rng.gamma(2.2, 14, n), 99).astype(np.int64), "sex": rng.integers(1, 3, n),
        "marital": rng.integers(1, 6, n), "education": rng.integers(0, 8, n), "occupation": rng.zipf(1.6, n) % 40,
        "religion": rng.integers(1, 7, n), "income": rng.integers(0, 90_000, n), "rooms": rng.integers(1, 9, n),
        "water": rng.integers(1, 10, n), "roof": rng.integers(1, 7, n), "weight": rng.integers(90, 110, n) / 10,
        **{f"item{n}": rng.integers(0, 100, BATCH).astype(np.int8) for n in range(30)},
    })  # fmt: skip


class Bench:
    """A site, and how long each step took."""

    def __init__(self, folder: Path) -> None:
        self.site = Site.create(folder / "site", name="bench", training=True)
        first_person(self.site, login="amara", name="Amara", password=secrets.token_urlsafe(18), roles=("steward",))

    def act(self, verb: str, **arguments: Any) -> Any:
        """Call a verb as the steward, and do the work it begins."""
        found = verbs[verb].call(self._room(), arguments)
        work(self.site, worker="bench", stop=Event(), until_empty=True)
        if isinstance(found, Task):
            found = verbs["task"].call(self._room(), {"key": found.key})
            if found.state != "done":
                raise SystemExit(str(found.says))
        return found

    def _room(self) -> Room:
        now = datetime.now(UTC)
        return Room(self.site, shell_caller(self.site, login="amara", now=now), now)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Time a step."""
    begun = time.perf_counter()
    yield
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name:24} {time.perf_counter() - begun:8.1f} s   most memory so far {memory:8.0f} MB", flush=True)


def pieces(path: Path) -> Iterator[bytes]:
    """A file in pieces."""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def main(gigabytes: float, folder: Path, memory_mb: int) -> None:
    """Walk a census through."""
    path = folder / "census.csv"
    with step("write the file"):
        rows = census(path, int(gigabytes * 1e9))
    print(f"{rows:,} people, {path.stat().st_size / 1e9:.2f} GB")
    bench = Bench(folder)
    settings = bench.site.folders.settings
    settings.write_text(settings.read_text() + f"memory_mb = {memory_mb}\n")
    bench.site = Site.open(bench.site.folders.root)
    with step("upload, encrypted"):
        upload = bench.act("begin_upload", name=path.name, size=path.stat().st_size).id
        bench.act("send_upload", upload=upload, offset=0, content=Upload(pieces(path)))
        bench.act("finish_upload", upload=upload)
    with step("read and stage"):
        deposit = bench.act("deposit", uploads=[upload], study="CENSUS", title="Census", collected_by="Bureau",
                            basis="public interest").result  # fmt: skip
    bench.act("decide_roles", deposit=deposit, roles={"census": ROLES})
    with step("keep"):
        bench.act("keep_records", deposit=deposit)
    with step("measure"):
        bench.act("measure", study="CENSUS")
    bench.act("write_plan", study="CENSUS", steps=list(PLAN))
    with step("try the plan"):
        bench.act("try_plan", study="CENSUS")
    tried = bench.act("plan", study="CENSUS").tried
    print([one.problem for one in tried.steps], {one.name: one.value for one in tried.after[0].lines[:4]})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gigabytes", type=float, default=2)
    parser.add_argument("--memory-mb", type=int, default=6144)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        main(given.gigabytes, Path(made), given.memory_mb)
