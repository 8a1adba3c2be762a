"""What left: every release, for which project, under which protection level."""

from safeconduct.model.text import say
from safeconduct.present.blocks import empty_state, plain_table
from safeconduct.server.page import Reply, Shown, Visit, page
from safeconduct.server.questions import titled


@page(
    "/assurance/left",
    title=say("What left"),
    menu="assurance",
    needs="audit",
    first=True,
    about=say(
        "Every answer somebody was handed, with the protection level it passed. People stand here by opaque ids; "
        "their names are kept apart."
    ),
)
def show(visit: Visit) -> Reply:
    """Every answer somebody was handed, the latest first."""
    words, found = visit.words, visit.act("what_left")
    if not found:
        return Shown(title=say("What left"), body=[empty_state(words, say("Nothing has left yet."), action=None)])
    columns = [say("When"), say("Question"), say("Project"), say("Protection level"), say("Figures"), say("Withheld"),
               say("Which way"), say("In the hands of"), say("Answer")]  # fmt: skip
    rows = [
        [
            words.moment(one.at),
            titled({"kind": one.kind}),
            one.project,
            one.policy,
            words.number(one.cells["value"]),
            words.number(one.cells["suppressed"]),
            words.listed(list(one.ways)),
            one.by[:12],
            one.answer_id[:12],
        ]
        for one in found
    ]
    return Shown(
        title=say("What left"),
        body=[plain_table(words, columns, rows, caption=say("Every release that somebody was handed"))],
        lead=say("People are told here by opaque ids; their names are kept apart."),
    )
