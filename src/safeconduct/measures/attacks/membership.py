"""Whether somebody is among the people a table counts, for an attacker who knows where they were.

The game is that of Pyrgelis, Troncoso and De Cristofaro (2018): a group is drawn, its table of counts by day and area
is protected, and the attacker scores members and strangers by how well the table fits their trace.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_array
from scipy.stats import poisson

from safeconduct.measures.attacks.guessing import Estimate, auc
from safeconduct.measures.codes import Real

SUPPORT = 61
FLOOR = 1e-12
A_GROUP = 50
"""Members, and as many strangers, scored against one table."""
RIDGE = 0.05


class Knowledge(StrEnum):
    """What the attacker knows besides the target's trace.

    Attributes:
        RATES: How many of everybody are in each cell; cells are read one by one.
        TOGETHER: Also which cells the same people tend to be in; cells are read together.
        NOTHING: Only the protected table itself.
    """

    RATES = "rates"
    TOGETHER = "together"
    NOTHING = "nothing"


@dataclass(frozen=True, eq=False, repr=False)
class Mechanism:
    """How tables were seen to be protected.

    Attributes:
        minimum: Cells that count fewer are withheld; 0 where none is.
        errors: Told less true, one for each told cell seen: what noise is drawn from.
    """

    minimum: int
    errors: Real

    def protect(self, counts: Real, rng: np.random.Generator) -> Real:
        """A table protected like that; missing where withheld."""
        noise = rng.choice(self.errors, len(counts)) if len(self.errors) else np.zeros(len(counts))
        return np.where(counts < self.minimum, np.nan, counts + noise)

    def law(self) -> tuple[Real, Real]:
        """The noise's values and how frequent each is; at most some 60 of them."""
        if not len(self.errors):
            return np.zeros(1), np.ones(1)
        ends = np.quantile(self.errors, [0, 1])
        step = max((ends[1] - ends[0]) / (SUPPORT - 1), 1.0)
        values, times = np.unique(np.round(self.errors / step), return_counts=True)
        return values * step, times / times.sum()


def observed(told: Real, true: Real) -> Mechanism:
    """The mechanism behind a protected table whose truth is known.

    What is withheld though it is large, to protect another cell, does not raise the minimum: the minimum is the
    smallest number told of a cell with somebody in it.

    Args:
        told: Numbers told; missing where withheld.
        true: What is true of the same cells.
    """
    there = ~np.isnan(told)
    least = int(told[there & (told > 0)].min(initial=np.inf)) if (there & (told > 0)).any() else 0
    withheld = bool((~there & (true > 0)).any())
    return Mechanism(least if withheld else 0, (told - true)[there])


@dataclass(frozen=True, eq=False, repr=False)
class Traces:
    """Where everybody was.

    Attributes:
        of: A row a person, a column a cell, days outermost: 1 where they were.
        areas: Areas of a day.
    """

    of: csr_array
    areas: int


