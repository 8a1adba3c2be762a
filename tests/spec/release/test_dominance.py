"""No sum that one person mostly makes."""

import pytest

from safeconduct.model.errors import BadInput
from safeconduct.release.rules.dominance import Dominance


@pytest.mark.parametrize(
    ("total", "largest", "second", "safe"),
    [
        (1000, 749, 100, True),
        (1000, 750, 100, False),
        (1000, 751, 100, False),
    ],
)
def test_one_person_must_make_less_than_k_percent(total, largest, second, safe):
    """The (1, k) part alone, at the threshold and on both sides."""
    assert Dominance(n=1, k=75, p=0).dominated(total, largest, second) is not safe


@pytest.mark.parametrize(("second", "safe"), [(399, True), (400, False), (401, False)])
def test_two_people_together_must_make_less_than_k_percent(second, safe):
    """The (2, k) part alone."""
    assert Dominance(n=2, k=90, p=0).dominated(1000, 500, second) is not safe


@pytest.mark.parametrize(("rest", "safe"), [(51, True), (50, True), (49, False)])
def test_the_second_largest_must_not_know_the_largest_to_within_p_percent(rest, safe):
    """The p % part: unsafe if what is left is less than p % of the largest."""
    assert Dominance(n=1, k=100, p=10).dominated(500 + 450 + rest, 500, 450) is not safe


@pytest.mark.parametrize("row", [(0, 0, 0), (None, 1, 1), (10, None, None), (10, 10, None)])
def test_a_sum_of_nothing_or_of_unknown_parts_is_unsafe(row):
    """What cannot be judged is not told."""
    assert Dominance().dominated(*row)


def test_a_dominated_sum_is_withheld_and_says_why(world):
    """Enough people, and yet one of them makes nearly all of it."""
    query = world.seen()
    draft = world.draft(query, {("A",): 20, ("B",): 20}, largest=[900, 100], second_largest=[20, 90])
    admission, draft = world.sums(world.admission(query), draft, [1000, 1000])

    marked = Dominance(n=1, k=75, p=10).apply(draft, admission)

    assert marked.status == ("suppressed", "value")
    assert marked.reasons == ("dominance", "")


def test_a_number_of_people_has_no_dominance(world):
    """Everybody weighs the same, so the rule does nothing, and asks engines for nothing."""
    query = world.seen()
    draft = world.draft(query, {("A",): 16})

    assert Dominance().apply(draft, world.admission(query)) is draft
    assert world.admission(query).wanted == {"contributors"}


@pytest.mark.parametrize("wrong", [{"n": 3}, {"n": 0}, {"k": 0}, {"k": 101}, {"p": -1}, {"p": 101}])
def test_parameters_out_of_range_are_named(wrong):
    """The message names the parameter."""
    with pytest.raises(BadInput, match=f"{next(iter(wrong))} goes from"):
        Dominance(**wrong)
