"""Times of one shape read in bulk: every number of a stamp stands at the same place in every row."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa

from safeconduct.ingest.clock import DAY_S, FIRST_YEAR, LAST_YEAR
from safeconduct.ingest.digits import Flags, Letters, Numbers, are_digits, by_length, number, whole_numbers
from safeconduct.model.event_files import EPOCHS

EPOCH_DIGITS = 15
WIDTHS = {"Y": 4, "m": 2, "d": 2, "H": 2, "M": 2, "S": 2}
NEEDED = frozenset("Ymd")
_MONTHS = np.arange(f"{FIRST_YEAR}-01", f"{LAST_YEAR}-02", dtype="M8[M]").astype("M8[D]").astype(np.int64)


@dataclass(frozen=True)
class Shape:
    """A `strptime` format whose every part has a width of its own.

    Attributes:
        width: Bytes of a stamp.
        places: Where each number begins, by its letter in the format.
        between: What stands elsewhere, by place.
    """

    width: int
    places: tuple[tuple[str, int], ...]
    between: tuple[tuple[int, int], ...]


def stamps_in_bulk(column: pa.Array, time_format: str) -> tuple[Numbers, Flags]:
    """Seconds since 1970 on the stamps' own clock, and which rows they are of; every other row has 0.

    A row is read where it is written to the letter as the format says and is a time from 1980 to 2199; formats with
    names of months, zones or fractions have no such row.

    Example:
        >>> found, known = stamps_in_bulk(pa.array(["1980-01-02", "2026-02-30", " 2026-01-01"]), "%Y-%m-%d")
        >>> found.tolist(), known.tolist()
        ([315619200, 0, 0], [True, False, False])
    """
    if time_format in EPOCHS:
        return _counted(column, 1 if time_format == EPOCHS[0] else 1000)
    stamps, known = np.zeros(len(column), np.int64), np.zeros(len(column), bool)
    shape = shape_of(time_format)
    if shape is None:
        return stamps, known
    for rows, letters in by_length(column):
        if len(letters) == shape.width:
            stamps[rows], known[rows] = _read(letters, shape)
    return stamps, known


@lru_cache(maxsize=64)
def shape_of(time_format: str) -> Shape | None:
    """The shape of a format of years, months, days, hours, minutes, seconds and ASCII between; `None` for others.

    Example:
        >>> shape_of("%d/%m/%Y").width, shape_of("%d %b %Y"), shape_of("%H:%M")
        (10, None, None)
    """
    places: dict[str, int] = {}
    between: list[tuple[int, int]] = []
    at, letters = 0, iter(time_format)
    for letter in letters:
        if letter != "%":
            between.append((at, ord(letter)))
            at += 1
            continue
        sort = next(letters, "")
        if sort not in WIDTHS or sort in places:
            return None
        places[sort] = at
        at += WIDTHS[sort]
    if not NEEDED.issubset(places) or not time_format.isascii() or time_format != time_format.strip():
        return None
    return Shape(at, tuple(places.items()), tuple(between))


def _counted(column: pa.Array, per_second: int) -> tuple[Numbers, Flags]:
    """Counts since 1970; one that is no time from 1980 to 2199 is left to the reader of odd spellings."""
    counts, known = whole_numbers(column, EPOCH_DIGITS)
    seconds = counts // per_second
    known &= (seconds >= _MONTHS[0] * DAY_S) & (seconds < _MONTHS[-1] * DAY_S)
    return np.where(known, seconds, 0), known


def _read(letters: Letters, shape: Shape) -> tuple[Numbers, Flags]:
    right = np.ones(letters.shape[1], bool)
    for at, letter in shape.between:
        right &= letters[at] == letter
    told = dict.fromkeys("HMS", np.zeros(1, np.int64))
    for sort, at in shape.places:
        part = letters[at : at + WIDTHS[sort]]
        right &= are_digits(part)
        told[sort] = number(part)
    right &= (told["H"] < 24) & (told["M"] < 60) & (told["S"] < 60)  # noqa: PLR2004 - a day's hours, minutes, seconds
    right &= (told["m"] >= 1) & (told["m"] <= 12)  # noqa: PLR2004 - a year's months
    right &= (told["Y"] >= FIRST_YEAR) & (told["Y"] < LAST_YEAR)
    month = np.where(right, (told["Y"] - FIRST_YEAR) * 12 + told["m"] - 1, 0)
    day = _MONTHS[month] + told["d"] - 1
    right &= (told["d"] >= 1) & (day < _MONTHS[month + 1])
    seconds = ((day * 24 + told["H"]) * 60 + told["M"]) * 60 + told["S"]
    return np.where(right, seconds, 0), right
