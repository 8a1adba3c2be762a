"""A look at what an ingest would take in: everything is read and judged as an ingest does, and nothing is written."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from safeconduct.ingest.adapter import adapter_for, content_digest
from safeconduct.ingest.boundaries import read_outlines
from safeconduct.ingest.files import Found, found_files
from safeconduct.ingest.geography import read_versions
from safeconduct.ingest.run import Failure, IngestReport
from safeconduct.model.errors import BadMapping, SafeconductError, Unreadable
from safeconduct.model.mapping import FileMapping, Stamps
from safeconduct.model.text import say


@dataclass
class _Seen:
    """What was seen so far."""

    taken: set[str] = field(default_factory=set)
    skipped: int = 0
    rows: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    failed: list[Failure] = field(default_factory=list)


def look(
    mapping: FileMapping,
    folder: Path,
    *,
    known: Callable[[str], bool],
    progress: Callable[[str, int, int], None] = lambda _step, _done, _all: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> IngestReport:
    """What an ingest would make of an operator's files, as far as their form tells.

    Rows that cannot be split into columns are counted; whether times, cells and persons fit is told by an ingest alone.

    Args:
        mapping: What the files are.
        folder: Where they are.
        known: Whether a content, by its SHA-256, was taken in before.
        progress: Told the step, how many files were looked at, of how many.
        cancelled: Asked before every file.

    Raises:
        BadMapping: The mapping does not fit the files.
        BadInput: The cells or boundaries cannot be used, or no file matches.
    """
    started, files, seen = time.monotonic(), found_files(mapping, folder), _Seen()
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


def _file(file: Found, mapping: FileMapping, known: Callable[[str], bool], seen: _Seen) -> None:
    try:
        sha256 = content_digest(file.path, file.layout.files)
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


def _rows(file: Found, mapping: FileMapping) -> tuple[int, Counter[str]]:
    rows, rejected = 0, Counter[str]()
    for chunk in adapter_for(file.path, file.layout.format).chunks(file.path, file.layout):
        if chunk.moments and mapping.stamps is Stamps.LOCAL:
            raise BadMapping(
                say("the times in a file of {files} have a zone and tell moments; say stamps = 'utc'",
                    files=file.layout.files), field="stamps",
            )  # fmt: skip
        rows += chunk.table.num_rows + len(chunk.rejected)
        rejected.update(row.reason for row in chunk.rejected)
    return rows, rejected


def _fails(file: Found, error: SafeconductError, seen: _Seen) -> None:
    seen.failed.append(Failure(files=file.layout.files, number=file.number, text=error.text))
