"""How a committee decides: votes with reasons, a quorum, and one ruling."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from safeconduct.govern.may import No, Yes
from safeconduct.govern.requests import AccessRequest, conflict, may_decide
from safeconduct.govern.roles import Person
from safeconduct.model.errors import BadInput
from safeconduct.model.text import say


class Decision(StrEnum):
    """What a member of the committee votes for; a command of the table `request` each."""

    APPROVE = "approve"
    REJECT = "reject"
    RETURN = "return"


@dataclass(frozen=True, kw_only=True)
class Ballot:
    """One member's vote on one state of a request.

    Attributes:
        by: Who votes, with the organisation they worked for at the time.
        decision: What they vote for.
        reasons: Why; the applicant reads them.
        at: When, with a zone.
        content: Digest of the request they read; a vote on anything else does not count.

    Raises:
        BadInput: There are no reasons.
    """

    by: Person
    decision: Decision
    reasons: str
    at: datetime
    content: str

    def __post_init__(self) -> None:
        if not self.reasons.strip():
            raise BadInput(say("give reasons; the applicant reads them"), field="reasons")


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """What the votes come to.

    Attributes:
        ballots: Votes that count, one a member, the latest of each.
        quorum: Members who must have voted.
        decision: What more than half of them want once enough voted, `None` before and on a tie.
    """

    ballots: tuple[Ballot, ...]
    quorum: int
    decision: Decision | None

    @property
    def missing(self) -> int:
        """Votes still needed; one more than there are on a tie."""
        if self.decision is not None:
            return 0
        return max(1, self.quorum - len(self.ballots))


def ruling(request: AccessRequest, ballots: Sequence[Ballot], *, quorum: int) -> Ruling:
    """What the committee decided, if it did.

    Votes of people with a stake do not count, nor votes on a request that was changed since. Members may change
    their mind until there is a ruling, so the latest vote of each counts.

    Args:
        request: The request as it is now.
        ballots: Votes in the order they were given.
        quorum: Members who must have voted, at least 1.

    Raises:
        BadInput: The quorum is nobody.
    """
    if quorum < 1:
        raise BadInput(say("at least one member of the access committee decides"), field="quorum")
    able = {one.by.account: one for one in ballots if one.content == request.content and not conflict(one.by, request)}
    counted = tuple(able.values())
    return Ruling(ballots=counted, quorum=quorum, decision=_most(counted) if len(counted) >= quorum else None)


def _most(ballots: Sequence[Ballot]) -> Decision | None:
    decision, many = Counter(one.decision for one in ballots).most_common(1)[0]
    return decision if 2 * many > len(ballots) else None


def may_carry_out(person: Person, request: AccessRequest, ballots: Sequence[Ballot], *, decision: Decision,
                  quorum: int) -> Yes | No:  # fmt: skip
    """Whether somebody may carry out a decision: one of the committee, and it is what the committee decided."""
    if isinstance(no := may_decide(person, request), No):
        return no
    decided = ruling(request, ballots, quorum=quorum).decision
    if decided is None:
        return No(reason="request.quorum", what=say("Not enough members of the access committee agree yet."))
    if decided is not decision:
        return No(reason="request.ruling", what=say("The access committee decided otherwise."))
    return Yes()
