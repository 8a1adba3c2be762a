"""Reviews of editions: what a checker sees, blind votes, the officer's word, and checkers invited from elsewhere."""

import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime

from safeconduct.actions.editions import (
    UNDER_REVIEW,
    Edition,
    admission_of,
    body_of,
    draft_of,
    edition_for,
    edition_of,
    parts_of,
    policy_by,
    review_of,
    votes_of,
)
from safeconduct.actions.messages import holders, tell
from safeconduct.actions.moving import move, table
from safeconduct.actions.profiles import person_of
from safeconduct.actions.room import Act, Room
from safeconduct.actions.trying import Tried
from safeconduct.actions.verb import action
from safeconduct.govern.may import No
from safeconduct.govern.reviews import (
    Invitation,
    Verdict,
    Vote,
    may_approve,
    may_invite,
    may_vote,
    seen_by,
    state_of,
)
from safeconduct.govern.roles import Role
from safeconduct.govern.states.machine import BY_SYSTEM, Part, commands
from safeconduct.ledger.entries import Fact
from safeconduct.model.editions import Finding, SheetLine
from safeconduct.model.errors import BadInput, NotFound, NotPermitted, WrongState
from safeconduct.model.microdata import DataFile
from safeconduct.model.recipe import Recipe
from safeconduct.model.study import Access
from safeconduct.model.text import Text, say
from safeconduct.model.trees import from_tree, to_tree
from safeconduct.release.file_base import file_rules_of
from safeconduct.release.gate import findings

CHECKING = frozenset({Part.CHECKER, Part.INVITED_CHECKER})
OPEN = ("draft", "submitted", "partially_reviewed", "reviewed", "approved", "returned")


@dataclass(frozen=True, kw_only=True)
class ReviewLine:
    """An edition in the list of reviews.

    Attributes:
        id: Its id, study and number.
        access: How it would be had.
        state: Where it is.
        since: Since when, UTC.
        can: What the caller may do to it now.
    """

    id: str
    access: Access
    state: str
    since: datetime
    can: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ReviewView:
    """An edition as those who check it see it; for insiders.

    Attributes:
        id: Its id, study and number.
        edition: Its number.
        draft: Digest of what is looked at; send it with a vote.
        access: How it would be had.
        state: Where it is.
        since: Since when, UTC.
        policy: Title of the protection level.
        rules: What the level asks, in sentences.
        findings: What each rule says of the draft.
        recipe: The treatment plan.
        tried: What each step did, and risk and loss before and after.
        files: The tables as they would leave.
        sheet: Risk and utility as they would be told outside.
        votes: The votes the caller may see.
        missing: Votes still needed, `None` while that may not be told.
        needed: Votes needed in all; one more once checkers disagree, which is told only with the votes.
        can: What the caller may do to it now.
        parts: What the caller is to it.
        invitations: Checkers from elsewhere.
    """

    id: str
    edition: int
    draft: str
    access: Access
    state: str
    since: datetime
    policy: str
    rules: tuple[Text, ...]
    findings: tuple[Finding, ...]
    recipe: Recipe
    tried: Tried | None
    files: tuple[DataFile, ...]
    sheet: tuple[SheetLine, ...]
    votes: tuple[Vote, ...]
    missing: int | None
    needed: int
    can: tuple[str, ...]
    parts: frozenset[Part]
    invitations: tuple[Invitation, ...]


@action(needs="measure", reads=True)
def reviews(room: Room) -> list[ReviewLine]:
    """Editions you may see under review, those that wait for you first."""
    found = []
    for fact in room.site.ledger.facts("edition"):
        edition = from_tree(Edition, fact.body)
        parts = parts_of(room, edition, fact)
        if parts:
            can = commands(table("edition"), fact.state, parts)
            found.append(ReviewLine(id=edition.id, access=edition.access, state=fact.state,
                                    since=datetime.fromisoformat(fact.at), can=can))  # fmt: skip
    return sorted(found, key=lambda one: (not one.can, one.state not in OPEN, one.since))


