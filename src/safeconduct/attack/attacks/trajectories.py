"""Whole paths of people out of counts of one day after another."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from safeconduct.attack.base import Attack, Finding, attack, untried
from safeconduct.attack.field import Field, Key, Told
from safeconduct.attack.games import Answers
from safeconduct.attack.specs import daily, people
from safeconduct.measures.attacks.guessing import Estimate, share
from safeconduct.measures.attacks.trajectories import NOWHERE, Recovery, recovery

MOST_PEOPLE = 1500
MOST_REGIONS = 6

Whole: TypeAlias = NDArray[np.int64]


@attack
class Trajectories(Attack):
    """Who was counted yesterday is counted today, most likely near by: assigned day by day, counts become paths.

    A region is as many neighbouring areas as can be solved; people outside are out of sight. A recovered path counts as
    far as it agrees with the one true path it is paired with, so that the share does not say whose path it is. People
    who stay at home are found by anybody who knows one day's table: the note tells that share too.
    """

    name: ClassVar[str] = "trajectories"
    title: ClassVar[str] = "Trajectories"
    says: ClassVar[str] = "assigns people to places day after day so that the released counts are met at least cost"

    def run(self, field: Field, *, guesses: int) -> Finding:
        """Ask where people were each day, and follow them region by region."""
        if field.truth is None:
            return untried("share", chance=0.0, note="Nothing to judge paths by: give --truth.")
        spec = people(daily(field.days, list(field.areas)[-1]))
        answers = Answers(field, field.truth)
        answers.ask([spec])
        told = answers.told(spec)
        if told.refused:
            return untried("share", chance=0.0, note="The table by day and area was refused.")
        where = field.truth.contributions(spec)
        found: list[Recovery] = []
        for areas in _regions(field, answers.true(spec)):
            counts, true = _counts(field, told, areas), _paths(field, where, areas)
            found.append(recovery(counts, _apart(field, areas), true, field.rng))
            if sum(one.found.n for one in found) >= guesses or len(found) == MOST_REGIONS:
                break
        return _finding(found)


def _regions(field: Field, true: Mapping[Key, int]) -> list[list[str]]:
    """Areas that lie in the same coarser one, as coarse as can be solved; in an order of chance."""
    of = {area: area for area in list(field.areas.values())[-1]}
    regions = [[area] for area in of]
    while True:
        of = {area: field.parents.get(above, above) for area, above in of.items()}
        wider: dict[str, list[str]] = {}
        for area, above in of.items():
            wider.setdefault(above, []).append(area)
        if len(wider) == len(regions) or max(_most(field, true, areas) for areas in wider.values()) > MOST_PEOPLE:
            break
        regions = list(wider.values())
    return [regions[at] for at in field.rng.permutation(len(regions))]


def _most(field: Field, true: Mapping[Key, int], areas: Sequence[str]) -> int:
    return max(sum(true.get((day.isoformat(), area), 0) for area in areas) for day in field.days)


def _counts(field: Field, told: Told, areas: Sequence[str]) -> Whole:
    """The released table of a region; what is withheld is taken for half of the smallest number told."""
    least = min((value for value in told.cells.values() if value), default=1)
    table = [[told.cells.get((day.isoformat(), area)) for area in areas] for day in field.days]
    status = [[told.status.get((day.isoformat(), area)) for area in areas] for day in field.days]
    return np.array([[max(value, 0) if value is not None else least // 2 * (state == "suppressed")
                      for value, state in zip(*rows, strict=True)] for rows in zip(table, status, strict=True)],
                    dtype=np.int64)  # fmt: skip


def _paths(field: Field, where: Sequence[tuple[int, Key]], areas: Sequence[str]) -> Whole:
    """Where those were who were ever in the region."""
    spots, days = ({one: at for at, one in enumerate(many)} for many in (areas, map(str, field.days)))
    here = [(person, days[key[0]], spots[key[1]]) for person, key in where if key[1] in spots]
    person, day, spot = np.array(here, dtype=np.int64).reshape(-1, 3).T
    known, rows = np.unique(person, return_inverse=True)
    paths = np.full((len(known), len(field.days)), NOWHERE, dtype=np.int64)
    paths[rows.ravel(), day] = spot
    return paths


def _apart(field: Field, areas: Sequence[str]) -> NDArray[np.float64]:
    """Levels to climb until two areas lie in the same one."""
    above = [[area] for area in areas]
    for chain in above:
        while chain[-1] in field.parents:
            chain.append(field.parents[chain[-1]])
    return np.array([[next((step for step, code in enumerate(one) if code in other), len(one)) for other in above]
                     for one in above], dtype=np.float64)  # fmt: skip


def _finding(found: Sequence[Recovery]) -> Finding:
    names = ("found", "shuffled", "still", "away", "away_shuffled")
    mine, dealt, still, away, elsewhere = (_joined([getattr(one, name) for one in found]) for name in names)
    shuffled, stayed = (mine.value / one.value if one.value else 0.0 for one in (dealt, still))
    return Finding(
        metric="share",
        accuracy=None,
        auc=None,
        bits=None,
        share=mine.value,
        chance=dealt.value,
        ci=(mine.low, mine.high),
        n=mine.n,
        note=f"Of {mine.n} days of people's paths {mine.value:.2f} were found (regions: {len(found)}): {shuffled:.2f} "
        f"times the {dealt.value:.2f} of a table whose days are shuffled, and {stayed:.2f} times the {still.value:.2f} "
        f"that come of the first day's table and everybody staying. Of {away.n} days away from home {away.value:.2f} "
        f"were found, {elsewhere.value:.2f} with shuffled days.",
        also={
            "still": still.value,
            "times_shuffled": shuffled,
            "times_still": stayed,
            "away": away.value,
            "away_chance": elsewhere.value,
            "away_n": float(away.n),
        },
    )


def _joined(parts: Sequence[Estimate]) -> Estimate:
    tries = sum(one.n for one in parts)
    return share(round(sum(one.value * one.n for one in parts)), tries, without=0.0)
