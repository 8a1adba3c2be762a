"""A search that finds attacks: it finds what is there, and nothing where there is nothing."""

import numpy as np
import pytest

from safeconduct.measures.attacks.discovery import Search, Seen, discover

TARGETS, TEMPLATES = 1200, 40
SHORT = Search(least=5, most=10, attacks=20, rounds=20, kept=3)
FACTS = np.arange(TARGETS) % 2
KNOWN = np.arange(TARGETS) < TARGETS // 2


def seen(columns, facts=FACTS, known=KNOWN):
    """One column a template."""
    return Seen(np.asarray(columns, dtype=float), np.arange(np.shape(columns)[1]), facts, known)


@pytest.fixture
def rng():
    return np.random.default_rng(5)


@pytest.fixture
def counts(rng):
    """What is told of other people: numbers that have nothing to do with the facts."""
    return rng.integers(0, 500, (TARGETS, TEMPLATES)).astype(float)


def test_the_difference_of_two_answers_is_found_among_many(counts, rng):
    """The 4th answer counts those of the 18th and the target; nobody said that these should be subtracted."""
    counts[:, 3] = counts[:, 17] + FACTS
    found = discover(seen(counts), rng, SHORT)

    assert found.held_out.value == 1.0
    assert {3, 17} <= set(found.templates)


def test_answers_that_are_each_a_little_right_are_added_up(rng):
    """A fact behind noise of three times its size: right in 57 of 100 alone, and in 70 of 100 ten together."""
    noisy = FACTS[:, None] + rng.normal(0, 3, (TARGETS, TEMPLATES))
    found = discover(seen(noisy), rng, SHORT)

    assert found.held_out.value > 0.64


def test_where_answers_say_nothing_a_coin_does_as_well(counts, rng):
    """What was learnt by heart does not help with others."""
    found = discover(seen(counts), rng, SHORT)

    assert found.held_out.low <= 0.5 <= found.held_out.high
    assert found.trained.value > found.held_out.value


def test_where_nothing_was_seen_a_coin_is_thrown(rng):
    found = discover(seen(np.zeros((TARGETS, TEMPLATES))), rng, SHORT)

    assert found.held_out.low <= 0.5 <= found.held_out.high


def test_no_more_templates_are_asked_than_allowed(counts, rng):
    assert SHORT.least <= len(discover(seen(counts), rng, SHORT).templates) <= SHORT.most


def test_no_template_at_all_finds_nothing(rng):
    found = discover(seen(np.zeros((TARGETS, 0))), rng, SHORT)

    assert (found.held_out.n, found.templates) == (0, ())


def test_a_template_of_two_columns_is_taken_or_left_whole(rng):
    """A value, and whether it is told: the second alone says it all."""
    told = FACTS.astype(float)
    columns = np.column_stack([told * 20, told, rng.normal(0, 1, (TARGETS, 10))])
    template = np.array([0, 0, *range(1, 11)])
    found = discover(Seen(columns, template, FACTS, KNOWN), rng, Search(least=1, most=3, attacks=20, rounds=20))

    assert found.held_out.value == 1.0
    assert found.templates[0] == 0


def test_the_same_source_of_chance_finds_the_same_attack(counts):
    one, other = (discover(seen(counts), np.random.default_rng(3), SHORT) for _ in range(2))

    assert one == other
