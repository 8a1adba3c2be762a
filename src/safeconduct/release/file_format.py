"""What a file format of an edition is, where formats are found, and what all of them share."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.model.microdata import Category, DataFile, Variable, Words, missing_column
from safeconduct.model.registry import Plugin, Registry
from safeconduct.model.table import Table
from safeconduct.model.text import Text

BATCH = 1 << 16
"""Rows that are turned into Python values at a time."""

EXACT = 2**53
"""Whole numbers up to here are exact as numbers of 64 bits."""


class Sink(Protocol):
    """Where a format's bytes go: an encrypted chest, or memory in tests."""

    def write(self, data: bytes, /) -> object:
        """Take these bytes after those before."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Export:
    """One table of an edition, on its way into a file.

    Attributes:
        title: The study's title in one language.
        file: What is known about the table.
        table: Its rows as they leave: no record codes; user-missing codes in companion columns.
        language: The language that formats with room for one only are written in, as far as there are words.
    """

    title: str
    file: DataFile
    table: Table
    language: str = ""

    def __repr__(self) -> str:
        """Which table."""
        return f"Export({self.file.name!r})"

    def says(self, words: Words) -> str:
        """A text in the export's language, else in whichever there is, `""` for none."""
        return words.get(self.language) or next((text for text in words.values() if text), "")


class FileFormat(Plugin, ABC):
    """One way to write a table of an edition.

    A format writes every cell of the table it can hold. What it cannot hold as it is, such as a name that is too
    long, it changes as little as it can and says so in a note; it never leaves anything out in silence.

    Attributes:
        title: What people call it.
        says: What it is good for.
        suffix: End of the file's name, without a dot.
        media: Its media type.
    """

    title: ClassVar[Text]
    says: ClassVar[Text]
    suffix: ClassVar[str]
    media: ClassVar[str]

    def too_large(self, export: Export) -> Text | None:
        """Why a table does not fit into this format, `None` where it does; decided from its shape alone."""
        del export
        return None

    @abstractmethod
    def write(self, export: Export, out: Sink) -> tuple[Text, ...]:
        """Write a table; gives back what a reader must know of what could not be written as it is.

        Raises:
            BadInput: The table does not fit; the message says which format holds it.
        """


file_format: Registry[FileFormat] = Registry("file format", "safeconduct.release.formats")


def pieces(export: Export) -> Iterator[Export]:
    """The same table, some thousand rows at a time; one empty piece where it has no rows."""
    rows = max(1, len(export.table))
    return (replace(export, table=Table(export.table.arrow.slice(at, BATCH))) for at in range(0, rows, BATCH))


def codes_of(table: Table, name: str) -> pa.Array | None:
    """The user-missing codes of a column as text, `None` where the column has none at all."""
    companion = missing_column(name)
    if companion not in table.columns:
        return None
    codes = table.arrow.column(companion).combine_chunks()
    return None if codes.null_count == len(codes) else codes


def column_of(table: Table, name: str) -> pa.Array:
    """A column in one piece; dictionary columns as plain ones."""
    column = table.arrow.column(name).combine_chunks()
    if isinstance(column, pa.ChunkedArray):
        column = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def text_of(column: pa.Array) -> pa.Array:
    """A column's values as text: whole numbers without a point, dates as ISO 8601, yes and no as 1 and 0."""
    kind = column.type
    if pa.types.is_boolean(kind):
        return pc.cast(pc.cast(column, pa.int8()), pa.string())
    if pa.types.is_timestamp(kind):
        return pc.replace_substring_regex(pc.strftime(column, "%Y-%m-%dT%H:%M:%S"), r"\.0+$", "")
    return pc.cast(column, pa.string())


def exact(column: pa.Array) -> bool:
    """Whether every whole number of a column is exact as a number of 64 bits."""
    if len(column) == column.null_count:
        return True
    ends = pc.min_max(column).as_py()
    return int(ends["min"]) >= -EXACT and int(ends["max"]) <= EXACT


def told(variable: Variable) -> tuple[Category, ...]:
    """Categories that are values, in the file's order."""
    return tuple(one for one in variable.categories if not one.missing)


def whole(code: str) -> int | None:
    """A category's code as a whole number, `None` where it is none.

    Example:
        >>> whole("07"), whole("1.0"), whole("1.5"), whole("M")
        (7, 1, None, None)
    """
    try:
        number = float(code)
    except ValueError:
        return None
    return int(number) if number.is_integer() and abs(number) < EXACT else None


def short_names(
    names: Iterable[str], *, longest: int, legal: Mapping[int, str | None], taken: frozenset[str], first: str = ""
) -> dict[str, str]:
    """A legal, unique name for each name; one that is legal already keeps itself.

    Args:
        names: The names, in order.
        longest: Most bytes of UTF-8 a name may have.
        legal: What `str.translate` is to do to illegal characters.
        taken: Reserved words, lower case; names are told apart without regard to case.
        first: What a name may start with beside letters.
    """
    found: dict[str, str] = {}
    used = set(taken)
    for name in names:
        made = name.translate(legal)
        made = made if made[:1].isalpha() or made[:1] in tuple(first) else f"v{made}"
        short, number = _cut(made, longest), 1
        while short.casefold() in used:
            number += 1
            short = _cut(made, longest - len(f"_{number}")) + f"_{number}"
        used.add(short.casefold())
        found[name] = short
    return found


def _cut(text: str, longest: int) -> str:
    return text.encode()[: max(1, longest)].decode(errors="ignore")
