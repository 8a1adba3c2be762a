"""Which files a mapping means."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from safeconduct.ingest.adapter import COMPRESSED, Chunk, adapter_for, content_digest
from safeconduct.ingest.source import Piece
from safeconduct.model.areas import EventType
from safeconduct.model.errors import BadInput, BadMapping, Unreadable
from safeconduct.model.event_files import EPOCHS, EventFiles
from safeconduct.model.mapping import FileMapping, Keep, Stamps
from safeconduct.model.text import say


@dataclass(frozen=True)
class Found(Piece):
    """A file of a mapping.

    Attributes:
        path: Where it is.
        type: What its events are.
        layout: What its columns are.
        number: Which of the files of its pattern, by name, from 1.
        leads_out: It is a link to somewhere outside the folder, which whoever fills the folder may not be able to
            read; it is told and never opened.
    """

    path: Path
    type: EventType
    layout: EventFiles
    number: int
    leads_out: bool = False

    ahead: ClassVar[bool] = True

    @property
    def label(self) -> str:
        """Its path."""
        return str(self.path)

    def told(self, folder: Path) -> str:
        """Its place below the folder, the same compressed or not."""
        path = self.path.relative_to(folder)
        plain = path.with_suffix("") if path.suffix in COMPRESSED else path
        return plain.as_posix()

    def mark(self) -> tuple[int, int, int]:
        """Which file it is, its size, and when it was changed."""
        seen = self.path.stat()
        return seen.st_ino, seen.st_size, seen.st_mtime_ns

    def digest(self) -> str:
        """SHA-256 of its decompressed content."""
        return content_digest(self._within(), self.layout.files)

    def chunks(self) -> Iterator[Chunk]:
        """Its rows, as its format has them."""
        return adapter_for(self.path, self.layout.format).chunks(self._within(), self.layout)

    def _within(self) -> Path:
        """Its path, which stays in the folder."""
        if self.leads_out:
            raise Unreadable(
                say("a file of {files} is a link that leads out of the folder; put the file itself there",
                    files=self.layout.files)
            )  # fmt: skip
        return self.path


def found_files(mapping: FileMapping, folder: Path) -> list[Found]:
    """Every file the mapping's patterns match, compressed or not, by type and then by name.

    Raises:
        BadMapping: A pattern leaves the folder, two patterns match one file, or a layout contradicts itself.
        BadInput: There is no such folder, or no file in it matches any pattern.
    """
    if not folder.is_dir():
        raise BadInput(say("there is no such folder; check its path"), field="folder")
    found = files_there(mapping, folder)
    if not found:
        patterns = ", ".join(sorted({layout.files for _, layout in mapping.layouts}))
        raise BadInput(
            say("no file matches {patterns}; look at the folder and the mapping", patterns=patterns),
            field="folder",
        )
    return found


def files_there(mapping: FileMapping, folder: Path) -> list[Found]:
    """As `found_files`, also where there is none.

    Raises:
        BadMapping: A pattern leaves the folder, two patterns match one file, or a layout contradicts itself.
    """
    for _, layout in mapping.layouts:
        consistent(layout, mapping.stamps)
    dropped = [
        name for name in ("counterpart", "imsi", "imei") if mapping.identifiers.get(name) is not Keep.PSEUDONYMISE
    ]
    inside = folder.resolve()
    found = [
        Found(path, sort, layout, number, not path.resolve().is_relative_to(inside))
        for sort, layout in ((sort, whole.without(dropped)) for sort, whole in mapping.layouts)
        for number, path in enumerate(_matching(folder, layout.files), start=1)
    ]
    for one in found:
        adapter_for(one.path, one.layout.format).check(one.layout)
    if len({one.path for one in found}) != len(found):
        raise BadMapping(say("a file matches the patterns of two event types; make them differ"), field="events")
    return found


def consistent(layout: EventFiles, stamps: Stamps) -> None:
    """Refuse a layout that contradicts itself.

    Raises:
        BadMapping: It does; the message names the key.
    """
    if len(layout.delimiter.encode()) != 1 or layout.delimiter in '"\r\n\0':
        raise BadMapping(say("a delimiter is one character, such as ';'"), field="delimiter")
    if "%z" in layout.time_format and stamps is Stamps.LOCAL:
        raise BadMapping(say("a time_format with %z tells moments; say stamps = 'utc'"), field="time_format")
    if layout.time_format in EPOCHS and stamps is Stamps.LOCAL:
        raise BadMapping(say("seconds since 1970 tell moments; say stamps = 'utc'"), field="time_format")
    adapter_for(Path(), layout.format)


def _matching(folder: Path, pattern: str) -> list[Path]:
    if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
        raise BadMapping(say("a pattern stays below the folder; write it like 'calls_*.csv'"), field="events")
    patterns = [pattern, *(pattern + suffix for suffix in COMPRESSED)]
    return sorted({path for one in patterns for path in folder.glob(one) if path.is_file()})
