"""Several editions of records about the same people: found in all of them at once, and in each alone."""

import numpy as np
import pyarrow as pa
import pytest

from safeconduct.measures.mosaic_linkage import EditionRows, linkage_gain
from safeconduct.model.table import Table

PEOPLE = 400
RNG = np.random.default_rng(5)
AGE, REGION, INCOME = (
    RNG.integers(0, 60, PEOPLE),
    RNG.choice(list("abcdefgh"), PEOPLE, p=[0.3, 0.2, 0.15, 0.1, 0.1, 0.07, 0.05, 0.03]),
    RNG.permutation(PEOPLE) * 10,
)
KNOWN = Table.of({"age": AGE, "region": REGION})
CODES = np.arange(PEOPLE)


def edition(name: str, columns: dict[str, object], *, keep: int = PEOPLE, seed: int = 1) -> EditionRows:
    """Rows in an order of their own."""
    order = np.random.default_rng(seed).permutation(keep)
    return EditionRows(name, Table(pa.table({key: pa.array(np.asarray(one)[order]) for key, one in columns.items()})),
                       CODES[order])  # fmt: skip


def gain(*editions: EditionRows, **how):
    return linkage_gain(KNOWN, CODES, editions, columns=("age", "region"), rng=np.random.default_rng(9), **how)


WITH_AGE = edition("1", {"age": AGE, "income": INCOME}, seed=1)
WITH_REGION = edition("2", {"region": REGION, "income": INCOME}, seed=2)


def test_two_editions_are_linked_by_what_both_tell():
    """One tells the age, one the region, both the income: together they tell age and region of everybody."""
    found = gain(WITH_AGE, WITH_REGION)

    assert found.best < 0.25
    assert found.together > 2 * found.best
    assert found.gain.low > 0.15


def test_editions_that_share_nothing_reveal_no_more():
    """Without a column that both tell in the same way no row of one is linked with a row of the other."""
    other = edition("2", {"region": REGION, "spent": INCOME + 3}, seed=2)
    found = gain(edition("1", {"age": AGE, "income": INCOME}), other)

    assert found.together == pytest.approx(found.best, abs=0.05)
    assert found.gain.value < 0.05


def test_the_same_edition_twice_reveals_no_more():
    """What gains nothing is told so, within its interval."""
    found = gain(WITH_AGE, edition("2", {"age": AGE, "income": INCOME}, seed=3))

    assert found.gain.low <= 0.02


def test_figures_find_values_that_only_got_new_names():
    """The regions are called by numbers in the edition; how many live in each was told elsewhere."""
    names = {name: str(number) for number, name in enumerate("hgfedcba")}
    renamed = [names[one] for one in REGION]
    one = edition("1", {"age": AGE, "region": renamed})
    counts = {"region": {name: int((name == REGION).sum()) for name in names}}
    blind, seeing = gain(one), gain(one, figures=counts)

    assert blind.gain.low <= 0
    assert seeing.together > 2 * blind.together


def test_whose_records_are_there_is_told_better_by_two_editions():
    """People of both editions are told from those of neither."""
    most = 300
    parts = ({"age": AGE, "income": INCOME}, {"region": REGION, "income": INCOME})
    found = gain(*(edition(str(at), one, keep=most, seed=at) for at, one in enumerate(parts)))

    assert found.membership is not None
    assert found.membership > 0.05


def test_nobody_to_look_for_is_no_gain():
    """Editions without anybody in common."""
    left, right = CODES[:200], CODES[200:]
    halves = [EditionRows(str(at), Table.of({"age": AGE[some]}), some) for at, some in enumerate((left, right))]
    found = linkage_gain(KNOWN, CODES, halves, columns=("age",), rng=np.random.default_rng(1))

    assert (found.people, found.together, found.gain.n) == (0, 0.0, 0)


def test_rows_do_not_show_in_a_repr():
    """They are people's records."""
    assert "income" not in repr(WITH_AGE)
