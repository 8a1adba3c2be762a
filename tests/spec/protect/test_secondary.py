"""After further cells are withheld, no attacker gets near those that must be protected: checked cell by cell."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as some

from safeconduct.protect.hierarchies import EVERYBODY, Figure, across, along
from safeconduct.protect.intervals import bounds
from safeconduct.protect.protection import Protection
from safeconduct.protect.secondary import broken, choose
from safeconduct.protect.sums import Sum

GOAL = Protection(minimum=16)
FEW = settings(deadline=None, max_examples=40, derandomize=True)
NUMBERS = some.one_of(some.just(0), some.integers(0, 20), some.integers(16, 200))


def crossed(rows):
    """Cells (row, column), margins (row, None) and (None, column), everything (None, None), numbered from 0."""
    height, width = range(len(rows)), range(len(rows[0]))
    names = [(i, j) for i in (*height, None) for j in (*width, None)]
    at = {name: number for number, name in enumerate(names)}
    values = {
        at[i, j]: sum(rows[a][b] for a in height for b in width if i in {a, None} and j in {b, None}) for i, j in names
    }
    sums = [Sum(whole=at[i, None], parts=tuple(at[i, j] for j in width)) for i in (*height, None)]
    sums += [Sum(whole=at[None, j], parts=tuple(at[i, j] for i in height)) for j in (*width, None)]
    return sums, values, [at[i, j] for i in height for j in width]


def protected(rows, *, minimum=16, noise=0):
    """What is withheld of a table of two ways with told margins, in all."""
    sums, values, cells = crossed(rows)
    goal = Protection(minimum=minimum, noise=noise)
    few = {cell for cell in cells if values[cell] < minimum}
    return few | choose(sums, values, withheld=few, may=set(cells) - few, goal=goal)


def test_one_withheld_district_takes_the_smallest_other_with_it():
    """Its province less the other districts would give it away."""
    sums = [Sum(whole=0, parts=(1, 2, 3))]
    values = {0: 163, 1: 100, 2: 60, 3: 3}

    assert choose(sums, values, withheld={3}, may={1, 2}, goal=GOAL) == {2}


def test_two_withheld_districts_that_are_few_together_take_a_third():
    """Five people in two places: neither could be 15."""
    sums = [Sum(whole=0, parts=(1, 2, 3, 4))]
    values = {0: 165, 1: 100, 2: 60, 3: 3, 4: 2}

    assert choose(sums, values, withheld={3, 4}, may={1, 2}, goal=GOAL) == {2}


def test_two_withheld_districts_that_are_many_together_are_left_alone():
    """Ten and eleven: each may be anything from 0 to 21."""
    sums = [Sum(whole=0, parts=(1, 2, 3))]
    values = {0: 121, 1: 100, 2: 10, 3: 11}

    assert choose(sums, values, withheld={2, 3}, may={1}, goal=GOAL) == frozenset()


def test_equal_candidates_are_told_apart_by_their_place():
    """The same table always loses the same cells."""
    sums = [Sum(whole=0, parts=(1, 2, 3, 4))]
    values = {0: 153, 1: 50, 2: 50, 3: 50, 4: 3}

    assert choose(sums, values, withheld={4}, may={1, 2, 3}, goal=GOAL) == {1}


def test_a_told_whole_with_one_part_is_left_as_it_is():
    """Nothing that may be withheld would protect the part; withholding more would only cost."""
    sums = [Sum(whole=0, parts=(1,)), Sum(whole=2, parts=(0, 3))]
    values = {0: 40, 1: 40, 2: 100, 3: 60}

    assert choose(sums, values, withheld={1}, may={3}, goal=GOAL) == frozenset()


def test_noise_on_every_figure_spares_figures():
    """Where six told figures are each off by up to 5, what is left of their sum is wide enough."""
    sums = [Sum(whole=0, parts=(1, 2, 3, 4, 5, 6))]
    values = {0: 253, 1: 50, 2: 50, 3: 50, 4: 50, 5: 50, 6: 3}

    lost = {
        noise: choose(sums, values, withheld={6}, may={1, 2, 3, 4, 5}, goal=Protection(minimum=16, noise=noise))
        for noise in (1, 5)
    }

    assert lost == {1: {1}, 5: set()}


def test_a_withheld_cell_of_a_crossing_takes_one_of_its_row_one_of_its_column_and_the_corner():
    """The 8 takes 19, 17 and 32 with it, the cheapest square there is."""
    assert protected([[20, 50, 100], [8, 19, 22], [17, 32, 120]]) == {4, 5, 8, 9}


def test_small_tables_lose_as_few_people_as_can_be():
    """Every choice of cells tried: none that protects loses fewer."""
    for rows in ([[3, 40, 22], [60, 17, 30], [25, 90, 18]], [[3, 16, 90], [17, 5, 30], [44, 20, 70]]):
        sums, values, cells = crossed(rows)
        few = {cell for cell in cells if values[cell] < 16}
        told = [cell for cell in cells if cell not in few]
        safe = [
            set(more)
            for size in range(len(told) + 1)
            for more in combinations(told, size)
            if not broken(sums, values, withheld={*few, *more}, goal=GOAL)
        ]

        lost = sum(values[cell] for cell in protected(rows) - few)

        assert lost == min(sum(values[cell] for cell in more) for more in safe)


@FEW
@given(some.lists(some.lists(NUMBERS, min_size=3, max_size=3), min_size=2, max_size=4), some.sampled_from([0, 0, 4]))
def test_no_cell_of_a_table_with_margins_is_nearer_than_it_must_be(rows, noise):
    """But for what margins alone give away when every cell between them is withheld."""
    sums, values, cells = crossed(rows)
    goal = Protection(minimum=16, noise=noise)
    margins_alone = set(broken(sums, values, withheld=set(cells), goal=goal))

    assert set(broken(sums, values, withheld=protected(rows, noise=noise), goal=goal)) <= margins_alone


@FEW
@given(some.lists(some.lists(NUMBERS, min_size=2, max_size=3), min_size=2, max_size=3))
def test_doing_it_again_withholds_nothing_more(rows):
    """What is withheld protects itself."""
    rows = [[*row, 20][:3] for row in rows]
    sums, values, cells = crossed(rows)
    hidden = protected(rows)

    assert choose(sums, values, withheld=hidden, may=set(cells) - hidden, goal=GOAL) == frozenset()


def coarser(figures, name):
    """Sums by name, withheld where they are too few."""
    values = {}
    for key, figure in figures.items():
        values[name(key)] = values.get(name(key), 0) + figure.value
    return {key: Figure(value=value, people=value, withheld=value < 16) for key, value in values.items()}


class Reader:
    """Somebody who reads every answer there is."""

    def __init__(self):
        self.numbers, self.values, self.told, self.sums = {}, {}, {}, []

    def reads(self, figures, withheld):
        for key, figure in figures.items():
            at = self.numbers.setdefault(key, len(self.numbers))
            self.values[at] = figure.value
            if not figure.withheld and key not in withheld:
                self.told[at] = figure.value

    def adds_up(self, figures, name):
        parts = {}
        for key in figures:
            parts.setdefault(self.numbers[name(key)], []).append(self.numbers[key])
        self.sums += [Sum(whole=whole, parts=tuple(some)) for whole, some in parts.items()]

    def knows_too_much(self, goal):
        found = bounds(self.sums, self.told, noise=goal.noise)
        names = {at: key for key, at in self.numbers.items()}
        return {names[at] for at, left in found.items() if not goal.holds(self.values[at], left)}


@some.composite
def places(draw, deepest=3, widest=4):
    """Chains of names of areas, equally long."""
    chains = [()]
    for _ in range(draw(some.integers(1, deepest))):
        chains = [(*chain, f"{at}") for chain in chains for at in range(draw(some.integers(1, widest)))]
    return chains


def figure(value):
    return Figure(value=value, people=value, withheld=value < 16)


@FEW
@given(some.data(), places(), some.sampled_from([0, 0, 4]))
def test_whoever_reads_every_level_of_areas_gets_near_no_withheld_figure(data, chains, noise):
    """Every level asked by itself, each protected by itself: together they give away nothing. All cells, all levels."""
    goal, reader = Protection(minimum=16, noise=noise), Reader()
    figures = {chain: figure(data.draw(NUMBERS)) for chain in chains}
    for depth in range(len(chains[0]) + 1):
        level = figures if depth == len(chains[0]) else coarser(figures, lambda chain, depth=depth: chain[:depth])
        reader.reads(level, along(level, goal) if depth else ())
        if depth:
            reader.adds_up(level, lambda chain: chain[:-1])

    assert not reader.knows_too_much(goal)


@FEW
@given(some.data(), some.integers(2, 4))
def test_whoever_reads_movements_and_both_margins_gets_near_no_withheld_figure(data, size):
    """But for what everybody, people by origin and people by destination give away without any movement."""
    ends = [(f"{at}",) for at in range(size)]
    figures = {(one, other): figure(data.draw(NUMBERS)) for one in ends for other in ends}
    reader, before = Reader(), Reader()
    for who, movements in ((reader, across(figures, GOAL)), (before, set(figures))):
        who.reads(coarser(figures, lambda _: EVERYBODY), ())
        for name in (lambda node: (node[0], ()), lambda node: ((), node[1])):
            margin = coarser(figures, name)
            ends_of = {(node[0] or node[1]): one for node, one in margin.items()}
            chosen = along(ends_of, GOAL)
            who.reads(margin, {node for node in margin if (node[0] or node[1]) in chosen})
            who.adds_up(margin, lambda _: EVERYBODY)
            who.reads(figures, movements)
            who.adds_up(figures, name)

    assert reader.knows_too_much(GOAL) <= before.knows_too_much(GOAL)


def test_a_province_that_is_withheld_is_not_told_by_the_districts_of_another():
    """Province B is withheld to protect A; so one of B's districts is withheld too, or B could be added up."""
    figures = {("A", "a"): figure(10), ("B", "b"): figure(60), ("B", "c"): figure(40), ("C", "d"): figure(300)}

    assert along(figures, GOAL) == {("B", "c")}


