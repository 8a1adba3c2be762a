"""Budgets as bars, each with its words and its row in a table. A budget tells of work, never of a person."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from safeconduct.model.text import Text, say
from safeconduct.present.blocks.texts import details, plain_table
from safeconduct.present.maps.frame import Picture, framed
from safeconduct.present.words import Words

WIDTH, ROW, LEFT, RIGHT, TOP = 1000, 46, 30, 30, 14
LONGEST = WIDTH - LEFT - RIGHT
WHOLE = 1000
SAMPLE = Markup(
    '<svg class="swatch" viewBox="0 0 36 24" aria-hidden="true" focusable="false">'
    '<rect x="2" y="2" width="32" height="20" class="{}"/></svg>'
)


@dataclass(frozen=True, kw_only=True)
class BudgetBar:
    """One budget.

    Attributes:
        name: Whose, and of which period.
        spent: What is spent, as written.
        limit: What it holds in all, as written.
        left: What is left, as written.
        share: How much of it is spent, thousandths, 0 to 1,000.
        more: What a question would take besides, thousandths of the budget.
        says: What is left, in a sentence.
    """

    name: Text | str
    spent: str
    limit: str
    left: str
    share: int
    more: int = 0
    says: Text | str = ""


def budget_bars(words: Words, bars: Sequence[BudgetBar], *, title: Text | str, prefix: str = "budget") -> Markup:
    """Budgets as bars, the spent part dark, what a question would take hatched; and the same as a table.

    Args:
        words: The language.
        bars: The budgets, in order; nothing is shown where there is none.
        title: What they are of.
        prefix: Name before ids, where a page shows several.
    """
    if not bars:
        return Markup("")
    legend = [(SAMPLE.format("c3"), words.say("Spent")), (SAMPLE.format("away"), words.say("Left"))]
    if any(one.more for one in bars):
        legend.insert(1, (SAMPLE.format("c1"), words.say("What this question would take")))
    picture = Picture(
        prefix=prefix,
        title=words.say(title),
        describes=words.say("A bar for each budget; the dark part is spent. The table tells the same."),
        width=WIDTH,
        height=TOP + ROW * len(bars),
        marks=[_bar(words, one, TOP + ROW * at) for at, one in enumerate(bars)],
        legend=legend,
        sources=(),
        css="series",
    )
    return framed(words, picture) + details(words, say("The same as a table"), _twin(words, bars, title))


def _bar(words: Words, one: BudgetBar, y: int) -> Markup:
    """A name with what is spent of what, and below it the bar."""
    spent = LONGEST * min(max(one.share, 0), WHOLE) / WHOLE
    more = LONGEST * min(max(one.more, 0), WHOLE - min(one.share, WHOLE)) / WHOLE
    said = words.say("{name}: {spent} of {limit}", name=words.say(one.name), spent=one.spent, limit=one.limit)
    return Markup(
        '<text class="tick" x="{}" y="{}" text-anchor="middle">{}</text>'
        '<rect class="away" x="{}" y="{}" width="{}" height="12"/>'
        '<rect class="c3" x="{}" y="{}" width="{:.1f}" height="12"/>'
        '<rect class="c1" x="{:.1f}" y="{}" width="{:.1f}" height="12"/>'
    ).format(WIDTH // 2, y + 16, said, LEFT, y + 24, LONGEST, LEFT, y + 24, spent, LEFT + spent, y + 24, more)


def _twin(words: Words, bars: Sequence[BudgetBar], title: Text | str) -> Markup:
    columns = [say("Budget"), say("Spent"), say("Of"), say("Left"), say("What that means")]
    rows = [[one.name, one.spent, one.limit, one.left, one.says] for one in bars]
    return plain_table(words, columns, rows, caption=title)
