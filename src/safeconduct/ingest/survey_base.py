"""What a reader of survey files is handed, and what it must bring."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO, ClassVar

import pyarrow as pa

from safeconduct.model.errors import BadInput, SafeconductError, Unreadable
from safeconduct.model.microdata import DataFile
from safeconduct.model.registry import Plugin, Registry
from safeconduct.model.study import Study
from safeconduct.model.text import Text, say

HEAD = 1 << 16
_WEB = (b"<!doctype html", b"<html", b"<?xml version='1.0'?><html")


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """One uploaded file.

    Attributes:
        name: Its name as it was sent, `members.dta`; a path inside an archive keeps its folders.
        size: Bytes of its plain content.
        open: Gives a seekable binary file object each time it is called; decrypts as it is read.
    """

    name: str
    size: int
    open: Callable[[], BinaryIO] = field(repr=False)

    @property
    def base(self) -> str:
        """Its name without folders."""
        return self.name.replace("\\", "/").rsplit("/", 1)[-1]

    @property
    def stem(self) -> str:
        """Its name without folders and ending."""
        return self.base.rsplit(".", 1)[0] if "." in self.base.strip(".") else self.base

    @property
    def ending(self) -> str:
        """What its name ends in, in small letters and with the dot; `""` for nothing."""
        return "." + self.base.rsplit(".", 1)[1].lower() if "." in self.base.strip(".") else ""

    def head(self, size: int = HEAD) -> bytes:
        """Its first bytes, fewer where it is short."""
        with told(self), self.open() as stream:
            return stream.read(size)


@dataclass(frozen=True, kw_only=True)
class ReadTable:
    """One table of a data set.

    Attributes:
        file: What is known about it.
        batches: Gives its rows in order, each time from the start; columns are the file's names in order, then a text
            column `missing_column(name)` for each variable that has user-missing codes.
    """

    file: DataFile
    batches: Callable[[], Iterator[pa.RecordBatch]] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What some uploaded files are, read as one data set.

    Attributes:
        tables: Its tables; parents stand before what belongs to them where that is known.
        format: Name of the format; of several, joined by `+`.
        languages: Languages that labels and questions come in, as BCP 47 names them.
        study: What the files say of the study, `None` for nothing.
        notes: What the steward must be told: an encoding that was guessed, a sheet left out.
    """

    tables: tuple[ReadTable, ...]
    format: str
    languages: tuple[str, ...] = ()
    study: Study | None = None
    notes: tuple[Text, ...] = ()


class SurveyFormat(Plugin, ABC):
    """Reads one format of survey files.

    Attributes:
        gathers: Files of this format explain each other, as a dictionary explains its data: when one of the files
            that arrived is claimed, the format is handed all of them.
        particular: It knows its files by what they hold, not by how their names end, and so is asked first.
    """

    gathers: ClassVar[bool] = False
    particular: ClassVar[bool] = False

    @abstractmethod
    def claims(self, arrived: Arrived) -> bool:
        """Whether a file is of this format, by its name and first bytes."""

    def takes(self, files: Sequence[Arrived]) -> tuple[Arrived, ...]:
        """Which files a gathering format explains, `()` for none after all; the others are read by themselves."""
        return tuple(files)

    @abstractmethod
    def read(self, files: Sequence[Arrived], hints: Mapping[str, str]) -> Contents:
        """Read the files as one data set.

        Raises:
            Unreadable: A file is cut, damaged or not what its name says.
            BadInput: A file can be read but not be used as it is; the message says what to do.
        """


formats: Registry[SurveyFormat] = Registry("survey format", "safeconduct.ingest.formats")


@contextmanager
def told(arrived: Arrived) -> Iterator[None]:
    """Turn whatever goes wrong while a file is read into our own error: a library's message may quote a cell.

    Raises:
        Unreadable: Instead of any error that is not ours.
    """
    with told_of(arrived.base):
        yield


@contextmanager
def told_of(name: str) -> Iterator[None]:
    """As `told`, of a file or table by its name.

    Raises:
        Unreadable: Instead of any error that is not ours.
    """
    try:
        yield
    except SafeconductError:
        raise
    except Exception:  # noqa: BLE001 - whatever a parser raises over hostile bytes, its message may quote a cell
        raise _damaged(name) from None


def damaged(arrived: Arrived) -> Unreadable:
    """A file that cannot be read to its end."""
    return _damaged(arrived.base)


def _damaged(name: str) -> Unreadable:
    return Unreadable(
        say(
            "{file} is cut short, damaged, or not what its name says; copy it again from where it was made.", file=name
        ),
        field=name,
    )


def refuse_strangers(arrived: Arrived) -> None:
    """Stop at what is plainly something else.

    Raises:
        Unreadable: The file is empty, or a web page that was saved in its place.
    """
    if arrived.size == 0 or not (head := arrived.head(512)):
        raise Unreadable(say("{file} is empty; send it again.", file=arrived.base), field=arrived.base)
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_WEB):
        raise Unreadable(
            say(
                "{file} is a web page, not data: a sign-in or error page was saved in its place. Download it again.",
                file=arrived.base,
            ),
            field=arrived.base,
        )


def cannot_use(text: Text, arrived: Arrived) -> BadInput:
    """A file that can be read but not be used."""
    return BadInput(text, field=arrived.base)
