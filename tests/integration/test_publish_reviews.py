"""An edition leaves by the hands of at least three people, none of whom can be two of them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from safeconduct.actions.verb import verbs
from safeconduct.model.errors import BadInput, NotFound, NotPermitted, SafeconductError, WrongState

pytestmark = pytest.mark.slow


@pytest.fixture
def submitted(prepared):
    """The edition waits for its checkers."""
    prepared.act("amara", "submit_edition", edition=prepared.edition)
    return prepared


def add_role(office, login: str, *roles: str) -> None:
    """Somebody becomes something else too, as small offices do it."""
    with office.site.ledger.write() as tx:
        office.site.accounts.set_roles(tx, office.account(login), roles)
        tx.event(actor="site", verb="roles", subject=office.account(login), body={}, at=office.room(login).now)


def state(office, edition: str = "") -> str:
    return office.site.ledger.fact("edition", edition or office.edition).state


def test_an_author_neither_votes_on_nor_approves_what_they_wrote(submitted):
    """Whatever roles they have besides."""
    add_role(submitted, "amara", "steward", "checker", "dpo")
    with pytest.raises(NotPermitted, match="wrote or changed"):
        submitted.act("amara", "vote", edition=submitted.edition, verdict="approve")
    submitted.act("farid", "vote", edition=submitted.edition, verdict="approve")
    with pytest.raises(NotPermitted, match="wrote or changed"):
        submitted.act("amara", "approve_edition", edition=submitted.edition)


def test_whoever_touched_the_plan_later_is_an_author_too(prepared):
    """A checker who is a steward as well and wrote the plan anew has checked for the last time."""
    add_role(prepared, "farid", "steward", "checker")
    plan = prepared.act("amara", "plan", study=prepared.study).recipe.steps
    steps = [{"method": one.method, "columns": list(one.columns), "file": one.file, "parameters": dict(one.parameters),
              "why": one.why + " Indeed."} for one in plan]  # fmt: skip
    prepared.act("farid", "write_plan", study=prepared.study, steps=steps)
    prepared.act("amara", "try_plan", study=prepared.study)
    prepared.act("amara", "draft_edition", study=prepared.study, access="licensed")
    prepared.act("amara", "submit_edition", edition=prepared.edition)

    with pytest.raises(NotPermitted, match="wrote or changed"):
        prepared.act("farid", "vote", edition=prepared.edition, verdict="approve")


def test_one_checker_is_one_vote(stage):
    """Public use takes two: the same person twice is still one."""
    office = stage("prepared")
    office.act("amara", "draft_edition", study=office.study, access="public use")
    office.act("amara", "submit_edition", edition=office.edition)
    office.act("farid", "vote", edition=office.edition, verdict="approve")
    with pytest.raises(NotPermitted, match="voted on this already"):
        office.act("farid", "vote", edition=office.edition, verdict="approve")

    assert state(office) == "partially_reviewed"


def test_votes_are_blind_until_all_are_in(stage):
    """The second checker sees neither the first's vote nor how many are missing; nor do author and officer."""
    office = stage("prepared")
    office.act("amara", "draft_edition", study=office.study, access="public use")
    office.act("amara", "submit_edition", edition=office.edition)
    office.act("farid", "vote", edition=office.edition, verdict="reject", says="It tells too much.")
    for login in ("hana", "amara", "dara"):
        seen = office.act(login, "review", edition=office.edition)
        assert (seen.votes, seen.missing) == ((), None)
    mine = office.act("farid", "review", edition=office.edition)

    assert [one.says for one in mine.votes] == ["It tells too much."]
    assert "too much" not in str(office.events("vote"))


def test_all_votes_are_shown_once_they_are_in(stage):
    """And the third decides where two disagree."""
    office = stage("prepared")
    office.act("amara", "draft_edition", study=office.study, access="public use")
    office.act("amara", "submit_edition", edition=office.edition)
    office.act("farid", "vote", edition=office.edition, verdict="reject", says="It tells too much.")
    office.act("hana", "vote", edition=office.edition, verdict="approve")
    assert office.act("amara", "review", edition=office.edition).votes == ()
    office.act("dora", "vote", edition=office.edition, verdict="approve")

    assert len(office.act("amara", "review", edition=office.edition).votes) == 3
    assert state(office) == "reviewed"


