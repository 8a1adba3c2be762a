"""What editions of one study reveal together: people of the original looked for in all of them at once."""

import secrets
from collections.abc import Iterator, Sequence

import numpy as np

from safeconduct.actions.editions import LEFT, editions_of, release_of
from safeconduct.actions.measuring import read_all
from safeconduct.actions.mosaic_cards import CardLine, linkage_lines
from safeconduct.actions.site import Site
from safeconduct.jobs.queue import Heartbeat
from safeconduct.measures.mosaic_linkage import EditionRows, linkage_gain
from safeconduct.model.editions import FileRelease
from safeconduct.model.microdata import KEYS, RECORD, plain
from safeconduct.model.table import Table

MOST_EDITIONS = 10


def editions_left(site: Site, study: str) -> tuple[str, ...]:
    """Ids of the editions of a study that left, withdrawn ones too: they cannot be taken back."""
    return tuple(one.id for one, fact in editions_of(site, study) if fact.state in LEFT)[-MOST_EDITIONS:]


def edition_lines(site: Site, study: str, chosen: Sequence[str], beat: Heartbeat) -> Iterator[CardLine]:
    """Lines about each table that several editions hold; nothing where there is one edition or none."""
    left = [one for one, _ in editions_of(site, study) if one.id in chosen]
    if len(left) < 2:  # noqa: PLR2004 - a combination takes two
        return
    releases = [release_of(site, one) for one in left]
    version = site.microdata(study)
    originals = read_all(site, study, version.id, beat)
    for file in version.data_files:
        rows = [_rows(site, one, file.name) for one in releases if file.name in one.content]
        roles = version.roles.get(file.name, {})
        keys = [name for name, role in roles.items() if role in KEYS]
        original = originals[file.name]
        if len(rows) > 1 and keys and RECORD in original.columns:
            rng = np.random.default_rng(secrets.randbits(128))
            found = linkage_gain(plain(original), _records(original), rows, columns=keys,
                                 figures=_figures(releases, file.name), rng=rng)  # fmt: skip
            yield from linkage_lines(file.name, found)


def _rows(site: Site, release: FileRelease, file: str) -> EditionRows:
    table = site.drafts.open(release.content[file])
    return EditionRows(str(release.edition), plain(table), _records(table))


def _records(table: Table) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    return np.asarray(table.arrow.column(RECORD).to_numpy(), dtype=np.int64)


def _figures(releases: Sequence[FileRelease], file: str) -> dict[str, dict[str, int]]:
    """Counts by category that catalogues told of the table, the newest edition's last."""
    found: dict[str, dict[str, int]] = {}
    for release in releases:
        for one in release.figures:
            counts = {each.code: each.count for each in one.categories if each.count is not None}
            if one.file == file and counts:
                found[one.name] = {**found.get(one.name, {}), **counts}
    return found
