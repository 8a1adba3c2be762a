"""Whole columns of texts as numbers, some eighty thousand at once: nearly every text of a file is plain digits.

Only what is written without a doubt is read here. Every other row is left to the reader that knows all spellings, so
that being fast never changes what a text means.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

ZERO, NINE = ord("0"), ord("9")
MOST_DIGITS = 18
WIDEST = 32
Rows = npt.NDArray[np.int64]
Letters = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def by_length(column: pa.Array) -> Iterator[tuple[Rows, Letters]]:
    """Rows whose texts have the same number of bytes, and their bytes, a position a line: `letters[0]` are the first.

    Where texts differ in length, those of more than 32 bytes are passed over.

    Args:
        column: Texts without unknown ones.

    Example:
        >>> [(rows.tolist(), bytes(letters[0])) for rows, letters in by_length(pa.array(["ab", "c", "de"]))]
        [([1], b'c'), ([0, 2], b'ad')]
    """
    column = column.cast(pa.large_string())
    _, places, content = column.buffers()
    ends = np.frombuffer(places, np.int64)[column.offset : column.offset + len(column) + 1]
    letters = np.frombuffer(content or b"", np.uint8)
    widths = np.diff(ends)
    if len(widths) and widths[0] == widths.min() == widths.max():
        whole = letters[ends[0] : ends[-1]].reshape(len(widths), widths[0])
        yield np.arange(len(widths)), np.ascontiguousarray(whole.T)
        return
    for width in np.flatnonzero(np.bincount(np.minimum(widths, WIDEST + 1))).tolist():
        rows = np.flatnonzero(widths == width)
        if width <= WIDEST:
            yield rows, letters[ends[rows] + np.arange(width)[:, None]]


def are_digits(letters: Letters) -> Flags:
    """Which texts of one length have nothing but the digits 0 to 9; one without a letter has."""
    plain: Flags = np.logical_and.reduce((letters >= ZERO) & (letters <= NINE), axis=0)
    return plain


def number(letters: Letters) -> Numbers:
    """The numbers that digits of one length are, at most 18; means nothing for others."""
    found = np.zeros(letters.shape[1], np.int64)
    for line in letters:
        found *= 10
        found += line
        found -= ZERO
    return found


def whole_numbers(column: pa.Array, most: int = MOST_DIGITS) -> tuple[Numbers, Flags]:
    """Numbers of 1 to `most` digits, at most 18, and which rows they are of; every other row has 0.

    Example:
        >>> [found.tolist() for found in whole_numbers(pa.array(["42", "007", "", "-1", "1.5"]))]
        [[42, 7, 0, 0, 0], [True, True, False, False, False]]
    """
    found, known = np.zeros(len(column), np.int64), np.zeros(len(column), bool)
    for rows, letters in by_length(column):
        if 0 < len(letters) <= most:
            plain = are_digits(letters)
            known[rows] = plain
            found[rows] = np.where(plain, number(letters), 0)
    return found, known