def test_an_officer_who_voted_does_not_let_the_edition_leave(submitted):
    """Dora checks and is an officer; Dara approves instead."""
    submitted.act("dora", "vote", edition=submitted.edition, verdict="approve")
    with pytest.raises(NotPermitted, match="checked this"):
        submitted.act("dora", "approve_edition", edition=submitted.edition)
    submitted.act("dara", "approve_edition", edition=submitted.edition)

    assert state(submitted) == "approved"


def test_an_officer_approves_nothing_that_checkers_did_not(submitted):
    """A no of the only checker stands."""
    submitted.act("farid", "vote", edition=submitted.edition, verdict="changes", says="Coarser ages.")
    with pytest.raises(NotPermitted, match="did not approve"):
        submitted.act("dara", "approve_edition", edition=submitted.edition)


def test_a_no_without_a_reason_is_no_vote(submitted):
    """Its author could not mend anything."""
    with pytest.raises(BadInput, match="what must change"):
        submitted.act("farid", "vote", edition=submitted.edition, verdict="reject")

    assert state(submitted) == "submitted"


def invite(office, login: str = "ines", days: int = 5):
    return office.act("amara", "invite_checker", edition=office.edition, login=login, until=str(office.later(days)))


def test_a_guest_sees_one_review_and_nothing_once_it_is_over(submitted):
    """From the invitation to the last vote, not before and not after."""
    with pytest.raises(NotFound):
        submitted.act("ines", "review", edition=submitted.edition)
    invite(submitted)
    assert [one.id for one in submitted.act("ines", "reviews")] == [submitted.edition]
    submitted.act("ines", "review", edition=submitted.edition)
    submitted.act("ines", "vote", edition=submitted.edition, verdict="approve")

    assert state(submitted) == "reviewed"
    assert submitted.act("ines", "reviews") == []
    with pytest.raises(NotFound):
        submitted.act("ines", "review", edition=submitted.edition)


def test_an_invitation_ends_on_its_day(submitted):
    """The day after, there is no such edition any more."""
    invite(submitted, days=2)
    room = submitted.room("ines", now=submitted.room("ines").now + timedelta(days=3))
    with pytest.raises(NotFound):
        verbs["vote"].call(room, {"edition": submitted.edition, "verdict": "approve"})


def test_a_checker_of_the_house_is_no_guest(submitted):
    """An invitation is for another organisation; two of the same house are one pair of eyes more, not another's."""
    with pytest.raises(NotPermitted, match="another organisation"):
        invite(submitted, "farid")


def test_a_draft_that_changed_starts_again_from_no_votes(stage):
    """Sent back, made anew with another plan and handed in: the first round's approval does not count."""
    office = stage("prepared")
    office.act("amara", "draft_edition", study=office.study, access="public use")
    office.act("amara", "submit_edition", edition=office.edition)
    seen = office.act("farid", "review", edition=office.edition).draft
    office.act("farid", "vote", edition=office.edition, verdict="approve", draft=seen)
    office.act("hana", "return_edition", edition=office.edition, says="Coarser incomes, please.")
    change_plan(office)
    office.act("amara", "draft_edition", study=office.study, access="public use")
    office.act("amara", "submit_edition", edition=office.edition)

    with pytest.raises(WrongState, match="changed since you looked"):
        office.act("farid", "vote", edition=office.edition, verdict="approve", draft=seen)
    office.act("hana", "vote", edition=office.edition, verdict="approve")
    assert state(office) == "partially_reviewed"


def change_plan(office) -> None:
    steps = [dict(one) for one in PLAN]
    office.act("amara", "write_plan", study=office.study, steps=steps)
    office.act("amara", "try_plan", study=office.study)


