"""Every verb that takes an id, called by everybody who has no business with it: as if there were no such thing."""

from contextlib import suppress

import pytest

from safeconduct.actions.verb import verbs
from safeconduct.govern.may import Yes, may
from safeconduct.govern.roles import PUBLIC
from safeconduct.model.errors import BadSpec, NotFound, NotPermitted, SafeconductError

pytestmark = pytest.mark.slow
STRANGERS = {
    "upload_state": "anna",
    "send_upload": "anna",
    "finish_upload": "anna",
    "drop_upload": "anna",
    "request_state": "karl",
    "write_request": "karl",
    "submit_request": "karl",
    "withdraw_request": "karl",
    "revoke_request": "karl",
    "close_request": "karl",
    "licence_state": "karl",
    "accept_licence": "karl",
    "confirm_destruction": "karl",
    "revoke_licence": "karl",
    "begin_delivery": "karl",
    "deliveries": "karl",
    "fetch_delivery": "karl",
    "read_message": "karl",
    "task": "karl",
    "add_auxiliary": "anna",
    "what_if_result": "ines",
    "stop_what_if": "ines",
    "review": "ines",
    "vote": "ines",
    "return_edition": "ines",
    "retract_edition": "karl",
}
"""For each verb about one thing: somebody whose role allows the verb and who has nothing to do with the thing."""


@pytest.fixture(scope="module")
def things(stages, publishing, tmp_path_factory, material):
    """A site with one of everything, none of it Karl's, Anna's or Ines's."""
    office = publishing.copied(stages["published"], tmp_path_factory.mktemp("attacked"))
    licence = office.grant()
    delivery = office.deliver(licence)
    upload = office.act("amara", "begin_upload", name="more.csv").id
    office.act("amara", "draft_edition", study=office.study, access="licensed")
    ids = {
        "upload": upload,
        "request": office.ask("jonas"),
        "licence": licence,
        "delivery": delivery,
        "message": office.act("amara", "messages")[0].id,
        "key": f"pack/{delivery}",
        "edition": "FLOOD-2026/2",
        "deposit": office.act("amara", "deposits")[0].id,
        "study": office.study,
    }
    yield office, ids
    office.site.ledger.close()


OTHERS = {
    "offset": 0, "content": b"x", "fields": {}, "reason": "x", "offer": "x", "file": "people.dta", "verdict": "approve",
    "says": "x", "decision": "approve", "reasons": "x", "title": "x", "dataset": "phone",
}  # fmt: skip


def arguments(verb: str, ids: dict[str, str]) -> dict[str, object]:
    known = {**ids, **OTHERS}
    return {one.name: known[one.name] for one in verbs[verb].parameters if one.needed or one.name in ids}


def told(office, login: str, verb: str, ids: dict[str, str]) -> tuple[type, str]:
    """What somebody is told, in the words of the error."""
    found = verbs[verb]
    try:
        found.run(office.room(login), **arguments(verb, ids))
    except SafeconductError as error:
        return type(error), str(error)
    return type(None), ""


@pytest.mark.parametrize(("verb", "login"), STRANGERS.items(), ids=STRANGERS)
def test_somebody_elses_thing_is_told_like_one_that_is_not_there(things, verb, login):
    """The same error in the same words, so that nobody learns by asking what there is."""
    office, ids = things
    absent = {name: "nothing-of-it" if name != "edition" else "FLOOD-2026/77" for name in ids}

    assert told(office, login, verb, ids) == told(office, login, verb, {**absent, "study": ids["study"]})
    assert told(office, login, verb, ids)[0] is NotFound


def test_every_verb_about_one_thing_is_in_the_table_or_is_a_stewards_or_the_committees():
    """A verb added tomorrow is looked at, or this fails. Deposits and editions are of all stewards together."""
    about = {"upload", "request", "licence", "delivery", "message", "edition", "key"}
    of_roles = {"propose", "publish", "approve"}
    looked = {
        name
        for name, one in verbs.items()
        if about & {parameter.name for parameter in one.parameters} and one.needs not in of_roles
    }
    looked_at_below = {"decide_request", "invite_checker", "import_description", "compare_roles_sheet", "add_witness"}

    assert looked - looked_at_below == set(STRANGERS)


