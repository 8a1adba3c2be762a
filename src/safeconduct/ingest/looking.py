"""A look at what an ingest would take in: everything is read and judged as an ingest does, and nothing is written.

Times, cells, directions and amounts are judged; codes of people are not made, so that rows of people who are to be left
out, and rows that came before, are not told from others.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from safeconduct.ingest.boundaries import geojson
from safeconduct.ingest.cells import Cells
from safeconduct.ingest.geography import Surveyed, surveyed
from safeconduct.ingest.not_taken import refuse_another, tells_moments
from safeconduct.ingest.people import NOBODY, Codes, spelling
from safeconduct.ingest.points import Points
from safeconduct.ingest.receipts import Failure, IngestReport, IngestSite
from safeconduct.ingest.rows import Coder, days_of
from safeconduct.ingest.source import Piece, Source
from safeconduct.model.areas import AreaLevel
from safeconduct.model.errors import BadMapping, SafeconductError, Unreadable
from safeconduct.model.mapping import FileMapping, Stamps
from safeconduct.model.sightings import Counted, Given
from safeconduct.store.encrypted import connect


class Named:
    """Whether a text names anybody, without a code and without remembering it.

    Args:
        counted: What the identifiers stand for.

    Example:
        >>> Named(Counted.SUBSCRIBER).of(pa.chunked_array([["+258 84", " NULL ", ""]])).tolist()
        [0, -1, -1]
    """

    def __init__(self, counted: Counted) -> None:
        self._spelt = spelling(counted)

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "Named()"

    def of(self, column: pa.ChunkedArray) -> Codes:
        """0 for every text of a column, `NOBODY` where it names nobody."""
        encoded = column.combine_chunks().dictionary_encode()
        named = [0 if self._spelt(text) else NOBODY for text in encoded.dictionary.to_pylist()]
        return np.array(named, np.int64)[encoded.indices.to_numpy()] if named else np.empty(0, np.int64)


@dataclass
class _Seen:
    """What was seen so far."""

    taken: set[str] = field(default_factory=set)
    skipped: int = 0
    kept: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    failed: list[Failure] = field(default_factory=list)
    days: set[date] = field(default_factory=set)


@dataclass(frozen=True)
class _Rows:
    """What became of the rows of one file."""

    kept: int
    rejected: Mapping[str, int]
    days: frozenset[date]


def look(
    source: Source,
    folder: Path,
    *,
    opened: IngestSite,
    progress: Callable[[str, int, int], None] = lambda _step, _done, _all: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> IngestReport:
    """What an ingest would make of an operator's files or tables.

    `kept` counts rows that fit; an ingest may keep fewer, where the mapping drops repeated rows or people are left out.

    Args:
        source: What the records are in; whoever opened it closes it.
        folder: Where files are.
        opened: What an ingest would have of the site; nothing in it is changed.
        progress: Told the step, how many files were looked at, of how many.
        cancelled: Asked before every file.

    Raises:
        BadMapping: The mapping does not fit the files, or not the data set as it is.
        BadInput: The cells or boundaries cannot be used, or no file matches.
    """
    started, files, seen, mapping = time.monotonic(), source.pieces(), _Seen(), source.mapping
    refuse_another(opened.manifest, mapping)
    ground = surveyed(mapping, folder, ground=source.ground())
    with closing(_connected(opened)) as connection:
        coder = _coder(connection, mapping, ground)
        for number, file in enumerate(files):
            progress("files", number, len(files))
            if cancelled():
                break
            _file(file, mapping, opened.known, coder, seen)
    progress("files", len(files), len(files))
    report = _report(seen, ground, seconds=time.monotonic() - started)
    return replace(report, stopped=cancelled(), without_files=source.unmatched())


def _report(seen: _Seen, ground: Surveyed, *, seconds: float) -> IngestReport:
    return IngestReport(
        files=len(seen.taken),
        skipped_files=seen.skipped,
        rows=seen.kept + seen.rejected.total(),
        kept=seen.kept,
        rejected=dict(sorted(seen.rejected.items())),
        seconds=seconds,
        failed=tuple(seen.failed),
        boundaries=ground.findings,
        first_day=min(seen.days, default=None),
        last_day=max(seen.days, default=None),
        cells_outside=ground.outside,
        dry_run=True,
    )


def _connected(opened: IngestSite) -> duckdb.DuckDBPyConnection:
    """Reads what is oddly written; may touch no file."""
    return connect(read=[], spill=opened.folders.spill, memory_mb=opened.memory_mb, threads=opened.threads)


def _coder(connection: duckdb.DuckDBPyConnection, mapping: FileMapping, ground: Surveyed) -> Coder:
    points = None
    if mapping.given is Given.POINT:
        points = Points(json.loads(geojson(ground.outlines[AreaLevel.COMMUNE])))
    return Coder(
        connection,
        people={"person": Named(mapping.counted)},
        cells=Cells(ground.cells, ground.geography, mapping),
        identifiers={},
        points=points,
    )


def _file(file: Piece, mapping: FileMapping, known: Callable[[str], bool], coder: Coder, seen: _Seen) -> None:
    try:
        sha256 = file.digest()
        if known(sha256) or sha256 in seen.taken:
            seen.skipped += 1
            return
        rows = _rows(file, mapping, coder)
    except (Unreadable, BadMapping) as error:
        _fails(file, error, seen)
    else:
        seen.taken.add(sha256)
        seen.kept += rows.kept
        seen.rejected.update(rows.rejected)
        seen.days |= rows.days


def _rows(file: Piece, mapping: FileMapping, coder: Coder) -> _Rows:
    kept, rejected, days = 0, Counter[str](), set[date]()
    for chunk in file.chunks():
        if chunk.moments and mapping.stamps is Stamps.LOCAL:
            raise tells_moments(file)
        coded = coder.coded(chunk, file.layout)
        kept += coded.table.num_rows
        days |= set(days_of(coded.table))
        rejected.update(row.reason for row in coded.rejected)
    return _Rows(kept, rejected, frozenset(days))


def _fails(file: Piece, error: SafeconductError, seen: _Seen) -> None:
    seen.failed.append(Failure(files=file.layout.files, number=file.number, text=error.text))
