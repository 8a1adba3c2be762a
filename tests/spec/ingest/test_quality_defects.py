"""What is damaged is found, and good days are left alone: the benchmark of quality checks, on fewer people."""

import importlib.util
import sys
from itertools import islice
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[3] / "benchmarks" / "quality_defects.py"
MOST_FALSE = 0.02


@pytest.fixture(scope="module")
def defects():
    """The benchmark as a module."""
    spec = importlib.util.spec_from_file_location("quality_defects", BENCHMARK)
    module = sys.modules["quality_defects"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def country(defects):
    """Growth, holidays and a month at other hours, all at once."""
    return defects.Country(defects.WORLDS[5], 500, seed=5)


@pytest.fixture(scope="module")
def ordinary(defects):
    """Ordinary weeks."""
    return defects.Country(defects.WORLDS[0], 900, seed=5)


def test_of_good_days_at_most_one_in_fifty_is_flagged(defects, country):
    """A check that cries wolf is switched off, and then finds nothing."""
    small = defects.Country(defects.WORLDS[6], 300, seed=5)
    for world in (country, small):
        found = [world.found(number) for number in range(defects.DAYS)]
        assert defects.rates(found)[1] <= MOST_FALSE


@pytest.mark.parametrize(
    ("damage", "strength", "check"),
    [
        ("truncation", 18, "ends_early"),
        ("lost events", 0.8, "count_added_rows"),
        ("gap", 2, "silent_hours"),
        ("clock", 30, "clock_shift"),
        ("clock", 120, "clock_shift"),
        ("outage", 12, "silent_cells"),
        ("churn", 0.4, "new_beyond_usual"),
        ("repeated", 0.2, "count_duplicates"),
        ("mixed cells", 1.0, "cell_drift"),
    ],
)
def test_what_is_damaged_is_flagged_by_its_check(defects, ordinary, damage, strength, check):
    """At least nine in ten days of four weeks, each damage by the check that is for it."""
    found = list(islice(ordinary.damaged(defects.DAMAGES[damage][1], strength), 28))

    assert sum(check in one and one[check].flags for one in found) >= 0.9 * len(found)
