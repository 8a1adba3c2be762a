"""One's own record of use."""

from datetime import datetime

from safeconduct.model.text import say
from safeconduct.present.blocks import plain_table
from safeconduct.server.page import Reply, Shown, Visit, page


@page(
    "/assurance/record",
    title=say("Your record of use"),
    menu="assurance",
    about=say(
        "Everything that is recorded about you. Entries are only ever added. Each checkpoint contains the one "
        "before it, and witnesses outside this site may sign it too, so that nobody can change the past unseen; "
        "“Verify a release” in the documents says how."
    ),
)
def show(visit: Visit) -> Reply:
    """Everything that is recorded about the visitor, the latest first."""
    words = visit.words
    columns = [say("Number"), say("When"), say("What"), say("To what"), say("Which way"), say("Refused")]
    rows = [
        [words.number(one.index), words.moment(datetime.fromisoformat(one.at)), one.verb.replace("_", " "),
         one.subject[:20], one.door, one.refused or "–"]
        for one in visit.act("my_record")
    ]  # fmt: skip
    return Shown(
        title=say("Your record of use"),
        body=[plain_table(words, columns, rows, caption=say("Entries about you"))],
        lead=say("Entries are only ever added; anybody can prove that none was changed."),
    )
