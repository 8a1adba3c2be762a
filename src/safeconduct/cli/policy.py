"""`safeconduct policy`: protection levels explained, of the package, of a site, or of a file somebody writes."""

from collections.abc import Iterator
from pathlib import Path

import click

from safeconduct.actions.levels import (
    Example,
    ExampleCell,
    ExampleQuestion,
    LevelExplained,
    RuleExplained,
    explained_here,
)
from safeconduct.actions.telling import tell
from safeconduct.cli.outcome import AS_JSON, Exit, plainly, show

WIDE, MARGIN = 10, 8


@click.group()
def policy() -> None:
    """Protection levels: what each rule means, and what a level does to a small made-up table."""


@policy.command()
@click.argument("level")
@click.option("--site", default=None, envvar="SAFECONDUCT_SITE", type=click.Path(path_type=Path),
              help="Folder of a site, for its own levels; those of the package by default.")  # fmt: skip
@AS_JSON
@plainly
def explain(level: str, site: Path | None, as_json: bool) -> Exit:
    """Explain a protection level: LEVEL is its name, or a TOML file.

    Every rule with every parameter, what the level does not stop, and worked examples on made-up figures, which go
    through the level's real rules. No record is read.
    """
    found = explained_here(level, site)
    tree = tell(found)
    show(tree if isinstance(tree, dict) else {}, as_json=as_json, says=lambda: "\n".join(_lines(found)))
    return Exit.DONE


def _lines(found: LevelExplained) -> Iterator[str]:
    yield f"{found.title} ({found.name}, version {found.version})"
    yield found.says
    yield f"Independent people who look at a new kind of question: {found.reviewers}"
    yield "\nRULES, in the order they are applied"
    for rule in found.rules:
        yield from _rule(rule)
    yield "\nWHAT IT DOES NOT STOP"
    yield from (f"  - {one}" for one in found.does_not_resist)
    yield "\nWORKED EXAMPLES (made-up figures of nobody, through the level's real rules)"
    for example in found.examples:
        yield from _example(example)
    yield "\nQUESTIONS"
    yield from (_question(one) for one in found.questions)


def _rule(rule: RuleExplained) -> Iterator[str]:
    yield f"\n  {rule.title} ({rule.name})"
    yield f"    {rule.says}"
    yield from (f"    {one.name} = {one.value}: {one.says}" for one in rule.parameters)
    yield f"    {rule.about}"


def _example(example: Example) -> Iterator[str]:
    yield f"\n  {example.title}"
    if example.refusal is not None:
        yield f"    refused: {example.refusal.what} {example.refusal.rule}"
        return
    yield f"    {'area':<{WIDE}} {'counted':>{WIDE}} {'told':>{WIDE}} {'margin':>{MARGIN}}  what became of it"
    yield from (_cell(one) for one in example.cells)
    yield from (f"    {one}" for one in example.says)


def _cell(one: ExampleCell) -> str:
    told = "" if one.told is None else str(one.told)
    margin = f"±{one.margin}" if one.margin else ""
    return f"    {one.area:<{WIDE}} {one.before:>{WIDE}} {told:>{WIDE}} {margin:>{MARGIN}}  {one.says}"


def _question(one: ExampleQuestion) -> str:
    if one.refusal is None:
        return f"  - {one.says}\n    answered"
    return f"  - {one.says}\n    refused ({one.refusal.reason}): {one.refusal.what} {one.refusal.rule}"
