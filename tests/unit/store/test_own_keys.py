"""Keys of their own are found and understood by an exchange of keys, also on a site from before there were rings."""

import pytest

from safeconduct.keys.provider import FileKeys
from safeconduct.model.errors import NotFound, Tampered
from safeconduct.model.settings import SiteFolders
from safeconduct.store.documents import Documents
from safeconduct.store.intake import Quarantine, Rejected
from safeconduct.store.own_keys import OwnKeys
from safeconduct.store.rotation import count, key_files, rewrap
from safeconduct.store.shredding import destroy_dataset, digests_of

SHA = "a" * 64


@pytest.fixture(params=["one key", "ring"])
def site(request, tmp_path):
    """A site's folders with a document and a file of rejected rows, and its keys."""
    folders = SiteFolders(tmp_path)
    keys = FileKeys(True, bytes(32)) if request.param == "one key" else FileKeys.create(folders.keys, training=True)
    name = Documents(folder=folders.documents, keys=keys).put(["said"])
    with Quarantine(folder=folders.quarantine, dataset="phone", keys=keys).writing(SHA) as rows:
        rows.add(Rejected("bad_row", b"a"))
    return folders, keys, name


def test_an_exchange_knows_them_by_their_place(site) -> None:
    folders, keys, _ = site

    assert len(list(key_files(folders))) == 2
    assert count(folders, keys).files == 2


def test_after_an_exchange_everything_opens_and_a_copy_of_an_old_key_does_not(tmp_path) -> None:
    folders = SiteFolders(tmp_path)
    keys = FileKeys.create(folders.keys, training=True)
    documents = Documents(folder=folders.documents, keys=keys)
    name = documents.put(["said"])
    (path,) = folders.documents.glob("*.key")
    old = path.read_bytes()
    with keys.exchanging() as exchange:
        exchange.begin()
        assert rewrap(folders, keys).files == 1
        exchange.end()
    assert documents.get(name) == ["said"]
    path.unlink()
    path.write_bytes(old)

    with pytest.raises(Tampered):
        documents.get(name)


def test_destroying_a_data_set_takes_the_keys_of_its_rejected_rows_first(site) -> None:
    folders, keys, name = site
    quarantine = Quarantine(folder=folders.quarantine, dataset="phone", keys=keys)
    copy = (folders.quarantine / "phone" / f"{SHA}.rows").read_bytes()
    assert len(digests_of(folders, "phone")) == 1
    destroy_dataset(folders, "phone")
    assert not (folders.quarantine / "phone").exists()
    (folders.quarantine / "phone").mkdir()
    (folders.quarantine / "phone" / f"{SHA}.rows").write_bytes(copy)

    with pytest.raises(NotFound):
        list(quarantine.rows(SHA))
    assert Documents(folder=folders.documents, keys=keys).get(name) == ["said"]


def test_nothing_of_a_key_shows(tmp_path) -> None:
    own = OwnKeys(folder=tmp_path, keys=FileKeys(True, bytes(32)), purpose="documents")
    made = own.new("0a")

    assert made.secret.hex() not in repr(made) + repr(own)
    assert repr(made) == "OwnKey()"
