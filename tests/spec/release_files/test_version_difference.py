"""An intruder who kept every edition, and knows which rows are the same record."""

from collections import Counter
from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as some

from safeconduct.model.microdata import RECORD, VariableRole
from safeconduct.model.table import Table
from safeconduct.release.file_rules.version_difference import VersionDifference

QUASI = VariableRole.QUASI
ROLES = {"t": {"age": QUASI, "region": QUASI, "meals": VariableRole.OTHER}}


def edition(records, **columns):
    return {
        "t": Table(pa.table({RECORD: pa.array(records, pa.int64()), **{k: pa.array(v) for k, v in columns.items()}}))
    }


def passes(subject, *editions, minimum=3):
    """Whether the last edition may follow the others."""
    return VersionDifference(minimum=minimum).check(subject(editions[-1], ROLES, previous=editions[:-1])).passed


def test_a_first_edition_has_nothing_to_be_compared_with(subject):
    """Alone is for `k_anonymity`."""
    assert passes(subject, edition([0], age=["30"]))


def test_the_same_file_again_shows_nothing_more(subject):
    """In another order."""
    assert passes(subject, edition([0, 1, 2], age=["a", "a", "b"]), edition([2, 0, 1], age=["b", "a", "a"]))


@pytest.mark.parametrize(("other_records", "passed"), [(True, False), (False, True)])
def test_rows_known_by_their_place_are_not_laid_beside_other_records(subject, other_records, passed):
    """The third row of a corrected file need not be the third person of the first."""
    same = edition([0, 1, 2], age=["a", "a", "a"])
    seen = subject(same, ROLES, previous=(same,))
    draft = replace(seen.draft, by_position=("t",), data_version="corrected" if other_records else "d")

    assert VersionDifference(minimum=3).check(replace(seen, draft=draft)).passed is passed


@pytest.mark.parametrize(("in_common", "passed"), [(2, False), (3, True)])
def test_bands_that_overlap_are_narrower_together(subject, in_common, passed):
    """20–29 in one edition and 25–34 in the other is 25–29."""
    first = ["20-29"] * (3 + in_common) + ["30-39"] * 3
    second = ["15-24"] * 3 + ["25-34"] * (in_common + 3)
    rows = range(len(first))

    assert passes(subject, edition(rows, age=first), edition(rows, age=second)) is passed


@pytest.mark.parametrize(("alike", "passed"), [(2, False), (3, True)])
def test_keys_of_which_each_edition_tells_another_meet(subject, alike, passed):
    """Age in one, region in the other."""
    ages = ["a"] * alike + ["a"] * 3 + ["b"] * 3
    regions = ["N"] * alike + ["S"] * 3 + ["N"] * 3
    rows = range(len(ages))

    assert passes(subject, edition(rows, age=ages), edition(rows, region=regions)) is passed


@pytest.mark.parametrize(("alike", "passed"), [(2, False), (3, True)])
def test_a_value_suppressed_here_and_told_there_is_told(subject, alike, passed):
    """Each edition hides another cell of the same record."""
    rows = range(alike + 6)
    ages, regions = ["a"] * alike + ["b"] * 6, ["N"] * (alike + 3) + ["S"] * 3
    first = edition(rows, age=[None, *ages[1:]], region=regions)
    second = edition(rows, age=ages, region=[None, *regions[1:]])

    assert passes(subject, first, second, minimum=3) is passed


def test_a_coarser_edition_after_a_finer_one_gives_nothing_away(subject):
    """What left cannot be taken back; nothing is added."""
    rows = range(6)
    finer, coarser = ["21", "22", "23", "31", "32", "33"], ["20-29"] * 3 + ["30-39"] * 3

    assert passes(subject, edition(rows, age=finer), edition(rows, age=coarser))


@pytest.mark.parametrize(("came", "passed"), [(0, True), (2, False), (3, True)])
def test_who_came_between_two_editions_came_together(subject, came, passed):
    """Two newcomers of an age are a group of two, however many of that age were there before."""
    first = edition(range(5), age=["a"] * 5)

    assert passes(subject, first, edition(range(5 + came), age=["a"] * (5 + came))) is passed


@pytest.mark.parametrize(("went", "passed"), [(0, True), (1, False), (3, True), (4, True)])
def test_who_is_erased_leaves_with_others(subject, went, passed):
    """One row that is gone is the one who asked."""
    first = edition(range(8), age=["a"] * 8)

    assert passes(subject, first, edition(range(went, 8), age=["a"] * (8 - went))) is passed


def test_a_corrected_key_stops_the_edition_unless_it_is_suppressed(subject):
    """Old and new value together are nobody else's."""
    before = edition(range(6), age=["a"] * 3 + ["b"] * 3)

    assert not passes(subject, before, edition(range(6), age=["a"] * 2 + ["b"] * 4))
    assert passes(subject, before, edition(range(6), age=["a", "a", None, "b", "b", "b"]))


def test_answers_that_are_no_keys_may_change(subject):
    """What this rule does not stop, pinned."""
    assert passes(subject, edition([0, 1, 2], meals=[1, 2, 3]), edition([0, 1, 2], meals=[3, 2, 1]))


def test_every_earlier_edition_counts(subject):
    """Not only the last one."""
    rows = range(6)
    first, second = edition(rows, age=["a"] * 2 + ["b"] * 4), edition(rows, region=["N"] * 6)
    third = edition(rows, region=["N"] * 3 + ["S"] * 3)

    assert not passes(subject, first, second, third)
    assert passes(subject, second, third)


LETTERS = some.sampled_from(["a", "b", "c"])
THREE = some.integers(2, 12).flatmap(
    lambda rows: some.lists(some.lists(LETTERS, min_size=rows, max_size=rows), min_size=3, max_size=3)
)


@given(told=THREE, minimum=some.integers(2, 4))
def test_without_gaps_groups_are_those_who_agree_in_everything(make_subject, told, minimum):
    """Counted the plain way: rows with the same values in all editions, and worse off than before."""
    rows = range(len(told[0]))
    editions = [edition(rows, age=column) for column in told]
    before, after = (Counter(zip(*told[:last], strict=True)) for last in (2, 3))
    worse = [row for row in zip(*told, strict=True) if after[row] < minimum and after[row] < before[row[:2]]]

    assert passes(make_subject, *editions, minimum=minimum) is not bool(worse)
