"""What people who mean well ask: mobility indicators over rolling windows, and what protection costs them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safeconduct.attack.field import Field, Key, Spec, Told
from safeconduct.attack.specs import daily, doings, flows, modal, people, seen

WEEK = 7
ENOUGH, LARGE = 16, 100
LOT = 40
EVENTS = "location_event_counts"


@dataclass(frozen=True)
class Utility:
    """What is left of the truth.

    Attributes:
        cells: Cells with somebody in them, over all questions.
        told: Those that were told.
        refused_share: Share of the cells with at least 16 people whose question was refused.
        withheld_share: Share of the cells with at least 16 people that were withheld in an answer.
        median_relative_error_over_100: Median of |told − true| / true over told cells above 100.
        wape: Sum of |told − true| over all cells, withheld ones read as 0, by the sum of what is true.
        questions: Questions asked.
        declared: Series of them that were declared products.
    """

    cells: int
    told: int
    refused_share: float
    withheld_share: float
    median_relative_error_over_100: float
    wape: float
    questions: int
    declared: int


def indicators(field: Field, *, small: bool) -> list[list[Spec]]:
    """Series of questions, each a day after the one before.

    Where people are each day; then, for windows of a week and of two, who was seen, where people mostly were, what
    phones did, and movements from one week to the next; at every level, or at one of them where it is small.
    """
    levels = list(field.areas)[1:] or list(field.areas)
    days, sizes = field.days, (WEEK,) if small else (WEEK, 2 * WEEK)
    found: list[list[Spec]] = [[people(daily(days, level))] for level in levels]
    for size in sizes:
        spans = [days[first : first + size] for first in range(len(days) - size + 1)]
        found += [[seen(span, level) for span in spans] for level in levels[-1 if small else 0 :]]
        found += [[people(modal(span, level)) for span in spans] for level in levels[-2 if small else 0 :]]
        found += [[doings(span, level) for span in spans] for level in levels[-1 if small else 0 :]]
    weeks = [(days[at : at + WEEK], days[at + WEEK : at + 2 * WEEK]) for at in range(len(days) - 2 * WEEK + 1)]
    return found + [[flows(modal(week, level), modal(after, level)) for week, after in weeks]
                    for level in levels[: 1 if small else len(levels)] if weeks]  # fmt: skip


def utility(field: Field, *, small: bool) -> Utility | None:
    """Ask the workload and compare it with what is true; `None` where that is not known."""
    if field.truth is None:
        return None
    series = indicators(field, small=small)
    declared = [field.declare(one[0], windows=len(one)) for one in series]
    specs = [spec for one in series for spec in one]
    answers = [one for at in range(0, len(specs), LOT) for one in field.ask(*specs[at : at + LOT])]
    return _measured(specs, answers, [field.truth.counted(spec) for spec in specs], declared=sum(declared))


def _measured(
    specs: Sequence[Spec], answers: Sequence[Told], truths: Sequence[Mapping[Key, int]], *, declared: int
) -> Utility:
    rows = [
        (true, _value(told, key), bool(told.refused), spec["kind"] == EVENTS)
        for spec, told, truth in zip(specs, answers, truths, strict=True)
        for key, true in truth.items()
    ]
    true, value, refused, events = (np.array(column) for column in zip(*rows, strict=True))
    told = ~np.isnan(value)
    enough = true >= ENOUGH
    error = np.abs(np.where(told, value, 0) - true)
    large = told & (true > LARGE)
    return Utility(
        cells=len(true),
        told=int(told.sum()),
        refused_share=_share(refused, enough),
        withheld_share=_share(~told & ~refused, enough & ~events),
        median_relative_error_over_100=float(np.median(error[large] / true[large])) if large.any() else 0.0,
        wape=float(error.sum() / true.sum()),
        questions=len(specs),
        declared=declared,
    )


def _value(told: Told, key: Key) -> float:
    """What was told of a cell; not a number where nothing was."""
    value = told.cells.get(key)
    return float("nan") if value is None else float(value)


def _share(some: NDArray[np.bool_], of: NDArray[np.bool_]) -> float:
    return float(some[of].mean()) if of.any() else 0.0
