"""Paths out of counts, day after day."""

import numpy as np
import pytest

from safeconduct.measures.attacks.trajectories import NOWHERE, recover, recovery

TWO_FAR = np.array([[0.0, 2.0], [2.0, 0.0]])


@pytest.fixture
def rng():
    return np.random.default_rng(4)


def counted(paths, areas):
    """The true table of some paths."""
    return np.array([np.bincount(day[day != NOWHERE], minlength=areas) for day in paths.T])


def test_people_who_stay_are_followed():
    counts = np.array([[2, 1], [2, 1], [2, 1]])

    assert sorted(recover(counts, TWO_FAR).tolist()) == [[0, 0, 0], [0, 0, 0], [1, 1, 1]]


def test_somebody_who_leaves_is_out_of_sight():
    counts = np.array([[2, 0], [1, 0]])

    assert sorted(recover(counts, TWO_FAR).tolist()) == [[0, NOWHERE], [0, 0]]


def test_recovered_paths_add_up_to_the_counts(rng):
    counts = rng.integers(0, 9, (6, 4))

    assert counted(recover(counts, np.ones((4, 4)) - np.eye(4)), 4).tolist() == counts.tolist()


def test_people_alone_on_their_way_are_found_whole(rng):
    """Each in a village of their own, far from the others."""
    true = np.repeat(np.arange(5)[:, None], 6, axis=1)

    found = recovery(counted(true, 5), 2 - 2 * np.eye(5), true, rng)

    assert found.found.value == 1.0
    assert found.shuffled.value < 0.8


def test_tables_add_nothing_of_people_who_never_move(rng):
    """What the first day's table gives, everybody staying, is as much."""
    true = np.repeat(rng.integers(0, 5, 40)[:, None], 6, axis=1)

    found = recovery(counted(true, 5), 2 - 2 * np.eye(5), true, rng)

    assert found.still.value == found.found.value == 1.0


def test_people_who_move_by_chance_are_not_followed(rng):
    true = rng.integers(0, 4, (60, 8))

    found = recovery(counted(true, 4), 1 - np.eye(4), true, rng)

    assert found.found.value == pytest.approx(found.shuffled.value, abs=0.12)


def test_a_table_of_nobody_has_no_paths(rng):
    found = recovery(np.zeros((3, 2), dtype=int), TWO_FAR, np.empty((0, 3), dtype=int), rng)

    assert found.found.n == 0
