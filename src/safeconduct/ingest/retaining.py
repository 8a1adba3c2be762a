"""What was kept long enough is destroyed: whole days of phone records, in every retained version, and rejected rows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from safeconduct.ingest.forgetting import Commit, ForgetSite
from safeconduct.store.encrypted import digest_of
from safeconduct.store.replacing import destroy_replaced, replace_versions
from safeconduct.store.sweeping import retained
from safeconduct.store.versions import Manifest, Partition, sole_writer

Rejected = Callable[[tuple[str, ...]], None]


@dataclass(frozen=True, kw_only=True)
class Overdue:
    """What was kept long enough.

    Attributes:
        days: Local days of which there are records in a retained version, in order.
        files: Files of records that go with them.
        rejected: Files of rejected rows.
    """

    days: tuple[date, ...]
    files: int
    rejected: int


def overdue(site: ForgetSite, *, first_kept: date | None, rejected_since: datetime) -> Overdue:
    """What would be destroyed; nothing is changed.

    Args:
        site: What erasing needs.
        first_kept: The first local day that stays; `None` for all.
        rejected_since: Rejected rows that came before go; with its zone.
    """
    gone = list(_gone(site, first_kept))
    return Overdue(
        days=tuple(sorted({one.day for one in gone})),
        files=len({part.path for one in gone for part in one.every_part()}),
        rejected=len(site.quarantine.names(before=rejected_since)),
    )


def destroy_days(site: ForgetSite, *, first_kept: date | None, commit: Commit) -> None:
    """Destroy the records of days before one, in every version; killed anywhere and run again, it ends the same.

    Rollups go with the events they sum up: a question about a day is answered from either, so a day is there or not.

    Args:
        site: What erasing needs.
        first_kept: The first local day that stays; `None` for all.
        commit: Writes one ledger transaction that makes the new version the current one; not called where nothing goes.

    Raises:
        WrongState: Files are being taken in, or somebody else changed the data set.
    """
    with site.alone():
        gone, current = list(_gone(site, first_kept)), site.manifest.id
        if gone and first_kept is not None:
            site.seen.destroy({piece.digest for one in gone for piece in one.pieces})
            done = replace_versions(site.folders.store, site.manifest, lambda one: _from(one, first_kept))
            commit(done)
            current = done.manifest.id
        destroy_replaced(site.folders.store, site.dataset, current)


def destroy_rejected(
    site: ForgetSite, *, commit: Rejected, since: datetime | None = None, digests: frozenset[str] = frozenset()
) -> None:
    """Destroy rejected rows that came before a moment, or files of them that are told by their digests.

    Args:
        site: What erasing needs.
        since: With its zone.
        digests: SHA-256 of files as they lie on disk.
        commit: Writes down the digests of what is about to go; not called where nothing goes.

    Raises:
        WrongState: Files are being taken in.
    """
    with sole_writer(site.folders.store, site.dataset):
        came = site.quarantine.names(before=since) if since else ()
        gone = {path: digest_of(path) for path in site.quarantine.names()}
        gone = {path: digest for path, digest in gone.items() if path in came or digest in digests}
        if gone:
            commit(tuple(sorted(gone.values())))
            site.quarantine.destroy(tuple(gone))


def _gone(site: ForgetSite, first_kept: date | None) -> Iterator[Partition]:
    if first_kept is not None:
        whole, _ = retained(site.folders.store, site.dataset, site.manifest.id)
        yield from (part for one in whole for part in one.partitions if part.day < first_kept)


def _from(manifest: Manifest, first_kept: date) -> Manifest:
    return replace(manifest, partitions=tuple(one for one in manifest.partitions if one.day >= first_kept))
