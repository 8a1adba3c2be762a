"""What an attacker knows of a withheld cell: textbook tables, and linear programming as the judge."""

import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy.optimize import linprog

from safeconduct.model.errors import Unsafe
from safeconduct.protect.intervals import bounds
from safeconduct.protect.sums import Sum

COLUMNS = 10
"""Cells of a table drawn here are numbered row by row, ten a row; margins from 100 on."""


def crossed(rows: list[list[int]]) -> tuple[list[Sum], dict[int, int]]:
    """A table of two ways: cell (i, j) is 10 i + j, row i is 100 + i, column j is 200 + j, everything is 300."""
    height, width = len(rows), len(rows[0])
    values = {COLUMNS * i + j: rows[i][j] for i in range(height) for j in range(width)}
    values |= {100 + i: sum(rows[i]) for i in range(height)}
    values |= {200 + j: sum(row[j] for row in rows) for j in range(width)}
    values[300] = sum(map(sum, rows))
    sums = [Sum(whole=100 + i, parts=tuple(COLUMNS * i + j for j in range(width))) for i in range(height)]
    sums += [Sum(whole=200 + j, parts=tuple(COLUMNS * i + j for i in range(height))) for j in range(width)]
    sums.append(Sum(whole=300, parts=tuple(100 + i for i in range(height))))
    sums.append(Sum(whole=300, parts=tuple(200 + j for j in range(width))))
    return sums, values


def judged(sums: list[Sum], told: dict[int, int], noise: int) -> dict[int, tuple[int, int | None]]:
    """The same by two linear programs a cell, nothing clever."""
    cells = sorted({cell for one in sums for cell in one.cells})
    matrix = np.zeros((len(sums), len(cells)))
    for row, one in enumerate(sums):
        matrix[row, cells.index(one.whole)] -= 1
        for part in one.parts:
            matrix[row, cells.index(part)] += 1
    limits = [(max(0, told[cell] - noise), told[cell] + noise) if cell in told else (0, None) for cell in cells]
    found = {}
    for at, cell in enumerate(cells):
        if cell not in told:
            aim = np.eye(len(cells))[at]
            least, most = (linprog(way * aim, A_eq=matrix, b_eq=np.zeros(len(sums)), bounds=limits) for way in (1, -1))
            unbounded = most.x is None
            found[cell] = (math.ceil(least.fun - 1e-6), None if unbounded else math.floor(-most.fun + 1e-6))
    return found


def test_one_withheld_part_of_a_told_sum_is_known():
    """The oldest attack: everybody less everybody else."""
    assert bounds([Sum(whole=0, parts=(1, 2, 3))], {0: 100, 1: 60, 2: 33}) == {3: (7, 7)}


def test_two_withheld_parts_share_what_is_left():
    """Each may be nobody or all of it."""
    assert bounds([Sum(whole=0, parts=(1, 2, 3))], {0: 100, 1: 60}) == {2: (0, 40), 3: (0, 40)}


def test_without_a_told_sum_nothing_is_known():
    """A withheld sum of withheld parts has no upper end."""
    assert bounds([Sum(whole=0, parts=(1, 2))], {1: 60}) == {0: (60, None), 2: (0, None)}


def test_the_textbook_table_with_a_withheld_square():
    """Fischetti and Salazar's investments by activity and region: the 22 is known to lie from 5 to 30."""
    sums, values = crossed([[20, 50, 10], [8, 19, 22], [17, 32, 12]])
    hidden = {10, 12, 20, 22}

    found = bounds(sums, {cell: value for cell, value in values.items() if cell not in hidden})

    assert found == {10: (0, 25), 12: (5, 30), 20: (0, 25), 22: (4, 29)}


def test_a_withheld_triangle_is_known_though_no_row_and_no_column_gives_it_away_alone():
    """Two withheld cells in one row, one of them alone in its column."""
    sums, values = crossed([[20, 50], [8, 19], [17, 32]])

    assert bounds(sums, {cell: value for cell, value in values.items() if cell not in {0, 1, 10}})[1] == (50, 50)


def test_noise_widens_by_every_figure_it_is_on():
    """The whole is off by 5 at most, and so is the part."""
    assert bounds([Sum(whole=0, parts=(1, 2))], {0: 100, 1: 60}, noise=5) == {2: (30, 50)}


