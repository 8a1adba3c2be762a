"""Ask a question: fill it in, see what would be released, then run it."""

import json
from urllib.parse import urlencode

from markupsafe import Markup

from safeconduct.actions.asking import Preview
from safeconduct.model.areas import everything
from safeconduct.model.outcomes import Alternative, Refusal
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import (
    Choice,
    Input,
    Item,
    Option,
    button,
    choice,
    details,
    field,
    form,
    hidden,
    key_values,
    listing,
    notice,
    paragraph,
    refusal_card,
    section,
)
from safeconduct.server.budgets import ahead
from safeconduct.server.page import Goto, Reply, Shown, Visit, page
from safeconduct.server.questions import QuestionForm, askable, offered

FIRST_KIND = "spatial_aggregate"


@page(
    "/ask",
    title=say("New question"),
    menu="ask",
    needs="ask",
    first=True,
    about=say(
        "Choose what you want to know, then days and places. Nothing is computed before you run the question; the "
        "next page says what would be released, and what would not."
    ),
)
def new(visit: Visit) -> Reply:
    """Choose a kind and fill in the question."""
    words = visit.words
    kinds = askable()
    kind = visit.query.get("kind", FIRST_KIND)
    kind = kind if kind in dict(kinds) else kinds[0][0]
    found = visit.act("available_days")
    days = sorted({day for present in found.days.values() for day in present})
    question = QuestionForm(kind, given=visit.lists, days=offered(days), types=everything(found.days))
    pick = form(
        words,
        choice(words, Choice(name="kind", label=say("What do you want to know?"), chosen=[kind],
                             options=[Option(name, title) for name, title in kinds])),
        action="/ask",
        submit=say("Choose"),
    )  # fmt: skip
    fill = form(
        words,
        hidden("kind", kind),
        *question.controls(words),
        action="/ask/check",
        submit=say("See what would be released"),
    )
    body = [pick, _days(visit, days, found.zone), fill, _by_hand(visit)]
    return Shown(title=say("New question"), body=body, lead=say("Nothing is computed until you run it."))


def _days(visit: Visit, days: list[object], zone: str) -> Markup:
    if not days:
        return notice(visit.words, say("There are no records yet; the site's engineer takes them in."), tone="careful")
    return paragraph(
        visit.words,
        say("There are records from {first} to {last}. Days are told in the zone {zone} and begin at midnight.",
            first=str(days[0]), last=str(days[-1]), zone=zone),
    )  # fmt: skip


def _by_hand(visit: Visit) -> Markup:
    words = visit.words
    box = Input(name="spec", label=say("The question as JSON"), sort="textarea", value=visit.query.get("spec", ""),
                hint=say("In our grammar, or in FlowKit's."))  # fmt: skip
    return details(
        words,
        say("Write the question yourself"),
        form(words, field(words, box), action="/ask/check", submit=say("See what would be released")),
    )


def spec_of(visit: Visit) -> object:
    """The question in the address: as JSON, or as a filled-in form."""
    if text := visit.query.get("spec"):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return {}
    kind = visit.query.get("kind", FIRST_KIND)
    found = visit.act("available_days")
    days = sorted({day for present in found.days.values() for day in present})
    return QuestionForm(kind, given=visit.lists, days=offered(days), types=everything(found.days)).spec()


@page(
    "/ask/check",
    title=say("Before you run it"),
    menu="ask",
    needs="ask",
    listed=False,
    about=say(
        "What the release check would do with your question, seen from the question alone: no record is read, so "
        "that a no tells nothing about anybody. Only “Run it” computes. Where your protection level has a budget, "
        "it stands here what the answer would take."
    ),
)
def check(visit: Visit) -> Reply:
    """Say what would be released, or why not, without reading a record; the question is run by a button."""
    if visit.posted:
        return _run(visit)
    spec = spec_of(visit)
    found = visit.act("explain", spec=spec)
    kept = [hidden(name, value) for name, values in visit.lists.items() for value in values]
    again = form(visit.words, *kept, action="/ask", submit=say("Change the question"))
    if isinstance(found, Refusal):
        body = [refusal_card(visit.words, found, link=_link, before=True), again]
        return Shown(title=say("This would not be released"), body=body)
    return Shown(title=say("Before you run it"), body=[*_preview(visit, found), again])


def _run(visit: Visit) -> Reply:
    try:
        spec = json.loads(visit.form.get("spec", ""))
    except (ValueError, RecursionError):
        spec = {}
    found = visit.act("ask", spec=spec)
    if isinstance(found, Refusal):
        return Shown(title=say("This was not released"), body=[refusal_card(visit.words, found, link=_link)])
    return Goto(f"/ask/result/{found.answer_id}")


def _link(alternative: Alternative) -> str:
    return "/ask/check?" + urlencode({"spec": json.dumps(alternative.spec)})


def _preview(visit: Visit, preview: Preview) -> list[Markup]:
    words = visit.words
    spec = json.dumps(preview.spec, ensure_ascii=False, sort_keys=True)
    facts: list[tuple[Text | str, Text | str | Markup]] = [
        (say("Days read"), words.number(preview.days)),
        (say("Protection level"), preview.policy),
        (say("Cost"), say("None: the same answer exists already.") if preview.known else say("One computation.")),
    ]
    missing = (
        [notice(words, say("These days are not there: {days}.", days=", ".join(preview.missing)), tone="careful")]
        if preview.missing
        else []
    )
    limits = [Item(title=one) for one in preview.does_not_resist]
    costs = [section(words, say("What it takes from the budget"), ahead(words, preview.costs))] if preview.costs else []
    run = button(words, say("Run it"), action="/ask/check", csrf=visit.visitor.csrf if visit.visitor else "",
                 values={"spec": spec})  # fmt: skip
    return [
        notice(words, say("This would be released, with small figures withheld."), tone="good"),
        key_values(words, facts),
        *missing,
        *costs,
        run,
        section(words, say("What the release check does"), listing(words, [Item(title=one) for one in preview.rules])),
        details(words, say("Attacks this protection level does not stop"), listing(words, limits)),
        details(words, say("The question as JSON"), paragraph(words, spec)),
    ]
