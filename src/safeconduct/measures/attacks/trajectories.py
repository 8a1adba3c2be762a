"""Paths of people out of tables of one day after another, in the manner of Xu et al. (2017)."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from safeconduct.measures.attacks.guessing import Estimate, share
from safeconduct.measures.codes import Real, Whole

NOWHERE = -1
UNSEEN = 1.5
"""What it costs to go out of sight or come back, in steps of the hierarchy of areas."""
HABIT = 2.0
"""What having been in an area on all days before takes off the cost."""


@dataclass(frozen=True)
class Recovery:
    """How much of people's paths was found.

    Attributes:
        found: Share of (person, day) points that the recovered paths have right, each paired with the person it fits
            best: the attacker recovers paths, not names.
        shuffled: The same share for paths whose days are dealt out anew: what the tables' totals alone give.
        still: The same share for an attacker who has the first day only and lets everybody stay.
        away: As `found`, of points where people are not where they mostly are; who stays at home is easily found.
        away_shuffled: As `shuffled`, of the same points.
    """

    found: Estimate
    shuffled: Estimate
    still: Estimate
    away: Estimate
    away_shuffled: Estimate


def recover(counts: Whole, apart: Real) -> Whole:
    """Paths that fit the counts: a row a path, a column a day, an entry an area's number, −1 where out of sight.

    Day by day, everybody seen is given the place that costs all together least; going far costs more than going near,
    going where one has been before costs less.

    Args:
        counts: A row a day, a column an area: people there, whole numbers of at least 0.
        apart: How far areas are from each other, in steps; 0 on the diagonal.

    References:
        Xu, Tu, Li, Zhang, Fu and Jin (2017), WWW, doi:10.1145/3038912.3052620.
    """
    days, areas = counts.shape
    people = int(counts.sum(axis=1).max(initial=0))
    wide = np.full((areas + 1, areas + 1), UNSEEN)
    wide[:areas, :areas], wide[areas, areas] = apart, 0.0
    paths, habits = np.full((people, days), NOWHERE, dtype=np.int64), np.zeros((people, areas + 1))
    for day in range(days):
        places = np.repeat(np.arange(areas + 1), [*counts[day], people - int(counts[day].sum())])
        if day:
            cost = wide[paths[:, day - 1]] - HABIT * habits / day
            places = places[linear_sum_assignment(cost[:, places])[1]]
        paths[:, day] = np.where(places == areas, NOWHERE, places)
        habits[np.arange(people), places] += 1
    return paths


def recovery(counts: Whole, apart: Real, true: Whole, rng: np.random.Generator) -> Recovery:
    """Recover paths from counts, and judge them.

    Args:
        counts: What was told, a row a day, a column an area; what is withheld is the attacker's own guess.
        apart: How far areas are from each other.
        true: A row a person, a column a day: where they were, −1 where unseen.
        rng: Deals the days out.
    """
    paths = recover(counts, apart)
    dealt = rng.permuted(paths, axis=0)
    still = np.repeat(paths[:, :1], paths.shape[1], axis=1)
    (found, away), (shuffled, away_shuffled), (stayed, _) = (_fitting(one, true) for one in (paths, dealt, still))
    return Recovery(found, shuffled, stayed, away, away_shuffled)


def _fitting(paths: Whole, true: Whole) -> tuple[Estimate, Estimate]:
    """Points right when each path is paired with the person it fits best: of all points, and of those away."""
    overlap = np.zeros((len(paths), len(true)), dtype=np.int16)
    for mine, theirs in zip(paths.T, true.T, strict=True):
        overlap += (mine[:, None] == theirs[None, :]) & (theirs != NOWHERE)[None, :]
    rows, columns = linear_sum_assignment(overlap, maximize=True)
    right, seen = paths[rows] == true[columns], true != NOWHERE
    away = seen & (true != _usual(true)[:, None])
    hits = [int(np.count_nonzero(right & some[columns])) for some in (seen, away)]
    return share(hits[0], int(seen.sum()), without=0.0), share(hits[1], int(away.sum()), without=0.0)


def _usual(true: Whole) -> Whole:
    """Where each person is on most days."""
    areas = int(true.max(initial=0)) + 1
    times = np.stack([(true == area).sum(axis=1) for area in range(areas)], axis=1)
    return np.asarray(times.argmax(axis=1), dtype=np.int64)