def test_what_a_cell_cannot_be_more_than_narrows_the_other():
    """Somebody who knows that the withheld are small knows more."""
    assert bounds([Sum(whole=0, parts=(1, 2))], {0: 20}, most={1: 15, 2: 15}) == {1: (5, 15), 2: (5, 15)}


def test_figures_that_contradict_each_other_are_not_told():
    """A row that adds up to more than its margin is a mistake of ours."""
    sums, values = crossed([[1, 2], [3, 4]])

    with pytest.raises(Unsafe, match="do not add up"):
        bounds(sums, {100: 3, 101: 7, 200: 4, 201: 60, 300: values[300]})


NUMBERS = some.one_of(some.just(0), some.integers(0, 40))


@some.composite
def tables(draw):
    """A table of two ways, a few blocks of it told too, and which cells are told."""
    height, width = draw(some.integers(2, 4)), draw(some.integers(2, 4))
    sums, values = crossed([[draw(NUMBERS) for _ in range(width)] for _ in range(height)])
    if draw(some.booleans()):
        block = (0, 1, COLUMNS, COLUMNS + 1)
        sums.append(Sum(whole=400, parts=block))
        values[400] = sum(values[cell] for cell in block)
    told = {cell: value for cell, value in values.items() if draw(some.integers(0, 2))}
    return sums, told, draw(some.sampled_from([0, 0, 3]))


@settings(deadline=None, max_examples=40, derandomize=True)
@given(tables())
def test_every_interval_is_what_linear_programming_says(table):
    """Trees, crossings, blocks; told or not; with noise or without."""
    sums, told, noise = table

    assert bounds(sums, told, noise=noise) == judged(sums, told, noise)


@settings(deadline=None, max_examples=20, derandomize=True)
@given(some.data())
def test_a_tree_of_three_levels_is_what_linear_programming_says(data):
    """Any of its cells told or withheld."""
    values, sums = {0: 0}, []
    for above, first in ((0, 1), (1, 10), (2, 20), (10, 30)):
        parts = tuple(range(first, first + data.draw(some.integers(2, 4))))
        sums.append(Sum(whole=above, parts=parts))
        values |= dict.fromkeys(parts, 0)
    wholes = {one.whole for one in sums}
    values = {cell: 0 if cell in wholes else data.draw(NUMBERS) for cell in values}
    for one in sorted(sums, key=lambda one: -one.whole):
        values[one.whole] = sum(values[part] for part in one.parts)
    told = {cell: value for cell, value in values.items() if data.draw(some.booleans())}

    assert bounds(sums, told) == judged(sums, told, 0)


def test_six_thousand_cells_in_three_levels_take_no_time():
    """Thirty days of 200 areas in 20 larger ones: half a second on a quiet machine."""
    areas, sums, told = 200, [], {}
    for day in range(30):
        first = 1_000 * day
        sums.append(Sum(whole=first, parts=tuple(range(first + 1, first + 21))))
        for larger in range(20):
            parts = tuple(range(first + 100 + 10 * larger, first + 110 + 10 * larger))
            sums.append(Sum(whole=first + 1 + larger, parts=parts))
            told |= {part: part % 97 for part in parts if part % 5} | {first + 1 + larger: sum(p % 97 for p in parts)}
    began = time.process_time()

    found = bounds(sums, told)

    assert len(found) == 30 * (areas // 5 + 1)
    assert time.process_time() - began < 2


def test_a_large_table_of_movements_is_settled_by_flows():
    """Two hundred areas by two hundred with both margins, 40,000 cells: seconds, not a linear program each."""
    drawn = np.random.default_rng(0)
    people = drawn.poisson(0.5, (200, 200)) * drawn.integers(0, 40, (200, 200))
    sums = [Sum(whole=40_000 + i, parts=tuple(range(200 * i, 200 * i + 200))) for i in range(200)]
    sums += [Sum(whole=41_000 + j, parts=tuple(range(j, 40_000, 200))) for j in range(200)]
    told = {cell: int(value) for cell, value in enumerate(people.ravel()) if value >= 16}
    told |= {40_000 + i: int(people[i].sum()) for i in range(200)}
    told |= {41_000 + j: int(people[:, j].sum()) for j in range(200)}
    began = time.process_time()

    found = bounds(sums, told)

    assert all(low <= people.flat[cell] <= high for cell, (low, high) in found.items())
    assert time.process_time() - began < 15
