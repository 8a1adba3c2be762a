"""Attacks that are only statistics: they win where nothing but a minimum protects, and not where noise is large."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from safeconduct.attack.base import attack
from safeconduct.attack.field import Told
from safeconduct.attack.slices import TYPES as BY_TYPE
from safeconduct.attack.slices import Slices
from safeconduct.attack.truth import Truth

FIRST = date(2026, 1, 5)
DAYS, PEOPLE, AREAS = 7, 600, 12
TYPES = ("calls", "mds", "sms", "topups")
NAMES = ("canary", "histogram_edges", "membership", "reconstruction", "trajectories", "versions")
PARENTS = {f"a{at}": f"b{at // 4}" for at in range(AREAS)} | {f"b{at}": "c" for at in range(3)}


def lived(rng, people=PEOPLE, *, first=0):
    """Events of people who are mostly at home."""
    count = people * DAYS * 5
    person = np.repeat(np.arange(people), DAYS * 5)
    home = rng.integers(0, AREAS, people)
    area = np.where(rng.random(count) < 0.8, home[person], rng.integers(0, AREAS, count))
    return pa.table({
        "person": pa.array((person + first).astype(np.int32)),
        "day": pa.array([FIRST + timedelta(days=int(at)) for at in rng.integers(0, DAYS, count)], pa.date32()),
        "second": pa.array(rng.integers(0, 86_400, count).astype(np.int32)),
        "type": pa.array([TYPES[at] for at in rng.integers(0, 4, count)]),
        "admin3": pa.array([f"a{at}" for at in area]),
    })  # fmt: skip


@dataclass
class Kept:
    """A site in memory: a minimum, and noise drawn from its own source."""

    truth: Truth | None
    minimum: int = 5
    noise: float = 0.0
    refuses: bool = False
    grows: bool = True
    analysts: int = 1
    slices: Slices = BY_TYPE
    days: tuple = tuple(FIRST + timedelta(days=at) for at in range(DAYS))
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(3))

    def __post_init__(self):
        self.known, self.parents, self.secret = self.truth, PARENTS, np.random.default_rng(99)
        self.areas = {
            "admin1": ("c",),
            "admin2": ("b0", "b1", "b2"),
            "admin3": tuple(sorted(f"a{at}" for at in range(AREAS))),
        }

    def ask(self, *specs, who=0):
        assert who < self.analysts
        return [self._told(spec) for spec in specs]

    def declare(self, *_, **__):
        return None

    def late(self, people):
        if not self.grows:
            return None
        more = lived(self.secret, people, first=int(self.secret.integers(10_000, 1_000_000)))
        self.truth = self.known = Truth(pa.concat_tables([self.known.located(), more]), PARENTS)
        return self.truth

    def _told(self, spec):
        if self.refuses:
            return Told(cells={}, status={}, refused="no", seconds=0.1)
        true = self.known.counted(spec)
        noise = np.rint(self.secret.normal(0, 1, len(true)) * self.noise).astype(int).tolist()
        cells = {
            key: count + more if count >= self.minimum else None
            for (key, count), more in zip(true.items(), noise, strict=True)
        }
        status = {key: "suppressed" if value is None else "value" for key, value in cells.items()}
        wide = round(1.96 * self.noise)
        return Told(cells=cells, status=status, refused="", seconds=0.1, margin=dict.fromkeys(cells, wide))


@pytest.fixture(scope="module")
def truth():
    return Truth(lived(np.random.default_rng(2)), PARENTS)


def found(name, site, guesses=400):
    return attack[name]().run(site, guesses=guesses)


@pytest.mark.parametrize(("name", "least"), [
    ("reconstruction", 0.95),
    ("histogram_edges", 0.95),
    ("versions", 0.9),
    ("membership", 0.6),
    ("trajectories", 0.5),
    ("canary", 3.0),
])  # fmt: skip
def test_a_minimum_alone_is_broken(truth, name, least):
    """Shares, an area under the curve, and an ε."""
    assert found(name, Kept(truth)).value > least


@pytest.mark.parametrize(("name", "most"), [
    ("reconstruction", 0.58),
    ("histogram_edges", 0.6),
    ("versions", 0.58),
    ("membership", 0.58),
    ("canary", 0.3),
])  # fmt: skip
def test_noise_much_larger_than_a_person_is_not(truth, name, most):
    assert found(name, Kept(truth, minimum=0, noise=200.0)).value < most


@pytest.mark.parametrize("name", NAMES)
def test_where_everything_is_refused_a_coin_does_as_well(truth, name):
    one = found(name, Kept(truth, refuses=True))

    assert one.n == 0 or one.ci[0] <= one.chance


@pytest.mark.parametrize("name", NAMES)
def test_without_the_truth_no_guess_is_judged(truth, name):
    site = Kept(truth)
    site.truth = None

    assert found(name, site).n == 0


def test_a_site_that_takes_in_nothing_late_has_no_versions_to_compare(truth):
    assert found("versions", Kept(truth, grows=False)).n == 0


def test_a_canary_tells_what_the_margins_stand_for(truth):
    """Margins of ±4 are those of ε = 2.7 for one person in one cell at δ = 10⁻⁶, and what is shown is below."""
    one = found("canary", Kept(truth, minimum=0, noise=2.0), guesses=2000)

    assert one.value < 2.7
    assert "±4" in one.note


def test_paths_are_told_beside_what_staying_at_home_gives(truth):
    one = found("trajectories", Kept(truth))

    assert one.value < 1.3 * one.also["still"]
