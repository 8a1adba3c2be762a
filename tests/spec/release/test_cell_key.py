"""A little noise that is always the same for the same people."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeconduct.model.areas import EventType
from safeconduct.model.days import Days
from safeconduct.model.errors import BadInput, Unsafe
from safeconduct.model.outcomes import CellStatus
from safeconduct.query.kinds.modal_location import ModalLocation
from safeconduct.query.kinds.spatial_aggregate import SpatialAggregate
from safeconduct.release.rules.cell_key import CellKey

RULE = CellKey(reach=8, variance=300, asked=0)
SECRET = bytes(range(32))
KEYS = st.integers(0, 2**32 - 1)
PLACES = "ABCD"


def blurred(world, people, keys, rule=RULE, *, sums=None):
    """What the rule makes of cells with these people and keys."""
    query, count = world.seen(), len(people)
    cells = {(code,): number for code, number in zip(PLACES, people, strict=False)}
    draft = world.draft(query, cells, cell_key=keys[:count], total=sums or people, largest=[9] * count)
    admission = replace(world.admission(query), sticky=SECRET)
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

    after = RULE.apply(draft, replace(world.admission(query), sticky=SECRET))
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


BOTH = replace(RULE, asked=1600, reach=16)
TWO_DAYS = Days(date(2026, 1, 5), date(2026, 1, 6))


def told_of(world, query, cells, key=77, partitions=None):
    """What both parts make of cells that all have the same people."""
    many = [key] * len(cells)
    draft = world.draft(query, cells, cell_key=many, total=list(cells.values()), largest=[1] * len(cells))
    if partitions is not None:
        draft = replace(draft, provenance=replace(draft.provenance, partitions=partitions))
    after = BOTH.apply(draft, replace(world.admission(query), sticky=SECRET))
    return dict(zip(cells, values(after), strict=True))


def test_equal_people_asked_for_otherwise_do_not_have_equal_figures(world):
    """Else equal figures would say that nobody came or went between two windows."""
    windows = [ModalLocation(days=(Days(TWO_DAYS.first, TWO_DAYS.first + timedelta(days=more)),)) for more in range(8)]

    told = {told_of(world, SpatialAggregate(locations=one), {("A",): 400})["A",] for one in windows}
    assert len(told) > 4


def test_a_day_asked_for_beside_others_has_the_figure_it_has_alone(world):
    """Else asking for longer and longer runs of days would average the noise of one of them away."""
    alone = told_of(world, world.daily(Days.one(TWO_DAYS.first)), {(TWO_DAYS.first, "A"): 400})
    beside = told_of(world, world.daily(TWO_DAYS), {(day, "A"): 400 for day in TWO_DAYS})

    assert beside[TWO_DAYS.first, "A"] == alone[TWO_DAYS.first, "A"]
    assert beside[TWO_DAYS.first, "A"] != beside[TWO_DAYS.last, "A"]


def test_the_mode_of_one_day_is_that_days_place(world):
    """The same question in other words has the same noise."""
    day = Days.one(TWO_DAYS.first)
    daily = told_of(world, world.daily(day), {(day.first, "A"): 400})
    modal = told_of(world, SpatialAggregate(locations=ModalLocation(days=(day,))), {("A",): 400})

    assert modal["A",] == daily[day.first, "A"]


def test_new_versions_and_types_without_records_change_nothing(world):
    """Late rows of others, and a name more in the list of types, leave the figure where it is."""
    query = world.seen(days=TWO_DAYS)
    calls = {f"calls/{day}": "v1" for day in TWO_DAYS}

    first = told_of(world, query, {("A",): 400}, partitions=calls)
    other = replace(query, events=frozenset({EventType.CALLS}))
    assert told_of(world, query, {("A",): 400}, partitions=dict.fromkeys(calls, "v2")) == first
    assert told_of(world, other, {("A",): 400}, partitions=calls) == first


def test_nobody_works_the_noise_out_without_the_secret(world):
    """Another site's secret, another figure; none at all, no figure."""
    query = world.seen()
    draft = world.draft(query, {("A",): 400}, cell_key=[7], total=[400], largest=[1])

    told = {values(BOTH.apply(draft, replace(world.admission(query), sticky=bytes([at]) * 32)))[0] for at in range(20)}
    assert len(told) > 5
    with pytest.raises(Unsafe):
        BOTH.apply(draft, world.admission(query))


@pytest.mark.parametrize("wrong", [
    {"reach": 0}, {"reach": 51}, {"variance": 0}, {"variance": 10_001}, {"reach": 5, "variance": 2500}, {"asked": -1},
    {"round_to": 0}, {"least": -1},
])  # fmt: skip
def test_parameters_out_of_range_are_refused(wrong):
    with pytest.raises(BadInput):
        CellKey(**wrong)
