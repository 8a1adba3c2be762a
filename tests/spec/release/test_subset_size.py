"""A subset that is a handful, or everybody but a handful, is not told of."""

from dataclasses import replace

import pytest

from safeconduct.model.errors import BadInput
from safeconduct.release.rules.subset_size import SubsetSize

RULE = SubsetSize(minimum=16, complement=12)


def about(world, subset, complement):
    """An answer about a subset, in two areas with many people in each."""
    query = world.seen()
    evidence = {"subset": [subset] * 2, "complement": [complement] * 2}
    return world.draft(query, {("A",): 500, ("B",): 400}, **evidence), world.admission(query)


@pytest.mark.parametrize(("subset", "complement", "status"), [
    (16, 12, "value"), (17, 13, "value"), (15, 12, "suppressed"), (16, 11, "suppressed"), (900, 0, "suppressed"),
])  # fmt: skip
def test_both_sides_of_a_subset_need_their_minimum(world, subset, complement, status):
    """At the thresholds and on both sides; everybody is no subset."""
    assert RULE.apply(*about(world, subset, complement)).status == (status, status)


def test_a_subset_of_one_among_many_is_withheld_in_every_cell(world):
    """FlowKit's F3: the crowd was counted, not the subset, so that one person's events left."""
    marked = RULE.apply(*about(world, 1, 10_000))

    assert marked.status == ("suppressed", "suppressed")


def test_its_cells_say_what_any_small_cell_says(world):
    """So that a subset that is too small cannot be told from one that is nowhere."""
    assert set(RULE.apply(*about(world, 3, 10_000)).reasons) == {"minimum_contributors"}


def test_one_day_with_too_few_withholds_every_day(world):
    """The subset is one thing."""
    query = world.seen()
    draft = world.draft(query, {("A",): 50, ("B",): 50}, subset=[50, 15], complement=[90, 90])

    assert RULE.apply(draft, world.admission(query)).status == ("suppressed", "suppressed")


def test_a_subset_that_nobody_counted_is_withheld(world):
    """The question has one and the draft says nothing of it."""
    query = world.seen()
    admission = replace(world.admission(query), spec={**query.spec(), "subset": {"seen": "2026-01-01"}})

    assert RULE.apply(world.draft(query, {("A",): 500}), admission).status == ("suppressed",)


def test_a_question_without_a_subset_is_left_alone(world):
    """Nobody was picked."""
    query = world.seen()
    draft = world.draft(query, {("A",): 500})

    assert RULE.apply(draft, world.admission(query)) is draft


@pytest.mark.parametrize("name", ["minimum", "complement"])
@pytest.mark.parametrize("number", [1, 0, 10**9])
def test_one_person_is_no_group_on_either_side(name, number):
    """The message names the parameter."""
    with pytest.raises(BadInput, match=f"{name} goes from 2"):
        SubsetSize(**{name: number})
