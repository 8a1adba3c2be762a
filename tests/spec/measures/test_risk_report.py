"""Everything about risk at once, and in words."""

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from safeconduct.measures.loss import loss
from safeconduct.measures.risk import highest_first, risk
from safeconduct.measures.telling import lines
from safeconduct.model.errors import BadInput, Cancelled
from safeconduct.model.microdata import Design
from safeconduct.model.table import Table

PEOPLE = Table.of(
    {
        "sex": ["f", "f", "f", "m", "m", "m"],
        "village": ["A", "A", "A", "A", "B", "B"],
        "illness": ["flu", "flu", "flu", "tb", "flu", "tb"],
        "weight": [10, 10, 10, 10, 10, 10],
    }
)
DESIGN = Design(keys=("sex", "village"), sensitive=("illness",))


def test_records_with_too_few_look_alikes_are_counted():
    """Three women in A, one man in A, two men in B."""
    report = risk(PEOPLE, DESIGN, minimum=4)

    assert dict(report.below) == {2: 1, 3: 3, 4: 6, 5: 6}
    assert report.uniques == 1


def test_what_look_alikes_say_alike_is_counted():
    """All women of A have flu; the man alone is known by himself."""
    (sensitive,) = risk(PEOPLE, DESIGN).sensitive

    assert (sensitive.distinct, sensitive.below_two) == (1, 4)


def test_without_weights_the_risk_is_one_over_the_look_alikes():
    """Three groups: each is matched rightly once."""
    report = risk(PEOPLE, DESIGN)

    assert report.expected == pytest.approx(3)
    assert report.global_risk == pytest.approx(0.5)
    assert report.highest == 1


def test_weights_bring_the_risk_down():
    """Each record stands for ten people."""
    weighted = risk(PEOPLE, Design(keys=("sex", "village"), weight="weight"))

    assert weighted.population == 60
    assert weighted.global_risk < 0.2
    assert weighted.below_population[5] == 0


def test_the_histogram_has_ten_bars_that_hold_all_records():
    """Where the risks are."""
    bars = risk(PEOPLE, DESIGN).histogram

    assert len(bars) == 10
    assert [one.rows for one in bars if one.rows] == [5, 1]
    assert sum(one.rows for one in bars) == len(PEOPLE)


def test_the_report_says_which_key_gives_most_away():
    """Without sex two villages are left with four and two; without village two sexes with three each."""
    report = risk(PEOPLE, DESIGN)

    assert {one.name: round(one.without, 4) for one in report.contributions} == {"sex": 0.3333, "village": 0.3333}
    three = risk(PEOPLE, Design(keys=("sex", "village", "illness")))
    assert highest_first(three.contributions)[0].name in {"sex", "village", "illness"}


def test_an_empty_table_has_no_risk():
    """Nobody is in it."""
    report = risk(Table(PEOPLE.arrow.slice(0, 0)), DESIGN)

    assert (report.rows, report.global_risk, report.uniques, report.highest) == (0, 0, 0, 0)
    assert lines(report)


def test_without_keys_the_risk_is_one_over_everybody():
    """Who knows nothing guesses."""
    report = risk(PEOPLE, Design())

    assert report.global_risk == pytest.approx(1 / 6)
    assert str(lines(report)[0].says).startswith("No column is said to single anybody out")


@pytest.mark.parametrize("bad", [[1.0, None], [1.0, -1.0], ["1", "2"], [1.0, float("inf")], [1.0, float("nan")]])
def test_a_weight_that_cannot_be_one_is_named_without_its_value(bad):
    """What to mend, and nothing of what is in it."""
    table = Table.of({"k": [1, 2], "w": bad})

    with pytest.raises(BadInput, match="the weight 'w'") as caught:
        risk(table, Design(keys=("k",), weight="w"))

    assert caught.value.field == "w"
    assert "1" not in str(caught.value)


def test_somebody_can_stop_it():
    """Between two steps."""
    stop = threading.Event()
    stop.set()

    with pytest.raises(Cancelled):
        risk(Table.of({"k": [1, None, 2]}), Design(keys=("k",)), cancelled=stop)


def test_a_report_shows_no_number_by_accident():
    """Neither as a whole nor in its parts."""
    report = risk(PEOPLE, DESIGN)

    assert repr(report) == "RiskReport(sex, village)"
    assert not any(digit in repr((report.sensitive, report.histogram)).split("0x")[0] for digit in "123456789")
    assert "0.5" not in repr(loss(PEOPLE, PEOPLE, DESIGN))


@settings(max_examples=40, deadline=None)
@given(
    rows=some.lists(some.tuples(some.integers(0, 2), some.integers(0, 2)), min_size=1, max_size=20),
    gaps=some.sets(some.integers(0, 19)),
)
def test_taking_a_value_out_never_leaves_fewer_look_alikes(rows, gaps):
    """True for every record: what was alike stays alike."""
    before = Table.of({"a": [one for one, _ in rows], "b": [two for _, two in rows]})
    after = before.having(a=[None if at in gaps else one for at, (one, _) in enumerate(rows)])
    design = Design(keys=("a", "b"))

    assert risk(after, design).below[3] <= risk(before, design).below[3]
    assert risk(after, design).expected <= risk(before, design).expected + 1e-9


def test_a_caseworker_reads_what_a_risk_means():
    """In plain words, with its figure."""
    told = {one.name: one for one in lines(risk(PEOPLE, DESIGN))}

    assert str(told["global_risk"].says) == (
        "Somebody who knows these 2 things about a person in the file would pick the right record for about 500 of "
        "1,000 people on average."
    )
    assert (told["global_risk"].value, told["global_risk"].unit, told["global_risk"].better) == (
        "500", "of 1,000 people", "lower",
    )  # fmt: skip
    assert told["diversity.illness"].better == "higher"


def test_every_line_is_a_sentence_with_a_figure():
    """Of both reports; no line says the same as another."""
    table = PEOPLE.having(hh=[1, 1, 2, 2, 3, 3])
    report = risk(table, Design(keys=("sex", "village"), sensitive=("illness",), weight="weight", household="hh"))
    told = [*lines(report), *lines(loss(table, table.without("weight"), DESIGN))]

    assert all(str(one.says).endswith(".") and one.value and one.unit for one in told)
    assert len({one.name for one in told}) == len(told)
