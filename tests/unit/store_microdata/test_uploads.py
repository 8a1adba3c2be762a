"""An upload goes on where it broke off: nothing is lost, nothing is there twice."""

import errno
import fcntl
import hashlib
import io
import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safeconduct.keys.provider import FileKeys
from safeconduct.model.errors import BadInput, NotFound, StoreFull, Tampered, WrongState
from safeconduct.store.uploads import Uploads

KEYS = FileKeys(False, bytes(32))
SMALL = 50
SEALED = SMALL + 28
ID = "upload-1"
TEXT = b"The quick brown fox jumps over the lazy dog. " * 9
AGAIN = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture
def uploads(tmp_path) -> Uploads:
    made = Uploads(folder=tmp_path / "uploads", keys=KEYS, chunk=SMALL)
    made.begin(ID, name="survey.dta")
    return made


def again(uploads: Uploads) -> Uploads:
    """What another process sees."""
    return Uploads(folder=uploads._folder, keys=KEYS, chunk=SMALL)


def read(uploads: Uploads, upload: str = ID) -> bytes:
    with uploads.open(upload) as file:
        return file.read()


def sent(uploads: Uploads, content: bytes = TEXT, upload: str = ID) -> Uploads:
    uploads.append(upload, 0, [content])
    uploads.finish(upload)
    return uploads


@AGAIN
@given(pieces=st.lists(st.lists(st.binary(max_size=3 * SMALL), max_size=4), max_size=6), jumps=st.data())
def test_any_run_of_appends_gives_the_file_that_was_sent(tmp_path_factory, pieces, jumps) -> None:
    """Whatever the pieces, each append may be in a process of its own."""
    uploads = Uploads(folder=tmp_path_factory.mktemp("u"), keys=KEYS, chunk=SMALL)
    uploads.begin(ID, name="a")
    expected = b""
    for run in pieces:
        at = uploads.offset(ID)
        assert at == len(expected)
        expected += b"".join(run)
        assert again(uploads).append(ID, at, run) == len(expected)
    uploads.finish(ID, sha256=hashlib.sha256(expected).hexdigest())
    with uploads.open(ID) as file:
        for at in jumps.draw(st.lists(st.integers(0, len(expected) + 5), max_size=5)):
            file.seek(at)
            assert file.read(SMALL) == expected[at : at + SMALL]
        file.seek(0)
        assert file.read() == expected


def test_a_sender_who_broke_off_goes_on_where_they_stopped(uploads) -> None:
    def breaking():
        yield TEXT[:120]
        yield TEXT[120:240]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        uploads.append(ID, 0, breaking())
    at = again(uploads).offset(ID)
    uploads.append(ID, at, [TEXT[at:]])

    assert at == 240
    assert uploads.finish(ID).size == len(TEXT)
    assert read(uploads) == TEXT


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize("death", range(24))
def test_a_killed_process_loses_at_most_what_it_was_holding(uploads, death) -> None:
    """Killed at any write: what is said to be there is a beginning of the file, and going on gives the whole."""
    uploads.append(ID, 0, [TEXT[:30]])
    child = os.fork()
    if not child:
        _die_at(uploads, death)
    os.waitpid(child, 0)
    at = uploads.offset(ID)

    assert at >= 30, "the first append was over"
    assert uploads.append(ID, at, [TEXT[at:]]) == len(TEXT)
    uploads.finish(ID)
    assert read(uploads) == TEXT


