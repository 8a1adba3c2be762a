"""A sample of sightings: devices of a made-up app in the invented country, with the mapping that reads them."""

import csv
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from safeconduct.model.areas import AreaLevel
from safeconduct.model.errors import BadInput
from safeconduct.model.mapping import FileMapping
from safeconduct.model.text import say
from safeconduct.synth.samples.country import Country, country
from safeconduct.synth.samples.files import write_boundaries

MAPPING_TEXT = """\
format = 1
schema = "sightings"
dataset = "pings"
zone = "Africa/Maputo"
counted = "device"
places = "point"

[areas]
admin0 = "admin0.geojson"
admin1 = "admin1.geojson"
admin2 = "admin2.geojson"
admin3 = "admin3.geojson"

[events.ping]
files = "ping_*.csv"
columns = { person = "DEVICE", time = "AT", lon = "LON", lat = "LAT" }

[events.trip]
files = "trip_*.csv"
columns = { person = "DEVICE", time = "AT", lon = "LON", lat = "LAT" }
"""
HEADER = ("DEVICE", "AT", "LON", "LAT")
A_DAY = 86_400
STREETS = 0.01
TRAVELLING = 0.15
DECIMALS = 5
MOST_DEVICES, MOST_DAYS = 200_000, 366
Whole = NDArray[np.int64]
Points = NDArray[np.float64]
Rows = tuple[Whole, Whole, Points]


@dataclass(frozen=True, kw_only=True)
class SightingsSample:
    """What to make up.

    Attributes:
        devices: Devices, 1 to 200,000.
        days: Days of sightings, 1 to 366.
        first: The first day.
        seed: The same seed makes the same files.
    """

    devices: int = 2_000
    days: int = 14
    first: date = date(2026, 1, 5)
    seed: int = 7

    def __post_init__(self) -> None:
        for name, value, most in (("devices", self.devices, MOST_DEVICES), ("days", self.days, MOST_DAYS)):
            if not 1 <= value <= most:
                raise BadInput(say("{name} is a whole number from 1 to {most}", name=name, most=most), field=name)


@dataclass(frozen=True, kw_only=True)
class SightingsReport:
    """What a sample wrote.

    Attributes:
        folder: Where.
        mapping: The mapping that reads it.
        devices: Devices made up; a few were never seen.
        days: Days of sightings.
        sightings: Rows; a few at sea are in no area and will be rejected.
        files: Number of files with sightings.
    """

    folder: Path
    mapping: Path
    devices: int
    days: int
    sightings: int
    files: int


def write(sample: SightingsSample, *, folder: Path) -> SightingsReport:
    """Write a sample: boundaries, two files a day, the mapping last; files of the same names are overwritten.

    A device is mostly seen around its home, two times a day, and now and then on a trip to another commune.

    Raises:
        OSError: The disk is full, or the folder cannot be written.
    """
    land = country()
    folder.mkdir(parents=True, exist_ok=True)
    layout = FileMapping.from_tree(tomllib.loads(MAPPING_TEXT))
    write_boundaries(folder, layout=layout, country=land)
    names, homes, middles = _devices(sample, land)
    count = 0
    for day in range(sample.days):
        for kind, (who, second, where) in _day(sample, day, homes, middles):
            rows = zip(who.tolist(), second.tolist(), where.tolist(), strict=True)
            start = datetime.combine(sample.first + timedelta(days=day), datetime.min.time(), UTC)
            _file(folder / f"{kind}_{start:%Y%m%d}.csv", names, start, rows)
            count += len(who)
    (folder / "mapping.toml").write_text(MAPPING_TEXT, encoding="utf-8")
    return SightingsReport(
        folder=folder, mapping=folder / "mapping.toml", devices=sample.devices, days=sample.days, sightings=count,
        files=sample.days * len(layout.sightings),
    )  # fmt: skip


def _devices(sample: SightingsSample, land: Country) -> tuple[list[str], Points, Points]:
    """Names of devices, their homes, and the middles of communes that people live in."""
    rng = np.random.default_rng([sample.seed, 11])
    inhabited = [one.shape for one in land.places[AreaLevel.COMMUNE] if not one.uninhabited]
    middles = shapely.get_coordinates(shapely.point_on_surface(np.array(inhabited)))
    size = rng.lognormal(0, 1, len(middles))
    at = rng.choice(len(middles), sample.devices, p=size / size.sum())
    names = [f"D{number:09d}" for number in rng.permutation(9 * 10**5)[: sample.devices].tolist()]
    homes = middles[at] + rng.normal(0, STREETS, (sample.devices, 2))
    return names, homes, middles


def _day(sample: SightingsSample, day: int, homes: Points, middles: Points) -> Iterator[tuple[str, Rows]]:
    """Who is seen when and where on a day, around home and on trips."""
    rng = np.random.default_rng([sample.seed, 12, day])
    who = np.repeat(np.arange(sample.devices), rng.poisson(2, sample.devices))
    yield "ping", (who, rng.integers(0, A_DAY, len(who)), homes[who] + rng.normal(0, STREETS, (len(who), 2)))
    away = np.flatnonzero(rng.random(sample.devices) < TRAVELLING)
    goal = middles[rng.integers(0, len(middles), len(away))]
    yield "trip", (away, rng.integers(0, A_DAY, len(away)), goal + rng.normal(0, STREETS, (len(away), 2)))


def _file(
    path: Path, names: list[str], start: datetime, rows: Iterator[tuple[int, int, list[float]]]
) -> None:  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.writer(file, lineterminator="\n")
        sheet.writerow(HEADER)
        for who, second, (lon, lat) in rows:
            at = start + timedelta(seconds=second)
            sheet.writerow([names[who], f"{at:%Y-%m-%d %H:%M:%S}", round(lon, DECIMALS), round(lat, DECIMALS)])
