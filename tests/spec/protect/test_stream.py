"""Random words: from a secret always the same, without it unpredictable."""

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy import stats

from safeconduct.model.errors import BadInput, Unsafe
from safeconduct.protect.stream import PRIME, Stream, fresh, record_keys

SECRET = bytes(range(32))
UNLUCKY = 1e-4
"""Secrets are fixed, so that a test passes always or never; a fair stream would fail one of ten thousand secrets."""


def test_the_words_are_those_of_shake_256_over_secret_purpose_and_block():
    """Written out: whoever changes this changes every sticky answer ever given."""
    said = b"safeconduct stream 1\n" + (32).to_bytes(8, "little") + SECRET + (5).to_bytes(8, "little") + b"noise"
    blocks = [hashlib.shake_256(said + number.to_bytes(8, "little")).digest(4096) for number in (0, 1)]
    wanted = [int.from_bytes(block[at : at + 8], "little") for block in blocks for at in range(0, 4096, 8)]

    assert Stream(SECRET, "noise").words(1024).tolist() == wanted


@given(some.lists(some.integers(0, 1500), max_size=6))
def test_how_many_words_are_asked_for_at_a_time_makes_no_difference(counts):
    """Also across blocks, and for none."""
    stream = Stream(SECRET, "noise")
    found = [word for count in counts for word in stream.words(count).tolist()]

    assert found == Stream(SECRET, "noise").words(sum(counts)).tolist()


@pytest.mark.parametrize(
    ("secret", "purpose"),
    [
        (SECRET[::-1], "noise"),
        (SECRET, "noise "),
        (SECRET[:-1], "\x1fnoise"),
        (SECRET + b"n", "oise"),
        (SECRET + bytes(8), "noise"),
    ],
    ids=["another secret", "another purpose", "a byte moved down", "a byte moved up", "a longer secret"],
)
def test_another_secret_or_purpose_gives_other_words(secret, purpose):
    """Secret and purpose stand behind their lengths, so that moving a byte from one to the other is a change."""
    assert not set(Stream(secret, purpose).words(600).tolist()) & set(Stream(SECRET, "noise").words(600).tolist())


def test_each_byte_is_as_frequent_as_any_other():
    """χ² over 256 values of 800,000 bytes."""
    seen = np.bincount(Stream(SECRET, "bytes").words(100_000).view(np.uint8), minlength=256)

    assert stats.chisquare(seen).pvalue > UNLUCKY


def test_words_from_the_system_come_once():
    """Two sources, and two calls of one, have nothing in common."""
    source = fresh()
    found = [*source.words(500).tolist(), *source.words(500).tolist(), *fresh().words(500).tolist()]

    assert len(set(found)) == 1500


def test_a_secret_one_could_guess_is_not_taken():
    """Fifteen bytes are too few, sixteen are enough."""
    with pytest.raises(Unsafe):
        Stream(bytes(15), "noise")
    assert len(Stream(bytes(16), "noise").words(1)) == 1


@pytest.mark.parametrize("ask", [Stream(SECRET, "x").words, fresh().words])
def test_fewer_than_no_words_are_a_mistake(ask):
    """Not an empty answer."""
    with pytest.raises(BadInput):
        ask(-1)


def test_a_stream_shows_what_it_is_for_and_not_its_secret():
    """In a log line it tells nothing."""
    assert repr(Stream(SECRET, "noise")) == "Stream('noise')"


@given(some.lists(some.integers(0, 2**31 - 2), min_size=1, max_size=50))
def test_a_record_key_is_the_polynomial_at_the_persons_code(people):
    """In whole numbers of any size, one after the other: nothing overflows, and others change nobody's key."""
    a, b, c, d = record_keys(SECRET).coefficients

    assert record_keys(SECRET).of(np.array(people)).tolist() == [
        (a * x**3 + b * x**2 + c * x + d) % PRIME for x in people
    ]


def test_record_keys_are_evenly_spread():
    """χ² over 1,024 equal ranges of 200,000 keys."""
    seen = np.bincount(record_keys(SECRET).of(np.arange(200_000)) >> 21, minlength=1024)

    assert stats.chisquare(seen).pvalue > UNLUCKY


def test_record_keys_of_two_data_sets_have_nothing_to_do_with_each_other():
    """Two secrets: at most a chance match in ten thousand people."""
    ours, theirs = (record_keys(secret).of(np.arange(10_000)) for secret in (SECRET, SECRET[::-1]))

    assert int((ours == theirs).sum()) <= 1


def test_cells_with_other_people_have_other_sums():
    """Twenty thousand sets of twenty among three thousand people: about as many equal sums as chance gives."""
    keys, rng = record_keys(SECRET).of(np.arange(3000)), np.random.default_rng(7)
    sums = np.array([keys[rng.choice(3000, 20, replace=False)].sum() % PRIME for _ in range(20_000)])
    pairs = len(sums) * (len(sums) - 1) / 2

    assert len(sums) - len(np.unique(sums)) <= pairs / PRIME + 3


def test_record_keys_show_nothing_of_themselves():
    """In a log line they tell nothing."""
    assert repr(record_keys(SECRET)) == "RecordKeys()"
