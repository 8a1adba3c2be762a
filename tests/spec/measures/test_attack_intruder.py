"""What somebody who knows a few things of people finds in a file of records."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as some

from safeconduct.measures.attacks.intruder import (
    ABSENT,
    Case,
    editions,
    inference,
    linkage,
    membership,
    singling_out,
)
from safeconduct.measures.attacks.likeness import Likeness, span
from safeconduct.model.errors import BadInput
from safeconduct.model.table import Table

PEOPLE = 300
KEYS = ("age", "village", "work")


@pytest.fixture
def rng():
    return np.random.default_rng(6)


@pytest.fixture
def people(rng):
    """Three hundred people; income goes with work and is otherwise their own."""
    work = rng.integers(0, 5, PEOPLE)
    return Table.of({
        "age": rng.integers(18, 90, PEOPLE),
        "village": [f"v{one}" for one in rng.integers(0, 12, PEOPLE)],
        "work": [f"w{one}" for one in work],
        "income": [f"i{one}" for one in rng.integers(0, 4, PEOPLE)],
    })  # fmt: skip


def of(known, told, truth=None, columns=KEYS):
    """Somebody who knows these people, and that file in the same order."""
    return Case(known, told, columns, np.arange(len(known)) if truth is None else truth)


def dealt(table, rng):
    """The same columns, each in an order of its own."""
    return Table(pa.table({name: table.arrow.column(name).take(rng.permutation(len(table))) for name in table.columns}))


def test_taking_out_the_names_leaves_people_recognised(people, rng):
    found = linkage(of(people, people), rng)

    assert found.found.value > 0.7
    assert found.chance < 0.05


def test_a_file_with_its_columns_dealt_out_anew_recognises_nobody(people, rng):
    assert linkage(of(people, dealt(people, rng)), rng).found.value < 0.03


def test_look_alikes_share_the_chance_to_be_taken_for_the_person(rng):
    """Ten records that are all alike: each is taken once in ten times."""
    table = Table.of({"age": [30] * 10})

    hits = sum(linkage(of(table, table, columns=("age",)), rng).found.value for _ in range(200)) / 200

    assert hits == pytest.approx(0.1, abs=0.02)


def test_a_band_is_read_as_the_ages_in_it(people, rng):
    """Bands of ten years hide less than no age at all."""
    ages = people.column("age")
    banded = people.having(age=[f"{one // 10 * 10}-{one // 10 * 10 + 9}" for one in ages])

    assert (
        linkage(of(people, banded), rng).found.value
        > 2 * linkage(of(people, people.having(age=[None] * PEOPLE)), rng).found.value
    )


def test_a_value_taken_out_fits_everybody(rng):
    """The record without an age is ana's: every other record says something else."""
    known = Table.of({"age": [30], "village": ["A"]})
    told = Table.of({"age": [None, 60], "village": ["A", "A"]})

    assert linkage(of(known, told, np.array([0]), ("age", "village")), rng).found.value == 1.0


def test_a_record_nobody_is_like_singles_somebody_out(people, rng):
    found = singling_out(of(people, people), 200, rng)

    assert found.found.value > 0.6
    assert found.chance < found.found.value / 3


def test_records_that_all_have_a_twin_single_nobody_out(people, rng):
    twice = Table(pa.concat_tables([people.arrow, people.arrow]))

    assert singling_out(of(people, twice), 200, rng).found.value == 0.0


def test_a_recognised_record_tells_the_rest_of_it(people, rng):
    found = inference(of(people, people), "income", rng)

    assert found.found.value > 0.8
    assert found.chance < 0.4


def test_people_who_are_not_in_the_file_are_inferred_by_the_commonest_answers(people, rng):
    """The control group: nothing of theirs is in the file."""
    inside, outside = Table(people.arrow.slice(0, 150)), Table(people.arrow.slice(150))

    found = inference(of(outside, inside, np.full(150, ABSENT)), "income", rng)

    assert found.found.value == pytest.approx(0.25, abs=0.12)


