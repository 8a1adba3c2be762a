"""A chest gives back what was put into it, from any place, or says that it was spoilt."""

import errno
import gc
import hashlib
import io
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safeconduct.keys.provider import FileKeys
from safeconduct.model.errors import BadInput, NotFound, StoreFull, Tampered, WrongState
from safeconduct.store.chests import HEADER, Chest, Chests

KEYS = FileKeys(False, bytes(32))
SMALL = 64
SEALED = SMALL + 28
TEXT = bytes(range(256)) * 2 + b"end"
AGAIN = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture
def chests(tmp_path) -> Chests:
    return Chests(folder=tmp_path / "chests", keys=KEYS, purpose="test", chunk=SMALL)


def put(chests: Chests, content: bytes, name: str = "one") -> Chest:
    with chests.create(name) as writer:
        writer.write(content)
        return writer.finish()


def file_of(chests: Chests, name: str = "one") -> Path:
    path = chests._path(name)
    path.chmod(0o600)
    return path


def read(chests: Chests, name: str = "one") -> bytes:
    with chests.open(name) as file:
        return file.read()


def left(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "chests").glob("*"))


@pytest.mark.parametrize("length", [0, 1, SMALL - 1, SMALL, SMALL + 1, 2 * SMALL, 5 * SMALL + 7])
def test_what_goes_in_comes_out(chests, length) -> None:
    content = os.urandom(length)
    made = put(chests, content)

    assert made == Chest(name="one", size=length, sha256=hashlib.sha256(content).hexdigest())
    assert read(chests) == content
    assert chests.size("one") == length


@AGAIN
@given(pieces=st.lists(st.binary(max_size=3 * SMALL), max_size=8), steps=st.data())
def test_it_reads_like_a_plain_file(tmp_path_factory, pieces, steps) -> None:
    """However it was written and wherever one jumps, it is the file that was put in."""
    chests = Chests(folder=tmp_path_factory.mktemp("c"), keys=KEYS, purpose="test", chunk=SMALL)
    with chests.create("one") as writer:
        for piece in pieces:
            assert writer.write(piece) == len(piece)
        writer.finish()
    plain = io.BytesIO(b"".join(pieces))
    moves = st.tuples(st.sampled_from(["seek", "read", "read1", "readinto"]), st.integers(0, 6 * SMALL))
    with chests.open("one") as file:
        for what, size in steps.draw(st.lists(moves, max_size=12)):
            match what:
                case "seek":
                    assert file.seek(size) == plain.seek(size)
                case "read":
                    assert file.read(size) == plain.read(size)
                case "read1":
                    assert plain.read(len(found := file.read1(size))) == found
                case _:
                    ours, theirs = bytearray(size), bytearray(size)
                    assert file.readinto(ours) == plain.readinto(theirs)
                    assert ours == theirs
            assert file.tell() == plain.tell()


def test_the_end_is_a_place_to_seek_from(chests) -> None:
    put(chests, TEXT)
    with chests.open("one") as file:
        file.seek(-3, os.SEEK_END)
        assert file.read() == b"end"
        file.seek(-1, os.SEEK_CUR)
        assert file.read(10) == b"d"
        with pytest.raises(ValueError, match="negative"):
            file.seek(-1)


