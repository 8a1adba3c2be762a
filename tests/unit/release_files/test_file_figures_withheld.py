"""Withheld counts, attacked by somebody who knows the rule and every other figure."""

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as some

from safeconduct.release.figures import withheld


def outcome(counts, minimum):
    hidden = withheld(counts, minimum)
    return tuple(None if at in hidden else count for at, count in enumerate(counts))


@pytest.mark.parametrize(("minimum", "cells", "most"), [(3, 3, 14), (3, 4, 9), (4, 3, 16), (5, 3, 18)])
def test_no_withheld_count_follows_from_the_total_the_others_and_the_rule(minimum, cells, most):
    """Every table with the same total and the same told counts, under the same rule: each withheld count varies."""
    possible = defaultdict(list)
    for counts in product(range(most), repeat=cells):
        possible[sum(counts), outcome(counts, minimum)].append(counts)

    for (total, told), tables in possible.items():
        hidden = [at for at, count in enumerate(told) if count is None]
        known = [at for at in hidden if len({table[at] for table in tables}) == 1]
        # a table of fewer rows than the minimum tells of itself that all its counts are small
        # and counts at the edge of what was tried have fewer companions than they would have
        if total >= 2 * minimum and total < most:
            assert not known, (total, told)


@given(some.lists(some.integers(0, 60), min_size=2, max_size=12), some.integers(3, 12))
def test_small_counts_are_never_told(counts, minimum):
    """Nor is a counted zero, but for missing values, which come last."""
    told = outcome(counts, minimum)

    assert all(count is None or count >= minimum for count in told[:-1])
    assert told[-1] is None or told[-1] == 0 or told[-1] >= minimum


@given(some.lists(some.integers(0, 60), min_size=2, max_size=12), some.integers(3, 12))
def test_one_withheld_count_never_stands_alone(counts, minimum):
    """The sum is known: a single one would be the difference."""
    if sum(counts) >= minimum:
        assert len(withheld(counts, minimum)) != 1


@given(some.lists(some.integers(10, 60), min_size=2, max_size=12))
def test_large_counts_are_all_told(counts):
    """Nothing is withheld without need."""
    assert withheld(counts, 10) == frozenset()


@pytest.mark.parametrize(("count", "hidden"), [(4, {0, 2}), (5, set()), (6, set())])
def test_the_minimum_is_at_least(count, hidden):
    """At the threshold and on both sides."""
    assert withheld([40, 50, count, 0], 5) == hidden
