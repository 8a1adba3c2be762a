"""A kind of question whose answers leave without being looked at one by one: approved, and perhaps not any more."""

from safeconduct.govern.states.machine import Machine, Move, Part, State
from safeconduct.model.text import say

MACHINE = Machine(
    name="answer_template",
    title=say("Kinds of question that independent checkers approved once for all days."),
    states=(
        State(name="approved", says=say("Answers to it leave as soon as they are computed.")),
        State(name="ended", says=say("The next answer to it waits for independent checkers again.")),
    ),
    moves=(
        Move(command="end", frm=("approved",), to="ended", by=(Part.DPO,),
             says=say("The data protection officer ended the approval.")),
        Move(command="renew", frm=("ended",), to="approved", by=(Part.SYSTEM,),
             says=say("Another answer to it was checked and approved.")),
    ),
)  # fmt: skip
"""It begins approved, with the first answer that was. Nobody approves a kind of question but by votes on an answer."""
