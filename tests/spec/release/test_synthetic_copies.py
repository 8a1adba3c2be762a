"""Made-up records that are real ones."""

from dataclasses import replace

import pytest

from safeconduct.model.errors import BadInput
from safeconduct.model.output import Measure
from safeconduct.release.rules.synthetic_copies import SyntheticCopies


def tables(world, rare, copied, *, measure=Measure.RECORDS):
    """Two tables of made-up records, described by what was counted of them."""
    query = world.seen()
    draft = world.draft(query, {("A",): 1000, ("B",): 1000}, rare=rare, copied=copied)
    output = replace(draft.output, values=(replace(draft.output.values[0], measure=measure),))
    return replace(draft, output=output), replace(world.admission(query), output=output)


@pytest.mark.parametrize(("copied", "status"), [(4, "value"), (5, "value"), (6, "suppressed")])
def test_at_most_a_share_of_the_rare_real_records_stands_again(world, copied, status):
    """At the threshold and on both sides."""
    rule = SyntheticCopies(most_percent=5, most=50)

    assert rule.apply(*tables(world, [100, 100], [copied, 0])).status == (status, status)


@pytest.mark.parametrize(("copied", "status"), [(49, "value"), (50, "value"), (51, "suppressed")])
def test_at_most_a_number_of_them_stands_again(world, copied, status):
    """A small share of very many is still many people."""
    rule = SyntheticCopies(most_percent=5, most=50)

    assert rule.apply(*tables(world, [100_000, 0], [copied, 0])).status == (status, status)


def test_the_share_is_one_of_rare_people_and_not_of_the_file(world):
    """A file of a million records may hold all twenty rare people, and its share of copies is tiny."""
    marked = SyntheticCopies().apply(*tables(world, [20, 20], [20, 0]))

    assert marked.reasons == ("synthetic_copies", "synthetic_copies")


def test_no_copies_at_all_can_be_asked_for(world):
    """A limit of nothing."""
    rule = SyntheticCopies(most_percent=0)

    assert rule.apply(*tables(world, [100, 100], [0, 0])).status == ("value", "value")
    assert rule.apply(*tables(world, [100, 100], [1, 0])).status == ("suppressed", "suppressed")


def test_records_that_nobody_compared_are_withheld(world):
    """Unknown is not safe."""
    draft, admission = tables(world, [100, 100], [0, 0])

    assert SyntheticCopies().apply(replace(draft, evidence=draft.evidence.without("copied")), admission).status == (
        "suppressed", "suppressed",
    )  # fmt: skip


def test_counts_are_no_records(world):
    """They are left alone."""
    draft, admission = tables(world, [1, 1], [1, 1], measure=Measure.PEOPLE)

    assert SyntheticCopies().apply(draft, admission) is draft


@pytest.mark.parametrize("wrong", [{"most_percent": -1}, {"most_percent": 101}, {"most": -1}])
def test_limits_that_cannot_be_are_named(wrong):
    """The message names the parameter."""
    with pytest.raises(BadInput, match=f"{next(iter(wrong))} goes from 0"):
        SyntheticCopies(**wrong)
