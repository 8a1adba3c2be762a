"""How long the span audit takes: `python benchmarks/spans.py [FIGURES] [CLASSES]`; prints seconds by the clock."""

import sys
import time
from collections.abc import Callable

import numpy as np

from safeconduct.protect.spans import Span, classes

SEED = 20_260_301
PEOPLE = 200_000


def timed(says: str, work: Callable[[], object]) -> None:
    """Do it once and print what it took."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    print(f"{says}: {time.perf_counter() - wall:.2f} s, {time.process_time() - processor:.2f} s of processor")


def main(figures: int = 400, size: int = 2_000) -> None:
    """Random figures of half of the classes, of a fiftieth of them, and nested ones; then classes from people."""
    rng = np.random.default_rng(SEED)
    shapes = {
        "half of the classes": [np.flatnonzero(rng.random(size) < 1 / 2) for _ in range(figures)],
        "a fiftieth of them": [np.flatnonzero(rng.random(size) < 1 / 50) for _ in range(figures)],
        "nested": [np.arange(at + 1) for at in range(figures)],
    }
    few = np.full(size, 3)
    for says, rows in shapes.items():
        span = Span(size)
        timed(f"{figures} figures of {size} classes, {says}: added", lambda span=span, rows=rows: span.with_rows(rows))  # type: ignore[misc]  # the default binds
        full = span.with_rows(rows)
        timed("  named", lambda full=full: full.disclosed(few, 16))  # type: ignore[misc]  # the default binds
        timed("  with noise, and pairs", lambda full=full: full.shown(few, 16, sigma=2.0, tau=3))  # type: ignore[misc]  # the default binds
        timed("  one class in whole numbers", lambda full=full: full._exactly(np.arange(1)))  # type: ignore[misc]  # noqa: SLF001 - what is rarely needed is measured too
    cells = [np.flatnonzero(rng.random(PEOPLE) < 1 / 100) for _ in range(figures)]
    timed(f"{figures} figures of {PEOPLE} people: classes", lambda: classes(cells, PEOPLE))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
