"""What is odd about a day: every limit from both sides, on drawn days that are judged without a record."""

from datetime import date, timedelta

import pytest

from safeconduct.ingest.quality import Day, Limits, QualitySettings, judged, quality_check, readings_of
from safeconduct.ingest.quality_figures import DayFigures
from safeconduct.ingest.quality_months import of_months
from safeconduct.ingest.quality_profiles import cells_of, divergence, shifted
from safeconduct.model.areas import EventType
from safeconduct.model.errors import BadSettings
from safeconduct.model.quality import Grade, QualityFinding, Severity, Source, Trust

DAY = date(2026, 2, 2)
LIVELY = (0,) * 6 + (300,) * 16 + (200,) * 2


def figures(day: date = DAY, **changed) -> DayFigures:
    """A usual day of calls, but for what is changed."""
    hours, cells = changed.pop("hours", LIVELY), changed.pop("cells", {1: (3000, 200), 2: (2200, 150)})
    counts = {
        "count_added_rows": 5200, "count_onnet_msisdns": 400, "count_msisdns": 500, "last_by_many": 84_000,
        "first_by_many": 21_600, "count_duplicates": 0, "late_rows": 0, "people_with_a_place": 400,
        "new_since_day": 40, "new_since_week": 8, "median_duration": 60.0,
    }  # fmt: skip
    return DayFigures(source=Source(type=EventType.CALLS, day=day), version="v", counts=counts | changed,
                      hours=hours, cells=cells)  # fmt: skip


BEFORE = tuple(figures(DAY - timedelta(weeks=back)) for back in (1, 2, 3, 4))


def found(one: DayFigures, *, before=BEFORE, settings=None, **held) -> dict[str, str]:
    """Severity by check of what is odd."""
    day = Day(figures=one, before=before, communes={1: "A", 2: "B"})
    return {
        finding.check: finding.severity.value
        for finding in judged(day, readings_of(day), settings or QualitySettings(), **held)
    }


def test_a_usual_day_is_not_odd():
    assert found(figures()) == {}


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"last_by_many": 18 * 3600 - 1}, {"ends_early": "hold"}),
        ({"last_by_many": 18 * 3600}, {"ends_early": "warning"}),
        ({"last_by_many": 20 * 3600}, {"ends_early": "notice"}),
        ({"last_by_many": 22 * 3600}, {}),
        ({"count_added_rows": 1299}, {"count_added_rows": "hold"}),
        ({"count_added_rows": 1300}, {"count_added_rows": "warning"}),
        ({"count_added_rows": 26_000}, {"count_added_rows": "warning"}),
        ({"count_added_rows": 26_001}, {"count_added_rows": "hold"}),
        ({"first_by_many": 10 * 3600 + 1}, {"begins_late": "warning"}),
        ({"count_duplicates": 521}, {"count_duplicates": "warning"}),
        ({"count_duplicates": 520}, {"count_duplicates": "notice"}),
        ({"new_since_day": 381}, {"new_since_day": "warning"}),
        ({"new_since_week": 201}, {"new_since_week": "notice", "new_beyond_usual": "warning"}),
        ({"new_since_week": 89}, {"new_beyond_usual": "warning"}),
        ({"new_since_week": 88}, {"new_beyond_usual": "notice"}),
        ({"new_since_week": 48}, {}),
        ({"late_rows": 521}, {"late_rows": "notice"}),
        ({"median_duration": 601.0}, {"median_duration": "warning"}),
        ({"max_duration": 86_401.0}, {"max_duration": "notice"}),
        ({"cells": {1: (5200, 350)}}, {"silent_cells": "warning", "cell_drift": "warning"}),
        ({"hours": (*LIVELY[:10], 0, *LIVELY[11:])}, {"silent_hours": "warning"}),
    ],
)  # fmt: skip
def test_what_is_beyond_a_limit_is_found_and_what_is_on_it_is_not(changed, says):
    """At the limit and beyond it."""
    one = figures(**changed)
    assert {name: how for name, how in found(one).items() if name in says or name != "hour_drift"} == says


def test_a_moved_clock_is_told_by_its_hours():
    """A day that is three hours ahead looks like others once it is moved back."""
    ahead = figures(hours=LIVELY[-3:] + LIVELY[:-3])
    day = Day(figures=ahead, before=BEFORE)

    assert quality_check["clock_shift"]().value(day) == 3
    assert found(ahead)["clock_shift"] == "warning"
    assert quality_check["clock_shift"]().value(Day(figures=figures(), before=BEFORE)) == 0


