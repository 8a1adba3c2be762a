"""Rejected rows are readable again, by whoever has the key, whole or not at all."""

from collections.abc import Iterable
from itertools import chain

import pytest

from safeconduct.keys.provider import FileKeys
from safeconduct.model.errors import NotFound, Tampered
from safeconduct.store import intake
from safeconduct.store.intake import Quarantine, Rejected

SHA = "a" * 64
OTHER = "b" * 64


@pytest.fixture
def quarantine(tmp_path) -> Quarantine:
    return Quarantine(folder=tmp_path, dataset="phone", keys=FileKeys(False, bytes(32)))


def kept(quarantine: Quarantine, *rows: Rejected, sha256: str = SHA, more: Iterable[Rejected] = ()) -> None:
    with quarantine.writing(sha256) as writing:
        for row in chain(rows, more):
            writing.add(row)


def test_rows_come_back_as_they_stood(quarantine) -> None:
    rows = [Rejected("bad_row", b"a\xff\n\r,b"), Rejected("bad_time", b"")]
    kept(quarantine, *rows)

    assert list(quarantine.rows(SHA)) == rows


def test_of_a_long_row_the_head_is_kept(quarantine) -> None:
    kept(quarantine, Rejected("too_long", b"x" * 100_000))

    assert [len(row.content) for row in quarantine.rows(SHA)] == [65_536]


def test_a_file_without_rejected_rows_leaves_nothing(quarantine, tmp_path) -> None:
    kept(quarantine)

    assert not list((tmp_path / "phone").iterdir())
    with pytest.raises(NotFound):
        list(quarantine.rows(SHA))


def test_the_same_file_again_replaces_its_rows(quarantine) -> None:
    for _ in range(2):
        kept(quarantine, Rejected("bad_row", b"a"))

    assert len(list(quarantine.rows(SHA))) == 1


def test_a_failure_on_the_way_leaves_nothing(quarantine, tmp_path) -> None:
    def rows():
        yield Rejected("bad_row", b"a")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        kept(quarantine, more=rows())

    assert not list((tmp_path / "phone").iterdir())


def test_many_rows_are_sealed_in_pieces(quarantine, monkeypatch) -> None:
    monkeypatch.setattr(intake, "CHUNK", 1000)
    rows = [Rejected("bad_row", str(number).encode()) for number in range(500)]
    kept(quarantine, *rows)

    assert list(quarantine.rows(SHA)) == rows


def test_a_cut_swapped_or_changed_file_is_noticed(quarantine, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(intake, "CHUNK", 100)
    kept(quarantine, *(Rejected("bad_row", b"a" * 50) for _ in range(9)))
    kept(quarantine, Rejected("bad_row", b"b"), sha256=OTHER)
    path, other = tmp_path / "phone" / f"{SHA}.rows", tmp_path / "phone" / f"{OTHER}.rows"
    content = path.read_bytes()
    size = int.from_bytes(content[:4], "big") + 4
    for spoilt in (content[:size], content[:-1], content[size:] + content[:size], other.read_bytes(), b""):
        path.chmod(0o600)
        path.write_bytes(spoilt)
        with pytest.raises(Tampered):
            list(quarantine.rows(SHA))


def test_nothing_shows(quarantine, tmp_path) -> None:
    kept(quarantine, Rejected("bad_row", b"258840000001"))

    assert b"258840000001" not in (tmp_path / "phone" / f"{SHA}.rows").read_bytes()
    assert "25884" not in repr(Rejected("bad_row", b"258840000001"))
