"""Every table of states: what is in it happens, what is not in it does not."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeconduct.govern.may import No, Yes
from safeconduct.govern.states.diagrams import mermaid, states_page, table
from safeconduct.govern.states.machine import Machine, Move, Part, State, allowed, commands, machines, moved
from safeconduct.model.errors import BadInput, NotPermitted, UnknownName, WrongState
from safeconduct.model.text import say

MACHINES = machines()
EVERY = [
    (machine, state.name, command, part)
    for machine in MACHINES.values()
    for state, command, part in product(machine.states, machine.commands, Part)
]
EDITION = MACHINES["edition"]
TWO = Machine(
    name="two", title=say("Two."),
    states=(State(name="a", says=say("A.")), State(name="b", says=say("B."), final=True)),
    moves=(Move(command="go", frm=("a",), to="b", by=(Part.AUTHOR,), says=say("Gone.")),),
)  # fmt: skip


def rows(machine):
    return {(state, move.command, part) for move in machine.moves for state in move.frm for part in move.by}


def edges(machine):
    return {(state, move.to) for move in machine.moves for state in move.frm if state != move.to}


def test_the_tables_are_those_of_answers_of_microdata_and_of_their_end():
    """One file a table, found by its file's name."""
    assert list(MACHINES) == [
        "answer", "answer_template", "contribution", "deposit", "destruction", "edition", "licence", "pool", "request",
    ]  # fmt: skip


def test_every_transition_is_allowed_or_refused_as_the_table_says():
    """Every state, command and part there is, so that what nobody thought of is refused too."""
    assert len(EVERY) > 2000
    for machine, state, command, part in EVERY:
        answer = allowed(machine, state, command, frozenset({part}))
        assert isinstance(answer, Yes) == ((state, command, part) in rows(machine)), (
            machine.name,
            state,
            command,
            part,
        )


def test_carrying_out_a_transition_follows_the_same_table():
    """What is allowed leads where the table says; what is not changes nothing and says which of the two it was."""
    for machine, state, command, part in EVERY:
        move = machine.move(state, command)
        if move is None:
            with pytest.raises(WrongState):
                moved(machine, state, command, frozenset({part}))
        elif part not in move.by:
            with pytest.raises(NotPermitted):
                moved(machine, state, command, frozenset({part}))
        else:
            assert moved(machine, state, command, frozenset({part})) == move.to


@given(data=st.data())
def test_several_parts_add_up_and_never_to_more(data):
    """With any set of parts something is allowed exactly if one of them alone is enough."""
    machine = MACHINES[data.draw(st.sampled_from(list(MACHINES)))]
    state = data.draw(st.sampled_from(machine.states)).name
    parts = data.draw(st.frozensets(st.sampled_from(Part)))
    for command in machine.commands:
        alone = any(isinstance(allowed(machine, state, command, frozenset({one})), Yes) for one in parts)
        assert isinstance(allowed(machine, state, command, parts), Yes) == alone
        assert (command in commands(machine, state, parts)) == alone


@pytest.mark.parametrize("name", MACHINES)
def test_nobody_who_is_nothing_to_a_thing_may_do_anything(name):
    """No part, no move."""
    assert all(commands(MACHINES[name], one.name, frozenset()) == () for one in MACHINES[name].states)


@pytest.mark.parametrize("name", MACHINES)
def test_every_state_can_be_reached(name):
    """From where a thing begins."""
    machine = MACHINES[name]
    reached: set[str] = set()
    fresh = {machine.start}
    while fresh:
        reached |= fresh
        fresh = {to for frm, to in edges(machine) if frm in fresh} - reached
    assert reached == {one.name for one in machine.states}


@pytest.mark.parametrize("name", MACHINES)
def test_nothing_follows_a_final_state_and_something_follows_every_other(name):
    """Final is final; nothing else is a dead end."""
    machine = MACHINES[name]
    for one in machine.states:
        assert one.final == (not any(one.name in move.frm for move in machine.moves)), one.name


@pytest.mark.parametrize("name", MACHINES)
def test_whoever_a_state_waits_for_can_do_something_there(name):
    """A queue holds nothing its owner cannot act on."""
    machine = MACHINES[name]
    for one in machine.states:
        if one.owner:
            assert commands(machine, one.name, frozenset({one.owner})), one.name


@pytest.mark.parametrize("name", MACHINES)
def test_the_diagram_mentions_every_move_and_every_final_state(name):
    """A line for each, and no line for what is not in the table."""
    machine = MACHINES[name]
    lines = mermaid(machine).splitlines()
    told = {f"    {state} --> {move.to}: {move.command}" for move in machine.moves for state in move.frm}
    ends = {f"    {one.name} --> [*]" for one in machine.states if one.final}

    assert lines[0] == "stateDiagram-v2"
    assert set(lines[1:]) == told | ends | {f"    [*] --> {machine.start}"}


