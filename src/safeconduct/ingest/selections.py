"""Rows and cells that a check finds and a correction acts on: both must mean the same ones."""

from collections.abc import Sequence
from enum import StrEnum
from typing import assert_never

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.ingest.described import Beside, Described, Flags, flags
from safeconduct.ingest.households import orphans
from safeconduct.ingest.proposing_rules.words import listed, words
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import VariableType, companions
from safeconduct.model.text import say


class Selection(StrEnum):
    """Rows that may be left out together.

    `WITHOUT_HOUSEHOLD`: belong to no row of their parent's table. `EMPTY_ROWS`: have no answer but to what says where
    they belong. `WITHOUT_CONSENT`: do not say yes in the columns of consent.
    """

    WITHOUT_HOUSEHOLD = "without_household"
    EMPTY_ROWS = "empty_rows"
    WITHOUT_CONSENT = "without_consent"


def selected(which: Selection, rows: Described, *, columns: Sequence[str], beside: Beside) -> Flags:
    """The rows that a check finds.

    Raises:
        BadInput: The check needs columns, and there are none.
    """
    match which:
        case Selection.WITHOUT_HOUSEHOLD:
            return orphans(rows, beside)
        case Selection.EMPTY_ROWS:
            return empty_rows(rows)
        case Selection.WITHOUT_CONSENT:
            return without_consent(rows, columns)
        case _:
            assert_never(which)


def empty_rows(rows: Described) -> Flags:
    """Rows without any answer but to the columns that say which row it is and where it belongs."""
    told = [name for name in rows.names if name not in {*rows.file.key, *rows.file.link}]
    filled = np.zeros(len(rows), dtype=np.bool_)
    for name in told:
        filled |= rows.answered(name)
    return ~filled if told else filled


def without_consent(rows: Described, columns: Sequence[str]) -> Flags:
    """Rows that do not say yes in every one of these columns; no answer is no yes.

    Raises:
        BadInput: There are no columns.
    """
    if not columns:
        raise BadInput(say("Choose the columns that tell who consented."), field="columns")
    agreed = np.ones(len(rows), dtype=np.bool_)
    for name in columns:
        agreed &= flags(pc.is_in(rows.texts(name), value_set=pa.array(sorted(yes_codes(rows, name)), pa.string())))
    return ~agreed


def yes_codes(rows: Described, name: str) -> frozenset[str]:
    """The values of a column that say yes: by the labels of its codes, else by the value itself."""
    variable = rows.variable(name)
    real = [one for one in variable.categories if not one.missing]
    labelled = {one.code for one in real if any(_is_yes(label) for label in one.labels.values())}
    if real and labelled:
        return frozenset(labelled)
    if variable.type is VariableType.BOOLEAN:
        return frozenset({"true"})
    texts = pc.unique(pc.drop_null(rows.texts(name))).to_pylist()
    return frozenset(one for one in texts if _is_yes(one))


def _is_yes(text: str) -> bool:
    said = set(words(text))
    return bool(said & listed("answers", "yes")) and not said & listed("answers", "no")


def repeated(rows: Described, columns: Sequence[str]) -> Flags:
    """Rows that are the same as an earlier one in these columns, in all where there are none.

    With all columns, codes for no answer must be the same too; the record's code is left out of account. With some,
    a row that has none of them is not the same as another.
    """
    for name in columns:
        rows.variable(name)
    names = list(columns) or [*rows.names, *companions(rows.table)]
    if not names or not len(rows):
        return np.zeros(len(rows), dtype=np.bool_)
    groups = _numbered(rows, names)
    first = np.unique(groups, return_index=True)[1]
    again = np.ones(len(rows), dtype=np.bool_)
    again[first] = False
    if columns:
        again &= np.any([rows.answered(name) for name in columns], axis=0)
    return again


def _numbered(rows: Described, names: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """A number for each row; rows with the same values in these columns have the same."""
    groups = np.zeros(len(rows), dtype=np.int64)
    for name in names:
        coded = rows.cells(name).combine_chunks().dictionary_encode(null_encoding="encode")
        at = np.asarray(coded.indices.to_numpy(zero_copy_only=False), dtype=np.int64)
        groups = np.unique(groups * (len(coded.dictionary) + 1) + at, return_inverse=True)[1].astype(np.int64)
    return groups


def unlabelled(rows: Described, name: str) -> Flags:
    """Cells whose value is not in the variable's code list; none where it has no list.

    A text may be several codes with spaces between them, as answers to "choose all that apply" are.
    """
    codes = [one.code for one in rows.variable(name).categories]
    if not codes:
        return np.zeros(len(rows), dtype=np.bool_)
    texts = rows.texts(name)
    different = pc.unique(pc.drop_null(texts))
    known = set(codes)
    foreign = [one for one in different.to_pylist() if one not in known and not known.issuperset(one.split() or [one])]
    return flags(pc.is_in(texts, value_set=pa.array(foreign, pa.string()))) & rows.filled(name)
