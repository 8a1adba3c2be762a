"""What somebody who knows a few things of people learns from a file of records about them.

Every game has a control that could not have learnt anything from the person's own record: somebody else's knowledge, a
file whose columns were dealt out anew, the commonest answer, people who are not in the file. A file leaks as far as the
game beats its control (Giomi et al. 2023, doi:10.56553/popets-2023-0055, whose control groups these are).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.measures.attacks.guessing import Estimate, auc, share
from safeconduct.measures.attacks.likeness import Flags, Likeness
from safeconduct.measures.codes import Real, Whole, arrow_column, encode, grouped, is_number
from safeconduct.model.table import Table

ALIKE = 1e-9
AT_ONCE = 2**22
TENTHS = 10
ABSENT = -1
EVEN = 0.5


@dataclass(frozen=True)
class Game:
    """How an intruder did.

    Attributes:
        found: Share of successes, or the area under the curve.
        chance: What the control did.
    """

    found: Estimate
    chance: float


@dataclass(frozen=True, eq=False, repr=False)
class Case:
    """A file, and somebody's knowledge of people in it.

    Attributes:
        known: What the intruder knows, a row a person.
        told: The file.
        columns: What the two have in common and people are recognised by.
        truth: The record of each person, −1 where they are not in the file or it is not known.
    """

    known: Table
    told: Table
    columns: tuple[str, ...]
    truth: Whole

    @property
    def inside(self) -> Whole:
        """People whose record is known."""
        return np.flatnonzero(self.truth != ABSENT)

    @property
    def outside(self) -> Whole:
        """People who are not in the file."""
        return np.flatnonzero(self.truth == ABSENT)

    def likeness(self) -> Likeness:
        """People and records side by side."""
        return Likeness.between(self.known, self.told, self.columns)


def linkage(case: Case, rng: np.random.Generator) -> Game:
    """Take the record that fits best for the person's; of several, one by chance. The control knows somebody else."""
    likeness = case.likeness()
    people = case.inside
    mine = case.truth[people]
    guesses = _records(likeness, people, rng)
    others = _records(likeness, rng.permutation(people), rng)
    hits, blind = (int(np.count_nonzero(one == mine)) for one in (guesses, others))
    return Game(share(hits, len(people), without=0.0), blind / max(len(people), 1))


def _records(likeness: Likeness, people: Whole, rng: np.random.Generator) -> Whole:
    """The record each person is taken for."""
    order = np.argsort(likeness.of, kind="stable")
    ends = np.cumsum(likeness.sizes)
    found = np.full(len(people), ABSENT, dtype=np.int64)
    for part, costs in _parts(likeness, people):
        tied = (costs <= costs.min(axis=1, keepdims=True) + ALIKE) * likeness.sizes
        upto = tied.cumsum(axis=1)
        chosen = (rng.random(len(costs)) * upto[:, -1]).astype(np.int64)
        sort = (upto <= chosen[:, None]).sum(axis=1)
        left = chosen - (upto[np.arange(len(sort)), sort] - likeness.sizes[sort])
        found[part] = order[ends[sort] - likeness.sizes[sort] + left]
    return found


