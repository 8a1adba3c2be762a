"""The cell-key table: what noise it may give, how often, and to whom the same."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy import stats

from safeconduct.model.errors import BadInput
from safeconduct.protect.perturbation import PARTS, PerturbationTable, mixed, table
from safeconduct.protect.stream import PRIME, Stream, record_keys

SECRET = bytes(range(32))
UNLUCKY = 1e-4
"""Secrets are fixed, so that a test passes always or never; a right table would fail one of ten thousand secrets."""


@some.composite
def tables(draw) -> PerturbationTable:
    """Any table that reaches no further than 8."""
    reach = draw(some.integers(1, 8))
    variance = draw(some.integers(1, 1000 * reach**2 - 1) | some.integers(1, min(5000, 1000 * reach**2 - 1)))
    return table(reach, variance, draw(some.integers(0, reach - 1)))


def shares(made, count):
    """Chances of a row by noise, those that are not 0."""
    return {noise: part for noise, part in enumerate(made.rows[count], -made.reach) if part}


def keys_of(cells, purpose="cells"):
    """Evenly spread cell keys."""
    return (Stream(SECRET, purpose).words(cells) >> np.uint64(32)).astype(np.int64)


some_tables = settings(max_examples=40, deadline=None)


@some_tables
@given(tables())
def test_the_chances_of_every_count_sum_to_one(made):
    """In whole numbers, none of them negative."""
    assert [(sum(row), min(row) >= 0) for row in made.rows] == [(PARTS, True)] * len(made.rows)


@some_tables
@given(tables())
def test_noise_is_nothing_on_average_whatever_the_count(made):
    """Exactly, not only to 2⁻³²: totals of many cells stay true."""
    assert [sum(noise * part for noise, part in shares(made, n).items()) for n in range(made.last + 1)] == [0] * (
        made.last + 1
    )


@some_tables
@given(tables())
def test_no_count_becomes_one_that_may_not_be_told(made):
    """Nothing below 0, nothing from 1 to `smallest`."""
    outcomes = {n + noise for n in range(made.last + 1) for noise in shares(made, n)}

    assert not [one for one in outcomes if one < 0 or 1 <= one <= made.smallest]


@some_tables
@given(tables())
def test_the_variance_is_the_one_asked_for_or_the_nearest_there_is(made):
    """At least n · (smallest + 1 − n) where n may not stay, at most n · reach where n can only lose n."""
    for n in range(1, made.last + 1):
        lose = max(one for one in range(min(n, made.reach) + 1) if n == one or n - one > made.smallest)
        least = n * (made.smallest + 1 - n) if n <= made.smallest else 0
        wanted = min(max(Fraction(made.variance_milli, 1000), least), lose * made.reach)

        assert abs(made.variance(n) - wanted) < Fraction(1, 100_000)


@some_tables
@given(tables())
def test_zero_stays_zero(made):
    """Whatever the key: nobody is invented."""
    assert not made.noise(np.zeros(100, dtype=np.int64), keys_of(100)).any()


@some_tables
@given(tables())
def test_large_counts_have_symmetric_noise_with_one_row_for_all(made):
    """From the last row on, up is like down, but for what rounding to 2⁻³² left."""
    last = np.array(made.rows[-1])
    noise = made.noise(np.repeat([made.last, made.last + 1, 10**12], 200), np.tile(keys_of(200), 3)).reshape(3, 200)

    assert np.abs(last - last[::-1]).max() < 1000
    assert (noise == noise[0]).all()


@settings(max_examples=30, deadline=None)
@given(tables())
def test_there_is_no_flatter_table(made):
    """Of maximum entropy: logarithms of chances are a parabola wherever they are not rounded away."""
    for n in range(1, made.last + 1):
        found = {noise: part for noise, part in shares(made, n).items() if part > 2**22}
        if len(found) > 3:
            places = np.array(list(found), dtype=float)
            logs = np.log(np.array(list(found.values()), dtype=float))
            fitted = np.polyval(np.polyfit(places, logs, 2), places)

            assert np.abs(logs - fitted).max() < 1e-3


def test_a_row_as_one_works_it_out_by_hand():
    """Counts up to 1 cannot be told: 1 becomes 0 or 2 with variance 1 at least, so half and half with reach 2.

    With reach 2 and variance 1, counts of 4 and more have chances a, b, c, b, a with 2a + 2b + c = 1, 8a + 2b = 1 and
    maximum entropy where b⁴ = a · c³.
    """
    made = table(reach=2, variance_milli=1000, smallest=1)
    a, b, c, _, _ = (part / PARTS for part in made.rows[-1])

    assert shares(made, 1) == {-1: PARTS // 2, 1: PARTS // 2}
    assert 8 * a + 2 * b == pytest.approx(1, abs=1e-8)
    assert b**4 == pytest.approx(a * c**3, rel=1e-6)


def test_the_table_never_changes():
    """Written out: a table that changed with a machine or a library would let sticky noise be averaged away."""
    assert table(reach=3, variance_milli=2000, smallest=1).rows == (
        (0, 0, 0, 4294967296, 0, 0, 0),
        (0, 0, 2743154813, 0, 720940306, 470402024, 360470153),
        (0, 1150180121, 0, 1555802632, 1010660080, 445273227, 133051236),
        (363851073, 0, 1185147695, 1237809877, 897787289, 452200461, 158170901),
        (0, 720026742, 1002098424, 1047895409, 823324993, 486038269, 215583459),
        (160452285, 480640368, 928335257, 1156111476, 928335257, 480640368, 160452285),
    )


@pytest.mark.parametrize("count", [1, 2, 5, 8, 50])
def test_noise_comes_as_often_as_the_table_says(count):
    """χ² of 200,000 cells with evenly spread keys."""
    made = table(reach=5, variance_milli=3000, smallest=2)
    noise = made.noise(np.full(200_000, count), keys_of(200_000))
    row = np.array(made.rows[min(count, made.last)])
    seen = np.bincount(noise + made.reach, minlength=len(row))

    assert not seen[row == 0].any()
    assert stats.chisquare(seen[row > 0], row[row > 0] / PARTS * len(noise)).pvalue > UNLUCKY


def test_sums_of_record_keys_are_as_good_as_keys():
    """χ² of 50,000 cells of twenty people each, by the keys people have."""
    made = table(reach=5, variance_milli=3000, smallest=2)
    sums = record_keys(SECRET).of(np.arange(1_000_000)).reshape(-1, 20).sum(axis=1) % PRIME
    cells = sums * PARTS // PRIME
    row = np.array(made.rows[-1]) / PARTS
    seen = np.bincount(made.noise(np.full(len(cells), 20), cells) + made.reach, minlength=len(row))

    assert stats.chisquare(seen, row * len(cells)).pvalue > UNLUCKY


def test_the_same_people_have_the_same_noise():
    """In whatever order cells stand, and one by one."""
    made, counts, keys = table(5, 3000, 2), np.arange(0, 400), keys_of(400)
    one_by_one = [int(made.noise(counts[at : at + 1], keys[at : at + 1])[0]) for at in range(400)]

    assert made.noise(counts, keys).tolist() == one_by_one
    assert made.noise(counts[::-1], keys[::-1]).tolist() == one_by_one[::-1]


@pytest.mark.parametrize("step", [1, 2, 255, 2**16, 2**31], ids=str)
def test_cells_that_differ_by_a_small_key_have_unrelated_noise(step):
    """Correlation of 100,000 pairs within four standard errors of none."""
    made, counts, keys = table(5, 3000, 2), np.full(100_000, 40), keys_of(100_000)
    noise, other = made.noise(counts, keys), made.noise(counts, (keys + step) % PARTS)

    assert abs(np.corrcoef(noise, other)[0, 1]) < 4 / 100_000**0.5


def test_mixing_loses_no_key():
    """Undone step by step, a million keys come back: it is a permutation."""
    keys = keys_of(1_000_000)

    assert np.array_equal(unmixed(mixed(keys)), keys)


def unmixed(value):
    """`mixed` the other way round."""
    value = value.astype(np.int64)
    for shift, multiplier in ((15, 0x3C6EF373), (16, 0xBB67AE85), (15, 0x6A09E667)):
        value = value ^ (value >> shift) ^ (value >> 2 * shift)
        value = value * pow(multiplier, -1, PARTS) & PARTS - 1
    return value ^ (value >> 16)


def test_every_bit_of_a_key_turns_every_bit_half_the_time():
    """32 × 32 bits over 50,000 keys, within five standard errors of a half."""
    keys = keys_of(50_000)
    flipped = [mixed(keys) ^ mixed(keys ^ (1 << bit)) for bit in range(32)]
    shares = np.array([[(one >> np.uint32(bit) & np.uint32(1)).mean() for bit in range(32)] for one in flipped])

    assert np.abs(shares - 0.5).max() < 0.5 * 5 / 50_000**0.5 + 0.004


@some_tables
@given(tables(), some.integers(1, 100), some.integers(1, 20))
def test_a_margin_holds_as_often_as_it_says_and_no_smaller_one_does(made, percent, at_least):
    """For every count from the smallest told on."""
    counts = range(min(at_least, made.last), made.last + 1)
    half = made.quantile(percent, at_least=at_least)

    def held(width):
        within = [sum(part for noise, part in shares(made, n).items() if abs(noise) <= width) for n in counts]
        return min(within) * 100 >= percent * PARTS

    assert held(half)
    assert half == 0 or not held(half - 1)


def test_small_counts_need_a_wider_margin():
    """Of three to five people nine in ten are within 3; of one it may be 4."""
    made = table(5, 3000, 2)

    assert (made.quantile(90), made.quantile(90, at_least=made.last)) == (4, 3)


@pytest.mark.parametrize(
    ("reach", "variance_milli", "smallest"),
    [(3, 1000, 3), (0, 1000, 0), (51, 1000, 2), (5, 0, 2), (5, 25_000, 2), (5, -1, 2), (5, 1000, -1)],
)
def test_a_table_that_cannot_be_is_not_made(reach, variance_milli, smallest):
    """Reach at most 50 and beyond `smallest`, variance above 0 and below the square of reach."""
    with pytest.raises(BadInput):
        table(reach, variance_milli, smallest)


@pytest.mark.parametrize(("count", "key"), [(-1, 5), (5, -1), (5, 2**32)])
def test_counts_and_keys_out_of_range_are_refused(count, key):
    """A sum of keys that was not brought below 2³² would otherwise fall into another count's row."""
    with pytest.raises(BadInput):
        table(5, 3000, 2).noise(np.array([count]), np.array([key]))


def test_no_cells_have_no_noise():
    """Empty in, empty out."""
    nothing = np.array([], dtype=np.int64)

    assert table(5, 3000, 2).noise(nothing, nothing).tolist() == []