def membership(
    traces: Traces, size: int, mechanism: Mechanism, *, guesses: int, rng: np.random.Generator
) -> Mapping[Knowledge, Estimate]:
    """How well members of a group are told from strangers, 0.5 being chance; one estimate for each knowledge.

    Args:
        traces: Where everybody was: groups are drawn from them, and they are the population whose rates are known.
        size: People in a group; less than all.
        mechanism: How the group's table is protected.
        guesses: Guesses to make, at least.
        rng: Draws the groups, the noise and the targets.

    References:
        Pyrgelis, Troncoso and De Cristofaro (2018), NDSS, arXiv:1708.06145; Guan, Guépin, Crețu and de Montjoye (2024),
        for the attacker who knows nothing, arXiv:2406.18671.
    """
    people = traces.of.shape[0]
    some = min(A_GROUP, size, people - size)
    if some < 1:
        return dict.fromkeys(Knowledge, Estimate(0.5, 0.0, 1.0, 0))
    background = _background(traces, size, mechanism)
    scores: dict[Knowledge, list[Real]] = {one: [] for one in Knowledge}
    rounds = -(-guesses // (2 * some))
    for _ in range(rounds):
        order = rng.permutation(people)
        targets = traces.of[np.concatenate([order[:some], order[size : size + some]])]
        told = mechanism.protect(_summed(traces.of[order[:size]]), rng)
        for knowledge, found in scores.items():
            found.append(_scores(knowledge, told, targets, background))
    labels = np.tile(np.repeat([1, 0], some), rounds)
    return {one: auc(np.concatenate(found), labels) for one, found in scores.items()}


def _summed(traces: csr_array) -> Real:
    return np.asarray(traces.sum(axis=0), dtype=np.float64).ravel()


@dataclass(frozen=True, eq=False, repr=False)
class _Background:
    """What can be known of groups in general.

    Attributes:
        part: The group's share of everybody.
        rates: People of such a group in each cell, on average.
        covariance: How cells go together in such a group's true table.
        mechanism: How tables are protected.
        areas: Areas of a day.
    """

    part: float
    rates: Real
    covariance: Real
    mechanism: Mechanism
    areas: int


def _background(traces: Traces, size: int, mechanism: Mechanism) -> _Background:
    people = traces.of.shape[0]
    share = _summed(traces.of) / people
    covariance = size * (1 - size / people) * ((traces.of.T @ traces.of).toarray() / people - np.outer(share, share))
    return _Background(1 / size, size * share, covariance, mechanism, traces.areas)


def _scores(knowledge: Knowledge, told: Real, targets: csr_array, background: _Background) -> Real:
    """How well the table fits each target's being in the group, as a log likelihood ratio."""
    match knowledge:
        case Knowledge.RATES:
            return np.asarray(targets @ _one_by_one(told, background.rates, background), dtype=np.float64)
        case Knowledge.TOGETHER:
            return _together(told, targets, background)
        case Knowledge.NOTHING:
            rates = _from_table(told, background)
            return np.asarray(targets @ _one_by_one(told, rates, background), dtype=np.float64)
        case _:
            assert_never(knowledge)


def _one_by_one(told: Real, rates: Real, background: _Background) -> Real:
    """For each cell, how much likelier its number is with one more person for certain in it; others are Poisson."""
    values, weights = background.mechanism.law()
    minimum = background.mechanism.minimum
    fewer = rates * (1 - background.part)
    with np.errstate(divide="ignore"):
        within = np.log(poisson.cdf(minimum - 2, fewer) + FLOOR) - np.log(poisson.cdf(minimum - 1, rates) + FLOOR)
    cells = np.rint(np.where(np.isnan(told), 0, told)[:, None] - values)
    with_one = (poisson.pmf(cells - 1, fewer[:, None]) * weights).sum(1)
    without = (poisson.pmf(cells, rates[:, None]) * weights).sum(1)
    return np.where(np.isnan(told), within if minimum else 0.0, np.log(with_one + FLOOR) - np.log(without + FLOOR))


def _together(told: Real, targets: csr_array, background: _Background) -> Real:
    """Fisher's linear discriminant: the table is normal around the rates, and moved to the target if it is in."""
    known = np.flatnonzero(~np.isnan(told))
    if not len(known):
        return np.zeros(targets.shape[0])
    noise = float(background.mechanism.errors.var()) if len(background.mechanism.errors) else 0.0
    spread = background.covariance[np.ix_(known, known)]
    spread[np.diag_indices_from(spread)] += noise + RIDGE * float(np.diag(spread).mean()) + FLOOR
    moved = targets[:, known].toarray() - background.rates[known] * background.part
    wanted = np.column_stack([told[known] - background.rates[known], moved.T])
    pulled = cho_solve(cho_factor(spread, overwrite_a=True, check_finite=False), wanted, check_finite=False)
    return np.asarray(moved @ pulled[:, 0] - (moved * pulled[:, 1:].T).sum(1) / 2, dtype=np.float64)


def _from_table(told: Real, background: _Background) -> Real:
    """Rates read off the table itself: what its days and areas as a whole let expect of each cell."""
    filled = np.where(np.isnan(told), max(background.mechanism.minimum - 1, 0) / 2, told)
    table = np.maximum(filled, 0).reshape(-1, background.areas)
    total = max(float(table.sum()), FLOOR)
    return np.asarray(np.outer(table.sum(1), table.sum(0)) / total, dtype=np.float64).ravel()
