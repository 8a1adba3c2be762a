"""A search finds by itself what breaks a minimum, and finds nothing where there is nothing to find."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from safeconduct.attack.attacks.discovered import Tables, bare, informed
from safeconduct.attack.base import attack
from safeconduct.attack.field import Told
from safeconduct.attack.games import Answers
from safeconduct.attack.hidden import Days
from safeconduct.attack.slices import TYPES, Slices
from safeconduct.attack.specs import ALL
from safeconduct.attack.templates import RELATIONS, pool, relation
from safeconduct.attack.truth import Truth

FIRST = date(2026, 1, 5)
DAYS, PEOPLE, AREAS = 14, 2400, 36
PARENTS = {f"a{at}": f"b{at // 12}" for at in range(AREAS)} | {f"b{at}": "c" for at in range(3)}


def lived(rng):
    """Events of people who are mostly at home; two of the four types are rare."""
    count = PEOPLE * DAYS * 2
    person = np.repeat(np.arange(PEOPLE), DAYS * 2)
    home = rng.integers(0, AREAS, PEOPLE)
    area = np.where(rng.random(count) < 0.9, home[person], rng.integers(0, AREAS, count))
    return pa.table({
        "person": pa.array(person.astype(np.int32)),
        "day": pa.array([FIRST + timedelta(days=int(at)) for at in rng.integers(0, DAYS, count)], pa.date32()),
        "second": pa.array(rng.integers(0, 86_400, count).astype(np.int32)),
        "type": pa.array([ALL[at] for at in rng.choice(4, count, p=(0.6, 0.37, 0.015, 0.015))]),
        "admin3": pa.array([f"a{at}" for at in area]),
    })  # fmt: skip


@dataclass
class Kept:
    """A site in memory: a minimum, and noise drawn once for each cell of each question."""

    truth: Truth | None
    noise: float = 0.0
    refuses: bool = False
    minimum: int = 5
    analysts: int = 1
    slices: Slices = TYPES
    days: tuple = tuple(FIRST + timedelta(days=at) for at in range(DAYS))
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(3))

    def __post_init__(self):
        self.known, self.parents, self.secret = self.truth, PARENTS, np.random.default_rng(99)
        fine = tuple(sorted(f"a{at}" for at in range(AREAS)))
        self.areas = {"admin1": ("c",), "admin2": ("b0", "b1", "b2"), "admin3": fine}

    def ask(self, *specs, who=0):
        assert who < self.analysts
        return [self._told(spec) for spec in specs]

    def declare(self, *_, **__):
        return False

    def late(self, people):
        del people

    def _told(self, spec):
        if self.refuses:
            return Told(cells={}, status={}, refused="no", seconds=0.1)
        true = self.known.counted(spec)
        more = np.rint(self.secret.normal(0, 1, len(true)) * self.noise).astype(int).tolist()
        cells = {
            key: count + one if count >= self.minimum else None
            for (key, count), one in zip(true.items(), more, strict=True)
        }
        status = {key: "suppressed" if value is None else "value" for key, value in cells.items()}
        wide = round(1.96 * self.noise)
        return Told(cells=cells, status=status, refused="", seconds=0.1, margin=dict.fromkeys(cells, wide))


@pytest.fixture(scope="module")
def truth():
    return Truth(lived(np.random.default_rng(2)), PARENTS)


@pytest.fixture(scope="module")
def broken(truth):
    """What was found where nothing but a minimum protects."""
    return attack["discovered"]().run(Kept(truth), guesses=400)


def tables(site):
    answers, asked = Answers(site, site.truth), pool(site)
    answers.ask([one.spec for one in asked])
    return Tables.of(answers, asked)


@pytest.mark.slow
def test_a_minimum_alone_is_broken_by_who_knows_everybody_else(broken):
    assert broken.also["knowing_others"] > 0.95


@pytest.mark.slow
def test_differencing_is_found_by_who_knows_nobody(broken):
    """Two bare answers that have to be subtracted, among hundreds, and nobody said so."""
    assert broken.also["knowing_nobody"] > 0.9


@pytest.mark.slow
def test_noise_much_larger_than_a_person_is_not_broken(truth):
    found = attack["discovered"]().run(Kept(truth, noise=200.0), guesses=400)

    assert found.value < 0.6
    assert found.ci[0] <= 0.53


@pytest.mark.slow
def test_a_list_of_cells_in_which_somebody_is_gives_them_away_whatever_the_noise(truth):
    """Without a minimum a rare type of event has a row where somebody made it, and none where nobody did."""
    found = attack["discovered"]().run(Kept(truth, noise=200.0, minimum=0), guesses=400)

    assert found.also["knowing_nobody"] > 0.6


@pytest.mark.slow
def test_where_everything_is_refused_a_coin_does_as_well(truth):
    found = attack["discovered"]().run(Kept(truth, refuses=True), guesses=400)

    assert found.n == 0 or found.ci[0] <= 0.5


def test_without_the_truth_no_guess_is_judged():
    site = Kept(Truth(lived(np.random.default_rng(2)), PARENTS))
    site.truth = None

    assert attack["discovered"]().run(site, guesses=400).n == 0


def test_half_of_the_targets_made_the_events_and_the_others_none_of_that_type(truth):
    """Only what the events in question add tells both worlds of a target apart."""
    hidden = Days.of(truth).drawn(60, np.random.default_rng(1))
    without, with_them = (world.located().group_by("person").aggregate([("type", "list")]) for world in (
        hidden.without, hidden.with_them))  # fmt: skip
    made = {one["person"]: one["type_list"] for one in without.to_pylist()}

    assert hidden.facts.tolist() == [1] * 30 + [0] * 30
    for one in with_them.to_pylist():
        kind, before = ALL[hidden.kind[one["person"]]], made.get(one["person"], [])
        assert kind not in before
        assert sorted(set(one["type_list"]) - {kind}) == sorted(set(before))
        assert kind in one["type_list"]


def test_what_really_happened_is_one_of_both_worlds(truth):
    """Of somebody who made the events everything that day is there; of somebody else all but them."""
    hidden = Days.of(truth).drawn(20, np.random.default_rng(1))
    day = truth.located()["day"].to_numpy().astype("datetime64[D]").astype(int)
    lengths = {tuple(pair): 0 for pair in zip(truth.located()["person"].to_pylist(), day.tolist(), strict=True)}
    for pair in zip(truth.located()["person"].to_pylist(), day.tolist(), strict=True):
        lengths[pair] += 1
    real = [hidden.with_them if fact else hidden.without for fact in hidden.facts]
    sizes = [world.located()["person"].to_pylist().count(at) for at, world in enumerate(real)]

    assert all(size in lengths.values() for size in sizes if size)


@pytest.mark.parametrize("sort", [informed, bare])
def test_no_day_stands_behind_targets_to_learn_from_and_to_judge_by(truth, sort):
    """As many facts of one sort as of the other, give or take what the cut by days leaves."""
    seen = sort(tables(Kept(truth)), Kept(truth), 400)

    assert 0.35 < seen.known.mean() < 0.65
    assert abs(seen.facts.mean() - 0.5) < 0.01


def test_a_set_of_types_is_seen_from_the_hidden_one():
    """With it or not, and each set another number."""
    some = [frozenset({one}) for one in ALL]

    assert [relation(one, ALL[0]) for one in some] == [1, 2, 4, 8]
    assert relation(frozenset(ALL), ALL[2]) == RELATIONS - 1
    assert relation(frozenset({ALL[0]}), ALL[3]) == 2


def test_every_question_of_the_pool_is_another_one(truth):
    asked = pool(Kept(truth))

    assert len({str(one.spec) for one in asked}) == len(asked)
    assert len({(one.sort, one.types) for one in asked}) == len(asked)
