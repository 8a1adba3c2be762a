"""Membership for an attacker who has nothing but the released table and a trace: no group of people to learn from.

They make up a population out of the table's own totals, draw groups of it with and without the target, protect their
tables as the site says it does, and learn from those what a table with the target in it looks like.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from safeconduct.measures.attacks.guessing import Estimate, auc
from safeconduct.measures.attacks.membership import A_GROUP, FLOOR, Mechanism, Traces
from safeconduct.measures.codes import Real

REFERENCES = 300
"""Tables of made-up groups to learn from, for each table that was released."""
HOME = 0.7
"""How often made-up people are at home: that most people mostly are is no secret."""
RIDGE = 0.2
"""How much of a cell's own spread is added to it: few references make cells seem to go together that do not."""


@dataclass(frozen=True, eq=False, repr=False)
class Published:
    """What anybody can read of how tables are protected.

    Attributes:
        least: The smallest number told; cells with fewer are withheld. 0 where nothing is.
        spread: Standard deviation of the noise, by the margin told with figures; 0 where none is told.
    """

    least: int
    spread: float

    def protect(self, counts: Real, rng: np.random.Generator) -> Real:
        """A table protected so, as far as an outsider knows; withheld cells as half of the smallest number told."""
        noise = np.rint(rng.normal(0, self.spread, counts.shape)) if self.spread else 0.0
        return self.read(np.where(counts < self.least, np.nan, counts + noise))

    def read(self, told: Real) -> Real:
        """A protected table with numbers everywhere."""
        return np.where(np.isnan(told), self.least / 2, told)


def blind_membership(
    traces: Traces, size: int, mechanism: Mechanism, published: Published, *, guesses: int, rng: np.random.Generator
) -> Estimate:
    """How well members of a group are told from strangers by somebody without any other knowledge; 0.5 is chance.

    Args:
        traces: Where everybody was: groups and targets are drawn from them, and the attacker sees the targets' only.
        size: People in a group; less than all.
        mechanism: How the group's table is protected in truth.
        published: What the attacker reads of that.
        guesses: Guesses to make, at least.
        rng: Draws the groups, the noise, the targets, and the attacker's made-up people.

    References:
        Guan, Guépin, Crețu and de Montjoye (2024), A Zero Auxiliary Knowledge Membership Inference Attack on Aggregate
        Location Data, PoPETs, arXiv:2406.18671.
    """
    people = traces.of.shape[0]
    some = min(A_GROUP, size, people - size)
    if some < 1:
        return Estimate(0.5, 0.0, 1.0, 0)
    rounds, scores = -(-guesses // (2 * some)), list[Real]()
    for _ in range(rounds):
        order = rng.permutation(people)
        targets = traces.of[np.concatenate([order[:some], order[size : size + some]])].toarray().astype(np.float64)
        counts = np.asarray(traces.of[order[:size]].sum(axis=0), dtype=np.float64).ravel()
        told = published.read(mechanism.protect(counts, rng))
        scores.append(_scores(told, targets, size, published, traces.areas, rng))
    return auc(np.concatenate(scores), np.tile(np.repeat([1, 0], some), rounds))


def _scores(told: Real, targets: Real, size: int, published: Published, areas: int, rng: np.random.Generator) -> Real:
    """How much more a table looks like those with the target than like those without: Fisher's discriminant."""
    groups = _made_up(told, size, areas, rng)
    without = published.protect(groups, rng)
    shifts = (published.protect(groups + 1, rng) - without).mean(axis=0)
    middle, spread = without.mean(axis=0), np.cov(without, rowvar=False)
    spread[np.diag_indices_from(spread)] += RIDGE * float(np.diag(spread).mean()) + FLOOR
    moved = targets * shifts
    pulled = cho_solve(cho_factor(spread, overwrite_a=True, check_finite=False), moved.T, check_finite=False)
    return np.asarray((told - middle) @ pulled - (moved * pulled.T).sum(axis=1) / 2, dtype=np.float64)


def _made_up(told: Real, size: int, areas: int, rng: np.random.Generator) -> Real:
    """Tables of groups of made-up people.

    How busy days and areas are is read off the table. Each made-up person has a home, is there on most of the days on
    which they are seen, and anywhere else on the others.
    """
    table = np.maximum(told, 0).reshape(-1, areas)
    seen = np.minimum(table.sum(axis=1) / size, 1.0)
    where = (table.sum(axis=0) + FLOOR) / (table.sum() + FLOOR * areas)
    return np.stack([_counted(size, seen, where, rng) for _ in range(REFERENCES)])


def _counted(size: int, seen: Real, where: Real, rng: np.random.Generator) -> Real:
    homes = rng.multinomial(size, where)
    at_home = rng.binomial(homes, HOME * seen[:, None])
    away = rng.multinomial(rng.binomial(size, (1 - HOME) * seen), where)
    return np.asarray(at_home + away, dtype=np.float64).ravel()
