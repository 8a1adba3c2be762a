"""What came into a data set, file by file: its number, whether it still counts, and which files hold its rows.

A piece is what one commit brought to one day. Files of pieces are merged, and rows of a file are replaced by those of
its correction, but a piece keeps its name as long as it has the same rows: that name is what versions are made of, so
merging files changes no version.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import cast

from safeconduct.model.areas import EventType
from safeconduct.model.canonical import Json


class Standing(StrEnum):
    """Whether the rows of an arrival count."""

    CURRENT = "current"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """One file that was taken in.

    Attributes:
        number: Which one of the data set, from 1 in the order they came; stands in every row and never leaves.
        digest: SHA-256 of its decompressed content.
        name: Keyed digest of the pattern that found it and of its name; tells only that two names are the same.
        type: What its events are.
        standing: Whether its rows count.
        replaces: Number of the arrival that it corrects, 0 for none. Rows that both have stay under that number.
    """

    number: int
    digest: str
    name: str
    type: EventType
    standing: Standing = Standing.CURRENT
    replaces: int = 0


@dataclass(frozen=True, kw_only=True)
class Piece:
    """What one commit brought to one day.

    Attributes:
        digest: Its name: the digest of the file it was first written to, or a random one after rows were taken away.
        arrivals: Numbers of the arrivals its rows came with; empty where the file is older than these numbers.
    """

    digest: str
    arrivals: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Split:
    """A piece that rows were taken away from, for comparing questions asked before and after.

    Attributes:
        piece: Its name until then.
        into: Names of what stayed, if anything did, and of what was taken away.
    """

    piece: str
    into: tuple[str, ...]


def line(arrivals: Iterable[Arrival], number: int) -> frozenset[int]:
    """Every number that rows of an arrival may stand under: its own, and those of what it corrects.

    Example:
        >>> first = Arrival(number=1, digest="a", name="n", type=EventType.CALLS, standing=Standing.REPLACED)
        >>> second = Arrival(number=2, digest="b", name="n", type=EventType.CALLS, replaces=1)
        >>> sorted(line([first, second], 2))
        [1, 2]
    """
    replaces = {one.number: one.replaces for one in arrivals}
    found: set[int] = set()
    while number:
        found.add(number)
        number = replaces.get(number, 0)
    return frozenset(found)


def with_standing(arrivals: Iterable[Arrival], numbers: Iterable[int], standing: Standing) -> tuple[Arrival, ...]:
    """The same arrivals, those of these numbers with another standing."""
    changed = frozenset(numbers)
    return tuple(replace(one, standing=standing) if one.number in changed else one for one in arrivals)


def expanded(splits: Iterable[Split], pieces: Iterable[str]) -> frozenset[str]:
    """Names of pieces, with every piece that was split since replaced by what it was split into.

    Example:
        >>> sorted(expanded([Split(piece="a", into=("b", "c")), Split(piece="b", into=("d",))], ["a", "e"]))
        ['c', 'd', 'e']
    """
    into = {one.piece: one.into for one in splits}
    waiting, found = list(pieces), set()
    while waiting:
        piece = waiting.pop()
        if piece in into:
            waiting += into[piece]
        else:
            found.add(piece)
    return frozenset(found)


def arrival_tree(arrival: Arrival) -> Json:
    """An arrival as a manifest has it."""
    return [
        arrival.number, arrival.digest, arrival.name, str(arrival.type), str(arrival.standing), arrival.replaces,
    ]  # fmt: skip


def read_arrivals(trees: object) -> tuple[Arrival, ...]:
    """Arrivals from a manifest."""
    return tuple(
        Arrival(
            number=number, digest=digest, name=name, type=EventType(sort), standing=Standing(standing), replaces=before
        )
        for number, digest, name, sort, standing, before in cast("list[tuple[int, str, str, str, str, int]]", trees)
    )


def piece_tree(piece: Piece) -> Json:
    """A piece as a manifest has it."""
    return [piece.digest, *piece.arrivals]


def read_pieces(trees: object) -> tuple[Piece, ...]:
    """Pieces from a manifest."""
    return tuple(
        Piece(digest=str(digest), arrivals=tuple(map(int, arrivals)))
        for digest, *arrivals in cast("list[list[str]]", trees)
    )


def split_tree(split: Split) -> Json:
    """A split as a manifest has it."""
    return [split.piece, *split.into]


def read_splits(trees: object) -> tuple[Split, ...]:
    """Splits from a manifest."""
    return tuple(Split(piece=piece, into=tuple(into)) for piece, *into in cast("list[list[str]]", trees))


def part_tree(fields: Mapping[str, Json], pieces: Iterable[Piece]) -> dict[str, Json]:
    """A file as a manifest has it; its pieces only where it says more of them than its own digest."""
    held: list[Json] = [piece_tree(one) for one in pieces]
    return {**fields, **({"holds": held} if held else {})}
