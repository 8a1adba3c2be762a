"""One organisation's share of a pool: invited, contributed, previewed, signed off; withdrawn, or frozen for good."""

from safeconduct.govern.states.machine import Machine, Move, Part, State
from safeconduct.model.text import say

ALIVE = ("invited", "contributed", "previewed", "signed_off")
HERE = ("contributed", "previewed", "signed_off")

MACHINE = Machine(
    name="contribution",
    title=say("One organisation's share of a pool."),
    states=(
        State(name="invited", says=say("Waits for the organisation's files."), owner=Part.CONTRIBUTOR),
        State(name="contributed", says=say("The files were read; the organisation looks at what was found."),
              owner=Part.CONTRIBUTOR),
        State(name="previewed", says=say("The organisation saw its own share as the pool would hold it."),
              owner=Part.CONTRIBUTOR),
        State(name="signed_off", says=say("A named person of the organisation signed it off.")),
        State(name="withdrawn", says=say("Withdrawn or left out; nothing of it is here."), final=True),
        State(name="frozen", says=say("Part of the pool for good."), final=True),
    ),
    moves=(
        Move(command="send", frm=ALIVE, to="invited", by=(Part.CONTRIBUTOR,),
             says=say("Files were sent.")),
        Move(command="read", frm=("invited", "contributed"), to="contributed", by=(Part.SYSTEM,),
             says=say("The files were read and brought into the form of the pool.")),
        Move(command="fail", frm=("invited",), to="invited", by=(Part.SYSTEM,),
             says=say("The files cannot be read.")),
        Move(command="fail", frm=("contributed",), to="contributed", by=(Part.SYSTEM,),
             says=say("A correction cannot be made.")),
        Move(command="correct", frm=HERE, to="contributed", by=(Part.CONTRIBUTOR,),
             says=say("The organisation corrected its share.")),
        Move(command="answer", frm=("contributed",), to="contributed", by=(Part.CONTRIBUTOR,),
             says=say("The organisation said what becomes of records that others may hold.")),
        Move(command="answer", frm=("previewed",), to="previewed", by=(Part.CONTRIBUTOR,),
             says=say("The organisation said what becomes of records that others may hold.")),
        Move(command="compare", frm=HERE, to="contributed", by=(Part.SYSTEM,),
             says=say("The shares were compared; a new preview waits to be looked at.")),
        Move(command="change", frm=HERE, to="contributed", by=(Part.SYSTEM,),
             says=say("The treatment plan changed; what was signed off is another thing now.")),
        Move(command="preview", frm=("contributed", "previewed"), to="previewed", by=(Part.CONTRIBUTOR,),
             says=say("The organisation looked at its share as the pool would hold it.")),
        Move(command="sign_off", frm=("previewed",), to="signed_off", by=(Part.CONTRIBUTOR,),
             says=say("A named person of the organisation signed it off.")),
        Move(command="withdraw", frm=ALIVE, to="withdrawn", by=(Part.CONTRIBUTOR,),
             says=say("The organisation withdrew; its share was destroyed.")),
        Move(command="leave_out", frm=ALIVE, to="withdrawn", by=(Part.SYSTEM, Part.STEWARD),
             says=say("Nobody signed it off in time, or the pool was closed; it was destroyed.")),
        Move(command="freeze", frm=("signed_off",), to="frozen", by=(Part.SYSTEM,),
             says=say("It is part of the pool for good.")),
    ),
)  # fmt: skip
"""Whatever changes what was signed off takes the signature away; the program never signs.
An organisation that is invited again has a new share: what was erased stays erased."""
