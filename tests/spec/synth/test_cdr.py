"""What a sample of call detail records promises."""

import csv
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import shapely

from safeconduct.model.areas import PHONED
from safeconduct.model.event_files import EventFiles
from safeconduct.model.mapping import FileMapping
from safeconduct.synth.samples.cdr import CdrSample, default_layout, write

SMALL = CdrSample(people=300, days=4, disaster_day=2)
PLAIN = {"person": "MSISDN", "time": "START_TIME", "cell": "CELL_ID"}


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 by file name."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def rows(path: Path) -> list[dict[str, str]]:
    """A CSV file, read by the standard library."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def areas(folder: Path, level: str) -> list[tuple[dict, shapely.Geometry]]:
    """Properties and shape of every area of a level."""
    tree = json.loads((folder / f"{level}.geojson").read_text())
    return [(one["properties"], shapely.geometry.shape(one["geometry"])) for one in tree["features"]]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    write(SMALL, folder=folder, layout=default_layout())
    return folder


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Enough people and days for shares to mean something."""
    folder = tmp_path_factory.mktemp("large")
    write(CdrSample(people=4000, events_per_day=3), folder=folder, layout=default_layout())
    return folder


def test_the_same_parameters_make_the_same_bytes(small: Path, tmp_path: Path) -> None:
    """Plain or packed, today or next year."""
    layout = default_layout()
    packed = {kind: EventFiles(files=f"{kind}_*.csv.gz", columns=one.columns) for kind, one in layout.events.items()}
    zipped = FileMapping(dataset="phone", zone="UTC", cells=layout.cells, events=packed)
    write(SMALL, folder=tmp_path / "again", layout=layout)
    for name in ("one", "two"):
        write(SMALL, folder=tmp_path / name, layout=zipped)

    assert digests(tmp_path / "again") == digests(small)
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_another_seed_is_other_people_in_the_same_country(small: Path, tmp_path: Path) -> None:
    """Names of districts can stand in documents; people cannot be told from them."""
    write(CdrSample(people=300, days=4, disaster_day=2, seed=8), folder=tmp_path, layout=default_layout())
    ours, theirs = digests(small), digests(tmp_path)

    same = {name for name in ours if ours[name] == theirs[name]}
    assert same == {"admin0.geojson", "admin1.geojson", "admin2.geojson", "admin3.geojson", "mapping.toml"}


def test_there_is_a_file_per_day_and_type(small: Path) -> None:
    """As operators export them."""
    days = [f"2026010{day}" for day in (5, 6, 7, 8)]

    assert {path.name for path in small.glob("*_*.csv")} == {f"{kind}_{day}.csv" for kind in PHONED for day in days}


def test_a_days_file_holds_that_days_events_in_order(small: Path) -> None:
    """Of the local day, when stamps are local."""
    for path in small.glob("*_*.csv"):
        times = [row["START_TIME"] for row in rows(path)]
        assert times == sorted(times)
        assert {time[:10].replace("-", "") for time in times} == {path.stem[-8:]}


def point(row: dict[str, str]) -> shapely.Point:
    """Where a version of a cell stands."""
    return shapely.Point(float(row["LON"]), float(row["LAT"]))


def test_a_cell_has_one_place_at_a_time(large: Path) -> None:
    """Versions of a name never overlap, and some names have two."""
    versions = defaultdict(list)
    for row in rows(large / "cells.csv"):
        versions[row["CELL_ID"]].append((row["FIRST_DAY"], row["LAST_DAY"] or "9999-12-31"))
    pairs = [(one, two) for runs in versions.values() for one, two in pairwise(sorted(runs))]

    assert pairs
    assert all(first <= last for runs in versions.values() for first, last in runs)
    assert all(one[1] < two[0] for one, two in pairs)


def test_events_use_cells_in_service_but_for_a_few(large: Path) -> None:
    """One in a hundred has no cell, one in five hundred a cell nobody knows."""
    service = defaultdict(list)
    for row in rows(large / "cells.csv"):
        service[row["CELL_ID"]].append((row["FIRST_DAY"], row["LAST_DAY"] or "9999-12-31"))
    seen: Counter[str] = Counter()
    for path in large.glob("calls_*.csv"):
        for row in rows(path):
            day, cell = row["START_TIME"][:10], row["CELL_ID"]
            known = "known" if cell in service else "unknown"
            seen["empty" if not cell else known] += 1
            if cell in service:
                assert any(first <= day <= last for first, last in service[cell])

    total = sum(seen.values())
    assert 0.008 < seen["empty"] / total < 0.012
    assert 0.0013 < seen["unknown"] / total < 0.0027


