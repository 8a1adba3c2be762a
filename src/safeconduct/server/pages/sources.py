"""Sources: which days of records there are."""

from safeconduct.model.areas import EventType
from safeconduct.model.text import say
from safeconduct.present.blocks import empty_state, plain_table
from safeconduct.server.page import Reply, Shown, Visit, page
from safeconduct.server.questions import VALUES
from safeconduct.server.watched import watched_sources


@page(
    "/data",
    title=say("Sources"),
    menu="data",
    needs="operate",
    first=True,
    about=say(
        "Which days of records are there, by data set and type of event. Days that are missing are told with every "
        "answer and never guessed."
    ),
)
def show(visit: Visit) -> Reply:
    """Days present by data set and type."""
    words, found = visit.words, visit.act("sources")
    if not found:
        nothing = say("There are no records yet. Take files in with 'safeconduct ingest'.")
        return Shown(title=say("Sources"), body=[empty_state(words, nothing, action=None), watched_sources(visit)])
    rows = [
        [one.dataset, VALUES[kind.value], words.days(days[0], days[-1]), one.zone, words.number(len(days))]
        for one in found
        for kind, days in one.days.items()
        if isinstance(kind, EventType) and days
    ]
    columns = [say("Data set"), say("Types of events"), say("First and last day"), say("Time zone"), say("Days")]
    days = plain_table(words, columns, rows, caption=say("Days of records"))
    return Shown(title=say("Sources"), body=[days, watched_sources(visit)])
