"""What a table of states is, and the one place that says whether a move is in it."""

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from safeconduct.govern.may import No, Yes
from safeconduct.model.errors import BadInput, NotPermitted, UnknownName, WrongState
from safeconduct.model.outcomes import Alternative
from safeconduct.model.text import Text, say

PACKAGE = "safeconduct.govern.states"


class Part(StrEnum):
    """What somebody is to a thing, as opposed to what they are on the site.

    A role is looked up; a part is worked out from facts each time it is needed, so that a checker who edited a
    treatment plan is its author and not its checker. `SYSTEM` is the program itself: what happened, not who wants it.
    """

    AUTHOR = "author"
    CHECKER = "checker"
    INVITED_CHECKER = "invited checker"
    DPO = "data protection officer"
    COMMITTEE = "access committee"
    APPLICANT = "applicant"
    MEMBER = "team member"
    STEWARD = "data steward"
    CONTRIBUTOR = "contributor"
    SYSTEM = "the program"


BY_SYSTEM = frozenset({Part.SYSTEM})
"""The parts the program has when something happened; nobody who signs in ever has them."""


@dataclass(frozen=True, kw_only=True)
class State:
    """Where a thing can be.

    Attributes:
        name: Such as `submitted`; kept in the record of use, so it never changes.
        says: What it means, for whoever waits.
        owner: Who it waits for, `None` where nobody has to do anything.
        final: Nothing follows.
    """

    name: str
    says: Text
    owner: Part | None = None
    final: bool = False


@dataclass(frozen=True, kw_only=True)
class Move:
    """One row of the table: who may do what, when, and what it leads to.

    Attributes:
        command: What is done, such as `submit`; one word for one act, whatever the state.
        frm: States in which it may be done.
        to: The state after; the same as before where the act is kept and nothing moves.
        by: Who may do it.
        says: What happened, in words.
    """

    command: str
    frm: tuple[str, ...]
    to: str
    by: tuple[Part, ...]
    says: Text


@dataclass(frozen=True, kw_only=True)
class Machine:
    """Every state of one sort of thing and every move between them. The first state is where it begins.

    Attributes:
        name: Such as `edition`; the name of its module.
        title: What people call it.
        states: Every state.
        moves: Every move; what is not here is forbidden.

    Raises:
        BadInput: Two states share a name, a move names a state that is not there or leaves a final one, a command
            leads to two places from one state, or nobody may make a move.
    """

    name: str
    title: Text
    states: tuple[State, ...]
    moves: tuple[Move, ...]

    def __post_init__(self) -> None:
        names = [one.name for one in self.states]
        if len(set(names)) < max(1, len(names)):
            raise BadInput(f"the table {self.name!r} needs states, each once")
        pairs = [(move.command, state) for move in self.moves for state in move.frm]
        if len(set(pairs)) < len(pairs):
            raise BadInput(f"a command of the table {self.name!r} leads to two places from one state")
        final = {one.name for one in self.states if one.final}
        for move in self.moves:
            if not {*move.frm, move.to} <= set(names) or final & set(move.frm) or not (move.frm and move.by):
                raise BadInput(f"the move {move.command!r} of the table {self.name!r} does not fit its states")

    @property
    def start(self) -> str:
        """The state a thing begins in."""
        return self.states[0].name

    @property
    def commands(self) -> tuple[str, ...]:
        """Every command, in the order of the table."""
        return tuple(dict.fromkeys(move.command for move in self.moves))

    def state(self, name: str) -> State:
        """The state of that name.

        Raises:
            UnknownName: There is none; the message offers the closest.
        """
        for one in self.states:
            if one.name == name:
                return one
        raise UnknownName(_unknown("state", name, [one.name for one in self.states]))

    def move(self, state: str, command: str) -> Move | None:
        """What a command does in a state, `None` where it does nothing.

        Raises:
            UnknownName: There is no such state or command; whoever calls is broken.
        """
        self.state(state)
        if command not in self.commands:
            raise UnknownName(_unknown("command", command, list(self.commands)))
        return next((one for one in self.moves if one.command == command and state in one.frm), None)


def allowed(machine: Machine, state: str, command: str, parts: frozenset[Part]) -> Yes | No:
    """Whether somebody who is this to a thing may do that to it now.

    The reasons are `NAME.state`, the right thing at the wrong moment, and `NAME.part`, somebody else's to do.

    Raises:
        UnknownName: There is no such state or command; whoever calls is broken.
    """
    move = machine.move(state, command)
    if move is None:
        return No(
            reason=f"{machine.name}.state",
            what=say("'{command}' cannot be done in the state '{state}'.", command=command, state=state),
            alternatives=_possible(machine, state, parts),
        )
    if parts.isdisjoint(move.by):
        return No(
            reason=f"{machine.name}.part",
            what=say("'{command}' takes one of: {parts}.", command=command, parts=", ".join(move.by)),
            alternatives=_possible(machine, state, parts),
        )
    return Yes()


def commands(machine: Machine, state: str, parts: frozenset[Part]) -> tuple[str, ...]:
    """What somebody who is this to a thing may do to it now, in the order of the table.

    Raises:
        UnknownName: There is no such state.
    """
    machine.state(state)
    return tuple(one.command for one in machine.moves if state in one.frm and not parts.isdisjoint(one.by))


def moved(machine: Machine, state: str, command: str, parts: frozenset[Part]) -> str:
    """The state after a command, for whoever carries it out.

    Raises:
        WrongState: It cannot be done in this state.
        NotPermitted: It is somebody else's to do.
        UnknownName: There is no such state or command.
    """
    move, answer = machine.move(state, command), allowed(machine, state, command, parts)
    if move is None:
        raise WrongState(answer.what if isinstance(answer, No) else machine.title)
    if isinstance(answer, No):
        raise NotPermitted(answer.what)
    return move.to


@cache
def machines() -> Mapping[str, Machine]:
    """Every table by name, alphabetically: each module of this package that has a `MACHINE`.

    Raises:
        BadInput: A table is not called what its file is.
    """
    found: dict[str, Machine] = {}
    package = importlib.import_module(PACKAGE)
    for one in sorted(pkgutil.iter_modules(package.__path__), key=lambda module: module.name):
        machine = getattr(importlib.import_module(f"{PACKAGE}.{one.name}"), "MACHINE", None)
        if isinstance(machine, Machine):
            if machine.name != one.name:
                raise BadInput(f"the table of states in {one.name}.py is called {machine.name!r}")
            found[machine.name] = machine
    return MappingProxyType(found)


def _possible(machine: Machine, state: str, parts: frozenset[Part]) -> tuple[Alternative, ...]:
    able = commands(machine, state, parts)
    return (Alternative(says=say("What you can do now: {commands}.", commands=", ".join(able))),) if able else ()


def _unknown(sort: str, name: str, known: list[str]) -> str:
    close = get_close_matches(name, known, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known)}"
    return f"no {sort} is called {name[:60]!r}; {hint}"
