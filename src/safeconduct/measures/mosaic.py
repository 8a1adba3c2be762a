"""The mosaic: what figures that are safe one by one reveal when somebody lays them together.

Pure. Cells are what figures speak of; a fact is what a source tells of some of them; ties are what everybody knows of
how cells hang together. Some cells are *guarded*: withheld by somebody, or the people that two figures differ by.
A guarded cell is revealed where fewer numbers stay possible than a minimum, and worked out where one does.

The attacker knows how far noise can reach and takes every number within it for possible; how likely each is does not
enter, nor that the same people always get the same noise. Figures with a differential guarantee are no facts here: what
they reveal together is what their budget says, whatever somebody knows besides.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from safeconduct.measures.codes import Real
from safeconduct.measures.mosaic_bounds import Box, ContradictionError, Flags, Rows, Solver

MOST_FACTS_A_SORT = 24
"""Facts of a sort that are tried one by one; more are taken evenly from all."""


@dataclass(frozen=True, kw_only=True)
class Fact:
    """What a source tells of some cells taken together.

    Attributes:
        cells: The cells it is the sum of, each once; mostly one.
        least: The sum is not less.
        most: And not more; `None` where it says nothing of that.
        source: Who tells it.
        sort: Which sort of outside fact it is, `""` for what was released.
    """

    cells: tuple[int, ...]
    least: int
    most: int | None
    source: str
    sort: str = ""

    @classmethod
    def told(cls, cells: Iterable[int], value: int, *, reach: int, source: str, sort: str = "") -> "Fact":
        """A figure that is at most `reach` from the truth.

        Example:
            >>> Fact.told([0, 1], 12, reach=2, source="a")
            Fact(cells=(0, 1), least=10, most=14, source='a', sort='')
        """
        return cls(cells=tuple(cells), least=max(0, value - reach), most=max(0, value + reach), source=source,
                   sort=sort)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Tie:
    """What everybody knows: how a cell hangs together with others.

    Attributes:
        whole: The cell.
        parts: Cells that make it up; nothing in the whole is in none of them.
        adds_up: It is their sum. Otherwise somebody may count in several parts: it is at most their sum, and at least
            the largest.
    """

    whole: int
    parts: tuple[int, ...]
    adds_up: bool = True

    def rows(self) -> Iterator[tuple[list[tuple[int, int]], float, float]]:
        """The tie as rows."""
        together = [(self.whole, -1), *((part, 1) for part in self.parts)]
        yield together, 0.0, 0.0 if self.adds_up else np.inf
        if not self.adds_up:
            yield from (([(self.whole, 1), (part, -1)], 0.0, np.inf) for part in self.parts)


@dataclass(frozen=True, kw_only=True)
class Within:
    """What everybody knows: a cell is part of another, and more may be in the other.

    Attributes:
        part: The smaller.
        whole: The larger.
    """

    part: int
    whole: int

    def rows(self) -> Iterator[tuple[list[tuple[int, int]], float, float]]:
        """The tie as a row."""
        yield [(self.whole, 1), (self.part, -1)], 0.0, np.inf


@dataclass(frozen=True, kw_only=True, repr=False)
class Facts:
    """Everything that is told about one set of cells. Its `repr` shows no figure.

    Attributes:
        cells: How many cells there are; they are numbered from 0.
        ties: How they hang together.
        facts: What is told.
        guarded: Cells that must stay secret whatever they are: somebody withheld them.
        apart: Cells that must stay secret while they are below the minimum: people that two figures differ by.
    """

    cells: int
    ties: tuple[Tie | Within, ...] = ()
    facts: tuple[Fact, ...] = ()
    guarded: frozenset[int] = frozenset()
    apart: frozenset[int] = frozenset()

    def __repr__(self) -> str:
        """What it is."""
        return "Facts()"


@dataclass(frozen=True, kw_only=True)
class Revealed:
    """What some sources reveal together.

    Attributes:
        guarded: Cells that must stay secret.
        revealed: Of these, those of which fewer than the minimum of numbers stay possible.
        worked_out: Of these, those of which one number stays possible.
        smallest: Fewest numbers that stay possible of any that is revealed; 0 where none is.
        proven: The solver came to an end everywhere; else more may be revealed.
    """

    guarded: int = 0
    revealed: int = 0
    worked_out: int = 0
    smallest: int = 0
    proven: bool = True

    @property
    def share(self) -> float:
        """The part of guarded cells that is revealed."""
        return self.revealed / self.guarded if self.guarded else 0.0


@dataclass(frozen=True, kw_only=True)
class OneMore:
    """What one more fact of a sort adds to everything that was released.

    Attributes:
        sort: Which sort.
        facts: How many of it there are.
        tried: How many were tried one by one.
        reveal: Of these, those that alone reveal a further cell, one they do not speak of themselves.
        most: Further cells that the worst of them reveals.
        together: Further cells that all of the sort reveal together, none of them spoken of by any.
    """

    sort: str
    facts: int
    tried: int
    reveal: int
    most: int
    together: int


@dataclass(frozen=True, kw_only=True)
class Mosaic:
    """What a combination reveals beyond each of its parts.

    Attributes:
        alone: What each source reveals by itself.
        released: What everything that was released reveals together, the candidate left out.
        before: The same with every outside fact: D before the candidate.
        after: Everything, the candidate too: D after it.
        beyond: Cells that everything together reveals and no source alone does.
        candidate: Cells that the candidate adds to what was revealed before.
        sorts: What one more fact of each sort adds.
        contradicting: Sources that cannot speak of the same people as those before them; left out.
    """

    alone: Mapping[str, Revealed] = field(hash=False)
    released: Revealed
    before: Revealed
    after: Revealed
    beyond: int
    candidate: int
    sorts: tuple[OneMore, ...]
    contradicting: tuple[str, ...] = ()


class Laying:
    """Lays facts together.

    Args:
        facts: Everything that is told.
        minimum: As many numbers as must stay possible.
        stopped: Whether somebody asked to stop.
    """

    def __init__(self, facts: Facts, *, minimum: int, stopped: Callable[[], bool] = bool) -> None:
        self.facts, self.minimum = facts, minimum
        self._solver = Solver(facts.cells, minimum, stopped)
        ties = [row for tie in facts.ties for row in tie.rows()]
        told = [([(cell, 1) for cell in one.cells], float(one.least), np.inf if one.most is None else float(one.most))
                for one in facts.facts]  # fmt: skip
        self._rows, self._ties = Rows.of([*ties, *told]), len(ties)
        self._guarded = self._flags(facts.guarded)
        self._apart = self._flags(facts.apart)

    def _flags(self, cells: Iterable[int]) -> Flags:
        flags = np.zeros(self.facts.cells, dtype=np.bool_)
        flags[list(cells)] = True
        return flags

    def box(self, chosen: Callable[[int, Fact], bool]) -> Box:
        """What each cell may be for somebody who knows the chosen facts.

        Raises:
            ContradictionError: They cannot all be true.
        """
        kept = [chosen(at, one) for at, one in enumerate(self.facts.facts)]
        mask = np.concatenate([np.ones(self._ties, dtype=np.bool_), np.array(kept, dtype=np.bool_)])
        return self._solver.box(self._rows.kept(mask), self._guarded | self._apart)

    def shown(self, box: Box) -> Flags:
        """Which cells are revealed."""
        few = numbers(box) < self.minimum
        return few & (self._guarded | (self._apart & (box.low < self.minimum)))

    def told(self, box: Box) -> Revealed:
        """How much is revealed."""
        shown = self.shown(box)
        room = numbers(box)[shown]
        return Revealed(
            guarded=int((self._guarded | self._apart).sum()),
            revealed=int(shown.sum()),
            worked_out=int((room <= 1).sum()),
            smallest=int(room.min(initial=np.inf)) if len(room) else 0,
            proven=self._solver.proven,
        )


def numbers(box: Box) -> Real:
    """How many whole numbers stay possible of each cell."""
    return np.asarray(np.maximum(np.floor(box.high) - np.ceil(box.low) + 1, 0), dtype=np.float64)


def mosaic(facts: Facts, *, minimum: int, candidate: str = "", stopped: Callable[[], bool] = bool) -> Mosaic:
    """What sources reveal together and one by one, and what a candidate adds.

    Sources that contradict those before them are left out: they do not speak of the same people.

    Args:
        facts: Everything that is told; released facts have no sort.
        minimum: As many numbers as must stay possible of a guarded cell, at least 2.
        candidate: Source that is not released yet, `""` for none.
        stopped: Whether somebody asked to stop.

    Raises:
        Cancelled: Somebody asked to stop.

    Example:
        >>> told = (Fact.told([0], 100, reach=0, source="provinces"), Fact.told([1], 90, reach=0, source="districts"))
        >>> found = mosaic(Facts(cells=3, ties=(Tie(whole=0, parts=(1, 2)),), facts=told, guarded=frozenset({2})),
        ...                minimum=16)
        >>> found.after.worked_out, found.beyond
        (1, 1)
    """
    laying = Laying(facts, minimum=minimum, stopped=stopped)
    good, bad = _agreeing(laying)
    alone = {source: laying.box(_only(good & {source})) for source in sorted(good | bad)}
    released = {one.source for one in facts.facts if not one.sort} & good
    boxes = {
        "released": laying.box(_only(released - {candidate})),
        "before": laying.box(_only(good - {candidate})),
        "after": laying.box(_only(good)),
    }
    after, before = laying.shown(boxes["after"]), laying.shown(boxes["before"])
    single = np.any([laying.shown(box) for box in alone.values()], axis=0) if alone else np.zeros_like(after)
    return Mosaic(
        alone={source: laying.told(box) for source, box in alone.items()},
        **{name: laying.told(box) for name, box in boxes.items()},
        beyond=int((after & ~single).sum()),
        candidate=int((after & ~before).sum()),
        sorts=tuple(_sorts(laying, good, released)),
        contradicting=tuple(sorted(bad)),
    )


def _only(sources: frozenset[str] | set[str]) -> Callable[[int, Fact], bool]:
    return lambda _at, one: one.source in sources


def _agreeing(laying: Laying) -> tuple[frozenset[str], frozenset[str]]:
    """Sources that can all be true, in the order they come, and those left out."""
    every = list(dict.fromkeys(one.source for one in laying.facts.facts))
    try:
        laying.box(_only(set(every)))
    except ContradictionError:
        return _one_by_one(laying, every)
    return frozenset(every), frozenset()


def _one_by_one(laying: Laying, every: Sequence[str]) -> tuple[frozenset[str], frozenset[str]]:
    good: set[str] = set()
    for source in every:
        try:
            laying.box(_only(good | {source}))
        except ContradictionError:
            continue
        good.add(source)
    return frozenset(good), frozenset(every) - good


def _sorts(laying: Laying, good: frozenset[str], released: set[str]) -> Iterator[OneMore]:
    """What outside facts add to everything released, the candidate too."""
    before = laying.shown(laying.box(_only(released)))
    places: dict[str, list[int]] = {}
    for at, one in enumerate(laying.facts.facts):
        if one.sort and one.source in good:
            places.setdefault(one.sort, []).append(at)
    for sort, every in sorted(places.items()):
        tried = every[:: -(-len(every) // MOST_FACTS_A_SORT)]
        more = [_more(laying, released, {at}, before) for at in tried]
        yield OneMore(sort=sort, facts=len(every), tried=len(tried), reveal=sum(one > 0 for one in more),
                      most=max(more), together=_more(laying, released, set(every), before))  # fmt: skip


def _more(laying: Laying, released: set[str], beside: set[int], before: Flags) -> int:
    box = laying.box(lambda at, one: one.source in released or at in beside)
    own = np.zeros_like(before)
    own[[cell for at in beside for cell in laying.facts.facts[at].cells]] = True
    return int((laying.shown(box) & ~before & ~own).sum())