def test_an_hour_of_the_clock_is_told_among_days_that_are_alike():
    """The most common fault: summer time, or a zone beside the right one."""
    waves = tuple(int(300 + 200 * abs(hour - 14)) for hour in range(24))
    before = tuple(figures(one.source.day, hours=waves) for one in BEFORE)
    ahead = figures(hours=waves[-1:] + waves[:-1])

    assert found(ahead, before=before)["clock_shift"] == "warning"
    assert quality_check["clock_shift"]().value(Day(figures=ahead, before=before)) == 1


@pytest.mark.parametrize(
    ("minutes", "says"), [(0, None), (10, None), (20, "warning"), (-30, "warning"), (50, "warning")]
)
def test_a_clock_that_is_off_by_less_than_an_hour_is_told_by_its_hours(minutes, says):
    """Whole hours only were looked for, and half an hour lies between two of them."""
    busy = {hour: 5000 if 8 <= hour < 20 else 400 for hour in range(24)}
    off = tuple(round(one) for _, one in sorted(shifted(busy, minutes / 60).items()))
    before = tuple(figures(one.source.day, hours=tuple(busy.values())) for one in BEFORE)
    ahead = figures(hours=off)

    assert found(ahead, before=before).get("clock_shift") == says
    hours = quality_check["clock_shift"]().value(Day(figures=ahead, before=before))
    assert hours == (pytest.approx(minutes / 60, abs=1 / 24) if says else 0)


def test_people_who_stay_up_later_one_night_are_no_clock():
    """The evening of a feast is moved, the morning is not."""
    busy = {hour: 5000 if 8 <= hour < 20 else 400 for hour in range(24)}
    night = shifted(busy, 2 / 3)
    feast = tuple(round(night[hour] if hour >= 14 else busy[hour]) for hour in range(24))
    before = tuple(figures(one.source.day, hours=tuple(busy.values())) for one in BEFORE)

    assert "clock_shift" not in found(figures(hours=feast), before=before)


def test_few_events_on_many_cells_differ_by_chance_and_are_not_flagged():
    """Every day of a small data set has calls at other cells of hundreds; without chance taken off it would be odd."""
    days = [figures(cells={7 * at + step: (1, 1) for step in range(0, 200, 2 + at)}) for at in range(5)]

    assert "cell_drift" not in found(days[0], before=days[1:])
    assert divergence(cells_of(days[:1]), cells_of(days[1:])) > 0.25


def test_what_has_nothing_to_be_compared_with_is_not_judged_by_it():
    """Of the first days nothing is usual; what stands by itself is judged all the same."""
    assert found(figures(count_added_rows=1, last_by_many=3600), before=()) == {"ends_early": "hold"}


def test_a_day_of_few_people_is_not_judged():
    """What it shows would depend on too few of them."""
    few = figures(count_onnet_msisdns=199, last_by_many=3600)
    assert found(few) == {}
    assert "ends_early" in found(figures(count_onnet_msisdns=200, last_by_many=3600))


def test_a_held_day_must_be_well_within_its_limit_to_be_let_in():
    """A quarter of an hour keeps it from going back and forth."""
    late = figures(last_by_many=18 * 3600 + 600)
    assert found(late) == {"ends_early": "warning"}
    assert found(late, held_for=frozenset({"ends_early"})) == {"ends_early": "hold"}
    assert found(figures(last_by_many=18 * 3600 + 900), held_for=frozenset({"ends_early"})) == {"ends_early": "warning"}


def test_silent_cells_are_told_by_their_communes():
    """Where people seem to have left, and have not."""
    day = Day(figures=figures(cells={1: (5200, 350)}), before=BEFORE, communes={1: "A", 2: "B"})
    assert quality_check["silent_cells"]().communes(day) == ("B",)


def test_an_owner_changes_a_limit_and_takes_one_away():
    """In quality.toml, by the names of the checks."""
    early = figures(last_by_many=17 * 3600)
    assert found(early, settings=QualitySettings.from_tree({"ends_early": {"hold_below": 16.5}})) == {
        "ends_early": "warning"
    }
    gone = QualitySettings.from_tree({"ends_early": {"hold_below": False, "warning_below": False}})
    assert found(early, settings=gone) == {"ends_early": "notice"}


