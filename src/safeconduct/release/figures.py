"""What the catalogue may say of a variable's values: counts, extremes and means, withheld where few are behind them.

Counts are protected like any table that leaves. A count below the minimum is withheld. Since the number of rows is
told, a single withheld count could be worked out; so further ones are withheld, in the order of the questionnaire and
never by size, until for every withheld count at least `minimum - 1` values are possible, given the others and given
this rule. A count that concerns exactly the same rows as a withheld one, such as the answers to a question that only
those were asked, is withheld too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.measures.codes import Real, Whole, arrow_column, encode
from safeconduct.model.editions import CategoryCount, VariableFigures
from safeconduct.model.microdata import DataFile, Measurement, Roles, Variable, VariableRole, VariableType
from safeconduct.model.table import Table
from safeconduct.release.identity import id_columns

UNTOLD = frozenset({VariableRole.DIRECT, VariableRole.FREE_TEXT, VariableRole.HOUSEHOLD, VariableRole.WEIGHT})
MOST_CATEGORIES = 200
MOST_NUMBERS = 20
TIMES = 3
TENTH = 10
DIGITS = 3
OTHERS = ""
NUMBERS = frozenset({VariableType.INTEGER, VariableType.NUMBER})
DAYS = frozenset({VariableType.DATE, VariableType.MOMENT})
MARKS = 0x9E3779B97F4A7C15


@dataclass(frozen=True, kw_only=True, repr=False)
class Cell:
    """One count of a variable, before anything is withheld.

    Attributes:
        code: The category, `""` for values that are not listed, `None` for missing.
        count: Rows.
        rows: Says which rows: the same number for the same rows, and nothing else of them.
        few: They are of too few organisations.
    """

    code: str | None
    count: int
    rows: int
    few: bool = False


@dataclass(frozen=True, kw_only=True, repr=False)
class OfWhom:
    """Which organisation each record of a table of pooled data is from.

    Attributes:
        codes: In code, a row a record; unknown is nobody's.
        least: Organisations a told figure must be about.
    """

    codes: pa.ChunkedArray
    least: int

    def enough(self, rows: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> bool:
        """Whether these rows are of enough organisations."""
        return len(pc.unique(self.codes.filter(pa.array(rows)).drop_null())) >= self.least


def figures(
    files: Sequence[DataFile],
    tables: Mapping[str, Table],
    roles: Roles,
    minimum: int,
    of_whom: Mapping[str, OfWhom] = MappingProxyType({}),
) -> tuple[VariableFigures, ...]:
    """The figures of every variable that may have some; ids, weights and free texts have none.

    Args:
        files: The tables of the edition.
        tables: Their rows.
        roles: Role of each variable.
        minimum: Rows a told figure must be about, 3 or more.
        of_whom: Whose the records are, by table, where data are pooled: a figure about too few is withheld.
    """
    ids = id_columns(files, roles)
    found: list[VariableFigures] = []
    for file in files:
        given = roles.get(file.name, {})
        told = [one for one in file.variables if given.get(one.name, VariableRole.FREE_TEXT) not in UNTOLD]
        told = [one for one in told if (file.name, one.name) not in ids]
        found += _of_file(file, told, tables[file.name], minimum, of_whom.get(file.name))
    return tuple(found)


def _of_file(
    file: DataFile, variables: Sequence[Variable], table: Table, minimum: int, of_whom: OfWhom | None
) -> list[VariableFigures]:
    cells = {one.name: _cells(one, table, minimum, of_whom) for one in variables}
    told = _protected(cells, minimum)
    found = [_of_variable(file.name, one, arrow_column(table, one.name), told[one.name], minimum) for one in variables]
    return found if of_whom is None else [_without_ends(one, arrow_column(table, one.name), of_whom) for one in found]


def _without_ends(told: VariableFigures, column: pa.ChunkedArray, of_whom: OfWhom) -> VariableFigures:
    """Without an extreme that the records of too few organisations have."""
    if not told.low and not told.high:
        return told
    texts = [_said(one) for one in column.to_pylist()]

    def of_enough(end: str) -> str:
        return end if of_whom.enough(np.array([one == end for one in texts])) else ""

    return replace(told, low=of_enough(told.low), high=of_enough(told.high))


def _said(value: object) -> str:
    """A value as an extreme is told."""
    return str(value.isoformat()) if hasattr(value, "isoformat") else _code(value)


def _of_variable(
    file: str, variable: Variable, column: pa.ChunkedArray, counts: Mapping[str | None, int | None], minimum: int
) -> VariableFigures:
    rows, missing = len(column), counts[None]
    enough = missing is not None and rows - missing >= minimum
    low, high = _ends(variable, column, minimum) if enough else ("", "")
    mean, sd = _moments(variable, column, minimum) if enough else ("", "")
    return VariableFigures(
        file=file,
        name=variable.name,
        valid=None if missing is None else rows - missing,
        missing=missing,
        categories=tuple(
            CategoryCount(code=code, count=count) for code, count in counts.items() if code is not None and code != REST
        ),
        low=low,
        high=high,
        mean=mean,
        sd=sd,
    )


REST = "·rest"
"""Code of all valid rows of a variable whose values are not listed; never told, `valid` says the same."""


def _cells(variable: Variable, table: Table, minimum: int, of_whom: OfWhom | None = None) -> list[Cell]:
    """Counts that add up to the rows of the table, missing last."""
    column = arrow_column(table, variable.name)
    codes, values = encode(column)
    texts = [_code(one) for one in values.to_pylist()]
    places = _listed(variable, texts, codes, minimum)
    place = np.array([places.get(one, places.get(OTHERS, 0)) for one in texts] + [len(places)], dtype=np.int64)[codes]
    counts = np.bincount(place, minlength=len(places) + 1)
    marks = _marks(len(table))
    sums = [int(marks[place == one].sum()) if 0 < counts[one] < len(table) else -int(counts[one] > 0) for one in
            range(len(counts))]  # fmt: skip
    names: list[str | None] = [*places, None]
    few = [of_whom is not None and counts[at] > 0 and not of_whom.enough(place == at) for at in range(len(counts))]
    return [Cell(code=code, count=int(counts[at]), rows=sums[at], few=few[at]) for at, code in enumerate(names)]


def _listed(variable: Variable, texts: Sequence[str], codes: Whole, minimum: int) -> dict[str, int]:
    """Which categories are counted one by one, and where; values that nobody listed are told where many have them."""
    own = [_code(one.code) for one in variable.categories if not one.missing]
    if own and len(own) <= MOST_CATEGORIES:
        named = list(dict.fromkeys(own))
        return {code: at for at, code in enumerate([*named, *([OTHERS] if set(texts) - set(named) else [])])}
    few = len(texts) <= (MOST_NUMBERS if variable.type in NUMBERS else MOST_CATEGORIES)
    if own or not few or variable.type in {VariableType.NUMBER, *DAYS} or variable.measurement is Measurement.SCALE:
        return {REST: 0}
    counts = np.bincount(codes[codes >= 0], minlength=len(texts))
    named = sorted((text for text, count in zip(texts, counts, strict=True) if count >= minimum), key=_in_order)
    return {code: at for at, code in enumerate([*named, *([OTHERS] if len(named) < len(texts) else [])])}


def _in_order(code: str) -> tuple[float, str]:
    try:
        return float(code), code
    except ValueError:
        return float("inf"), code


def _code(value: object) -> str:
    """A value as categories write it."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _marks(rows: int) -> "np.ndarray[tuple[int], np.dtype[np.uint64]]":
    """A number for each row, so that sums of them tell sets of rows apart; no secret."""
    mixed = (np.arange(1, rows + 1, dtype=np.uint64)) * np.uint64(MARKS)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    return np.asarray(mixed ^ (mixed >> np.uint64(32)), dtype=np.uint64)


