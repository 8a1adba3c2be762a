"""A look at what an ingest would take in: everything is read and judged as an ingest does, and nothing is written."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from safeconduct.ingest.boundaries import read_outlines
from safeconduct.ingest.geography import read_versions
from safeconduct.ingest.not_taken import tells_moments
from safeconduct.ingest.receipts import Failure, IngestReport
from safeconduct.ingest.source import Piece, Source
from safeconduct.model.boundaries import BoundaryFinding
from safeconduct.model.errors import BadMapping, SafeconductError, Unreadable
from safeconduct.model.mapping import FileMapping, Stamps


@dataclass
class _Seen:
    """What was seen so far."""

    taken: set[str] = field(default_factory=set)
    skipped: int = 0
    rows: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    failed: list[Failure] = field(default_factory=list)


def look(
    source: Source,
    folder: Path,
    *,
    known: Callable[[str], bool],
    progress: Callable[[str, int, int], None] = lambda _step, _done, _all: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> IngestReport:
    """What an ingest would make of an operator's files or tables, as far as their form tells.

    Rows that cannot be split into columns are counted; whether times, cells and persons fit is told by an ingest alone.

    Args:
        source: What the records are in; whoever opened it closes it.
        folder: Where files are.
        known: Whether a content, by its SHA-256, was taken in before.
        progress: Told the step, how many files were looked at, of how many.
        cancelled: Asked before every file.

    Raises:
        BadMapping: The mapping does not fit the files.
        BadInput: The cells or boundaries cannot be used, or no file matches.
    """
    started, files, seen, mapping = time.monotonic(), source.pieces(), _Seen(), source.mapping
    boundaries: tuple[BoundaryFinding, ...] = ()
    if source.ground() is None:
        _, boundaries = read_outlines(mapping, folder)
        read_versions(mapping, folder)
    for number, file in enumerate(files):
        progress("files", number, len(files))
        if cancelled():
            break
        _file(file, mapping, known, seen)
    progress("files", len(files), len(files))
    return IngestReport(
        files=len(seen.taken),
        skipped_files=seen.skipped,
        rows=seen.rows,
        kept=0,
        rejected=dict(sorted(seen.rejected.items())),
        seconds=time.monotonic() - started,
        failed=tuple(seen.failed),
        stopped=cancelled(),
        boundaries=boundaries,
    )


def _file(file: Piece, mapping: FileMapping, known: Callable[[str], bool], seen: _Seen) -> None:
    try:
        sha256 = file.digest()
        if known(sha256) or sha256 in seen.taken:
            seen.skipped += 1
            return
        rows, rejected = _rows(file, mapping)
    except (Unreadable, BadMapping) as error:
        _fails(file, error, seen)
    else:
        seen.taken.add(sha256)
        seen.rows += rows
        seen.rejected += rejected


def _rows(file: Piece, mapping: FileMapping) -> tuple[int, Counter[str]]:
    rows, rejected = 0, Counter[str]()
    for chunk in file.chunks():
        if chunk.moments and mapping.stamps is Stamps.LOCAL:
            raise tells_moments(file)
        rows += chunk.table.num_rows + len(chunk.rejected)
        rejected.update(row.reason for row in chunk.rejected)
    return rows, rejected


def _fails(file: Piece, error: SafeconductError, seen: _Seen) -> None:
    seen.failed.append(Failure(files=file.layout.files, number=file.number, text=error.text))
