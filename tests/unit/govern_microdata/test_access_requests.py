"""Requests: a form that says what is missing, a committee without a stake, and the usual time."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeconduct.govern.deciding import Ballot, Decision, may_carry_out, ruling
from safeconduct.govern.may import No, Yes, may
from safeconduct.govern.organisations import OrganisationKind
from safeconduct.govern.purposes import Outcome, UseRules, matches
from safeconduct.govern.requests import (
    ENOUGH,
    LARGEST_TEAM,
    LONG,
    REQUIRED,
    AccessRequest,
    Happened,
    TeamMember,
    barred,
    closed_with,
    conflict,
    days_to_decide,
    may_decide,
    may_request,
    parts_in_request,
    problems,
    since,
    usual_days,
)
from safeconduct.govern.roles import Person, Role
from safeconduct.govern.states.machine import Part, machines
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import Column
from safeconduct.model.trees import from_tree, to_tree

TODAY = date(2026, 5, 1)
NOW = datetime(2026, 5, 1, 9, tzinfo=UTC)
ROSE = TeamMember(name="Rose", title="Professor", affiliation="Makerere University", account="rose")
SAM = TeamMember(name="Sam", title="PhD student", affiliation="Gulu University", account="sam")
REQUEST = AccessRequest(
    id="q1", study="panel-2026", edition=1, applicant="rose", organisation="Makerere University",
    kind=OrganisationKind.UNIVERSITY, registered=True, address="Kampala", telephone="+256 41", country="UGA",
    question="Who returns?", objectives="Know who returns.", methods="Regression.", outputs="A paper.",
    dissemination="Open access.", completion=date(2027, 5, 1), merges=False, team=(ROSE, SAM), whole=True,
    purpose="AcademicResearch", commercial=False, agreed=True, state="submitted",
)  # fmt: skip


def person(account, *roles, at="Statistics Office"):
    return Person(account=account, roles=frozenset(roles), organisation=at)


BEN, CLEO, DAN = (person(one, "committee") for one in ("ben", "cleo", "dan"))
APPROVE, REJECT, RETURN = Decision


def reason(answer):
    return answer.reason if isinstance(answer, No) else ""


def ballot(by, decision=APPROVE, content=None):
    return Ballot(by=by, decision=decision, reasons="A clear question.", at=NOW, content=content or REQUEST.content)


def asked(days, command="approve", by="ben"):
    sent = Happened(command="submit", state="submitted", by="rose", at=NOW)
    ended = Happened(command=command, state="approved", by=by, at=NOW + timedelta(days=days))
    return replace(REQUEST, history=(sent, ended))


def test_a_complete_request_can_be_handed_in():
    """The control."""
    assert problems(REQUEST, today=TODAY) == ()
    assert may_request(person("rose", "researcher"), REQUEST, ()) == Yes()


@pytest.mark.parametrize("name", REQUIRED)
def test_every_required_answer_is_asked_for_at_its_field(name):
    """Spaces are no answer."""
    assert [one.field for one in problems(replace(REQUEST, **{name: "  "}), today=TODAY)] == [name]


@pytest.mark.parametrize("name", LONG)
def test_an_answer_nobody_would_read_is_too_long(name):
    """At the limit and one more."""
    assert problems(replace(REQUEST, **{name: "x" * 6000}), today=TODAY) == ()
    assert [one.field for one in problems(replace(REQUEST, **{name: "x" * 6001}), today=TODAY)] == [name]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": None}, "kind"),
        ({"registered": False}, "registered"),
        ({"purpose": "Other"}, "purpose"),
        ({"downstream": ("AcademicResearch", "Anything")}, "downstream"),
        ({"commercial": None}, "commercial"),
        ({"agreed": False}, "agreed"),
        ({"completion": None}, "completion"),
        ({"completion": TODAY}, "completion"),
        ({"completion": TODAY + timedelta(days=5 * 365 + 1)}, "completion"),
        ({"merges": None}, "merges"),
        ({"merges": True}, "merged_with"),
        ({"whole": None}, "whole"),
        ({"whole": False}, "variables"),
        ({"team": ()}, "team"),
        ({"team": (SAM,)}, "team"),
        ({"team": (ROSE, SAM, SAM)}, "team"),
        ({"team": (ROSE, replace(SAM, account=""))}, "team"),
        ({"team": (ROSE, replace(SAM, title=" "))}, "team"),
        ({"team": (ROSE, *(replace(SAM, account=f"s{n}") for n in range(LARGEST_TEAM)))}, "team"),
    ],
)
def test_what_is_missing_or_cannot_be_is_named_at_its_field(change, field):
    """One at a time."""
    assert [one.field for one in problems(replace(REQUEST, **change), today=TODAY)] == [field]


@pytest.mark.parametrize(
    "change",
    [
        {"completion": TODAY + timedelta(days=1)},
        {"completion": TODAY + timedelta(days=5 * 365)},
        {"merges": True, "merged_with": "The census of 2024."},
        {"whole": False, "variables": (Column(file="members", name="age"),)},
        {"team": (ROSE, *(replace(SAM, account=f"s{n}") for n in range(LARGEST_TEAM - 1)))},
    ],
)
def test_what_just_fits_is_taken(change):
    """The other side of each limit."""
    assert problems(replace(REQUEST, **change), today=TODAY) == ()


def test_a_message_of_the_form_never_quotes_what_was_written():
    """It may be a name."""
    marker = "marker-7741"
    wrong = replace(REQUEST, purpose=marker, downstream=(marker,), question=marker * 900, agreed=False)

    assert marker not in " ".join(str(one.says) for one in problems(wrong, today=TODAY))


def test_a_request_shows_no_name_address_or_number_by_accident():
    """Nor a public key, which names its holder."""
    shown = repr(replace(REQUEST, team=(replace(ROSE, key="age1-marker"),)))

    assert not any(one in shown for one in ("Rose", "Professor", "Kampala", "+256", "marker"))


def test_a_request_is_kept_and_read_back_whole():
    """As the ledger keeps it."""
    assert from_tree(AccessRequest, to_tree(asked(3))) == asked(3)


def test_the_purposes_form_and_matcher_agree():
    """What the form offers the matcher knows."""
    assert matches(REQUEST.wish(), UseRules()).outcome is Outcome.FOR_REVIEW
    assert matches(replace(REQUEST, downstream=("CommercialResale",)).wish(), UseRules()).outcome is Outcome.REFUSED


def test_a_viewer_cannot_decide():
    """Seeing requests is not deciding them; each permission is its own."""
    for role in set(Role) - {Role.COMMITTEE}:
        assert isinstance(may("decide", frozenset({role})), No)
        assert reason(may_decide(person("ben", role), REQUEST)) == "role.missing"


def test_a_member_of_the_committee_without_a_stake_decides():
    """The control."""
    assert may_decide(BEN, REQUEST) == Yes()
    assert parts_in_request(BEN, REQUEST) == {Part.COMMITTEE}


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (person("rose", "committee"), "request.own"),
        (person("sam", "committee"), "request.own"),
        (person("ben", "committee", at="Makerere University"), "request.own_organisation"),
        (person("ben", "committee", at="  makerere   UNIVERSITY "), "request.own_organisation"),
        (person("ben", "committee", at="Gulu University"), "request.own_organisation"),
        (person("ben", "committee", at=""), "request.organisation_unknown"),
    ],
)
def test_nobody_decides_on_their_own_request_or_organisation(who, expected):
    """Nor on one where the organisation of somebody in the team is theirs, however it is written."""
    assert reason(may_decide(who, REQUEST)) == expected
    assert conflict(who, REQUEST)
    assert Part.COMMITTEE not in parts_in_request(who, REQUEST)


@pytest.mark.parametrize("state", [one.name for one in machines()["request"].states if one.name != "submitted"])
def test_only_a_request_that_was_handed_in_is_decided(state):
    """Not a draft, and not one that was decided."""
    assert reason(may_decide(BEN, replace(REQUEST, state=state))) == "request.state"


def test_what_somebody_is_to_a_request():
    """An officer or steward of the team is nothing but its member."""
    everything = ("steward", "dpo", "researcher")

    assert parts_in_request(person("rose", *everything), REQUEST) == {Part.APPLICANT, Part.MEMBER}
    assert parts_in_request(person("sam", *everything), REQUEST) == {Part.MEMBER}
    assert parts_in_request(person("eve", *everything), REQUEST) == {Part.STEWARD, Part.DPO}


@pytest.mark.parametrize(
    ("votes", "quorum", "decision"),
    [
        ([], 1, None),
        ([ballot(BEN)], 1, APPROVE),
        ([ballot(BEN)], 2, None),
        ([ballot(BEN), ballot(BEN)], 2, None),
        ([ballot(BEN), ballot(CLEO)], 2, APPROVE),
        ([ballot(BEN), ballot(CLEO, REJECT)], 2, None),
        ([ballot(BEN), ballot(CLEO, REJECT), ballot(DAN, REJECT)], 2, REJECT),
        ([ballot(BEN), ballot(CLEO, REJECT), ballot(DAN, RETURN)], 2, None),
        ([ballot(BEN), ballot(CLEO, REJECT), ballot(CLEO)], 2, APPROVE),
        ([ballot(BEN), ballot(CLEO, content="before")], 2, None),
        ([ballot(BEN), ballot(person("sam", "committee"))], 2, None),
        ([ballot(BEN), ballot(person("fay", "committee", at="Gulu University"))], 2, None),
    ],
)
def test_more_than_half_of_a_quorum_decides(votes, quorum, decision):
    """Distinct members without a stake, their latest vote, on the request as it is now."""
    found = ruling(REQUEST, votes, quorum=quorum)

    assert found.decision is decision
    assert (found.missing == 0) == (decision is not None)


def test_a_decision_gives_reasons():
    """The applicant reads them."""
    with pytest.raises(BadInput, match="give reasons"):
        replace(ballot(BEN), reasons=" ")


def test_a_committee_is_not_nobody():
    """A quorum of none would approve everything."""
    with pytest.raises(BadInput, match="at least one member"):
        ruling(REQUEST, (), quorum=0)


def test_what_is_carried_out_is_what_was_decided():
    """Neither too early nor something else, nor by somebody with a stake."""
    votes = [ballot(BEN), ballot(CLEO)]

    def carry(who, ballots, decision=APPROVE):
        return reason(may_carry_out(who, REQUEST, ballots, decision=decision, quorum=2))

    assert carry(DAN, votes) == ""
    assert carry(DAN, votes[:1]) == "request.quorum"
    assert carry(DAN, votes, REJECT) == "request.ruling"
    assert carry(person("sam", "committee"), votes) == "request.own"


def test_a_changed_request_has_no_votes_and_what_happens_to_it_changes_none():
    """What was read is what was voted on."""
    votes = [ballot(BEN), ballot(CLEO)]

    assert ruling(asked(1), votes, quorum=2).decision is APPROVE
    kept = {"id", "study", "edition", "applicant", "state", "history"}
    for one in {each.name for each in fields(AccessRequest)} - kept:
        now = getattr(REQUEST, one)
        other = {str: "else", bool: not now, tuple: ()}.get(type(now)) if now is not None else None
        changed = replace(REQUEST, **{one: ("AcademicResearch",) if one == "downstream" else other})
        assert changed == REQUEST or ruling(changed, votes, quorum=2).decision is None, one


def test_only_the_lead_researcher_with_the_role_hands_in():
    """Never an officer, whatever their other roles."""
    assert reason(may_request(person("sam", "researcher"), REQUEST, ())) == "request.applicant"
    assert reason(may_request(person("rose", "steward"), REQUEST, ())) == "role.missing"
    assert reason(may_request(person("rose", "researcher", "dpo"), REQUEST, ())) == "request.officer"


def test_a_revoked_grant_bars_its_whole_team_from_the_study_and_from_no_other():
    """And closes what they have open for it."""
    revoked = replace(REQUEST, id="q0", applicant="sam", team=(SAM,), state="revoked")
    other = replace(REQUEST, id="q2", study="other")

    assert barred("panel-2026", [revoked, REQUEST]) == {"sam"}
    assert reason(may_request(person("rose", "researcher"), REQUEST, [revoked])) == "request.barred"
    assert may_request(person("rose", "researcher"), other, [revoked]) == Yes()
    assert closed_with(revoked, [revoked, REQUEST, other, replace(REQUEST, id="q3", state="approved")]) == ("q1",)


def test_whoever_owes_a_confirmation_of_destruction_gets_nothing_new():
    """Nor does their team."""
    late = may_request(person("rose", "researcher"), REQUEST, (), owing=frozenset({"sam"}))

    assert reason(late) == "request.destruction_due"


def test_since_when_it_is_where_it_is():
    """Saving and voting move nothing."""
    story = (
        Happened(command="save", state="draft", by="rose", at=NOW),
        Happened(command="submit", state="submitted", by="rose", at=NOW + timedelta(days=1)),
        Happened(command="vote", state="submitted", by="ben", at=NOW + timedelta(days=2)),
    )

    assert since(replace(REQUEST, history=story)) == NOW + timedelta(days=1)
    assert since(REQUEST) is None


@pytest.mark.parametrize(("days", "expected"), [(0, 0), (0.1, 1), (1, 1), (1.01, 2), (30, 30)])
def test_begun_days_count(days, expected):
    """From handing in to the decision."""
    assert days_to_decide(asked(days)) == expected


def test_the_time_for_changes_counts_too():
    """People wait from the first time they hand in."""
    first, *_ = asked(0).history
    again = replace(first, at=NOW + timedelta(days=5))

    assert days_to_decide(replace(REQUEST, history=(first, again, *asked(9).history[1:]))) == 9


def test_the_usual_time_is_the_median_and_none_where_few_were_decided():
    """One slow decision does not make all look slow, and a single one is told to nobody."""
    decided = [asked(days) for days in (1, 2, 3, 4, 90)]

    assert len(decided) == ENOUGH
    assert usual_days(decided) == 3
    assert usual_days(decided[:4]) is None
    assert usual_days([*decided[:4], REQUEST, asked(1, "reject", by=""), asked(1, "return")]) is None


@given(st.lists(st.integers(0, 400), min_size=ENOUGH, max_size=20))
def test_the_usual_time_lies_among_the_times(days):
    """It is nobody's promise, but it happened."""
    found = usual_days([asked(one) for one in days])

    assert found is not None
    assert min(days) <= found <= max(days)