@action(needs="measure")
def review(room: Room, *, edition: str) -> ReviewView:
    """An edition with everything a checker needs; that you looked is recorded first.

    Args:
        edition: Its id, study and number.
    """
    found, fact = edition_for(room, edition)
    with room.write() as act:
        act.record(edition, {"draft": found.draft})
    return _view(room, found, fact, parts_of(room, found, fact))


def _view(room: Room, edition: Edition, fact: Fact, parts: frozenset[Part]) -> ReviewView:
    site, votes = room.site, votes_of(room.site, edition.id)
    made, policy = draft_of(site, edition), policy_by(site, edition)
    open_review = review_of(site, edition, fact)
    state = state_of(open_review, votes)
    tried = site.documents.get(edition.tried) if edition.tried else None
    blind = fact.state in UNDER_REVIEW and not state.complete
    return ReviewView(
        id=edition.id, edition=edition.number, draft=edition.draft, access=edition.access, state=fact.state,
        since=datetime.fromisoformat(fact.at), policy=policy.title,
        rules=tuple(one.in_words() for one in file_rules_of(policy)), findings=_findings(room, edition, fact),
        recipe=made.recipe, tried=from_tree(Tried, tried) if tried else None, files=made.files, sheet=made.sheet,
        votes=seen_by(person_of(room), open_review, votes), missing=None if blind else state.missing,
        needed=open_review.needed if blind else state.needed,
        can=commands(table("edition"), fact.state, parts), parts=parts, invitations=edition.invitations,
    )  # fmt: skip


def _findings(room: Room, edition: Edition, fact: Fact) -> tuple[Finding, ...]:
    """What the rules say of a draft; found once for each draft, since that reads all of its rows."""
    site, made = room.site, draft_of(room.site, edition)
    known = site.ledger.fact("findings", edition.draft)
    if known is not None:
        tree = site.documents.get(str(known.body["document"]))
        return tuple(from_tree(Finding, one) for one in tree) if isinstance(tree, list) else ()
    if fact.state in {"withdrawn", "rejected"}:
        return ()
    admission = admission_of(site, edition.study, edition.number, edition.access, policy_by(site, edition))
    found = findings(made, admission, site.drafts)
    with room.write() as act:
        document = site.documents.put([to_tree(one) for one in found])
        act.tx.put("findings", edition.draft, {"document": document}, at=room.now)
        act.record(edition.id, {"findings": document})
    return found


@action(needs="check", repeatable=True)
def vote(room: Room, *, edition: str, verdict: Verdict, says: str = "", draft: str = "") -> ReviewView:
    """Vote on an edition, without seeing others' votes; never on your own.

    Args:
        edition: Its id, study and number.
        verdict: `approve`, `changes` or `reject`.
        says: Why; needed for anything but an approval.
        draft: Digest of what you looked at, as `review` tells it; an edition that changed since is looked at again.
    """
    with room.write() as act:
        found, fact = edition_for(room, edition)
        if draft not in {"", found.draft}:
            raise WrongState(say("The edition changed since you looked at it; look at it again, then vote."))
        _cast(act, found, fact, Vote(
            by=room.caller.account, verdict=verdict, says=says, at=room.now, part=_voting_part(room, found, fact),
            draft=found.draft,
        ))  # fmt: skip
    return _after(room, edition)


def _voting_part(room: Room, edition: Edition, fact: Fact) -> Part:
    """What the caller votes as.

    Raises:
        NotPermitted: They may not vote on this, or not any more.
    """
    open_review, before = review_of(room.site, edition, fact), votes_of(room.site, edition.id)
    answer = may_vote(person_of(room), open_review, before, today=room.now.date())
    if isinstance(answer, No):
        raise NotPermitted(answer.what)
    return next(iter(parts_of(room, edition, fact) & CHECKING))


