"""Where a thing is, in words: its state, with whom it lies, since when, and what happened to it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from markupsafe import Markup

from safeconduct.actions.moving import table
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import MoveLine, state_line
from safeconduct.server.page import Visit

OWNERS: Mapping[str, Text] = {
    "author": say("its author"),
    "checker": say("the checkers"),
    "invited checker": say("the invited checker"),
    "data protection officer": say("the data protection officer"),
    "access committee": say("the access committee"),
    "applicant": say("the applicant"),
    "team member": say("the person it is for"),
    "data steward": say("the data steward"),
    "contributor": say("the organisation it is of"),
    "the program": say("this program"),
}
"""Whom something can lie with, by the part they have in it."""

NOBODY = say("nobody; nothing has to be done")
SAVED = frozenset({"save", "amend"})


def state_says(machine: str, state: str) -> Text:
    """What a state means for whoever waits."""
    return table(machine).state(state).says


def lies_with(machine: str, state: str) -> Text:
    """Whose turn it is."""
    owner = table(machine).state(state).owner
    return OWNERS[owner] if owner else NOBODY


def where(visit: Visit, machine: str, state: str, *, since: datetime, usual_days: int | None = None) -> Markup:
    """The line that says where something is; a state that waits for nobody says since when it is so."""
    found = table(machine).state(state)
    return state_line(
        visit.words,
        found.says,
        owner=lies_with(machine, state),
        since=since.date(),
        usual_days=usual_days,
        final=found.final or found.owner is None,
    )


def happened(machine: str, command: str) -> Text:
    """What a command did, in words."""
    return next(one.says for one in table(machine).moves if one.command == command)


def told_moves(machine: str, moves: Sequence[tuple[str, Text | str, datetime, str]]) -> list[MoveLine]:
    """Moves as a page tells them, the saving of drafts left out.

    Args:
        machine: Name of the table of states.
        moves: Command, who did it, when, and the reason given.
    """
    return [
        MoveLine(says=happened(machine, command), who=who, at=at, why=why)
        for command, who, at, why in moves
        if command not in SAVED
    ]
