"""Looking at the days of a version that nobody looked at yet: count, judge, and say which days are held back."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from safeconduct.ingest.quality import LEAST_BEFORE, Day, QualitySettings, Readings, judged, readings_of
from safeconduct.ingest.quality_book import Book, Looked
from safeconduct.ingest.quality_figures import DayFigures
from safeconduct.ingest.quality_pass import QualityPass
from safeconduct.model.areas import AreaLevel
from safeconduct.model.quality import QualityFinding, Severity, Source
from safeconduct.store.figures import Figures
from safeconduct.store.records import Records, connect
from safeconduct.store.versions import Manifest

WEEKS, A_WEEK = (7, 14, 21, 28), range(1, 8)
REMEMBERED, PAGES, A_PAGE = timedelta(days=29), 4, 128


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """What a look may use.

    Attributes:
        spill: Folder for encrypted spill.
        memory_mb: Most memory, megabytes.
        threads: Threads to use.
    """

    spill: Path
    memory_mb: int
    threads: int


@dataclass(frozen=True, kw_only=True)
class Holds:
    """What was decided about days before.

    Attributes:
        held: Checks for which days are held back.
        accepted: Checks for which a steward let days in though they were held back; they never hold them again.
    """

    held: Mapping[Source, frozenset[str]] = field(default_factory=dict, hash=False)
    accepted: Mapping[Source, frozenset[str]] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a look came to.

    Attributes:
        book: The book of the version.
        looked: The days that were looked at.
        held: Those of them that are held back now, and for which checks.
        pages: Names of the pages that were written for it.
    """

    book: Book
    looked: frozenset[Source]
    held: Mapping[Source, frozenset[str]] = field(hash=False)
    pages: tuple[str, ...] = ()


def unseen(manifest: Manifest, book: Book) -> frozenset[Source]:
    """Days of a version that nobody looked at, or that changed since."""
    every = {Source(type=one.type, day=one.day): one.version for one in manifest.partitions}
    return frozenset(
        one for one, version in every.items() if one not in book.entries or book.entries[one].last.version != version
    )


def look(  # noqa: PLR0913 - what bounds one look stands by name at the call
    records: Records,
    manifest: Manifest,
    *,
    pages: Figures,
    book: Book,
    settings: QualitySettings,
    holds: Holds,
    bounds: Bounds,
    at: datetime,
    sources: Collection[Source] | None = None,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Look:
    """Look at days of a version; pages are written, nothing else is changed.

    Args:
        records: The version.
        manifest: The same version.
        pages: Where figures are kept.
        book: What was found before.
        settings: The owner's.
        holds: What was decided before.
        bounds: What it may use.
        at: When, with its zone.
        sources: Which days; those nobody looked at where it is left out.
        progress: Told how many days are done, of how many.

    Raises:
        Tampered: A file is not what the manifest says.
        StoreFull: The disk is full.
        BrokenPromise: The records could not be read.
    """
    wanted = unseen(manifest, book) if sources is None else frozenset(sources)
    work = _Looking(records, pages=pages, book=book, settings=settings, holds=holds, at=at)
    if wanted:
        connection = connect(
            read=[records.folder], spill=bounds.spill, memory_mb=bounds.memory_mb, threads=bounds.threads
        )
        try:
            counted = QualityPass(connection, records, manifest, many=settings.many)
            work.take(counted.figures(wanted, progress=progress))
        finally:
            connection.close()
    return Look(book=work.book, looked=wanted, held=work.held, pages=tuple(work.written))


class _Looking:
    """The state of one look: figures come day by day, those of four weeks are remembered."""

    def __init__(
        self,
        records: Records,
        *,
        pages: Figures,
        book: Book,
        settings: QualitySettings,
        holds: Holds,
        at: datetime,
    ) -> None:
        self.book, self.held = book, dict[Source, frozenset[str]]()
        self._pages, self._settings, self._holds, self._at = pages, settings, holds, at
        self._page = lru_cache(PAGES)(pages.get)
        self._recent: dict[Source, DayFigures] = {}
        self.written: list[str] = []
        self._communes = _communes(records)

    def take(self, figures: Iterator[DayFigures]) -> None:
        """Judge every day, and keep its figures, some days a page."""
        waiting: list[_Judged] = []
        for one in figures:
            waiting.append(self._judged(one))
            self._recent[one.source] = one
            self._forget(one.source)
            if len(waiting) == A_PAGE:
                self._keep(waiting)
                waiting = []
        self._keep(waiting)

    def _judged(self, one: DayFigures) -> "_Judged":
        source = one.source
        day = Day(figures=one, before=self._before(source), many=self._settings.many, communes=self._communes)
        held_for = self._holds.held.get(source, frozenset())
        accepted = self._holds.accepted.get(source, frozenset())
        readings = readings_of(day)
        found = [
            replace(finding, severity=Severity.WARNING)
            if finding.severity is Severity.HOLD and finding.check in accepted
            else finding
            for finding in judged(day, readings, self._settings, held_for=held_for)
        ]
        if reasons := frozenset(finding.check for finding in found if finding.severity is Severity.HOLD):
            self.held[source] = reasons
        return _Judged(one, readings, found)

    def _before(self, source: Source) -> Sequence[DayFigures]:
        """The same weekdays before, or the days before where these are too few; none that was held back."""
        weeks = self._days(source, WEEKS)
        return weeks if len(weeks) >= LEAST_BEFORE else self._days(source, A_WEEK)

    def _days(self, source: Source, backs: Sequence[int]) -> list[DayFigures]:
        days = [Source(type=source.type, day=source.day - timedelta(days=back)) for back in backs]
        found = (self._of(one) for one in days if one not in self.held and one not in self._holds.held)
        return [one for one in found if one is not None]

    def _of(self, source: Source) -> DayFigures | None:
        if source not in self._recent and source in self.book.entries:
            tree = self._page(self.book.entries[source].last.page)[source.name]
            self._recent[source] = DayFigures.of(tree)  # type: ignore[arg-type]  # a page of ours
        return self._recent.get(source)

    def _forget(self, source: Source) -> None:
        for one in [one for one in self._recent if one.type == source.type and one.day < source.day - REMEMBERED]:
            del self._recent[one]

    def _keep(self, waiting: "Sequence[_Judged]") -> None:
        if not waiting:
            return
        page = self._pages.put({one.figures.source.name: one.to_tree() for one in waiting})
        self.written.append(page)
        for one in waiting:
            seen = Looked(version=one.figures.version, page=page, at=self._at.isoformat())
            self.book = self.book.having(one.figures.source, seen, one.findings)


@dataclass(frozen=True, repr=False)
class _Judged:
    """A day with what was read off it and found."""

    figures: DayFigures
    readings: Readings
    findings: Sequence[QualityFinding]

    def to_tree(self) -> dict[str, object]:
        return {**self.figures.to_tree(), "readings": {name: list(pair) for name, pair in self.readings.items()}}


def _communes(records: Records) -> dict[int, str]:
    """Code of the commune of every cell that stands in one."""
    codes = [area.code for area in records.geography.at(AreaLevel.COMMUNE)]
    rows = records.cell_areas(AreaLevel.COMMUNE).to_pylist()
    return {row["cell"]: codes[row["area"]] for row in rows}