def test_another_library_can_write_and_read_it(chests) -> None:
    with chests.create("one") as writer:
        with zipfile.ZipFile(writer, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("a.csv", TEXT)
        writer.finish()
    with chests.open("one") as file, zipfile.ZipFile(file) as packed:
        assert packed.read("a.csv") == TEXT
    with chests.open("one") as file, io.TextIOWrapper(file, "latin-1") as text:
        assert text.read(2) == "PK"


def test_nothing_shows_on_disk(chests, tmp_path) -> None:
    put(chests, b"MARKER" * 100)
    on_disk = b"".join(path.read_bytes() for path in (tmp_path / "chests").iterdir())

    assert b"MARKER" not in on_disk
    assert "one" not in repr(chests)
    assert {oct(path.stat().st_mode & 0o777) for path in (tmp_path / "chests").iterdir()} == {"0o400"}


def test_every_flipped_byte_is_noticed(chests) -> None:
    put(chests, TEXT[: SMALL + 10])
    path = file_of(chests)
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises((Tampered, NotFound)):  # a changed id names a key that is not there
            read(chests)


@pytest.mark.parametrize("cut", range(1, 3 * SEALED + HEADER.size, 13))
def test_a_cut_file_is_noticed_on_opening(chests, cut) -> None:
    put(chests, TEXT[: 3 * SMALL])
    path = file_of(chests)
    path.write_bytes(path.read_bytes()[:-cut])

    with pytest.raises(Tampered):
        chests.open("one").close()


@pytest.mark.parametrize("chunks", [1, 2, 3])
def test_a_file_cut_between_two_chunks_is_noticed(chests, chunks) -> None:
    put(chests, TEXT[: 4 * SMALL])
    path = file_of(chests)
    path.write_bytes(path.read_bytes()[: HEADER.size + chunks * SEALED])

    with pytest.raises(Tampered):
        chests.open("one").close()


def test_chunks_in_another_order_are_noticed(chests) -> None:
    put(chests, TEXT[: 4 * SMALL])
    path = file_of(chests)
    head, body = path.read_bytes()[: HEADER.size], path.read_bytes()[HEADER.size :]
    path.write_bytes(head + body[SEALED : 2 * SEALED] + body[:SEALED] + body[2 * SEALED :])

    with pytest.raises(Tampered):
        read(chests)


def test_two_chests_cannot_be_swapped(chests) -> None:
    put(chests, b"one")
    put(chests, b"two", "two")
    one, two = file_of(chests), file_of(chests, "two")
    one.write_bytes(two.read_bytes())
    with pytest.raises(NotFound):
        read(chests)
    chests._key_path("one", one.read_bytes()[8:24]).write_bytes(
        chests._key_path("two", two.read_bytes()[8:24]).read_bytes()
    )
    with pytest.raises(Tampered):
        read(chests)


def test_a_chest_of_another_purpose_stays_shut(chests, tmp_path) -> None:
    put(chests, b"raw")

    with pytest.raises(Tampered):
        read(Chests(folder=tmp_path / "chests", keys=KEYS, purpose="other"))


def test_a_name_is_given_once(chests) -> None:
    put(chests, b"one")

    with pytest.raises(WrongState):
        chests.create("one")
    assert read(chests) == b"one"


@pytest.mark.parametrize("name", ["", ".", "../x", "a/b", "a\0b", ".hidden", "é", "a" * 200])
def test_a_name_is_never_a_way_out(chests, name) -> None:
    with pytest.raises(BadInput):
        chests.create(name)
    with pytest.raises(NotFound):
        chests.open(name)
    chests.delete(name)
    assert not chests.exists(name)


def test_what_is_given_up_leaves_nothing(chests, tmp_path) -> None:
    with chests.create("one") as writer:
        writer.write(TEXT)
    chests.create("two").write(TEXT)
    gc.collect()

    assert left(tmp_path) == []
    assert not chests.exists("one")
    with pytest.raises(WrongState):
        writer.write(b"more")
    with pytest.raises(WrongState):
        writer.finish()


def test_deleting_takes_the_key_first(chests, tmp_path, monkeypatch) -> None:
    """Somebody who keeps the file afterwards has noise."""
    put(chests, TEXT)
    put(chests, TEXT, "one.two")
    gone = []
    unlink = Path.unlink
    monkeypatch.setattr(Path, "unlink", lambda path, **how: (gone.append(path.suffix), unlink(path, **how))[1])
    chests.delete("one")

    assert gone == [".key", ".chest"]
    assert chests.names() == ("one.two",)
    with pytest.raises(NotFound):
        chests.open("one")


def test_a_chest_whose_key_is_gone_is_gone(chests, tmp_path) -> None:
    put(chests, TEXT)
    next((tmp_path / "chests").glob("*.key")).unlink()

    assert not chests.exists("one")
    with pytest.raises(NotFound, match="destroyed"):
        chests.open("one")
    assert chests.sweep() == 1
    assert left(tmp_path) == []


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize("write_number", [0, 1, 2, 3, 4, 5])
def test_a_crash_at_any_write_leaves_nothing_that_opens(chests, tmp_path, write_number) -> None:
    """Header, three chunks, key, name: wherever the process dies, a sweep finds an empty folder."""
    child = os.fork()
    if not child:
        _die_at(chests, write_number)
    os.waitpid(child, 0)

    assert not chests.exists("one")
    chests.sweep()
    assert left(tmp_path) == []
    assert put(chests, TEXT).size == len(TEXT)


def _die_at(chests: Chests, number: int) -> None:
    """In a child: put three chunks into a chest, and die instead of doing the write or renaming of that number."""
    seen = 0

    def counted(do):
        def doing(*given, **named):
            nonlocal seen
            if seen == number:
                os._exit(1)
            seen += 1
            return do(*given, **named)

        return doing

    class Dying(io.FileIO):
        write = counted(io.FileIO.write)

    io.FileIO = Dying  # type: ignore[misc]  # in the child only
    Path.replace = counted(Path.replace)  # type: ignore[method-assign]  # in the child only
    try:
        put(chests, TEXT[: 3 * SMALL])
    finally:
        os._exit(0)


@pytest.mark.parametrize("writes", [0, 1, 2, 3])
def test_a_full_disk_leaves_nothing(chests, tmp_path, monkeypatch, writes) -> None:
    class Full(io.FileIO):
        def write(self, content):
            nonlocal writes
            writes -= 1
            if writes < 0:
                raise OSError(errno.ENOSPC, "no space")
            return super().write(content)

    monkeypatch.setattr(io, "FileIO", Full)
    with pytest.raises(StoreFull):
        put(chests, TEXT[: 3 * SMALL])
    assert left(tmp_path) == []


def test_a_write_that_takes_only_some_bytes_is_gone_on_with(chests, monkeypatch) -> None:
    """An operating system may take less than it is handed."""

    class Slow(io.FileIO):
        def write(self, content):
            return super().write(bytes(content)[:7])

    monkeypatch.setattr(io, "FileIO", Slow)
    put(chests, TEXT)

    assert read(chests) == TEXT


def test_of_two_writers_of_one_name_either_is_whole(chests) -> None:
    first, second = chests.create("one"), chests.create("one")
    first.write(b"first")
    second.write(b"second")
    second.finish()
    first.finish()

    assert read(chests) == b"first"
    assert chests.sweep() == 1, "the key nobody needs"
    assert read(chests) == b"first"
