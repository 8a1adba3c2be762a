"""Budgets: what was told of each month, and by each project, of what may be told."""

from safeconduct.actions.budgets import Account
from safeconduct.model.outcomes import Budget
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import Item, empty_state, listing, paragraph, section
from safeconduct.present.blocks.budgets import budget_bars
from safeconduct.server.budgets import account_bar, lasts, rho, whose
from safeconduct.server.page import Reply, Shown, Visit, page

LEAD = say(
    "Levels with a budget let all answers together reveal only so much of what a person did in a month. The unit is "
    "rho; a month does not refill."
)


@page(
    "/assurance/budget",
    title=say("Budget"),
    menu="assurance",
    needs="audit",
    about=say(
        "Some levels let all answers together reveal only so much of what a person did in a month. Every new answer"
        " takes its part, for all projects together; a month does not refill, and what was answered before stays "
        "free. The unit, rho, bounds what anybody can learn of one person, whatever else they know."
    ),
)
def show(visit: Visit) -> Reply:
    """Every budget, as words, as a bar and as a row."""
    words = visit.words
    found: list[Account] = visit.act("budgets")
    if not found:
        nothing = say("No agreement in force names a protection level with a budget; nothing is spent or limited.")
        return Shown(title=say("Budget"), body=[empty_state(words, nothing, action=None)], lead=LEAD)
    parts = (
        (Budget.DATASET, say("By data set and month"), "budget-data"),
        (Budget.PROJECT, say("By project"), "budget-project"),
    )
    body = [
        section(
            words,
            title,
            listing(words, [_item(visit, one) for one in some]),
            budget_bars(words, [account_bar(words, one) for one in some], title=title, prefix=prefix),
        )
        for budget, title, prefix in parts
        if (some := [one for one in found if one.budget is budget])
    ]
    usual = say(
        "The usual sort of answer is the middle one of the latest, or one about a week where nothing was asked."
    )
    return Shown(title=say("Budget"), body=[*body, paragraph(words, usual)], lead=LEAD)


def _item(visit: Visit, one: Account) -> Item:
    words = visit.words
    spent = say("{spent} of {limit} is spent under the level “{level}”; an answer takes {usual}.",
                spent=rho(words, one.spent), limit=rho(words, one.limit), level=words.say(Text(one.level)),
                usual=rho(words, one.usual))  # fmt: skip
    return Item(
        title=whose(words, one.budget, one.name, one.period), says=f"{words.say(spent)} {words.say(lasts(one))}"
    )
