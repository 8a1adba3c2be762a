"""What a table lost for those who want to learn from it, column by column, by comparing it with the original."""

import threading
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.measures.codes import MISSING, Real, Whole, arrow_column, encode, grouped, is_number, stop_if
from safeconduct.measures.distances import hellinger, il1s, spread
from safeconduct.model.microdata import RECORD, Design, is_companion
from safeconduct.model.table import Table

MANY_VALUES = 50
BANDS = 20
MOST_CORRELATED = 100


@dataclass(frozen=True, kw_only=True, repr=False)
class VariableLoss:
    """What happened to one column. A number that makes no sense for it is `None`.

    Attributes:
        name: The column.
        removed: It is not there any more.
        recoded: Its values mean something else now, such as bands of ages.
        missing_before: Share of cells without a value in the original, 0 to 1.
        missing_after: The same now; 1 where the column was removed.
        changed: Share of cells that are not what they were, 0 to 1; `None` where rows cannot be paired.
        distinct_before: Different values in the original.
        distinct_after: Different values now.
        kept: Share of the information about single records that is left, 0 to 1: 1 if each original value, or the band
            of numbers it is in, can be read off the new one. `None` where rows cannot be paired or nothing varied.
        distance: Hellinger distance of the distributions, 0 the same to 1; `None` for recoded columns.
        shift: Difference of means in standard deviations of the original; numbers only.
        moved: Mean of IL1s, the typical change of a cell in units of √2 standard deviations; numbers only.
    """

    name: str
    removed: bool
    recoded: bool
    missing_before: float
    missing_after: float
    changed: float | None
    distinct_before: int
    distinct_after: int
    kept: float | None
    distance: float | None
    shift: float | None
    moved: float | None


@dataclass(frozen=True, kw_only=True, repr=False)
class LossReport:
    """What a table lost. All shares are 0 to 1, and less is better everywhere but in `kept`.

    Attributes:
        rows_before: Records of the original.
        rows_after: Records now.
        variables: Each column of the original, in its order.
        keys_suppressed: Share of the cells of key variables that had a value and have none now, whole columns included.
        distance: Mean Hellinger distance over columns that have one.
        kept: Mean share of information kept over columns that have one, removed ones counting 0; `None` without any.
        correlation_change: Mean absolute change of the correlations between number columns, 0 to 2; `None` where fewer
            than two are left.
    """

    rows_before: int
    rows_after: int
    variables: tuple[VariableLoss, ...]
    keys_suppressed: float
    distance: float
    kept: float | None
    correlation_change: float | None

    def __repr__(self) -> str:
        """The columns: every number is about records."""
        return f"LossReport({', '.join(one.name for one in self.variables)})"


def loss(
    before: Table,
    after: Table,
    design: Design,
    *,
    recoded: Collection[str] = (),
    cancelled: threading.Event | None = None,
) -> LossReport:
    """What a treated table lost against the original.

    Rows are paired by the record's code where both tables have it, else by their order; tables of different length
    without codes are compared by their distributions alone. Where rows were put into another order without codes,
    everything told of single cells is far too large.

    Args:
        before: The original.
        after: What was made of it.
        design: Which columns are keys.
        recoded: Columns whose values mean something else now; a plan's accounts say so. Columns that changed from
            numbers to text, or that have texts they did not have, are found without.
        cancelled: Set by another thread to stop.

    Raises:
        BadInput: A column of the original is not there; only where the table changed meanwhile.
        Cancelled: It was set.

    Example:
        >>> before = Table.of({"age": [31, 35, 47, 52]})
        >>> report = loss(before, Table.of({"age": [31, None, 47, 52]}), Design(keys=("age",)))
        >>> report.keys_suppressed, report.variables[0].changed
        (0.25, 0.25)
    """
    pairs = _paired(before, after)
    names = [name for name in before.columns if not is_companion(name)]
    found = []
    for name in names:
        stop_if(cancelled)
        found.append(_variable(before, after, name, pairs, recoded=name in recoded))
    kept = [0.0 if one.removed else one.kept for one in found if one.removed or one.kept is not None]
    told = {one.name for one in found if one.recoded or one.removed}
    return LossReport(
        rows_before=len(before),
        rows_after=len(after),
        variables=tuple(found),
        keys_suppressed=_suppressed(before, after, design),
        distance=_mean([one.distance for one in found if one.distance is not None]),
        kept=_mean([one for one in kept if one is not None]) if kept else None,
        correlation_change=_correlation_change(before, after, [name for name in names if name not in told]),
    )


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _paired(before: Table, after: Table) -> Whole | None:
    """For each row of the original where it stands now, −1 where it is gone; `None` where nobody can say."""
    if RECORD in before.columns and RECORD in after.columns:
        places = pc.index_in(before.arrow.column(RECORD), value_set=after.arrow.column(RECORD).combine_chunks())
        return np.asarray(pc.fill_null(places, MISSING).to_numpy(), dtype=np.int64)
    return np.arange(len(before)) if len(before) == len(after) else None


