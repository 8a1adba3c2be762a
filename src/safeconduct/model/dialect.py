"""How the text of an operator's files is written: declared in the mapping, obeyed by every file format."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from safeconduct.model.errors import BadMapping
from safeconduct.model.near import none_of
from safeconduct.model.text import say

DIALECT_KEYS = (
    "header", "column_count", "skip_lines", "skip_end", "comment", "quote", "encoding", "null_words", "positions",
    "short_lines",
)  # fmt: skip
EXAMPLE = "{ start = 1, length = 12 } or [1, 12]"
MOST_SKIPPED = 1_000
MOST_AT_THE_END = 100
MOST_COLUMNS = 10_000
_TOKEN = re.compile(r"\{\{|\}\}|\{([^{}]+)\}|[{}]|[^{}]+")
_PLACE = re.compile(r"(?<!\{)(?:\{\{)*\{([^{}]+)\}")


class Encoding(StrEnum):
    """Characters of a text file. `utf-16` goes by the file's mark; where it has none, the low byte comes first."""

    UTF_8 = "utf-8"
    LATIN_1 = "latin-1"
    CP1252 = "cp1252"
    UTF_16 = "utf-16"
    UTF_16_LE = "utf-16-le"
    UTF_16_BE = "utf-16-be"


class Decoding(StrEnum):
    """How a number is written where it is not in plain digits.

    `tbcd` has two digits an octet, the first in the low half, and `F` for filler (3GPP TS 29.002); `tbcd_address` is
    the same after one octet with the type of number and numbering plan; `hex` is a whole number in hexadecimal.
    """

    TBCD = "tbcd"
    TBCD_ADDRESS = "tbcd_address"
    HEX = "hex"


@dataclass(frozen=True)
class Span:
    """Where a column stands in a line of fixed width.

    Attributes:
        start: Its first character, from 1; characters, not bytes.
        end: Its last character.
    """

    start: int
    end: int

    @classmethod
    def from_tree(cls, tree: object, name: str) -> "Span":
        """From `{ start, length }`, `{ start, end }` or `[start, end]`.

        Raises:
            BadMapping: It is none of these, or ends before it starts.
        """
        match tree:
            case {"start": int(start), "length": int(length), **rest} if not rest:
                end = start + length - 1
            case {"start": int(start), "end": int(end), **rest} if not rest:
                pass
            case [int(start), int(end)]:
                pass
            case _:
                start = end = 0
        if not 1 <= start <= end:
            raise BadMapping(
                say("the position of {column} is written like {example}", column=name, example=EXAMPLE),
                field="positions",
            )
        return cls(start, end)


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How lines and columns are told apart, beside the delimiter.

    Attributes:
        header: Whether the first line names the columns; without one they are called 1, 2, 3 in order.
        column_count: How many columns a line has, where no header says so.
        skip_lines: Lines to pass over before the header or the first row, whatever is in them.
        skip_end: Lines to pass over at the end; blank lines and comments do not count.
        comment: What a line that is no row begins with, `""` for none.
        quote: What encloses a field that holds the delimiter, `""` where nothing does.
        encoding: Characters of the file.
        null_words: Words that mean an empty field, after spaces around them are gone.
        positions: Where each column stands, by its name, in lines of fixed width.
        short_lines: Whether a line of fixed width may end before its last column does, as if spaces had been cut off.
    """

    header: bool = True
    column_count: int = 0
    skip_lines: int = 0
    skip_end: int = 0
    comment: str = ""
    quote: str = '"'
    encoding: Encoding = Encoding.UTF_8
    null_words: tuple[str, ...] = ()
    positions: Mapping[str, Span] = field(default_factory=dict, hash=False)
    short_lines: bool = False

    def __post_init__(self) -> None:
        if len(self.quote.encode()) > 1 or self.quote in {"\r", "\n", "\0"}:
            raise BadMapping(say("a quote is one character, or '' where fields are not quoted"), field="quote")
        if any(letter in self.comment for letter in "\r\n\0"):
            raise BadMapping(say("a comment begins with characters of one line, such as '#'"), field="comment")
        if not self.header and not self.positions and not self.column_count:
            raise BadMapping(
                say("files without a header need column_count, how many columns a line has"), field="column_count"
            )
        if self.header and self.column_count:
            raise BadMapping(say("column_count is for files without a header; say header = false"), field="header")

    @classmethod
    def from_tree(cls, tree: Mapping[str, object]) -> "Dialect":
        """The dialect a table of the mapping declares; keys it does not have keep their defaults.

        Raises:
            BadMapping: A key is of the wrong kind; the message names it.
        """
        return cls(
            header=_flag(tree, "header", default=True),
            column_count=_whole(tree, "column_count", MOST_COLUMNS),
            skip_lines=_whole(tree, "skip_lines", MOST_SKIPPED),
            skip_end=_whole(tree, "skip_end", MOST_AT_THE_END),
            comment=_text(tree, "comment", ""),
            quote=_text(tree, "quote", '"'),
            encoding=_encoding(tree),
            null_words=_words(tree, "null_words"),
            positions=_positions(tree.get("positions", {})),
            short_lines=_flag(tree, "short_lines", default=False),
        )


def parts_of(column: str) -> tuple[tuple[str, bool], ...]:
    """What a declared column is put together from: texts as they are, and names of columns (`True`).

    A declared column without a `{name}` is the name of one column, whatever else it holds; in one that has some, `{{`
    and `}}` stand for braces.

    Example:
        >>> parts_of("{lac}-{ci}"), parts_of("CELL_ID")
        ((('lac', True), ('-', False), ('ci', True)), (('CELL_ID', True),))

    Raises:
        BadMapping: A brace is not closed.
    """
    if not _PLACE.search(column):
        return ((column, True),)
    parts = []
    for found in _TOKEN.finditer(column):
        if found[0] in {"{", "}"}:
            raise BadMapping(
                say("a column put together of several is written like {example}", example="'{lac}-{ci}'"),
                field="columns",
            )
        parts.append((found[1], True) if found[1] else (found[0].replace("{{", "{").replace("}}", "}"), False))
    return tuple(parts)


def _flag(tree: Mapping[str, object], key: str, *, default: bool) -> bool:
    value = tree.get(key, default)
    if not isinstance(value, bool):
        raise BadMapping(say("{key} is true or false", key=key), field=key)
    return value


def _whole(tree: Mapping[str, object], key: str, most: int) -> int:
    value = tree.get(key, 0)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise BadMapping(say("{key} is a whole number from 0 to {most}", key=key, most=most), field=key)
    return value


def _text(tree: Mapping[str, object], key: str, default: str) -> str:
    value = tree.get(key, default)
    if not isinstance(value, str):
        raise BadMapping(say("{key} is a text in quotes", key=key), field=key)
    return value


def _words(tree: Mapping[str, object], key: str) -> tuple[str, ...]:
    value = tree.get(key, ())
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list | tuple) or not all(isinstance(word, str) for word in words):
        raise BadMapping(say("{key} is a list of texts in quotes", key=key), field=key)
    return tuple(words)


def _encoding(tree: Mapping[str, object]) -> Encoding:
    said = _text(tree, "encoding", Encoding.UTF_8)
    try:
        return Encoding(said.lower())
    except ValueError:
        raise BadMapping(none_of("encoding", said, list(Encoding)), field="encoding") from None


def _positions(tree: object) -> dict[str, Span]:
    if not isinstance(tree, Mapping):
        raise BadMapping(say("positions is a table of columns and where they stand"), field="positions")
    return {str(name): Span.from_tree(one, str(name)) for name, one in tree.items()}
