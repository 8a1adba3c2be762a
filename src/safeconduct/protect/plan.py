"""Carrying a treatment plan out, step by step, each time from the original."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from safeconduct.measures.codes import stop_if
from safeconduct.model.microdata import DataFile, Design
from safeconduct.model.recipe import Step
from safeconduct.model.table import Table
from safeconduct.protect.base import Account, Method, build, methods


@dataclass(frozen=True, kw_only=True, repr=False)
class StepDone:
    """A table after one step of a plan.

    Attributes:
        place: Which step of the plan it was, from 0.
        step: The step.
        account: What it did.
        table: The table after it.
        file: What is known about its columns after it.
    """

    place: int
    step: Step
    account: Account
    table: Table
    file: DataFile

    def __repr__(self) -> str:
        """The method alone."""
        return f"StepDone({self.step.method!r})"


def replay(
    table: Table,
    file: DataFile,
    steps: Sequence[Step],
    *,
    design: Design,
    rng_of: Callable[[int], np.random.Generator],
    cancelled: threading.Event | None = None,
) -> Iterator[StepDone]:
    """Carry out the steps of a plan that are for one table, in order.

    Undoing a step is leaving it out. Randomness comes from `rng_of`, called with the step's place in the plan: where it
    must not change when another step is left out, it has to know the steps by what they say.

    Args:
        table: The original.
        file: What is known about its columns.
        steps: The plan; steps for other tables are passed over, but counted.
        design: Keys, weight and household of the original.
        rng_of: The random generator of the step at a place; equal for equal plans.
        cancelled: Set by another thread to stop.

    Raises:
        UnknownName: A method is not there.
        BadInput: A step cannot be done; `field` says which part of it.
        Cancelled: It was set.
    """
    for place, step in enumerate(steps):
        if step.file not in {"", file.name}:
            continue
        stop_if(cancelled)
        done = build(step).apply(table, file=file, columns=step.columns, design=design, rng=rng_of(place))
        table, file = done.table, done.file
        yield StepDone(place=place, step=step, account=done.account, table=table, file=file)


def recoded(done: Sequence[StepDone]) -> frozenset[str]:
    """Columns whose values mean something else after some steps; what `measures.loss` must know."""
    return frozenset(name for one in done for name in one.account.recoded)


def offered() -> tuple[type[Method], ...]:
    """Every treatment, by title, for a form to choose from."""
    return tuple(sorted((methods[name] for name in methods), key=lambda one: str(one.title)))
