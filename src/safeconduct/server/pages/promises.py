"""What was promised to the people in the records, and whether it is kept: erasures, deadlines, backups, destroying."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from markupsafe import Markup

from safeconduct.actions.forgetting import Forgetting
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import paragraph, plain_table, section
from safeconduct.server.kept import backups_before, rules_kept
from safeconduct.server.page import Reply, Shown, Visit, page

STATES: Mapping[str, Text] = {
    "proposed": say("Proposed; somebody else must confirm it"),
    "confirmed": say("Confirmed; it is being destroyed"),
    "done": say("Destroyed"),
    "withdrawn": say("Taken back; nothing was destroyed"),
}


@page(
    "/assurance/promises",
    title=say("Promises kept"),
    menu="assurance",
    needs="promises",
    about=say(
        "What was promised to the people in the records: that whoever asks is erased within thirty days, that records "
        "go when their time is over, that backups from before an erasure are destroyed, and what was destroyed for "
        "good. What is late stands at the top. The record of use proves when each of it was done."
    ),
)
def show(visit: Visit) -> Reply:
    """Everything that has a deadline or must be done by hand, for whoever answers for it or checks it."""
    waiting, now = visit.act("forgettings"), datetime.now(UTC)
    late = sum(_is_late(one, now) for one in waiting)
    backups = backups_before(visit)
    lead = _lead(late=late, backups=bool(backups))
    body = [*_erasures(visit, waiting, now), *backups, *rules_kept(visit), *_destroyed(visit), _proof(visit)]
    return Shown(title=say("Promises kept"), body=body, lead=lead)


def _lead(*, late: int, backups: bool) -> Text:
    """What is not as it was promised, in a sentence."""
    if late:
        return say("Erasures are late: {count}. Have them done now with 'safeconduct forget'.", count=late)
    if backups:
        return say("No erasure is late. Some backups hold what was erased since; have their officers destroy them.")
    return say("No erasure is late, and no backup that the site knows of holds what was erased since.")


def _is_late(one: Forgetting, now: datetime) -> bool:
    return one.due is not None and one.due < now


def _erasures(visit: Visit, waiting: list[Forgetting], now: datetime) -> Iterator[Markup]:
    words, title = visit.words, say("People who asked to be erased")
    rows: list[list[Text | str | Markup]] = [
        [one.dataset, words.number(one.waiting), words.moment(one.due) if one.due else "–", _stands(one, now)]
        for one in waiting
    ]
    columns = [say("Data set or study"), say("People who wait"), say("Erased at the latest"), say("How it stands")]
    nothing = paragraph(words, say("Nobody asked to be erased."))
    yield section(words, title, plain_table(words, columns, rows, caption=title) if rows else nothing)


def _stands(one: Forgetting, now: datetime) -> Text:
    if one.due is None:
        return say("Nobody waits")
    return say("Late: erase them now") if _is_late(one, now) else say("In time")


def _destroyed(visit: Visit) -> Iterator[Markup]:
    words, title = visit.words, say("Destroyed for good")
    found = visit.act("destroyings")
    rows: list[list[Text | str | Markup]] = [[one.subject, STATES[one.state], one.reason] for one in found]
    columns = [say("What"), say("How it stands"), say("Why")]
    nothing = paragraph(words, say("Nothing was proposed to be destroyed."))
    yield section(words, title, plain_table(words, columns, rows, caption=title) if rows else nothing)


def _proof(visit: Visit) -> Markup:
    return section(visit.words, say("Prove it"), paragraph(visit.words, say(
        "The site's engineer writes the record of use to a file with 'safeconduct export-ledger'; anybody proves that "
        "nothing in it was changed with 'safeconduct verify --ledger', on a machine of their own."
    )))  # fmt: skip
