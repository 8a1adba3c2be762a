"""How your own files fit the standard of a pool, with the corrections that would help."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from safeconduct.actions.contributing import ShareView
from safeconduct.model.errors import BadInput
from safeconduct.model.outcomes import Insight
from safeconduct.model.recipe import Step
from safeconduct.model.table import Table
from safeconduct.model.text import Text, say
from safeconduct.present import blocks
from safeconduct.present.blocks import Link
from safeconduct.server.forms import Wrong, after, attempt, done
from safeconduct.server.page import Goto, Reply, Shown, Visit, page
from safeconduct.server.pooling import MINE, share_page
from safeconduct.server.stepping import moved, trees

FITS = {
    "mapped": say("in the pool"),
    "used for comparing only": say("compared only, never in the pool"),
    "left out": say("left out"),
    "not known to the standard": say("not known, left out"),
}
OURS = say("people of your organisation")


@page(
    f"{MINE}/{{pool}}/report",
    title=say("How your files fit"),
    menu="data",
    needs="contribute",
    listed=False,
    about=say(
        "Each column of your files: whether it enters the pool, which codes are outside the standard's list and what "
        "they may stand for, and what the common form loses. Corrections are steps you can take back."
    ),
)
def show(visit: Visit) -> Reply:
    """The report, with buttons for what it suggests."""
    wrong: Wrong = ()
    pool = visit.parts["pool"]
    mine: ShareView = visit.act("my_share", pool=pool)
    found = visit.act("share_report", pool=pool)
    if visit.posted:
        reply, wrong = attempt(lambda: _changed(visit, mine, found.columns))
        if reply is not None:
            return reply
    words = visit.words
    body = [
        *done(visit),
        blocks.error_summary(words, wrong),
        blocks.section(words, say("Columns"), _columns(visit, found.columns)),
        *_codes(visit, found.columns),
        *_suggested(visit, mine, found.columns),
        *_made(visit, mine),
        *_absent(visit, found.absent),
        blocks.links(words, [Link(say("Back to your share"), share_page(pool))], quiet=True),
    ]
    return Shown(title=say("How your files fit"), body=body, status=409 if wrong else 200)


def _changed(visit: Visit, mine: ShareView, columns: Sequence[Any]) -> Goto:
    pool, do = visit.parts["pool"], visit.form.get("do", "")
    if do == "undo":
        steps = moved(mine.steps, "out", visit.form.get("step", ""))
    else:
        steps = [*mine.steps, _step(columns, visit.form.get("column", ""))]
    visit.act("correct_share", pool=pool, steps=trees(steps))
    return after(share_page(pool), "begun")


def _step(columns: Sequence[Any], name: str) -> Step:
    """What the report suggests for a column.

    Raises:
        BadInput: Nothing, or no more.
    """
    for one in columns:
        if one.column == name and one.suggestion is not None:
            found: Step = one.suggestion
            return found
    raise BadInput(say("What was found has changed meanwhile; look at it again."))


def _columns(visit: Visit, columns: Sequence[Any]) -> Markup:
    rows = [[one.column, one.field, FITS[one.fit.value], one.says] for one in columns]
    heads = (say("Your column"), say("Field of the standard"), say("What becomes of it"), say("What to know"))
    return blocks.plain_table(visit.words, heads, rows, caption=say("What becomes of your columns"))


def _codes(visit: Visit, columns: Sequence[Any]) -> list[Markup]:
    """Codes from the organisation's own cells: for its own people, like insiders' figures."""
    lines = [(one.column, each) for one in columns for each in one.codes]
    if not lines:
        return []
    table = Table.of({
        "column": [column for column, _ in lines],
        "code": [each.code for _, each in lines],
        "suggested": [_suggestion(each) for _, each in lines],
    })  # fmt: skip
    insight = Insight(title=say("Codes outside the list"), table=table, audience=visit.words.say(OURS))
    return [blocks.insight_table(visit.words, insight)]


def _suggestion(each: Any) -> str:
    """The code, with what it stands for where that says more."""
    return each.suggestion if each.label in {"", each.suggestion} else f"{each.suggestion} ({each.label})"


def _suggested(visit: Visit, mine: ShareView, columns: Sequence[Any]) -> list[Markup]:
    """A button for each correction that would help."""
    words, address = visit.words, share_page(mine.pool.id, "report")
    if "correct" not in mine.can:
        return []
    buttons = [
        blocks.button(words, _offer(one), action=address, csrf=visit.csrf,
                      values={"do": "mend", "column": one.column}, tone="quiet")
        for one in columns if one.suggestion is not None
    ]  # fmt: skip
    return [blocks.section(words, say("Corrections that would help"), *buttons)] if buttons else []


def _offer(one: Any) -> Text:
    step = one.suggestion
    if step.method == "rename":
        return say("Rename {column} to {to}", column=one.column, to=str(step.parameters["to"]))
    return say("Replace the codes of {column} as suggested", column=one.column)


def _made(visit: Visit, mine: ShareView) -> list[Markup]:
    """The corrections made, each with a button that takes it back."""
    if not mine.says:
        return []
    words, address = visit.words, share_page(mine.pool.id, "report")
    undo = [
        blocks.button(words, say("Take back step {number}", number=at + 1), action=address, csrf=visit.csrf,
                      values={"do": "undo", "step": str(at + 1)}, tone="quiet")
        for at in range(len(mine.says))
    ]  # fmt: skip
    return [blocks.section(words, say("What was corrected"), blocks.sentences(words, mine.says), *undo)]


def _absent(visit: Visit, absent: tuple[str, ...]) -> list[Markup]:
    if not absent:
        return []
    said = blocks.paragraph(visit.words, ", ".join(absent))
    return [blocks.details(visit.words, say("Fields of the standard that your files do not fill"), said)]