def test_an_amount_counts_as_known_within_a_tenth(rng):
    """Sorted incomes with ages in step: the nearest age tells the tenth."""
    table = Table.of({"age": list(range(100)), "income": [float(one * one) for one in range(100)]})

    assert inference(of(table, table, columns=("age",)), "income", rng).found.value == 1.0


def test_people_in_the_file_are_told_from_others_by_their_nearest_record(people):
    told = Table(people.arrow.slice(0, 150))
    truth = np.where(np.arange(PEOPLE) < 150, np.arange(PEOPLE), ABSENT)

    assert membership(of(people, told, truth)).found.low > 0.8


def test_who_came_later_is_found_among_the_new_records(rng):
    """Twenty look-alikes, and two more in the next edition: of twenty-two only two are new."""
    former = Table.of({"age": [30] * 20, "income": list(range(20))})
    later = Table.of({"age": [30] * 22, "income": list(range(22))})
    known = Table.of({"age": [30, 30]})

    found = [editions(of(known, later, np.array([20, 21]), ("age",)), former, rng) for _ in range(100)]

    assert np.mean([one.found.value for one in found]) == pytest.approx(0.5, abs=0.12)
    assert np.mean([one.chance for one in found]) < 0.15


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("30-39", (30, 39)),
        ("30–39", (30, 39)),
        ("-5 to -1", (-5, -1)),
        ("80+", (80, np.inf)),
        (">=80", (80, np.inf)),
        ("<5", (-np.inf, 5)),
        ("[0, 10)", (0, 10)),
        ("2.5 to <5", (2.5, 5)),
        ("17", (17, 17)),
    ],
)
def test_the_name_of_a_band_says_where_it_ends(text, ends):
    assert span(text) == pytest.approx(ends, abs=1e-3)


@pytest.mark.parametrize("text", ["Paris", "", "12 rue 5", "--", "2020-13"])
def test_a_word_is_no_band(text):
    assert span(text, days=True) is None


@pytest.mark.parametrize(("text", "first", "last"), [
    ("2020", date(2020, 1, 1), date(2020, 12, 31)),
    ("2020-02", date(2020, 2, 1), date(2020, 2, 29)),
    ("2020-01-05 to 2020-01-09", date(2020, 1, 5), date(2020, 1, 9)),
])  # fmt: skip
def test_a_period_is_all_of_its_days(text, first, last):
    begins = date(1970, 1, 1)

    assert span(text, days=True) == ((first - begins).days, (last - begins).days)


def test_days_are_recognised_in_the_month_a_file_keeps(rng):
    known = Table.of({"born": [date(1990, 3, 5), date(1991, 7, 9)]})
    told = Table.of({"born": ["1991-07", "1990-03"]})

    assert linkage(of(known, told, np.array([1, 0]), ("born",)), rng).found.value == 1.0


@given(some.lists(some.one_of(some.none(), some.sampled_from(["a", "b", "c"])), min_size=1, max_size=12))
def test_nothing_fits_a_person_better_than_their_own_words(values):
    """The same value costs nothing, and no cost is below nothing."""
    table = Table(pa.table({"work": pa.array(values, pa.string())}))
    likeness = Likeness.between(table, table, ("work",))

    costs = likeness.costs(np.arange(len(values)))

    own = costs[np.arange(len(values)), likeness.of]
    assert own == pytest.approx(0, abs=1e-9)
    assert costs.min() >= 0


def test_a_column_that_is_not_there_is_named(people, rng):
    with pytest.raises(BadInput, match="height"):
        linkage(of(people, people, columns=("height",)), rng)


def test_an_empty_file_tells_nothing(people, rng):
    nothing = Table(people.arrow.slice(0, 0))
    case = of(people, nothing, np.full(PEOPLE, ABSENT))

    assert [linkage(case, rng).found.n, singling_out(case, 100, rng).found.n] == [0, 0]
    assert inference(case, "income", rng).found.value == 0.0
