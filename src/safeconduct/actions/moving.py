"""Moves from state to state: the table says whether, and the move and its event are one transaction."""

from collections.abc import Mapping

from safeconduct.actions.room import Act
from safeconduct.govern.states.machine import Machine, Part, machines, moved
from safeconduct.model.canonical import Json
from safeconduct.model.errors import NotFound
from safeconduct.model.text import say


def move(  # noqa: PLR0913 - a move is all of this, each by name
    act: Act,
    machine: str,
    id: str,  # noqa: A002 - the word of the field
    *,
    command: str,
    parts: frozenset[Part],
    body: Mapping[str, Json] | None = None,
    told: Mapping[str, Json] | None = None,
) -> str:
    """Carry out a command of a table of states; the state after it.

    Args:
        act: The open transaction.
        machine: Name of the table, which is also the kind of the fact.
        id: Which thing.
        command: What is done.
        parts: What whoever does it is to the thing.
        body: What holds of the thing from now on; as before where left out.
        told: What the event says beside the command and the states.

    Raises:
        NotFound: There is no such thing.
        WrongState: It cannot be done in this state.
        NotPermitted: It is somebody else's to do.
    """
    fact = act.tx.fact(machine, id)
    if fact is None:
        raise NotFound(say("There is no such thing, or it is not yours."))
    to = moved(table(machine), fact.state, command, parts)
    act.tx.put(machine, id, fact.body if body is None else body, state=to, at=act.room.now)
    act.record(id, {"command": command, "from": fact.state, "to": to, **(told or {})})
    return to


def start(act: Act, machine: str, id: str, body: Mapping[str, Json], told: Mapping[str, Json] | None = None) -> None:  # noqa: A002 - the word of the field
    """Write a new thing down in the state its table begins with."""
    act.tx.put(machine, id, body, state=table(machine).start, at=act.room.now)
    act.record(id, {"command": "begin", "to": table(machine).start, **(told or {})})


def table(machine: str) -> Machine:
    """The table of that name."""
    return machines()[machine]