def test_the_lake_has_no_cells_and_says_so(large: Path) -> None:
    """Nobody lives there, and the boundaries say it."""
    lakes = [shape for one, shape in areas(large, "admin3") if one.get("uninhabited")]

    assert lakes
    assert not any(lake.covers(point(row)) for lake in lakes for row in rows(large / "cells.csv"))


def test_areas_nest_and_leave_no_gap(small: Path) -> None:
    """Every area lies in its parent, and the areas of a level make up the country."""
    levels = [areas(small, f"admin{level}") for level in range(4)]
    (_, country), *_ = levels[0]
    for above, below in pairwise(levels):
        shapes = {one["pcod"]: shape for one, shape in above}
        assert all(shapes[one["parent"]].buffer(1e-9).covers(shape) for one, shape in below)
        assert sum(shape.area for _, shape in below) == pytest.approx(country.area)
        assert all(shape.is_valid and shape.geom_type == "Polygon" for _, shape in below)
        assert len({one["name"] for one, _ in below}) == len(below)


def test_boundaries_are_small_and_rounded(small: Path) -> None:
    """A page on a slow line carries them."""
    path = small / "admin3.geojson"
    corners = shapely.get_coordinates([shape for _, shape in areas(small, "admin3")])

    assert path.stat().st_size < 200_000
    assert (corners.round(4) == corners).all()


