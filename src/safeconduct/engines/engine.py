"""The one call that computes an answer from the records at rest."""

import threading
from pathlib import Path

from safeconduct.engines.base import Engine, engine
from safeconduct.engines.guard import guarded, stop_if
from safeconduct.engines.stored import opened
from safeconduct.model.outcomes import Admission, Draft
from safeconduct.query.operations import AggregatePlan
from safeconduct.store.records import Records

__all__ = ["Engine", "answer", "engine"]
_engines = engine


def answer(  # noqa: PLR0913 - what bounds one computation stands by name at the call
    plan: AggregatePlan,
    admission: Admission,
    records: Records,
    *,
    engine: str,
    memory_mb: int,
    threads: int,
    spill: Path,
    secret: bytes = b"",
    cancelled: threading.Event | None = None,
) -> Draft:
    """Compute a question over the records at rest; nothing is written but encrypted spill.

    Args:
        plan: What to compute.
        admission: What the gate wants to see beside it.
        records: One version of a data set.
        engine: Name of the engine.
        memory_mb: Most memory DuckDB may use, megabytes.
        threads: Threads it may use.
        spill: Folder for encrypted spill.
        secret: What record keys come from, 32 bytes; needed where the admission wants cell keys or bounds people.
        cancelled: Set by another thread to stop within a fraction of a second.

    Raises:
        UnknownName: No engine is called that.
        BadSpec: The plan makes no sense.
        Cancelled: It was stopped.
        BrokenPromise: The records could not be read; `Tampered` or `StoreFull` where that is why.
    """
    stop_if(cancelled)
    chosen = _engines[engine]()
    with opened(records, spill=spill, memory_mb=memory_mb, threads=threads, secret=secret) as relations:  # noqa: SIM117 - the guard needs the connection
        with guarded(relations.connection, cancelled):
            return chosen.answer(plan, admission, relations)
