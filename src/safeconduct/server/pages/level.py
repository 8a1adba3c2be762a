"""One protection level: every rule with every parameter, and what it does to made-up tables and questions."""

from collections.abc import Iterator

from markupsafe import Markup

from safeconduct.actions.levels import Example, ExampleQuestion, LevelExplained, RuleExplained
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import (
    Item,
    Link,
    details,
    links,
    listing,
    notice,
    paragraph,
    plain_table,
    refusal_card,
    section,
    sentences,
    status_badge,
)
from safeconduct.present.names import column_name
from safeconduct.server.page import Reply, Shown, Visit, page

MADE_UP = say("Made up: nobody is in this table. The figures went through the level's real rules.")


@page(
    "/assurance/levels/{name}",
    title=say("A protection level"),
    menu="assurance",
    needs="look",
    listed=False,
    about=say(
        "One protection level: every rule with every parameter, a made-up table that goes through the real rules, "
        "and what it would say to questions. The examples are about nobody."
    ),
)
def show(visit: Visit) -> Reply:
    """Explain one level."""
    words = visit.words
    level: LevelExplained = visit.act("explain_level", name=visit.parts["name"])
    limits = sentences(words, level.does_not_resist)
    body = [
        paragraph(words, level.says, _reviewers(level.reviewers)),
        section(words, say("What it does to a small table"), *_examples(visit, level)),
        section(
            words, say("What it says to questions"), listing(words, [_question(visit, one) for one in level.questions])
        ),
        section(words, say("Its rules, in the order they are applied"), *(_rule(visit, one) for one in level.rules)),
        section(words, say("What it does not stop"), limits),
        links(words, [Link(say("All protection levels"), "/assurance/levels")], quiet=True),
    ]
    title = say("Protection level: {title}, version {version}", title=words.say(level.title), version=level.version)
    return Shown(title=title, body=body)


def _reviewers(count: int) -> Text:
    if count == 0:
        return say("Nobody needs to look before an answer leaves.")
    if count == 1:
        return say("One person looks before a new kind of question is answered.")
    return say("Two people look independently before a new kind of question is answered.")


def _examples(visit: Visit, level: LevelExplained) -> Iterator[Markup]:
    words = visit.words
    yield notice(words, MADE_UP, tone="careful")
    for one in level.examples:
        if one.refusal is not None:
            yield section(words, one.title, refusal_card(words, one.refusal, before=True))
        else:
            yield section(words, one.title, paragraph(words, *one.says), _table(visit, one))


def _table(visit: Visit, example: Example) -> Markup:
    words = visit.words
    counted = say("Counted (made up)")
    columns = [say("Area"), say("In"), counted, say("Told"), say("Margin"), say("Status"), say("Why")]
    rows: list[list[Text | str | Markup]] = [
        [
            one.area,
            one.inside,
            words.number(one.before),
            "" if one.told is None else words.number(one.told),
            "" if not one.margin else f"± {words.number(one.margin)}",
            status_badge(words, one.status),
            one.says,
        ]
        for one in example.cells
    ]
    caption = say("{what}, before and after", what=words.say(column_name(example.counts)))
    return plain_table(words, columns, rows, caption=caption)


def _question(visit: Visit, one: ExampleQuestion) -> Item:
    words = visit.words
    if one.refusal is None:
        return Item(title=one.says, says=say("Answered, with small figures withheld."), aside=say("Answered"))
    told = f"{words.say(one.refusal.what)} {words.say(one.refusal.rule)}"
    return Item(title=one.says, says=told, aside=say("Refused"))


def _rule(visit: Visit, rule: RuleExplained) -> Markup:
    words = visit.words
    parts = [paragraph(words, rule.says)]
    if rule.parameters:
        columns = [say("Parameter"), say("Set to"), say("What it means")]
        rows = [[one.name, one.value, words.say(one.says)] for one in rule.parameters]
        parts.append(
            plain_table(words, columns, rows, caption=say("Parameters of “{rule}”", rule=words.say(rule.title)))
        )
    parts.append(details(words, say("How it works, and what it does not do"), paragraph(words, rule.about)))
    return section(words, rule.title, *parts)
