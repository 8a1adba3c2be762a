"""What figures show together, judged by exact linear algebra on small cases."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from safeconduct.model.errors import BadInput
from safeconduct.protect import spans
from safeconduct.protect.spans import Span, classes

SIZE = 7
some_examples = settings(max_examples=80, deadline=None)
ROWS = some.lists(some.sets(some.integers(0, SIZE - 1), min_size=1).map(sorted), max_size=9)


def exact_rank(rows):
    """Rank over the rational numbers, by elimination with fractions."""
    rows, rank = [[Fraction(one) for one in row] for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((at for at in range(rank, len(rows)) if rows[at][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        for at in range(rank + 1, len(rows)):
            by = rows[at][column] / rows[rank][column]
            rows[at] = [one - by * other for one, other in zip(rows[at], rows[rank], strict=True)]
        rank += 1
    return rank


def dense(row, size=SIZE):
    return [int(at in row) for at in range(size)]


def exactly_told(rows, size=SIZE):
    """Classes that can be worked out: their unit row adds nothing to the rank."""
    known = [dense(row, size) for row in rows]
    rank = exact_rank(known)
    return [rank > 0 and exact_rank([*known, dense([at], size)]) == rank for at in range(size)]


def spanned(rows, size=SIZE):
    return Span(size).with_rows(rows)


def test_three_overlapping_figures_that_no_pair_reveals():
    """A or B, B or C, A or C: no difference of two is a class, and all three are shown."""
    rows = [[0, 1], [1, 2], [0, 2]]
    sizes = [40, 3, 60]

    assert [spanned(rows[:at], 3).disclosed(sizes, 16) for at in range(4)] == [(), (), (), (1,)]


def test_four_figures_that_no_three_reveal():
    """A cycle of five is shown when it closes; one of four never is."""
    five = [[at, at + 1] for at in range(4)] + [[0, 4]]
    four = [[at, at + 1] for at in range(3)] + [[0, 3]]

    assert not spanned(five[:4], 5).told().any()
    assert spanned(five, 5).told().all()
    assert not spanned(four, 4).told().any()


@pytest.mark.parametrize(("people", "shown"), [(15, (0,)), (16, ()), (17, ())])
def test_a_class_of_the_minimum_may_be_shown(people, shown):
    """At the threshold and on both sides."""
    assert spanned([[0]], 2).disclosed([people, 3], 16) == shown


@some_examples
@given(rows=ROWS)
def test_what_is_told_is_what_exact_algebra_says(rows):
    """Every class, every set of figures."""
    assert spanned(rows).told().tolist() == exactly_told(rows)


@some_examples
@given(rows=ROWS)
def test_the_check_in_whole_numbers_says_what_fractions_say(rows):
    """For every class, not only for doubtful ones."""
    assert spanned(rows)._exactly(np.arange(SIZE)).tolist() == exactly_told(rows)


@some_examples
@given(rows=ROWS)
def test_the_rank_is_the_exact_rank_and_a_row_says_whether_it_added_to_it(rows):
    """Row by row."""
    span, added = Span(SIZE), 0
    for at, row in enumerate(rows):
        added += span.add(row)
        assert span.rank == added == exact_rank([dense(one) for one in rows[: at + 1]])


@some_examples
@given(rows=ROWS)
def test_leverage_is_the_share_of_a_class_in_the_span(rows):
    """Between 0 and 1; all together are the rank."""
    span = spanned(rows)

    assert ((span.leverage >= 0) & (span.leverage <= 1)).all()
    assert span.leverage.sum() == pytest.approx(span.rank)


@some_examples
@given(rows=ROWS, sigma=some.sampled_from([0.0, 1.0, 2.5]))
def test_the_weakest_standard_deviation_is_that_of_the_pseudo_inverse(rows, sigma):
    """The square root of the diagonal of the inverse of AᵀA, by numpy; infinite where a class is not told."""
    unique = sorted({tuple(row) for row in rows})
    table = np.array([dense(row) for row in unique]).reshape(-1, SIZE)
    inverse = np.linalg.pinv(table.T @ table)
    want = [sigma * inverse[at, at] ** 0.5 if yes else np.inf for at, yes in enumerate(exactly_told(rows))]

    assert spanned(rows).weakest(sigma).tolist() == pytest.approx(want, abs=1e-6)


@some_examples
@given(rows=ROWS, data=some.data())
def test_the_order_of_figures_changes_nothing(rows, data):
    """What is told together is told together."""
    other = data.draw(some.permutations(rows))

    assert spanned(rows).told().tolist() == spanned(other).told().tolist()


def test_the_same_people_again_add_nothing():
    """They have the same noise, so that asking again averages nothing out."""
    span = spanned([[0], [0], [0]], 1)

    assert len(span) == 1
    assert span.weakest(2.0).tolist() == [2.0]


def test_many_ways_to_work_a_class_out_make_it_surer():
    """Twice the class and an independent sum of the rest."""
    once, often = spanned([[0]], 3), spanned([[0], [0, 1], [1], [0, 2], [2]], 3)

    assert often.weakest(1.0)[0] < once.weakest(1.0)[0]


@some_examples
@given(rows=ROWS)
def test_pairs_that_are_told_together_are_what_exact_algebra_says(rows):
    """Neither alone, and their sum."""
    alone, known = exactly_told(rows), [dense(row) for row in rows]
    pairs = {
        (first, second)
        for first in range(SIZE)
        for second in range(first + 1, SIZE)
        if not alone[first] and not alone[second]
        if rows and exact_rank([*known, dense([first, second])]) == exact_rank(known)
    }

    assert spanned(rows).shown([1] * SIZE, 16) == pairs | {(at,) for at, yes in enumerate(alone) if yes}


@pytest.mark.parametrize(("people", "shown"), [((7, 8), {(0, 1)}), ((8, 8), set()), ((8, 9), set())])
def test_a_pair_of_the_minimum_may_be_shown(people, shown):
    """At the threshold and on both sides."""
    assert spanned([[0, 1]], 2).shown(people, 16) == shown


@pytest.mark.parametrize(("sigma", "shown"), [(2.9, {(0, 1)}), (3.0, set()), (3.1, set())])
def test_a_pair_is_hidden_by_noise_as_a_class_is(sigma, shown):
    """One figure tells it, with the noise of one figure."""
    assert spanned([[0, 1]], 2).shown([3, 3], 16, sigma=sigma, tau=3) == shown


def test_what_would_be_told_is_looked_at_without_telling_it():
    """The first span stays as it is."""
    before = spanned([[0, 1]], 2)
    after = before.with_rows([[1]])

    assert (before.rank, len(before), after.told().tolist()) == (1, 1, [True, True])
    assert not before.told().any()


def test_a_doubtful_class_is_decided_in_whole_numbers(monkeypatch):
    """Growing chains bring a class within a ten-thousandth of the span without putting it there."""
    rows, size = growing(11)
    span = spanned(rows, size)
    outside = 1 - span.leverage[0]
    asked = []
    monkeypatch.setattr(spans, "_in_span", counting(asked, spans._in_span))

    assert spans.SURE < outside < spans.DOUBT
    assert not span.told()[0]
    assert asked


def growing(steps):
    """Figures that leave one way to change people unseen: class 0 by one, others by ever more, like rabbits."""
    rows, first, second = [[0, 1]], 0, 1
    for copy in range(2, 2 + 2 * steps, 2):
        rows += [[second, copy], [first, copy, copy + 1]]
        first, second = copy, copy + 1
    return rows, 2 + 2 * steps


def counting(asked, really):
    def counted(*how):
        asked.append(len(how))
        return really(*how)

    return counted


@pytest.mark.parametrize("row", [[1, 0], [0, 0], [-1], [3], [0, 3]])
def test_a_row_that_is_none_is_refused(row):
    """Its classes rise and are there."""
    with pytest.raises(BadInput, match="classes"):
        Span(3).add(row)


def test_nothing_told_tells_nothing():
    """No classes, no rows, and an empty figure."""
    assert Span(0).disclosed([], 16) == ()
    assert Span(2).weakest(1.0).tolist() == [np.inf, np.inf]
    assert not Span(2).add([])


CELLS = some.lists(some.sets(some.integers(0, 11)).map(sorted), max_size=6)


@some_examples
@given(cells=CELLS)
def test_classes_are_people_whom_all_figures_count_alike(cells):
    """Against the obvious way: a class a set of figures."""
    alike = {}
    for person in range(12):
        alike.setdefault(tuple(person in cell for cell in cells), []).append(person)
    told = classes([np.array(cell, dtype=np.int64) for cell in cells], people=12)

    assert sorted(told.people.tolist()) == sorted(len(who) for seen, who in alike.items() if any(seen))
    assert [int(told.people[row].sum()) for row in told.rows] == [len(cell) for cell in cells]


@some_examples
@given(cells=CELLS)
def test_figures_share_as_many_people_as_the_classes_they_share_have(cells):
    """Every pair."""
    told = classes([np.array(cell, dtype=np.int64) for cell in cells], people=12)

    for first, mine in zip(told.rows, cells, strict=True):
        for second, theirs in zip(told.rows, cells, strict=True):
            assert told.people[np.intersect1d(first, second)].sum() == len({*mine} & {*theirs})


def test_classes_never_show_by_accident():
    """Their sizes are counts of people."""
    assert "417" not in repr(classes([np.arange(417)], people=500))
