"""A request for a licensed file: written, decided by the committee, and what ends it."""

from safeconduct.govern.states.machine import Machine, Move, Part, State
from safeconduct.model.text import say

MACHINE = Machine(
    name="request",
    title=say("A request for files that a committee grants."),
    states=(
        State(name="draft", says=say("Being written."), owner=Part.APPLICANT),
        State(name="submitted", says=say("The access committee looks at it."), owner=Part.COMMITTEE),
        State(name="returned", says=say("The access committee asks for changes."), owner=Part.APPLICANT),
        State(name="approved", says=say("Granted; each person of the team accepts the agreement.")),
        State(name="rejected", says=say("Not granted; the reasons were given."), final=True),
        State(name="closed", says=say("Ended by the applicant or because the work is done."), final=True),
        State(name="revoked", says=say("Granted before and taken away."), final=True),
        State(name="expired", says=say("Its time is over."), final=True),
    ),
    moves=(
        Move(command="save", frm=("draft",), to="draft", by=(Part.APPLICANT,),
             says=say("The request was saved.")),
        Move(command="amend", frm=("returned",), to="returned", by=(Part.APPLICANT,),
             says=say("The returned request was changed and saved.")),
        Move(command="submit", frm=("draft", "returned"), to="submitted", by=(Part.APPLICANT,),
             says=say("The request was handed in.")),
        Move(command="vote", frm=("submitted",), to="submitted", by=(Part.COMMITTEE,),
             says=say("A member of the access committee voted.")),
        Move(command="return", frm=("submitted",), to="returned", by=(Part.COMMITTEE,),
             says=say("The access committee asked for changes.")),
        Move(command="approve", frm=("submitted",), to="approved", by=(Part.COMMITTEE,),
             says=say("The access committee granted the request.")),
        Move(command="reject", frm=("submitted",), to="rejected", by=(Part.COMMITTEE, Part.SYSTEM),
             says=say("The request was not granted.")),
        Move(command="withdraw", frm=("draft", "submitted", "returned"), to="closed", by=(Part.APPLICANT,),
             says=say("The applicant withdrew the request.")),
        Move(command="close", frm=("approved",), to="closed", by=(Part.APPLICANT, Part.COMMITTEE),
             says=say("The work is done and the grant ended.")),
        Move(command="revoke", frm=("approved",), to="revoked", by=(Part.COMMITTEE, Part.DPO, Part.STEWARD),
             says=say("The grant was taken away.")),
        Move(command="expire", frm=("approved",), to="expired", by=(Part.SYSTEM,),
             says=say("The grant ran out.")),
        Move(command="bar", frm=("draft", "submitted", "returned"), to="closed", by=(Part.SYSTEM,),
             says=say("The request was closed because another grant of its team was taken away.")),
    ),
)  # fmt: skip
"""The program may reject, where the purpose is prohibited; it never approves."""
