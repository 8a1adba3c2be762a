"""Reviews: blind, distinct, bound to what was looked at, and never one's own."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeconduct.govern.may import No, Yes
from safeconduct.govern.reviews import (
    Invitation,
    Review,
    Verdict,
    Vote,
    approvals,
    may_approve,
    may_invite,
    may_look,
    may_vote,
    parts_in_review,
    seen_by,
    standing,
    state_of,
)
from safeconduct.govern.roles import Person
from safeconduct.govern.states.machine import Part
from safeconduct.model.errors import BadInput

TODAY = date(2026, 5, 1)
NOW = datetime(2026, 5, 1, 9, tzinfo=UTC)
HOME, ELSEWHERE = "Statistics Office", "University of Goma"
APPROVE, CHANGES, REJECT = Verdict
REVIEW = Review(id="r1", draft="now", authors=frozenset({"ana"}), needed=2, home=HOME)


def person(account, *roles, at=HOME):
    return Person(account=account, roles=frozenset(roles), organisation=at)


ANA, BEN, CLEO, DAN = (person(one, "checker") for one in ("ana", "ben", "cleo", "dan"))
OFFICER = person("eve", "dpo")
GUEST = person("gus", "checker", at=ELSEWHERE)
INVITED = replace(REVIEW, invitations=(Invitation(id="i1", review="r1", account="gus", by="ana", until=TODAY),))


def vote(by, verdict=APPROVE, draft="now"):
    return Vote(by=by, verdict=verdict, says="look at the ages", at=NOW, part=Part.CHECKER, draft=draft)


def reason(answer):
    return answer.reason if isinstance(answer, No) else ""


def test_the_author_never_votes():
    """Even with the right role."""
    assert reason(may_vote(ANA, REVIEW, (), today=TODAY)) == "review.author"


def test_somebody_else_votes():
    """The control."""
    assert may_vote(BEN, REVIEW, (), today=TODAY) == Yes()


def test_a_vote_of_somebody_who_later_edited_the_plan_no_longer_counts():
    """They are an author from then on, whatever they checked before."""
    votes = [vote("ben"), vote("cleo")]

    assert state_of(REVIEW, votes).complete
    assert state_of(replace(REVIEW, authors=frozenset({"ana", "ben"})), votes).missing == 1


def test_without_the_role_nobody_votes():
    """A steward and an officer are not checkers."""
    assert reason(may_vote(person("ben", "steward", "dpo"), REVIEW, (), today=TODAY)) == "role.missing"


def test_two_votes_of_one_person_are_one():
    """Distinct people, not distinct votes; the first counts."""
    state = standing([vote("ben"), vote("ben", REJECT)], needed=2, draft="now")

    assert (state.missing, state.outcome, [one.verdict for one in state.votes]) == (1, None, [APPROVE])


def test_nobody_votes_twice():
    """Not even while the votes are blind."""
    assert reason(may_vote(BEN, REVIEW, [vote("ben")], today=TODAY)) == "review.voted"


def test_a_changed_file_starts_again_from_no_votes():
    """Votes are on what was looked at."""
    assert standing([vote("ben", draft="before"), vote("cleo", draft="before")], needed=2, draft="now").missing == 2


def test_a_checker_does_not_see_the_other_vote_before_all_are_in():
    """Nor do the author and the officer."""
    votes = [vote("ben", CHANGES)]

    assert [seen_by(one, REVIEW, votes) for one in (ANA, CLEO, OFFICER)] == [(), (), ()]


def test_a_checker_sees_their_own_vote():
    """One knows what one said."""
    assert seen_by(BEN, REVIEW, [vote("ben", CHANGES)]) == (vote("ben", CHANGES),)


def test_everybody_sees_the_votes_once_all_are_in():
    """So that the author can read why."""
    votes = (vote("ben"), vote("cleo"))

    assert [seen_by(one, REVIEW, votes) for one in (ANA, CLEO, OFFICER)] == [votes, votes, votes]


def test_the_third_checker_is_as_blind_as_the_first_two():
    """A disagreement is told to nobody before the one who decides has voted."""
    votes = (vote("ben"), vote("cleo", REJECT))

    assert seen_by(DAN, REVIEW, votes) == ()
    assert seen_by(BEN, REVIEW, votes) == votes[:1]


def test_the_reasons_of_an_earlier_round_are_seen():
    """They are what the author worked on."""
    earlier = vote("ben", CHANGES, draft="before")

    assert seen_by(CLEO, REVIEW, [earlier, vote("dan")]) == (earlier,)


@pytest.mark.parametrize(
    ("verdicts", "needed", "outcome"),
    [
        ([APPROVE], 1, APPROVE),
        ([CHANGES], 1, CHANGES),
        ([REJECT], 1, REJECT),
        ([APPROVE], 2, None),
        ([APPROVE, APPROVE], 2, APPROVE),
        ([REJECT, REJECT], 2, REJECT),
        ([APPROVE, REJECT], 2, None),
        ([CHANGES, REJECT], 2, None),
        ([APPROVE, REJECT, APPROVE], 2, APPROVE),
        ([APPROVE, REJECT, REJECT], 2, REJECT),
        ([APPROVE, REJECT, CHANGES], 2, CHANGES),
        ([APPROVE, APPROVE, REJECT], 2, APPROVE),
    ],
)
def test_what_votes_come_to(verdicts, needed, outcome):
    """All the same, or the third decides; three different ones mean changes; later votes change nothing."""
    votes = [vote(f"checker{n}", verdict) for n, verdict in enumerate(verdicts)]

    assert standing(votes, needed=needed, draft="now").outcome is outcome


def test_a_disagreement_needs_a_third_checker():
    """Neither of the two."""
    votes = [vote("ben"), vote("cleo", REJECT)]
    state = state_of(REVIEW, votes)

    assert (state.conflicted, state.missing) == (True, 1)
    assert [reason(may_vote(one, REVIEW, votes, today=TODAY)) for one in (BEN, CLEO, DAN)] == [
        "review.voted", "review.voted", "",
    ]  # fmt: skip


def test_only_approvals_of_a_complete_review_count_for_the_release_check():
    """One of two is none; two of three are two."""
    split = [vote("ben"), vote("cleo", REJECT), vote("dan")]

    assert [approvals(state_of(REVIEW, split[:n])) for n in range(4)] == [0, 0, 0, 2]


@given(
    votes=st.lists(
        st.builds(vote, st.sampled_from("abcdef"), st.sampled_from(Verdict), st.sampled_from(["now", "before"])),
        max_size=12,
    ),
    needed=st.integers(1, 3),
)
def test_whatever_the_votes_nothing_leaves_on_fewer_people_than_are_needed(votes, needed):
    """An approval always stands on a majority of at least the needed number of different people, on this file."""
    state = standing(votes, needed=needed, draft="now")
    approving = {one.by for one in votes if one.verdict is APPROVE and one.draft == "now"}

    assert len({one.by for one in state.votes}) == len(state.votes)
    assert state.complete == (state.missing == 0)
    assert state.outcome is not APPROVE or (len(state.votes) >= needed and 2 * len(approving) > needed)


@given(votes=st.lists(st.builds(vote, st.sampled_from("abcdef"), st.sampled_from(Verdict)), max_size=8))
def test_a_later_vote_never_changes_an_outcome(votes):
    """What was shown to everybody stays."""
    for n in range(len(votes)):
        before = standing(votes[:n], needed=2, draft="now")
        if before.complete:
            assert standing(votes, needed=2, draft="now") == before


def test_a_review_that_is_over_takes_no_votes():
    """Complete, or closed because the file was returned or withdrawn."""
    over = (may_vote(DAN, REVIEW, [vote("ben"), vote("cleo")], today=TODAY),
            may_vote(DAN, replace(REVIEW, open=False), (), today=TODAY))  # fmt: skip

    assert [reason(one) for one in over] == ["review.over", "review.over"]


def test_the_officer_approves_what_the_checkers_approved():
    """Last of all."""
    assert may_approve(OFFICER, REVIEW, [vote("ben"), vote("cleo")]) == Yes()


@pytest.mark.parametrize(
    ("officer", "votes", "expected"),
    [
        (OFFICER, [], "review.incomplete"),
        (OFFICER, [vote("ben")], "review.incomplete"),
        (OFFICER, [vote("ben"), vote("cleo", REJECT)], "review.incomplete"),
        (OFFICER, [vote("ben", REJECT), vote("cleo", REJECT)], "review.not_approved"),
        (person("ben", "dpo", "checker"), [vote("ben"), vote("cleo")], "review.own_vote"),
        (person("ben", "dpo", "checker"), [vote("ben", draft="before"), vote("cleo"), vote("dan")], "review.own_vote"),
        (person("ana", "dpo"), [vote("ben"), vote("cleo")], "review.author"),
        (person("dan", "checker", "steward"), [vote("ben"), vote("cleo")], "role.missing"),
    ],
)
def test_who_may_not_let_a_file_leave(officer, votes, expected):
    """Too early, against the checkers, one of the checkers in any round, the author, or no officer."""
    assert reason(may_approve(officer, REVIEW, votes)) == expected


def test_an_invited_checker_votes_in_the_one_review_they_are_invited_to():
    """And in no other, nor after its last day, nor once it was taken back, nor when the review is over."""
    invitation = INVITED.invitations[0]
    closed = [
        (INVITED, TODAY + timedelta(days=1)),
        (replace(INVITED, id="r2"), TODAY),
        (replace(INVITED, invitations=(replace(invitation, taken_back=True),)), TODAY),
        (replace(INVITED, invitations=(replace(invitation, account="hal"),)), TODAY),
        (REVIEW, TODAY),
    ]

    assert may_vote(GUEST, INVITED, (), today=TODAY) == Yes()
    assert [reason(may_vote(GUEST, one, (), today=day)) for one, day in closed] == ["review.not_invited"] * 5
    assert isinstance(may_look(GUEST, replace(INVITED, open=False), (), today=TODAY), No)


def test_a_checker_nobody_named_an_organisation_for_needs_an_invitation():
    """Nobody can tell that they are of the house."""
    assert reason(may_vote(person("ben", "checker", at=""), REVIEW, (), today=TODAY)) == "review.not_invited"


def test_what_somebody_is_to_a_review():
    """An author is nothing beside it; an officer who voted is one no more."""
    votes = [vote("eve")]
    everything = ("steward", "checker", "dpo")

    def parts(one, review=INVITED):
        return set(parts_in_review(one, review, votes, today=TODAY))

    assert parts(person("ana", *everything)) == {Part.AUTHOR, Part.STEWARD}
    assert parts(person("fay", *everything)) == {Part.STEWARD, Part.CHECKER, Part.DPO}
    assert parts(person("eve", *everything)) == {Part.STEWARD, Part.CHECKER}
    assert parts(GUEST) == {Part.INVITED_CHECKER}
    assert parts(person("zoe", "researcher", "committee")) == set()


def test_whoever_is_nothing_to_a_review_does_not_look():
    """The other side of a review of others."""
    assert may_look(BEN, REVIEW, (), today=TODAY) == Yes()
    assert reason(may_look(person("zoe", "analyst"), REVIEW, (), today=TODAY)) == "review.not_yours"


STEWARD = person("ana", "steward")


@pytest.mark.parametrize(
    ("by", "guest", "days", "expected"),
    [
        (STEWARD, GUEST, 0, ""),
        (STEWARD, GUEST, 60, ""),
        (STEWARD, GUEST, 61, "review.invitation_days"),
        (STEWARD, GUEST, -1, "review.invitation_days"),
        (OFFICER, GUEST, 30, ""),
        (STEWARD, person("ana", "checker", at=ELSEWHERE), 30, "review.author"),
        (OFFICER, person("eve", "checker", at=ELSEWHERE), 30, "review.author"),
        (STEWARD, BEN, 30, "review.not_external"),
        (STEWARD, person("gus", "checker", at="  statistics  OFFICE"), 30, "review.not_external"),
        (STEWARD, person("gus", "checker", at=""), 30, "review.not_external"),
        (BEN, GUEST, 30, "role.missing"),
    ],
)
def test_who_may_invite_whom_for_how_long(by, guest, days, expected):
    """The author of a small office may, somebody from elsewhere, for at most sixty days."""
    assert reason(may_invite(by, REVIEW, guest, today=TODAY, until=TODAY + timedelta(days=days))) == expected


def test_nobody_is_invited_to_a_review_that_is_over():
    """It would let them look at something for nothing."""
    assert reason(may_invite(STEWARD, replace(REVIEW, open=False), GUEST, today=TODAY, until=TODAY)) == "review.over"


def test_a_no_needs_reasons_and_a_yes_does_not():
    """The author must know what to change."""
    yes = Vote(by="ben", verdict=APPROVE, says="", at=NOW, part=Part.CHECKER, draft="now")

    for verdict in (CHANGES, REJECT):
        with pytest.raises(BadInput, match="say what must change"):
            replace(yes, verdict=verdict, says="  ")


def test_only_a_checker_part_votes():
    """An officer's yes is an approval, not a vote."""
    with pytest.raises(BadInput, match="only checkers"):
        Vote(by="eve", verdict=APPROVE, says="", at=NOW, part=Part.DPO, draft="now")


def test_microdata_never_leave_without_a_checker():
    """A review that needs nobody is not one."""
    with pytest.raises(BadInput, match="at least one checker"):
        replace(REVIEW, needed=0)
