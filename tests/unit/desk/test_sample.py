"""Practice data on one's own machine."""

import subprocess
import sys
from pathlib import Path

import pytest

from safeconduct.desk.sample import read_truth, sample_cdr
from safeconduct.model.errors import BadInput, BadMapping, BrokenPromise, NotFound, StoreFull, Unreadable, WrongState

TINY = {"people": 20, "days": 2, "disaster_day": 1}


def held(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_sample_says_what_it_wrote(tmp_path: Path) -> None:
    """In words a shell can print."""
    report = sample_cdr(TINY, folder=tmp_path / "files")

    assert report["files"] == 8
    assert Path(report["mapping"]).is_file()
    assert read_truth(tmp_path / "files")["disaster_day"] == "2026-01-06"


def test_an_owners_mapping_file_is_written(tmp_path: Path) -> None:
    """What an owner declares for ingest is what the rehearsal looks like."""
    sample_cdr(TINY, folder=tmp_path / "one")
    mapping = (tmp_path / "one/mapping.toml").read_text(encoding="utf-8").replace("MSISDN", "LINE")
    (tmp_path / "owner.toml").write_text(mapping, encoding="utf-8")
    sample_cdr(TINY, folder=tmp_path / "two", mapping=tmp_path / "owner.toml")

    assert (tmp_path / "two/calls_20260105.csv").read_text(encoding="utf-8").startswith("LINE,")
    assert (tmp_path / "two/mapping.toml").read_text(encoding="utf-8") == mapping


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be opened"),
        (b"\xff\xfe", "UTF-8"),
        (b"dataset = ", "not TOML"),
        (b"dataset = 'phone'", "format = 1"),
    ],
)
def test_a_mapping_that_is_none_is_told_in_words(content: bytes | None, says: str, tmp_path: Path) -> None:
    """And nothing is written."""
    if content is not None:
        (tmp_path / "owner.toml").write_bytes(content)

    with pytest.raises(BadMapping, match=says):
        sample_cdr(TINY, folder=tmp_path / "files", mapping=tmp_path / "owner.toml")
    assert not (tmp_path / "files").exists()


def test_an_unknown_parameter_is_named() -> None:
    """With those that are known."""
    with pytest.raises(BadInput, match="peoples"):
        sample_cdr({"peoples": 20}, folder=Path("never"))


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    """Even where no name is the same: records of two origins must not stand side by side."""
    (tmp_path / "calls_20260105.csv").write_text("an operator's own", encoding="utf-8")

    with pytest.raises(WrongState, match="no sample"):
        sample_cdr(TINY, folder=tmp_path)
    assert held(tmp_path) == {"calls_20260105.csv": b"an operator's own"}


def test_the_same_sample_may_be_written_again(tmp_path: Path) -> None:
    """Also over one that was interrupted."""
    sample_cdr(TINY, folder=tmp_path)
    before = held(tmp_path)
    (tmp_path / "mapping.toml").unlink()
    (tmp_path / "sms_20260106.csv").write_bytes(b"half a l")
    sample_cdr(TINY, folder=tmp_path)

    assert held(tmp_path) == before


def test_a_shorter_sample_is_not_written_over_a_longer_one(tmp_path: Path) -> None:
    """The days left over would be read as if they were its own."""
    sample_cdr(TINY, folder=tmp_path)
    before = held(tmp_path)

    with pytest.raises(WrongState, match="other files"):
        sample_cdr({**TINY, "days": 1}, folder=tmp_path)
    assert held(tmp_path) == before


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    """Nor is it overwritten."""
    (tmp_path / "files").write_text("notes", encoding="utf-8")

    with pytest.raises(WrongState, match="choose another name"):
        sample_cdr(TINY, folder=tmp_path / "files")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this machine has no device that is always full")
@pytest.mark.parametrize("name", ["calls_20260106.csv", "cells.csv", "admin3.geojson", "mapping.toml"])
def test_a_full_disk_is_told_in_words(name: str, tmp_path: Path) -> None:
    """Whichever file it happens to."""
    sample_cdr(TINY, folder=tmp_path)
    (tmp_path / name).unlink()
    (tmp_path / name).symlink_to("/dev/full")

    with pytest.raises(StoreFull, match="make room"):
        sample_cdr(TINY, folder=tmp_path)


def test_a_folder_below_a_file_cannot_be_made(tmp_path: Path) -> None:
    """Told without a path."""
    (tmp_path / "notes").write_text("x", encoding="utf-8")

    with pytest.raises(BrokenPromise, match="cannot be written") as caught:
        sample_cdr(TINY, folder=tmp_path / "notes" / "files")
    assert str(tmp_path) not in str(caught.value)


def test_truth_that_is_not_there_or_not_whole_is_told(tmp_path: Path) -> None:
    """Absent, cut, or something else altogether."""
    with pytest.raises(NotFound):
        read_truth(tmp_path)
    for text in ('{"disaster_day": "2026-', "[]", '{"format": 1}'):
        (tmp_path / "truth.json").write_text(text, encoding="utf-8")
        with pytest.raises(Unreadable):
            read_truth(tmp_path)


def test_the_desk_loads_no_numpy_before_it_makes_a_sample() -> None:
    """The shell starts fast, also where numpy is not installed."""
    code = "import sys, safeconduct.desk.sample; sys.exit('numpy' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
