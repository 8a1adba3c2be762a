"""Figures for insiders: what verbs tell stewards and reviewers of records nobody released, as insights with words."""

from collections.abc import Iterator, Mapping, Sequence

from safeconduct.actions.measuring import FileRisk
from safeconduct.actions.preparing import TrialLine
from safeconduct.actions.treating import PlanView
from safeconduct.actions.trying import StepResult, Tried
from safeconduct.model.outcomes import Insight
from safeconduct.model.table import Table
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import LadderStep, MeasureLine
from safeconduct.present.words import Words

NOTE = say("For insiders; nothing here may be passed on.")
AUDIENCE = say("data stewards, checkers and the data protection officer")
OF_PARENT = "·of "
"""Parts the name of a column from the table of the one it came from, as measures write it."""

TITLES: Mapping[str, Text] = {
    "global_risk": say("People who would be recognised"),
    "expected": say("Records guessed rightly"),
    "uniques": say("Records that nobody is like"),
    "highest": say("The record most at risk"),
    "above": say("Risky records"),
    "household_risk": say("People whose household would be found"),
    "keys_suppressed": say("Values taken out"),
    "kept": say("Information that is left"),
    "distance": say("How far distributions moved"),
    "correlation_change": say("How far correlations moved"),
    "removed": say("Columns taken out"),
    "rows": say("Records taken out"),
    "same": say("Groups that share one answer: {column}"),
    "diversity": say("Different answers in a group: {column}"),
    "without": say("If nobody knew {column}"),
    "changed": say("Values changed: {column}"),
    "cells": say("Cells with another value: {column}"),
    "emptied": say("Cells emptied: {column}"),
}
LEVELS: Mapping[str, Text] = {
    "below_population": say("Records like fewer than {level} people of the population"),
    "below": say("Records with fewer than {level} alike"),
}
UNITS: Mapping[str, Text] = {
    "records": say("records"),
    "of 1,000 people": say("of 1,000 people"),
    "%": say("%"),
    "values": say("values"),
    "columns": say("columns"),
    "0 to 1": say("0 to 1"),
}


def audience(words: Words) -> str:
    """Whom insiders' figures are for."""
    return words.say(AUDIENCE)


def title_of(name: str) -> Text:
    """What a measure is called; its column stands after a point."""
    ours, _, column = name.partition(".")
    if ours in TITLES:
        said = TITLES[ours]
        return say(said.id, column=shown_column(column)) if column else said
    level = ours.rpartition("_")
    return say(LEVELS[level[0]].id, level=int(level[2])) if level[0] in LEVELS and level[2].isdecimal() else Text(name)


def shown_column(name: str) -> str:
    """A column as people read it; one that came from the table above says so.

    Example:
        >>> shown_column("region·of households")
        'region (households)'
    """
    own, mark, table = name.partition(OF_PARENT)
    return f"{own} ({table})" if mark else name


def _number(value: str) -> str:
    return value.replace(",", "")


def lines_of(risk: FileRisk) -> list[MeasureLine]:
    """The measures of a table in words, without their figures."""
    return [_line(one.name, one.says, one.unit, one.better) for one in risk.lines]


def _line(name: str, says: Text, unit: str, better: str) -> MeasureLine:
    said = Text(says.id, {key: shown_column(one) if isinstance(one, str) else one for key, one in says.values.items()})
    return MeasureLine(name=name, title=title_of(name), says=said, unit=UNITS.get(unit, unit), better=better)


def measured(words: Words, title: Text, risk: FileRisk) -> Insight:
    """The figures of a table's measures: `name`, `value`."""
    columns: dict[str, Sequence[object]] = {
        "name": [one.name for one in risk.lines],
        "value": [_number(one.value) for one in risk.lines],
    }
    return Insight(title=title, table=Table.of(columns), audience=audience(words))


def compared(words: Words, title: Text, before: FileRisk, after: FileRisk) -> tuple[Insight, list[MeasureLine]]:
    """Risk of one table before and after: `name`, `before`, `after`, and the measures in words, as they are after."""
    was = {one.name: _number(one.value) for one in before.lines}
    told = [one for one in after.lines if not one.name.startswith("without.")]
    columns: dict[str, Sequence[object]] = {
        "name": [one.name for one in told],
        "before": [was.get(one.name, "") for one in told],
        "after": [_number(one.value) for one in told],
    }
    lines = [_line(one.name, one.says, one.unit, one.better) for one in told]
    return Insight(title=title, table=Table.of(columns), audience=audience(words)), lines


def lost(words: Words, title: Text, tried: Tried, file: str) -> tuple[Insight, list[MeasureLine]]:
    """What one table lost in all: `name`, `value`, and the measures in words."""
    found = tried.loss.get(file, ())
    columns: dict[str, Sequence[object]] = {
        "name": [one.name for one in found],
        "value": [_number(one.value) for one in found],
    }
    lines = [_line(one.name, one.says, one.unit, one.better) for one in found]
    return Insight(title=title, table=Table.of(columns), audience=audience(words)), lines


