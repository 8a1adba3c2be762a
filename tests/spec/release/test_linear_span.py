"""Few people that many figures show together."""

from dataclasses import replace

import pytest

from safeconduct.model.errors import BadInput
from safeconduct.model.outcomes import History
from safeconduct.protect.spans import Together
from safeconduct.release.rules.linear_span import LinearSpan

PAIRS = ((0, 1), (1, 2))
LAST = ((0, 2),)


@pytest.mark.parametrize(("people", "reason"), [
    (15, "linear_span.shows_few"), (16, None), (17, None),
])  # fmt: skip
def test_three_questions_that_no_pair_of_reveals_are_caught(world, people, reason):
    """A or B, B or C, A or C: each about many; together they show each. At the minimum and on both sides."""
    history = Together(people=(40, people, 60), told=PAIRS, asked=LAST)

    refusal = LinearSpan(minimum=16).audit(world.question(world.seen()), world.policy, history)

    assert (refusal and refusal.reason) == reason


@pytest.mark.parametrize("told", [(), PAIRS[:1], PAIRS[1:]])
def test_each_pair_of_the_three_is_let_through(told):
    """It takes all of them."""
    assert LinearSpan().newly_told(Together(people=(40, 3, 60), told=told, asked=LAST)) == set()


def test_what_was_told_before_is_no_reason_to_refuse_another_question():
    """Only what the answer adds."""
    history = Together(people=(3, 40, 40), told=((0,), (0, 1)), asked=((2,), (1, 2)))

    assert LinearSpan().newly_told(history) == set()


def test_a_question_that_shows_few_by_itself_is_caught():
    """Its own cells count among themselves."""
    assert LinearSpan().newly_told(Together(people=(40, 3), asked=((0,), (0, 1)))) == {(1,)}


@pytest.mark.parametrize(("variance", "shown"), [(0, {(1,)}), (899, {(1,)}), (900, set()), (901, set())])
def test_noise_protects_from_a_standard_deviation_of_tau(variance, shown):
    """One figure tells the class: variance 9 is a standard deviation of 3, at the threshold and on both sides."""
    history = Together(people=(40, 3), told=((0,),), asked=((1,),))

    assert LinearSpan(tau=3, variance=variance).newly_told(history) == shown


def test_averaging_over_many_ways_to_work_it_out_is_counted():
    """Each way alone is noisy enough; together they are not."""
    ways = tuple((at,) for at in range(1, 9)) + tuple((0, at) for at in range(1, 9))
    rule = LinearSpan(tau=3, variance=700)

    assert rule.newly_told(Together(people=(3,) + (40,) * 8, told=ways[:9])) == set()
    assert rule.newly_told(Together(people=(3,) + (40,) * 8, asked=ways[:9])) == set()
    assert rule.newly_told(Together(people=(3,) + (40,) * 8, asked=ways)) == {(0,)}


def test_two_small_classes_that_can_only_be_told_together_are_caught():
    """Everybody of a place less most of them is four and five people, whom a third figure tells apart from others."""
    history = Together(people=(4, 5, 40, 50), told=((0, 1, 2), (0, 3)), asked=((2,),))

    assert LinearSpan(minimum=16).newly_told(history) == {(0, 1)}


def test_a_history_without_rows_says_nothing(world):
    """The rule is for the nightly look and for export."""
    assert LinearSpan().audit(world.question(world.seen()), world.policy, History()) is None


def test_a_refusal_states_no_count(world):
    """Only the level's own numbers."""
    history = Together(people=(40, 7, 60), told=PAIRS, asked=LAST)

    refusal = LinearSpan().audit(world.question(world.seen()), replace(world.policy), history)

    assert {*refusal.what.values.values(), *refusal.rule.values.values()} == {16, 3}


def test_rows_never_show_by_accident():
    """A history may be logged; its classes may not."""
    assert "417" not in repr(Together(people=(417,), told=((0,),), asked=((0,),)))


@pytest.mark.parametrize("wrong", [{"minimum": 1}, {"tau": 0}, {"variance": -1}])
def test_parameters_out_of_range_are_named(wrong):
    """The message names the parameter."""
    with pytest.raises(BadInput, match=f"{next(iter(wrong))} goes from"):
        LinearSpan(**wrong)
