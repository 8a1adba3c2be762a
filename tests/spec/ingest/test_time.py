"""A day is a day on the wall where the cell stands."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeconduct.ingest.clock import Clock
from safeconduct.model.errors import BadMapping


def hours(world) -> dict[str, list[float]]:
    return {str(day): sorted(second / 3600 for _, second, _ in rows) for day, rows in sorted(world.events().items())}


def test_local_stamps_are_the_clock_on_the_wall(world, row) -> None:
    """Both passes of the hour that repeats count; a stamp in the hour that is skipped is kept as written."""
    world.map()
    text = (world.files / "mapping.toml").read_text().replace("Africa/Maputo", "Europe/Lisbon")
    world.write("mapping.toml", text)
    world.calls([row(at="2026-03-29 01:30:00"), row(at="2026-10-25 01:30:00"), row(at="2026-10-25 01:30:00")])

    world.take()

    assert hours(world) == {"2026-03-29": [1.5], "2026-10-25": [1.5, 1.5]}


def test_utc_stamps_move_to_the_local_day(world, row) -> None:
    """Maputo is two hours ahead: the last two hours of a UTC day are the next day's."""
    world.map(top='stamps = "utc"')
    world.calls([row(at="2026-01-05 21:59:59"), row(at="2026-01-05 22:00:00")])

    world.take()

    assert hours(world) == {"2026-01-05": [23 + 3599 / 3600], "2026-01-06": [0.0]}


def test_utc_stamps_follow_the_change_of_the_clocks(world, row) -> None:
    """The two passes of the repeated hour fall on one another, the skipped hour stays empty."""
    world.map(top='stamps = "utc"')
    text = (world.files / "mapping.toml").read_text().replace("Africa/Maputo", "Europe/Lisbon")
    world.write("mapping.toml", text)
    stamps = ["2026-03-29 00:59:00", "2026-03-29 01:00:00", "2026-10-25 00:30:00", "2026-10-25 01:30:00"]
    world.calls([row(at=at) for at in stamps])

    world.take()

    assert hours(world) == {"2026-03-29": [59 / 60, 2.0], "2026-10-25": [1.5, 1.5]}


def test_each_province_has_its_own_zone(world, row) -> None:
    """The same moment is another hour, and here another day, further west."""
    world.map(top='stamps = "utc"', end='[zones]\nP2 = "Africa/Dakar"')
    world.calls([row(at="2026-01-05 23:00:00", cell="a1"), row(at="2026-01-05 23:00:00", cell="c1")])

    world.take()

    assert hours(world) == {"2026-01-05": [23.0], "2026-01-06": [1.0]}


def test_an_event_is_on_one_version_of_a_cell_that_changed_zones(world, row) -> None:
    """Whatever the moment, around the midnight of the move each event is kept once or in no version, never twice."""
    world.map(top='stamps = "utc"', end='[zones]\nP2 = "Asia/Tokyo"')
    stamps = [f"2026-06-30 {hour:02d}:30:00" for hour in range(24)] + [f"2026-07-01 {h:02d}:30:00" for h in range(24)]
    world.calls([row(str(at), stamp, "b1") for at, stamp in enumerate(stamps)])

    report = world.take()

    assert report.kept == len(stamps)
    assert sum(len(rows) for rows in world.events().values()) == len(stamps)


def test_a_cell_is_the_version_in_service_that_day(world, row) -> None:
    """Both ends of its days included."""
    stamps = ["2026-06-30 23:59:59", "2026-07-01 00:00:00"]
    world.calls([row(at=at, cell="b1") for at in stamps])

    world.take()
    found = {day: [cell for _, _, cell in rows] for day, rows in world.events().items()}

    assert found[date(2026, 6, 30)] != found[date(2026, 7, 1)]
    assert [rows[0][1] for rows in world.rollups().values()] == [1, 2]


@pytest.mark.parametrize(
    ("form", "stamp", "hour"),
    [("%d/%m/%Y %H:%M", "05/01/2026 07:30", 7.5), ("%Y%m%d%H%M%S", "20260105073000", 7.5)],
)
def test_an_operator_writes_time_as_it_likes(world, row, form, stamp, hour) -> None:
    world.map(events=f'time_format = "{form}"')
    world.calls([row(at=stamp)])

    world.take()

    assert hours(world) == {"2026-01-05": [hour]}


@given(
    zone=st.sampled_from(["Africa/Maputo", "Europe/Lisbon", "Africa/Casablanca", "Asia/Kathmandu", "Asia/Beirut"]),
    second=st.integers(315_532_800, 7_258_118_400),
)
def test_a_clock_tells_what_the_zone_tells(zone: str, second: int) -> None:
    expected = datetime.fromtimestamp(second, ZoneInfo(zone)).replace(tzinfo=ZoneInfo("UTC")).timestamp()

    assert CLOCKS[zone].local(np.array([second])).tolist() == [int(expected)]


CLOCKS = {
    zone: Clock(zone)
    for zone in ("Africa/Maputo", "Europe/Lisbon", "Africa/Casablanca", "Asia/Kathmandu", "Asia/Beirut")
}


def test_stamps_with_an_offset_of_their_own_are_moments(world, row) -> None:
    """They go with stamps in UTC, and contradict local ones."""
    world.map(top='stamps = "utc"', events='time_format = "%Y-%m-%d %H:%M:%S%z"')
    world.calls([row(at="2026-01-05 10:00:00+0500")])

    world.take()

    assert hours(world) == {"2026-01-05": [7.0]}


def test_local_stamps_have_no_offset_of_their_own(world, row) -> None:
    world.map(events='time_format = "%Y-%m-%d %H:%M:%S%z"')
    world.calls([row(at="2026-01-05 10:00:00+0500")])

    with pytest.raises(BadMapping, match="utc"):
        world.take()
