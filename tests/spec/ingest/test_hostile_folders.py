"""Folders that somebody else fills: pipes, links that lead elsewhere, files that change under the reader's hands."""

import os
from pathlib import Path

import pytest

from safeconduct.ingest.files import Found
from safeconduct.model.errors import BadInput, BadMapping, SafeconductError, Unreadable

MARKER = "258849999001"


def seconds_seen(world) -> list[int]:
    return sorted(second for rows in world.events().values() for _, second, _ in rows)


def test_a_pipe_is_no_file(world, row) -> None:
    """Whoever opens one waits for somebody to write into it; the files beside it are taken in."""
    world.calls([row("1")])
    os.mkfifo(world.files / "calls_2.csv")

    assert world.take().files == 1


@pytest.mark.parametrize("name", ["cells.csv", "admin3.geojson"])
def test_a_pipe_for_cells_or_boundaries_is_refused_at_once(world, row, name) -> None:
    """As a file that is not there."""
    world.calls([row("1")])
    (world.files / name).unlink()
    os.mkfifo(world.files / name)

    with pytest.raises(BadMapping, match="cannot be opened"):
        world.take()


def test_a_link_that_leads_out_of_the_folder_is_told_and_not_read(world, row, tmp_path) -> None:
    """Whoever may put links into a folder must not read with our eyes what lies elsewhere."""
    elsewhere = tmp_path / "elsewhere.csv"
    world.calls([row(MARKER)], "calls_9.csv").rename(elsewhere)
    (world.files / "calls_2.csv").symlink_to(elsewhere)
    world.calls([row("1")], "calls_1.csv")
    report = world.take()

    assert (report.files, report.rows) == (1, 1)
    assert "leads out of the folder" in str(report.failed[0].text)
    assert not any(MARKER in str(one) for one in report.failed)


def test_a_link_within_the_folder_is_a_file_like_others(world, row) -> None:
    """Its content is taken in once, under whichever name comes first."""
    world.calls([row("1")], "calls_1.csv")
    (world.files / "calls_2.csv").symlink_to("calls_1.csv")
    report = world.take()

    assert (report.files, report.skipped_files, report.kept) == (1, 1, 1)


def test_a_link_to_itself_or_to_nothing_is_no_file(world, row) -> None:
    """Nothing is read, and nothing goes round for ever."""
    (world.files / "calls_1.csv").symlink_to("calls_1.csv")
    (world.files / "calls_2.csv").symlink_to("nowhere.csv")

    with pytest.raises(BadInput, match="no file matches"):
        world.take()


@pytest.mark.parametrize("change", ["grows", "shrinks", "becomes another", "goes away"])
def test_a_file_that_changes_while_it_is_read_is_left_out_whole(world, row, monkeypatch, change) -> None:
    """Between its digest and its rows; run again, its rows are there once."""
    world.calls([row("1", "2026-01-05 09:00:00")], "calls_0.csv")
    path = world.calls([row("2"), row(MARKER, "2026-01-05 11:00:00")], "calls_1.csv")
    whole = path.read_bytes()
    digest = Found.digest

    def meanwhile(found: Found) -> str:
        done = digest(found)
        if found.path == path:
            changed(path, whole, change, row)
        return done

    with monkeypatch.context() as patch:
        patch.setattr(Found, "digest", meanwhile)
        report = world.take()

    assert (report.files, len(report.failed)) == (1, 1)
    assert MARKER not in str(report.failed[0].text)
    assert seconds_seen(world) == [32_400]
    path.write_bytes(whole)
    world.take()
    assert seconds_seen(world) == [32_400, 36_000, 39_600]


def changed(path: Path, whole: bytes, change: str, row) -> None:
    match change:
        case "grows":
            path.write_bytes(whole + row("3").encode() + b"\n")
        case "shrinks":
            path.write_bytes(whole[:-40])
        case "becomes another":
            other = path.with_name("other")
            other.write_bytes(whole)
            other.rename(path)
        case _:
            path.unlink()


def test_what_is_thrown_at_a_folder_names_no_file_of_another(world, row) -> None:
    """A name may be a number of somebody's; messages name the pattern."""
    world.write(f"calls_{MARKER}.csv", b"\xff\xfe\x00")
    with pytest.raises(SafeconductError) as refused:
        world.take()

    assert isinstance(refused.value, Unreadable | BadMapping)
    assert MARKER not in f"{refused.value} {refused.value!r} {refused.value.__cause__}"
