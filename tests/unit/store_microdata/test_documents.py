"""A document is what its digest says."""

import pytest

from safeconduct.keys.provider import FileKeys
from safeconduct.model.canonical import digest
from safeconduct.model.errors import BadInput, NotFound, Tampered
from safeconduct.store import documents as module
from safeconduct.store.documents import Documents

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
    assert len(list((tmp_path / "documents").iterdir())) == 1


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