PLAN = (
    {"method": "recode", "columns": ["age"], "parameters": {"width": "30", "first": "20", "last": "80"}, "why": "."},
    {"method": "top_bottom", "columns": ["income"], "parameters": {"top": "800"}, "why": "High incomes are known."},
    {"method": "local_suppression", "columns": [], "parameters": {"k": 5}, "why": "Nobody alone."},
    {"method": "remove", "columns": ["remarks"], "parameters": {}, "why": "Free text."},
    {"method": "sort_rows", "columns": [], "parameters": {}, "why": "The order of rows tells nothing."},
)


def test_a_draft_that_comes_late_replaces_nothing_that_was_handed_in(prepared):
    """Begun before, done after: what is under review, or published, stays what was looked at."""
    change_plan(prepared)
    verbs["draft_edition"].call(prepared.room("amara"), {"study": prepared.study, "access": "licensed"})
    prepared.act("amara", "submit_edition", edition=prepared.edition)
    looked = prepared.act("farid", "review", edition=prepared.edition).draft
    prepared.work()

    assert prepared.act("farid", "review", edition=prepared.edition).draft == looked
    assert state(prepared) == "submitted"


def at_once(office, *calls: tuple[str, str, dict]) -> list:
    """Call verbs at the same moment, each in a thread; what each gave, or why not."""

    def call(one):
        login, verb, given = one
        try:
            return verbs[verb].call(office.room(login), given)
        except SafeconductError as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(call, calls))


def test_two_checkers_at_once_complete_a_review_once(stage):
    """Both votes count, and one of them hands the edition on."""
    office = stage("prepared")
    office.act("amara", "draft_edition", study=office.study, access="public use")
    office.act("amara", "submit_edition", edition=office.edition)
    given = {"edition": office.edition, "verdict": "approve"}
    at_once(
        office, ("farid", "vote", given), ("hana", "vote", given), ("farid", "vote", given), ("hana", "vote", given)
    )
    completed = [one for one in office.events("vote") if one.body.get("command") == "complete"]

    assert state(office) == "reviewed"
    assert len(completed) == 1
    assert len(office.site.ledger.facts("vote")) == 2


def test_two_officers_at_once_approve_once(submitted):
    """The second finds it done."""
    submitted.act("farid", "vote", edition=submitted.edition, verdict="approve")
    given = {"edition": submitted.edition}
    at_once(submitted, ("dara", "approve_edition", given), ("dora", "approve_edition", given))

    assert len([one for one in submitted.events("approve_edition") if one.body.get("command") == "approve"]) == 1


def test_a_recheck_at_publication_refuses_what_lost_its_votes(submitted):
    """An author who becomes known only later: the vote of theirs is not counted when the files are made."""
    submitted.act("farid", "vote", edition=submitted.edition, verdict="approve")
    submitted.act("dara", "approve_edition", edition=submitted.edition)
    authors = [submitted.account("amara"), submitted.account("farid")]
    submitted.change("edition", submitted.edition, authors=authors)
    task = submitted.act("amara", "publish_edition", edition=submitted.edition)

    assert task.state == "failed"
    assert "voted" in str(task.says)
    assert state(submitted) == "approved"


def test_a_checker_from_elsewhere_is_added_by_a_steward_with_their_organisation(submitted):
    """Without it they would count as one of the house."""
    person = {"login": "ulla", "name": "Ulla", "password": "a long pass phrase", "roles": ["checker"]}
    submitted.act("amara", "add_person", **person, organisation="Statistics of Elsewhere")
    with pytest.raises(NotFound):
        submitted.act("ulla", "review", edition=submitted.edition)
    invite(submitted, "ulla")

    assert submitted.act("ulla", "review", edition=submitted.edition).can == ("vote", "return")


def test_an_approval_is_taken_back_before_it_is_published(submitted):
    """By the officer who gave it; its author hears why."""
    submitted.act("farid", "vote", edition=submitted.edition, verdict="approve")
    submitted.act("dara", "approve_edition", edition=submitted.edition)
    submitted.act("dara", "refuse_edition", edition=submitted.edition, says="Something came up.")
    with pytest.raises(WrongState):
        submitted.act("amara", "publish_edition", edition=submitted.edition)

    assert state(submitted) == "returned"
