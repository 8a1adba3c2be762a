"""Declared products: series of windows that are looked at together before the first is answered."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from urllib.parse import urlencode

from markupsafe import Markup

from safeconduct.actions.products import Product
from safeconduct.model.errors import BadInput
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import (
    Item,
    Link,
    Option,
    button,
    details,
    empty_state,
    form,
    key_values,
    links,
    listing,
    paragraph,
    section,
)
from safeconduct.query.reading import reads
from safeconduct.query.spec import read_question
from safeconduct.server.answers import question_in_words
from safeconduct.server.forms import Filled, Wrong, after, attempt, done
from safeconduct.server.page import Reply, Shown, Visit, page
from safeconduct.server.questions import titled

HERE = "/ask/products"
UNPROCESSABLE, MOST, SHORT = 422, 50, 12
LEAD = say(
    "A series asked again and again, such as every week, is declared once. Its windows are compared with each other "
    "and with earlier questions before the first is answered; after that none of them is refused for being close."
)


@page(
    HERE,
    title=say("Products"),
    menu="ask",
    needs="ask",
    about=say(
        "A question that is asked again and again, such as every week, is declared once by the data steward. All "
        "its windows are then compared with each other and with earlier questions; after that none is refused for "
        "being too close to another one. What was not declared may be refused."
    ),
)
def show(visit: Visit) -> Reply:
    """Every product; whoever governs declares and ends them here."""
    wrong: Wrong = ()
    if visit.posted:
        made, wrong = attempt(lambda: _change(visit))
        if made is not None:
            return after(HERE, "saved")
    words = visit.words
    found: list[Product] = visit.act("products")
    nothing = empty_state(words, say("No product is declared."), action=None)
    body = [
        *done(visit),
        Filled(words, {}, wrong).summary(),
        *([_product(visit, one) for one in found] or [nothing]),
        *(
            _declare(visit, wrong)
            if visit.may("govern")
            else [paragraph(words, say("The data steward declares them."))]
        ),
    ]
    return Shown(title=say("Products"), body=body, lead=LEAD, status=UNPROCESSABLE if wrong else 200)


def _change(visit: Visit) -> Product:
    """What the form asks: to declare a product, or to end one."""
    sent = visit.form
    if sent.get("do") == "end":
        ended: Product = visit.act("end_product", dataset=sent.get("dataset", ""), product=sent.get("product", ""))
        return ended
    asked = next((one for one in _answers(visit) if one["answer_id"] == sent.get("answer", "")), None)
    if asked is None:
        raise BadInput(say("Choose a question you asked."), field="answer")
    made: Product = visit.act(
        "declare_product",
        title=_title(sent),
        dataset=str(asked["dataset"]),
        spec=asked["spec"],
        step=_number(sent, "step"),
        windows=_number(sent, "windows"),
    )
    return made


def _title(sent: Mapping[str, str]) -> str:
    title = sent.get("title", "").strip()
    if not title:
        raise BadInput(say("Say what people call it."), field="title")
    return title


def _number(sent: Mapping[str, str], name: str) -> int:
    text = sent.get(name, "").strip()
    if not (text.isascii() and text.isdecimal()):
        raise BadInput(say("Write a whole number."), field=name)
    return int(text)


def _answers(visit: Visit) -> Sequence[Mapping[str, object]]:
    found: Sequence[Mapping[str, object]] = visit.act("my_answers")
    return found


def _product(visit: Visit, one: Product) -> Markup:
    words = visit.words
    query = read_question(one.spec)
    days = reads(query.plan()).days
    last = days[-1] + timedelta(days=one.step * (one.windows - 1))
    facts: list[tuple[Text | str, Text | str | Markup]] = [
        (say("Question"), titled(one.spec)),
        *question_in_words(words, one.spec),
        (say("Days from one window to the next"), words.number(one.step)),
        (say("Windows"), words.number(one.windows)),
        (say("All windows together"), words.days(days[0], last)),
        (say("Data set"), one.dataset),
    ]
    end = button(words, say("End it"), action=HERE, csrf=visit.csrf, tone="quiet",
                 values={"do": "end", "dataset": one.dataset, "product": one.id})  # fmt: skip
    ways = [links(words, [Link(say("Ask its first window"), _ask(one.spec))], quiet=True)] if visit.may("ask") else []
    return section(words, one.title, key_values(words, facts), *ways, *([end] if visit.may("govern") else []))


def _ask(spec: Mapping[str, object]) -> str:
    return "/ask/check?" + urlencode({"spec": json.dumps(spec, sort_keys=True)})


def _declare(visit: Visit, wrong: Wrong) -> Iterator[Markup]:
    """The form, filled from a question that was asked: that is the first window."""
    words, found = visit.words, _answers(visit)
    if not found:
        first = say("Ask the first window of the series; then it can be declared here.")
        yield empty_state(words, first, action=Link(say("Ask a question"), "/ask"))
        return
    filled = Filled(words, {"step": "7", "windows": "8", **visit.query, **visit.form}, wrong)
    options = [Option(str(one["answer_id"]), _named(visit, one)) for one in found[:MOST]]
    asked = form(
        words,
        filled.pick("answer", say("First window: a question you asked"), options),
        filled.text("title", say("What people call it")),
        filled.text("step", say("Days from one window to the next"), sort="number", bounds={"min": "1", "max": "366"}),
        filled.text("windows", say("How many windows"), sort="number", bounds={"min": "1", "max": "400"}),
        action=HERE,
        submit=say("Declare the series"),
        csrf=visit.csrf,
    )
    hints = [
        say("All windows of a data set's products are about the same event types."),
        say("Of windows of two lengths one is at least twice the other."),
        say("No earlier question outside a product is about almost the same people as a window."),
    ]
    rules = details(words, say("What must hold"), listing(words, [Item(title=one) for one in hints]))
    yield section(words, say("Declare a series"), asked, rules)


def _named(visit: Visit, one: Mapping[str, object]) -> str:
    """A question in a list: what it asks, of which days and areas."""
    words, spec = visit.words, one["spec"]
    parts = question_in_words(words, spec) if isinstance(spec, Mapping) else []
    told = " · ".join(words.say(value) for _, value in parts[:3])
    return f"{words.say(titled(spec))} · {told} · {str(one['answer_id'])[:SHORT]}"
