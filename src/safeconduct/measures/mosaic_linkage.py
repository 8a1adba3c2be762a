"""What several editions of records about the same people reveal together that none of them does alone.

The intruder knows a few things of people and looks for their records. With one edition, the record that fits best is
taken. With all, records of two editions are first linked by what both tell in the same way; then those are taken whose
linked records fit best together. Figures that were told of the same people stand beside as columns: what is known of
a person's group is compared with how often a record's value occurs, which finds values that were only given new names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from safeconduct.measures.attacks.guessing import SIGMAS, Estimate, auc
from safeconduct.measures.attacks.likeness import Likeness
from safeconduct.measures.codes import Real, Whole, arrow_column, encode, grouped
from safeconduct.model.table import Table

ALIKE = 1e-9
AT_ONCE = 2**22
SAME_WAY = 0.9
"""Share of the values of a column that two editions must have in common to tell it in the same way."""
FIGURE = "figure·"
ABSENT = -1
FEW = 10


@dataclass(frozen=True, eq=False, repr=False)
class EditionRows:
    """One edition of the records. Its `repr` shows none.

    Attributes:
        name: What it is called.
        table: Its rows as anybody has them.
        record: The person of each row, by number; for judging guesses only.
    """

    name: str
    table: Table
    record: Whole


@dataclass(frozen=True)
class LinkageGain:
    """How much easier people are found with everything than with the best part of it.

    Attributes:
        people: People looked for.
        together: Share found with everything.
        best: Share found with the best single edition.
        control: Share that somebody else's knowledge finds with everything.
        gain: `together` − `best` − `control`, with its 95 % confidence interval.
        membership: Area under the curve of telling people in the editions from others: with everything less with the
            best single edition; `None` where nobody is outside.
    """

    people: int
    together: float
    best: float
    control: float
    gain: Estimate
    membership: float | None = None


def linkage_gain(  # noqa: PLR0913 - a game has these pieces, each by name
    known: Table,
    people: Whole,
    editions: Sequence[EditionRows],
    *,
    columns: Sequence[str],
    figures: Mapping[str, Mapping[str, int]] | None = None,
    guesses: int = 1_000,
    rng: np.random.Generator,
) -> LinkageGain:
    """Look for people with each edition and with all of them.

    Args:
        known: What the intruder knows, a row a person.
        people: The person of each row, by number.
        editions: The editions, in any order; at least one.
        columns: What people are recognised by; where an edition lacks one, it is left out there.
        figures: Figures told of the same people: for a column, how many have each value.
        guesses: People to look for at most.
        rng: Chooses them, and between equals.
    """
    inside, outside = _targets(people, editions, guesses, rng)
    attacks = [_Attack.on(one, known, [name for name in columns if name in one.table.columns]) for one in editions]
    hits = [_hits(attack, inside, people, (), rng) for attack in attacks]
    at = int(np.argmax([one.mean() if len(one) else 0.0 for one in hits]))
    base = attacks[at].with_figures(known, figures or {})
    others = [one for place, one in enumerate(attacks) if place != at]
    together = _hits(base, inside, people, others, rng)
    control = _hits(base, rng.permutation(inside), people, others, rng, truth=people[inside])
    gain = together.astype(np.float64) - hits[at] - control
    reach = float(SIGMAS * gain.std(ddof=1) / np.sqrt(len(gain))) if len(gain) > 1 else 1.0
    middle = float(gain.mean()) if len(gain) else 0.0
    return LinkageGain(
        people=len(inside), together=_mean(together), best=_mean(hits[at]), control=_mean(control),
        gain=Estimate(middle, middle - reach, middle + reach, len(gain)),
        membership=_membership(attacks, base, others, inside, outside),
    )  # fmt: skip


def _mean(hits: Whole) -> float:
    return float(hits.mean()) if len(hits) else 0.0


def _targets(
    people: Whole, editions: Sequence[EditionRows], guesses: int, rng: np.random.Generator
) -> tuple[Whole, Whole]:
    """Rows of people who are in every edition, and of people who are in none."""
    there = np.array([np.isin(people, one.record) for one in editions])
    chosen = [rng.permutation(np.flatnonzero(one))[:guesses] for one in (there.all(axis=0), ~there.any(axis=0))]
    return chosen[0], chosen[1]


@dataclass(frozen=True, eq=False, repr=False)
class _Attack:
    """One edition beside what is known."""

    edition: EditionRows
    likeness: Likeness
    columns: tuple[str, ...]

    @classmethod
    def on(cls, edition: EditionRows, known: Table, columns: Sequence[str]) -> "_Attack":
        """What is known beside an edition, in these columns."""
        return cls(edition, Likeness.between(known, edition.table, columns), tuple(columns))

    def with_figures(self, known: Table, figures: Mapping[str, Mapping[str, int]]) -> "_Attack":
        """The same with figures as further columns: of each person's group, and of how often a row's value occurs."""
        told, mine = self.edition.table, known
        names = [name for name in figures if name in told.columns and name in known.columns]
        for name in names:
            theirs = arrow_column(told, name).cast(pa.string()).to_pylist()
            counts = {value: theirs.count(value) for value in set(theirs)}
            values = arrow_column(known, name).cast(pa.string()).to_pylist()
            told = told.having(**{FIGURE + name: pa.array([counts[one] for one in theirs], type=pa.int64())})
            mine = mine.having(**{FIGURE + name: pa.array([figures[name].get(str(one)) for one in values],
                                                          type=pa.int64())})  # fmt: skip
        columns = (*self.columns, *(FIGURE + name for name in names))
        return _Attack(EditionRows(self.edition.name, told, self.edition.record),
                       Likeness.between(mine, told, columns), columns)  # fmt: skip


def _hits(
    attack: _Attack,
    inside: Whole,
    people: Whole,
    others: Sequence[_Attack],
    rng: np.random.Generator,
    *,
    truth: Whole | None = None,
) -> Whole:
    """Whether each person's row was guessed, 0 or 1."""
    wanted = people[inside] if truth is None else truth
    links = [_links(attack.edition.table, one.edition.table) for one in others]
    of, count = _kinds(attack, [mine for mine, _ in links])
    first = np.zeros(count, dtype=np.int64)
    first[of[::-1]] = np.arange(len(of))[::-1]
    order, sizes = np.argsort(of, kind="stable"), np.bincount(of, minlength=count)
    starts, guessed = np.cumsum(sizes) - sizes, np.empty(len(inside), dtype=np.int64)
    step = max(AT_ONCE // max(count, 1), 1)
    for begin in range(0, len(inside), step):
        some = inside[begin : begin + step]
        costs = _costs(attack, others, links, some, first)
        tied = (costs <= costs.min(axis=1, keepdims=True) + ALIKE) * sizes
        upto = tied.cumsum(axis=1)
        chosen = (rng.random(len(some)) * upto[:, -1]).astype(np.int64)
        kind = (upto <= chosen[:, None]).sum(axis=1)
        within = chosen - (upto[np.arange(len(kind)), kind] - sizes[kind])
        guessed[begin : begin + step] = order[starts[kind] + within]
    return np.asarray(attack.edition.record[guessed] == wanted, dtype=np.int64)


def _kinds(attack: _Attack, links: Sequence[Whole]) -> tuple[Whole, int]:
    """Rows that fit alike and are linked alike."""
    parts = [attack.likeness.of, *links]
    return grouped(parts, [int(one.max(initial=0)) + 1 for one in parts], len(attack.edition.table))


def _costs(
    attack: _Attack, others: Sequence[_Attack], links: Sequence[tuple[Whole, Whole]], some: Whole, first: Whole
) -> Real:
    """How badly each kind of row fits each person, with the rows of other editions it may be linked with."""
    total = attack.likeness.costs(some)[:, attack.likeness.of[first]]
    for other, (mine, theirs) in zip(others, links, strict=True):
        fits = other.likeness.costs(some)
        pairs = np.unique(np.column_stack([theirs, other.likeness.of]), axis=0)
        begins = np.flatnonzero(np.diff(pairs[:, 0], prepend=-1))
        best = np.full((len(some), int(max(mine.max(initial=0), theirs.max(initial=0))) + 1), np.nan)
        best[:, pairs[begins, 0]] = np.minimum.reduceat(fits[:, pairs[:, 1]], begins, axis=1)
        best = np.where(np.isnan(best), fits.min(axis=1, keepdims=True), best)
        total = total + best[:, mine[first]]
    return np.asarray(total, dtype=np.float64)


def _links(mine: Table, theirs: Table) -> tuple[Whole, Whole]:
    """Numbers for the rows of both tables; equal where they agree in every column both tell in the same way."""
    codes: list[Whole] = []
    for name in [name for name in mine.columns if name in theirs.columns]:
        words = [arrow_column(one, name).cast(pa.string()).combine_chunks() for one in (mine, theirs)]
        values = [set(one.drop_null().unique().to_pylist()) for one in words]
        both = len(values[0] & values[1])
        if both and both >= SAME_WAY * max(map(len, values)):
            codes.append(encode(pa.chunked_array(words, type=pa.string()))[0] + 1)
    size = len(mine) + len(theirs)
    of, _ = grouped(codes, [int(one.max(initial=0)) + 1 for one in codes], size) if codes else (np.zeros(size, int), 1)
    return of[: len(mine)].astype(np.int64), of[len(mine) :].astype(np.int64)


def _membership(
    attacks: Sequence[_Attack], base: _Attack, others: Sequence[_Attack], inside: Whole, outside: Whole
) -> float | None:
    """How much better people in the editions are told from others with all of them than with the best one."""
    if min(len(inside), len(outside)) < FEW:
        return None
    both, labels = np.concatenate([inside, outside]), np.repeat([1, 0], [len(inside), len(outside)])
    single = max(auc(_fit(attack, both, ()), labels).value for attack in attacks)
    return auc(_fit(base, both, others), labels).value - single


def _fit(attack: _Attack, some: Whole, others: Sequence[_Attack]) -> Real:
    """How well the best row fits each person."""
    links = [_links(attack.edition.table, one.edition.table) for one in others]
    of, count = _kinds(attack, [mine for mine, _ in links])
    first = np.zeros(count, dtype=np.int64)
    first[of[::-1]] = np.arange(len(of))[::-1]
    step = max(AT_ONCE // max(count, 1), 1)
    parts = [
        -_costs(attack, others, links, some[at : at + step], first).min(axis=1) for at in range(0, len(some), step)
    ]
    return np.asarray(np.concatenate(parts), dtype=np.float64)
