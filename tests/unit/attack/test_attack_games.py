"""Attacks win where there is nothing but a threshold, and not where nothing is told."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import pytest

from safeconduct.attack.arrived import read_arrived
from safeconduct.attack.base import attack
from safeconduct.attack.field import Told
from safeconduct.attack.games import Cases, by_slice, worst
from safeconduct.attack.slices import TYPES, Slices
from safeconduct.attack.truth import Truth
from safeconduct.desk.sample import sample_cdr
from safeconduct.model.canonical import canonical

FIRST = date(2026, 1, 5)
DAYS = 14
BY_COIN = 0.56


@dataclass
class Threshold:
    """A site with FlowKit's rule and nothing else; or one that refuses, or draws fresh noise."""

    truth: Truth | None
    refuses: bool = False
    noise: int = 0
    minimum: int = 16
    analysts: int = 2
    slices: Slices = TYPES
    days: tuple = tuple(FIRST + timedelta(days=at) for at in range(DAYS))
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(3))

    def __post_init__(self):
        self.known, self.parents, self.areas = self.truth, self.truth.parents, {}
        codes = sorted(set(self.truth.events["admin3"].to_pylist()))
        for level in ("admin3", "admin2", "admin1", "admin0"):
            self.areas = {level: tuple(sorted(set(codes))), **self.areas}
            codes = [self.parents.get(code, "") for code in codes]

    def ask(self, *specs, who=0):
        del who
        return [self._told(spec) for spec in specs]

    def rule(self, level, name):
        del level
        return {"minimum": str(self.minimum)} if name == "minimum_contributors" else {}

    def declare(self, first, *, windows):
        del first, windows
        return False

    def late(self, people):
        del people

    def _told(self, spec):
        if self.refuses:
            return Told(cells={}, status={}, refused="no", seconds=0.1)
        true = self.known.counted(spec)
        drawn = self.rng.integers(-self.noise, self.noise + 1, len(true))
        cells = {
            key: count + int(more) if count >= self.minimum else None
            for (key, count), more in zip(true.items(), drawn, strict=True)
        }
        status = {key: "suppressed" if value is None else "value" for key, value in cells.items()}
        return Told(cells=cells, status=status, refused="", seconds=0.1)


class Remembered(Truth):
    """A truth that counts each question once, since attack after attack asks about the same people."""

    def counted(self, spec):
        name = canonical(spec)
        if name not in self._counts:
            self._counts[name] = super().counted(spec)
        return self._counts[name]

    @cached_property
    def _counts(self):
        return {}


@pytest.fixture(scope="module")
def truth(tmp_path_factory) -> Truth:
    folder = tmp_path_factory.mktemp("attacked") / "files"
    sample_cdr({"people": 1500, "days": DAYS, "first": FIRST, "seed": 11}, folder=folder)
    arrived = read_arrived(folder)
    return Remembered(arrived.events, arrived.parents)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["differencing", "split", "windows", "collusion"])
def test_a_threshold_alone_is_broken(truth, name):
    assert attack[name]().run(Threshold(truth), guesses=500).accuracy > 0.95


@pytest.mark.slow
def test_a_threshold_is_told_by_what_it_withholds(truth):
    assert attack["refusals"]().run(Threshold(truth), guesses=500).ci[0] > 0.5


@pytest.mark.slow
def test_a_larger_area_gives_its_parts_away(truth):
    found = attack["hierarchy"]().run(Threshold(truth), guesses=500)

    assert found.share > found.chance + 0.05
    assert found.also["narrowed"] > 0


@pytest.mark.slow
@pytest.mark.parametrize("name", ["differencing", "split", "windows", "collusion", "refusals"])
def test_where_everything_is_refused_a_coin_does_as_well(truth, name):
    assert attack[name]().run(Threshold(truth, refuses=True), guesses=500).accuracy < BY_COIN


def test_the_same_question_has_the_same_answer_under_a_threshold(truth):
    found = attack["averaging"]().run(Threshold(truth), guesses=500)

    assert (found.share, found.bits) == (0, 0)


def test_noise_drawn_anew_is_noticed(truth):
    assert attack["averaging"]().run(Threshold(truth, noise=3), guesses=500).share > 0.5


@pytest.mark.parametrize("name", ["differencing", "split", "windows", "collusion", "refusals", "hierarchy"])
def test_without_the_truth_no_guess_is_made(truth, name):
    site = replace(Threshold(truth))
    site.truth = None

    assert attack[name]().run(site, guesses=500).n == 0


def cases(*rows) -> Cases:
    """Cases written (gap told, people in the wider cell, people in the narrower one)."""
    found = Cases()
    for gap, more, less in rows:
        found.add((gap,), more=more, less=less, group="g")
    return found


def test_cells_that_differ_by_more_than_one_are_no_cases():
    assert cases((0, 20, 20), (1, 21, 20), (2, 22, 20)).labels == [0, 1]


def test_of_each_group_as_many_differ_as_do_not():
    even = cases((0, 20, 20), (0, 21, 21), (1, 21, 20), (0, 600, 600)).balanced(np.random.default_rng(1))

    assert sorted(even.labels) == [0, 1]


def test_statuses_are_a_signal_only_at_the_threshold():
    assert cases((None, 15, 15), (None, 16, 15), (None, 17, 17)).within(15, 15).sizes == [15, 15]


def alike(times: int, *, telling: int = 0) -> Cases:
    """So many cases of either label that look alike, and so many more whose gap tells the label."""
    return cases(*([(0, 20, 20), (0, 21, 20)] * times), *([(0, 20, 20), (1, 21, 20)] * telling))


def test_a_small_family_that_is_lucky_does_not_stand_for_a_large_one():
    many = {f"small {at}": alike(16) for at in range(40)}
    name, _, words = worst({"large": alike(600), **many}, np.random.default_rng(5), guesses=1000)

    assert name == "large"
    assert words.count("small") == 40


def test_a_small_family_that_tells_a_lot_counts():
    name, found, _ = worst({"large": alike(600), "small": alike(0, telling=40)}, np.random.default_rng(5), guesses=1000)

    assert name == "small"
    assert found.value > 0.95


def test_every_pair_parts_two_questions_by_one_type():
    asks = {some: {"kind": "k", "events": sorted(some)} for some in TYPES.sets}

    assert len(by_slice(asks)) == 28
    assert all(len(set(pair.more["events"]) - set(pair.less["events"])) == 1 for pair in by_slice(asks))
