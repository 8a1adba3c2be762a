"""Your own records that another contributor may hold too, and what becomes of them."""

from collections.abc import Sequence

from markupsafe import Markup

from safeconduct.actions.contributing import DuplicateLine, ShareView
from safeconduct.model.errors import BadInput
from safeconduct.model.text import Text, say
from safeconduct.present import blocks
from safeconduct.present.blocks import Choice, Link, Option
from safeconduct.server.forms import Wrong, after, attempt, done
from safeconduct.server.page import Goto, Reply, Shown, Visit, page
from safeconduct.server.pooling import KEEPS, MINE, share_page

A_PAGE = 200
FATES = {"keep": say("It stays, unless the rule decides otherwise."), "mark": say("It may give way."), "": say("Open.")}


@page(
    f"{MINE}/{{pool}}/doubles",
    title=say("Records that others may hold too"),
    menu="data",
    needs="contribute",
    listed=False,
    about=say(
        "Rows of your own file whose person another organisation may hold a record of too. Neither which organisation "
        "nor how many is told to anybody. Mark a row and it gives way; keep it and it stays unless both are kept."
    ),
)
def show(visit: Visit) -> Reply:
    """The rows, and a form to say what becomes of them."""
    wrong: Wrong = ()
    if visit.posted:
        reply, wrong = attempt(lambda: _said(visit))
        if reply is not None:
            return reply
    pool, words = visit.parts["pool"], visit.words
    mine: ShareView = visit.act("my_share", pool=pool)
    found: list[DuplicateLine] = visit.act("share_duplicates", pool=pool)
    rule = say(
        "Where both are kept, or both are marked, this decides: {rule}.", rule=words.say(KEEPS[mine.pool.keep.value])
    )
    body = [
        *done(visit),
        blocks.error_summary(words, wrong),
        blocks.paragraph(words, rule),
        *(_rows(visit, found, may="answer" in mine.can) if found else [_none(visit)]),
        blocks.links(words, [Link(say("Back to your share"), share_page(pool))], quiet=True),
    ]
    return Shown(title=say("Records that others may hold too"), body=body, status=409 if wrong else 200)


def _none(visit: Visit) -> Markup:
    return blocks.empty_state(visit.words, say("No record of yours was found elsewhere."), action=None)


def _said(visit: Visit) -> Goto:
    rows = visit.lists.get("rows", ())
    if not rows:
        raise BadInput(say("Choose at least one row."), field="rows")
    numbers = [int(one) for one in rows if one.isascii() and one.isdigit()]
    visit.act("decide_duplicates", pool=visit.parts["pool"], rows=numbers, fate=visit.form.get("fate", ""))
    return after(share_page(visit.parts["pool"], "doubles"), "saved")


def _rows(visit: Visit, found: Sequence[DuplicateLine], *, may: bool) -> list[Markup]:
    words, at = visit.words, visit.number("page")
    shown = found[(at - 1) * A_PAGE : at * A_PAGE]
    said: list[list[Text | str | Markup]] = [
        [words.say("Row {number}", number=one.row), FATES[one.fate]] for one in shown
    ]
    table = blocks.plain_table(words, (say("In your file"), say("What becomes of it")), said,
                               caption=say("Rows that others may hold too"))  # fmt: skip
    pages = blocks.pagination(words, page=at, pages=-(-len(found) // A_PAGE), link=lambda number: f"?page={number}")
    if not may:
        return [table, pages]
    rows = Choice(
        name="rows",
        label=say("Rows"),
        sort="many",
        chosen=[str(one.row) for one in shown if not one.fate],
        options=[Option(str(one.row), words.say("Row {number}", number=one.row)) for one in shown],
    )
    fate = Choice(name="fate", label=say("What becomes of them"), sort="one", chosen=["keep"],
                  options=[Option("keep", say("Keep")), Option("mark", say("Mark: it may give way"))])  # fmt: skip
    asked = blocks.form(words, blocks.choice(words, rows), blocks.choice(words, fate), csrf=visit.csrf,
                        action=share_page(visit.parts["pool"], "doubles"), submit=say("Save"))  # fmt: skip
    return [table, pages, asked]
