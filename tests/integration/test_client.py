"""Our client and the shell ask a real site over HTTP."""

import json

import pytest

from safeconduct.client import Client, Problem, Refused
from shelled import program

pytestmark = pytest.mark.slow
WEEK = {"first": "2026-01-05", "last": "2026-01-11"}
SPEC = {"kind": "unique_subscriber_counts", "days": WEEK, "areas": "admin2"}
DAILY = {"kind": "spatial_aggregate", "locations": {"kind": "daily_location", "days": WEEK, "areas": "admin1"}}


@pytest.fixture
def client(url, practice):
    made = Client(url, token=practice.token())
    yield made
    made.close()


def test_an_answer_is_a_table_with_a_status_in_every_row(client):
    answer = client.answer(SPEC)

    assert answer.table.column_names == ["area", "people", "margin", "status", "reason"]
    assert set(answer.table.column("status").to_pylist()) <= {"value", "suppressed", "not_observed", "zero"}
    assert answer.statement


def test_days_come_as_days(client):
    table = client.answer(DAILY).table

    assert str(table.schema.field("day").type) == "date32[day]"
    assert len(set(table.column("day").to_pylist())) == 7


def test_a_refusal_is_raised_with_its_card(client):
    with pytest.raises(Refused) as refused:
        client.answer({**SPEC, "areas": "lon-lat"})

    assert refused.value.card["reason"] == "agreement.level"


def test_a_bad_question_names_what_is_wrong(client):
    with pytest.raises(Problem, match="days"):
        client.answer({"kind": "unique_subscriber_counts"})


def test_the_token_never_shows(client, practice):
    assert repr(client) == f"Client({client.url!r})"


def test_the_shell_asks_the_same_over_http(url, practice, tmp_path):
    token = tmp_path / "token.txt"
    token.write_text(practice.token(), encoding="ascii")
    ran = program("ask", "--url", url, "--token-file", token, "--json", "--spec", json.dumps(SPEC))

    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["outcome"] == "released"


def test_the_shell_ends_with_three_where_the_release_check_says_no(practice):
    spec = json.dumps({**SPEC, "areas": "lon-lat"})
    ran = program("ask", "--site", practice.root, "--as", "chloe", "--json", "--spec", spec)

    assert ran.returncode == 3
    assert json.loads(ran.stdout)["outcome"] == "refused"


def test_the_shell_ends_with_four_for_who_may_not(practice):
    ran = program("ask", "--site", practice.root, "--as", "bilal", "--spec", json.dumps(SPEC))

    assert ran.returncode == 4
    assert "Traceback" not in ran.stderr
