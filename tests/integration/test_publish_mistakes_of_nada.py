"""The mistakes found in NADA (reference/governance.md, 2.2), each one named and tried through the whole house.

Two are looked at closer elsewhere: the conditions of a licence one by one in tests/unit/govern_microdata/
test_licence_conditions.py, the names of DDI's elements against its schema in tests/spec/catalogue/test_ddi.py.
"""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safeconduct import actions
from safeconduct.actions.verb import verbs
from safeconduct.govern.licences import CONDITIONS
from safeconduct.govern.roles import PERMISSIONS, PUBLIC
from safeconduct.govern.states.machine import Part, machines
from safeconduct.model.errors import BadInput, NotFound, NotPermitted, SafeconductError
from safeconduct.server.app import described
from safeconduct.server.page import pages

pytestmark = pytest.mark.slow


def test_seeing_a_request_is_not_deciding_it(published):
    """NADA's `update` asked for the permission to view."""
    asked = published.request()
    for login in ("dara", "amara"):
        published.act(login, "request_state", request=asked)
        with pytest.raises(NotPermitted):
            published.act(login, "decide_request", request=asked, decision="approve", reasons="Sound.")


def test_every_verb_and_every_page_says_who_may(published):
    """NADA's `delete` and `export` asked nobody."""
    for verb in verbs.values():
        assert verb.needs in PERMISSIONS or verb.needs in PUBLIC, verb.name
    for spec in pages.all():
        assert spec.needs == "" or spec.needs in PERMISSIONS or spec.needs in PUBLIC, spec.path


def test_every_address_of_the_api_is_a_verbs_or_one_of_a_few_that_call_one():
    """Nothing answers beside the verbs."""
    ours = {f"/api/1/{name}" for name in verbs}
    few = {"/api/1/jobs/{answer_id}", "/api/1/results/{answer_id}", "/api/1/tasks/{key}", "/api/1/openapi.json"}
    found = {path for path in described("x").openapi()["paths"] if path.startswith("/api/1/")}

    assert found - ours - few == set()


def test_a_limit_that_is_written_down_is_read(published):
    """NADA kept `ip_limit` and never looked at it."""
    published.grant(decided={"networks": ["192.0.2.0/24"]})
    licence = published.act("gita", "my_licences")[0].licence
    assert "networks" in CONDITIONS
    with pytest.raises(NotPermitted, match=r"192\.0\.2\.0/24"):
        published.act("gita", "begin_delivery", licence=licence.id, file="people.dta")


WHO = ("gita", "farid", "hana", "dara", "amara", "karl", "omar")
WHAT = (
    ("submit_request", {}),
    ("withdraw_request", {}),
    ("write_request", {"fields": {"methods": "Others."}}),
    ("decide_request", {"decision": "approve", "reasons": "Yes."}),
    ("decide_request", {"decision": "reject", "reasons": "No."}),
    ("decide_request", {"decision": "return", "reasons": "Say more."}),
    ("revoke_request", {"reason": "Stop."}),
)


@pytest.fixture(scope="module")
def office(stages, publishing, tmp_path_factory):
    found = publishing.copied(stages["published"], tmp_path_factory.mktemp("nada"))
    yield found
    found.site.ledger.close()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(done=st.lists(st.tuples(st.sampled_from(WHO), st.sampled_from(WHAT)), min_size=1, max_size=12))
def test_a_request_goes_only_where_its_table_leads(office, done):
    """NADA let any state follow any; here each step of whatever anybody tries is in the table, by who it names."""
    table = machines()["request"]
    asked = office.ask("karl", organisation="Another University")
    for login, (verb, given_) in done:
        try:
            office.act(login, verb, request=asked, **given_)
        except SafeconductError:
            continue
    story = office.site.documents.get(str(office.site.ledger.fact("request", asked).body["document"]))["history"]
    state = "draft"
    for one in story:
        move = table.move(state, one["command"])
        assert move is not None
        assert one["state"] == move.to
        state = move.to
    committee = {one["by"] for one in story if one["command"] in {"vote", "approve", "reject", "return"} and one["by"]}
    assert committee <= {office.account("farid"), office.account("hana"), office.account("omar")}


def test_files_of_a_request_are_its_persons_alone(published):
    """NADA's `get_resources` did not ask whose request it was."""
    licence = published.grant()
    delivery = published.deliver(licence)
    for verb, given_ in (
        ("licence_state", {}), ("deliveries", {}), ("begin_delivery", {"file": "people.dta"}),
        ("fetch_delivery", {"delivery": delivery}),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            published.act("karl", verb, licence=licence, **given_)


def test_a_download_that_found_no_file_is_not_counted(published):
    """NADA counted first and looked afterwards, and took three downloads for granted where nobody said how many."""
    licence = published.grant(decided={"downloads": 1})
    with pytest.raises(NotPermitted):
        published.act("gita", "begin_delivery", licence=licence, file="nothing.dta")
    published.act("gita", "begin_delivery", licence=licence, file="people.dta")
    with pytest.raises(NotFound):
        published.fetch(licence, published.act("gita", "deliveries", licence=licence)[0].id)

    assert published.act("gita", "licence_state", licence=licence).licence.downloads["people.dta"] == 1


def test_nothing_that_was_written_is_overwritten(published):
    """NADA kept the latest status and comment only. Here the story of a request, and each of its versions, stay."""
    asked = published.request()
    decide = {"request": asked, "decision": "return"}
    published.act("farid", "decide_request", reasons="Which regression?", **decide)
    published.act("gita", "write_request", request=asked, fields={"methods": "A linear one."})
    published.act("gita", "submit_request", request=asked)
    published.act("farid", "decide_request", reasons="Which standard errors?", **decide)
    said = [one.says for one in published.act("gita", "request_state", request=asked).request.history if one.says]
    versions = published.site.ledger.history("request", asked)

    assert said == ["Which regression?", "Which standard errors?"]
    assert len({str(one.body["document"]) for one in versions}) >= 6


@pytest.mark.parametrize("password", ["12345", "password123", "short", ""])
def test_a_password_that_is_too_short_makes_no_account(empty, password):
    """NADA took five letters."""
    said = {"login": "nadia", "name": "N", "organisation": "O", "kind": "university", "agreed": True}
    with pytest.raises(BadInput):
        empty.act("", "register", password=password, **said)


UNREACHED = {("deposit", "replace")}
"""Moves of people that no verb makes yet."""


def test_every_move_that_people_can_make_has_a_verb_that_makes_it(published):
    """A table that promises what nobody can do is a page with a button that does nothing."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in verbs_source())
    wanted = {
        (machine.name, move.command)
        for machine in machines().values()
        for move in machine.moves
        if set(move.by) - {Part.SYSTEM}
    }
    unreached = {(name, command) for name, command in wanted if f'"{command}"' not in source}

    assert unreached <= UNREACHED


def verbs_source() -> list[Path]:
    return sorted(Path(actions.__path__[0]).glob("*.py"))
