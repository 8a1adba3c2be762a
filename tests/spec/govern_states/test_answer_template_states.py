"""An approved kind of question: it is ended by an officer alone, and approved by votes on an answer alone."""

from safeconduct.govern.may import Yes
from safeconduct.govern.states.diagrams import mermaid
from safeconduct.govern.states.machine import Part, allowed, machines

TEMPLATE = machines()["answer_template"]


def who(state: str, command: str) -> set[Part]:
    """Everybody who may do that to it then."""
    return {part for part in Part if isinstance(allowed(TEMPLATE, state, command, frozenset({part})), Yes)}


def test_only_an_officer_ends_an_approval():
    """No checker, no steward, not whoever asked; and not twice."""
    assert who("approved", "end") == {Part.DPO}
    assert who("ended", "end") == set()


def test_nobody_approves_a_kind_again_but_the_program():
    """After the votes on another answer; one that holds is not approved twice."""
    assert who("ended", "renew") == {Part.SYSTEM}
    assert who("approved", "renew") == set()


def test_the_diagram_of_approved_questions_is_made_of_the_table():
    """It has no end: an approval can be ended and given again."""
    assert mermaid(TEMPLATE).splitlines() == [
        "stateDiagram-v2",
        "    [*] --> approved",
        "    approved --> ended: end",
        "    ended --> approved: renew",
    ]
