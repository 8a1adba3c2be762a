"""An answer under review: every transition, drawn; who moves it, and what nobody can learn from where it is."""

from itertools import product

import pytest

from safeconduct.govern.may import Yes
from safeconduct.govern.states.diagrams import mermaid
from safeconduct.govern.states.machine import Part, allowed, commands, machines

ANSWER = machines()["answer"]
DRAWN = """
    from     | command  | to       | by
    -------- + -------- + -------- + -----------
    waiting  | vote     | waiting  | checker
    waiting  | ask_back | returned | checker
    returned | reply    | waiting  | author
    waiting  | complete | approved | the program
    waiting  | turn_down | refused | the program
    waiting  | follow   | approved | the program
    returned | follow   | approved | the program
    approved | release  | released | the program
"""
ROWS = [tuple(cell.strip() for cell in line.split("|")) for line in DRAWN.strip().splitlines()[2:]]
NAMES = [one.name for one in ANSWER.states]


def leads_to(state: str, command: str, part: Part) -> str:
    """Where a command leads, `""` where it is not allowed."""
    move = ANSWER.move(state, command)
    answer = allowed(ANSWER, state, command, frozenset({part}))
    return move.to if move is not None and isinstance(answer, Yes) else ""


@pytest.mark.parametrize(("state", "command", "to", "by"), ROWS, ids=[" ".join(row[:2]) for row in ROWS])
def test_every_transition_that_is_drawn_is_made(state, command, to, by):
    """By whoever may, to where it says."""
    assert leads_to(state, command, Part(by)) == to


def test_no_transition_that_is_not_drawn_is_made():
    """Every state, command and part there is."""
    drawn = {(state, command, by) for state, command, _, by in ROWS}
    made = {
        (state, command, part.value)
        for state, command, part in product(NAMES, ANSWER.commands, Part)
        if leads_to(state, command, part)
    }

    assert made == drawn


def test_a_vote_moves_nothing_so_that_the_state_tells_nobody_of_it():
    """Nor of a disagreement: whoever votes third must not know that they decide."""
    assert [(move.frm, move.to) for move in ANSWER.moves if move.command == "vote"] == [(("waiting",), "waiting")]


def test_whoever_asked_only_replies():
    """They neither vote, nor release, nor take a refusal back."""
    assert {one for name in NAMES for one in commands(ANSWER, name, frozenset({Part.AUTHOR}))} == {"reply"}


def test_nobody_but_checkers_votes():
    """No officer and no steward votes on an answer in a checker's place; the program counts and never votes."""
    others = frozenset(Part) - {Part.CHECKER}

    assert not {one for name in NAMES for one in commands(ANSWER, name, others)} & {"vote", "ask_back"}


def test_no_single_checker_refuses_or_approves():
    """They vote; what the votes come to is counted by the program alone."""
    of_checkers = {one for name in NAMES for one in commands(ANSWER, name, frozenset({Part.CHECKER}))}

    assert of_checkers == {"vote", "ask_back"}


def test_what_is_released_or_refused_stays_so():
    """There is one answer to one question, or none."""
    assert {one.name for one in ANSWER.states if one.final} == {"released", "refused"}


def test_the_diagram_is_made_of_the_table():
    """The lines, in the order of the moves, then the ends."""
    assert mermaid(ANSWER).splitlines() == [
        "stateDiagram-v2",
        "    [*] --> waiting",
        "    waiting --> waiting: vote",
        "    waiting --> returned: ask_back",
        "    returned --> waiting: reply",
        "    waiting --> approved: complete",
        "    waiting --> refused: turn_down",
        "    waiting --> approved: follow",
        "    returned --> approved: follow",
        "    approved --> released: release",
        "    released --> [*]",
        "    refused --> [*]",
    ]