def _suppressed(before: Table, after: Table, design: Design) -> float:
    had = sum(len(before) - arrow_column(before, name).null_count for name in design.keys)
    left = sum(len(after) - arrow_column(after, name).null_count for name in design.keys if name in after.columns)
    return max(had - left, 0) / had if had else 0.0


@dataclass(frozen=True, eq=False, repr=False)
class _Both:
    """Codes of a column before and after under one list of values; under two lists where it means something else."""

    old: Whole
    new: Whole
    distinct: tuple[int, int]
    recoded: bool


def _variable(before: Table, after: Table, name: str, pairs: Whole | None, *, recoded: bool) -> VariableLoss:
    was = arrow_column(before, name)
    if name not in after.columns:
        return _removed(name, was)
    now = arrow_column(after, name)
    both = _apart(was, now) if recoded or is_number(was) != is_number(now) else _together(was, now)
    numbers = (real(was), real(now)) if is_number(was) and not both.recoded else None
    old, new = _bands(*numbers) if numbers and both.distinct[0] > MANY_VALUES else (both.old, both.new)
    return VariableLoss(
        name=name,
        removed=False,
        recoded=both.recoded,
        missing_before=was.null_count / max(len(was), 1),
        missing_after=now.null_count / max(len(now), 1),
        changed=_changed(both, pairs),
        distinct_before=both.distinct[0],
        distinct_after=both.distinct[1],
        kept=None if pairs is None else _kept(old, new, pairs),
        distance=None if both.recoded else _distance(old, new),
        shift=None if numbers is None else _shift(*numbers),
        moved=None if numbers is None or pairs is None else _moved(*numbers, pairs),
    )


def _removed(name: str, was: pa.ChunkedArray) -> VariableLoss:
    return VariableLoss(
        name=name,
        removed=True,
        recoded=False,
        missing_before=was.null_count / max(len(was), 1),
        missing_after=1.0,
        changed=1.0 if len(was) else 0.0,
        distinct_before=len(encode(was)[1]),
        distinct_after=0,
        kept=0.0,
        distance=None,
        shift=None,
        moved=None,
    )


def real(column: pa.ChunkedArray) -> Real:
    """Numbers of a column, not-a-number where missing."""
    return np.asarray(pc.cast(column, pa.float64(), safe=False).to_numpy(), dtype=np.float64)


def _together(was: pa.ChunkedArray, now: pa.ChunkedArray) -> _Both:
    """Under one list of values; texts that were not there before mean that the column was recoded."""
    if was.type != now.type:
        common = pa.float64() if is_number(was) else pa.string()
        was, now = was.cast(common, safe=False), now.cast(common)
    codes, _ = encode(pa.chunked_array([*was.chunks, *now.chunks], type=was.type))
    old, new = codes[: len(was)], codes[len(was) :]
    before, after = (np.unique(one[one >= 0]) for one in (old, new))
    new_ones = len(np.setdiff1d(after, before)) > 0
    return _Both(old, new, (len(before), len(after)), recoded=new_ones and not is_number(was))


def _apart(was: pa.ChunkedArray, now: pa.ChunkedArray) -> _Both:
    (old, values), (new, others) = encode(was), encode(now)
    return _Both(old, new, (len(values), len(others)), recoded=True)


