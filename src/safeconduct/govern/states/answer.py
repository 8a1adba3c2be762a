"""An answer to a question of a new kind: from computed to released, by the word of people who did not ask it."""

from safeconduct.govern.states.machine import Machine, Move, Part, State
from safeconduct.model.text import say

MACHINE = Machine(
    name="answer",
    title=say("Answers that independent checkers look at before anybody has them."),
    states=(
        State(name="waiting", says=say("Waits for independent checkers."), owner=Part.CHECKER),
        State(name="returned", says=say("A checker wants to know more from whoever asked."), owner=Part.AUTHOR),
        State(name="approved", says=say("Every checker that is needed said yes; it is computed again and released."),
              owner=Part.SYSTEM),
        State(name="released", says=say("Released to whoever asked."), final=True),
        State(name="refused", says=say("Its checkers did not let it leave; whoever asked knows why."), final=True),
    ),
    moves=(
        Move(command="vote", frm=("waiting",), to="waiting", by=(Part.CHECKER,), says=say("A checker voted.")),
        Move(command="ask_back", frm=("waiting",), to="returned", by=(Part.CHECKER,),
             says=say("A checker asked whoever asked the question something.")),
        Move(command="reply", frm=("returned",), to="waiting", by=(Part.AUTHOR,),
             says=say("Whoever asked the question replied.")),
        Move(command="complete", frm=("waiting",), to="approved", by=(Part.SYSTEM,),
             says=say("Every yes that is needed is in.")),
        Move(command="turn_down", frm=("waiting",), to="refused", by=(Part.SYSTEM,),
             says=say("Most of those who had to look said no.")),
        Move(command="follow", frm=("waiting", "returned"), to="approved", by=(Part.SYSTEM,),
             says=say("The same question about other days was approved.")),
        Move(command="release", frm=("approved",), to="released", by=(Part.SYSTEM,), says=say("It was released.")),
    ),
)  # fmt: skip
"""A vote moves nothing, a yes and a no alike: a state for "somebody voted", or for "they disagree", would tell the
next checker how those before voted. Where two disagree a third decides, as of files; the program counts."""
