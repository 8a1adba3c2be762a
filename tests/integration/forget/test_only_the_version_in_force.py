"""Whoever read which version is current before somebody else wrote another destroys nothing of it.

What no version needs is removed by everybody who writes; a version that came between looking and writing would be
taken for one that nobody names.
"""

from pathlib import Path

import pytest

from safeconduct.actions.forgetting import opened_for
from safeconduct.actions.ingesting import _opened
from safeconduct.actions.rekeying import _bring_about
from safeconduct.ingest.forgetting import forget_listed
from safeconduct.ingest.mapping import read_mapping
from safeconduct.ingest.rekeying import rekey
from safeconduct.ingest.retaining import destroy_days
from safeconduct.ingest.run import ingest
from safeconduct.ingest.withdrawing import withdraw
from safeconduct.model.errors import NotFound, WrongState
from safeconduct.store.versions import Manifest


def _take(here, opened) -> None:
    files = here.folder / "files"
    ingest(read_mapping(files / "mapping.toml"), files, opened=opened, commit=lambda _: pytest.fail("committed"))


def test_none_of_them_touches_a_version_they_did_not_know_of(little, here) -> None:
    """One site for all of them, since none may change it."""
    before = here.site.manifest("phone")
    forgetting, taking = opened_for(here.site, "phone"), _opened(here.room("engineer"), "phone", before)
    here.take("calls_3.csv", little.day_of_rows("2026-01-07"))
    store = here.folder / "site" / "store" / "phone"
    there = sorted(path for path in store.rglob("*") if path.is_file())

    def commit(_: object) -> None:
        pytest.fail("committed")

    late = (
        lambda: forget_listed(forgetting, commit=commit),
        lambda: destroy_days(forgetting, first_kept=None, commit=commit),
        lambda: rekey(forgetting, 2, at=little.NOW, commit=commit),
        lambda: _take(here, taking),
        lambda: withdraw(before.arrivals[0].digest, manifest=before, opened=taking, commit=commit),
    )
    for one in late:
        with pytest.raises(WrongState, match="at the same time"):
            one()
        assert sorted(path for path in store.rglob("*") if path.is_file()) == there
    assert any("2026-01-07" in name for name in here.rows())


def test_a_site_that_starts_looks_which_version_is_current_once_others_are_kept_out(here, monkeypatch) -> None:
    """Not before: an ingest may end in between."""
    import safeconduct.actions.site as module  # noqa: PLC0415 - the one module of which a name is replaced

    site, real, seen = here.site, module.sweep, []

    def sweep(store: Path, dataset: str, current: object, **how: object) -> int:
        seen.append(callable(current))
        return real(store, dataset, current, **how)

    monkeypatch.setattr(module, "sweep", sweep)
    site.clear()

    assert seen == [True]
    assert here.rows()


@pytest.mark.parametrize("asked", ["", "the version before"])
def test_who_looks_while_a_version_takes_the_place_of_another_finds_it(little, here, monkeypatch, asked) -> None:
    """The ledger names a version, and before its manifest is read it is gone: the same records stand under another."""
    import safeconduct.actions.site as module  # noqa: PLC0415 - the one module of which a name is replaced

    site, real, before = here.site, module.read_manifest, here.site.manifest("phone")

    def read_late(store: Path, dataset: str, version: str) -> Manifest:
        monkeypatch.setattr(module, "read_manifest", real)
        _bring_about(site, "phone", 2, little.NOW)
        return real(store, dataset, version)

    monkeypatch.setattr(module, "read_manifest", read_late)
    found = site.manifest("phone", asked and before.id)

    assert found.partitions == before.partitions
    assert found.id != before.id


def test_a_version_that_is_lost_is_looked_for_once(here) -> None:
    site = here.site
    (site.folders.store / "phone" / "manifests" / f"{site.manifest('phone').id}.json").unlink()

    with pytest.raises(NotFound):
        site.manifest("phone")