def _parts(likeness: Likeness, people: Whole) -> Iterator[tuple[slice, Real]]:
    """Costs for some people at a time, so that they fit into memory."""
    step = max(AT_ONCE // max(len(likeness.first), 1), 1)
    for begin in range(0, len(people) if len(likeness.first) else 0, step):
        part = slice(begin, min(begin + step, len(people)))
        yield part, likeness.costs(people[part])


def singling_out(case: Case, guesses: int, rng: np.random.Generator) -> Game:
    """Describe a record that no other record is like, and see whether exactly one known person answers to it.

    Records of known people are described where it is known which these are, since nobody can answer to others.
    The control describes people by values that each occur in the file, but in different records.
    """
    likeness = case.likeness()
    tries = rng.permutation(case.truth[case.inside] if len(case.inside) else len(case.told))[:guesses]
    described = np.repeat(tries[:, None], len(case.columns), axis=1)
    unique = likeness.sizes[likeness.of[tries]] == 1
    hits, blind = (_one(likeness, case, one) for one in (described, rng.permuted(described, axis=0)))
    return Game(share(int((unique & hits).sum()), len(tries), without=0.0), float(blind.sum() / max(len(tries), 1)))


def _one(likeness: Likeness, case: Case, described: Whole) -> Flags:
    """Whether exactly one person answers to each description."""
    people, step = np.arange(len(case.known)), max(AT_ONCE // max(len(case.known), 1), 1)
    parts = [likeness.answering(people, described[at : at + step]) for at in range(0, len(described), step)]
    return np.asarray(np.concatenate([*parts, np.empty(0, dtype=np.int64)]) == 1, dtype=np.bool_)


def inference(case: Case, sensitive: str, rng: np.random.Generator, *, among: Whole | None = None) -> Game:
    """Guess a column from the records that fit best, the commonest value among them. The control guesses the commonest.

    A number counts as right if it is guessed into the right tenth of the file's numbers.

    Args:
        case: The file and the knowledge; `sensitive` is not among its columns, but in both tables.
        sensitive: The column.
        rng: Guesses between equals.
        among: People to guess for; all by default.

    Raises:
        BadInput: One of the tables lacks the column.
    """
    mine, theirs = _answers(case, sensitive)
    people = np.arange(len(case.known)) if among is None else among
    people = people[mine[people] != ABSENT]
    every = np.bincount(theirs[theirs != ABSENT], minlength=1)
    commonest = int(every.argmax()) if every.any() else ABSENT
    likeness, guesses = case.likeness(), np.full(len(people), commonest)
    counts = np.zeros((len(likeness.first), len(every)))
    np.add.at(counts, (likeness.of[theirs != ABSENT], theirs[theirs != ABSENT]), 1)
    for part, costs in _parts(likeness, people):
        votes = (costs <= costs.min(axis=1, keepdims=True) + ALIKE) @ counts
        best = np.argmax(votes + EVEN * rng.random(votes.shape), axis=1)
        guesses[part] = np.where(votes.sum(axis=1) > 0, best, guesses[part])
    hits, blind = (int(np.count_nonzero(one == mine[people])) for one in (guesses, commonest))
    return Game(share(hits, len(people), without=0.0), blind / max(len(people), 1))


def _answers(case: Case, sensitive: str) -> tuple[Whole, Whole]:
    """The sensitive value of each person and record as numbers of one list, −1 where missing."""
    mine, theirs = (arrow_column(table, sensitive) for table in (case.known, case.told))
    if is_number(mine) and is_number(theirs):
        numbers = [np.asarray(pc.cast(one, pa.float64(), safe=False).to_numpy()) for one in (mine, theirs)]
        told = numbers[1][~np.isnan(numbers[1])]
        values = np.unique(told)
        edges = np.unique(np.quantile(told, np.arange(1, TENTHS) / TENTHS)) if len(values) > TENTHS else values[1:]
        found = [np.where(np.isnan(one), ABSENT, np.searchsorted(edges, one, side="right")) for one in numbers]
        return found[0].astype(np.int64), found[1].astype(np.int64)
    words = [one.cast(pa.string()).combine_chunks() for one in (theirs, mine)]
    codes, _ = encode(pa.chunked_array(words, type=pa.string()))
    return codes[len(theirs) :], codes[: len(theirs)]


def membership(case: Case) -> Game:
    """Score people by how well the best record fits: those in the file against those who are not."""
    likeness, people = case.likeness(), np.concatenate([case.inside, case.outside])
    best = np.full(len(people), -np.inf)
    for part, costs in _parts(likeness, people):
        best[part] = -costs.min(axis=1)
    return Game(auc(best, (case.truth[people] != ABSENT).astype(np.int64)), EVEN)


def editions(case: Case, former: Table, rng: np.random.Generator) -> Game:
    """Look for people who came later only among the records that a former edition does not have.

    The control looks for the same people in the whole of the later edition.

    Args:
        case: The later edition; `truth` is told of those only who are not in the former one.
        former: The former edition.
        rng: Guesses between equals.
    """
    columns = [name for name in case.told.columns if name in former.columns]
    whole = pa.concat_tables([one.arrow.select(columns) for one in (former, case.told)], promote_options="permissive")
    of, count = _alike(Table(whole), columns)
    left = np.bincount(of[: len(former)], minlength=count)
    late = of[len(former) :]
    place = np.argsort(late, kind="stable")
    nth = np.empty(len(late), dtype=np.int64)
    nth[place] = np.arange(len(late)) - np.searchsorted(late[place], late[place])
    new = np.flatnonzero(nth >= left[late])
    at = np.full(len(late) + 1, ABSENT, dtype=np.int64)
    at[new] = np.arange(len(new))
    only = Case(case.known, Table(case.told.arrow.take(new)), case.columns, at[case.truth])
    likeness, people = only.likeness(), case.inside
    hits = int(
        np.count_nonzero(_records(likeness, people, rng) == np.where(only.truth[people] < 0, -2, only.truth[people]))
    )
    return Game(share(hits, len(people), without=0.0), linkage(case, rng).found.value)


def _alike(table: Table, columns: Sequence[str]) -> tuple[Whole, int]:
    found = [encode(arrow_column(table, name)) for name in columns]
    return grouped([codes for codes, _ in found], [len(values) for _, values in found], len(table))