def _cast(act: Act, edition: Edition, fact: Fact, cast: Vote) -> None:
    """Write a vote down; the one that completes them hands the edition on."""
    site, parts = act.room.site, parts_of(act.room, edition, fact)
    before, tree = votes_of(site, edition.id), to_tree(cast)
    body = dict(tree) if isinstance(tree, dict) else {}
    act.tx.put("vote", f"{edition.id}:{secrets.token_hex(6)}", body, at=act.room.now)
    move(act, "edition", edition.id, command="vote", parts=parts)
    if state_of(review_of(site, edition, fact), [*before, cast]).complete:
        move(act, "edition", edition.id, command="complete", parts=BY_SYSTEM)
        waits = say("An edition was checked and waits for you.")
        tell(act, holders(act.room, Role.DPO), waits, href=f"/reviews/{edition.id}")
        act.record(edition.id, {"told": "officer"})


def _after(room: Room, edition: str) -> ReviewView:
    found, fact = edition_of(room.site, edition)
    return _view(room, found, fact, parts_of(room, found, fact))


@action(needs="check", repeatable=True)
def return_edition(room: Room, *, edition: str, says: str) -> ReviewView:
    """Send an edition back to its author before the votes are in.

    Args:
        edition: Its id, study and number.
        says: What must change.
    """
    return _moved(room, edition, "return", says)


@action(needs="approve", repeatable=True)
def approve_edition(room: Room, *, edition: str) -> ReviewView:
    """Let a checked edition leave: the data protection officer's word, last of all.

    Args:
        edition: Its id, study and number.
    """
    return _moved(room, edition, "approve", "")


@action(needs="approve", repeatable=True)
def refuse_edition(room: Room, *, edition: str, says: str, for_good: bool = False) -> ReviewView:
    """Send a checked edition back, an approved one too as long as it is not published, or reject it for good.

    Args:
        edition: Its id, study and number.
        says: Why.
        for_good: It will never be published.
    """
    return _moved(room, edition, "reject" if for_good else "send_back", says)


def _moved(room: Room, edition: str, command: str, says: str) -> ReviewView:
    if command != "approve" and not says.strip():
        raise BadInput(say("Say why, so that its author knows."), field="says")
    with room.write() as act:
        found, fact = edition_for(room, edition)
        if command == "send_back" and fact.state == "approved":
            command = "take_back"
        if command == "approve":
            answer = may_approve(person_of(room), review_of(room.site, found, fact), votes_of(room.site, edition))
            if isinstance(answer, No):
                raise NotPermitted(answer.what)
        move(act, "edition", edition, command=command, parts=parts_of(room, found, fact), told={"says": says})
        tell(act, found.authors, say("An edition of yours was looked at."), href=f"/reviews/{edition}")
        act.record(edition, {"told": "authors"})
    return _after(room, edition)


@action(needs="measure", repeatable=True)
def invite_checker(room: Room, *, edition: str, login: str, until: date) -> ReviewView:
    """Invite a checker from another organisation for this one review.

    Args:
        edition: Its id, study and number.
        login: The checker's login; their account names their organisation.
        until: Last day of the invitation, within sixty days.
    """
    account = room.site.accounts.by_login(login)
    if account is None:
        raise NotFound(say("There is no person of that login; ask for an account for them first."))
    with room.write() as act:
        found, fact = edition_for(room, edition)
        open_review = review_of(room.site, found, fact)
        answer = may_invite(
            person_of(room), open_review, person_of(room, account.id), today=room.now.date(), until=until
        )
        if isinstance(answer, No):
            raise NotPermitted(answer.what)
        invited = Invitation(id=f"i{secrets.token_hex(6)}", review=found.id, account=account.id,
                             by=room.caller.account, until=until)  # fmt: skip
        after = replace(found, invitations=(*found.invitations, invited))
        act.tx.put("edition", edition, body_of(after), state=fact.state, at=room.now)
        act.record(edition, {"invited": account.id, "until": until.isoformat()})
        tell(act, [account.id], say("You are invited to check an edition."), href=f"/reviews/{edition}")
        act.record(edition, {"told": "guest"})
    return _after(room, edition)
