"""A little noise that is always the same for the same people."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeconduct.model.errors import BadInput
from safeconduct.model.outcomes import CellStatus
from safeconduct.release.rules.cell_key import CellKey

RULE = CellKey(reach=8, variance=300)
KEYS = st.integers(0, 2**32 - 1)
PLACES = "ABCD"


def blurred(world, people, keys, rule=RULE, *, sums=None):
    """What the rule makes of cells with these people and keys."""
    query, count = world.seen(), len(people)
    cells = {(code,): number for code, number in zip(PLACES, people, strict=False)}
    draft = world.draft(query, cells, cell_key=keys[:count], total=sums or people, largest=[9] * count)
    admission = world.admission(query)
    if sums:
        admission, draft = world.sums(admission, draft, sums)
    return rule.apply(draft, admission)


def values(draft):
    return draft.table.column(draft.output.values[0].name)


@given(people=st.lists(st.integers(16, 100_000), min_size=4, max_size=4), keys=st.lists(KEYS, min_size=4, max_size=4))
def test_a_figure_moves_by_no_more_than_it_says(people, keys):
    from safeconduct.release.rules.cell_key import noise_of  # noqa: PLC0415 - the fixture cannot be drawn with

    noise = noise_of(8, 3000).noise(np.array(people), np.array(keys))
    assert max(abs(noise)) <= 8


def test_the_same_people_always_have_the_same_figure(world):
    """Whatever the question, the project, the day it is asked: averaging gains nothing."""
    first, second = (blurred(world, [40, 41], [77, 78]) for _ in range(2))

    assert values(first) == values(second)


def test_other_people_have_other_noise(world):
    """As many of them, drawn a hundred times: several figures, the true one among them or near."""
    told = {values(blurred(world, [400], [key]))[0] for key in range(100)}

    assert len(told) >= 8
    assert all(392 <= one <= 408 for one in told)


def test_on_average_nothing_is_added(world):
    """Over many cells; the bound is five standard errors."""
    told = [values(blurred(world, [400], [key * 2654435761 % 2**32]))[0] for key in range(400)]

    assert abs(np.mean(told) - 400) < 5 * (3 / 400) ** 0.5


def test_a_withheld_figure_keeps_no_noise_of_its_own(world):
    """It stays withheld, and its margin is told to nobody."""
    query = world.seen()
    draft = world.draft(query, {("A",): 3, ("B",): 30}, cell_key=[5, 6], total=[3, 30], largest=[1, 1])
    draft = draft.marked([True, False], CellStatus.SUPPRESSED, "minimum_contributors")

    after = RULE.apply(draft, world.admission(query))
    assert after.status == draft.status
    assert values(after)[0] == 3


def test_a_sum_moves_by_what_a_person_adds(world):
    """A fifth of the largest part, or the average, whichever is more."""
    told = [values(blurred(world, [100], [key], sums=[1000]))[0] for key in range(60)]

    assert all((one - 1000) % 10 == 0 and abs(one - 1000) <= 80 for one in told)
    assert len(set(told)) > 5


@pytest.mark.parametrize("round_to", [1, 5, 10])
def test_rounding_comes_after_the_noise(world, round_to):
    rule = replace(RULE, round_to=round_to)

    told = [values(blurred(world, [403], [key], rule))[0] for key in range(50)]
    assert all(one % round_to == 0 and abs(one - 403) <= 8 + round_to // 2 for one in told)


def test_no_figure_reads_as_if_it_were_below_the_minimum(world):
    """Sixteen with noise may be fourteen, and is told as sixteen; the mean of many is a little high."""
    rule = replace(RULE, least=16)

    told = [values(blurred(world, [16], [key * 40_503 % 2**32], rule))[0] for key in range(200)]
    assert min(told) == 16
    assert max(told) > 18


def test_the_margin_holds_ninety_five_of_a_hundred(world):
    """Counted over a thousand keys; never below the promise."""
    drafts = [blurred(world, [500], [key * 40_503 % 2**32]) for key in range(1000)]

    within = sum(abs(values(one)[0] - 500) <= one.margins[0] for one in drafts)
    assert within >= 950
    assert drafts[0].margins[0] < 8


@pytest.mark.parametrize("wrong", [{"reach": 0}, {"reach": 51}, {"variance": 0}, {"variance": 2001}, {"round_to": 0}])
def test_parameters_out_of_range_are_refused(wrong):
    with pytest.raises(BadInput):
        CellKey(**wrong)
