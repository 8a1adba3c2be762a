"""What happens to an edition after it left: followed, corrected, taken back; whoever has it hears of it."""

from dataclasses import replace

import pytest

from safeconduct.actions.verb import verbs
from safeconduct.model.errors import BadInput, NotFound, NotPermitted, WrongState

pytestmark = pytest.mark.slow
SECOND = "FLOOD-2026/2"


def plan(width: int, *, top: int = 900, k: int = 3) -> list[dict[str, object]]:
    """A plan with ages in bands of so many years."""
    ages = {"width": str(width), "first": "20", "last": "80"}
    return [
        {"method": "recode", "columns": ["age"], "parameters": ages, "why": "."},
        {"method": "top_bottom", "columns": ["income"], "parameters": {"top": str(top)}, "why": "."},
        {"method": "local_suppression", "columns": [], "parameters": {"k": k}, "why": "."},
        {"method": "remove", "columns": ["remarks"], "parameters": {}, "why": "."},
        {"method": "sort_rows", "columns": [], "parameters": {}, "why": "."},
    ]


def second(office, steps) -> str:
    """Another edition, up to its approval."""
    office.act("amara", "write_plan", study=office.study, steps=steps)
    office.act("amara", "try_plan", study=office.study)
    edition = office.act("amara", "draft_edition", study=office.study, access="licensed").result
    office.approve(edition)
    return edition


def state(office, edition: str) -> str:
    return office.site.ledger.fact("edition", edition).state


def words(office, login: str) -> str:
    return " ".join(str(one.says) for one in office.act(login, "messages"))


def test_a_second_edition_that_undoes_protection_is_refused_in_words(published):
    """Bands of 20 years and bands of 14 together tell ages that neither tells."""
    second(published, plan(14))
    findings = {one.rule: one for one in published.act("farid", "review", edition=SECOND).findings}
    task = published.act("amara", "publish_edition", edition=SECOND)

    assert not findings["version_difference"].passed
    assert "laid side by side" in str(findings["version_difference"].says)
    assert task.state == "failed"
    assert "cannot leave as it is" in str(task.says)
    assert state(published, SECOND) == "approved"
    assert state(published, published.edition) == "released"


def test_a_refused_edition_can_be_taken_up_again(published):
    """Approved and then refused by the release check: somebody sends it back, and it is made anew."""
    second(published, plan(14))
    published.act("amara", "publish_edition", edition=SECOND)
    published.act("dara", "refuse_edition", edition=SECOND, says="Bands as before.")
    assert state(published, SECOND) == "returned"
    assert second(published, plan(20, top=800)) == SECOND
    published.act("amara", "publish_edition", edition=SECOND)

    assert state(published, SECOND) == "released"


def test_a_later_edition_follows_the_earlier_and_its_holders_are_told(published):
    """Who has the first may go on with it, and knows that there is another."""
    licence = published.grant()
    second(published, plan(20, top=800))
    published.act("amara", "publish_edition", edition=SECOND)
    entry = published.act("", "study", study=published.study)

    assert (state(published, published.edition), state(published, SECOND)) == ("superseded", "released")
    assert [(one.number, one.state.value) for one in entry.editions] == [(1, "superseded"), (2, "current")]
    assert "Something changed" in words(published, "gita")
    assert "Something changed" not in words(published, "karl")
    assert published.fetch(licence, published.deliver(licence)).whole()


def test_an_edition_that_was_taken_back_leaves_its_reason_and_nothing_else(published):
    """The description stays; figures, files and the form to ask are gone."""
    published.act("dara", "retract_edition", edition=published.edition, reason="Ages were wrong in Lakeside.")
    entry = published.act("", "study", study=published.study)

    assert entry.release is None
    assert entry.files == ()
    assert [(one.state.value, one.reason) for one in entry.editions] == [("withdrawn", "Ages were wrong in Lakeside.")]
    with pytest.raises(NotFound):
        published.act("", "variable", study=published.study, file="people", name="age")
    with pytest.raises(WrongState):
        published.act("gita", "begin_request", study=published.study)


def test_whoever_has_an_edition_that_was_taken_back_is_told_and_destroys_it(published):
    """Downloads stop; destruction is due."""
    licence = published.grant()
    published.fetch(licence, published.deliver(licence)).whole()
    ready = published.deliver(licence)
    published.act("amara", "retract_edition", edition=published.edition, reason="An error.")
    view = published.act("gita", "licence_state", licence=licence)

    assert view.licence.state == "revoked"
    assert view.destroy_by is not None
    assert "Something changed" in words(published, "gita")
    with pytest.raises(NotPermitted):
        published.fetch(licence, ready)


def test_a_reason_is_needed_and_is_recorded(published):
    """Whoever takes back says why."""
    with pytest.raises(BadInput):
        published.act("dara", "retract_edition", edition=published.edition, reason="  ")
    published.act("dara", "retract_edition", edition=published.edition, reason="An error.")

    assert [one.body.get("reason") for one in published.events("retract_edition") if "reason" in one.body] == [
        "An error."
    ]


