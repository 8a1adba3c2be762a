"""Drafts equal a computation made from the operator's raw CSV files, by hand and by the definitions alone."""

import csv
import json
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import shapely

from safeconduct.actions.answering import readmit
from safeconduct.engines.engine import answer as compute

pytestmark = pytest.mark.slow
DISASTER = date(2026, 1, 19)
FORTNIGHT = timedelta(days=14)


class Files:
    """The operator's files, read as their mapping says, without any of our code."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.mapping = tomllib.loads((folder / "mapping.toml").read_text(encoding="utf-8"))
        self.cells = self._cells()

    def _cells(self) -> dict[str, list[tuple[str, str, str]]]:
        """By cell: (first day, last day, district)."""
        columns = self.mapping["cells"]["columns"]
        shapes = json.loads((self.folder / self.mapping["areas"]["admin2"]).read_text(encoding="utf-8"))["features"]
        code = self.mapping["areas"].get("code", "pcod").replace("{level}", "admin2")
        areas = [(feature["properties"][code], shapely.geometry.shape(feature["geometry"])) for feature in shapes]
        found = defaultdict(list)
        with (self.folder / self.mapping["cells"]["file"]).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                point = shapely.Point(float(row[columns["lon"]]), float(row[columns["lat"]]))
                place = next((code for code, shape in areas if shape.covers(point)), None)
                first, last = row.get(columns.get("first", ""), ""), row.get(columns.get("last", ""), "")
                found[row[columns["cell"]]].append((first or "0000", last or "9999", place))
        return found

    def district(self, cell: str, day: str) -> str | None:
        return next((place for first, last, place in self.cells.get(cell, ()) if first <= day <= last), None)

    def events(self, first: date, last: date) -> Iterator[tuple[str, datetime, str]]:
        """(person, local time, district) of every event that can be placed."""
        for spec in self.mapping["events"].values():
            columns = spec["columns"]
            person = columns.get("person", "MSISDN")
            form = spec.get("time_format", "%Y-%m-%d %H:%M:%S")
            for path in sorted(self.folder.glob(spec["files"])):
                with path.open(encoding="utf-8", newline="") as file:
                    for row in csv.DictReader(file, delimiter=spec.get("delimiter", ",")):
                        time = datetime.strptime(row[columns["time"]], form)  # noqa: DTZ007 - the file's own local time
                        if first <= time.date() <= last:
                            place = self.district(row[columns["cell"]], time.date().isoformat())
                            if place is not None:
                                yield row[person], time, place

    def modal(self, first: date) -> dict[str, str]:
        """Each person's district on most days; a day's is that of the last event, ties go to the latest day."""
        daily: dict[tuple[str, date], tuple[datetime, str]] = {}
        for person, time, place in self.events(first, first + FORTNIGHT - timedelta(days=1)):
            known = daily.get((person, time.date()))
            if known is None or time > known[0] or (time == known[0] and place < known[1]):
                daily[person, time.date()] = (time, place)
        days: dict[str, dict[str, list[date]]] = defaultdict(lambda: defaultdict(list))
        for (person, day), (_, place) in daily.items():
            days[person][place].append(day)
        return {
            person: max(places, key=lambda place: (len(places[place]), max(places[place])))
            for person, places in days.items()
        }


@pytest.fixture(scope="module")
def files(practice):
    return Files(practice.files)


def drafted(practice, spec: dict) -> list[tuple]:
    """What the engine counts, before the gate."""
    site = practice.site()
    manifest = site.manifest("phone")
    policy = site.policies["operational"]
    question, admission, _ = readmit(
        site, {"spec": spec, "dataset": "phone", "manifest": manifest.id, "policy": policy.id}
    )
    draft = compute(
        question.query.plan(), admission, site.records(manifest), engine="duckdb", memory_mb=1024, threads=2,
        spill=site.folders.spill, secret=site.noise_secret(manifest.dataset), cancelled=None,
    )  # fmt: skip
    return sorted(tuple(row[name] for name in admission.output.names) for row in draft.table.rows())


def modal(first: date) -> dict:
    days = [{"first": str(first), "last": str(first + FORTNIGHT - timedelta(days=1))}]
    return {"kind": "modal_location", "days": days, "areas": "admin2"}


def test_modal_locations_by_district(practice, files):
    counted = Counter(files.modal(DISASTER - FORTNIGHT).values())

    assert drafted(practice, {"kind": "spatial_aggregate", "locations": modal(DISASTER - FORTNIGHT)}) == sorted(
        counted.items()
    )


def test_flows_between_districts(practice, files):
    before, after = files.modal(DISASTER - FORTNIGHT), files.modal(DISASTER)
    pairs = Counter((before[person], after[person]) for person in before.keys() & after.keys())

    spec = {"kind": "flows", "origin": modal(DISASTER - FORTNIGHT), "destination": modal(DISASTER)}
    assert drafted(practice, spec) == sorted((*pair, people) for pair, people in pairs.items())


def test_people_seen_in_each_district(practice, files):
    first, last = date(2026, 1, 5), date(2026, 1, 7)
    seen = {(place, person) for person, _, place in files.events(first, last)}

    spec = {
        "kind": "unique_subscriber_counts",
        "days": {"first": str(first), "last": str(last)},
        "areas": "admin2",
        "events": ["calls", "sms", "mds", "topups"],
    }
    assert drafted(practice, spec) == sorted(Counter(place for place, _ in seen).items())


def test_daily_locations_by_most_events(practice, files):
    day = date(2026, 1, 8)
    events: dict[str, dict[str, list[datetime]]] = defaultdict(lambda: defaultdict(list))
    for person, time, place in files.events(day, day):
        events[person][place].append(time)
    places = Counter(
        min(found, key=lambda place: (-len(found[place]), -max(found[place]).timestamp(), place))
        for found in events.values()
    )

    spec = {
        "kind": "spatial_aggregate",
        "locations": {
            "kind": "daily_location",
            "days": {"first": str(day), "last": str(day)},
            "areas": "admin2",
            "method": "most-common",
        },
    }
    assert drafted(practice, spec) == sorted((day, place, people) for place, people in places.items())


def test_night_hours_only(practice, files):
    """Hours that wrap midnight stay within the calendar day."""
    day = date(2026, 1, 9)
    seen = {(place, person) for person, time, place in files.events(day, day) if time.hour >= 18 or time.hour < 6}

    spec = {
        "kind": "unique_subscriber_counts",
        "days": {"first": str(day), "last": str(day)},
        "areas": "admin2",
        "hours": {"start": 18, "end": 6},
    }
    assert drafted(practice, spec) == sorted(Counter(place for place, _ in seen).items())
