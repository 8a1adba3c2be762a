"""A licensed file: asked for by a team, decided by people without a stake, and taken away at once when it must be."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from safeconduct.actions.verb import verbs
from safeconduct.model.errors import BadInput, NotFound, NotPermitted, SafeconductError, WrongState

pytestmark = pytest.mark.slow
SOUND = "The purpose is research."


def decide(office, request: str, login: str = "farid", decision: str = "approve", **more):
    return office.act(login, "decide_request", request=request, decision=decision, reasons=SOUND, **more)


def quorum(office, many: int) -> None:
    """Set how many members decide, as the owner does in the settings file."""
    path = office.root / "safeconduct.toml"
    path.write_text(f"{path.read_text(encoding='utf-8')}quorum = {many}\n", encoding="utf-8")
    office.__dict__.pop("site", None)


def state(office, request: str) -> str:
    return office.site.ledger.fact("request", request).state


def test_who_may_only_look_decides_nothing(published):
    """NADA let whoever could see a request change its state."""
    asked = published.request()
    for login in ("amara", "dara", "eva", "bilal", "gita", "karl"):
        with pytest.raises(NotPermitted):
            decide(published, asked, login)

    assert state(published, asked) == "submitted"


def test_a_member_of_the_applicants_organisation_does_not_decide(published):
    """Omar sits in the committee and works where Gita works."""
    asked = published.request()
    with pytest.raises(NotPermitted, match="organisation takes part"):
        decide(published, asked, "omar")

    assert asked not in {one.id for one in published.act("omar", "requests")}
    assert published.act("omar", "messages") == []


def test_a_member_of_the_team_does_not_decide(published):
    """Nor does whoever would have the files."""
    asked = published.request(team=("hana",))
    with pytest.raises(NotPermitted, match="others decide"):
        decide(published, asked, "hana")


@pytest.mark.parametrize("purpose", ["ImmigrationEnforcement", "MilitaryTargeting", "CommercialResale"])
def test_a_prohibited_use_is_refused_at_once_in_words(published, purpose):
    """Nobody of the committee is troubled, and the applicant reads why."""
    asked = published.request(purpose=purpose)
    view = published.act("gita", "request_state", request=asked)

    assert view.request.state == "rejected"
    assert len(view.request.history[-1].says) > 20
    assert not [one for one in published.act("farid", "messages") if "request" in one.href]


def test_a_prohibited_later_use_is_refused_too(published):
    """What somebody else would do with it afterwards counts."""
    asked = published.request(downstream=["LawEnforcementTargeting"])

    assert state(published, asked) == "rejected"


def test_a_returned_request_is_amended_and_starts_again(published):
    """Its story stays: what was asked for, what changed, and that the first vote is over."""
    asked = published.request()
    decide(published, asked, decision="return")
    published.act("gita", "write_request", request=asked, fields={"methods": "Regression, by district."})
    published.act("gita", "submit_request", request=asked)
    decide(published, asked, "hana")
    story = [one.command for one in published.act("gita", "request_state", request=asked).request.history]

    assert story == ["save", "submit", "vote", "return", "amend", "submit", "vote", "approve"]


def test_nothing_is_changed_while_the_committee_looks(published):
    """What they read is what they decide on."""
    asked = published.request()
    with pytest.raises(WrongState):
        published.act("gita", "write_request", request=asked, fields={"methods": "Something else."})


def test_parts_of_a_request_that_are_not_its_writers_cannot_be_written(published):
    """Neither its state nor its applicant nor its edition."""
    asked = published.ask()
    for name, value in (("state", "approved"), ("applicant", "x"), ("edition", 9), ("history", []), ("id", "q")):
        with pytest.raises(BadInput):
            published.act("gita", "write_request", request=asked, fields={name: value})


def test_two_members_decide_where_two_are_needed(published):
    """One vote leaves it with the committee; the vote is not shown to the team."""
    quorum(published, 2)
    asked = published.request()
    decide(published, asked)
    assert published.act("gita", "request_state", request=asked).ballots == ()
    assert state(published, asked) == "submitted"
    decide(published, asked, "hana")

    assert state(published, asked) == "approved"


def test_one_member_voting_twice_is_one_vote(published):
    """They may change their mind, not be two."""
    quorum(published, 2)
    asked = published.request()
    decide(published, asked)
    decide(published, asked)

    assert state(published, asked) == "submitted"


def test_a_grant_holds_to_what_every_member_asked(published):
    """The conditions of the first are not dropped because the second named none."""
    quorum(published, 2)
    asked = published.request()
    soon = str(published.later(20))
    decide(published, asked, downloads=1, networks=["10.0.0.0/8"], conditions="Destroy drafts.", until=soon)
    decide(published, asked, "hana", downloads=5, networks=["10.1.0.0/16"], conditions="Name the producer.")
    licence = published.act("gita", "my_licences")[0].licence

    assert set(licence.downloads.values()) == {1}
    assert licence.networks == ("10.1.0.0/16",)
    assert licence.conditions == "Destroy drafts.\nName the producer."
    assert str(licence.until) == soon


def test_networks_without_anything_in_common_are_told_and_nothing_is_granted(published):
    """A licence that nobody could use is no decision."""
    quorum(published, 2)
    asked = published.request()
    decide(published, asked, networks=["10.0.0.0/8"])
    with pytest.raises(BadInput, match="nothing in common"):
        decide(published, asked, "hana", networks=["192.0.2.0/24"])

    assert state(published, asked) == "submitted"


def test_a_member_who_votes_against_sets_no_condition(published):
    """Two for, one against with an hour of their own: the grant is the two's."""
    quorum(published, 3)
    asked = published.request()
    with published.site.ledger.write() as tx:
        published.site.accounts.set_roles(tx, published.account("dora"), ("committee",))
        tx.event(actor="site", verb="roles", subject="dora", body={}, at=published.room("dora").now)
    decide(published, asked, downloads=4)
    decide(published, asked, "hana", downloads=5)
    decide(published, asked, "dora", decision="reject", downloads=1)

    assert set(published.act("gita", "my_licences")[0].licence.downloads.values()) == {4}


