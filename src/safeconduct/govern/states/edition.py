"""An edition of a study's files: from not released yet to published, and what may become of it afterwards."""

from safeconduct.govern.states.machine import Machine, Move, Part, State
from safeconduct.model.text import say

CHECKERS = (Part.CHECKER, Part.INVITED_CHECKER)
UNDECIDED = ("draft", "submitted", "partially_reviewed", "reviewed", "approved", "returned")
"""States of an edition that did not leave, and may yet."""

MACHINE = Machine(
    name="edition",
    title=say("Treated files on their way to others, and after they were published."),
    states=(
        State(name="draft", says=say("Being prepared; nobody else may have it."), owner=Part.AUTHOR),
        State(name="submitted", says=say("Waits for its first checker."), owner=Part.CHECKER),
        State(name="partially_reviewed", says=say("Not every checker that is needed has voted."), owner=Part.CHECKER),
        State(name="reviewed", says=say("Every checker voted; the data protection officer decides."), owner=Part.DPO),
        State(name="approved", says=say("May be published once any embargo is over."), owner=Part.STEWARD),
        State(name="released", says=say("Published.")),
        State(name="returned", says=say("Came back with what must change."), owner=Part.AUTHOR),
        State(name="withdrawn", says=say("Given up by its author."), final=True),
        State(name="rejected", says=say("Will not be published."), final=True),
        State(name="superseded", says=say("Published; a later edition took its place.")),
        State(name="retracted", says=say("Taken back; only its description stays, with the reason."), final=True),
    ),
    moves=(
        Move(command="submit", frm=("draft", "returned"), to="submitted", by=(Part.AUTHOR,),
             says=say("It was handed in for review.")),
        Move(command="withdraw", frm=("draft", "returned"), to="withdrawn", by=(Part.AUTHOR,),
             says=say("Its author gave it up.")),
        Move(command="vote", frm=("submitted", "partially_reviewed"), to="partially_reviewed", by=CHECKERS,
             says=say("A checker voted.")),
        Move(command="complete", frm=("partially_reviewed",), to="reviewed", by=(Part.SYSTEM,),
             says=say("Every vote that is needed is in.")),
        Move(command="return", frm=("submitted", "partially_reviewed"), to="returned", by=CHECKERS,
             says=say("A checker sent it back with what must change.")),
        Move(command="send_back", frm=("reviewed",), to="returned", by=(Part.DPO, *CHECKERS),
             says=say("It was sent back after the votes, with what must change.")),
        Move(command="approve", frm=("reviewed",), to="approved", by=(Part.DPO,),
             says=say("The data protection officer approved it.")),
        Move(command="reject", frm=("reviewed",), to="rejected", by=(Part.DPO,),
             says=say("The data protection officer rejected it.")),
        Move(command="take_back", frm=("approved",), to="returned", by=(Part.DPO,),
             says=say("The data protection officer took the approval back before publication.")),
        Move(command="publish", frm=("approved",), to="released", by=(Part.STEWARD, Part.SYSTEM),
             says=say("It was published.")),
        Move(command="forget", frm=UNDECIDED, to="withdrawn", by=(Part.SYSTEM,),
             says=say("The records it was made of were replaced, since people may have withdrawn; make a new one.")),
        Move(command="supersede", frm=("released",), to="superseded", by=(Part.SYSTEM,),
             says=say("A later edition was published.")),
        Move(command="retract", frm=("released", "superseded"), to="retracted", by=(Part.STEWARD, Part.DPO),
             says=say("It was taken back.")),
    ),
)  # fmt: skip
"""A vote that is not the last moves nothing, so one checker or three fit the same table; the program counts."""
