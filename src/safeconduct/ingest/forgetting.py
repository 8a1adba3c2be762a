"""Everybody on the list of those to be left out, erased from every retained version of phone records.

Every file is written anew without them, in the same order; a rollup loses their rows, other people's rows lose them as
the other side of a call, and code tables lose their pseudonyms. Cards and devices that nobody else has go with them.
Rejected rows are raw and may name anybody: all of the data set's are destroyed. Whoever sees that a version took the
place of another, or which files are new, does not learn from it whether anybody was there.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from safeconduct.keys.provider import KeyProvider
from safeconduct.model.settings import SiteFolders
from safeconduct.store.encrypted import add_key, check, connect, digest_of, quoted, unwrapped
from safeconduct.store.intake import Quarantine
from safeconduct.store.objections import Domain, Marks, Objections
from safeconduct.store.parts import PartWriter, from_duckdb
from safeconduct.store.replacing import Replaced, destroy_replaced, replace_versions
from safeconduct.store.seen import SeenPeople
from safeconduct.store.sweeping import retained
from safeconduct.store.tombstones import CodeFiles
from safeconduct.store.versions import Manifest, Part, folder_of, read_manifest, writing_on

STEPS = 50
OWNED = ("imsi", "imei")
"""Identifiers of cards and devices: they go where the erased had them and nobody else has."""
Commit = Callable[[Replaced], None]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class ForgetSite:
    """What erasing needs of a site.

    Attributes:
        folders: Where things are.
        keys: The root of every secret.
        manifest: The data set's current version.
        named: Id of the version that the ledger names at this moment; asked once nobody else may write.
        memory_mb: Most memory, megabytes.
        threads: Threads to use.
    """

    folders: SiteFolders
    keys: KeyProvider
    manifest: Manifest
    named: Callable[[], str]
    memory_mb: int
    threads: int

    @property
    def dataset(self) -> str:
        """Name of the data set."""
        return self.manifest.dataset

    def alone(self) -> AbstractContextManager[None]:
        """Keep every other writer out, on top of the version that was read.

        Raises:
            WrongState: Somebody else is writing, or wrote since it was read.
        """
        return writing_on(self.folders.store, self.dataset, read=self.manifest.id, named=self.named)

    @property
    def code_files(self) -> CodeFiles:
        """Its code tables."""
        return CodeFiles(store=self.folders.store, dataset=self.dataset, keys=self.keys)

    @property
    def quarantine(self) -> Quarantine:
        """Its rejected rows."""
        return Quarantine(folder=self.folders.quarantine, dataset=self.dataset, keys=self.keys)

    @property
    def objections(self) -> Objections:
        """Who is to be left out of it."""
        return Objections(store=self.folders.store, dataset=self.dataset, keys=self.keys)

    @property
    def seen(self) -> SeenPeople:
        """Whose records its parts hold."""
        return SeenPeople(store=self.folders.store, dataset=self.dataset, keys=self.keys)


@dataclass(frozen=True, kw_only=True)
class Searched:
    """How many files an erasure writes anew, whoever is in them; public inside, since nothing follows about anybody.

    Attributes:
        events: Files of events, of every retained version; those kept aside because they double others too.
        rollups: Files that sum them up.
        codes: Files of code tables.
        rejected: Files of rejected rows; all of them are destroyed.
        versions: Versions that are replaced.
    """

    events: int
    rollups: int
    codes: int
    rejected: int
    versions: int


def forget_listed(
    site: ForgetSite, *, commit: Commit, progress: Progress = lambda _done, _all: None, alike: bool = False
) -> None:
    """Erase everybody on the list; killed anywhere and run again, it ends the same.

    Args:
        site: What erasing needs.
        commit: Writes one ledger transaction that makes the new version the current one. Not called where nobody is on
            the list and no rejected row is left.
        progress: Told how many files were written, of how many; neither depends on anybody.
        alike: Erase nobody, and write everything anew as if they were.

    Raises:
        WrongState: Files are being taken in.
        Tampered: A file is not what its manifest says.
        StoreFull: The disk is full; nothing was erased yet.
    """
    with site.alone():
        current = _erased(site, commit, progress, alike=alike)
        destroy_replaced(site.folders.store, site.dataset, current)
        site.seen.destroy(_made_anew(site, current))
        site.quarantine.destroy(site.quarantine.names())


def _made_anew(site: ForgetSite, current: str) -> set[str]:
    """Pieces that are a file of their own which was written anew, whose bits are made again when they are needed.

    Whoever asked while people were erased may have made them of the files from before.
    """
    parts = _events(read_manifest(site.folders.store, site.dataset, current))
    return {part.pieces[0].digest for part in parts if len(part.pieces) == 1 and part.pieces[0].digest != part.sha256}


def found(site: ForgetSite, among: Marks | None = None) -> int:
    """How many people on the list are in the data set: to decide whether they are enough, and to tell nobody.

    Args:
        site: What erasing needs.
        among: Marks to look for; `None` for all that are on the list.
    """
    return len(_codes(site, among))


def searched(site: ForgetSite) -> Searched:
    """What `forget_listed` would write anew; nothing is changed, and nobody is looked for."""
    whole, lacking = retained(site.folders.store, site.dataset, site.manifest.id)
    return Searched(
        events=len({part.path for one in whole for part in _events(one)}),
        rollups=len({part.path for one in whole for part in _rollups(one)}),
        codes=len(site.manifest.codes),
        rejected=len(site.quarantine.names()),
        versions=len(whole) + len(lacking),
    )


def _erased(site: ForgetSite, commit: Commit, progress: Progress, *, alike: bool) -> str:
    """Write what stays, and have it named; the id of the version that is current then."""
    if not (site.objections.listed(Domain.PERSON) or site.quarantine.names()):
        return site.manifest.id
    codes = [] if alike else _codes(site)
    site.seen.forget(np.array(codes, np.int64))
    whole, _ = retained(site.folders.store, site.dataset, site.manifest.id)
    try:
        with _Rewriting.opened(site, codes) as work:
            made = work.made(whole, progress)
    except duckdb.Error as error:
        raise from_duckdb(error) from None
    done = replace_versions(site.folders.store, site.manifest, lambda one: _with(one, made))
    rejected = tuple(digest_of(path) for path in site.quarantine.names())
    commit(replace(done, digests=tuple(sorted((*done.digests, *rejected)))))
    return done.manifest.id


def _codes(site: ForgetSite, among: Marks | None = None) -> list[int]:
    """Codes of everybody on the list, or of those of them with these marks."""
    objections = site.objections
    listed = objections.listed(Domain.PERSON)
    listed = listed if among is None else listed & among
    if not listed:
        return []

    def wanted(pseudonyms: bytes) -> list[bool]:
        return [mark in listed for mark in objections.marks(Domain.PERSON, pseudonyms)]

    return site.code_files.codes(site.manifest.codes, Domain.PERSON, wanted)


@dataclass(repr=False)
class _Rewriting:
    """Files written anew without some people.

    Attributes:
        site: What erasing needs.
        codes: Whose rows go.
        connection: Reads and writes them.
        writer: Writes encrypted files.
        owned: Codes of cards and devices that the erased had, by sort.
    """

    site: ForgetSite
    codes: list[int]
    connection: duckdb.DuckDBPyConnection
    writer: PartWriter
    owned: dict[str, set[int]] = field(default_factory=lambda: {name: set() for name in OWNED})

    @classmethod
    def opened(cls, site: ForgetSite, codes: list[int]) -> "closing[_Rewriting]":
        """Ready to read and write the data set's folder."""
        folder = folder_of(site.folders.store, site.dataset)
        connection = connect(
            read=[folder], write=[folder], spill=site.folders.spill, memory_mb=site.memory_mb, threads=site.threads
        )
        connection.register("gone", pa.table({"code": pa.array(codes, pa.uint32())}))
        writer = PartWriter(store=site.folders.store, dataset=site.dataset, keys=site.keys, connection=connection)
        return closing(cls(site, codes, connection, writer))

    def close(self) -> None:
        """Let go of the keys."""
        self.connection.close()

    def made(self, versions: Iterable[Manifest], progress: Progress) -> dict[str, Part]:
        """What takes the place of every file that changes, by its path."""
        kept = list(versions)
        events = _distinct(_events(one) for one in kept)
        rollups = _distinct(_rollups(one) for one in kept)
        every = [*events, *rollups]
        made: dict[str, Part] = {}
        for number, part in enumerate(every):
            if number % max(1, len(every) // STEPS) == 0:
                progress(number, len(every))
            made[part.path] = self._without(part, others=number < len(events))
        gone = {Domain.PERSON.value: self.codes, **self._of_nobody_else([made[one.path] for one in events])}
        made |= self.site.code_files.overwritten(self._codes_of(kept), gone)
        progress(len(every), len(every))
        return made

    def _codes_of(self, versions: list[Manifest]) -> tuple[Part, ...]:
        return max((one.codes for one in versions), key=len, default=())

    def _without(self, part: Part, *, others: bool) -> Part:
        """The file without the people, written anew whoever is in it; `others` if they are the other side of calls."""
        source = self._source(part)
        columns = self._columns(source)
        for name in set(OWNED) & set(columns):
            self.owned[name] |= set(self._numbers(_owned(source, name)))
        made = self.writer.write(_stays(source, others=others), under=str(Path(part.path).parent))
        return replace(made, holds=part.pieces if others else ())

    def _of_nobody_else(self, events: list[Part]) -> Mapping[str, set[int]]:
        """Cards and devices of the erased that stand in nobody's row now."""
        for part in events:
            source = self._source(part)
            for name in [one for one in OWNED if self.owned[one]]:
                if name in self._columns(source):
                    self.owned[name] -= set(self._numbers(_every(source, name)))
        return self.owned

    def _source(self, part: Part) -> str:
        folder = folder_of(self.site.folders.store, self.site.dataset)
        path = folder / part.path
        check(path, part.sha256)
        key = unwrapped(self.site.keys, self.site.dataset, part, folder)
        name = f"f{secrets.token_hex(8)}"
        add_key(self.connection, name, key)
        return f"read_parquet({quoted(str(path))}, encryption_config = {{footer_key: {quoted(name)}}})"

    def _columns(self, source: str) -> list[str]:
        statement = "DESCRIBE SELECT * FROM " + source
        return [str(row[0]) for row in self.connection.execute(statement).fetchall()]

    def _numbers(self, statement: str) -> Iterator[int]:
        return (int(row[0]) for row in self.connection.execute(statement).fetchall())


def _events(manifest: Manifest) -> Iterator[Part]:
    return (part for one in manifest.partitions for part in (*one.parts, *one.doubles))


def _rollups(manifest: Manifest) -> Iterator[Part]:
    return (one.rollup for one in manifest.partitions)


def _distinct(found: Iterable[Iterable[Part]]) -> list[Part]:
    return list({part.path: part for parts in found for part in parts}.values())


def _with(manifest: Manifest, made: Mapping[str, Part]) -> Manifest:
    """A version with other files in place of its own."""
    partitions = tuple(
        replace(
            one,
            parts=tuple(made[part.path] for part in one.parts),
            doubles=tuple(made[part.path] for part in one.doubles),
            rollup=made[one.rollup.path],
        )
        for one in manifest.partitions
    )
    return replace(manifest, partitions=partitions, codes=tuple(made[part.path] for part in manifest.codes))


def _stays(source: str, *, others: bool) -> str:
    """Everybody else's rows as they were and in their order, whatever columns there are."""
    unknown = "CASE WHEN counterpart IN (SELECT code FROM gone) THEN NULL ELSE counterpart END AS counterpart"
    columns = f"* REPLACE ({unknown})" if others else "*"
    return f"SELECT {columns} FROM {source} WHERE person NOT IN (SELECT code FROM gone) ORDER BY file_row_number"


def _owned(source: str, name: str) -> str:
    chosen = f"SELECT DISTINCT {name} FROM {source}"
    return f"{chosen} WHERE person IN (SELECT code FROM gone) AND {name} IS NOT NULL"


def _every(source: str, name: str) -> str:
    return f"SELECT DISTINCT {name} FROM {source} WHERE {name} IS NOT NULL"
