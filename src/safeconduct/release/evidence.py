"""Evidence of a draft as rules read it: what was not brought is unknown, never zero."""

from safeconduct.model.outcomes import Draft, Evidence
from safeconduct.model.output import Measure


def brought(draft: Draft, one: Evidence) -> list[int | None]:
    """What was counted beside each row; `None` where it was not, and a rule that needs it withholds the row."""
    if one.value not in draft.evidence.columns:
        return [None] * len(draft.table)
    return [number if isinstance(number, int) else None for number in draft.evidence.column(one.value)]


def measures(draft: Draft) -> frozenset[Measure]:
    """Sorts of figures in an answer. Evidence stands beside a row, and so is about every figure in it."""
    return frozenset(value.measure for value in draft.output.values)