ROLES_OF = {
    "steward": "anna", "checker": "farid", "committee": "hana", "dpo": "dara", "auditor": "eva", "engineer": "bilal",
    "researcher": "karl",
}  # fmt: skip


@pytest.mark.parametrize("login", sorted(set(ROLES_OF.values()) | {""}))
def test_no_role_reaches_a_verb_that_its_permissions_do_not_hold(things, login):
    """Every verb, with arguments that would fit, by everybody: refused before anything is looked up."""
    office, _ = things
    for verb in verbs.values():
        if verb.needs in PUBLIC or verb.local or isinstance(may(verb.needs, office.room(login).caller.roles), Yes):
            continue
        with pytest.raises(NotPermitted):
            verb.run(office.room(login), **dict.fromkeys((one.name for one in verb.parameters if one.needed), "x"))


def test_a_guest_who_checks_elsewhere_sees_no_study_and_no_plan(things):
    """An invitation opens one review; a checker's role opens nothing more to somebody of another organisation."""
    office, ids = things
    for verb in ("measure", "plan", "plans_tried"):
        with pytest.raises(NotPermitted):
            office.act("ines", verb, study=ids["study"])
    assert office.act("ines", "reviews") == []


def test_a_guest_is_not_told_that_an_edition_waits(things):
    """Nor is anybody of the house who may not check."""
    office, _ = things
    office.act("amara", "submit_edition", edition="FLOOD-2026/2")

    assert [one for one in office.act("ines", "messages") if "edition" in str(one.says)] == []
    assert [one for one in office.act("farid", "messages") if "edition" in str(one.says)]


def test_a_request_being_written_is_nobody_elses(things):
    """Neither the committee nor the officer sees it before it is handed in, and a vote on it finds nothing."""
    office, ids = things
    for login in ("farid", "dara", "amara"):
        assert ids["request"] not in {one.id for one in office.act(login, "requests")}
        with pytest.raises(NotFound):
            office.act(login, "request_state", request=ids["request"])
    with pytest.raises(NotFound):
        office.act("farid", "decide_request", request=ids["request"], decision="approve", reasons="Sound.")


ODD = ("", " ", "../../keys", "a" * 5000, "\x00", "%", "_", "'; drop table fact; --", "FLOOD-2026/1/../2", "é", "1e999")


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_id_is_an_error_of_ours_and_nothing_else(things, odd):
    """No verb falls over an id, whoever sends it."""
    office, _ = things
    for name in (*STRANGERS, "study", "metadata", "variable", "decide_request", "deposit_state", "measure", "editions"):
        login = {"study": "", "metadata": "", "variable": ""}.get(name, STRANGERS.get(name, "amara"))
        login = "farid" if name == "decide_request" else login
        given = {one.name: odd for one in verbs[name].parameters if one.needed}
        with suppress(SafeconductError):
            verbs[name].call(office.room(login), {**given, **{k: v for k, v in OTHERS.items() if k in given}})


SEARCHES = (
    {"text": "\x00"}, {"text": "(" * 500}, {"text": "a" * 100_000}, {"what": "people"}, {"filters": {"year_from": "x"}},
    {"filters": {"year_from": 10**30}}, {"filters": {"country": ["a", 1]}}, {"filters": {"access": {}}}, {"page": -5},
    {"page": 10**12}, {"filters": {"nothing": 1}},
)  # fmt: skip


@pytest.mark.parametrize("asked", SEARCHES, ids=str)
def test_an_odd_search_by_a_stranger_finds_something_or_says_what_is_wrong(things, asked):
    """What anybody may send falls over nothing."""
    office, _ = things
    with suppress(SafeconductError):
        office.act("", "search", **asked)


def nested(deep: int) -> object:
    value: object = "x"
    for _ in range(deep):
        value = [value]
    return value


@pytest.mark.parametrize("odd", ["\ud800", {"a": "x\udfff"}, {"\udc00": 1}, nested(3000)], ids=["a", "b", "c", "deep"])
def test_half_a_letter_and_a_bottomless_list_are_refused_by_every_verb(things, odd):
    """Before anything looks at them."""
    office, _ = things
    for verb in verbs.values():
        for one in verb.parameters:
            given = {**{other.name: "x" for other in verb.parameters if other.needed}, one.name: odd}
            with pytest.raises(BadSpec):
                verb.call(office.room("amara"), given)
