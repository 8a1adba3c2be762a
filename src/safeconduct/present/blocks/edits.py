"""What is wrong with the rows of a file, and what was done about it; counts come from insights only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from safeconduct.model.microdata import Column
from safeconduct.model.outcomes import Insight
from safeconduct.model.text import Text
from safeconduct.present.blocks.insiders import figure, for_insiders, inside, matching
from safeconduct.present.filling import fill
from safeconduct.present.words import Words


@dataclass(frozen=True, kw_only=True)
class IssueLine:
    """Something that looks wrong.

    Attributes:
        says: What, in words.
        columns: Where.
        id: What the page's action knows it by; sent as `issue`.
        suggestion: What would mend it, in words; `""` where a person must think.
    """

    says: Text | str
    columns: tuple[Column, ...]
    id: str
    suggestion: Text | str = ""


@dataclass(frozen=True, kw_only=True)
class CorrectionLine:
    """A correction in the list that is replayed from the original each time.

    Attributes:
        says: What it does, in words.
        columns: Where.
        why: Why it was made, as somebody wrote it.
        who: Who made it.
    """

    says: Text | str
    columns: tuple[Column, ...] = ()
    why: str = ""
    who: Text | str = ""


def issue_list(
    words: Words, insight: Insight, issues: Sequence[IssueLine], *, action: str, csrf: str, may_leave: bool = True
) -> Markup:
    """What looks wrong, how many rows it concerns, and a button for what would mend it.

    Args:
        words: The language.
        insight: One row an issue, in the same order, with `rows`.
        issues: The issues in words.
        action: Where `issue` is sent to with `do`, `mend` or `leave`.
        csrf: The session's token.
        may_leave: Whether the page's action can note that an issue is left as it is.

    Raises:
        TypeError: The counts are no insight.
        BadInput: There is not one row for each issue.
    """
    rows = matching(inside(insight, "rows"), len(issues))
    lines = [(one, figure(words, row["rows"])) for one, row in zip(issues, rows, strict=True)]
    listed = fill("issue_list", words, title=insight.title, lines=lines, action=action, csrf=csrf, may_leave=may_leave)
    return for_insiders(words, insight, listed)


def correction_list(
    words: Words, corrections: Sequence[CorrectionLine], *, action: str, csrf: str, insight: Insight | None = None
) -> Markup:
    """The corrections made, in order, each with a button that takes it back.

    Args:
        words: The language.
        corrections: The corrections in words.
        action: Where `step`, the correction's number from 1, is sent to with `do`, which is `undo`.
        csrf: The session's token.
        insight: One row a correction with `changed`, how many cells it changed; without it no count is shown.

    Raises:
        TypeError: The counts are no insight.
        BadInput: There is not one row for each correction.
    """
    found: list[str] = [""] * len(corrections)
    if insight is not None:
        found = [figure(words, row["changed"]) for row in matching(inside(insight, "changed"), len(corrections))]
    lines = list(zip(corrections, found, strict=True))
    listed = fill("correction_list", words, lines=lines, action=action, csrf=csrf)
    return listed if insight is None else for_insiders(words, insight, listed)


@dataclass(frozen=True, kw_only=True)
class DifferenceLine:
    """One difference between two lists of variables: the last wave and this one, a sheet sent back and what was there.

    Attributes:
        column: Which variable.
        says: What is different, in words.
        before: What stood there, `""` for nothing.
        after: What stands there now.
        weight: Whether somebody should look: `look`, or `fine` where it goes by itself.
    """

    column: Column
    says: Text | str
    before: Text | str = ""
    after: Text | str = ""
    weight: Literal["look", "fine"] = "look"


def difference_list(words: Words, differences: Sequence[DifferenceLine], *, caption: Text | str) -> Markup:
    """Differences as a table, before anything is accepted; those to look at are marked in words."""
    return fill("difference_list", words, differences=differences, caption=caption)
