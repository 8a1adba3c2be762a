"""What a kind of source must bring: pieces that are taken in whole or not at all, and the ground they stand on."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from safeconduct.ingest.adapter import Chunk
from safeconduct.ingest.layers import Feature
from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.errors import BadMapping, BadSettings
from safeconduct.model.event_files import EventFiles
from safeconduct.model.mapping import FileMapping
from safeconduct.model.near import none_of
from safeconduct.model.registry import Plugin, Registry
from safeconduct.model.text import say

CONTENT = "content of tables"
"""What the key of digests of rows is derived for."""


class Piece(ABC):
    """A file, or a day of a table.

    Attributes:
        type: What its events are.
        layout: What its columns are.
        number: Which of the pieces of its layout, from 1.
        name: What its content is remembered by, `""` where only the content itself is.
        label: What whoever handed the folder over calls it; for them alone.
        ahead: Whether its rows may be read in another thread, a chunk ahead.
    """

    ahead: ClassVar[bool] = False

    type: EventType
    layout: EventFiles
    number: int

    @property
    def name(self) -> str:
        """Nothing but the content."""
        return ""

    @property
    def label(self) -> str:
        """Nothing."""
        return ""

    def told(self, folder: Path) -> str:
        """What it is known by below a folder, so that other content under the same name is noticed."""
        del folder
        return self.name

    def ready(self) -> bool:
        """Whether it may be read now; otherwise it is left for the next time."""
        return True

    @abstractmethod
    def mark(self) -> object:
        """What would be another if its content were another.

        Raises:
            OSError: It is not there any more.
        """

    @abstractmethod
    def digest(self) -> str:
        """SHA-256 of its content, after reading it to its end; one content has one digest.

        Raises:
            Unreadable: It cannot be read to its end.
        """

    @abstractmethod
    def chunks(self) -> Iterator[Chunk]:
        """Its rows, a chunk at a time.

        Raises:
            Unreadable: It cannot be read to its end, or is not what it was when its digest was taken.
            BadMapping: A declared column is not there.
        """


@dataclass(frozen=True)
class Ground:
    """Where cells and areas come from, where that is not files.

    Attributes:
        cells: Values by cell field, with the number of the line each stands on.
        areas: Areas of a level.
    """

    cells: Callable[[], Iterator[tuple[int, dict[str, str]]]]
    areas: Callable[[AreaLevel], Iterator[Feature]]


def _unnamed(name: str) -> str:
    raise BadSettings(
        say("safeconduct.toml has no [sources.{name}]; say there where the database is", name=name), field="sources"
    )


@dataclass(frozen=True, kw_only=True)
class Reach:
    """What an ingest may reach beside its folder, and what it remembers of earlier ones.

    Attributes:
        secret: Gives what opens a connection, by its name in the site's settings; never in an error or `repr`.
        drivers: Python modules of drivers that a mapping may name.
        taken: Digest of what was taken in under a piece's name, `""` where nothing was.
        only: Which files of the folder to take.
        every_failure: Whether failures are told in the report also where not one piece could be read.
        now: Moment of the ingest.
        stop: Set when somebody asked to stop; waiting ends.
    """

    secret: Callable[[str], str] = field(default=_unnamed, repr=False)
    drivers: frozenset[str] = frozenset()
    taken: Callable[[str], str] = lambda _name: ""
    only: Callable[[Path], bool] = lambda _path: True
    every_failure: bool = False
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    stop: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What a source is handed.

    Attributes:
        mapping: What the operator declared.
        folder: Where the mapping's files are.
        reach: What it may reach beside.
        digest_key: Keys digests of rows, so that nobody can guess a day's content by them.
    """

    mapping: FileMapping
    folder: Path
    reach: Reach
    digest_key: bytes = field(repr=False)


class Source(Plugin, ABC):
    """Finds and opens what a mapping means.

    Attributes:
        mapping: What the records are; the operator's own declaration, completed.
    """

    name: ClassVar[str]
    mapping: FileMapping

    @classmethod
    @abstractmethod
    def open(cls, offer: Offer) -> "Source":
        """Open it.

        Raises:
            BadMapping: The mapping does not fit it.
            BadSettings: The site's settings do not say how to reach it, or do not allow it.
            Unreadable: It does not answer.
        """

    @abstractmethod
    def pieces(self) -> Sequence[Piece]:
        """What there is to take in, in a fixed order.

        Raises:
            BadMapping: The mapping does not fit it.
            BadInput: There is nothing where there should be something.
            Unreadable: It does not answer.
        """

    def unmatched(self) -> tuple[str, ...]:
        """What the mapping names and nothing is there of; told, since a misspelt pattern takes nothing in."""
        return ()

    def ground(self) -> Ground | None:
        """Where cells and areas come from; `None` for the mapping's files."""
        return None

    def close(self) -> None:
        """Let go of it."""


source: Registry[Source] = Registry("kind of source", "safeconduct.ingest.sources")


def opened_source(offer: Offer) -> Source:
    """The source a mapping names, opened.

    Raises:
        BadMapping: There is no such kind, or the mapping does not fit it.
        BadSettings: The site's settings do not say how to reach it, or do not allow it.
        Unreadable: It does not answer.
    """
    kind = offer.mapping.source.kind
    if kind not in source:
        raise BadMapping(none_of("source.kind", kind, list(source)), field="source")
    return source[kind].open(offer)
