"""A question about every hour of the day is the question about the day."""

from safeconduct.query.spec import read_question

SPEC = {"kind": "unique_subscriber_counts", "days": {"first": "2026-03-01", "last": "2026-03-02"}}


def test_all_hours_are_no_restriction():
    """Two texts for one question would have two answers."""
    asked = read_question({**SPEC, "hours": {"start": 0, "end": 24}})

    assert asked.spec_id == read_question(SPEC).spec_id
