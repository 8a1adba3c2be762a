"""Local days on the scale of a time column, and cells served by one version a day."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safeconduct.ingest.flowdb_ground import Served, alone
from safeconduct.ingest.moments import Moments, Told

LISBON = ZoneInfo("Europe/Lisbon")
SPRING, AUTUMN, PLAIN = date(2026, 3, 29), date(2026, 10, 25), date(2026, 1, 5)
FORM = "%Y-%m-%d %H:%M:%S"
SCALES = [
    Moments(Told.ZONED, LISBON, utc=True),
    Moments(Told.PLAIN, LISBON, utc=True),
    Moments(Told.PLAIN, LISBON, utc=False),
    Moments(Told.SECONDS, LISBON, utc=True),
    Moments(Told.MILLISECONDS, LISBON, utc=True),
    Moments(Told.WRITTEN, LISBON, utc=True, form=FORM),
    Moments(Told.WRITTEN, LISBON, utc=False, form=FORM),
]


@pytest.mark.parametrize("scale", SCALES, ids=lambda one: f"{one.told.value}-{'utc' if one.utc else 'local'}")
@pytest.mark.parametrize("day", [SPRING, AUTUMN, PLAIN], ids=["23 hours", "25 hours", "24 hours"])
def test_hours_cover_a_day_without_gap_or_overlap(scale, day):
    """Also where clocks are changed; and each hour belongs to that day."""
    whole, hours = scale.day(day), list(scale.hours(day))

    assert (hours[0].since, hours[-1].before) == (whole.since, whole.before)
    assert all(one.before == two.since for one, two in pairwise(hours))
    assert all(one.since < one.before for one in hours)
    assert {scale.day_of(one.since) for one in hours} == {day}
    assert scale.day(day).before == scale.day(day + timedelta(1)).since


def test_a_day_begins_at_local_midnight():
    """An hour before Greenwich's in summer."""
    summer = date(2026, 7, 1)

    assert SCALES[0].day(summer).since == datetime(2026, 6, 30, 23, tzinfo=UTC)
    assert SCALES[3].day(summer).since == 1782860400
    assert SCALES[6].day(summer).since == "2026-07-01 00:00:00"


DAYS = st.integers(0, 12).map(lambda number: PLAIN + timedelta(number))


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), DAYS, DAYS), max_size=6))
def test_on_every_day_the_highest_version_in_service_counts_and_no_other(spans):
    """However versions overlap: none on two, none where none served."""
    versions = [Served(version, *sorted((first, last)), row=at) for at, (version, first, last) in enumerate(spans)]
    found = alone(versions)
    for number in range(14):
        day = PLAIN + timedelta(number)
        serving = [one.version for one in versions if one.first <= day <= one.last]
        told = [one.version for one in found if one.first <= day <= one.last]
        assert told == ([max(serving)] if serving else [])
