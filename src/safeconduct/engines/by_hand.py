"""The yardstick: SQL a good engineer would write by hand for one question, over the same store.

`bench observe` runs it beside the engine in one process, so that the ratio holds on a busy machine too.
"""

import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from safeconduct.engines.guard import guarded
from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.days import Days
from safeconduct.store.records import Records, add_keys, connect, read_parquet_sql

Rows = list[tuple[int, int]]

FROM_EVENTS = """
with daily as (
    select e.day, e.person, arg_max(a.area, e.second) as area
    from ({parts}) e join cells a on a.cell = e.cell
    group by all
), counted as (
    select person, area, count(*) as days, max(day) as latest from daily group by all
), modal as (
    select person, arg_max(area, (days, latest)) as area from counted group by person
)
select area, count(*) from modal group by area order by area
"""
FROM_ROLLUPS = """
with daily as (
    select e.day, e.person, arg_max(a.area, e.last_second) as area
    from ({parts}) e join communes a on a.commune = e.area
    group by all
), counted as (
    select person, area, count(*) as days, max(day) as latest from daily group by all
), modal as (
    select person, arg_max(area, (days, latest)) as area from counted group by person
)
select area, count(*) from modal group by area order by area
"""


def modal_by_area(  # noqa: PLR0913 - what bounds one computation stands by name at the call
    records: Records, *, days: Days, level: AreaLevel, spill: Path, memory_mb: int, threads: int, rollups: bool
) -> tuple[Rows, float]:
    """People by modal location, and the seconds it took, opening the store included.

    Args:
        records: One version of a data set.
        days: Days to look at.
        level: The level of the areas.
        spill: Folder for encrypted spill.
        memory_mb: Most memory, megabytes.
        threads: Threads to use.
        rollups: From the rollups instead of the events.
    """
    started = time.perf_counter()
    parts = (records.rollups if rollups else records.events)(list(days), list(EventType))
    folders = sorted({part.path.parent for part in parts})
    connection = connect(read=folders, spill=spill, memory_mb=memory_mb, threads=threads)
    try:
        with guarded(connection):
            names = add_keys(connection, parts)
            connection.register("cells", records.cell_areas(level))
            connection.register("communes", records.commune_areas(level))
            union = " union all ".join(
                f"select {part.day.toordinal()} as day, * from {read_parquet_sql(part, name)}"
                for part, name in zip(parts, names, strict=True)
            )
            rows = _rows(connection, (FROM_ROLLUPS if rollups else FROM_EVENTS).format(parts=union))
    finally:
        connection.close()
    return rows, time.perf_counter() - started


def _rows(connection: duckdb.DuckDBPyConnection, statement: str) -> Rows:
    fetch: Callable[[], Rows] = connection.sql(statement).fetchall
    return fetch()