def _die_at(uploads: Uploads, number: int) -> None:
    """In a child: an append, and death before, or in the middle of, the write of that number."""
    seen = 0

    def counted(do, *, halved):
        def doing(first, *given):
            nonlocal seen
            seen += 1
            if seen == number // 2 + 2 and number % 2 and halved:
                do(first, given[0][: len(given[0]) // 2])
            if seen == number // 2 + 2:
                os._exit(1)
            return do(first, *given)

        return doing

    class Dying(io.FileIO):
        write = counted(io.FileIO.write, halved=True)

    io.FileIO = Dying  # type: ignore[misc]  # in the child only
    Path.write_bytes = counted(Path.write_bytes, halved=True)  # type: ignore[method-assign]  # in the child only
    Path.replace = counted(Path.replace, halved=False)  # type: ignore[method-assign]  # in the child only
    os.fsync = counted(os.fsync, halved=False)
    seen = 1
    try:
        uploads.append(ID, 30, [TEXT[30:190]])
    finally:
        os._exit(0)


def test_a_chunk_that_a_power_cut_left_empty_is_not_there(uploads) -> None:
    """A file system may keep a length and lose the bytes."""
    uploads.append(ID, 0, [TEXT[: SMALL - 5]])
    uploads.append(ID, SMALL - 5, [TEXT[SMALL - 5 : SMALL]])
    path = uploads._folder / ID / "whole"
    path.write_bytes(bytes(SEALED))

    assert uploads.offset(ID) == SMALL - 5
    uploads.append(ID, SMALL - 5, [TEXT[SMALL - 5 :]])
    uploads.finish(ID)
    assert read(uploads) == TEXT


@pytest.mark.parametrize("offset", [0, 29, 31, 10_000])
def test_bytes_for_another_place_are_not_taken(uploads, offset) -> None:
    uploads.append(ID, 0, [TEXT[:30]])

    with pytest.raises(WrongState):
        uploads.append(ID, offset, [b"x"])
    assert uploads.offset(ID) == 30


def test_of_two_who_send_at_once_one_wins(uploads) -> None:
    inside, go = threading.Event(), threading.Event()

    def slow():
        yield TEXT[:10]
        inside.set()
        go.wait(10)
        yield TEXT[10:20]

    sending = threading.Thread(target=uploads.append, args=(ID, 0, slow()))
    sending.start()
    inside.wait(10)
    for do in (
        lambda: again(uploads).append(ID, 0, [b"x"]), lambda: uploads.finish(ID), lambda: uploads.destroy(ID),
    ):  # fmt: skip
        with pytest.raises(WrongState):
            do()
    go.set()
    sending.join()

    assert uploads.offset(ID) == 20


def test_whoever_looks_while_somebody_sends_is_told_how_far_it_is(tmp_path) -> None:
    """A piece replaces the last one's file: whoever looks just then finds the one or the other, and no error."""
    uploads = Uploads(folder=tmp_path / "uploads", keys=KEYS, chunk=SMALL)
    uploads.begin(ID, name="survey.dta")
    over = threading.Event()
    seen: list[int] = []

    def look() -> None:
        while not over.is_set():
            seen.append(again(uploads).upload(ID).offset)

    looking = [threading.Thread(target=look) for _ in range(2)]
    for one in looking:
        one.start()
    for at in range(300):
        uploads.append(ID, at, [b"x"])
    over.set()
    for one in looking:
        one.join()

    assert seen
    assert max(seen) <= uploads.offset(ID) == 300


def test_more_than_was_announced_is_refused(tmp_path) -> None:
    uploads = Uploads(folder=tmp_path, keys=KEYS, chunk=SMALL)
    uploads.begin(ID, name="a", size=60)

    with pytest.raises(BadInput, match="announced"):
        uploads.append(ID, 0, [TEXT[:40], TEXT[40:80]])
    assert uploads.finish(ID).size == 60
    assert read(uploads) == TEXT[:60]


def test_less_than_was_announced_is_not_the_file(tmp_path) -> None:
    uploads = Uploads(folder=tmp_path, keys=KEYS)
    uploads.begin(ID, name="a", size=60)
    uploads.append(ID, 0, [TEXT[:59]])

    with pytest.raises(WrongState, match="not complete"):
        uploads.finish(ID)


def test_what_changed_on_its_way_is_noticed(uploads) -> None:
    uploads.append(ID, 0, [TEXT])

    with pytest.raises(BadInput, match="changed on its way"):
        uploads.finish(ID, sha256="0" * 64)
    assert uploads.finish(ID, sha256=hashlib.sha256(TEXT).hexdigest().upper()).sha256


def test_finishing_twice_changes_nothing(uploads) -> None:
    sent(uploads)

    assert uploads.finish(ID) == uploads.upload(ID)
    with pytest.raises(WrongState, match="finished"):
        uploads.append(ID, len(TEXT), [b"more"])


def test_an_unfinished_upload_cannot_be_read(uploads) -> None:
    with pytest.raises(WrongState, match="not finished"):
        uploads.open(ID)


def test_an_empty_file_is_a_file(uploads) -> None:
    assert uploads.finish(ID).size == 0
    assert read(uploads) == b""


def test_a_begun_upload_is_not_begun_again(uploads) -> None:
    with pytest.raises(WrongState):
        uploads.begin(ID, name="other")
    assert uploads.upload(ID).name == "survey.dta"


def test_a_crash_before_the_key_leaves_room_for_another_begin(uploads) -> None:
    (uploads._folder / ID / "key").unlink()
    (uploads._folder / ID / "whole").write_bytes(b"left")

    assert uploads.names() == ()
    assert uploads.begin(ID, name="other").offset == 0


@pytest.mark.parametrize("upload", ["", "..", "../../../etc", "a/b/c/d/e", "absent-upload", "short"])
def test_an_absent_upload_and_an_odd_handle_are_alike(uploads, upload) -> None:
    for do in (
        uploads.offset,
        uploads.upload,
        uploads.finish,
        uploads.open,
        lambda one: uploads.append(one, 0, [b"x"]),
    ):
        with pytest.raises(NotFound):
            do(upload)
    uploads.destroy(upload)
    assert uploads.names() == (ID,)


@pytest.mark.parametrize("upload", ["", "..", "../../../etc", "a/b/c/d/e", "short", "é" * 9])
def test_an_odd_handle_begins_nothing(uploads, upload) -> None:
    with pytest.raises(BadInput):
        uploads.begin(upload, name="a")


def test_destroying_takes_the_key_first(uploads, monkeypatch) -> None:
    sent(uploads)
    key, gone = uploads._folder / ID / "key", []
    monkeypatch.setattr("shutil.rmtree", lambda _folder: gone.append(not key.exists()))
    uploads.destroy(ID)

    assert gone == [True]
    with pytest.raises(NotFound):
        uploads.open(ID)


def test_a_destroyed_upload_leaves_no_file(uploads) -> None:
    sent(uploads).destroy(ID)

    assert list(uploads._folder.rglob("*")) == []


@pytest.mark.parametrize("name", ["whole", "tail", "card", "key"])
def test_a_changed_file_is_noticed(uploads, name) -> None:
    sent(uploads)
    path = uploads._folder / ID / name
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[-20] ^= 1
    path.write_bytes(bytes(content))

    with pytest.raises(Tampered):
        read(uploads)


def test_a_part_that_was_changed_is_noticed_when_it_is_read(uploads) -> None:
    sent(uploads)
    path = uploads._folder / ID / "whole"
    content = bytearray(path.read_bytes())
    content[SEALED + 20] ^= 1
    path.write_bytes(bytes(content))
    with uploads.open(ID) as file:
        assert file.read(SMALL) == TEXT[:SMALL]
        with pytest.raises(Tampered):
            file.read(1)


@pytest.mark.parametrize("order", [(1, 0, 2), (0, 1), (0, 1, 1)])
def test_chunks_moved_or_left_out_are_noticed(uploads, order) -> None:
    sent(uploads, TEXT[: 3 * SMALL])
    path = uploads._folder / ID / "whole"
    content = path.read_bytes()
    path.write_bytes(b"".join(content[at * SEALED : (at + 1) * SEALED] for at in order))

    with pytest.raises(Tampered):
        read(uploads)


def test_two_uploads_cannot_be_swapped(uploads) -> None:
    uploads.begin("upload-2", name="b")
    sent(sent(uploads), upload="upload-2")
    one, two = (uploads._folder / name for name in (ID, "upload-2"))
    for name in ("key", "card", "whole", "tail"):
        (one / name).unlink()
        (one / name).write_bytes((two / name).read_bytes())

    with pytest.raises(Tampered):
        read(uploads)


def test_nothing_shows_on_disk(uploads) -> None:
    sent(uploads, b"MARKER" * 100)
    on_disk = b"".join(path.read_bytes() for path in (uploads._folder / ID).iterdir())

    assert b"MARKER" not in on_disk
    assert b"survey" not in on_disk
    assert "survey" not in repr(uploads.upload(ID))


@pytest.mark.parametrize("fails", range(4))
def test_on_a_full_disk_what_is_here_stays(uploads, monkeypatch, fails) -> None:
    """The disk fills up at any write; once there is room, sending goes on."""
    uploads.append(ID, 0, [TEXT[:30]])
    with monkeypatch.context() as full:
        _fill(full, fails)
        with pytest.raises(StoreFull, match="what arrived before is kept"):
            uploads.append(ID, 30, [TEXT[30:190]])
    at = uploads.offset(ID)

    assert at == min(fails, 3) * SMALL or (at, fails) == (30, 0)
    uploads.append(ID, at, [TEXT[at:]])
    uploads.finish(ID)
    assert read(uploads) == TEXT


def _fill(monkeypatch: pytest.MonkeyPatch, writes: int) -> None:
    def limited(do):
        def doing(first, content):
            nonlocal writes
            writes -= 1
            if writes < 0:
                do(first, content[: len(content) // 2])
                raise OSError(errno.ENOSPC, "no space")
            return do(first, content)

        return doing

    class Full(io.FileIO):
        write = limited(io.FileIO.write)

    monkeypatch.setattr(io, "FileIO", Full)
    monkeypatch.setattr(Path, "write_bytes", limited(Path.write_bytes))


def test_uploads_nobody_goes_on_with_are_found(uploads) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=31)
    uploads.begin("upload-2", name="b")
    for path in ((folder := uploads._folder / ID), *folder.iterdir()):
        os.utime(path, (long_ago.timestamp(), long_ago.timestamp()))

    assert uploads.untouched(since=datetime.now(UTC) - timedelta(days=30)) == (ID,)
    assert uploads.upload(ID).touched == long_ago.replace(microsecond=uploads.upload(ID).touched.microsecond)


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_lock_goes_with_the_process_that_held_it(uploads) -> None:
    child = os.fork()
    if not child:
        try:
            fcntl.flock(os.open(uploads._folder / ID / "lock", os.O_RDWR), fcntl.LOCK_EX)
        finally:
            os._exit(0)
    os.waitpid(child, 0)

    assert uploads.append(ID, 0, [b"x"]) == 1
