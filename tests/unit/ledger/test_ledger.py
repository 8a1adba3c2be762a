"""The record of use and what holds, on SQLite and on PostgreSQL alike."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from safeconduct.ledger import tables
from safeconduct.ledger.ledger import Ledger
from safeconduct.ledger.merkle import leaf_hash, root_of, verify_consistency, verify_inclusion
from safeconduct.model.errors import BadInput, BadSettings, BrokenPromise, WrongState

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


def happen(ledger, count=1, **told):
    """Append events, a transaction each; the last index."""
    for number in range(count):
        with ledger.write() as tx:
            plain = {"actor": "u1", "verb": "ask", "subject": "s", "body": {"n": number}, "at": NOW}
            index = tx.event(**(plain | told))
    return index


def test_the_tables_are_those_the_code_knows(either):
    with either._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, tables.metadata) == []


def test_every_table_says_what_it_is_for():
    assert [table.name for table in tables.metadata.sorted_tables if not table.comment] == []


def test_upgrading_twice_changes_nothing(either):
    happen(either)
    either.upgrade()

    assert either.is_current()
    assert either.size() == 1


def test_a_database_without_tables_says_what_to_do(tmp_path):
    empty = Ledger.open(f"sqlite:///{tmp_path}/empty.sqlite")

    assert not empty.is_current()
    with pytest.raises(WrongState, match="safeconduct migrate"):
        empty.size()
    empty.close()


def test_an_event_is_found_as_it_was_written(either):
    happen(either, actor="u7", verb="export", subject="a@b", body={"days": ["2026-03-01"], "ok": True, "n": None})
    (event,) = either.events()

    assert (event.index, event.actor, event.verb, event.subject) == (0, "u7", "export", "a@b")
    assert event.at == "2026-03-01T08:00:00.000000Z"
    assert event.body == {"days": ["2026-03-01"], "ok": True, "n": None}


def test_times_are_kept_in_utc(either):
    east = timezone(timedelta(hours=3))
    happen(either, at=datetime(2026, 3, 1, 1, tzinfo=east))

    assert either.events()[0].at == "2026-02-28T22:00:00.000000Z"


def test_roots_and_proofs_are_those_of_the_leaves(either):
    happen(either, 13)
    leaves = [leaf_hash(one.leaf().encode()) for one in reversed(either.events())]

    assert [either.root(size) for size in range(14)] == [root_of(leaves[:size]) for size in range(14)]
    assert all(verify_inclusion(leaves[n], n, 13, either.inclusion(n), either.root()) for n in range(13))
    assert all(
        verify_consistency(n, 13, either.consistency(n), first_root=either.root(n), second_root=either.root())
        for n in range(1, 13)
    )


def test_a_size_the_log_has_not_reached_has_no_root(ledger):
    with pytest.raises(BadInput, match="shorter"):
        ledger.root(1)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"actor": "u1"}, [3, 0]),
        ({"verb": "export"}, [2, 1]),
        ({"subject": "b"}, [3, 2]),
        ({"since": NOW + timedelta(hours=1)}, [3, 2, 1]),
        ({"until": NOW + timedelta(hours=2)}, [1, 0]),
        ({"limit": 1}, [3]),
        ({"before": 2}, [1, 0]),
        ({"actor": "u2", "verb": "export", "subject": "a"}, [1]),
        ({"actor": "nobody"}, []),
    ],
    ids=str,
)
def test_events_are_found_the_latest_first(either, asked, found):
    rows = [("u1", "ask", "a"), ("u2", "export", "a"), ("u2", "export", "b"), ("u1", "ask", "b")]
    for hour, (actor, verb, subject) in enumerate(rows):
        happen(either, actor=actor, verb=verb, subject=subject, at=NOW + timedelta(hours=hour))

    assert [one.index for one in either.events(**asked)] == found


@pytest.mark.parametrize(
    "wrong",
    [
        {"actor": "Ana Maria"}, {"actor": ""}, {"verb": "Ask"}, {"verb": "a b"}, {"subject": "with space"},
        {"subject": "nul\0"}, {"body": {"share": 0.5}}, {"body": {1: "a"}}, {"body": {"day": NOW.date()}},
        {"body": {"bytes": b"x"}}, {"body": {"half": "\ud800"}}, {"body": {"long": "x" * 300_000}},
        {"body": {"big": 2**60}}, {"at": datetime(2026, 3, 1)},  # noqa: DTZ001 - a moment without a zone is the case
    ],
    ids=lambda one: next(iter(one)),
)  # fmt: skip
def test_what_is_not_plain_is_not_written(ledger, wrong):
    event = {"actor": "u1", "verb": "ask", "subject": "s", "body": {}, "at": NOW} | wrong
    with pytest.raises(BadInput), ledger.write() as tx:
        tx.event(**event)

    assert ledger.size() == 0


def test_a_body_nested_without_end_is_not_written(ledger):
    deep = {}
    for _ in range(100_000):
        deep = {"in": deep}
    with pytest.raises(BadInput, match="nested"), ledger.write() as tx:
        tx.event(actor="u1", verb="ask", subject="s", body=deep, at=NOW)


def test_a_refused_value_is_not_repeated(ledger):
    with pytest.raises(BadInput) as caught, ledger.write() as tx:
        tx.event(actor="u1", verb="ask", subject="s", body={"number": 258840000001.5}, at=NOW)

    assert "258840000001" not in str(caught.value)


def test_facts_have_versions_and_the_last_one_holds(either):
    with either.write() as tx:
        assert tx.put("project", "p1", {"name": "a"}, at=NOW) == 1
        assert tx.put("project", "p1", {"name": "b"}, at=NOW) == 2
        assert tx.put("project", "p1", {"name": "b"}, state="ended", at=NOW) == 3
        assert tx.fact("project", "p1").state == "ended"
        tx.event(actor="u1", verb="open_project", subject="p1", body={}, at=NOW)

    assert either.fact("project", "p1").body == {"name": "b"}
    assert [one.version for one in either.history("project", "p1")] == [1, 2, 3]
    assert either.fact("project", "p2") is None


def test_the_same_fact_again_changes_nothing(either):
    for _ in range(2):
        with either.write() as tx:
            version = tx.put("policy", "p", {"minimum": 16}, at=NOW)
            tx.event(actor="u1", verb="adopt", subject="p", body={}, at=NOW)

    assert version == 1
    assert len(either.history("policy", "p")) == 1


def test_facts_stand_in_the_order_in_which_they_first_appeared(either):
    with either.write() as tx:
        for id_ in ("z", "a", "m"):
            tx.put("agreement", id_, {"n": 1}, at=NOW)
        tx.put("agreement", "z", {"n": 2}, state="ended", at=NOW)
        tx.put("other", "b", {}, at=NOW)
        tx.event(actor="u1", verb="agree", subject="z", body={}, at=NOW)

    assert [one.id for one in either.facts("agreement")] == ["z", "a", "m"]
    assert [one.id for one in either.facts("agreement", state="current")] == ["a", "m"]


def test_a_prefix_means_its_own_characters_only(either):
    with either.write() as tx:
        for id_ in ("p_1:x", "pa1:x", "p_1:y"):
            tx.put("asked", id_, {}, at=NOW)
        tx.event(actor="u1", verb="ask", subject="x", body={}, at=NOW)

    assert [one.id for one in either.facts("asked", prefix="p_1:")] == ["p_1:x", "p_1:y"]


def test_a_fact_does_not_change_without_an_event(either):
    with pytest.raises(BrokenPromise, match="event"), either.write() as tx:
        tx.put("project", "p1", {}, at=NOW)

    assert either.fact("project", "p1") is None


def test_what_was_begun_and_not_ended_never_was(either):
    with pytest.raises(ZeroDivisionError), either.write() as tx:  # noqa: PT012 - the error comes last, on purpose
        tx.put("project", "p1", {}, at=NOW)
        tx.spend("a1", project="p1", dataset="phone", at=NOW)
        tx.event(actor="u1", verb="ask", subject="s", body={}, at=NOW)
        raise ZeroDivisionError

    assert either.size() == 0
    assert either.fact("project", "p1") is None
    assert happen(either) == 0


def test_an_answer_is_paid_for_once(either):
    with either.write() as tx:
        assert tx.spend("a1", project="p1", dataset="phone", at=NOW)
        assert not tx.spend("a1", project="p2", dataset="phone", at=NOW)
    with either.write() as tx:
        assert not tx.spend("a1", project="p1", dataset="phone", at=NOW)
        assert tx.spend("a2", project="p1", dataset="phone", at=NOW)


def test_a_question_has_one_answer(either):
    with either.write() as tx:
        tx.answer("a1", spec_id="s1", tree={"cells": [1, 2]}, project="p1", at=NOW)
        tx.answer("a1", spec_id="s1", tree={"cells": [1, 2]}, project="p1", at=NOW)
    with pytest.raises(WrongState, match="never a second"), either.write() as tx:
        tx.answer("a1", spec_id="s1", tree={"cells": [1, 3]}, project="p1", at=NOW)

    assert either.answer("a1").tree == {"cells": [1, 2]}
    assert either.answer("a1").at == NOW
    assert either.answer("a2") is None


def test_a_file_is_taken_in_once(either):
    with either.write() as tx:
        tx.ingested("phone", "f" * 64, manifest="m", at=NOW)
    with pytest.raises(WrongState), either.write() as tx:
        tx.ingested("phone", "f" * 64, manifest="m2", at=NOW)

    assert either.ingested("phone", "f" * 64)
    assert not either.ingested("other", "f" * 64)


def test_an_error_of_the_database_repeats_no_value(either):
    secret = "258840000001"
    with either.write() as tx:
        tx.ingested(secret, "f" * 64, manifest="m", at=NOW)
    with pytest.raises(WrongState) as caught, either.write() as tx:
        tx.ingested(secret, "f" * 64, manifest="m", at=NOW)

    assert secret not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("url", ["mysql://u:geheim@h/n", "sqlite://", "nonsense geheim", "sqlite:////no/such/x.sqlite"])
def test_a_url_that_will_not_do_is_not_repeated(url):
    with pytest.raises(BadSettings) as caught:
        Ledger.open(url)

    assert "geheim" not in str(caught.value)


def test_a_ledger_does_not_show_its_address(ledger):
    assert repr(ledger) == "Ledger(sqlite)"


def test_sqlite_is_set_to_lose_nothing(ledger):
    with ledger._engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10000}


def test_the_database_file_is_its_owners_alone(ledger, tmp_path):
    assert (tmp_path / "meta.sqlite").stat().st_mode & 0o077 == 0


def test_a_leaf_is_canonical_text_of_six_parts(ledger):
    happen(ledger, body={"b": 1, "a": "é"})
    leaf = ledger.events()[0].leaf()

    assert leaf == (
        '{"actor":"u1","at":"2026-03-01T08:00:00.000000Z","body":{"a":"é","b":1},"index":0,"subject":"s","verb":"ask"}'
    )
    assert json.loads(leaf)["body"] == {"b": 1, "a": "é"}


def test_a_prefix_longer_than_an_id_finds_nothing(either):
    with either.write() as tx:
        tx.put("asked", "x" * 300, {}, at=NOW)
        tx.event(actor="u1", verb="ask", subject="x", body={}, at=NOW)

    assert [len(either.facts("asked", prefix="x" * length)) for length in (299, 300, 301, 100_000)] == [1, 1, 0, 0]
