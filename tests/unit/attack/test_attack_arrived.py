"""Files are read as the mapping says, apart from how a site reads them."""

import json
from datetime import date

import pytest

from safeconduct.attack.arrived import read_arrived
from safeconduct.model.errors import BadInput, BadMapping

MAPPING = """
format = 1
dataset = "phone"
zone = "Africa/Maputo"
stamps = "{stamps}"
[cells]
file = "cells.csv"
[cells.columns]
cell = "cell"
lon = "lon"
lat = "lat"
first = "first"
last = "last"
[areas]
admin1 = "admin1.geojson"
admin2 = "admin2.geojson"
admin3 = "admin3.geojson"
[events.calls]
files = "calls_*.csv"
[events.calls.columns]
person = "who"
time = "when"
cell = "cell"
"""
CELLS = "cell,lon,lat,first,last\nc1,0.5,0.5,2020-01-01,2026-03-02\nc1,1.5,0.5,2026-03-03,\nc2,1.5,0.5,2020-01-01,\n"
CALLS = """who,when,cell
ana,2026-03-02 23:30:00,c1
ana,2026-03-03 08:00:00,c1
ben,2026-03-02 08:00:00,
ben,2026-03-02 08:00:00,nowhere
ben,2026-03-02 09:00:00,c2
"""


def square(code: str, parent: str, west: float, east: float) -> dict:
    ring = [[west, 0], [east, 0], [east, 1], [west, 1], [west, 0]]
    return {"type": "Feature", "properties": {"pcod": code, "parent": parent},
            "geometry": {"type": "Polygon", "coordinates": [ring]}}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    """Two communes, a cell that moved from one to the other, and five calls."""
    levels = {"admin1": [square("P", "", 0, 2)], "admin2": [square("D", "P", 0, 2)],
              "admin3": [square("K1", "D", 0, 1), square("K2", "", 1, 2)]}  # fmt: skip
    for level, features in levels.items():
        tree = {"type": "FeatureCollection", "features": features}
        (tmp_path / f"{level}.geojson").write_text(json.dumps(tree), encoding="utf-8")
    (tmp_path / "mapping.toml").write_text(MAPPING.format(stamps="local"), encoding="utf-8")
    (tmp_path / "cells.csv").write_text(CELLS, encoding="utf-8")
    (tmp_path / "calls_1.csv").write_text(CALLS, encoding="utf-8")
    return tmp_path


def places(truth) -> list[tuple]:
    return sorted(zip(truth.events["day"].to_pylist(), truth.events["admin3"].to_pylist(), strict=True))


def test_an_event_is_where_its_cell_stood_that_day(folder):
    assert places(read_arrived(folder)) == [
        (date(2026, 3, 2), "K1"),
        (date(2026, 3, 2), "K2"),
        (date(2026, 3, 3), "K2"),
    ]


def test_stamps_in_utc_are_told_in_the_zone(folder):
    (folder / "mapping.toml").write_text(MAPPING.format(stamps="utc"), encoding="utf-8")

    assert places(read_arrived(folder)) == [
        (date(2026, 3, 2), "K2"),
        (date(2026, 3, 3), "K2"),
        (date(2026, 3, 3), "K2"),
    ]


def test_an_area_that_names_no_parent_lies_in_the_one_around_it(folder):
    assert read_arrived(folder).parents["K2"] == "D"


def test_later_files_are_of_the_same_people(folder, tmp_path_factory):
    later = tmp_path_factory.mktemp("later")
    (later / "calls_2.csv").write_text("who,when,cell\nana,2026-03-04 08:00:00,c2\n", encoding="utf-8")
    truth = read_arrived(folder, later)

    assert (truth.people, len(truth.events)) == (2, 4)


def test_a_folder_without_events_says_so(folder):
    (folder / "calls_1.csv").unlink()

    with pytest.raises(BadMapping, match="no file of events"):
        read_arrived(folder)


def test_a_file_without_its_columns_tells_no_value(folder):
    (folder / "calls_1.csv").write_text("a,b\n258840000001,2\n", encoding="utf-8")

    with pytest.raises(BadInput) as wrong:
        read_arrived(folder)
    assert "258840000001" not in str(wrong.value)
