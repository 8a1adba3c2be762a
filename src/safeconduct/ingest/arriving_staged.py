"""Survey records waiting for the steward, sealed in the intake with everything they hold."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from safeconduct.keys.provider import KeyProvider
from safeconduct.model.microdata import DataFile
from safeconduct.model.table import Table
from safeconduct.store.microdata import Microdata, MicrodataManifest, StoredTable

STAGED = "staged"
SAMPLE_ROWS = 50_000
SAMPLE_CELLS = 40_000_000


@dataclass(frozen=True, kw_only=True)
class ArrivalSite:
    """What an arrival needs of a site.

    Attributes:
        dataset: Name of the data set: small letters, digits and `_`, no digit first.
        intake: The intake's folder.
        store: The store's folder.
        keys: The root of every secret.
        memory_mb: Most memory that the rows of one table may take when they are read whole, megabytes.
        threads: Threads to read with.
        arrival: The name staged tables go by, so that two arrivals of a data set do not meet; the data set's own where
            it is left out.
    """

    dataset: str
    intake: Path
    store: Path
    keys: KeyProvider
    memory_mb: int = 2048
    threads: int = 2
    arrival: str = ""

    @property
    def staged_as(self) -> str:
        """The name staged tables go by."""
        return self.arrival or self.dataset

    @property
    def staging(self) -> Path:
        """Where tables are before roles are decided."""
        return self.intake / STAGED

    def staged(self) -> Microdata:
        """Staged versions of the data set."""
        return Microdata(folder=self.staging, dataset=self.staged_as, keys=self.keys, purpose=STAGED)

    def stored(self) -> Microdata:
        """Versions of the data set."""
        return Microdata(folder=self.store, dataset=self.dataset, keys=self.keys)


@dataclass(frozen=True, kw_only=True)
class Staged:
    """Tables waiting for the steward, with everything they hold: for insiders, and for checking only.

    Attributes:
        manifest: What is known of them; `id` is what `reopen` takes.
        opened: The site.
    """

    manifest: MicrodataManifest
    opened: ArrivalSite = field(repr=False)

    @property
    def files(self) -> tuple[DataFile, ...]:
        """What is known about the tables."""
        return self.manifest.data_files

    def rows(self, file: str) -> int:
        """How many rows a table has."""
        return self.manifest.stored(file).rows

    def sample(self, file: str, *, most: int = SAMPLE_ROWS) -> pa.Table:
        """Rows drawn evenly over a table, its companions too; all of them where there are not more.

        Of a wide table there are fewer: 40 million cells at most.
        """
        table = self._table(file)
        stored = table.stored
        most = max(1, min(most, SAMPLE_CELLS // max(1, len(stored.columns))))
        return pa.concat_tables(_drawn(table.groups(stored.columns), stored.rows, most))

    def table(self, file: str) -> Table:
        """A whole table with its companions.

        Raises:
            BrokenPromise: It does not fit into the memory.
        """
        table = self._table(file)
        arrow = table.read(table.stored.columns, memory_mb=self.opened.memory_mb, threads=self.opened.threads)
        return Table(arrow)

    def tables(self) -> dict[str, Table]:
        """Every table by its name.

        Raises:
            BrokenPromise: One does not fit into the memory.
        """
        return {file.name: self.table(file.name) for file in self.files}

    def _table(self, file: str) -> StoredTable:
        return self.opened.staged().table(self.manifest.stored(file))


def reopen(version: str, *, opened: ArrivalSite) -> Staged:
    """What was staged before.

    Raises:
        NotFound: It was destroyed.
    """
    return Staged(manifest=opened.staged().manifest(version), opened=opened)


def _drawn(groups: Iterator[pa.Table], rows: int, most: int) -> list[pa.Table]:
    """`most` of so many rows, evenly: row n is drawn where n·most/rows reaches a whole number."""
    drawn, start = [], 0
    for group in groups:
        if rows > most:
            at = np.arange(start, start + len(group), dtype=np.int64)
            start += len(group)
            group = group.filter(pa.array(at * most % rows < most))  # noqa: PLW2901 - the same group, thinned
        drawn.append(group)
    return drawn
