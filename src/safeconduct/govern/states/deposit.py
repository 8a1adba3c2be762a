"""A deposit: from the first byte to records kept, or to nothing left of them."""

from safeconduct.govern.states.machine import Machine, Move, Part, State
from safeconduct.model.text import say

UNKEPT = ("receiving", "received", "read", "decided", "failed")

MACHINE = Machine(
    name="deposit",
    title=say("Files brought in by a depositor, until their records are kept."),
    states=(
        State(name="receiving", says=say("Its files are arriving."), owner=Part.AUTHOR),
        State(name="received", says=say("Its files arrived whole and wait to be read."), owner=Part.SYSTEM),
        State(name="read", says=say("Its files were read; every variable needs a role."), owner=Part.STEWARD),
        State(name="decided", says=say("Every variable has a role; the records can be kept."), owner=Part.STEWARD),
        State(name="kept", says=say("Its records are kept without direct identifiers."), final=True),
        State(name="withdrawn", says=say("It was withdrawn and its files were destroyed."), final=True),
        State(name="failed", says=say("Its files could not be read."), owner=Part.AUTHOR),
    ),
    moves=(
        Move(command="finish", frm=("receiving",), to="received", by=(Part.SYSTEM,),
             says=say("Every file arrived whole.")),
        Move(command="read", frm=("received",), to="read", by=(Part.SYSTEM,),
             says=say("The files were read and roles were proposed.")),
        Move(command="fail", frm=("receiving", "received", "read", "decided"), to="failed", by=(Part.SYSTEM,),
             says=say("Something about the files stopped the work.")),
        Move(command="retry", frm=("failed", "read"), to="received", by=(Part.AUTHOR, Part.STEWARD),
             says=say("The files that arrived are read again in another way.")),
        Move(command="replace", frm=("failed", "received", "read"), to="receiving", by=(Part.AUTHOR, Part.STEWARD),
             says=say("Other files are brought instead.")),
        Move(command="decide", frm=("read",), to="decided", by=(Part.STEWARD,),
             says=say("Every variable was given a role.")),
        Move(command="reopen", frm=("decided",), to="read", by=(Part.STEWARD,),
             says=say("Roles are decided again.")),
        Move(command="keep", frm=("decided",), to="kept", by=(Part.SYSTEM,),
             says=say("Direct identifiers were dropped and the records were kept.")),
        Move(command="withdraw", frm=UNKEPT, to="withdrawn", by=(Part.AUTHOR, Part.STEWARD),
             says=say("The deposit was withdrawn.")),
        Move(command="expire", frm=UNKEPT, to="withdrawn", by=(Part.SYSTEM,),
             says=say("The files waited longer than they may and were destroyed.")),
    ),
)  # fmt: skip
"""Files that were never kept do not stay: whatever is not kept can be withdrawn, and expires."""
