"""Where things are, in words for whoever waits: what a state is called, what it means, and whose turn it is."""

from collections.abc import Mapping
from dataclasses import dataclass

from safeconduct.actions.moving import table
from safeconduct.govern.states.machine import Part
from safeconduct.model.text import Text, say

TITLES: Mapping[str, Text] = {
    "receiving": say("Arriving"),
    "received": say("Being read"),
    "read": say("Being decided"),
    "decided": say("Decided"),
    "kept": say("Kept"),
    "failed": say("Not readable"),
    "draft": say("Being prepared"),
    "submitted": say("Handed in"),
    "partially_reviewed": say("Under review"),
    "reviewed": say("Reviewed"),
    "approved": say("Approved"),
    "released": say("Published"),
    "returned": say("Sent back"),
    "withdrawn": say("Withdrawn"),
    "rejected": say("Rejected"),
    "superseded": say("Published, and followed by a later one"),
    "retracted": say("Taken back"),
    "closed": say("Closed"),
    "revoked": say("Taken away"),
    "expired": say("Over"),
    "offered": say("Offered"),
    "accepted": say("Accepted"),
    "destroyed": say("Destroyed"),
}
OWNERS: Mapping[Part, Text] = {
    Part.AUTHOR: say("its author"),
    Part.CHECKER: say("a checker"),
    Part.INVITED_CHECKER: say("an invited checker"),
    Part.DPO: say("the data protection officer"),
    Part.COMMITTEE: say("the access committee"),
    Part.APPLICANT: say("the applicant"),
    Part.MEMBER: say("the person it was given to"),
    Part.STEWARD: say("a data steward"),
    Part.SYSTEM: say("the site"),
}
NOBODY = say("nobody")


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A state in words.

    Attributes:
        name: Its name, as verbs tell it.
        title: What it is called, in a word or two.
        says: What it means.
        owner: Whose turn it is.
        waits: Whether it is anybody's turn.
    """

    name: str
    title: Text
    says: Text
    owner: Text
    waits: bool


def stage(machine: str, state: str) -> Stage:
    """A state of a table in words.

    Args:
        machine: Name of the table: `deposit`, `edition`, `request` or `licence`.
        state: Its name.

    Raises:
        UnknownName: The table has no such state.

    Example:
        >>> stage("edition", "submitted").owner.id
        'a checker'
    """
    found = table(machine).state(state)
    owner = OWNERS[found.owner] if found.owner else NOBODY
    return Stage(name=state, title=TITLES[state], says=found.says, owner=owner, waits=found.owner is not None)
