"""Survey and case records at rest: one encrypted Parquet file a table, and immutable manifests that say what they are.

Tables and manifests are chests, the manifest under the digest of what it says. A manifest is sealed too: a label may be
somebody's name. Columns rest under numbers and only the manifest knows what they are called. Rows rest in the order
they came in.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from safeconduct.keys.provider import KeyProvider
from safeconduct.model.canonical import canonical
from safeconduct.model.errors import BadInput, BrokenPromise, NotFound, SafeconductError
from safeconduct.model.microdata import DataFile, Roles
from safeconduct.model.text import say
from safeconduct.model.trees import from_tree, to_tree
from safeconduct.store.chests import Chests
from safeconduct.store.chunks import removed, spoilt
from safeconduct.store.rewrapped import prune
from safeconduct.store.table_writer import StoredFile, TableWriter, kinds_of, schema_of
from safeconduct.store.versions import HEX_DIGITS, ID_LENGTH, Part, folder_of

FORMAT = 1
UNDER = "microdata"
CODES = "codes"
READ = 1 << 20


@dataclass(frozen=True, kw_only=True)
class MicrodataManifest:
    """One version of a data set.

    Attributes:
        dataset: Name of the data set.
        files: Its tables.
        roles: What each column is for; empty before the steward decided.
        corrections: Digest of the corrections that were made, `""` for none.
        codes: Files of the code table of households.
        previous: Id of the version before, `""` for the first.
        id: SHA-256 over everything else.
    """

    dataset: str
    files: tuple[StoredFile, ...]
    roles: Roles = field(default_factory=dict, hash=False)
    corrections: str = ""
    codes: tuple[Part, ...] = ()
    previous: str = ""
    id: str = ""

    def __repr__(self) -> str:
        """Data set and version."""
        return f"MicrodataManifest({self.dataset!r}, {self.id[:12]!r})"

    @property
    def data_files(self) -> tuple[DataFile, ...]:
        """What is known about its tables."""
        return tuple(one.file for one in self.files)

    def stored(self, file: str) -> StoredFile:
        """A table by its name.

        Raises:
            BadInput: There is none of that name.
        """
        for one in self.files:
            if one.file.name == file:
                return one
        raise BadInput(say("There is no table {name} in this data set.", name=file), field=file)


class Microdata:
    """The versions of one data set; whoever holds one may write and read its records.

    Args:
        folder: The store's folder, or one of the intake.
        dataset: Name of the data set, as `store.versions.folder_of` takes it.
        keys: What wraps its keys.
        purpose: What the versions are for; staged tables never open as stored ones.
    """

    def __init__(self, *, folder: Path, dataset: str, keys: KeyProvider, purpose: str = UNDER) -> None:
        self._root, self._dataset = folder_of(folder, dataset), dataset
        self._chests = Chests(folder=self._root / UNDER, keys=keys, purpose=f"{purpose}/{dataset}")

    def __repr__(self) -> str:
        """The data set."""
        return f"Microdata({self._dataset!r})"

    def writing(self, file: DataFile, companions: Collection[str] = (), *, record: bool = False) -> "TableWriter":
        """A writer for a table.

        Args:
            file: What is known about it; its variables come first.
            companions: Variables whose companions follow.
            record: The record's code comes last.

        Raises:
            StoreFull: The disk is full.
        """
        return TableWriter(file, schema_of(file, companions, record=record), self._chests)

    def keep(self, manifest: MicrodataManifest) -> MicrodataManifest:
        """Write a version durably, under the id it gets from its content; `manifest.id` is not looked at.

        It is nobody's current version until the ledger says so.

        Raises:
            StoreFull: The disk is full.
        """
        content = canonical({"format": FORMAT, "manifest": to_tree(replace(manifest, id=""))}).encode()
        version = hashlib.sha256(content).hexdigest()
        if not self._chests.exists(_manifest(version)):
            with self._chests.create(_manifest(version)) as chest:
                chest.write(content)
                chest.finish()
        return replace(manifest, id=version)

    def manifest(self, version: str) -> MicrodataManifest:
        """A version by its id.

        Raises:
            NotFound: There is none of that id.
            Tampered: It is not what its id says.
        """
        if len(version) != ID_LENGTH or not HEX_DIGITS.issuperset(version):
            raise NotFound(say("There is no such version of the data set."))
        with self._chests.open(_manifest(version)) as file:
            content = file.read()
        if hashlib.sha256(content).hexdigest() != version:
            raise spoilt()
        return replace(from_tree(MicrodataManifest, json.loads(content)["manifest"]), id=version)

    def table(self, stored: StoredFile) -> "StoredTable":
        """A table of a version, to be read."""
        return StoredTable(stored=stored, chests=self._chests)

    def check(self, manifest: MicrodataManifest) -> None:
        """Read every table of a version to its end.

        Raises:
            NotFound: One is gone.
            Tampered: One is not what the manifest says.
        """
        for one in manifest.files:
            with self._chests.open(one.chest) as file:
                made = hashlib.sha256()
                while piece := file.read(READ):
                    made.update(piece)
            if made.hexdigest() != one.sha256:
                raise spoilt()

    def discard(self, files: Sequence[StoredFile]) -> None:
        """Destroy tables that no version needs after all."""
        for one in files:
            self._chests.delete(one.chest)

    def destroy(self, *, keeping: Collection[str] = ()) -> int:
        """Destroy every version but some, keys first; half-written files go too. The caller is the sole writer.

        Args:
            keeping: Ids of versions that stay.

        Returns:
            How many tables, manifests and code files went.

        Raises:
            NotFound: A version that was to stay is gone; then nothing is destroyed.
        """
        stay = [self.manifest(version) for version in keeping]
        needed = {_manifest(one.id) for one in stay} | {table.chest for one in stay for table in one.files}
        gone = sorted(set(self._chests.names()) - needed)  # manifests before tables: `m` before `t`
        for name in gone:
            self._chests.delete(name)
        codes = {part.path for one in stay for part in one.codes}
        under = self._root / CODES
        loose = [path for path in under.rglob("*") if path.is_file() and _below(path, self._root) not in codes]
        for path in loose:
            removed(path.parent, [path])
        self._chests.sweep()
        prune(self._root)
        return len(gone) + len(loose)


class MicrodataRecords:
    """The records of one version of a data set; whoever holds one may read them.

    Args:
        store: The store's folder.
        manifest: Which version.
        keys: What opens the files.
    """

    def __init__(self, *, store: Path, manifest: MicrodataManifest, keys: KeyProvider) -> None:
        self._manifest = manifest
        self._microdata = Microdata(folder=store, dataset=manifest.dataset, keys=keys)

    def __repr__(self) -> str:
        """Data set and version."""
        return f"MicrodataRecords({self.dataset!r}, {self.version[:12]!r})"

    @property
    def dataset(self) -> str:
        """Name of the data set."""
        return self._manifest.dataset

    @property
    def version(self) -> str:
        """Id of the version."""
        return self._manifest.id

    @property
    def files(self) -> tuple[DataFile, ...]:
        """What is known about its tables."""
        return self._manifest.data_files

    @property
    def roles(self) -> Roles:
        """What each column is for."""
        return self._manifest.roles

    def part(self, file: str) -> "StoredTable":
        """A table, to be read.

        Raises:
            BadInput: There is none of that name.
        """
        return self._microdata.table(self._manifest.stored(file))


@dataclass(frozen=True, kw_only=True)
class StoredTable:
    """A table at rest, to be read a group of rows at a time.

    Attributes:
        stored: Which.
        chests: Where it is.
    """

    stored: StoredFile
    chests: Chests = field(repr=False)

    def groups(self, columns: Sequence[str], *, threads: int = 1) -> Iterator[pa.Table]:
        """Rows with these columns, in stored order; one empty table where there are no rows.

        Raises:
            BadInput: There is no such column; the message names it.
            NotFound: The table was destroyed.
            Tampered: It is not what was stored.
        """
        schema = self.schema(columns)
        at = {name: str(number) for number, name in enumerate(self.stored.columns)}
        numbers = list(dict.fromkeys(at[name] for name in columns))
        with self.chests.open(self.stored.chest) as file:
            opened = _parquet(file)
            for number in range(opened.num_row_groups):
                with _in_our_words():
                    read = opened.read_row_group(number, columns=numbers, use_threads=threads > 1)
                yield pa.table([read.column(at[name]) for name in columns], schema=schema)
        if not self.stored.rows:
            yield schema.empty_table()

    def read(
        self, columns: Sequence[str], *, memory_mb: int, threads: int = 1, stop: Callable[[], None] = lambda: None
    ) -> pa.Table:
        """All rows with these columns, in stored order.

        Args:
            columns: Names, in the order wanted.
            memory_mb: Most memory the result may take, megabytes; reading takes some more on top.
            threads: Threads to decode with; more than one means as many as the machine has.
            stop: Called before every group of rows; stops by raising.

        Raises:
            BadInput: There is no such column; the message names it.
            BrokenPromise: They do not fit into the memory.
            NotFound: The table was destroyed.
            Tampered: It is not what was stored.
        """
        left, groups = memory_mb << 20, []
        stop()
        for group in self.groups(columns, threads=threads):
            groups.append(group)
            left -= group.nbytes
            if left < 0:
                raise BrokenPromise(
                    say("These columns need more memory than they may use; choose fewer, or raise memory_mb.")
                )
            stop()
        return pa.concat_tables(groups)

    def schema(self, columns: Sequence[str]) -> pa.Schema:
        """Names and types of these columns.

        Raises:
            BadInput: There is no such column; the message names it.
        """
        there = frozenset(self.stored.columns)
        if absent := [name for name in columns if name not in there]:
            raise BadInput(
                say("There is no column {name} in {file}.", name=absent[0], file=self.stored.file.name), field=absent[0]
            )
        return pa.schema(kinds_of(self.stored.file, columns))


def _manifest(version: str) -> str:
    return f"m-{version}"


def _below(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


@contextmanager
def _in_our_words() -> Iterator[None]:
    """A file that cannot be read as Parquet was changed: nobody but us writes it."""
    try:
        yield
    except SafeconductError:
        raise
    except (pa.ArrowException, OSError, ValueError):
        raise spoilt() from None


def _parquet(file: BinaryIO) -> pq.ParquetFile:
    with _in_our_words():
        return pq.ParquetFile(file)
