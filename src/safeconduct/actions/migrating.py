"""Bringing a site to the form this version writes: what would change, and doing it in one step."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from safeconduct.actions.levels_behind import Behind, behind
from safeconduct.actions.site import Site
from safeconduct.model.settings import FORMAT


@dataclass(frozen=True, kw_only=True)
class Migration:
    """What a migration changes, or changed.

    Files of records, manifests, codes and keys are read in every form they ever had and are not touched: a version of
    records never gets another id. What is written anew has the form of this version.

    Attributes:
        format: Format number of the site's files.
        format_to: The one of this version.
        database: Revision of the metadata database, `""` where it had no tables.
        database_to: The one of this version.
        keys: `ring`, or `one key` on a site made before keys could be exchanged; `rotate-keys` makes it a ring.
        changes: Whether anything is different afterwards.
        levels: Protection levels of the site that are older than those this version comes with; they stay.
    """

    format: int
    format_to: int
    database: str
    database_to: str
    keys: str
    changes: bool
    levels: tuple[Behind, ...] = ()


def would_migrate(root: Path) -> Migration:
    """What `migrate` would change; nothing is.

    Raises:
        BadSettings: There is no site at `root`, a newer version wrote it, or its database is gone.
        WrongState: A newer version wrote its database.
    """
    site = Site.open(root, migrating=True)
    with closing(site.ledger):
        return _planned(site)


def migrate(root: Path) -> Migration:
    """Bring a site to the form this version writes, in one transaction; doing it again changes nothing.

    Raises:
        BadSettings: There is no site at `root`, a newer version wrote it, or its database is gone.
        WrongState: A newer version wrote its database; nothing is changed.
    """
    site = Site.open(root, migrating=True)
    with closing(site.ledger):
        planned = _planned(site)
        if planned.changes:
            site.ledger.upgrade()
        return planned


def _planned(site: Site) -> Migration:
    now, to = site.ledger.revision()
    site.ledger.is_current()  # refuses what a newer version wrote
    return Migration(
        format=site.settings.format,
        format_to=FORMAT,
        database=now,
        database_to=to,
        keys="ring" if site.keys.ringed else "one key",
        changes=now != to,
        levels=tuple(behind(site)),
    )
