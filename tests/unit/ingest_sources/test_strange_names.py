"""Files whose names are no text."""

import os
from pathlib import Path

from safeconduct.ingest.complete import Stage, look
from safeconduct.model.mapping import FileMapping

MAPPING = {
    "format": 1,
    "dataset": "phone",
    "zone": "Africa/Maputo",
    "cells": {"file": "cells.csv", "columns": {"cell": "cell", "site": "site", "lon": "lon", "lat": "lat"}},
    "areas": {"admin3": "admin3.geojson"},
    "events": {"calls": {"files": "calls_*.csv", "time_format": "%s",
                         "columns": {"person": "A", "time": "B", "cell": "C"}}},
    "stamps": "utc",
}  # fmt: skip


def test_a_watched_file_whose_name_is_no_utf8_stops_nobody(tmp_path: Path) -> None:
    """Its name is a key like any other; every file beside it is found as before."""
    (tmp_path / "calls_1.csv").write_text("A,B,C\n")
    strange = os.fsdecode(os.fsencode(tmp_path) + b"/calls_\xff\x1b[2J.csv")
    Path(strange).write_text("A,B,C\n")
    mapping = FileMapping.from_tree(MAPPING)

    first = look(mapping, tmp_path, before={}, key=bytes(32))
    second = look(mapping, tmp_path, before=first.waiting, key=bytes(32))

    assert {seen.stage for seen in first.waiting.values()} == {Stage.WAITING}
    assert {str(path) for path in second.whole} == {strange, str(tmp_path / "calls_1.csv")}


def test_a_watched_file_whose_name_is_as_long_as_names_may_be_stops_nobody(tmp_path: Path) -> None:
    """There can be no marker beside it, whose name would be longer."""
    (tmp_path / "calls_1.csv").write_text("A,B,C\n")
    longest = tmp_path / f"calls_{'x' * (255 - len('calls_.csv'))}.csv"
    longest.write_text("A,B,C\n")
    mapping = FileMapping.from_tree(MAPPING)

    first = look(mapping, tmp_path, before={}, key=bytes(32))
    second = look(mapping, tmp_path, before=first.waiting, key=bytes(32))

    assert set(second.whole) == {longest, tmp_path / "calls_1.csv"}