def _protected(cells: Mapping[str, Sequence[Cell]], minimum: int) -> dict[str, dict[str | None, int | None]]:
    """The counts of each variable with those that must not be told as `None`."""
    forced = {one.rows for parts in cells.values() for one in parts if one.few}
    forced |= {_rest(parts) for parts in cells.values() if parts[-1].count and all(one.few for one in _some(parts))}
    while True:
        hidden = {name: withheld(_counts(one), minimum, _forced(one, forced)) for name, one in cells.items()}
        more = {one.rows for name, parts in cells.items() for at, one in enumerate(parts) if at in hidden[name]}
        more |= {_rest(parts) for name, parts in cells.items() if len(parts) - 1 in hidden[name]}
        if more <= forced:
            break
        forced |= more
    return {
        name: {one.code: None if at in hidden[name] else one.count for at, one in enumerate(parts)}
        for name, parts in cells.items()
    }


def _some(cells: Sequence[Cell]) -> list[Cell]:
    """Counts of values that somebody has."""
    return [one for one in cells[:-1] if one.count]


def _counts(cells: Sequence[Cell]) -> list[int]:
    return [one.count for one in cells]


def _rest(cells: Sequence[Cell]) -> int:
    """Which rows have a value."""
    return sum(one.rows for one in cells[:-1]) % 2**64


