"""What would change under another protection level: recorded questions replayed; for insiders."""

from collections.abc import Iterator, Mapping, Sequence

from markupsafe import Markup

from safeconduct.actions.levels import LevelExplained, RuleExplained, RuleParameter
from safeconduct.actions.what_if import WhatIf
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import (
    Choice,
    Input,
    Item,
    Option,
    button,
    choice,
    error_summary,
    field,
    form,
    hidden,
    listing,
    notice,
    paragraph,
    progress,
    section,
)
from safeconduct.server.forms import Wrong, attempt
from safeconduct.server.insiders import NOTE
from safeconduct.server.page import Goto, Reply, Shown, Visit, page
from safeconduct.server.replays import figures

HERE = "/assurance/what-if"
PREFIX = "set."
LOOK_AGAIN_S, UNPROCESSABLE = 2, 422
LEAD = say(
    "Recorded questions are answered once more inside, under the level in force and under a proposed one. Nothing "
    "leaves, nothing is spent."
)


@page(
    HERE,
    title=say("What if"),
    menu="assurance",
    needs="measure",
    about=say(
        "Before a level is changed: questions that were really asked are answered once more inside, under the level"
        " in force and under the proposed one. You see what would be told, withheld and refused, how far figures "
        "would be off, and how well an attacker would do. Nothing leaves and nothing is spent."
    ),
)
def new(visit: Visit) -> Reply:
    """Choose a level, change its parameters, and replay."""
    wrong: Wrong = ()
    if visit.posted:
        made, wrong = attempt(lambda: _begin(visit))
        if made is not None:
            return Goto(f"{HERE}/{made.key}")
    words = visit.words
    levels = {one.name: one.title for one in visit.act("protection_levels")}
    chosen = visit.form.get("policy") or visit.query.get("policy", "")
    chosen = chosen if chosen in levels else next(iter(levels))
    pick = Choice(name="policy", label=say("Proposed protection level"), chosen=[chosen],
                  options=[Option(name, title) for name, title in levels.items()])  # fmt: skip
    body = [
        error_summary(words, wrong),
        form(words, choice(words, pick), action=HERE, submit=say("Choose")),
        section(words, say("Change its parameters"), _form(visit, chosen)),
        *_earlier(visit),
    ]
    return Shown(title=say("What if?"), body=body, lead=LEAD, status=UNPROCESSABLE if wrong else 200)


def _begin(visit: Visit) -> WhatIf:
    policy = visit.form.get("policy", "")
    level: LevelExplained = visit.act("explain_level", name=policy)
    changes = _changes(level, visit.form)
    given: dict[str, object] = {"changes": changes} if changes else {}
    made: WhatIf = visit.act("what_if", dataset=visit.form.get("dataset", ""), policy=policy, **given)
    return made


def _changes(level: LevelExplained, sent: Mapping[str, str]) -> list[str]:
    """What was filled in and is not what the level says."""
    return [
        f"{rule.name}.{one.name}={value}"
        for rule in level.rules
        for one in rule.parameters
        if (value := sent.get(_control(rule, one), one.value).strip()) != one.value
    ]


def _control(rule: RuleExplained, one: RuleParameter) -> str:
    return f"{PREFIX}{rule.name}.{one.name}"


def _form(visit: Visit, chosen: str) -> Markup:
    words = visit.words
    level: LevelExplained = visit.act("explain_level", name=chosen)
    datasets: list[str] = visit.act("what_if_datasets")
    if not datasets:
        return notice(words, say("Nothing was asked yet, so that there is nothing to replay."), tone="careful")
    pick = Choice(name="dataset", label=say("Data set"), options=[Option(one, one) for one in datasets],
                  chosen=[visit.form.get("dataset", datasets[0])])  # fmt: skip
    controls = [
        section(words, rule.title, *(_field(visit, rule, one) for one in rule.parameters))
        for rule in level.rules
        if rule.parameters
    ]
    return form(words, hidden("policy", chosen), choice(words, pick), *controls, action=HERE,
                submit=say("Replay the questions"), csrf=visit.csrf)  # fmt: skip


def _field(visit: Visit, rule: RuleExplained, one: RuleParameter) -> Markup:
    name = _control(rule, one)
    control = Input(name=name, label=Text(one.name.replace("_", " ")), hint=one.says, required=bool(one.value),
                    value=visit.form.get(name, one.value))  # fmt: skip
    return field(visit.words, control)


def _earlier(visit: Visit) -> Iterator[Markup]:
    found: Sequence[WhatIf] = visit.act("what_ifs")
    if found:
        items = [Item(title=_titled(visit, one), href=f"{HERE}/{one.key}", says=_changed(one),
                      aside=visit.words.moment(one.at)) for one in found]  # fmt: skip
        yield section(visit.words, say("Earlier replays"), listing(visit.words, items))


def _titled(visit: Visit, one: WhatIf) -> str:
    return visit.words.say("{level}, data set {dataset}", level=visit.words.say(one.title), dataset=one.dataset)


def _changed(one: WhatIf) -> Text:
    if not one.changes:
        return say("As the level is.")
    return say("Changed: {changes}.", changes="; ".join(one.changes))


@page(
    f"{HERE}/{{key}}",
    title=say("A replay"),
    menu="assurance",
    needs="measure",
    listed=False,
    about=say(
        "What came of one replay. To adopt the level, give it a new version in the site's folder of protection "
        "levels; answers that already left stay as they are."
    ),
)
def show(visit: Visit) -> Reply:
    """One replay: how far it is, or what came of it; that somebody looked is recorded."""
    key = visit.parts["key"]
    if visit.posted:
        visit.act("stop_what_if", key=key)
        return Goto(f"{HERE}/{key}")
    words = visit.words
    found: WhatIf = visit.act("what_if_result", key=key)
    work = found.work
    busy = work is not None and work.waits
    body = [paragraph(words, _changed(found), _replayed(found))]
    if work is not None and busy:
        body.append(progress(words, step=work.step, steps=work.steps, says=work.says))
        body.append(button(words, say("Stop it"), action=f"{HERE}/{key}", csrf=visit.csrf, tone="quiet",
                           values={"do": "stop"}))  # fmt: skip
    elif found.figures is not None:
        body.append(figures(words, found.figures))
    elif work is not None:
        body.append(notice(words, work.says, tone="careful"))
    return Shown(title=say("What if: {what}", what=_titled(visit, found)), body=body, lead=NOTE,
                 refresh_s=LOOK_AGAIN_S if busy else 0)  # fmt: skip


def _replayed(found: WhatIf) -> Text:
    return say(
        "{count} different questions are replayed, the newest 200 at most, on the records as they are now.",
        count=found.questions,
    )
