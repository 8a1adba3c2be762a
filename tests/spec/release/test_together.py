"""Which told figures are looked at together."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from safeconduct.model.areas import AreaLevel
from safeconduct.model.days import Days
from safeconduct.model.geography import Area, Geography
from safeconduct.release.gate import decide
from safeconduct.release.policies import parse, shipped
from safeconduct.release.slices import Counting, slice_of
from safeconduct.release.together import (
    MOST_FIGURES,
    Figure,
    Lying,
    distinct,
    figures_of,
    groups,
    limits_of,
    looked_at_before,
)

PROVINCE, DISTRICT, COMMUNE = AreaLevel.PROVINCE, AreaLevel.DISTRICT, AreaLevel.COMMUNE
FIRST = date(2026, 1, 1)


def area(code: str, level: AreaLevel, parent: str = "") -> Area:
    return Area(code=code, name=code, level=level, parent=parent)


COUNTRY = Geography(
    "geo",
    {
        PROVINCE: (area("P", PROVINCE), area("Q", PROVINCE)),
        DISTRICT: (area("A", DISTRICT, "P"), area("B", DISTRICT, "P"), area("C", DISTRICT, "Q")),
        COMMUNE: (area("a", COMMUNE, "A"), area("b", COMMUNE, "B")),
    },
)


def figure(*names: str | None, level: AreaLevel = DISTRICT, first: int = 0, days: int = 1, **more) -> Figure:
    """A figure about a place, some days from the first of January."""
    own = [FIRST + timedelta(days=first + at) for at in range(days)]
    told = {"answer": f"{first} {days} {level}", "sd": 0.0, "fresh": False, **more}
    return Figure(cell=names, at=slice_of(Counting.SEEN, own), level=level, names=names, **told)


def together(*figures: Figure) -> set[frozenset[int]]:
    return {frozenset(one.figures) for one in groups(figures, COUNTRY)}


def test_an_area_is_looked_at_with_the_areas_in_it_and_not_with_others():
    """The province with its districts; the district of another province alone is with nothing."""
    province = figure("P", level=PROVINCE)

    assert together(province, figure("A"), figure("B"), figure("C")) == {frozenset({0, 1, 2})}


def test_the_next_smaller_areas_count_that_anything_is_told_of():
    """Communes lie in provinces where districts are not told."""
    assert together(figure("P", level=PROVINCE), figure("a", level=COMMUNE)) == {frozenset({0, 1})}
    assert together(figure("P", level=PROVINCE), figure("C"), figure("a", level=COMMUNE)) == set()


def test_windows_that_share_days_are_looked_at_together_and_others_are_not():
    """Through a third, too."""
    apart = [figure("A"), figure("A", first=2)]

    assert together(*apart) == set()
    assert together(*apart, figure("A", days=3)) == {frozenset({0, 1, 2})}


def test_a_movement_is_looked_at_with_what_is_told_of_either_end():
    """And an end nobody knows is no place."""
    moves = figure("A", "C")

    assert together(moves, figure("A")) == {frozenset({0, 1})}
    assert together(moves, figure("C")) == {frozenset({0, 1})}
    assert together(figure("A", None), figure("C")) == set()


def test_long_runs_are_cut_into_pieces_that_overlap_by_half():
    """Every figure is looked at, with those before and those after it."""
    run = [figure("A", first=at, days=2) for at in range(2 * MOST_FIGURES + 5)]
    pieces = [one.figures for one in groups(run, COUNTRY) if len(one.figures) > 2]

    assert max(map(len, pieces)) == MOST_FIGURES
    assert set().union(*pieces) == set(range(len(run)))
    assert all({at, at + 1} <= set().union(*(one for one in pieces if at in one)) for at in range(len(run) - 1))


def test_parts_of_an_area_are_named_level_by_level():
    """For what is left of it without them."""
    every = [figure("P", level=PROVINCE), figure("A"), figure("B")]
    (one,) = groups(every, COUNTRY)

    assert one.wholes == ((0, (1, 2)),)


def test_the_same_figure_told_again_counts_once_unless_its_noise_is_fresh():
    """The more exact one."""
    twice = [figure("A", sd=6.0, answer="1"), figure("A", sd=4.0, answer="2")]

    assert [one.sd for one in distinct(twice)] == [4.0]
    assert len(distinct(replace(one, fresh=True) for one in twice)) == 2


def test_areas_above_a_place_end_where_nobody_knows():
    """A district without a province."""
    assert Lying(COUNTRY).above((COMMUNE, "a")) == ((DISTRICT, "A"), (PROVINCE, "P"))
    assert Lying(COUNTRY).above((PROVINCE, "P")) == ()
    assert Lying(COUNTRY).above((DISTRICT, "elsewhere")) == ()


def released(world, **cells: int):
    """An answer about people seen on a day, told without noise."""
    query = world.seen(days=Days(FIRST, FIRST))
    draft = world.draft(query, {(code,): people for code, people in cells.items()})
    return decide(draft, world.admission(query), approvals=0, training=True, now=datetime(2026, 2, 1, 12, tzinfo=UTC))


def test_told_figures_of_a_release_are_taken_and_withheld_ones_are_not(world):
    """With the noise that its margins say: none here."""
    (found,) = figures_of(released(world, A=40, B=3), world.policy)

    assert (found.names, found.level, found.sd, found.fresh) == (("A",), DISTRICT, 0.0, False)
    assert found.at.days == (FIRST,)


@pytest.mark.parametrize(("name", "looks"), [("shared", True), ("operational", False), ("public", False)])
def test_the_level_for_partners_looks_before_files_leave(name, looks):
    """Others are looked at every night all the same."""
    assert looked_at_before(shipped()[name]) is looks


def test_the_strictest_minimum_of_all_levels_counts():
    """Sixteen without any; that of a level where it asks for more."""
    text = """
    name = "strict"
    version = 1
    title = "Strict"
    says = "For tests."
    does_not_resist = []
    reviewers = 0
    [[rule]]
    name = "minimum_contributors"
    minimum = 25
    [[rule]]
    name = "linear_span"
    minimum = 20
    tau = 5
    [[rule]]
    name = "presentation"
    """

    assert (limits_of([]).minimum, limits_of([]).tau) == (16, 3)
    assert (limits_of([shipped()["shared"], parse(text)]).minimum, limits_of([parse(text)]).tau) == (25, 5)
