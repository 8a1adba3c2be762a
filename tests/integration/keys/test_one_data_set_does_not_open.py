"""A data set that was damaged is told, and keeps nobody from all that is whole."""

import pytest

from safeconduct.actions.health import Grade, of_site
from safeconduct.actions.site import Site
from safeconduct.model.errors import Tampered
from safeconduct.store.versions import folder_of


@pytest.fixture
def damaged(folder) -> Site:
    site = Site.open(folder / "site")
    path = folder_of(site.folders.store, "phone") / "manifests" / f"{site.named('phone')}.json"
    path.chmod(0o600)
    path.write_bytes(path.read_bytes() + b" ")
    return site


def test_the_site_starts_and_touches_nothing_of_it(damaged) -> None:
    before = sorted(folder_of(damaged.folders.store, "phone").rglob("*"))
    damaged.clear()

    assert sorted(folder_of(damaged.folders.store, "phone").rglob("*")) == before
    with pytest.raises(Tampered):
        damaged.manifest("phone")


def test_doctor_tells_it_beside_everything_else(damaged) -> None:
    found = {one.name: one for one in of_site(damaged)}

    assert found["records of phone"].grade is Grade.UNSAFE
    assert "restore it from the backup" in str(found["records of phone"].says)
    assert found["record of use"].grade is Grade.GOOD
