"""Few people that figures with different noise show together."""

import numpy as np
import pytest

from safeconduct.protect.leverage import Limits, Shown, marks_of, shown_together
from safeconduct.protect.spans import Span, classes

FEW = Limits(minimum=16, tau=3)


def people(*codes: int | range) -> np.ndarray:
    """Codes of people."""
    return np.array([one for code in codes for one in (code if isinstance(code, range) else (code,))], dtype=np.int32)


def told(figures, sds=None, wholes=()) -> list[Shown]:
    return shown_together(figures, sds or [0.0] * len(figures), FEW, secret=7, wholes=wholes)


def named(found: list[Shown]) -> list[tuple[str, dict[int, str]]]:
    """How groups are shown, and by which figures."""
    return sorted(
        (one.sort.value, {at: "-" if away else "+" for at, away in zip(one.figures, one.taken_away, strict=True)})
        for one in found
    )


@pytest.mark.parametrize(("few", "shown"), [(15, 1), (16, 0), (17, 0)])
def test_three_figures_that_no_pair_of_reveals_show_few(few, shown):
    """A or B, B or C, A or C: at the minimum and on both sides."""
    a, b, c = range(40), range(40, 40 + few), range(100, 160)
    figures = [people(a, b), people(b, c), people(a, c)]

    assert len(told(figures)) == shown
    assert all(told(two) == [] for two in (figures[:2], figures[1:], figures[::2]))


def test_what_is_left_of_a_figure_that_holds_another_is_found_though_others_part_it():
    """Five people, each in another figure too: no class of theirs is told alone, and all five are."""
    whole, part = people(range(45)), people(range(40))
    others = [people(40 + at, range(60 + 40 * at, 90 + 40 * at)) for at in range(4)]

    assert named(told([whole, part, *others])) == [("difference", {0: "+", 1: "-"})]


def test_the_rest_of_an_area_is_found_though_others_part_it():
    """An area less its three told parts."""
    figures = [people(range(100)), people(range(30)), people(range(30, 60)), people(range(60, 95))]
    others = [people(95 + at, range(200 + 40 * at, 230 + 40 * at)) for at in range(4)]

    assert told([*figures, *others]) == []
    assert named(told([*figures, *others], wholes=[(0, (1, 2, 3))])) == [("rest", {0: "+", 1: "-", 2: "-", 3: "-"})]


def test_nothing_is_left_where_parts_overlap():
    """People seen in two parts would be taken away twice; the difference tells of nobody."""
    figures = [people(range(100)), people(range(70)), people(range(50, 95))]

    assert told(figures, wholes=[(0, (1, 2))]) == []


@pytest.mark.parametrize(("sd", "shown"), [(2.1, 1), (2.2, 0)])
def test_noise_of_each_figure_counts(sd, shown):
    """Of a difference of two figures the variances add up: 2.1 and 2.1 make 2.97, below 3; 2.2 make 3.1."""
    figures = [people(range(40)), people(range(36))]

    assert len(told(figures, [sd, sd])) == shown
    assert len(told(figures, [sd, 40.0])) == 0


def test_ways_to_work_it_out_are_averaged_by_how_exact_each_is():
    """Ten differences with the same rest, each within 8.5: together within 2.7."""
    rest = range(5)
    figures = [people(rest, range(100 * at, 100 * at + 40)) for at in range(1, 11)]
    figures += [people(range(100 * at, 100 * at + 40)) for at in range(1, 11)]

    assert told(figures[:9] + figures[10:19], [6.0] * 18) != []
    assert told(figures[:7] + figures[10:17], [6.0] * 14) == []


@pytest.mark.parametrize("seed", range(30))
def test_classes_and_pairs_are_those_of_the_span(seed):
    """Two ways to find them, one of them in whole numbers; figures are made up."""
    rng = np.random.default_rng(seed)
    figures = [np.flatnonzero(rng.random(50) < rng.random()).astype(np.int32) for _ in range(6)]
    figures = list({one.tobytes(): one for one in (*figures, np.union1d(*figures[:2])) if len(one)}.values())
    sd = float(rng.choice([0.1, 1.0, 2.0, 3.0]))
    parted = classes([one.astype(np.int64) for one in figures], people=50)
    expected = Span(len(parted.people)).with_rows(parted.rows).shown(parted.people, 16, sigma=sd, tau=3.0)

    found = [one for one in told(figures, [sd] * len(figures)) if one.sort in {"class", "pair"}]
    assert len(found) == len(expected)


def test_the_same_people_have_the_same_mark_however_they_are_shown():
    """In any figures; other people, another."""
    first = told([people(range(40)), people(range(36))])
    second = told([people(range(36, 100)), people(range(40, 100))])
    third = told([people(range(40)), people(range(1, 37))])

    assert [one.mark for one in first] == [one.mark for one in second]
    assert {one.mark for one in third}.isdisjoint(one.mark for one in first)
    assert len(set(marks_of(people(range(5_000)), 7).tolist())) == 5_000


def test_nothing_told_shows_nothing():
    """Empty in, empty out."""
    assert told([]) == []
    assert named(told([people(range(5))])) == [("class", {0: "+"})]
    assert repr(told([people(range(5))])[0]) == "Shown()"
