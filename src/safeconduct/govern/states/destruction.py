"""Records destroyed for good: somebody proposes it, somebody else confirms it."""

from safeconduct.govern.states.machine import Machine, Move, Part, State
from safeconduct.model.text import say

MACHINE = Machine(
    name="destruction",
    title=say("Records of a data set, a study or a project, on their way to nothing."),
    states=(
        State(name="proposed", says=say("Somebody proposed it; somebody else has to confirm it."), owner=Part.DPO),
        State(name="confirmed", says=say("Two people want it; it is being done."), owner=Part.SYSTEM),
        State(name="done", says=say("The keys were destroyed; nothing opens what they opened."), final=True),
        State(name="withdrawn", says=say("It was taken back before anything was destroyed."), final=True),
    ),
    moves=(
        Move(command="confirm", frm=("proposed",), to="confirmed", by=(Part.DPO, Part.STEWARD),
             says=say("A second person confirmed it.")),
        Move(command="withdraw", frm=("proposed",), to="withdrawn", by=(Part.AUTHOR, Part.DPO),
             says=say("It was taken back.")),
        Move(command="finish", frm=("confirmed",), to="done", by=(Part.SYSTEM,),
             says=say("Its keys and then its files were destroyed.")),
    ),
)  # fmt: skip
"""Whoever proposed it is its author and nothing else to it: two people, whatever roles one of them has."""
