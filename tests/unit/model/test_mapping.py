"""How an operator's files are laid out."""

import copy
import tomllib
from datetime import datetime

import pytest

from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.errors import BadMapping
from safeconduct.model.mapping import FileMapping, Keep, Stamps

WHOLE = tomllib.loads("""
format = 1
dataset = "phone"
zone = "Africa/Maputo"
stamps = "utc"
zones = { MZ99 = "Africa/Harare" }

[cells]
file = "towers.csv"
columns = { cell = "CGI", lon = "X", lat = "Y" }

[areas]
admin1 = "provinces.geojson"
admin3 = "communes.geojson"
code = "{level}pcod"

[events.calls]
files = "calls_*.csv"
columns = { time = "START", cell = "CGI", direction = "DIR" }
direction = { outgoing = ["MO", "OUT"], incoming = "MT" }
delimiter = ";"

[identifiers]
imei = "pseudonymise"
""")


def changed(path: str, value: object) -> dict:
    """The whole mapping with one key changed, or taken out."""
    tree = copy.deepcopy(WHOLE)
    *tables, key = path.split(".")
    table = tree
    for name in tables:
        table = table.setdefault(name, {})
    if value is None:
        del table[key]
    else:
        table[key] = value
    return tree


def test_a_mapping_is_read_whole():
    mapping = FileMapping.from_tree(WHOLE)

    assert (mapping.dataset, mapping.zone, mapping.stamps) == ("phone", "Africa/Maputo", Stamps.UTC)
    assert mapping.zones == {"MZ99": "Africa/Harare"}
    assert mapping.cells == {"cell": "CGI", "lon": "X", "lat": "Y"}
    assert mapping.boundaries == {
        AreaLevel.PROVINCE: "provinces.geojson",
        AreaLevel.COMMUNE: "communes.geojson",
    }
    assert mapping.code == "{level}pcod"
    assert mapping.events[EventType.CALLS].outgoing == ("MO", "OUT")
    assert mapping.events[EventType.CALLS].incoming == ("MT",)
    assert mapping.events[EventType.CALLS].delimiter == ";"
    assert mapping.identifiers == {"imei": Keep.PSEUDONYMISE}


def test_the_person_is_in_the_column_msisdn_unless_the_mapping_says_otherwise():
    assert FileMapping.from_tree(WHOLE).events[EventType.CALLS].columns["person"] == "MSISDN"
    said = changed("events.calls.columns", {"time": "T", "cell": "C", "person": "A_NUMBER"})
    assert FileMapping.from_tree(said).events[EventType.CALLS].columns["person"] == "A_NUMBER"


@pytest.mark.parametrize(("path", "value", "says"), [
    ("format", None, "format = 1"),
    ("format", 2, "format = 1"),
    ("dataset", None, "dataset"),
    ("dataset", "", "dataset"),
    ("dataset", "Phone Records", "lower-case word"),
    ("dataset", "../phone", "lower-case word"),
    ("zone", "Maputo", "IANA"),
    ("zones.MZ01", "+02:00", "IANA"),
    ("stamps", "gmt", "local, utc"),
    ("colour", "red", "does not know colour"),
    ("cells", None, r"\[cells\]"),
    ("cells.file", None, "file"),
    ("cells.columns.lon", None, "lon"),
    ("cells.columns.colour", "C", "does not know colour"),
    ("areas.admin9", "x.geojson", "admin3"),
    ("events", None, r"\[events\]"),
    ("events.letters", {"files": "l.csv", "columns": {"time": "T", "cell": "C"}}, "calls, sms, mds, topups"),
    ("events.calls.files", None, "files"),
    ("events.calls.columns.cell", None, "cell"),
    ("events.calls.direction.sideways", "S", "does not know sideways"),
    ("identifiers.imei", "keep", "drop, pseudonymise"),
    ("identifiers.msisdn", "drop", "does not know msisdn"),
])  # fmt: skip
def test_what_is_wrong_with_a_mapping_is_named(path, value, says):
    """In words for whoever wrote the file."""
    with pytest.raises(BadMapping, match=says) as error:
        FileMapping.from_tree(changed(path, value))
    assert error.value.field


@pytest.mark.parametrize(("stamps", "local"), [("local", "2026-03-01 23:30:00"), ("utc", "2026-03-02 01:30:00")])
def test_a_stamp_is_told_in_local_time(stamps, local):
    """Half past eleven in the evening of UTC is the next day in Maputo."""
    mapping = FileMapping.from_tree(changed("stamps", stamps))

    assert mapping.local(datetime(2026, 3, 1, 23, 30)) == datetime.fromisoformat(local)  # noqa: DTZ001 - as files have it


def test_two_mappings_of_the_same_words_are_equal():
    assert FileMapping.from_tree(WHOLE) == FileMapping.from_tree(copy.deepcopy(WHOLE))
