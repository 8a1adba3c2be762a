"""How many figures complementary suppression costs beside a plain minimum, and how long it takes.

    uv run python benchmarks/suppression_of_cells.py --areas 200 --days 30 --ends 60

Two made-up tables from a fixed seed: people by day and area, areas in larger ones of ten, about a fifth of the cells
below 16; and movements between areas, most people staying. Times are of the process, not of the wall. Given away
are withheld cells that an attacker with all coarser levels knows more nearly than allowed.
"""

import argparse
import time

import numpy as np

from safeconduct.protect.hierarchies import Chain, Figure, across, along
from safeconduct.protect.intervals import bounds
from safeconduct.protect.perturbation import PerturbationTable, table
from safeconduct.protect.protection import Protection
from safeconduct.protect.sums import Sum

TENS = 10


def chain(area: int) -> Chain:
    """An area in one of ten areas."""
    return f"P{area // TENS}", f"{area}"


def figure(people: int, minimum: int) -> Figure:
    """A cell after the minimum."""
    return Figure(value=people, people=people, withheld=people < minimum)


def by_day(days: int, areas: int, goal: Protection) -> None:
    """People by day and area."""
    rng = np.random.default_rng(4)
    sizes = rng.lognormal(3.75, 0.8, areas) * np.repeat(rng.lognormal(0, 0.8, -(-areas // TENS)), TENS)[:areas]
    people = rng.poisson(sizes * rng.lognormal(0, 0.1, (days, areas)))
    few = people < goal.minimum
    gone = few.copy()
    begun = time.process_time()
    for day in range(days):
        for _, area in along({chain(at): figure(int(people[day, at]), goal.minimum) for at in range(areas)}, goal):
            gone[day, int(str(area))] = True
    took = time.process_time() - begun
    report(f"{days} days x {areas} areas", (people, few, gone), took)
    print(f"    given away: {away(people, few, goal):.1%} before, {away(people, gone, goal):.1%} after")
    if goal.noise:
        drawn = away(people, gone, goal, noise=table(goal.noise, 3_000, 0))
        print(f"    given away once the noise is drawn, standard deviation 1.7: {drawn:.2%}")


def away(people: "np.ndarray", hidden: "np.ndarray", goal: Protection, noise: PerturbationTable | None = None) -> float:
    """Share of withheld cells that larger areas, where they are told, give away."""
    sums, told, counted = [], {}, dict(enumerate(people.ravel().tolist()))
    days, areas = people.shape
    for day in range(days):
        for first in range(0, areas, TENS):
            parts = tuple(range(day * areas + first, day * areas + min(first + TENS, areas)))
            whole = len(counted)
            counted[whole] = sum(counted[part] for part in parts)
            sums.append(Sum(whole=whole, parts=parts))
            told |= {whole: counted[whole]} if counted[whole] >= goal.minimum else {}
    told |= {at: counted[at] for at in np.flatnonzero(~hidden.ravel()).tolist()}
    if noise is not None:
        keys = np.random.default_rng(6).integers(0, 2**32, len(told))
        drawn = noise.noise(np.array(list(told.values())), keys)
        told = {cell: value + int(more) for (cell, value), more in zip(told.items(), drawn, strict=True)}
    found = {cell: left for cell, left in bounds(sums, told, noise=goal.noise).items() if cell < people.size}
    return sum(not goal.holds(counted[cell], left) for cell, left in found.items()) / max(1, len(found))


def movements(ends: int, goal: Protection) -> None:
    """Movements between areas, two levels."""
    rng = np.random.default_rng(5)
    sizes = rng.lognormal(4, 1, ends)
    people = rng.poisson(np.outer(sizes, sizes) / sizes.sum() * rng.lognormal(0, 1, (ends, ends)))
    people[np.arange(ends), np.arange(ends)] = rng.poisson(5 * sizes)
    few = people < goal.minimum
    gone = few.copy()
    figures = {
        (chain(one), chain(other)): figure(int(people[one, other]), goal.minimum)
        for one in range(ends)
        for other in range(ends)
    }
    begun = time.process_time()
    for (_, one), (_, other) in across(figures, goal):
        gone[int(str(one)), int(str(other))] = True
    report(f"{ends} x {ends} movements", (people, few, gone), time.process_time() - begun)


def report(says: str, tables: "tuple[np.ndarray, np.ndarray, np.ndarray]", took: float) -> None:
    """One line."""
    people, few, gone = tables
    more, lost = gone.sum() - few.sum(), people[gone & ~few].sum() / people[~few].sum()
    kept = (~few).sum()
    print(f"  {says:<24} {took:7.2f} s  below the minimum {few.mean():6.1%}")
    print(f"    also withheld: {more:,} of {kept:,} told cells ({more / kept:.1%}), {lost:.2%} of their people")


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--areas", type=int, default=200)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--ends", type=int, nargs="*", default=[20, 60])
    parser.add_argument("--reach", type=int, nargs="+", default=[0, 8])
    given = parser.parse_args()
    for reach in given.reach:
        print(f"minimum 16, noise {reach}")
        goal = Protection(minimum=16, noise=reach)
        by_day(given.days, given.areas, goal)
        for ends in given.ends:
            movements(ends, goal)


if __name__ == "__main__":
    main()
