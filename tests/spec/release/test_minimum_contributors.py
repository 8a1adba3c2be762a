"""The minimum is "at least", of people, and a counted zero is withheld like any small number."""

from dataclasses import replace

import pytest

from safeconduct.model.errors import BadInput, Unsafe
from safeconduct.model.policy import RuleSpec
from safeconduct.release.rules.minimum_contributors import MinimumContributors


@pytest.mark.parametrize(("people", "status"), [(15, "suppressed"), (16, "value"), (17, "value")])
def test_fifteen_or_fewer_are_redacted_is_a_minimum_of_sixteen(world, told, people, status):
    """FlowKit's rule, at the threshold and on both sides."""
    release = world.release(world.seen(), {("A",): people})

    assert told(release)[("A",)] == (people if status == "value" else None, status,
                                     "" if status == "value" else "minimum_contributors")  # fmt: skip


@pytest.mark.parametrize("minimum", [2, 5, 100])
def test_the_minimum_is_the_policys(world, told, minimum):
    """Exactly as many people are enough, one fewer is not."""
    rules = (RuleSpec("minimum_contributors", {"minimum": minimum}), RuleSpec("presentation", {}))
    there = world.under(replace(world.policy, rules=rules))

    cells = told(there.release(there.seen(), {("A",): minimum, ("B",): minimum - 1}))

    assert cells[("A",)][1] == "value"
    assert cells[("B",)][1] == "suppressed"


def test_nobody_cannot_be_told_from_few(world, told):
    """A cell that was counted small and one that was not found at all say the same."""
    few = told(world.release(world.seen(), {("A",): 20, ("B",): 3}))
    nobody = told(world.release(world.seen(), {("A",): 20}))

    assert few == nobody
    assert nobody[("B",)] == (None, "suppressed", "minimum_contributors")


def test_people_are_never_scaled_to_a_population(world):
    """One person who stands for 5.13 residents, as in Eurostat's pipeline, is still one person."""
    admission = world.admission(world.seen())
    draft = world.draft(world.seen(), {("A",): 5}, contributors=[1])

    assert MinimumContributors(minimum=5).apply(draft, admission).status == ("suppressed",)


def test_many_events_of_few_people_are_withheld(world):
    """Contributors are people: a million events of fifteen people are a cell of fifteen people."""
    admission = world.admission(world.seen())
    draft = world.draft(world.seen(), {("A",): 15}, largest=[70_000], second_largest=[70_000])
    admission, draft = world.sums(admission, draft, [1_000_000])

    assert MinimumContributors().apply(draft, admission).reasons == ("minimum_contributors",)


@pytest.mark.parametrize("minimum", [1, 0, -1, 10**9])
def test_a_minimum_that_protects_nobody_is_no_minimum(minimum):
    """One person is never a group."""
    with pytest.raises(BadInput, match="minimum goes from 2"):
        MinimumContributors(minimum=minimum)


def blurred(world, people, key, minimum=16, blur=8):
    """Whether a cell of so many people, with this key, is told."""
    draft = world.draft(world.seen(), {("A",): people}, cell_key=[key])
    admission = replace(world.admission(world.seen()), sticky=bytes(32))
    return MinimumContributors(minimum=minimum, blur=blur).apply(draft, admission).status == ("value",)


@pytest.mark.parametrize(("people", "share"), [(15, 0), (16, 1 / 9), (20, 5 / 9), (23, 8 / 9), (24, 1), (40, 1)])
def test_a_blurred_minimum_is_never_below_and_rises_evenly(world, people, share):
    """Of nine hundred groups of so many people: none below, all from the minimum and the blur on; 5 standard errors."""
    told = sum(blurred(world, people, key * 40_503) for key in range(900))

    assert abs(told - 900 * share) <= 5 * (900 * share * (1 - share)) ** 0.5


def test_a_blurred_minimum_is_always_the_same_for_the_same_people(world):
    """Asking again tells nothing more."""
    assert [blurred(world, 20, key) for key in range(50)] == [blurred(world, 20, key) for key in range(50)]


def test_a_blurred_minimum_needs_the_sites_secret(world):
    """Without it anybody could work out how many people it takes."""
    draft = world.draft(world.seen(), {("A",): 20}, cell_key=[7])

    with pytest.raises(Unsafe):
        MinimumContributors(blur=8).apply(draft, world.admission(world.seen()))
