"""Versions of a survey's records that were replaced long enough ago, destroyed with their keys."""

from collections.abc import Callable

from safeconduct.ingest.forgetting_records import RecordsSite
from safeconduct.store.versions import sole_writer


def destroy_versions(site: RecordsSite, *, commit: Callable[[], None]) -> None:
    """Destroy every version but those that are kept; killed anywhere and run again, it ends the same.

    Args:
        site: Where; its versions are those that stay.
        commit: Writes one ledger transaction that says the others are gone.

    Raises:
        WrongState: Files are being kept in this data set.
        NotFound: A version that was to stay is gone; nothing is destroyed.
    """
    with sole_writer(site.store, site.dataset):
        for one in site.versions:
            site.microdata.manifest(one)
        commit()
        site.microdata.destroy(keeping=site.versions)