@pytest.mark.parametrize(
    "tree",
    [{"peeple": 3}, {"people": 1}, {"people": True}, {"ends_early": {"hold_blow": 3}}, {"ends_early": {"slack": "x"}},
     {"no_such_check": {}}],
)  # fmt: skip
def test_a_setting_nobody_knows_is_named(tree):
    """A wrong name in a limit would leave a day in that should be held."""
    with pytest.raises(BadSettings, match=r"quality\.toml"):
        QualitySettings.from_tree(tree)


@pytest.mark.parametrize("limit", ["hold_below", "hold_above"])
def test_an_owner_cannot_let_a_day_be_held_by_what_one_person_did(limit):
    """Which days are held is public: the longest call would be told by it. Nor where it slipped into the settings."""
    assert QualitySettings.from_tree({"max_duration": {limit: False, "warning_above": 3600}}).limits
    with pytest.raises(BadSettings, match=r"quality\.toml: max_duration cannot hold a day"):
        QualitySettings.from_tree({"max_duration": {limit: 3600}})
    slipped = QualitySettings(limits={"max_duration": {"hold_above": 3600.0}})
    with pytest.raises(BadSettings):
        found(figures(max_duration=3601.0), settings=slipped)


def test_a_check_without_days_to_compare_with_cannot_hold_a_day():
    """Whatever the owner sets: what was never read off these records says nothing about them."""
    strict = QualitySettings.from_tree(
        {"hour_drift": {"hold_above": 0.0}, "count_imeis": {"hold_below": 9}, "count_added_rows": {"hold_above": 0.1}}
    )
    assert found(figures(), before=BEFORE[:2], settings=strict) == {}
    assert found(figures(), settings=strict) == {"count_added_rows": "hold"}


def test_checks_that_may_depend_on_one_person_are_never_told_and_never_hold():
    """The longest call, the last event and the busiest device are somebody's."""
    ones = {"max_duration", "earliest_timestamp", "latest_timestamp", "max_msisdns_per_imei", "max_msisdns_per_imsi"}
    assert not any(quality_check[name].told for name in ones)
    for check in quality_check.values():
        assert check.told or check.limits.of(Severity.HOLD) == (None, None)


def test_a_month_that_lacks_days_is_flagged_and_not_held():
    """Ten days of January, then a gap of seven in February; a month is judged from the first day there is."""
    january = [date(2026, 1, day) for day in range(1, 31) if day % 3 == 0]
    february = [date(2026, 2, day) for day in (*range(1, 11), *range(18, 29))]
    checks = {(one.check, one.source.day.month) for one in of_months({EventType.SMS: [*january, *february]})}

    assert checks == {("days_in_month", 1), ("gap_in_month", 2)}
    assert all(one.severity is Severity.WARNING for one in of_months({EventType.SMS: january}))
    assert list(of_months({EventType.SMS: [date(2026, 1, 30), date(2026, 1, 31)]})) == []


def test_grades_go_by_days_alone():
    """None, one in ten, one in three, more; and days nobody looked at."""
    days = [Source(type=EventType.SMS, day=DAY + timedelta(step)) for step in range(30)]

    def graded(bad: int, unseen: int = 0) -> Grade:
        odd = tuple(QualityFinding(source=one, check="x", severity=Severity.WARNING, title="") for one in days[:bad])
        return Trust(checked=frozenset(days[unseen:]), findings=odd).grade(days)

    assert [graded(bad) for bad in (0, 1, 3, 4, 10, 11)] == [
        Grade.GOOD, Grade.FAIR, Grade.FAIR, Grade.LIMITED, Grade.LIMITED, Grade.POOR,
    ]  # fmt: skip
    assert graded(0, unseen=1) is Grade.UNKNOWN


def test_divergence_is_between_nought_and_one():
    """0 for the same shares, 1 for nothing in common, the same from both sides."""
    one, other = {"a": 0.5, "b": 0.5}, {"b": 0.9, "c": 0.1}
    assert divergence(one, one) == 0
    assert divergence({"a": 1.0}, {"b": 1.0}) == 1
    assert divergence(one, other) == pytest.approx(divergence(other, one))


def test_limits_hold_from_both_sides():
    """The worst that fits is told."""
    limits = Limits(notice_above=1.0, warning_above=2.0, hold_above=3.0)
    assert [limits.severity(one) for one in (1.0, 1.5, 2.5, 3.5)] == [
        None, Severity.NOTICE, Severity.WARNING, Severity.HOLD,
    ]  # fmt: skip
