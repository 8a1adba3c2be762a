"""Messages: what one should look at; they say where, and never a figure."""

from collections.abc import Sequence

from markupsafe import Markup

from safeconduct.actions.messages import Message
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import Link, button, empty_state, links, plain_table, section
from safeconduct.server.page import Goto, Reply, Shown, Visit, page

HERE = "/today/messages"


@page(
    HERE,
    title=say("Messages"),
    menu="today",
    needs="look",
    about=say(
        "What the site told you: a request that was decided, an edition that came back, a question to answer. "
        "Opening a message marks it as read and leads to what it is about."
    ),
)
def show(visit: Visit) -> Reply:
    """The latest messages, those not read yet first; a form marks one as read and goes on to what it is about."""
    if visit.posted:
        visit.act("read_message", message=visit.form.get("message", ""))
        return Goto(visit.form.get("next") or HERE)
    found: list[Message] = visit.act("messages")
    parts = ((say("Not read yet"), [one for one in found if one.new]), (say("Read"), [o for o in found if not o.new]))
    body = [_part(visit, title, some) for title, some in parts if some]
    nothing = empty_state(visit.words, say("No message came for you yet."), action=None)
    return Shown(title=say("Messages"), body=body or [nothing])


def _part(visit: Visit, title: Text, found: Sequence[Message]) -> Markup:
    rows = [_row(visit, one) for one in found]
    return section(visit.words, title, plain_table(
        visit.words, [say("When"), say("What it is about"), ""], rows, caption=title))  # fmt: skip


def _row(visit: Visit, one: Message) -> list[Text | str | Markup]:
    words = visit.words
    look = button(words, say("Look at it"), action=HERE, csrf=visit.csrf, tone="quiet",
                  values={"message": one.id, "next": one.href})  # fmt: skip
    return [
        words.moment(one.at),
        one.says,
        look if one.new else links(words, [Link(say("Look at it"), one.href)], quiet=True),
    ]