def _bands(old: Real, new: Real) -> tuple[Whole, Whole]:
    """Which of twenty bands, equally full in the original, each number is in."""
    edges = np.unique(np.quantile(old[~np.isnan(old)], np.linspace(0, 1, BANDS + 1)[1:-1]))
    return _in_band(old, edges), _in_band(new, edges)


def _in_band(values: Real, edges: Real) -> Whole:
    return np.where(np.isnan(values), MISSING, np.searchsorted(edges, values, side="right")).astype(np.int64)


def _changed(both: _Both, pairs: Whole | None) -> float | None:
    """A value that means something else now has changed; a gap that stayed one has not."""
    if pairs is None:
        return None
    now = _after(both.new, pairs, MISSING)
    same = (both.old == MISSING) & (now == MISSING) if both.recoded else both.old == now
    return float(1.0 - same.mean()) if len(same) else 0.0


def _after(new: Whole, pairs: Whole, gone: int) -> Whole:
    """What became of each row of the original."""
    return np.where(pairs >= 0, new[pairs], gone) if len(new) else np.full(len(pairs), gone)


def _distance(old: Whole, new: Whole) -> float:
    """Missing values count as a category: a gap changes a distribution too."""
    size = int(max(old.max(initial=MISSING), new.max(initial=MISSING))) + 2
    first, second = (np.bincount(one + 1, minlength=size).astype(np.float64) for one in (old, new))
    return hellinger(first, second)


def _kept(old: Whole, new: Whole, pairs: Whole) -> float | None:
    """Mutual information of old and new over the entropy of the old, among records that had a value."""
    there = np.flatnonzero(old >= 0)
    now = _after(new, pairs[there], MISSING)
    first, second = old[there], now + 1
    whole = _entropy(first)
    if whole <= 0:
        return None
    sizes = [int(first.max()) + 1, int(second.max()) + 1]
    joint = _entropy(grouped([first, second], sizes, len(first))[0])
    return float(np.clip((whole + _entropy(second) - joint) / whole, 0.0, 1.0))


def _entropy(codes: Whole) -> float:
    counts = np.bincount(codes) if len(codes) else np.zeros(0)
    share = counts[counts > 0] / max(len(codes), 1)
    return float(-(share * np.log(share)).sum())


def _shift(old: Real, new: Real) -> float | None:
    unit, known, now = spread(old), old[~np.isnan(old)], new[~np.isnan(new)]
    return float(abs(now.mean() - known.mean()) / unit) if unit > 0 and len(now) else None


def _moved(old: Real, new: Real, pairs: Whole) -> float | None:
    if not len(new):
        return None
    moves = il1s(old, np.where(pairs >= 0, new[pairs], np.nan))
    known = moves[~np.isnan(moves)]
    return float(known.mean()) if len(known) else None


def _correlation_change(before: Table, after: Table, names: list[str]) -> float | None:
    shared = [name for name in names if is_number(arrow_column(before, name))][:MOST_CORRELATED]
    if len(shared) < 2 or not len(before) or not len(after):  # noqa: PLR2004 - a correlation needs two
        return None
    first, second = (_correlations(one, shared) for one in (before, after))
    change = np.abs(first - second)[np.triu_indices(len(shared), 1)]
    known = change[~np.isnan(change)]
    return float(known.mean()) if len(known) else None


def _correlations(table: Table, names: list[str]) -> Real:
    """Of each pair over the records that have both."""
    columns = np.array([real(arrow_column(table, name)) for name in names])
    there = (~np.isnan(columns)).astype(np.float64)
    centred = np.where(there > 0, columns - np.array([[_centre(one)] for one in columns]), 0.0)
    count, sums, squares = there @ there.T, centred @ there.T, (centred**2) @ there.T
    with np.errstate(divide="ignore", invalid="ignore"):
        across = centred @ centred.T / count - sums * sums.T / count**2
        within = squares / count - (sums / count) ** 2
        return np.asarray(across / np.sqrt(within * within.T), dtype=np.float64)


def _centre(column: Real) -> float:
    known = column[~np.isnan(column)]
    return float(known.mean()) if len(known) else 0.0
