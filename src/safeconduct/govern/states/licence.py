"""One person's licence: offered, accepted, over, and the files destroyed."""

from safeconduct.govern.states.machine import Machine, Move, Part, State
from safeconduct.model.text import say

MACHINE = Machine(
    name="licence",
    title=say("What one person of a granted request may download, and until when."),
    states=(
        State(name="offered", says=say("The agreement waits to be accepted."), owner=Part.MEMBER),
        State(name="accepted", says=say("The agreement was accepted; the files can be downloaded.")),
        State(name="expired", says=say("Its time is over; the files must be destroyed."), owner=Part.MEMBER),
        State(name="revoked", says=say("Taken away; the files must be destroyed."), owner=Part.MEMBER),
        State(name="destroyed", says=say("The person confirmed that every copy was destroyed."), final=True),
    ),
    moves=(
        Move(command="accept", frm=("offered", "accepted"), to="accepted", by=(Part.MEMBER,),
             says=say("The agreement was accepted.")),
        Move(command="download", frm=("accepted",), to="accepted", by=(Part.MEMBER,),
             says=say("A file was downloaded whole.")),
        Move(command="expire", frm=("offered", "accepted"), to="expired", by=(Part.SYSTEM,),
             says=say("The licence ran out.")),
        Move(command="revoke", frm=("offered", "accepted"), to="revoked",
             by=(Part.COMMITTEE, Part.DPO, Part.STEWARD, Part.SYSTEM),
             says=say("The licence was taken away.")),
        Move(command="confirm_destruction", frm=("accepted", "expired", "revoked"), to="destroyed", by=(Part.MEMBER,),
             says=say("The destruction of every copy was confirmed.")),
    ),
)  # fmt: skip
"""The program revokes too: with the request, or with the edition."""