def changed_by(words: Words, plan: PlanView, at: int) -> tuple[Insight, list[MeasureLine]]:
    """Risk of every table before and after one step of a plan: `name`, `before`, `after`, of 1,000 people.

    Args:
        words: The reader's language.
        plan: A plan that was tried at least up to the step.
        at: The step, from 1.
    """
    results = plan.tried.steps[:at] if plan.tried else ()
    was = {one.file: one.risk for one in plan.tried.before} if plan.tried else {}
    for one in results[:-1]:
        was |= one.risks
    now = results[-1].risks if results else {}
    told = [name for name, risk in now.items() if risk and was.get(name)]
    columns: dict[str, Sequence[object]] = {
        "name": [f"risk.{name}" for name in told],
        "before": [_of_thousand(was[name]) for name in told],
        "after": [_of_thousand(now[name]) for name in told],
    }
    lines = [MeasureLine(name=f"risk.{name}", title=Text(name), unit=UNITS["of 1,000 people"]) for name in told]
    insight = Insight(title=say("Who would be recognised"), table=Table.of(columns), audience=audience(words))
    return insight, lines


def _of_thousand(share: str) -> str:
    return f"{1000 * float(share):.3f}"


def cells(words: Words, result: StepResult) -> tuple[Insight, list[MeasureLine]]:
    """How many cells a step changed and emptied, by column: `name`, `value`, and the counts in words."""
    emptied = {f"emptied.{name}": count for name, count in result.suppressed.items() if count}
    counts = {**{f"cells.{name}": count for name, count in result.changed.items() if count}, **emptied}
    columns: dict[str, Sequence[object]] = {"name": list(counts), "value": list(counts.values())}
    lines = [MeasureLine(name=name, title=title_of(name)) for name in counts]
    return Insight(title=say("Cells it touched"), table=Table.of(columns), audience=audience(words)), lines


def spread(words: Words, risk: FileRisk) -> Insight:
    """How risk is spread over the records of a table: `first`, `last`, `rows`."""
    ends = [upto for upto, _ in risk.bars]
    columns: dict[str, Sequence[object]] = {
        "first": ["0", *ends[:-1]][: len(ends)],
        "last": ends,
        "rows": [rows for _, rows in risk.bars],
    }
    title = say("How risk is spread: {table}", table=risk.file)
    return Insight(title=title, table=Table.of(columns), audience=audience(words))


def ladder(words: Words, plan: PlanView) -> tuple[Insight, list[LadderStep]]:
    """A plan's steps in words, with risk and loss after each: `risk`, `loss`; `""` for what was not tried yet."""
    points = list(_standings(plan))
    points += [("", "")] * (len(plan.recipe.steps) + 1 - len(points))
    columns: dict[str, Sequence[object]] = {"risk": [one for one, _ in points], "loss": [one for _, one in points]}
    said = plan.says or tuple(Text(step.method) for step in plan.recipe.steps)
    several = len(plan.files) > 1
    steps = [
        LadderStep(title=says, columns=(step.file, *step.columns) if several else step.columns, why=step.why)
        for says, step in zip(said, plan.recipe.steps, strict=True)
    ]
    return Insight(title=say("The treatment plan"), table=Table.of(columns), audience=audience(words)), steps


def _standings(plan: PlanView) -> Iterator[tuple[str, str]]:
    """Risk and loss of the original, then after each step that was tried."""
    if plan.tried is None:
        return
    sizes = {one.name: len(one.variables) for one in plan.files}
    risks = {one.file: one.risk for one in plan.tried.before}
    losses: dict[str, str] = {}
    yield _worst(risks), "0"
    for one in plan.tried.steps:
        if one.problem is not None:
            return
        risks, losses = _after(one, risks, losses)
        yield _worst(risks), _mean(losses, sizes)


def _after(
    step: StepResult, risks: Mapping[str, str], losses: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    return {**risks, **step.risks}, {**losses, step.step.file: step.lost}


def _worst(risks: Mapping[str, str]) -> str:
    """The highest risk of any table: an edition is as safe as its least safe table."""
    return max((one for one in risks.values() if one), key=float, default="")


def _mean(losses: Mapping[str, str], sizes: Mapping[str, int]) -> str:
    """What was lost over all columns of all tables."""
    total = sum(sizes.values())
    gone = sum(float(lost) * sizes.get(name, 0) for name, lost in losses.items() if lost)
    return f"{max(gone, 0.0) / total:.6f}" if total else ""


def frontier(words: Words, plan: PlanView, trials: Sequence[TrialLine]) -> Insight:
    """Every plan that was tried, and the original: `name`, `risk`, `loss`, `now`."""
    sizes = {one.name: len(one.variables) for one in plan.files}
    whole = [one for one in trials if one.tried.steps and all(step.problem is None for step in one.tried.steps)]
    named = [(words.say("The original"), *_original(trials), False)] if trials else []
    named += [(_named(words, one), _risk_after(one.tried), _mean(one.tried.lost, sizes), one.now) for one in whole]
    keys = ("name", "risk", "loss", "now")
    columns: dict[str, Sequence[object]] = {key: [row[at] for row in named] for at, key in enumerate(keys)}
    return Insight(
        title=say("Plans tried: risk and information lost"), table=Table.of(columns), audience=audience(words)
    )


def _original(trials: Sequence[TrialLine]) -> tuple[str, str]:
    return _worst({one.file: one.risk for one in trials[-1].tried.before}), "0"


def _risk_after(tried: Tried) -> str:
    return _worst({one.file: one.risk for one in tried.after})


def _named(words: Words, trial: TrialLine) -> str:
    steps = words.say("{count} steps", count=len(trial.tried.steps))
    return f"{steps}, {words.moment(trial.at)}"
