"""How long records may be kept."""

from datetime import UTC, date, datetime

import pytest

from safeconduct.govern.retention import Retention
from safeconduct.model.errors import BadInput


@pytest.mark.parametrize(("days", "today", "first"), [
    (1, date(2026, 3, 2), date(2026, 3, 1)),
    (30, date(2026, 3, 1), date(2026, 1, 30)),
    (365, date(2024, 12, 31), date(2024, 1, 1)),
    (0, date(2026, 3, 1), None),
])  # fmt: skip
def test_a_day_is_kept_so_many_days_after_it(days, today, first) -> None:
    assert Retention(events=days).first_kept(today) == first


def test_rejected_rows_are_kept_so_many_days_after_they_came() -> None:
    now = datetime(2026, 3, 31, 12, tzinfo=UTC)

    assert Retention(rejected=30).rejected_since(now) == datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(("now", "before", "longer"), [
    (Retention(events=2), Retention(events=1), True),
    (Retention(events=1), Retention(events=2), False),
    (Retention(events=0), Retention(events=36_500), True),
    (Retention(events=36_500), Retention(events=0), False),
    (Retention(events=1), Retention(events=1), False),
    (Retention(events=1, rejected=8), Retention(events=1, rejected=7), True),
])  # fmt: skip
def test_for_ever_is_longer_than_any_number_of_days(now, before, longer) -> None:
    assert now.is_longer_than(before) is longer


@pytest.mark.parametrize(("how", "field"), [
    ({"events": -1}, "events"), ({"events": 36_501}, "events"),
    ({"rejected": 0}, "rejected"), ({"rejected": 31}, "rejected"),
])  # fmt: skip
def test_rejected_rows_never_lie_longer_than_thirty_days(how, field) -> None:
    with pytest.raises(BadInput) as told:
        Retention(**how)
    assert told.value.field == field
