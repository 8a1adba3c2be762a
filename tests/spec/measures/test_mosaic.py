"""What figures that are safe one by one reveal together: by hand, and against counting every possibility."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safeconduct.measures.mosaic import Fact, Facts, Laying, Tie, Within, mosaic, numbers
from safeconduct.model.errors import Cancelled

MINIMUM = 16
PROVINCE, NORTH, SOUTH, CAMP = range(4)
DISTRICTS = Tie(whole=PROVINCE, parts=(NORTH, SOUTH, CAMP))


def told(cell: int, value: int, source: str, *, reach: int = 0, sort: str = "") -> Fact:
    return Fact.told([cell], value, reach=reach, source=source, sort=sort)


def withheld(cell: int, source: str) -> Fact:
    return Fact(cells=(cell,), least=0, most=MINIMUM - 1, source=source)


def test_a_withheld_district_is_worked_out_from_its_province():
    """Neither table shows it; their difference does."""
    facts = (told(PROVINCE, 107, "provinces"), told(NORTH, 60, "districts"), told(SOUTH, 40, "districts"),
             withheld(CAMP, "districts"))  # fmt: skip
    found = mosaic(Facts(cells=4, ties=(DISTRICTS,), facts=facts, guarded=frozenset({CAMP})), minimum=MINIMUM)

    assert {name: one.revealed for name, one in found.alone.items()} == {"districts": 0, "provinces": 0}
    assert (found.after.worked_out, found.after.smallest, found.beyond) == (1, 1, 1)


def test_two_withheld_districts_hide_each_other_until_a_census_bounds_one():
    """Sixteen numbers stay possible of each, until somebody adds that not more than three people live in the camp."""
    facts = (told(PROVINCE, 75, "provinces"), told(NORTH, 60, "districts"), withheld(SOUTH, "districts"),
             withheld(CAMP, "districts"),
             Fact(cells=(CAMP,), least=0, most=3, source="census", sort="census at_most admin2"))  # fmt: skip
    found = mosaic(Facts(cells=4, ties=(DISTRICTS,), facts=facts, guarded=frozenset({SOUTH, CAMP})), minimum=MINIMUM)

    assert found.released.revealed == 0
    assert (found.after.revealed, found.after.smallest, found.beyond) == (2, 4, 1)
    (sort,) = found.sorts
    assert (sort.facts, sort.reveal, sort.most, sort.together) == (1, 1, 1, 1)


def test_what_a_candidate_adds_is_told_from_what_was_known_before():
    """The province is released already; the districts would give the camp away."""
    facts = (told(PROVINCE, 107, "provinces"), told(NORTH, 60, "new"), told(SOUTH, 40, "new"), withheld(CAMP, "new"))
    known = Facts(cells=4, ties=(DISTRICTS,), facts=facts, guarded=frozenset({CAMP}))
    found = mosaic(known, minimum=MINIMUM, candidate="new")

    assert (found.before.revealed, found.after.revealed, found.candidate) == (0, 1, 1)


def test_two_windows_show_who_was_seen_on_the_day_between():
    """People of a week less people of six days of it are those seen on the seventh alone."""
    week, six, only = range(3)
    ties = (Tie(whole=week, parts=(six, only)),)
    facts = (told(week, 203, "a"), told(six, 200, "b"))
    found = mosaic(Facts(cells=3, ties=ties, facts=facts, apart=frozenset({only})), minimum=MINIMUM)

    assert (found.after.worked_out, found.beyond) == (1, 1)


def test_a_large_difference_of_two_windows_is_no_secret():
    """What was never withheld and is of many people may be known."""
    facts = (told(0, 900, "a"), told(1, 200, "b"))
    known = Facts(cells=3, ties=(Tie(whole=0, parts=(1, 2)),), facts=facts, apart=frozenset({2}))

    assert mosaic(known, minimum=MINIMUM).after.revealed == 0


@pytest.mark.parametrize(("reach", "revealed"), [(0, 1), (3, 1), (4, 0), (8, 0)])
def test_noise_hides_it_once_it_reaches_far_enough(reach, revealed):
    """Three figures, each off by up to 3, leave 0 to 14 of 5; by 4, and enough numbers are left."""
    facts = (
        told(PROVINCE, 105, "p", reach=reach),
        told(NORTH, 60, "d", reach=reach),
        told(SOUTH, 40, "d", reach=reach),
    )
    known = Facts(cells=4, ties=(DISTRICTS,), facts=facts, guarded=frozenset({CAMP}))

    assert mosaic(known, minimum=MINIMUM).after.revealed == revealed


def test_people_seen_in_several_areas_are_no_sum():
    """A province has at least as many people as its largest district, and at most as many as all together."""
    facts = (told(PROVINCE, 100, "p"), told(NORTH, 60, "d"), told(SOUTH, 30, "d"))
    known = Facts(cells=4, ties=(Tie(whole=PROVINCE, parts=(NORTH, SOUTH, CAMP), adds_up=False),), facts=facts)
    box = Laying(known, minimum=MINIMUM).box(lambda _at, _one: True)

    assert (box.low[CAMP], box.high[CAMP]) == (10, 100)


def test_a_source_about_other_people_is_left_out_and_named():
    """It contradicts the others, so nothing can be concluded from it."""
    facts = (told(PROVINCE, 50, "p"), told(NORTH, 60, "elsewhere", sort="people admin2"))
    known = Facts(cells=4, ties=(DISTRICTS,), facts=facts, guarded=frozenset({CAMP}))
    found = mosaic(known, minimum=MINIMUM)

    assert found.contradicting == ("elsewhere",)
    assert found.sorts == ()


def test_it_can_be_stopped():
    """Between two programs."""
    cells = [(row, column) for row in range(4) for column in range(4)]
    ties = [Tie(whole=16 + row, parts=tuple(4 * row + c for c in range(4))) for row in range(4)]
    ties += [Tie(whole=20 + column, parts=tuple(4 * r + column for r in range(4))) for column in range(4)]
    facts = tuple(told(16 + at, 40, "margins") for at in range(8))
    known = Facts(cells=24, ties=tuple(ties), facts=facts, guarded=frozenset(range(len(cells))))

    with pytest.raises(Cancelled):
        mosaic(known, minimum=MINIMUM, stopped=lambda: True)


def test_nothing_told_reveals_nothing():
    """And an empty set of facts has an empty report."""
    found = mosaic(Facts(cells=0), minimum=MINIMUM)

    assert (found.after.guarded, found.after.share, found.alone) == (0, 0.0, {})


def test_no_figure_shows_in_a_repr():
    """Facts are figures of people."""
    assert repr(Facts(cells=1, facts=(told(0, 7, "a"),))) == "Facts()"


LARGEST = 4


@st.composite
def small(draw) -> Facts:
    """Up to five cells of at most four, tied and told in any way that some truth fits."""
    cells = draw(st.integers(2, 5))
    truth = draw(st.lists(st.integers(0, LARGEST), min_size=cells, max_size=cells))
    bound = tuple(Fact(cells=(at,), least=0, most=LARGEST, source="bound") for at in range(cells))
    facts = list(bound)
    for source in range(draw(st.integers(1, 4))):
        some = draw(st.sets(st.integers(0, cells - 1), min_size=1, max_size=cells))
        reach = draw(st.integers(0, 1))
        off = draw(st.integers(-reach, reach))
        value = sum(truth[at] for at in some) + off
        facts.append(
            Fact(cells=tuple(sorted(some)), least=max(0, value - reach), most=value + reach, source=str(source))
        )
    pairs = [(a, b) for a, b in product(range(cells), repeat=2) if a != b and truth[a] <= truth[b]]
    ties = [Within(part=a, whole=b) for a, b in (draw(st.lists(st.sampled_from(pairs), max_size=2)) if pairs else [])]
    return Facts(cells=cells, ties=tuple(ties), facts=tuple(facts), guarded=frozenset(range(cells)))


def possible(facts: Facts) -> list[set[int]]:
    """Every number each cell may be, found by trying all."""
    found: list[set[int]] = [set() for _ in range(facts.cells)]
    rows = [row for tie in facts.ties for row in tie.rows()]
    for try_ in product(range(LARGEST + 1), repeat=facts.cells):
        fits = all(one.least <= sum(try_[c] for c in one.cells) <= (one.most or 0) for one in facts.facts)
        fits = fits and all(low <= sum(sign * try_[cell] for cell, sign in parts) <= high for parts, low, high in rows)
        if fits:
            for cell, value in enumerate(try_):
                found[cell].add(value)
    return found


@settings(max_examples=150, deadline=None)
@given(small())
def test_what_stays_possible_is_what_counting_finds(facts):
    """Smallest and largest of every cell, whatever hangs together with what."""
    box = Laying(facts, minimum=LARGEST + 2).box(lambda _at, _one: True)
    truth = possible(facts)

    assert [(int(low), int(high)) for low, high in zip(box.low, box.high, strict=True)] == [
        (min(one), max(one)) for one in truth
    ]


@settings(max_examples=75, deadline=None)
@given(small(), st.integers(2, LARGEST))
def test_what_is_revealed_is_what_counting_finds(facts, minimum):
    """Stopping early never changes which cells are revealed."""
    laying = Laying(facts, minimum=minimum)
    box = laying.box(lambda _at, _one: True)
    left = np.array([max(one) - min(one) + 1 for one in possible(facts)])
    truth = left < minimum

    assert (laying.shown(box) == truth).all()
    assert (numbers(box)[truth] == left[truth]).all()


@settings(max_examples=50, deadline=None)
@given(small())
def test_more_facts_never_reveal_less(facts):
    """Everything together reveals whatever a source alone does."""
    found = mosaic(facts, minimum=3)

    assert all(one.revealed <= found.after.revealed for one in found.alone.values())
    assert found.beyond <= found.after.revealed
