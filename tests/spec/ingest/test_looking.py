"""A look at what an ingest would take in says the same of files as the ingest, and writes nothing."""

import gzip
import re
from datetime import date

import pytest

from safeconduct.ingest.looking import look
from safeconduct.ingest.source import Offer, Reach, opened_source
from safeconduct.model.errors import BadInput, BadMapping


def looked(world):
    offer = Offer(mapping=world.mapping, folder=world.files, reach=Reach(), digest_key=bytes(32))
    return look(opened_source(offer), world.files, opened=world.site())


def files(world):
    return {path: path.read_bytes() for path in world.folders.root.rglob("*") if path.is_file()}


def test_a_look_tells_new_known_and_broken_files_and_writes_nothing(world, row):
    """Before anything was taken in, and after."""
    world.calls([row(), row("2")])
    world.write("calls_2.csv.gz", gzip.compress(b"x")[:-4])
    before = files(world)
    first = looked(world)

    assert (first.files, first.rows, first.skipped_files, first.kept, first.dry_run) == (1, 2, 0, 2, True)
    assert [(one.files, one.number) for one in first.failed] == [("calls_*.csv", 2)]
    assert files(world) == before
    world.take()
    assert (looked(world).files, looked(world).skipped_files) == (0, 1)


def test_what_stops_an_ingest_stops_a_look(world):
    """No file matches."""
    with pytest.raises(BadInput):
        looked(world)


def test_a_look_judges_every_row_as_an_ingest_does(world, row):
    """Times, cells, directions, amounts and blank numbers, and which days the rows are of."""
    much = row("5", "2026-01-05 11:00:00", "a1", "outgoing", "2", "6", "3", "much")
    bad = [row(at="x"), row(cell=""), row(cell="z9"), row(way="up"), row(" null "), much]
    world.calls([row(), row("2", "2026-01-07 10:00:00"), row("3", "2026-01-06T10:00"), *bad])
    first, taken = looked(world), world.take()

    assert taken.rejected.keys() == {
        "bad_time", "missing_cell", "unknown_cell", "bad_direction", "missing_person", "bad_amount"
    }  # fmt: skip
    for name in ("files", "rows", "kept", "rejected", "first_day", "last_day", "cells_outside", "without_files"):
        assert getattr(first, name) == getattr(taken, name), name
    assert (taken.first_day, taken.last_day) == (date(2026, 1, 5), date(2026, 1, 7))
    assert (first.dry_run, taken.dry_run) == (True, False)


def test_day_and_month_the_wrong_way_round_show_in_the_days_that_are_told(world, row):
    """Every stamp reads well both ways until the twelfth; the days tell that the format is wrong."""
    world.map(events='time_format = "%Y-%d-%m %H:%M:%S"')
    world.calls([row(at="2026-01-05 10:00:00"), row("2", "2026-01-06 10:00:00"), row("3", "2026-01-13 10:00:00")])

    report = looked(world)
    assert (report.first_day, report.last_day) == (date(2026, 5, 1), date(2026, 6, 1))
    assert report.rejected == {"bad_time": 1}


def test_a_pattern_that_no_file_has_is_told(world, row):
    """A misspelt pattern takes nothing in, and nobody would notice."""
    world.map(end='[events.sms]\nfiles = "sns_*.csv"\ncolumns = { person = "N", time = "T", cell = "C" }\n')
    world.calls([row()])
    assert looked(world).without_files == world.take().without_files == ("sns_*.csv",)


def test_cells_that_stand_in_no_area_are_counted_and_refused_where_they_all_do(world, row):
    """Longitude and latitude the wrong way round would leave every answer empty."""
    world.calls([row()])
    assert looked(world).cells_outside == world.take().cells_outside == 1, "the one at sea"

    world.write("cells.csv", "cell,site,lon,lat,first,last\na1,A,60.0,80.0,,\nb1,B,61.0,80.0,,\n")
    with pytest.raises(BadInput, match="not one cell stands in an area"):
        looked(world)
    with pytest.raises(BadInput, match="not one cell stands in an area"):
        world.take()


def test_another_zone_than_the_data_set_has_is_refused_at_a_look(world, row):
    """As by the ingest."""
    world.calls([row()])
    world.take()
    path = world.files / "mapping.toml"
    path.write_text(re.sub(r'zone = "[^"]*"', 'zone = "Asia/Tokyo"', path.read_text()))
    with pytest.raises(BadMapping, match="zone"):
        looked(world)


def test_a_folder_that_is_not_there_and_a_folder_without_files_are_told_apart(world, tmp_path):
    """One is a wrong path, the other a wrong pattern; the pattern is named."""
    with pytest.raises(BadInput, match=r"calls_\*"):
        looked(world)
    offer = Offer(mapping=world.mapping, folder=tmp_path / "nowhere", reach=Reach(), digest_key=bytes(32))
    with pytest.raises(BadInput, match="no such folder"):
        opened_source(offer)
