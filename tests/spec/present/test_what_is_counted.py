"""A column of figures is called after what is counted."""

import pytest

from safeconduct.model.output import Measure, Value
from safeconduct.present.names import value_name


@pytest.mark.parametrize(
    ("unit", "called"),
    [("people", "People"), ("cards", "Cards"), ("households", "Households"), ("devices", "Devices")],
)
def test_a_column_of_people_is_called_after_what_stands_for_them(unit: str, called: str) -> None:
    """Whoever reads a table of devices never reads of people."""
    assert str(value_name(Value(name="people", measure=Measure.PEOPLE, unit=unit))) == called


def test_a_column_of_events_stays_one_of_events() -> None:
    assert str(value_name(Value(name="events", measure=Measure.MAGNITUDE, unit="events"))) == "Events"