def test_coarser_movements_protect_from_finer_ones_and_the_other_way():
    """Two provinces of two districts: whoever adds up the districts' movements learns no withheld one."""
    ends = [("A", "a"), ("A", "b"), ("B", "c"), ("B", "d")]
    people = [[90, 3, 20, 40], [30, 80, 5, 25], [17, 33, 70, 16], [22, 18, 60, 95]]
    figures = {(one, other): figure(people[i][j]) for i, one in enumerate(ends) for j, other in enumerate(ends)}
    few = {node for node, one in figures.items() if one.withheld}
    reader = Reader()
    for depth in range(3):
        level = figures if depth == 2 else coarser(figures, lambda n, depth=depth: (n[0][:depth], n[1][:depth]))
        for name in (lambda node: (node[0], ()), lambda node: ((), node[1])):
            reader.reads(coarser(level, name), ())
            if depth:
                reader.adds_up(coarser(level, name), lambda n: (n[0][:-1], n[1][:-1]))
        reader.reads(level, across(level, GOAL) if depth else ())
        if depth:
            for name in (lambda n: (n[0], ()), lambda n: ((), n[1]), lambda n: (n[0][:-1], n[1][:-1])):
                reader.adds_up(level, name)

    assert few
    assert not reader.knows_too_much(GOAL)