@pytest.mark.parametrize("name", MACHINES)
def test_the_reference_page_holds_every_table(name):
    """With its diagram, its states and its rows."""
    page, machine = states_page("Generated."), MACHINES[name]

    assert "<!-- Generated. -->" in page
    assert mermaid(machine) in page
    assert table(machine) in page
    assert all(str(one.says) in page for one in (*machine.states, *machine.moves))


def test_an_edition_moves_exactly_as_an_output_does_and_as_publication_adds():
    """The moves of the reviewed output, four that a publication needs, and those of an erasure; no other."""
    output = {
        ("draft", "submitted"), ("draft", "withdrawn"), ("submitted", "partially_reviewed"), ("submitted", "returned"),
        ("partially_reviewed", "reviewed"), ("partially_reviewed", "returned"), ("reviewed", "approved"),
        ("reviewed", "rejected"), ("reviewed", "returned"), ("returned", "submitted"), ("returned", "withdrawn"),
        ("approved", "released"),
    }  # fmt: skip
    publication = {
        ("approved", "returned"), ("released", "superseded"), ("released", "retracted"), ("superseded", "retracted"),
    }  # fmt: skip

    erasure = {(state, "withdrawn") for state in ("draft", "submitted", "partially_reviewed", "reviewed", "approved",
                                                  "returned")}  # fmt: skip
    forgotten = [move for move in EDITION.moves if move.command == "forget"]

    assert edges(EDITION) == output | publication | erasure
    assert [move.by for move in forgotten] == [(Part.SYSTEM,)]


def test_a_request_moves_from_any_state_to_few_and_not_to_any():
    """A denied request that becomes an approved one by a change of a field is the mistake this is not."""
    request = MACHINES["request"]
    every = {(one.name, other.name) for one, other in product(request.states, request.states) if one != other}

    assert ("rejected", "approved") not in edges(request)
    assert len(edges(request)) < len(every) / 4


def test_an_author_never_votes_on_nor_approves_nor_publishes_their_own():
    """Whatever the state."""
    able = {command for one in EDITION.states for command in commands(EDITION, one.name, frozenset({Part.AUTHOR}))}

    assert able == {"submit", "withdraw"}


def test_an_applicant_never_decides():
    """Nor the members of the team."""
    request, own = MACHINES["request"], frozenset({Part.APPLICANT, Part.MEMBER})
    able = {command for one in request.states for command in commands(request, one.name, own)}

    assert not able & {"vote", "approve", "reject", "return", "revoke"}


def test_the_program_never_approves():
    """It counts, lets time pass and rejects what is prohibited; people let things through."""
    by_itself = {move.command for machine in MACHINES.values() for move in machine.moves if Part.SYSTEM in move.by}

    assert not by_itself & {"approve", "vote", "accept", "submit", "confirm_destruction"}


def test_only_the_data_protection_officer_lets_an_edition_leave():
    """One command leads to `approved`, from one state, by one part."""
    assert [(one.frm, one.by) for one in EDITION.moves if one.to == "approved"] == [(("reviewed",), (Part.DPO,))]


def test_a_refusal_says_what_can_be_done_instead():
    """The wrong moment and the wrong person are told apart, each with what is possible now."""
    late = allowed(EDITION, "draft", "approve", frozenset({Part.AUTHOR}))
    other = allowed(EDITION, "reviewed", "approve", frozenset({Part.CHECKER}))

    assert isinstance(late, No)
    assert isinstance(other, No)
    assert (late.reason, other.reason) == ("edition.state", "edition.part")
    assert [str(one.says) for one in late.alternatives] == ["What you can do now: submit, withdraw."]
    assert [str(one.says) for one in other.alternatives] == ["What you can do now: send_back."]


@pytest.mark.parametrize(("state", "command"), [("submitte", "vote"), ("submitted", "vot")])
def test_a_name_no_table_knows_is_a_broken_caller(state, command):
    """Never a silent no, nor a silent yes."""
    with pytest.raises(UnknownName, match="did you mean"):
        allowed(EDITION, state, command, frozenset({Part.CHECKER}))


@pytest.mark.parametrize(
    "change",
    [
        {"states": ()},
        {"states": (TWO.states[0], TWO.states[0], TWO.states[1])},
        {"moves": (*TWO.moves, replace(TWO.moves[0], to="a"))},
        {"moves": (replace(TWO.moves[0], to="c"),)},
        {"moves": (replace(TWO.moves[0], frm=("c",)),)},
        {"moves": (replace(TWO.moves[0], frm=()),)},
        {"moves": (replace(TWO.moves[0], frm=("b",), to="a"),)},
        {"moves": (replace(TWO.moves[0], by=()),)},
    ],
    ids=["no state", "twice", "two ways", "to nowhere", "from nowhere", "from none", "after the end", "by nobody"],
)
def test_a_table_that_contradicts_itself_is_not_made(change):
    """The control is made; each change of it is not."""
    assert replace(TWO) == TWO
    with pytest.raises(BadInput):
        replace(TWO, **change)
