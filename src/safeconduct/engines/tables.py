"""The records of a survey as a table, for one computation.

The table never leaves the call it was read for: measures, methods and the release check take it and give back reports
and drafts. A read event is durable before.
"""

import threading
from collections.abc import Sequence

import pyarrow as pa

from safeconduct.engines.consent import researchable
from safeconduct.engines.guard import stop_if
from safeconduct.model.microdata import RECORD, missing_column
from safeconduct.model.table import Table
from safeconduct.store.microdata import MicrodataRecords


def table(
    records: MicrodataRecords,
    file: str,
    columns: Sequence[str],
    *,
    memory_mb: int,
    threads: int = 1,
    cancelled: threading.Event | None = None,
) -> Table:
    """Columns of one table of a data set, in the order its rows rest in.

    Records of cases without a yes to research are not among them, nor is what belongs to one: whatever is made of a
    table, an edition or made-up records, is made without them.

    Args:
        records: The version of the data set.
        file: Name of the table.
        columns: Names of variables, in the order wanted. The companions these have follow them, and the record's code
            comes last: `model.microdata.plain` takes both away.
        memory_mb: Most memory the table may take, megabytes.
        threads: Threads to read with; more than one means as many as the machine has.
        cancelled: Set by another thread to stop.

    Raises:
        BadInput: There is no such table or column; the message names it.
        Cancelled: Somebody asked to stop.
        BrokenPromise: The columns do not fit into the memory.
        NotFound: The table was destroyed.
        Tampered: It is not what the manifest says.
    """
    part = records.part(file)
    wanted = list(dict.fromkeys(columns))
    part.schema(wanted)  # a name that is not there is told as it was written
    there = frozenset(part.stored.columns) - set(wanted)
    beside = [one for name in wanted if (one := missing_column(name)) in there]
    record = [RECORD] if RECORD in there else []

    def read(name: str, names: Sequence[str]) -> pa.Table:
        return records.part(name).read(names, memory_mb=memory_mb, threads=threads, stop=lambda: stop_if(cancelled))

    rows, allowed = read(file, [*wanted, *beside, *record]), researchable(records, file, read)
    return Table(rows if allowed is None else rows.filter(allowed))
