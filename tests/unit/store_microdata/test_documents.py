"""A document is what its digest says, and lies under a key of its own."""

from pathlib import Path

import pytest

from safeconduct.keys.provider import FileKeys
from safeconduct.keys.sealing import Sealer
from safeconduct.model.canonical import canonical, digest
from safeconduct.model.errors import BadInput, NotFound, Tampered
from safeconduct.store import documents as module
from safeconduct.store.documents import Documents
from safeconduct.store.own_keys import OwnKeys

TREE = {"title": "Enquête MARKER", "steps": [1, None, True, {"b": "c"}]}


@pytest.fixture
def documents(tmp_path) -> Documents:
    return Documents(folder=tmp_path / "documents", keys=FileKeys(False, bytes(32)))


def test_a_document_comes_back(documents) -> None:
    name = documents.put(TREE)

    assert name == digest(TREE)
    assert documents.get(name) == TREE
    assert documents.has(name)


def test_the_same_again_is_one_document(documents, tmp_path) -> None:
    assert documents.put(TREE) == documents.put(dict(reversed(TREE.items())))
    assert len(list((tmp_path / "documents").glob("*.json"))) == 1
    assert len(list((tmp_path / "documents").iterdir())) == 2


def test_nothing_shows_on_disk(documents, tmp_path) -> None:
    documents.put(TREE)

    assert b"MARKER" not in b"".join(path.read_bytes() for path in (tmp_path / "documents").iterdir())


def test_too_long_a_document_is_refused(documents, monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 10)

    with pytest.raises(BadInput):
        documents.put(TREE)


@pytest.mark.parametrize("name", ["", "../../x", "0" * 64, "A" * 64])
def test_an_absent_document_and_an_odd_digest_are_alike(documents, name) -> None:
    assert not documents.has(name)
    documents.delete(name)
    with pytest.raises(NotFound):
        documents.get(name)


def test_a_changed_or_swapped_document_is_noticed(documents, tmp_path) -> None:
    one, other = documents.put(TREE), documents.put([])
    paths = [tmp_path / "documents" / f"{name}.json" for name in (one, other)]
    for path in paths:
        path.chmod(0o600)
    whole = paths[0].read_bytes()
    paths[0].write_bytes(paths[1].read_bytes())
    with pytest.raises(Tampered):
        documents.get(one)
    paths[0].write_bytes(whole[:-1])
    with pytest.raises(Tampered):
        documents.get(one)


def test_a_deleted_document_is_gone(documents) -> None:
    name = documents.put(TREE)
    documents.delete(name)

    assert not documents.has(name)


def test_deleting_takes_the_key_and_a_copy_of_the_file_opens_no_more(documents, tmp_path) -> None:
    name, other = documents.put(TREE), documents.put([])
    path = tmp_path / "documents" / f"{name}.json"
    copy = path.read_bytes()
    documents.delete(name)
    path.write_bytes(copy)

    with pytest.raises(NotFound):
        documents.get(name)
    assert documents.get(other) == []
    assert len(list((tmp_path / "documents").glob("*.key"))) == 1


def test_what_a_key_of_its_own_does_not_have_yet_is_read_and_written_anew_under_one(documents, tmp_path) -> None:
    """As sites of earlier versions have it: sealed under a derived key."""
    name = put_as_earlier(tmp_path / "documents")

    assert documents.get(name) == TREE
    assert (documents.older(), documents.renew(), documents.renew()) == ((name,), 1, 0)
    assert documents.get(name) == TREE
    assert len(list((tmp_path / "documents").iterdir())) == 2


def put_as_earlier(folder: Path) -> str:
    folder.mkdir(exist_ok=True)
    name, sealer = digest(TREE), Sealer(FileKeys(False, bytes(32)).derive("documents"))
    (folder / f"{name}.json").write_bytes(sealer.seal(canonical(TREE).encode(), about=f"document/{name}"))
    return name


def test_killed_when_its_key_is_kept_it_is_there_after_the_next_try(documents, tmp_path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        real = OwnKeys.keep

        def dies(self: OwnKeys, *told: object, **how: object) -> None:
            real(self, *told, **how)
            raise KeyboardInterrupt

        patch.setattr(OwnKeys, "keep", dies)
        with pytest.raises(KeyboardInterrupt):
            documents.put(TREE)
    name = documents.put(TREE)
    assert len(list((tmp_path / "documents").iterdir())) == 3
    documents.sweep()

    assert documents.get(name) == TREE
    assert len(list((tmp_path / "documents").iterdir())) == 2


def test_killed_while_it_is_deleted_it_does_not_open(documents, monkeypatch) -> None:
    name = documents.put(TREE)
    monkeypatch.setattr(module, "removed", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        documents.delete(name)

    monkeypatch.undo()

    with pytest.raises(NotFound):
        documents.get(name)
    assert not documents.has(name)
    assert documents.get(documents.put(TREE)) == TREE


def test_what_a_crash_left_is_swept(documents, tmp_path) -> None:
    name, other = documents.put(TREE), documents.put([])
    own = OwnKeys(folder=tmp_path / "documents", keys=FileKeys(False, bytes(32)), purpose="documents")
    own.keep(own.new(name))
    own.destroy([other])
    (tmp_path / "documents" / ".unfinished-00").touch()
    documents.sweep()

    assert sorted(path.suffix for path in (tmp_path / "documents").iterdir()) == [".json", ".key"]
    assert documents.get(name) == TREE
