"""A pool: opened for several organisations, frozen with the shares they signed off, published or closed."""

from safeconduct.govern.states.machine import Machine, Move, Part, State
from safeconduct.model.text import say

MACHINE = Machine(
    name="pool",
    title=say("Case files of several organisations on their way into one data set."),
    states=(
        State(name="open", says=say("Organisations contribute, and may withdraw."), owner=Part.STEWARD),
        State(name="frozen", says=say("The shares that were signed off are one data set."), owner=Part.STEWARD),
        State(name="published", says=say("An edition made from it was published."), final=True),
        State(name="closed", says=say("Closed without a publication; what was contributed is destroyed."), final=True),
    ),
    moves=(
        Move(command="invite", frm=("open",), to="open", by=(Part.STEWARD,),
             says=say("Organisations were invited.")),
        Move(command="plan", frm=("open",), to="open", by=(Part.STEWARD,),
             says=say("Its treatment plan was written.")),
        Move(command="compare", frm=("open",), to="open", by=(Part.STEWARD, Part.SYSTEM),
             says=say("The shares were compared.")),
        Move(command="freeze", frm=("open",), to="frozen", by=(Part.STEWARD, Part.SYSTEM),
             says=say("It was frozen; the key of the comparison was destroyed.")),
        Move(command="publish", frm=("frozen",), to="published", by=(Part.STEWARD, Part.SYSTEM),
             says=say("An edition made from it was published.")),
        Move(command="close", frm=("open", "frozen"), to="closed", by=(Part.STEWARD,),
             says=say("It was closed; every share was destroyed.")),
    ),
)  # fmt: skip
"""The steward is one of the hosting organisation. Freezing is asked for by the steward and done by the program."""
