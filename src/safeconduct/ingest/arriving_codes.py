"""Identifiers of survey records turned into codes: which row it is, and which household it belongs to."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.ingest.people import pseudonyms
from safeconduct.keys.provider import KeyProvider
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import DataFile, Roles, VariableRole
from safeconduct.model.text import say
from safeconduct.store.codes import CodeTable

DOMAIN = "household"
SAFE = 2**53
At = tuple[str, str]


def key_columns(file: DataFile) -> tuple[str, ...]:
    """Columns that say which row it is over the whole table: the parent's key, then its own; `()` where nobody said."""
    return tuple(dict.fromkeys((*file.link, *file.key))) if file.key else ()


def record_codes(rows: pa.Table, file: DataFile, *, keys: KeyProvider, dataset: str) -> pa.Array | None:
    """A code for every row that follows from its key's values alone, so that it is the same in every version.

    Args:
        rows: The table, its key columns as they arrived.
        file: What is known about it.
        keys: What the codes' key is derived from.
        dataset: Name of the data set.

    Returns:
        int64, all different; `None` where the table has no key, or one that leaves rows out or fits two.
    """
    names = key_columns(file)
    if not names or not set(names) <= set(rows.column_names):
        return None
    texts = _joined([spelt(rows.column(name)) for name in names])
    if texts.null_count or pc.count_distinct(texts).as_py() != len(texts):
        return None
    made = pseudonyms(keys.derive("record", dataset), (str(text) for text in texts.to_pylist()))
    codes: npt.NDArray[np.int64] = np.frombuffer(made, ">i8")[::2].astype(np.int64)
    return pa.array(codes) if len(np.unique(codes)) == len(codes) else None


class Households:
    """Dense codes for identifiers that tables of a data set are linked by, the same in all of them and ever after.

    Args:
        codes: The code table of the data set's households.
        keys: What the pseudonyms' key is derived from.
        dataset: Name of the data set.
    """

    def __init__(self, codes: CodeTable, *, keys: KeyProvider, dataset: str) -> None:
        self._codes, self._key = codes, keys.derive("household", dataset)

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "Households()"

    def of(self, column: pa.ChunkedArray) -> pa.Array:
        """The code of every identifier of a column, int64; unknown stays unknown."""
        encoded = spelt(column).combine_chunks().dictionary_encode()
        texts = encoded.dictionary.to_pylist()
        codes = self._codes.of(pseudonyms(self._key, texts)) if texts else np.empty(0, np.int64)
        return pa.array(codes).take(encoded.indices)


def coded_columns(files: Sequence[DataFile], roles: Roles) -> dict[str, tuple[str, ...]]:
    """Which columns of each table are replaced by codes.

    Those whose role is household id, and what links to them; and of columns that are a key or a link by themselves
    those that nobody called anything else, for they identify and mean nothing.

    Raises:
        BadInput: A column that links tables would be dropped as a direct identifier; the message says what to do.
    """
    role = {(file.name, name): roles.get(file.name, {}).get(name) for file in files for name in file.names}
    coded = {one for one, now in role.items() if now is VariableRole.HOUSEHOLD}
    alone = {(file.name, names[0]) for file in files for names in (file.key, file.link) if len(names) == 1}
    coded |= {one for one in alone if role.get(one) is VariableRole.OTHER}
    pairs = list(_pairs(files))
    for one in {one for pair in pairs for one in pair if role.get(one) is VariableRole.DIRECT}:
        raise _would_fall_apart(*one)
    while more := {one for pair in pairs if coded & set(pair) for one in pair} - coded:
        coded |= more
    return {file.name: tuple(name for name in file.names if (file.name, name) in coded) for file in files}


def spelt(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Values as texts, one spelling whatever type a file keeps an identifier in; `None` for nothing.

    Example:
        >>> spelt(pa.chunked_array([[1.0, None]])).to_pylist(), spelt(pa.chunked_array([[" 1 ", ""]])).to_pylist()
        (['1', None], ['1', None])
    """
    if pa.types.is_floating(column.type):
        whole = pc.all(pc.and_(pc.equal(pc.floor(column), column), pc.less(pc.abs(column), SAFE))).as_py()
        column = column.cast(pa.int64()) if whole is not False else column
    texts = column.cast(pa.string()) if not pa.types.is_string(column.type) else pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(texts, ""), None, texts)


def _joined(columns: Sequence[pa.ChunkedArray]) -> pa.ChunkedArray:
    """Texts side by side, each with its length before it: ("a", "bc") and ("ab", "c") are different."""
    parts = [part for one in columns for part in (pc.utf8_length(one).cast(pa.string()), one)]
    return pc.binary_join_element_wise(*parts, ":")


def _pairs(files: Sequence[DataFile]) -> Iterator[tuple[At, At]]:
    """Which column of a table holds which column of its parent's key."""
    by_name: Mapping[str, DataFile] = {file.name: file for file in files}
    for file in files:
        if file.parent in by_name:
            for own, other in zip(file.link, by_name[file.parent].key, strict=False):
                yield (file.name, own), (file.parent, other)


def _would_fall_apart(file: str, name: str) -> BadInput:
    return BadInput(
        say(
            "Column {name} of {file} links two tables. Call it a household id, so that a code replaces it; if it were "
            "dropped as a direct identifier, the tables would fall apart.",
            name=name,
            file=file,
        ),
        field=name,
    )
