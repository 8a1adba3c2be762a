"""Rejected rows are readable again, by whoever has the key, whole or not at all."""

from collections.abc import Iterable
from itertools import chain

import pytest

from safeconduct.keys.provider import FileKeys
from safeconduct.keys.sealing import Sealer
from safeconduct.model.errors import NotFound, Tampered
from safeconduct.store import intake
from safeconduct.store.intake import Quarantine, Rejected, RejectedRows
from safeconduct.store.own_keys import FRONT_BYTES, OwnKeys

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
    front, chunks = content[:FRONT_BYTES], content[FRONT_BYTES:]
    size = int.from_bytes(chunks[:4], "big") + 4
    turned = front + chunks[size:] + chunks[:size]
    assert 4 < size < len(chunks)
    for spoilt in (front + chunks[:size], content[:-1], turned, other.read_bytes(), chunks, front, b""):
        path.chmod(0o600)
        path.write_bytes(spoilt)
        with pytest.raises(Tampered):
            list(quarantine.rows(SHA))


def test_rows_from_before_files_had_keys_of_their_own_are_read(quarantine, tmp_path) -> None:
    """As sites of earlier versions have them: sealed under a key derived for the data set."""
    (tmp_path / "phone").mkdir()
    with (tmp_path / "phone" / f"{SHA}.rows").open("wb") as file:
        older = RejectedRows(file, Sealer(FileKeys(False, bytes(32)).derive("quarantine", "phone")), f"phone/{SHA}")
        older.add(Rejected("bad_row", b"a"))
        older.finish()
    quarantine.sweep()

    assert list(quarantine.rows(SHA)) == [Rejected("bad_row", b"a")]
    quarantine.destroy(quarantine.names())
    assert not list((tmp_path / "phone").iterdir())


def test_destroying_takes_the_key_and_a_copy_of_the_file_opens_no_more(quarantine, tmp_path) -> None:
    kept(quarantine, Rejected("bad_row", b"a"))
    kept(quarantine, Rejected("bad_row", b"b"), sha256=OTHER)
    path = tmp_path / "phone" / f"{SHA}.rows"
    copy = path.read_bytes()
    quarantine.destroy([path])
    path.write_bytes(copy)

    with pytest.raises(NotFound):
        list(quarantine.rows(SHA))
    assert len(list(quarantine.rows(OTHER))) == 1
    assert len(list((tmp_path / "phone").glob("*.key"))) == 1


@pytest.mark.parametrize("at", ["keep", "destroy"])
def test_killed_around_the_moment_its_key_is_kept_it_is_whole_or_what_it_was(quarantine, tmp_path, at) -> None:
    """A key before its file, the key of an older file after it: neither is left when the next one sweeps."""
    kept(quarantine, Rejected("bad_row", b"a"))
    with pytest.MonkeyPatch.context() as patch:
        real = getattr(OwnKeys, at)

        def dies(self: OwnKeys, *told: object, **how: object) -> None:
            if at == "keep":
                real(self, *told, **how)
            raise KeyboardInterrupt

        patch.setattr(OwnKeys, at, dies)
        with pytest.raises(KeyboardInterrupt):
            kept(quarantine, Rejected("bad_row", b"b"))
    quarantine.sweep()

    assert [one.content for one in quarantine.rows(SHA)] == [b"a" if at == "keep" else b"b"]
    assert len(list((tmp_path / "phone").iterdir())) == 2


def test_nothing_shows(quarantine, tmp_path) -> None:
    kept(quarantine, Rejected("bad_row", b"258840000001"))

    assert b"258840000001" not in (tmp_path / "phone" / f"{SHA}.rows").read_bytes()
    assert "25884" not in repr(Rejected("bad_row", b"258840000001"))