def at_once(office, *calls) -> list:
    def call(one):
        login, verb, given = one
        try:
            return verbs[verb].call(office.room(login), given)
        except SafeconductError as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(call, calls))


def test_two_votes_at_once_lead_to_one_licence_each_person(published):
    """The request is granted once."""
    asked = published.request(team=("jonas",))
    given = {"request": asked, "decision": "approve", "reasons": SOUND}
    at_once(published, ("farid", "decide_request", given), ("hana", "decide_request", given))

    assert len(published.site.ledger.facts("licence")) == 2
    assert len([one for one in published.events("decide_request") if one.body.get("command") == "approve"]) == 1


def test_a_licence_opens_the_files_of_the_edition_that_was_asked_for(published):
    """Not those of a later one that came while the committee thought."""
    asked = published.request()
    published.change("catalogue", published.study, files="", release="", access="not available")
    decide(published, asked)

    assert "people.dta" in published.act("gita", "my_licences")[0].licence.downloads


def test_taking_a_grant_away_ends_every_licence_and_bars_the_team(published):
    """Jonas, who only was of the team, cannot ask anew, and what Gita had begun is closed."""
    licence = published.grant(team=("jonas",))
    request = published.site.ledger.fact("licence", licence).body["request"]
    begun = published.ask("jonas")
    published.act("dara", "revoke_request", request=request, reason="Somebody was looked for.")
    states = {fact.state for fact in published.site.ledger.facts("licence")}

    assert states == {"revoked"}
    assert state(published, begun) == "closed"
    anew = published.ask("jonas")
    with pytest.raises(NotPermitted, match="taken away"):
        published.act("jonas", "submit_request", request=anew)


def test_whoever_did_not_confirm_a_destruction_in_time_is_granted_nothing(published):
    """Thirty days after the end."""
    licence = published.grant()
    published.fetch(licence, published.deliver(licence)).whole()
    over = str(published.later(-31))
    published.change("licence", licence, first=str(published.later(-40)), until=over)
    asked = published.ask()
    with pytest.raises(NotPermitted, match="destroyed"):
        published.act("gita", "submit_request", request=asked)
    published.act("gita", "confirm_destruction", licence=licence)
    published.act("gita", "submit_request", request=asked)

    assert state(published, asked) == "submitted"


def test_each_person_of_a_team_accepts_alone(published):
    """The lead's yes opens nothing to the others, and words that changed are read again."""
    published.grant(team=("jonas",))
    theirs = published.act("jonas", "my_licences")[0]
    with pytest.raises(NotPermitted, match="not accepted"):
        published.act("jonas", "begin_delivery", licence=theirs.licence.id, file="people.dta")
    with pytest.raises(WrongState, match="read them again"):
        published.act("jonas", "accept_licence", licence=theirs.licence.id, offer="0" * 64)


def test_nobody_votes_after_the_decision(published):
    """A decision stands."""
    asked = published.request()
    decide(published, asked)
    with pytest.raises(NotPermitted, match="nothing to decide"):
        decide(published, asked, "hana", decision="reject")

    assert state(published, asked) == "approved"


def test_a_study_that_nobody_published_cannot_be_asked_for(prepared):
    """An edition under way is not told to anybody outside."""
    with pytest.raises(NotFound):
        prepared.act("gita", "begin_request", study=prepared.study)


def test_a_grant_does_not_outlive_the_work_it_is_for(published):
    """Nor is it longer than the request said."""
    asked = published.request()
    with pytest.raises(BadInput):
        decide(published, asked, until=str(published.later(400)))

    assert state(published, asked) == "submitted"
