"""Attacks that nobody wrote: questions chosen, and answers weighed, by search instead of by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from safeconduct.measures.attacks.guessing import Estimate, share
from safeconduct.measures.codes import Real, Whole

SHRINKS = (1e-7, 1e-4, 1e-2, 0.1, 1.0, 10.0, 100.0)
"""How far weights may be drawn to nothing, by the number of targets; small ones let near copies cancel."""
STRANGE = 1e-9
EVEN = 0.5
FOR_EACH = 4

Chosen = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, repr=False)
class Seen:
    """What an attacker saw of many targets.

    Attributes:
        columns: A row a target, a column a number that was seen of it; 0 where it says nothing.
        template: Which template of a question each column is an answer of, from 0 without a gap.
        facts: What is hidden, 0 or 1; as many of one as of the other.
        known: Targets whose fact the attacker knows and learns from; the others are judged by. No answer, and so no
            noise, may stand behind targets of both sorts.
    """

    columns: Real
    template: Whole
    facts: Whole
    known: Chosen

    @property
    def templates(self) -> int:
        """How many there are."""
        return int(self.template.max(initial=-1)) + 1


@dataclass(frozen=True, kw_only=True)
class Search:
    """How long is searched.

    Attributes:
        least: Fewest templates of an attack, fewer where there are not so many.
        most: Most of them.
        attacks: Attacks alive at a time.
        rounds: Generations.
        kept: How many of the best live on unchanged.
        mutation: Chance of each template to be taken or left by accident, as a share of 1 / number of templates.
    """

    least: int = 50
    most: int = 100
    attacks: int = 40
    rounds: int = 40
    kept: int = 6
    mutation: float = 3.0


@dataclass(frozen=True)
class Discovered:
    """An attack that was found.

    Attributes:
        templates: Which templates it asks, the weightiest first.
        held_out: Share of facts guessed right among targets the search never saw.
        trained: The same among those it learnt from: what is lost between the two was learnt by heart.
    """

    templates: tuple[int, ...] = field(repr=False)
    held_out: Estimate
    trained: Estimate


def discover(seen: Seen, rng: np.random.Generator, search: Search | None = None) -> Discovered:
    """Search for questions and a weighing of their answers that tell 1 from 0, and judge the best on other targets.

    An attack is a set of templates and how far its weights are drawn to nothing. It is worth how well its scores go
    with the facts of one half of the known targets when it learnt its weights on the other. The best live, their
    offspring take templates of both parents, some by accident. What wins learns on all known targets, and guesses the
    others once.

    Args:
        seen: What was seen.
        rng: Cuts the halves, and chooses in the search.
        search: How long.

    References:
        The idea: Cretu, Houssiau, Cully and de Montjoye (2022), QuerySnout, CCS, doi:10.1145/3548606.3560581.

    Example:
        >>> facts = np.arange(80) % 2
        >>> noise = np.random.default_rng(1).integers(0, 99, 80)
        >>> columns = np.column_stack([noise + facts, noise]).astype(float)
        >>> seen = Seen(columns, np.array([0, 1]), facts, np.arange(80) < 40)
        >>> discover(seen, np.random.default_rng(2)).held_out.value
        1.0
    """
    how = _affordable(search or Search(), seen)
    halves = _halves(seen, rng)
    if not seen.templates or not all(one.number for one in halves) or seen.known.all():
        return Discovered((), share(0, 0), share(0, 0))
    genes, drawn = _evolved(halves, seen, how, rng)
    columns = genes[seen.template]
    whole = _summed(seen, np.flatnonzero(seen.known))
    weights = _weights(whole, columns, drawn)
    order = np.argsort(-np.abs(weights[1:]), kind="stable")
    asked = dict.fromkeys(seen.template[columns][order].tolist())
    held_out, trained = (_judged(seen, some, columns, whole, weights, rng) for some in (~seen.known, seen.known))
    return Discovered(tuple(asked), held_out, trained)


def _affordable(search: Search, seen: Seen) -> Search:
    """No more templates than there are targets to learn their weights from: `FOR_EACH` of a half for each column."""
    wide = max(int(np.bincount(seen.template).max(initial=1)), 1)
    most = max(min(search.most, int(seen.known.sum()) // (2 * FOR_EACH * wide)), 1)
    return replace(search, most=most, least=min(search.least, most))


@dataclass(frozen=True, eq=False, repr=False)
class _Sums:
    """All that least squares needs of some targets: products of columns with each other and with the facts.

    The first column is 1 for everybody. Columns are scaled by what is usual in them.
    """

    number: int
    products: Real
    facts: Real
    scale: Real


def _halves(seen: Seen, rng: np.random.Generator) -> tuple[_Sums, _Sums]:
    known = rng.permutation(np.flatnonzero(seen.known))
    middle = len(known) // 2
    return _summed(seen, known[:middle]), _summed(seen, known[middle:])


def _scale(seen: Seen) -> Real:
    """What is usual in each column, over the known targets; 1 where nothing was seen."""
    usual = np.sqrt((seen.columns[seen.known] ** 2).mean(axis=0)) if seen.known.any() else np.ones(len(seen.template))
    return np.concatenate([[1.0], np.where(usual > STRANGE, usual, 1.0)])


def _shown(seen: Seen, some: Whole) -> Real:
    ones = np.ones((len(some), 1))
    return np.concatenate([ones, seen.columns[some]], axis=1)


def _summed(seen: Seen, some: Whole) -> _Sums:
    scale = _scale(seen)
    shown = _shown(seen, some) / scale
    return _Sums(len(some), shown.T @ shown, shown.T @ (2.0 * seen.facts[some] - 1), scale)


def _weights(sums: _Sums, columns: Chosen, drawn: float) -> Real:
    """Ridge regression on some of the columns; the first, which is 1, is not drawn to nothing."""
    at = np.flatnonzero(np.concatenate([[True], columns]))
    pull = np.full(len(at), drawn * sums.number)
    pull[0] = STRANGE
    products = sums.products[np.ix_(at, at)] + np.diag(pull)
    return np.asarray(np.linalg.solve(products, sums.facts[at]), dtype=np.float64)


def _worth(fit: _Sums, judge: _Sums, columns: Chosen, drawn: float) -> float:
    """How well scores learnt on one half go with the facts of the other: a correlation, 0 where there is none."""
    weights = _weights(fit, columns, drawn)
    at = np.flatnonzero(np.concatenate([[True], columns]))
    mean = float(weights @ judge.products[0, at]) / judge.number
    spread = float(weights @ judge.products[np.ix_(at, at)] @ weights) / judge.number - mean**2
    right = float(weights @ judge.facts[at]) / judge.number - mean * float(judge.facts[0]) / judge.number
    return right / float(np.sqrt(spread)) if spread > STRANGE else 0.0


def _evolved(halves: tuple[_Sums, _Sums], seen: Seen, search: Search, rng: np.random.Generator) -> tuple[Chosen, float]:
    """The best set of templates, and how far its weights are drawn to nothing."""
    born = [_born(seen, search, rng) for _ in range(search.attacks)]
    ranked = _ranked([_tried(genes, drawn, halves, seen) for genes, drawn in born])
    for _ in range(search.rounds):
        parents = ranked[: max(search.attacks // 2, 1)]
        young = [_offspring(parents, seen, search, rng) for _ in range(search.attacks - search.kept)]
        ranked = _ranked([*ranked[: search.kept], *(_tried(genes, drawn, halves, seen) for genes, drawn in young)])
    return ranked[0].genes, SHRINKS[ranked[0].drawn]


@dataclass(frozen=True, eq=False, repr=False)
class _Tried:
    """An attack, its templates and place in `SHRINKS`, and what it is worth."""

    genes: Chosen
    drawn: int
    worth: float


def _tried(genes: Chosen, drawn: int, halves: tuple[_Sums, _Sums], seen: Seen) -> _Tried:
    ways, columns = (halves, halves[::-1]), genes[seen.template]
    return _Tried(genes, drawn, sum(_worth(fit, judge, columns, SHRINKS[drawn]) for fit, judge in ways))


def _ranked(alive: Sequence[_Tried]) -> list[_Tried]:
    return sorted(alive, key=lambda one: -one.worth)


def _born(seen: Seen, search: Search, rng: np.random.Generator) -> tuple[Chosen, int]:
    genes = np.zeros(seen.templates, dtype=bool)
    most = min(search.most, seen.templates)
    number = int(rng.integers(min(search.least, most), most + 1))
    genes[rng.choice(seen.templates, number, replace=False)] = True
    return genes, int(rng.integers(len(SHRINKS)))


def _offspring(parents: Sequence[_Tried], seen: Seen, search: Search, rng: np.random.Generator) -> tuple[Chosen, int]:
    """A child of two of the better ones: each template of either, with accidents, and no more than are allowed."""
    mine, other = (parents[int(min(rng.integers(len(parents), size=2)))] for _ in range(2))
    genes = np.where(rng.random(len(mine.genes)) < EVEN, mine.genes, other.genes)
    genes ^= rng.random(len(genes)) < search.mutation / len(genes)
    most = min(search.most, seen.templates)
    inside, outside = (rng.permutation(np.flatnonzero(side)) for side in (genes, ~genes))
    genes[inside[most:]] = False
    genes[outside[: max(min(search.least, most) - len(inside), 0)]] = True
    drawn = (mine if rng.random() < EVEN else other).drawn
    return genes, int(np.clip(drawn + rng.integers(-1, 2), 0, len(SHRINKS) - 1))


def _judged(
    seen: Seen, some: Chosen, columns: Chosen, sums: _Sums, weights: Real, rng: np.random.Generator
) -> Estimate:
    """Guesses by the sign of the score; a coin where it says nothing."""
    at = np.flatnonzero(np.concatenate([[True], columns]))
    scores = (_shown(seen, np.flatnonzero(some)) / sums.scale)[:, at] @ weights
    guesses = np.where(np.abs(scores) < STRANGE, rng.random(len(scores)) < EVEN, scores > 0)
    return share(int(np.count_nonzero(guesses == seen.facts[some])), len(scores))
