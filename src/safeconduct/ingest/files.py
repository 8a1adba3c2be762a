"""Which files a mapping means."""

from dataclasses import dataclass
from pathlib import Path

from safeconduct.ingest.adapter import COMPRESSED, adapter_for
from safeconduct.model.areas import EventType
from safeconduct.model.errors import BadInput, BadMapping
from safeconduct.model.mapping import EPOCHS, EventFiles, FileMapping, Keep, Stamps
from safeconduct.model.text import say


@dataclass(frozen=True)
class Found:
    """A file of a mapping.

    Attributes:
        path: Where it is.
        type: What its events are.
        layout: What its columns are.
        number: Which of the files of its pattern, by name, from 1.
    """

    path: Path
    type: EventType
    layout: EventFiles
    number: int


def found_files(mapping: FileMapping, folder: Path) -> list[Found]:
    """Every file the mapping's patterns match, compressed or not, by type and then by name.

    Raises:
        BadMapping: A pattern leaves the folder, two patterns match one file, or a layout contradicts itself.
        BadInput: No file matches any pattern.
    """
    for layout in mapping.events.values():
        _consistent(layout, mapping.stamps)
    dropped = [
        name for name in ("counterpart", "imsi", "imei") if mapping.identifiers.get(name) is not Keep.PSEUDONYMISE
    ]
    found = [
        Found(path, sort, layout.without(dropped), number)
        for sort, layout in mapping.events.items()
        for number, path in enumerate(_matching(folder, layout.files), start=1)
    ]
    for one in found:
        adapter_for(one.path, one.layout.format).check(one.layout)
    if not found:
        raise BadInput(say("no file matches the mapping's patterns; check the folder"), field="folder")
    if len({one.path for one in found}) != len(found):
        raise BadMapping(say("a file matches the patterns of two event types; make them differ"), field="events")
    return found


def _consistent(layout: EventFiles, stamps: Stamps) -> None:
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
