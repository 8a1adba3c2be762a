"""A treatment plan tried on the original: what each step does, and where the tables stand after it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from safeconduct.actions.measuring import (
    FileRisk,
    beside,
    measured,
    narrowed,
    read_all,
    share_lost,
    tables_below,
    withheld,
)
from safeconduct.actions.site import Site
from safeconduct.actions.studies import described_files
from safeconduct.jobs.queue import Heartbeat
from safeconduct.measures.loss import LossReport, loss
from safeconduct.measures.telling import Line, lines
from safeconduct.model.canonical import digest
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import DataFile, Design
from safeconduct.model.recipe import Recipe, Step
from safeconduct.model.table import Table
from safeconduct.model.text import Text
from safeconduct.model.trees import to_tree
from safeconduct.protect.base import build
from safeconduct.protect.plan import replay


@dataclass(frozen=True, kw_only=True)
class StepResult:
    """What one step of a plan did, and where the data stand after it.

    Attributes:
        step: The step.
        says: What it does, in a sentence that may be published.
        changed: Cells with another value, by column.
        suppressed: Cells emptied, by column.
        removed: Columns that are gone.
        recoded: Columns whose values mean something else now.
        note: What the steward should know besides.
        risk: Risk after the step.
        loss: What was lost since the original.
        problem: Why it could not be done; what follows was not tried.
        risks: Risk after the step of every table it can have changed, shares between 0 and 1 as text.
        lost: Share of the information about single records that is gone since the original, as text.
    """

    step: Step
    says: Text
    changed: Mapping[str, int] = field(default_factory=dict, hash=False)
    suppressed: Mapping[str, int] = field(default_factory=dict, hash=False)
    removed: tuple[str, ...] = ()
    recoded: tuple[str, ...] = ()
    note: Text | None = None
    risk: FileRisk | None = None
    loss: tuple[Line, ...] = ()
    problem: Text | None = None
    risks: Mapping[str, str] = field(default_factory=dict, hash=False)
    lost: str = ""


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A plan tried on the original.

    Attributes:
        before: Risk of the original, table by table.
        steps: What each step did.
        after: Risk of what would leave.
        loss: What was lost in all, by table.
        lost: Share of the information about single records that is gone, by table, as text.
    """

    before: tuple[FileRisk, ...]
    steps: tuple[StepResult, ...]
    after: tuple[FileRisk, ...]
    loss: Mapping[str, tuple[Line, ...]] = field(hash=False)
    lost: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where the tables stand while a plan is tried.

    Attributes:
        files: What is known of each table now.
        tables: Rows by name of the table, record codes with them.
    """

    files: tuple[DataFile, ...]
    tables: Mapping[str, Table] = field(hash=False)

    def having(self, file: DataFile, table: Table) -> "Standing":
        """The same with one table changed."""
        files = tuple(file if one.name == file.name else one for one in self.files)
        return Standing(files=files, tables={**self.tables, file.name: table})


def tried_on(site: Site, study: str, recipe: Recipe, beat: Heartbeat) -> Tried:
    """A plan tried step by step; a step that cannot be done ends the trial, and says why."""
    files = narrowed(described_files(site, study, recipe.dataset), recipe.roles, recipe.steps)
    original = Standing(files=files, tables=read_all(site, study, recipe.dataset, beat, files=files))
    behind = withheld(site, study, recipe.dataset, original.tables)
    before = beside(_risks(original, recipe, beat), behind)
    now, results = original, []
    for index, step in enumerate(recipe.steps):
        beat.step(index, len(recipe.steps) + 1)
        try:
            now, result = one_step(site, recipe, index, now)
        except BadInput as error:
            results.append(StepResult(step=step, says=in_words(step), problem=error.text))
            break
        results.append(_measured(original, now, recipe, (*results, result), beat))
    total = {one.name: _loss(original, now, recipe, one.name, results) for one in files}
    return Tried(before=before, steps=tuple(results), after=_risks(now, recipe, beat),
                 loss={name: lines(one) for name, one in total.items()},
                 lost={name: share_lost(one) for name, one in total.items()})  # fmt: skip


def _measured(
    original: Standing, now: Standing, recipe: Recipe, results: Sequence[StepResult], beat: Heartbeat
) -> StepResult:
    """What the last of these steps did, with risk and loss after it: of its table, and risk of those below it."""
    last = results[-1]
    name = last.step.file
    below = tables_below(now.files, name)
    risks = {one: measured(now.files, now.tables, recipe.roles, one, beat) for one in below}
    lost = _loss(original, now, recipe, name, results)
    shares = {one: found.risk for one, found in risks.items()}
    return replace(last, risk=risks[name], loss=lines(lost), risks=shares, lost=share_lost(lost))


def one_step(site: Site, recipe: Recipe, index: int, now: Standing) -> tuple[Standing, StepResult]:
    """The tables after one step, and what it did.

    Raises:
        BadInput: It cannot be done on these columns.
    """
    step = recipe.steps[index]
    file = next(one for one in now.files if one.name == step.file)
    design = Design.of(recipe.roles.get(step.file, {}))
    rng = generator(site, recipe, index)
    done = next(replay(now.tables[step.file], file, (step,), design=design, rng_of=lambda _: rng))
    account = done.account
    result = StepResult(step=step, says=in_words(step), changed=dict(account.changed), note=account.note,
                        suppressed=dict(account.suppressed), removed=account.removed,
                        recoded=tuple(account.recoded))  # fmt: skip
    return now.having(done.file, done.table), result


def generator(site: Site, recipe: Recipe, index: int) -> np.random.Generator:
    """Where a step's randomness comes from: a secret of the site, the version of the records and the step itself.

    Nobody outside can draw it again, inside it is the same each time, and leaving another step out changes nothing.
    """
    step = recipe.steps[index]
    same = [digest(to_tree(one)) for one in recipe.steps[: index + 1]]
    nth = same.count(same[-1])
    secret = site.keys.derive("treatment", recipe.dataset, digest(to_tree(step)), str(nth))
    return np.random.Generator(np.random.PCG64(int.from_bytes(hashlib.sha256(secret).digest(), "big")))


def in_words(step: Step) -> Text:
    """What a step does, in a sentence that may be published."""
    return build(step).in_words(step.columns)


def _risks(now: Standing, recipe: Recipe, beat: Heartbeat) -> tuple[FileRisk, ...]:
    return tuple(measured(now.files, now.tables, recipe.roles, one.name, beat) for one in now.files)


def _loss(original: Standing, now: Standing, recipe: Recipe, name: str, results: Sequence[StepResult]) -> LossReport:
    """What a table lost; rows are paired by their codes, which both still have."""
    design = Design.of(recipe.roles.get(name, {}))
    recoded = {column for one in results if one.step.file == name for column in one.recoded}
    return loss(original.tables[name], now.tables[name], design, recoded=recoded)
