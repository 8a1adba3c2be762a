"""Your own share as the pool would hold it, and the signature of a named person."""

from markupsafe import Markup

from safeconduct.actions.contributing import ShareView
from safeconduct.actions.pool_comparing import SharePreview
from safeconduct.model.outcomes import Insight
from safeconduct.model.table import Table
from safeconduct.model.text import Text, say
from safeconduct.present import blocks
from safeconduct.present.blocks import Link
from safeconduct.server.forms import Filled, Wrong, after, attempt, done
from safeconduct.server.page import Goto, Reply, Shown, Visit, page
from safeconduct.server.pooling import MINE, share_page

OURS = say("people of your organisation")


@page(
    f"{MINE}/{{pool}}/preview",
    title=say("Your share in the pool"),
    menu="data",
    needs="contribute",
    listed=False,
    about=say(
        "Your own records as an edition of the pool would hold them: how many would stand alone, what is emptied, who "
        "stays behind for want of consent. Then sign it off, in your own name. A later change takes the signature away."
    ),
)
def show(visit: Visit) -> Reply:
    """A button that shows the preview; after it, the signature."""
    wrong: Wrong = ()
    pool, do = visit.parts["pool"], visit.form.get("do", "")
    if do == "sign":
        reply, wrong = attempt(lambda: _signed(visit))
        if reply is not None:
            return reply
    mine: ShareView = visit.act("my_share", pool=pool)
    shown = _preview(visit) if do and "preview" in mine.can else [_button(visit, mine)]
    body = [
        *done(visit),
        blocks.error_summary(visit.words, wrong),
        *shown,
        blocks.links(visit.words, [Link(say("Back to your share"), share_page(pool))], quiet=True),
    ]
    return Shown(title=say("Your share in the pool"), body=body, status=409 if wrong else 200)


def _signed(visit: Visit) -> Goto:
    pool, form = visit.parts["pool"], visit.form
    visit.act("sign_off_share", pool=pool, seen=form.get("seen", ""), office=form.get("office", ""))
    return after(share_page(pool), "saved")


def _button(visit: Visit, mine: ShareView) -> Markup:
    words = visit.words
    if "preview" not in mine.can:
        return blocks.notice(words, say("There is nothing to look at now; what was signed stays as it is."))
    return blocks.button(words, say("Show our share as the pool would hold it"), csrf=visit.csrf, values={"do": "look"},
                         action=share_page(mine.pool.id, "preview"))  # fmt: skip


def _preview(visit: Visit) -> list[Markup]:
    words, pool = visit.words, visit.parts["pool"]
    found, wrong = attempt(lambda: visit.act("preview_share", pool=pool))
    if found is None:
        return [blocks.error_summary(words, wrong)]
    mine: ShareView = visit.act("my_share", pool=pool)
    table = Table.of({"what": [words.say(says) for says, _ in _figures(found)],
                      "figure": [value for _, value in _figures(found)]})  # fmt: skip
    insight = Insight(title=say("Our share"), table=table, audience=words.say(OURS))
    none = [blocks.notice(words, say("The pool has no treatment plan yet: this is not what would leave."),
                          tone="careful")] if found.without_plan else []  # fmt: skip
    return [*none, blocks.insight_table(words, insight), *_emptied(visit, found), *_signing(visit, mine)]


def _figures(found: SharePreview) -> list[tuple[Text, str]]:
    return [
        (say("Our records that agreed to research"), str(found.records)),
        (say("Our records that did not, and enter nothing"), str(found.withheld)),
        (say("Alone among our own records"), f"{found.alone_before} %"),
        (say("Alone in the whole pool, before treatment, at most"), f"{found.alone_in_pool} %"),
        (say("Alone in the whole pool, after treatment, at most"), f"{found.alone_after} %"),
        (say("Chance that an own record is found, after treatment, at most"), f"{found.risk_after} %"),
        (say("Our records the treatment takes out"), str(found.left_out)),
    ]


def _emptied(visit: Visit, found: SharePreview) -> list[Markup]:
    words = visit.words
    parts = []
    if found.removed:
        said = say("These columns would not be there: {columns}.", columns=", ".join(found.removed))
        parts.append(blocks.paragraph(words, said))
    if found.emptied:
        table = Table.of({"column": list(found.emptied), "emptied": list(found.emptied.values())})
        insight = Insight(title=say("Cells emptied"), table=table, audience=words.say(OURS))
        parts.append(blocks.insight_table(words, insight))
    return parts


def _signing(visit: Visit, mine: ShareView) -> list[Markup]:
    words = visit.words
    if "sign_off" not in mine.can:
        return []
    filled = Filled(words, {})
    office = filled.text(
        "office",
        say("Your office"),
        bounds={"maxlength": "200"},
        hint=say("Such as director. You sign in your own name, for your organisation."),
    )
    asked = blocks.form(words, blocks.hidden("do", "sign"), blocks.hidden("seen", mine.seen), office, csrf=visit.csrf,
                        action=share_page(mine.pool.id, "preview"), submit=say("Sign off"))  # fmt: skip
    return [blocks.section(words, say("Sign off"), asked)]
