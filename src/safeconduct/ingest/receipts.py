"""What an ingest is handed and what it gives back: its site, a commit for the ledger, and a report for insiders."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from safeconduct.ingest.source import Reach
from safeconduct.keys.provider import KeyProvider
from safeconduct.model.areas import EventType
from safeconduct.model.boundaries import BoundaryFinding
from safeconduct.model.settings import SiteFolders
from safeconduct.model.text import Text
from safeconduct.store.arrivals import Arrival
from safeconduct.store.versions import Manifest

DAYS_KEPT = 30


@dataclass(frozen=True, kw_only=True)
class IngestSite:
    """What an ingest needs of a site.

    Attributes:
        folders: Where things are.
        keys: The root of every secret.
        manifest: The data set's current version, `None` before the first.
        named: Id of the version that the ledger names at this moment, `""` for none; asked once nobody else may write.
        known: Whether a content, by its SHA-256, was taken in before.
        memory_mb: Most memory, megabytes.
        threads: Threads to use.
        now: The time, UTC; versions say when they were written.
        versions_days: How many days a version keeps its files after it was replaced.
        reach: What may be reached beside the folder.
        new_geography: Somebody said that the mapping's cells and areas take the place of the data set's.
    """

    folders: SiteFolders
    keys: KeyProvider
    manifest: Manifest | None
    named: Callable[[], str]
    known: Callable[[str], bool]
    memory_mb: int
    threads: int
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    versions_days: int = DAYS_KEPT
    reach: Reach = field(default_factory=Reach)
    new_geography: bool = False

    @property
    def since(self) -> datetime:
        """Versions replaced then or later keep their files."""
        return self.now - timedelta(days=self.versions_days)


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What became of one file; numbers for insiders.

    Attributes:
        sha256: Digest of its decompressed content.
        type: What its events are.
        rows: Rows it had, blank lines not counted.
        kept: Rows that are in the store.
        rejected: Rows in quarantine, by `ingest.reasons.Reason`.
        duplicates: Rows left out because the same were there already.
        arrival: What it came in as.
        late: Whether it had rows of days long before the newest.
        corrects: Digest of the content it takes the place of, `""` where it adds.
        name: What a day of a table is remembered by, `""` for files.
        left_out: Rows of people who are to be left out; of them nothing is kept.
        days: Local days of the earliest and the latest row that is kept; none where none is.
    """

    sha256: str
    type: EventType
    arrival: Arrival
    late: bool = False
    corrects: str = ""
    name: str = ""
    rows: int = field(repr=False)
    kept: int = field(repr=False)
    rejected: Mapping[str, int] = field(repr=False, hash=False)
    duplicates: int = field(default=0, repr=False)
    left_out: int = field(default=0, repr=False)
    days: tuple[date, ...] = field(default=(), repr=False)


@dataclass(frozen=True, kw_only=True)
class Commit:
    """One transaction for the ledger: it must fail unless `manifest.previous` is the current version.

    Attributes:
        manifest: The version that becomes current.
        receipts: The files whose rows it adds; none where only cells have moved.
    """

    manifest: Manifest
    receipts: tuple[Receipt, ...]


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A file that was left out.

    Attributes:
        files: The mapping's pattern for it.
        number: Which of the files of that pattern, by name, from 1.
        text: Why, and what to do.
        label: What whoever handed the folder over calls it; for the program that looks at the folder again.
    """

    files: str
    number: int
    text: Text
    label: str = field(default="", repr=False, metadata={"inside": True})


@dataclass(frozen=True, kw_only=True)
class IngestReport:
    """What an ingest did; numbers for insiders.

    Attributes:
        files: Files taken in.
        skipped_files: Files whose content was taken in before.
        rows: Rows of the files taken in.
        kept: Rows that went to the store.
        rejected: Rows that went to quarantine, by reason.
        seconds: How long it took.
        failed: Files that could not be read at all; nothing of them was kept.
        stopped: Somebody asked to stop; what is missing is taken in next time.
        boundaries: What was wrong with the boundary files: mended, or left to a person.
        duplicates: Rows left out because the same were there already.
        corrected_files: Files that took the place of one that came before under their name.
        late_files: Files with rows of days long before the newest; how long is the mapping's `late_after`.
        left: Days of a database left for the next time, because they were still changing.
        left_out: Rows of people who are to be left out; of them nothing was kept.
        first_day: Local day of the earliest row that was kept, `None` where none was; a far-off one tells that day and
            month are the wrong way round in `time_format`.
        last_day: Local day of the latest.
        cells_outside: Cells that stand in no smallest area of the boundary files; their events are in no answer.
        without_files: Patterns of the mapping that no file in the folder has.
        dry_run: It was only looked: numbers say what would be taken in, and nothing was.
    """

    files: int
    skipped_files: int
    rows: int = field(repr=False)
    kept: int = field(repr=False)
    rejected: Mapping[str, int] = field(repr=False, hash=False)
    seconds: float
    failed: tuple[Failure, ...] = ()
    stopped: bool = False
    boundaries: tuple[BoundaryFinding, ...] = ()
    duplicates: int = field(default=0, repr=False)
    corrected_files: int = 0
    late_files: int = field(default=0, repr=False)
    left: int = 0
    left_out: int = field(default=0, repr=False)
    first_day: date | None = field(default=None, repr=False)
    last_day: date | None = field(default=None, repr=False)
    cells_outside: int = 0
    without_files: tuple[str, ...] = ()
    dry_run: bool = False
