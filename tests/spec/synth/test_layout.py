"""Any operator's layout is honoured, or refused before anything is written."""

import csv
import gzip
import io
import json
import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import shapely

from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.errors import BadMapping
from safeconduct.model.event_files import EventFiles
from safeconduct.model.mapping import FileMapping, Stamps
from safeconduct.synth.samples.cdr import CdrSample, default_layout, write

SMALL = CdrSample(people=300, days=4, disaster_day=2)
PLAIN = {"person": "MSISDN", "time": "START_TIME", "cell": "CELL_ID"}


def rows(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    """A CSV file, packed or not, read by the standard library."""
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


def areas(folder: Path, level: str) -> list[tuple[dict, shapely.Geometry]]:
    """Properties and shape of every area of a level."""
    tree = json.loads((folder / f"{level}.geojson").read_text())
    return [(one["properties"], shapely.geometry.shape(one["geometry"])) for one in tree["features"]]


def point(row: dict[str, str]) -> shapely.Point:
    """Where a version of a cell stands."""
    return shapely.Point(float(row["LON"]), float(row["LAT"]))


@pytest.fixture
def small(tmp_path: Path) -> Path:
    write(SMALL, folder=tmp_path / "small", layout=default_layout())
    return tmp_path / "small"


def test_the_mapping_reads_back_as_the_layout(small: Path) -> None:
    """What was written is what the mapping file says."""
    assert FileMapping.from_tree(tomllib.loads((small / "mapping.toml").read_text())) == default_layout()


def test_an_operators_own_layout_is_honoured(tmp_path: Path) -> None:
    """Names, order of the clock, words, delimiter, packing, folders, zones by province; and nothing undeclared."""
    layout = FileMapping(
        dataset="field_x",
        zone="Africa/Maputo",
        stamps=Stamps.UTC,
        zones={"XO1": "Africa/Nairobi"},
        cells_file="network/antennes.csv",
        cells={"cell": "id cellule", "lon": "x", "lat": "y"},
        boundaries={AreaLevel.DISTRICT: "geo/d.json"},
        code="{level}_code",
        name='nom "officiel"',
        events={
            EventType.CALLS: EventFiles(
                files="appels/*/voix_*.csv.gz",
                columns={"person": "Numéro", "time": "date;heure", "cell": "cellule", "direction": "sens"},
                outgoing=("sortant", "S"),
                incoming=("entrant",),
                time_format="%d/%m/%Y;%Hh%Mm%S",
                delimiter=";",
            )
        },
    )
    write(SMALL, folder=tmp_path, layout=layout)
    read = rows(tmp_path / "appels/20260105/voix_20260105.csv.gz", ";")
    times = [datetime.strptime(row["date;heure"], "%d/%m/%Y;%Hh%Mm%S").replace(tzinfo=UTC) for row in read]

    assert list(read[0]) == ["Numéro", "date;heure", "cellule", "sens"]
    assert {row["sens"] for row in read} == {"sortant", "entrant"}
    assert {time.date() for time in times} == {date(2026, 1, 4), date(2026, 1, 5)}
    assert {time.astimezone(ZoneInfo("Africa/Maputo")).date() for time in times[len(times) // 3 :]} == {
        date(2026, 1, 5)
    }
    assert list(rows(tmp_path / "network/antennes.csv")[0]) == ["id cellule", "x", "y"]
    district = json.loads((tmp_path / "geo/d.json").read_text())["features"][0]["properties"]
    assert {"admin2_code", 'nom "officiel"', "parent"} == set(district)
    assert FileMapping.from_tree(tomllib.loads((tmp_path / "mapping.toml").read_text())) == layout
    assert not list(tmp_path.rglob("sms*"))


def test_stamps_in_utc_are_told_in_the_zone_of_the_province(tmp_path: Path) -> None:
    """A province ahead of the others has the same evening earlier; events without a place go by the main zone."""
    local, utc = default_layout(), {"stamps": Stamps.UTC, "zones": {"XO5": "Asia/Kolkata"}}
    write(SMALL, folder=tmp_path / "local", layout=local)
    write(SMALL, folder=tmp_path / "utc", layout=FileMapping(**(vars(local) | utc)))
    provinces = areas(tmp_path / "local", "admin1")
    cells = {
        row["CELL_ID"]: next(one["pcod"] for one, shape in provinces if shape.covers(point(row)))
        for row in rows(tmp_path / "local/cells.csv")
        if row["FIRST_DAY"] <= "2026-01-06" <= (row["LAST_DAY"] or "9999-12-31")
    }
    found = set()
    for here, there in zip(*(rows(tmp_path / one / "calls_20260106.csv") for one in ("local", "utc")), strict=True):
        stamps = [datetime.fromisoformat(row["START_TIME"]) for row in (here, there)]
        found.add((stamps[0] - stamps[1], cells.get(here["CELL_ID"]) == "XO5"))

    assert found == {(timedelta(hours=2), False), (timedelta(hours=5, minutes=30), True)}


def test_a_pattern_without_a_day_is_one_file_of_all_days(tmp_path: Path) -> None:
    """Some operators send one file."""
    layout = FileMapping(
        dataset="phone", zone="UTC", events={EventType.SMS: EventFiles(files="messages.csv", columns=PLAIN)}
    )
    report = write(SMALL, folder=tmp_path, layout=layout)
    read = rows(tmp_path / "messages.csv")

    assert len({row["START_TIME"][:10] for row in read}) == 4
    assert len(read) == report.events["sms"]


def test_without_dates_a_cell_never_moves(tmp_path: Path) -> None:
    """A layout that cannot say when would make two places out of one."""
    layout = FileMapping(
        dataset="phone",
        zone="UTC",
        cells={"cell": "CELL_ID", "lon": "LON", "lat": "LAT"},
        events=default_layout().events,
    )
    write(CdrSample(people=50), folder=tmp_path, layout=layout)
    names = [row["CELL_ID"] for row in rows(tmp_path / "cells.csv")]

    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "events",
    [
        {EventType.SMS: EventFiles(files="../sms_*.csv", columns=PLAIN)},
        {EventType.SMS: EventFiles(files="/srv/sms_*.csv", columns=PLAIN)},
        {EventType.SMS: EventFiles(files="sms_??.csv", columns=PLAIN)},
        {EventType.SMS: EventFiles(files="sms_*.zip", columns=PLAIN)},
        {EventType.SMS: EventFiles(files="*.csv", columns=PLAIN)},
        {EventType.SMS: EventFiles(files="mapping.toml", columns=PLAIN)},
        {EventType.SMS: EventFiles(files="sms_*.csv", columns={"time": "a", "cell": "b"})},
        {EventType.SMS: EventFiles(files="sms_*.csv", columns=PLAIN, delimiter="ab")},
        {EventType.SMS: EventFiles(files="sms_*.csv", columns=PLAIN | {"direction": "D"}, outgoing=())},
        {kind: EventFiles(files="both_*.csv", columns=PLAIN) for kind in (EventType.SMS, EventType.CALLS)},
    ],
)
def test_a_layout_that_cannot_be_read_back_is_refused(events: dict[EventType, EventFiles], tmp_path: Path) -> None:
    """Before anything is written."""
    with pytest.raises(BadMapping):
        write(SMALL, folder=tmp_path / "out", layout=FileMapping(dataset="phone", zone="UTC", events=events))

    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("form", "start"),
    [
        ("%d.%m.%y %I:%M:%S %p", "05.01.26 12:0"),
        ("%Y%m%d%H%M", "202601050"),
        ("%Y-%m-%dT%H:%M:%S%z", "2026-01-05T00:"),
    ],
)
def test_any_clock_is_written(form: str, start: str, tmp_path: Path) -> None:
    """Every form `strptime` reads, with or without seconds."""
    events = {EventType.CALLS: EventFiles(files="calls_*.csv", columns=PLAIN, time_format=form)}
    write(SMALL, folder=tmp_path, layout=FileMapping(dataset="phone", zone="Africa/Maputo", events=events))
    times = [row["START_TIME"] for row in rows(tmp_path / "calls_20260105.csv")]

    assert times[0].startswith(start)
    assert all(datetime.strptime(time, form).date() == date(2026, 1, 5) for time in times)  # noqa: DTZ007 - a form may name no zone


def test_a_word_that_holds_the_delimiter_is_quoted(tmp_path: Path) -> None:
    """It must not become two columns."""
    spec = EventFiles(
        files="c_*.csv", columns=PLAIN | {"direction": "D"}, outgoing=('out, "o"',), incoming=("in",), delimiter=","
    )
    write(SMALL, folder=tmp_path, layout=FileMapping(dataset="phone", zone="UTC", events={EventType.CALLS: spec}))

    assert {row["D"] for row in rows(tmp_path / "c_20260105.csv")} == {'out, "o"', "in"}