def test_nothing_is_taken_back_twice(published):
    """A tombstone is final."""
    published.act("dara", "retract_edition", edition=published.edition, reason="An error.")
    with pytest.raises(WrongState):
        published.act("dara", "retract_edition", edition=published.edition, reason="Another.")


def test_a_later_edition_is_laid_beside_one_that_was_taken_back(published):
    """What was downloaded cannot be called back."""
    published.act("dara", "retract_edition", edition=published.edition, reason="An error.")
    second(published, plan(14))

    assert published.act("amara", "publish_edition", edition=SECOND).state == "failed"


def test_a_checker_or_a_researcher_takes_nothing_back(published):
    """A steward or the officer does."""
    with pytest.raises(NotPermitted):
        published.act("farid", "retract_edition", edition=published.edition, reason="An error.")
    with pytest.raises(NotFound):
        published.act("gita", "retract_edition", edition=published.edition, reason="An error.")


def test_publishing_twice_is_publishing_once(prepared):
    """Two stewards press at the same time."""
    prepared.approve()
    prepared.act("amara", "publish_edition", edition=prepared.edition)
    with pytest.raises(WrongState):
        prepared.act("anna", "publish_edition", edition=prepared.edition)

    assert len([one for one in prepared.events("publish_edition") if one.body.get("command") == "publish"]) == 1


def test_a_study_whose_description_lacks_something_is_not_published(prepared):
    """The field is named."""
    prepared.approve()
    prepared.act("amara", "describe_study", study=prepared.study, fields={"limits": {}})
    with pytest.raises(WrongState, match="limits"):
        prepared.act("amara", "publish_edition", edition=prepared.edition)


def test_an_embargo_holds_until_its_day(prepared):
    """Approved, and still not published."""
    deposit = prepared.act("amara", "deposits")[0].id
    said = prepared.site.ledger.fact("deposit", deposit).body["deposit"]
    prepared.change("deposit", deposit, deposit={**said, "embargo_until": str(prepared.later(10))})
    prepared.approve()
    with pytest.raises(NotPermitted, match="embargo"):
        prepared.act("amara", "publish_edition", edition=prepared.edition)
    prepared.change("deposit", deposit, deposit={**said, "embargo_until": str(prepared.later(0))})
    prepared.act("amara", "publish_edition", edition=prepared.edition)

    assert state(prepared, prepared.edition) == "released"


def test_a_partners_agreement_that_ended_ends_publication(prepared):
    """The ground must hold on the day it is published."""
    deposit = prepared.act("amara", "deposits")[0].id
    said = prepared.site.ledger.fact("deposit", deposit).body["deposit"]
    partner = {
        "owner": "partner organisation", "partner": "Them", "agreement": "A-1",
        "agreement_from": str(prepared.later(-90)), "agreement_until": str(prepared.later(-1)),
    }  # fmt: skip
    prepared.change("deposit", deposit, deposit={**said, **partner})
    prepared.approve()
    with pytest.raises(NotPermitted, match="agreement with the partner is over"):
        prepared.act("amara", "publish_edition", edition=prepared.edition)


def test_a_study_without_files_can_be_found_before_there_are_any(prepared):
    """Described only; there is nothing to ask for."""
    prepared.act("amara", "publish_description", study=prepared.study)
    entry = prepared.act("", "study", study=prepared.study)

    assert (entry.release, entry.files, entry.access.value) == (None, (), "not available")
    with pytest.raises(WrongState):
        prepared.act("gita", "begin_request", study=prepared.study)


def seen(office, login: str, key: str) -> str:
    """How far somebody is told that some work is; `""` where they are told that there is none."""
    try:
        return office.act(login, "task", key=key).state
    except NotFound:
        return ""


def test_how_far_work_is_is_told_to_whoever_may_do_the_like(prepared):
    """Another steward goes on where the first one left; nobody else hears that there is anything."""
    prepared.approve()
    task = prepared.act("amara", "publish_edition", edition=prepared.edition)

    assert [seen(prepared, login, task.key) for login in ("amara", "anna")] == ["done", "done"]
    assert [seen(prepared, login, task.key) for login in ("farid", "dara", "gita", "eva", "bilal")] == [""] * 5


def test_how_far_work_is_is_told_to_no_token_that_could_not_begin_it(prepared):
    """Whoever began it is told by any token of theirs."""
    prepared.approve()
    key = prepared.act("amara", "publish_edition", edition=prepared.edition).key

    def by_token(login: str, *scopes: str) -> str:
        room = prepared.room(login)
        room = replace(room, caller=replace(room.caller, scopes=frozenset(scopes)))
        try:
            return verbs["task"].call(room, {"key": key}).state
        except NotFound:
            return ""

    assert [by_token("anna"), by_token("anna", "do:curate"), by_token("anna", "do:publish")] == ["", "", "done"]
    assert by_token("amara") == "done"


def test_how_far_a_file_is_packed_is_told_to_nobody_else(published):
    """No verb packs: it is somebody's own, and other researchers hear nothing of it."""
    delivery = published.deliver(published.grant())

    assert seen(published, "gita", f"pack/{delivery}") == "done"
    assert [seen(published, login, f"pack/{delivery}") for login in ("karl", "jonas", "amara")] == [""] * 3
