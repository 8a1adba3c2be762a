"""Marks put into every field are found in no file, error, log or report."""

import logging
from pathlib import Path

import duckdb
import pytest

from safeconduct.model.errors import SafeconductError
from safeconduct.store.records import connect

PERSON, OTHER, IMSI, IMEI = "258849999001", "258849999002", "643019999003", "35999999004"
CELL, TIME, WAY, AMOUNT = "CELLMARK", "TIMEMARK", "WAYMARK", "AMOUNTMARK"
MARKS = [PERSON, OTHER, IMSI, IMEI, CELL, TIME, WAY, AMOUNT]
KEEP = '[identifiers]\ncounterpart = "pseudonymise"\nimsi = "pseudonymise"\nimei = "pseudonymise"'


def marked(row) -> list[str]:
    rest = (OTHER, IMSI, IMEI, "60")
    at = "2026-01-05 10:00:00"
    return [
        row(PERSON, at, "a1", "outgoing", *rest),
        row(PERSON, TIME, "a1", "outgoing", *rest),
        row(PERSON, at, CELL, "outgoing", *rest),
        row(PERSON, at, "a1", WAY, *rest),
        row(PERSON, at, "a1", "outgoing", *rest[:3], AMOUNT),
        ",".join([*MARKS, "more"]),
        PERSON + "\r" + OTHER,
        '"' + PERSON,
        PERSON * 10_000,
    ]


def found(folder: Path) -> list[str]:
    return [
        path.name
        for path in folder.rglob("*")
        if path.is_file() and any(mark.encode() in path.read_bytes() for mark in MARKS)
    ]


def test_no_mark_is_in_any_file_log_or_report(world, row, caplog, capfd) -> None:
    """Raw numbers, their hexadecimal pseudonyms and names of cells alike."""
    caplog.set_level(logging.DEBUG)
    world.map(end=KEEP)
    world.calls(marked(row))

    report = world.take()

    assert (report.kept, sum(report.rejected.values())) == (1, 8)
    assert found(world.folder / "site") == []
    assert found(world.files) == ["calls_1.csv"], "the search finds what is there"
    said = "".join((caplog.text, *capfd.readouterr(), repr(report), repr(world.commits), repr(world.quarantined())))
    assert not any(mark in said for mark in MARKS)


@pytest.mark.parametrize("mark", MARKS)
def test_no_mark_is_in_an_error_of_a_file_that_cannot_be_read(world, mark) -> None:
    """Not from the header, not from the file's name, not from a chained exception."""
    world.write(f"calls_{mark}.csv", f"{mark},{mark}\n{mark}")

    with pytest.raises(SafeconductError) as caught:
        world.take()

    error: BaseException | None = caught.value
    assert mark not in str(error)
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None or mark not in str(error.__context__)


def test_spill_is_encrypted(tmp_path) -> None:
    """With a control that finds the mark in the spill of an ordinary connection."""
    ours = connect(read=[], spill=tmp_path / "ours", memory_mb=120, threads=1)
    plain = duckdb.connect(config={"memory_limit": "120MB", "threads": "1", "temp_directory": str(tmp_path / "plain")})
    for connection, folder, shows in ((plain, tmp_path / "plain", True), (ours, tmp_path / "ours", False)):
        connection.execute(
            f"CREATE TEMP TABLE t AS SELECT '{PERSON}-' || range AS x FROM range(6000000) ORDER BY hash(x)"
        )
        spilled = [path for path in folder.rglob("*") if path.is_file()]
        assert spilled
        assert any(PERSON.encode() in path.read_bytes() for path in spilled) == shows
        connection.close()
