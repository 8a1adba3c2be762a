"""Errors and the differencing game on answers whose truth is known."""

import numpy as np
import pytest

from safeconduct.measures.replayed import UNASKED, Answers, differencing, errors

NONE = np.nan


def game(true, told, *, shown=None, meets=None) -> object:
    true, told = np.array(true, dtype=np.int64), np.array(told, dtype=np.float64)
    shown = ~np.isnan(told) if shown is None else np.full(true.shape, shown)
    meets = np.ones((len(true), len(true)), dtype=bool) if meets is None else np.array(meets)
    return differencing([Answers(true, told, shown, meets)], np.random.default_rng(1))


def pairs(size: int = 400):
    """Two questions about the same places, of which every second has one person more in the first."""
    less = np.full(size, 50)
    return np.array([less + np.arange(size) % 2, less])


def test_exact_figures_have_no_error():
    """Whatever is told."""
    found = errors(np.array([200, 10]), np.array([200.0, 10.0]))

    assert (found.median, found.median_large, found.wape) == (0, 0, 0)


def test_a_withheld_figure_counts_as_nothing_in_what_was_lost_and_not_in_the_usual_error():
    """Ten of 210 people are lost, two are blurred."""
    found = errors(np.array([200, 10]), np.array([202.0, NONE]))

    assert found.median == pytest.approx(0.01)
    assert found.wape == pytest.approx(12 / 210)


def test_where_nothing_is_told_there_is_no_usual_error():
    """Unknown, not zero."""
    found = errors(np.array([5]), np.array([NONE]))

    assert (found.median, found.median_large, found.wape) == (None, None, 1)
    assert errors(np.array([], dtype=np.int64), np.array([])).wape is None


def test_exact_answers_show_every_single_person():
    """One answer less the other is the person."""
    true = pairs()

    assert game(true, true).value == 1


def test_fresh_wide_noise_leaves_a_coin():
    """Within chance."""
    true, rng = pairs(2000), np.random.default_rng(2)
    found = game(true, true + np.round(rng.normal(0, 30, true.shape)))

    assert found.low <= 0.5 <= found.high


def test_answers_that_are_withheld_leave_a_coin():
    """Though the other level would have told them."""
    true = pairs()
    found = game(true, np.full(true.shape, NONE), shown=True)

    assert found.low <= 0.5 <= found.high
    assert found.n == 400


def test_sizes_tell_nothing():
    """Ones stand in large cells only, noughts in small ones: no case of either is like a case of the other."""
    less = np.array([50] * 100 + [5000] * 100)
    true = np.array([less + (less > 100), less])

    assert game(true, true).n == 0


@pytest.mark.parametrize(("true", "meets"), [
    ([[50, 51], [UNASKED, UNASKED]], None),
    ([[50, 60], [40, 40]], None),
    ([[50, 51], [50, 50]], [[True, False], [False, True]]),
    ([[0, 0], [0, 0]], None),
])  # fmt: skip
def test_without_a_case_nothing_is_guessed(true, meets):
    """Cells one question does not have, larger differences, other days, nobody at all."""
    assert game(true, true, meets=meets).n == 0


def test_no_answers_are_no_guesses():
    """As before the first question."""
    assert differencing([], np.random.default_rng(0)).n == 0
