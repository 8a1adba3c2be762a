"""The groups of people that questions were about: each once, in order, never forgotten."""

from datetime import UTC, datetime, timedelta

import pytest

from safeconduct.model.canonical import digest
from safeconduct.model.errors import BadInput, WrongState

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
BODY = {"all_of": False, "seen": [{"days": ["2026-02-01"], "events": ["calls", "sms"]}]}
VERSIONS = {"calls/2026-02-01": "v1", "sms/2026-02-01": "v1"}


def ask(ledger, dataset="phone", body=BODY, versions=VERSIONS, project="p1", at=NOW):
    with ledger.write() as tx:
        return tx.frame(dataset, digest(body), body=body, versions=versions, project=project, at=at)


def test_a_group_is_found_as_it_was_asked_about(either):
    assert ask(either)
    (frame,) = either.frames("phone")

    assert (frame.number, frame.dataset, frame.frame_id, frame.project) == (0, "phone", digest(BODY), "p1")
    assert (frame.body, frame.versions, frame.at) == (BODY, VERSIONS, NOW)


def test_the_same_group_again_changes_nothing_whoever_asks(either):
    ask(either)

    assert not ask(either, project="p2", at=NOW + timedelta(days=1))
    assert [one.project for one in either.frames("phone")] == ["p1"]


def test_the_same_words_on_other_records_are_another_group(either):
    ask(either)

    assert ask(either, versions=VERSIONS | {"sms/2026-02-01": "v2"})
    assert [one.versions["sms/2026-02-01"] for one in either.frames("phone")] == ["v1", "v2"]


def test_data_sets_remember_apart(either):
    assert ask(either)
    assert ask(either, dataset="other")
    assert [one.number for one in (*either.frames("phone"), *either.frames("other"))] == [0, 0]


def test_groups_stand_in_the_order_in_which_they_came(either):
    bodies = [{"n": number} for number in (5, 1, 3)]
    for body in bodies:
        ask(either, body=body)
    with either.write() as tx:
        assert [one.body for one in tx.frames("phone")] == bodies
        assert [one.body for one in tx.frames("phone", since=1)] == bodies[1:]

    assert either.frames("phone", since=3) == []


def test_an_id_never_stands_for_two_groups(either):
    ask(either)
    with pytest.raises(WrongState, match="hash"), either.write() as tx:
        tx.frame("phone", digest(BODY), body={"other": 1}, versions=VERSIONS, project="p1", at=NOW)


@pytest.mark.parametrize(
    "body", [{"share": 0.5}, {"long": "x" * 300_000}, {"half": "\ud800"}], ids=["float", "long", "half"]
)
def test_a_group_that_is_not_plain_is_not_written(ledger, body):
    with pytest.raises(BadInput), ledger.write() as tx:
        tx.frame("phone", "f" * 64, body=body, versions={}, project="p1", at=NOW)

    assert ledger.frames("phone") == []


def test_what_was_begun_and_not_ended_is_not_remembered(either):
    with pytest.raises(ZeroDivisionError), either.write() as tx:  # noqa: PT012 - the error comes last, on purpose
        tx.frame("phone", "f" * 64, body=BODY, versions=VERSIONS, project="p1", at=NOW)
        raise ZeroDivisionError

    assert either.frames("phone") == []
