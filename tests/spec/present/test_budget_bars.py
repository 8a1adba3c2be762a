"""Budgets as bars, with the same in a table."""

import re

import pytest

from safeconduct.present.blocks.budgets import BudgetBar, budget_bars
from safeconduct.present.words import Words


def bar(**how) -> BudgetBar:
    return BudgetBar(**{"name": "January", "spent": "0.1", "limit": "0.5", "left": "0.4", "share": 200, **how})


def widths(html: str, css: str) -> list[float]:
    return [float(one) for one in re.findall(rf'<rect class="{css}" [^>]*?width="([\d.]+)"[^>]*height="12"', html)]


def test_a_bar_is_as_long_as_what_is_spent():
    """A fifth of 940 units."""
    html = budget_bars(Words("en"), [bar()], title="Budgets")

    assert widths(html, "c3") == [188]
    assert widths(html, "away") == [940]


def test_what_a_question_would_take_stands_beside_it_and_never_beyond_the_end():
    """Half is spent, three quarters would be needed."""
    html = budget_bars(Words("en"), [bar(share=500, more=750)], title="Budgets")

    assert widths(html, "c1") == [470]
    assert "What this question would take" in html


@pytest.mark.parametrize("share", [-5, 5000])
def test_a_share_outside_the_budget_stays_inside_the_picture(share):
    """A limit may be lowered below what was spent."""
    html = budget_bars(Words("en"), [bar(share=share)], title="Budgets")

    assert 0 <= widths(html, "c3")[0] <= 940


def test_the_table_says_the_same_in_words():
    """For whoever cannot see the picture."""
    html = budget_bars(Words("en"), [bar(says="Enough for 8 more.")], title="Budgets")

    for told in ("January", "0.1", "0.5", "0.4", "Enough for 8 more."):
        assert re.search(rf"<td[^>]*>{re.escape(told)}</td>", html)


def test_a_name_is_escaped():
    """In the picture and in the table."""
    html = budget_bars(Words("en"), [bar(name="<b>")], title="Budgets")

    assert "<b>" not in html
    assert html.count("&lt;b&gt;") >= 2


def test_no_budget_is_no_picture():
    """Nothing at all."""
    assert budget_bars(Words("en"), [], title="Budgets") == ""
