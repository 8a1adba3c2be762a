"""Reviews of a file not released yet: who may look, who may vote, what they may see, and what the votes come to.

Two pairs of eyes that saw each other's verdict are one: votes are blind until all that are needed are in. They are
bound to the digest of what was looked at, so a changed file starts again from none. Whoever wrote or edited it never
votes on it, and the data protection officer who lets it leave has not voted either.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from safeconduct.govern.may import No, Yes, may
from safeconduct.govern.organisations import same_organisation
from safeconduct.govern.roles import Person, Role
from safeconduct.govern.states.machine import Part
from safeconduct.model.errors import BadInput
from safeconduct.model.text import say

INVITED_DAYS = 60
"""The longest an invitation may last, days."""


class Verdict(StrEnum):
    """What a checker says: it may leave, it must change, or it must never leave in any such form."""

    APPROVE = "approve"
    CHANGES = "changes"
    REJECT = "reject"


@dataclass(frozen=True, kw_only=True)
class Vote:
    """What one checker said of one state of a file.

    Attributes:
        by: Opaque account id.
        verdict: What they think.
        says: Why, in their words; needed for anything but an approval.
        at: When, with a zone.
        part: Whether they are a checker of the house or an invited one.
        draft: Digest of what they looked at; a vote on anything else does not count.

    Raises:
        BadInput: It says no without a reason, or its part is not one that votes.
    """

    by: str
    verdict: Verdict
    says: str
    at: datetime
    part: Part
    draft: str

    def __post_init__(self) -> None:
        if self.part not in {Part.CHECKER, Part.INVITED_CHECKER}:
            raise BadInput(say("only checkers vote on a file"), field="part")
        if self.verdict is not Verdict.APPROVE and not self.says.strip():
            raise BadInput(say("say what must change, so that the author knows"), field="says")


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """A checker from another organisation, for one review and no other.

    Attributes:
        id: Opaque.
        review: The review it is for; it ends with it.
        account: Opaque id of who is invited.
        by: Opaque id of who invited them.
        until: Its last day, included.
        taken_back: Whether it was taken back before.
    """

    id: str
    review: str
    account: str
    by: str
    until: date
    taken_back: bool = False

    def holds(self, review: "Review", today: date) -> bool:
        """Whether it lets somebody in today: for this review, while that is open, until its last day."""
        return not self.taken_back and review.open and self.review == review.id and today <= self.until


@dataclass(frozen=True, kw_only=True)
class Review:
    """A file under review, as far as decisions about it go.

    Attributes:
        id: Opaque and stable through every round.
        draft: Digest of the file as it is now.
        authors: Opaque ids of everybody who wrote or edited the treatment plan, from the first round on.
        needed: Checkers the protection level asks for, at least 1.
        home: The organisation that runs the site; its own checkers need no invitation.
        open: Whether votes are still taken.
        invitations: Checkers from elsewhere.

    Raises:
        BadInput: No checker is needed; microdata never leave on one person's word.
    """

    id: str
    draft: str
    authors: frozenset[str]
    needed: int
    home: str
    open: bool = True
    invitations: tuple[Invitation, ...] = ()

    def __post_init__(self) -> None:
        if self.needed < 1:
            raise BadInput(say("a file for others needs at least one checker besides its author"), field="needed")


@dataclass(frozen=True, kw_only=True)
class ReviewState:
    """What the votes come to. Hold it back from whoever may not see them: `seen_by` says what may be shown.

    Attributes:
        votes: Votes that count, oldest first; one a person, on the file as it is now.
        needed: Votes needed; one more than the protection level asks once checkers disagree.
        conflicted: Whether the checkers disagreed, so that another one decides.
        outcome: What they say together, `None` until all that are needed are in.
    """

    votes: tuple[Vote, ...]
    needed: int
    conflicted: bool
    outcome: Verdict | None

    @property
    def missing(self) -> int:
        """Votes still needed."""
        return max(0, self.needed - len(self.votes))

    @property
    def complete(self) -> bool:
        """Whether every vote that is needed is in."""
        return self.outcome is not None


def approvals(state: ReviewState) -> int:
    """How many checkers approved, as the release check counts them: none before every vote needed is in.

    Where checkers disagreed and the third decided for it, the two who approved count and the one who did not does not.
    """
    if state.outcome is not Verdict.APPROVE:
        return 0
    return sum(vote.verdict is Verdict.APPROVE for vote in state.votes)


def standing(votes: Sequence[Vote], *, needed: int, draft: str) -> ReviewState:
    """What votes come to.

    Only votes on `draft` count, and of one person the first: nobody votes twice, nor again after the others were
    shown. Checkers who do not all say the same need one more, who decides by majority; three different verdicts
    mean changes. Votes after the outcome are ignored.

    Args:
        votes: Votes in the order they were given, of every round.
        needed: Checkers the protection level asks for.
        draft: Digest of the file as it is now.
    """
    first: dict[str, Vote] = {}
    for vote in votes:
        if vote.draft == draft:
            first.setdefault(vote.by, vote)
    counted = tuple(first.values())
    conflicted = len({vote.verdict for vote in counted[:needed]}) > 1 and len(counted) >= needed
    wanted = needed + conflicted
    outcome = _outcome(counted[:wanted]) if len(counted) >= wanted else None
    return ReviewState(votes=counted[:wanted], needed=wanted, conflicted=conflicted, outcome=outcome)


def _outcome(votes: Sequence[Vote]) -> Verdict:
    verdict, many = Counter(vote.verdict for vote in votes).most_common(1)[0]
    return verdict if 2 * many > len(votes) else Verdict.CHANGES


def state_of(review: Review, votes: Sequence[Vote]) -> ReviewState:
    """What the votes of a review come to now; votes of people who may not vote on it are left out.

    Somebody who checked an early round and edited the plan in a later one is an author from then on.
    """
    able = [vote for vote in votes if vote.by not in review.authors]
    return standing(able, needed=review.needed, draft=review.draft)


def seen_by(person: Person, review: Review, votes: Sequence[Vote]) -> tuple[Vote, ...]:
    """The votes somebody may see: their own, those of rounds that are over, and all once the votes are complete.

    The same for everybody, the author and the data protection officer too: a vote told to one is told to all.
    Checkers who disagree do not see it before the one who decides has voted.
    """
    if not review.open or state_of(review, votes).complete:
        return tuple(votes)
    return tuple(vote for vote in votes if vote.by == person.account or vote.draft != review.draft)


def parts_in_review(person: Person, review: Review, votes: Sequence[Vote], *, today: date) -> frozenset[Part]:
    """What somebody is to an edition under review.

    An author is nothing but that, and a steward: never its checker, nor the officer who lets it leave. A checker of
    another organisation is one only by invitation. An officer who voted, in whatever round, is not its officer.
    """
    return frozenset(_parts(person, review, votes, today))


def _parts(person: Person, review: Review, votes: Sequence[Vote], today: date) -> Iterator[Part]:
    if Role.STEWARD in person.roles:
        yield Part.STEWARD
    if person.account in review.authors:
        yield Part.AUTHOR
        return
    if Role.CHECKER in person.roles:
        if same_organisation(person.organisation, review.home):
            yield Part.CHECKER
        elif _invited(person, review, today):
            yield Part.INVITED_CHECKER
    if Role.DPO in person.roles and person.account not in {vote.by for vote in votes}:
        yield Part.DPO


def _invited(person: Person, review: Review, today: date) -> bool:
    return any(one.account == person.account and one.holds(review, today) for one in review.invitations)


def may_look(person: Person, review: Review, votes: Sequence[Vote], *, today: date) -> Yes | No:
    """Whether somebody may look at a review at all: whoever is something to it, a guest while the invitation holds."""
    if parts_in_review(person, review, votes, today=today):
        return Yes()
    return No(reason="review.not_yours", what=say("This review is not one of yours."))


def may_vote(person: Person, review: Review, votes: Sequence[Vote], *, today: date) -> Yes | No:
    """Whether somebody may vote on a file not released yet."""
    if isinstance(no := may("check", person.roles), No):
        return no
    if person.account in review.authors:
        return No(reason="review.author", what=say("You wrote or changed this; somebody else checks it."))
    state = state_of(review, votes)
    if not review.open or state.complete:
        return No(reason="review.over", what=say("This review is over."))
    parts = parts_in_review(person, review, votes, today=today)
    if parts.isdisjoint({Part.CHECKER, Part.INVITED_CHECKER}):
        return No(reason="review.not_invited", what=say("You are not invited to this review, or no longer."))
    if person.account in {vote.by for vote in state.votes}:
        return No(reason="review.voted", what=say("You voted on this already; somebody else's vote is needed."))
    return Yes()


def may_approve(person: Person, review: Review, votes: Sequence[Vote]) -> Yes | No:
    """Whether somebody may let a checked file leave: an officer who is neither its author nor one of its checkers."""
    if isinstance(no := may("approve", person.roles), No):
        return no
    if person.account in review.authors:
        return No(reason="review.author", what=say("You wrote or changed this; somebody else approves it."))
    if person.account in {vote.by for vote in votes}:
        return No(reason="review.own_vote", what=say("You checked this; another data protection officer approves it."))
    state = state_of(review, votes)
    if state.outcome is None:
        return No(reason="review.incomplete", what=say("Not every checker that is needed has voted."))
    if state.outcome is not Verdict.APPROVE:
        return No(reason="review.not_approved", what=say("The checkers did not approve it; send it back or reject it."))
    return Yes()


def may_invite(person: Person, review: Review, guest: Person, *, today: date, until: date) -> Yes | No:
    """Whether somebody may ask a checker from another organisation for one review.

    Its author may, so that an office of two people can have a file checked at all; the guest is then neither of the
    two, of another organisation, and invited for this review only.
    """
    if isinstance(no := may("propose", person.roles), No) and isinstance(may("approve", person.roles), No):
        return no
    if not review.open:
        return No(reason="review.over", what=say("This review is over."))
    if guest.account in review.authors or guest.account == person.account:
        return No(reason="review.author", what=say("Invite somebody who did not work on it."))
    if not guest.organisation or same_organisation(guest.organisation, review.home):
        return No(reason="review.not_external", what=say("An invited checker comes from another organisation."))
    if not today <= until <= today + timedelta(days=INVITED_DAYS):
        return No(
            reason="review.invitation_days",
            what=say("An invitation lasts until a day within the next {days} days.", days=INVITED_DAYS),
        )
    return Yes()