def _forced(cells: Sequence[Cell], forced: set[int]) -> frozenset[int]:
    """Places of counts that concern the same rows as one withheld elsewhere."""
    found = {at for at, one in enumerate(cells) if one.rows in forced and one.count}
    if _rest(cells) in forced and cells[-1].count:
        found.add(len(cells) - 1)
    return frozenset(found)


def withheld(counts: Sequence[int], minimum: int, forced: frozenset[int] = frozenset()) -> frozenset[int]:
    """Places of the counts that must not be told, when their sum is known.

    The last count is that of missing values: none of them is a figure about nobody and is told; the others are
    withheld below `minimum`, a counted zero too.

    Args:
        counts: Counts that add up to a number everybody knows.
        minimum: Smallest count that is told, 3 or more.
        forced: Places withheld for another reason.

    Example:
        >>> sorted(withheld([40, 50, 2, 0], 5)), sorted(withheld([40, 50, 10, 0], 5))
        ([0, 2], [])
    """
    last = len(counts) - 1
    few = {at for at, count in enumerate(counts) if count < minimum and (at != last or count)}
    hidden = few | forced
    order = [at for at in range(len(counts)) if at not in hidden and (at != last or counts[at])]
    while hidden and order and not _vague(counts, minimum, few, hidden):
        hidden = hidden | {order.pop(0)}
    return frozenset(hidden)


def _vague(counts: Sequence[int], minimum: int, few: set[int], hidden: frozenset[int] | set[int]) -> bool:
    """Whether each withheld count could be `minimum - 1` different numbers, for who knows even which are small."""
    last, total = len(counts) - 1, sum(counts[at] for at in hidden)
    least = {at: (int(at == last) if at in few else minimum) for at in hidden}
    most = {at: minimum - 1 if at in few else total for at in hidden}
    for at in hidden:
        low = max(least[at], total - sum(most[one] for one in hidden if one != at))
        high = min(most[at], total - sum(least[one] for one in hidden if one != at))
        if high - low < minimum - 2:
            return False
    return True


def _ends(variable: Variable, column: pa.ChunkedArray, minimum: int) -> tuple[str, str]:
    """The extremes that at least so many rows share."""
    if variable.type not in NUMBERS | DAYS or variable.categories:
        return "", ""
    ends = pc.min_max(column).as_py()
    return _shared(column, ends["min"], minimum), _shared(column, ends["max"], minimum)


def _shared(column: pa.ChunkedArray, value: object, minimum: int) -> str:
    same = pc.sum(pc.cast(pc.equal(column, pa.scalar(value, column.type)), pa.int64())).as_py() or 0
    if same < minimum:
        return ""
    return _said(value)


def _moments(variable: Variable, column: pa.ChunkedArray, minimum: int) -> tuple[str, str]:
    """Mean and standard deviation to three digits, where many different values are behind them and none rules."""
    if variable.type not in NUMBERS or variable.categories or variable.measurement in NAMES:
        return "", ""
    values: Real = np.asarray(pc.cast(column.drop_null(), pa.float64(), safe=False).to_numpy(), dtype=np.float64)
    sizes = np.abs(values)
    if len(values) < TIMES * minimum or len(np.unique(values)) < minimum or sizes.max() * TENTH > sizes.sum():
        return "", ""
    return f"{values.mean():.{DIGITS}g}", f"{values.std():.{DIGITS}g}"


NAMES = frozenset({Measurement.NOMINAL, Measurement.ORDINAL})
