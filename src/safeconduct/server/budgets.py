"""Budgets as pages tell of them: whose, what is spent, what is left, in words and as bars."""

from collections.abc import Sequence

from markupsafe import Markup

from safeconduct.actions.budgets import Account, CostAhead
from safeconduct.model.outcomes import Budget
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import listing
from safeconduct.present.blocks.budgets import WHOLE, BudgetBar, budget_bars
from safeconduct.present.blocks.texts import Item
from safeconduct.present.words import Words

MILLION = 1_000_000
DIGITS = 4


def rho(words: Words, millionths: int) -> str:
    """A privacy loss as a number people there write, such as `0.05`."""
    value = millionths / MILLION
    digits = next((one for one in range(DIGITS) if round(value, one) == round(value, DIGITS)), DIGITS)
    return words.number(value, digits=digits)


def whose(words: Words, budget: Budget, name: str, period: str) -> str:
    """Whose budget, and of which period."""
    match budget:
        case Budget.DATASET if period:
            return words.say("Data set {name}, what people did in {period}", name=name, period=period)
        case Budget.DATASET:
            return words.say("Data set {name}", name=name)
        case Budget.PROJECT:
            return words.say("Project {name}, all its answers", name=name)


def account_bar(words: Words, one: Account) -> BudgetBar:
    """A budget as a bar."""
    return BudgetBar(
        name=whose(words, one.budget, one.name, one.period),
        spent=rho(words, one.spent),
        limit=rho(words, one.limit),
        left=rho(words, one.left),
        share=WHOLE * one.spent // one.limit if one.limit else WHOLE,
        says=lasts(one),
    )


def lasts(one: Account) -> Text:
    """For how many more answers a budget lasts."""
    if one.answers == 0:
        return say("Nothing more can be answered from it; what was answered before stays free.")
    if one.answers == 1:
        return say("Enough for one more answer of the usual sort.")
    return say("Enough for {count} more answers of the usual sort.", count=one.answers)


def ahead(words: Words, costs: Sequence[CostAhead]) -> Markup:
    """What a question would take and what is left before, for whoever is about to ask it."""
    items = [Item(title=_name(words, one), says=_takes(words, one)) for one in costs]
    bars = [_ahead_bar(words, one) for one in costs]
    return listing(words, items) + budget_bars(words, bars, title=say("What this question would take"), prefix="ahead")


def _name(words: Words, one: CostAhead) -> str:
    if one.budget is Budget.PROJECT:
        return words.say("Your project's budget")
    return words.say("What people did in {period}", period=one.period) if one.period else words.say("The data set")


def _takes(words: Words, one: CostAhead) -> Text:
    values = {"rho": rho(words, one.rho), "left": rho(words, one.left)}
    if one.rho > one.left:
        return Text("It would take {rho}; {left} is left, which does not reach. It would be refused.", values)
    return Text("It would take {rho}; {left} is left.", values)


def _ahead_bar(words: Words, one: CostAhead) -> BudgetBar:
    spent = max(one.limit - one.left, 0)
    return BudgetBar(
        name=_name(words, one),
        spent=rho(words, spent),
        limit=rho(words, one.limit),
        left=rho(words, one.left),
        share=WHOLE * spent // one.limit if one.limit else WHOLE,
        more=max(WHOLE * one.rho // one.limit, 1) if one.limit else 0,
        says=_takes(words, one),
    )