def test_numbers_look_like_numbers(small: Path) -> None:
    """Fifteen digits where there are fifteen, a type that starts the handset, and a check digit that checks."""
    for row in rows(small / "calls_20260105.csv"):
        assert len(row["MSISDN"]) == len(row["B_NUMBER"]) == 12
        assert len(row["IMSI"]) == len(row["IMEI"]) == 15
        assert row["IMEI"].startswith(row["TAC"])
        doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(row["IMEI"])]
        assert sum(one // 10 + one % 10 for one in doubled) % 10 == 0


def test_a_person_keeps_a_number_a_card_and_a_handset(large: Path) -> None:
    """And nobody else has the first two."""
    seen = {(row["MSISDN"], row["IMSI"], row["IMEI"]) for path in large.glob("*_202601*.csv") for row in rows(path)}

    assert len(seen) == len({one[0] for one in seen}) == len({one[1] for one in seen})


def test_two_people_of_one_network_make_two_records_of_a_call(small: Path) -> None:
    """What one dialled the other heard, at the same second and as long."""
    read = rows(small / "calls_20260105.csv")
    heard = {
        (row["B_NUMBER"], row["MSISDN"], row["START_TIME"], row["DURATION_S"])
        for row in read
        if row["DIRECTION"] == "MT"
    }
    dialled = [row for row in read if row["DIRECTION"] == "MO" and row["B_NUMBER"].startswith("999")]
    answered = [(row["MSISDN"], row["B_NUMBER"], row["START_TIME"], row["DURATION_S"]) in heard for row in dialled]

    assert sum(answered) > 0.9 * len(answered)
    assert any(not row["B_NUMBER"].startswith("999") for row in read)


def test_most_people_are_seen_on_most_days_and_few_very_often(large: Path) -> None:
    """Activity differs a lot between people."""
    seen: Counter[str] = Counter()
    active = set()
    for path in large.glob("*_202601*.csv"):
        for row in rows(path):
            seen[row["MSISDN"]] += 1
            active.add((row["MSISDN"], row["START_TIME"][:10]))
    counts = sorted(seen.values())

    assert len(active) > 0.75 * 4000 * 27
    assert counts[-40] > 3 * counts[len(counts) // 2]


def test_a_silent_site_makes_no_events(large: Path) -> None:
    """While the tower is out, its people use another one or none."""
    truth = json.loads((large / "truth.json").read_text())
    silent = {
        (one["day"], hour, cell)
        for one in truth["outages"]
        for hour in range(one["from_hour"], one["to_hour"])
        for cell in one["cells"]
    }
    heard = {
        (row["START_TIME"][:10], int(row["START_TIME"][11:13]), row["CELL_ID"])
        for path in large.glob("*_202601*.csv")
        for row in rows(path)
    }

    assert silent
    assert not silent & heard


def placed(folder: Path, first: str, last: str) -> Iterator[tuple[str, str, str]]:
    """(person, time, district) of every event of a run of days that can be placed, from the files alone."""
    districts = areas(folder, "admin2")
    service = defaultdict(list)
    for row in rows(folder / "cells.csv"):
        (code,) = [one["pcod"] for one, shape in districts if shape.covers(point(row))]
        service[row["CELL_ID"]].append((row["FIRST_DAY"], row["LAST_DAY"] or "9999-12-31", code))
    for path in sorted(folder.glob("*_202?????.csv")):
        if first.replace("-", "") <= path.stem[-8:] <= last.replace("-", ""):
            for row in rows(path):
                for start, end, code in service.get(row["CELL_ID"], ()):
                    if start <= row["START_TIME"][:10] <= end:
                        yield row["MSISDN"], row["START_TIME"], code


def modal(folder: Path, first: str, last: str) -> dict[str, str]:
    """The district where each person's last event of the day was on most days."""
    lasts: dict[tuple[str, str], tuple[str, str]] = {}
    for person, time, code in placed(folder, first, last):
        lasts[person, time[:10]] = max(lasts.get((person, time[:10]), ("", "")), (time, code))
    days = defaultdict(Counter)
    for (person, _), (_, code) in lasts.items():
        days[person][code] += 1
    return {person: codes.most_common(1)[0][0] for person, codes in days.items()}


def test_the_truth_can_be_recounted_from_the_files(large: Path) -> None:
    """Modal districts of the fortnights before and after give the displaced share within two points."""
    truth = json.loads((large / "truth.json").read_text())
    before, after = (modal(large, *truth[window]) for window in ("before", "after"))

    assert (truth["disaster_day"], truth["before"], truth["after"]) == (
        "2026-01-19", ["2026-01-05", "2026-01-18"], ["2026-01-19", "2026-02-01"],
    )  # fmt: skip
    for district in truth["stricken"]:
        residents = [person for person in before if before[person] == district["code"] and person in after]
        moved = [after[person] for person in residents if after[person] != district["code"]]
        assert len(residents) == pytest.approx(district["residents"], rel=0.03)
        assert len(moved) / len(residents) == pytest.approx(district["displaced"], abs=0.02)
        assert district["displaced"] == pytest.approx(0.35, abs=0.02)
        top = max(district["destinations"], key=district["destinations"].get)
        assert Counter(moved)[top] / len(moved) == pytest.approx(district["destinations"][top], abs=0.03)


def test_who_returns_soon_is_not_displaced_for_most_of_the_fortnight(tmp_path: Path) -> None:
    """The truth counts where people were on most days."""
    shares = []
    for returning in (0.0, 1.0):
        sample = CdrSample(people=2000, returning=returning, relocating=0, events_per_day=0.1)
        write(sample, folder=tmp_path / str(returning), layout=default_layout())
        truth = json.loads((tmp_path / str(returning) / "truth.json").read_text())
        shares.append([one["displaced"] for one in truth["stricken"]])

    assert all(gone == pytest.approx(0.35, abs=0.01) for gone in shares[0])
    assert all(0 < stayed < 0.8 * gone for gone, stayed in zip(*shares, strict=True))


def test_a_sample_that_ends_before_the_disaster_has_none(tmp_path: Path) -> None:
    """A week to try a layout on needs no disaster."""
    write(CdrSample(people=50, days=3), folder=tmp_path, layout=default_layout())
    truth = json.loads((tmp_path / "truth.json").read_text())

    assert (truth["stricken"], truth["after"], truth["disaster_day"]) == ([], None, "2026-01-19")


def test_one_person_on_one_day_is_a_sample(tmp_path: Path) -> None:
    """The smallest there is, busy enough to be seen."""
    report = write(CdrSample(people=1, days=1, events_per_day=50), folder=tmp_path, layout=default_layout())

    assert report.files == 4
    assert sum(report.events.values()) > 0
    assert len({row["MSISDN"] for path in tmp_path.glob("*_*.csv") for row in rows(path)}) == 1


def test_progress_counts_days(tmp_path: Path) -> None:
    """Never people, never rows."""
    told = []
    write(SMALL, folder=tmp_path, layout=default_layout(), progress=lambda done, every: told.append((done, every)))

    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
