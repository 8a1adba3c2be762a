"""Two protection levels beside each other: what is told, refused and blurred, and what an attacker makes of it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby

import numpy as np

from safeconduct.actions.replaying import Replayed
from safeconduct.measures.attacks.guessing import Estimate
from safeconduct.measures.codes import Real, Whole
from safeconduct.measures.replayed import UNASKED, Answers, Errors, differencing, errors
from safeconduct.query.reading import reads
from safeconduct.release.universe import Cell

MOST_CELLS = 20_000
SEED = 0
"""The choice of cases is the same each time, so that two replays differ by their noise alone."""

Row = tuple[str, str, str]
"""A measure's name with its figures under the level in force and under the proposed one, as text; `""` for none."""


def compared(replays: Sequence[Replayed]) -> tuple[Row, ...]:
    """Every measure of a replay."""
    pairs = [_pair(one) for one in replays]
    return (
        *_questions(replays),
        *_cells(pairs),
        *_errors(replays),
        *_attack(replays),
    )


def _pair(one: Replayed) -> tuple[Whole, Whole]:
    """Which cells each level tells, 1 or 0; none of a refused question."""
    now, then = (np.zeros(len(one.true), np.int64) if told is None else (~np.isnan(told)).astype(np.int64)
                 for told in one.told)  # fmt: skip
    return now, then


def _questions(replays: Sequence[Replayed]) -> Iterator[Row]:
    refused = [(one.told[0] is None, one.told[1] is None) for one in replays]
    yield "questions", str(len(replays)), str(len(replays))
    yield "refused", str(sum(now for now, _ in refused)), str(sum(then for _, then in refused))
    yield "refused_newly", "", str(sum(then and not now for now, then in refused))
    yield "refused_no_longer", "", str(sum(now and not then for now, then in refused))


def _cells(pairs: Sequence[tuple[Whole, Whole]]) -> Iterator[Row]:
    now, then = (np.concatenate([np.empty(0, np.int64), *(pair[at] for pair in pairs)]) for at in (0, 1))
    yield "told", str(int(now.sum())), str(int(then.sum()))
    yield "withheld", str(int((1 - now).sum())), str(int((1 - then).sum()))
    yield "told_newly", "", str(int((then * (1 - now)).sum()))
    yield "told_no_longer", "", str(int((now * (1 - then)).sum()))


def _errors(replays: Sequence[Replayed]) -> Iterator[Row]:
    """How far figures are off, people and sums apart: a sum of events would drown any number of people."""
    for people, word in ((True, "people"), (False, "sums")):
        some = [one for one in replays if one.people is people]
        if not some:
            continue
        now, then = (_measured(some, at) for at in (0, 1))
        yield f"median.{word}", _number(now.median), _number(then.median)
        yield f"median_large.{word}", _number(now.median_large), _number(then.median_large)
        yield f"wape.{word}", _number(now.wape), _number(then.wape)


def _measured(replays: Sequence[Replayed], at: int) -> Errors:
    true = np.concatenate([one.true for one in replays])
    told = np.concatenate([_or_nothing(one.told[at], len(one.true)) for one in replays])
    return errors(true, told)


def _or_nothing(told: Real | None, size: int) -> Real:
    return np.full(size, np.nan) if told is None else told


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}"


def _attack(replays: Sequence[Replayed]) -> Iterator[Row]:
    now, then = (_game(replays, at) for at in (0, 1))
    yield "attack", _accuracy(now), _accuracy(then)
    yield "attack_low", f"{now.low:.4f}", f"{then.low:.4f}"
    yield "attack_high", f"{now.high:.4f}", f"{then.high:.4f}"
    yield "guesses", str(now.n), str(then.n)


def _accuracy(one: Estimate) -> str:
    return f"{one.value:.4f}" if one.n else ""


def _game(replays: Sequence[Replayed], at: int) -> Estimate:
    there = sorted((one for one in replays if one.cells), key=_shape)
    groups = [_answers(list(some), at) for _, some in groupby(there, key=_shape)]
    return differencing(groups, np.random.default_rng(SEED))


def _shape(one: Replayed) -> str:
    """What two answers must share so that a figure of one can be taken from a figure of the other."""
    output = one.question.query.output()
    return repr(([(key.name, key.level) for key in output.keys], [value.name for value in output.values]))


def _answers(replays: Sequence[Replayed], at: int) -> Answers:
    replays = sorted(replays, key=_size, reverse=True)
    cells = list(dict.fromkeys(cell for one in replays for cell in one.cells))[:MOST_CELLS]
    place = {cell: number for number, cell in enumerate(cells)}
    true = np.array([_blank(one, cells) for one in replays], dtype=np.int64)
    told, shown = np.full(true.shape, np.nan), np.zeros(true.shape, np.bool_)
    for row, one in enumerate(replays):
        known = [(place[cell], number) for number, cell in enumerate(one.cells) if cell in place]
        columns, numbers = np.array(known, dtype=np.int64).reshape(-1, 2).T
        true[row, columns] = one.true[numbers]
        now, then = (_or_nothing(one.told[side], len(one.true))[numbers] for side in (0, 1))
        told[row, columns] = (now, then)[at]
        shown[row, columns] = ~np.isnan(now) | ~np.isnan(then)
    return Answers(true, told, shown, _meets(replays))


def _size(one: Replayed) -> int:
    reading = reads(one.question.query.plan())
    return len(reading.days) * len(reading.events)


def _blank(one: Replayed, cells: Sequence[Cell]) -> list[int]:
    """Nobody in each cell that the question has; a cell of a day it does not speak of is none of its."""
    days = {day for key in one.question.query.output().keys for day in key.days}
    if not days:
        return [0] * len(cells)
    known: Mapping[bool, int] = {True: 0, False: UNASKED}
    return [known[any(isinstance(name, date) and name in days for name in cell)] for cell in cells]


def _meets(replays: Sequence[Replayed]) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    days = [frozenset(reads(one.question.query.plan()).days) for one in replays]
    return np.array([[not one.isdisjoint(other) for other in days] for one in days], dtype=np.bool_)
