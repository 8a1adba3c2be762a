"""Sources that are looked at by themselves, for the page that tells of sources."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from safeconduct.actions.watching import Watched, WatchState
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import empty_state, plain_table, section
from safeconduct.present.words import Words
from safeconduct.server.page import Visit

STATES = {
    WatchState.ON: say("Looked at"),
    WatchState.PAUSED: say("Paused"),
    WatchState.STOPPED: say("Stopped until somebody mends it"),
    WatchState.REMOVED: say("Removed"),
}
NEVER = say("Never")
TITLE = say("Watched folders and databases")


def watched_sources(visit: Visit) -> Markup:
    """When each was looked at, when that last went well, when it is looked at next, and what could not be taken in."""
    words, found = visit.words, visit.act("watched_sources")
    if not found:
        nothing = say("No folder or database is watched. Have one watched with 'safeconduct watch-source'.")
        return section(words, TITLE, empty_state(words, nothing, action=None), id="watched")
    rows = [
        [one.name, one.dataset, STATES[one.state], _at(one.last_look), _at(one.last_success), _next(one)]
        for one in found
    ]
    columns = [say("Source"), say("Data set"), say("State"), say("Last look"), say("Last without a fault"),
               say("Next look")]  # fmt: skip
    table = plain_table(words, columns, rows, caption=say("Times are UTC"))
    return section(words, TITLE, table, *_faults(words, found), id="watched")


def _faults(words: Words, found: Sequence[Watched]) -> Iterator[Markup]:
    rows: list[list[Text | str]] = [[one.name, "", one.says] for one in found if one.says.id]
    rows += [[one.name, f"{part.files} {part.number}", part.says] for one in found for part in one.left_out]
    if rows:
        columns = [say("Source"), say("Files or table, and which of them"), say("Why, and what to do")]
        yield plain_table(words, columns, rows, caption=say("What could not be taken in"))


def _next(one: Watched) -> Text | str:
    return _at(one.next) if one.state is WatchState.ON else "–"


def _at(moment: object) -> Text | str:
    return NEVER if moment is None else str(moment)[:16]
