"""Destroying for good, every transition drawn: nobody who proposed it confirms it, and nothing comes back."""

from itertools import product

from safeconduct.govern.may import Yes
from safeconduct.govern.states.machine import Part, allowed, machines

DESTRUCTION = machines()["destruction"]
DRAWN = """
    from      | command  | to        | by
    --------- + -------- + --------- + -----------------------
    proposed  | confirm  | confirmed | data protection officer
    proposed  | confirm  | confirmed | data steward
    proposed  | withdraw | withdrawn | author
    proposed  | withdraw | withdrawn | data protection officer
    confirmed | finish   | done      | the program
"""
ROWS = {tuple(cell.strip() for cell in line.split("|")) for line in DRAWN.strip().splitlines()[2:]}


def test_every_transition_that_is_drawn_is_made_and_no_other():
    names = [one.name for one in DESTRUCTION.states]
    made = {
        (state, command, move.to, part.value)
        for state, command, part in product(names, DESTRUCTION.commands, Part)
        if (move := DESTRUCTION.move(state, command))
        and isinstance(allowed(DESTRUCTION, state, command, frozenset({part})), Yes)
    }

    assert made == ROWS


def test_whoever_proposed_it_can_only_take_it_back():
    """Being a steward too does not help: the verb hands over the author's part alone."""
    author = frozenset({Part.AUTHOR})
    able = {
        command
        for command in DESTRUCTION.commands
        if isinstance(allowed(DESTRUCTION, "proposed", command, author), Yes)
    }

    assert able == {"withdraw"}
