"""An attack that is found by search: which questions to ask about somebody, and how to weigh the answers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from safeconduct.attack.base import Attack, Finding, attack, untried
from safeconduct.attack.field import Field, Key, Told
from safeconduct.attack.games import CHANCE, SIZES, Answers
from safeconduct.attack.hidden import Days
from safeconduct.attack.templates import RELATIONS, Asked, pool, relation
from safeconduct.measures.attacks.discovery import Discovered as Found
from safeconduct.measures.attacks.discovery import Seen, discover

Real: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = NDArray[np.int64]

LOT = 60
NORMAL = 1.96
FARTHEST = 4.0
"""What one answer may say for or against at most, so that no single one decides."""
GAINS, LOSES = 0, 1
TARGETS = 3
"""Targets for each guess wanted: half of them are learnt from."""
ENDS = 2


@attack
class Discovered(Attack):
    """A search over sets of questions instead of somebody's idea, in the manner of QuerySnout.

    The attacker knows somebody's area, day and what else they did, and not whether they made one type of event; where
    there is one type, not whether they were seen by day, or by night. Every
    question by day and area that the language has is a template, seen from that fact. A search that breeds sets of 50
    to 100 templates learns on targets of every other day how to weigh their answers, and is judged on targets of the
    other days, whose answers and noise it never saw. It plays twice, and what does better counts: knowing what
    everybody else did, when an answer is what was told less what is expected; and knowing nothing of others, about
    targets who happen to be the only ones of their kind, with bare answers.
    """

    name: ClassVar[str] = "discovered"
    title: ClassVar[str] = "Attacks found by search"
    says: ClassVar[str] = "breeds sets of questions about a target, and learns how to weigh what is told of them"

    def run(self, field: Field, *, guesses: int) -> Finding:
        """Ask everything once, then search."""
        if field.truth is None:
            return untried("accuracy", chance=CHANCE, note="Nothing to judge guesses by: give --truth.")
        answers, asked = Answers(field, field.truth), pool(field)
        for at in range(0, len(asked), LOT):
            answers.ask([one.spec for one in asked[at : at + LOT]])
        table = Tables.of(answers, asked)
        knowing = discover(informed(table, field, TARGETS * guesses), field.rng)
        alone = discover(bare(table, field, TARGETS * guesses), field.rng)
        no, every = answers.refused()
        return _finding(knowing, alone, refused=no, asked=every)


@dataclass(frozen=True)
class Tables:
    """What was told, beside what is true.

    Attributes:
        asked: Questions that were answered.
        told: What was told of each.
        true: What is true of each.
        least: The smallest number of people told anywhere: whatever is withheld is taken for smaller.
    """

    asked: Sequence[Asked] = field(repr=False)
    told: Sequence[Told] = field(repr=False)
    true: Sequence[Mapping[Key, int]] = field(repr=False)
    least: int

    @classmethod
    def of(cls, answers: Answers, asked: Sequence[Asked]) -> "Tables":
        """Those that were answered."""
        some = [one for one in asked if not answers.told(one.spec).refused]
        told = [answers.told(one.spec) for one in some]
        counts = [one for ask, one in zip(some, told, strict=True) if not ask.of_events]
        values = [value for one in counts for value in one.cells.values() if value]
        return cls(some, told, [answers.true(one.spec) for one in some], min(values, default=0))


def informed(tables: Tables, field: Field, most: int) -> Seen:
    """What answers say of targets to somebody who knows everything but their fact.

    Of each answer, how much likelier it is with the events than without: what is told less what either would make it,
    by the margin that is told with it. A withheld figure says something where the events would lift it over the
    smallest that is told.
    """
    assert field.truth is not None  # noqa: S101 - looked at before
    names, hidden = field.slices.names, Days.of(field.truth).drawn(most, field.rng)
    columns: dict[int, Real] = {}
    for asked, told, true in zip(tables.asked, tables.told, tables.true, strict=True):
        changes = Counter(hidden.with_them.contributions(asked.spec))
        changes.subtract(hidden.without.contributions(asked.spec))
        for (target, key), change in changes.items():
            kind = names[hidden.kind[target]]
            if change and kind in asked.types:
                place = (asked.sort * RELATIONS + relation(asked.types, kind, names)) * ENDS + (
                    GAINS if change > 0 else LOSES
                )
                before = true.get(key, 0) - int(hidden.facts[target]) * change
                column = columns.setdefault(place, np.zeros(len(hidden.facts)))
                column[target] += _says(told, key, before, change, 0 if asked.of_events else tables.least)
    places = sorted(columns)
    shown = np.column_stack([columns[one] for one in places]) if places else np.zeros((len(hidden.facts), 0))
    return Seen(shown, np.arange(len(places)), hidden.facts, hidden.day % 2 == 0)


def _says(told: Told, key: Key, before: int, change: int, least: int) -> float:
    """How much likelier an answer is if the cell changed, on a scale on which noise of the margin is usual."""
    if key not in told.status:
        return 0.0
    value, after = told.cells.get(key), before + change
    if value is None:
        low, high = sorted((before, after))
        return (-1.0 if change > 0 else 1.0) if low < least <= high else 0.0
    spread = max(told.margin.get(key, 0) / NORMAL, 1.0)
    found = change * (value - (before + after) / 2) / spread**2
    return float(np.clip(found, -FARTHEST, FARTHEST))


def bare(tables: Tables, field: Field, most: int) -> Seen:
    """What is told of cells in which a type of event is made by one person alone or by nobody, whom nobody else hides.

    As many of one as of the other among cells of the same question and about the same size.
    """
    cases = _alone(tables, field)
    kept = _even(cases, field.rng)[:most]
    sorts = sorted({asked.sort for asked in tables.asked})
    width = len(sorts) * RELATIONS
    shown = np.zeros((len(kept), 2 * width))
    day_of = {str(day): at for at, day in enumerate(field.days)}
    above = _above(field)
    for asked, told in zip(tables.asked, tables.told, strict=True):
        for row, case in enumerate(kept):
            area = above[case.area].get(asked.level)
            value = told.cells.get((case.day, area)) if area is not None else None
            place = sorts.index(asked.sort) * RELATIONS + relation(asked.types, case.kind, field.slices.names)
            if value is not None:
                shown[row, place], shown[row, width + place] = value, 1.0
    there = np.flatnonzero(shown[:, width:].any(axis=0))
    columns = np.concatenate([shown[:, there], shown[:, width + there]], axis=1)
    facts = np.array([case.fact for case in kept], dtype=np.int64)
    known = np.array([day_of[case.day] % 2 == 0 for case in kept], dtype=bool)
    return Seen(columns, np.tile(np.arange(len(there)), 2), facts, known)


@dataclass(frozen=True)
class _Case:
    """A slice of events in a cell: 1 where one person made nothing else there that day, 0 where nobody.

    Attributes:
        day: When.
        area: Where.
        kind: The slice.
        fact: Which of both.
        group: Cases of one group are as likely of one as of the other before anything is asked.
    """

    day: str
    area: str
    kind: str
    fact: int
    group: tuple[str, int]


def _alone(tables: Tables, field: Field) -> list[_Case]:
    """Cells with enough people in which a question with a type and the same one without differ by one or by nobody.

    Of one sort of question, the one with most of them: whose type it is shows in other answers in other ways.
    """
    whole = field.slices.whole
    true = {(asked.sort, asked.types): one for asked, one in zip(tables.asked, tables.true, strict=True)
            if not asked.of_events and asked.level in list(field.areas)[-2:]}  # fmt: skip
    found: dict[int, list[_Case]] = {}
    for (sort, types), more in true.items():
        for kind in field.slices.names if types == whole else ():
            less = true.get((sort, types - {kind}), {})
            found.setdefault(sort, []).extend(_of_one(more, less, kind, tables.least))
    rarer = {sort: min(sum(one.fact == fact for one in some) for fact in (0, 1)) for sort, some in found.items()}
    return found[max(rarer, key=lambda sort: rarer[sort])] if rarer else []


def _of_one(more: Mapping[Key, int], less: Mapping[Key, int], kind: str, least: int) -> list[_Case]:
    found: list[_Case] = []
    for (day, area), count in more.items():
        fewer = less.get((day, area), 0)
        if fewer >= least and count - fewer in {0, 1}:
            size = int(np.searchsorted(SIZES, fewer, side="right"))
            found.append(_Case(day, area, kind, count - fewer, (kind, size)))
    return found


def _even(cases: Sequence[_Case], rng: np.random.Generator) -> list[_Case]:
    """As many of one fact as of the other in every group, in an order of chance."""
    groups: dict[object, tuple[list[_Case], list[_Case]]] = {}
    for at in rng.permutation(len(cases)):
        groups.setdefault(cases[at].group, ([], []))[cases[at].fact].append(cases[at])
    kept = [one for sides in groups.values() for side in sides for one in side[: min(map(len, sides))]]
    return [kept[at] for at in rng.permutation(len(kept))]


def _above(field: Field) -> dict[str, dict[str, str]]:
    """The area of each level that an area lies in, itself among them."""
    level_of = {code: level for level, codes in field.areas.items() for code in codes}
    found: dict[str, dict[str, str]] = {}
    for area in level_of:
        code, chain = area, dict[str, str]()
        while code in level_of:
            chain[level_of[code]] = code
            code = field.parents.get(code, "")
        found[area] = chain
    return found


def _finding(knowing: Found, alone: Found, *, refused: int, asked: int) -> Finding:
    ways = {"knowing everybody else": knowing, "knowing nobody": alone}
    best = max(ways, key=lambda name: ways[name].held_out.value if ways[name].held_out.n else 0.0)
    one = ways[best].held_out
    words = "; ".join(
        f"{name} {found.held_out.value:.2f} of {found.held_out.n} (of those it learnt from {found.trained.value:.2f}; "
        f"templates: {len(found.templates)})"
        for name, found in ways.items()
    )
    return Finding(
        metric="accuracy",
        accuracy=one.value,
        auc=None,
        bits=None,
        chance=CHANCE,
        ci=(one.low, one.high),
        n=one.n,
        note=f"Attacks that a search found guessed right, {words}. {refused} of {asked} questions were refused.",
        also={"knowing_others": knowing.held_out.value, "knowing_nobody": alone.held_out.value},
    )
