"""What a checker looks at before voting: rules, risk and loss before and after, the plan, what would leave."""

from collections.abc import Iterator

from markupsafe import Markup

from safeconduct.actions.measuring import FileRisk
from safeconduct.actions.reviewing import ReviewView
from safeconduct.actions.treating import PlanView
from safeconduct.actions.trying import Tried
from safeconduct.model.outcomes import Insight
from safeconduct.model.table import Table
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import (
    CheckLine,
    Item,
    before_after,
    check_list,
    details,
    for_insiders,
    insight_table,
    listing,
    paragraph,
    section,
    step_ladder,
)
from safeconduct.present.words import Words
from safeconduct.server.insiders import audience, compared, ladder, lost, shown_column


def evidence(words: Words, view: ReviewView) -> list[Markup]:
    """Everything a checker needs, the rules first."""
    return [_rules(words, view), *_risks(words, view), _plan(words, view), *_leaves(words, view)]


def _rules(words: Words, view: ReviewView) -> Markup:
    """What each rule of the protection level found."""
    checks = [CheckLine(says=one.says, passed=one.passed, advice=one.advice or "") for one in view.findings]
    nothing = paragraph(words, say("The rules were not looked at: this edition was given up or rejected."))
    shown = check_list(words, checks) if checks else nothing
    asks = details(words, say("What the protection level “{name}” asks", name=words.say(Text(view.policy))),
                   listing(words, [Item(title=one) for one in view.rules]))  # fmt: skip
    marked = Insight(title=say("What the rules found"), table=Table.of({"passed": []}), audience=audience(words))
    return section(words, say("What the rules found"), for_insiders(words, marked, shown), asks)


def _risks(words: Words, view: ReviewView) -> Iterator[Markup]:
    """Risk and loss of each table, before and after."""
    tried = view.tried
    if tried is None:
        yield paragraph(words, say("No trial of the treatment plan is kept with this edition."))
        return
    was = {one.file: one for one in tried.before}
    for after in tried.after:
        if after.file in was:
            yield _risk(words, tried, was[after.file], after)


def _risk(words: Words, tried: Tried, before: FileRisk, after: FileRisk) -> Markup:
    figures, lines = compared(words, say("Risk before and after: {table}", table=after.file), before, after)
    shown = [before_after(words, figures, lines)]
    if after.file in tried.loss:
        insight, named = lost(words, say("What was lost: {table}", table=after.file), tried, after.file)
        told = Table.of({
            "what": [words.say(one.title) for one in named],
            "figure": [f"{row['value']} {words.say(one.unit)}".strip()
                       for row, one in zip(insight.table.rows(), named, strict=True)],
        })  # fmt: skip
        shown.append(details(words, insight.title, insight_table(
            words, Insight(title=insight.title, table=told, audience=insight.audience))))  # fmt: skip
    known = ", ".join(shown_column(one) for one in after.keys)
    taken = paragraph(words, say("What somebody is taken to know: {columns}.", columns=known)) if known else Markup("")
    return section(words, say("Table {table}", table=after.file), taken, *shown)


def _plan(words: Words, view: ReviewView) -> Markup:
    """The treatment plan, each step with risk and loss after it."""
    says = tuple(one.says for one in view.tried.steps) if view.tried else ()
    whole = says if len(says) == len(view.recipe.steps) else ()
    plan = PlanView(study=view.id, version=view.recipe.dataset, recipe=view.recipe, files=view.files,
                    tried=view.tried, work=None, authors=(), says=whole)  # fmt: skip
    figures, steps = ladder(words, plan)
    return section(words, say("What was done"), step_ladder(words, figures, steps))


def _leaves(words: Words, view: ReviewView) -> Iterator[Markup]:
    """The tables as they would leave, and what everybody would be told of their risk."""
    for file in view.files:
        items = [Item(title=one.name, says=one.security, aside=one.label) for one in file.variables]
        title = say("Table {table} as it would leave: {count} variables", table=file.name, count=len(items))
        yield details(words, title, listing(words, items))
    public = [Item(title=one.says, aside=f"{one.after} {words.say(one.unit)}".strip()) for one in view.sheet]
    if public:
        yield details(words, say("What everybody would be told of risk and usefulness"), listing(words, public))
