"""Archives, looked through before anything in them is opened."""

import io
import stat
import zipfile
from collections.abc import Iterable
from typing import BinaryIO, cast

from safeconduct.ingest.survey_base import Arrived, cannot_use, told
from safeconduct.model.text import Text, say

MOST_ENTRIES = 10_000
MOST_BYTES = 16 << 30
MOST_XML = 2 << 30
MOST_RATIO = 400
SMALL = 64 << 20
_SCANNED = 1 << 20
_MAGIC = b"PK\x03\x04"
_ARCHIVES = {".zip", ".7z", ".rar", ".gz", ".tar", ".bz2", ".xz"}
_LITTER = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini")
_DECLARES = (b"<!doctype", b"<!entity")
_BEFORE = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"


def is_zip(arrived: Arrived) -> bool:
    """Whether its first bytes are a zip archive's."""
    return arrived.head(4) == _MAGIC


def is_workbook(arrived: Arrived) -> bool:
    """Whether it is a zip archive with an Excel workbook's parts."""
    return is_zip(arrived) and any(name.lower() == "xl/workbook.xml" for name in names_in(arrived))


def names_in(arrived: Arrived) -> tuple[str, ...]:
    """Names of an archive's entries.

    Raises:
        Unreadable: It is no whole archive.
    """
    with told(arrived), arrived.open() as stream, zipfile.ZipFile(stream) as archive:
        return tuple(archive.namelist())


def members(arrived: Arrived) -> tuple[tuple[Arrived, ...], tuple[Text, ...]]:
    """The files in an archive, each to be opened by itself, and what was left out.

    Raises:
        Unreadable: It is no whole archive.
        BadInput: It has a password, grows beyond measure, holds another archive, or has names that lead elsewhere.
    """
    with told(arrived), arrived.open() as stream, zipfile.ZipFile(stream) as archive:
        entries = [one for one in archive.infolist() if not one.is_dir()]
        refuse_bombs(arrived, entries, most=MOST_BYTES)
        _refuse_names(arrived, entries)
        wanted = [one for one in entries if not one.filename.lower().startswith(_LITTER[0])]
        wanted = [one for one in wanted if one.filename.rsplit("/", 1)[-1].lower() not in _LITTER]
        _refuse_nested(arrived, archive, wanted)
    if not wanted:
        raise cannot_use(say("{file} is an archive with no file in it; send it again.", file=arrived.base), arrived)
    return tuple(_member(arrived, one) for one in wanted), ()


def refuse_bombs(arrived: Arrived, entries: Iterable[zipfile.ZipInfo], *, most: int) -> None:
    """Stop before opening what would fill the memory or the disk.

    Raises:
        BadInput: There are too many entries, they are too large, or they shrink too well to be data.
    """
    listed = list(entries)
    if any(one.flag_bits & 1 for one in listed):
        raise cannot_use(
            say("{file} is protected with a password; save it again without one.", file=arrived.base), arrived
        )
    swollen = [
        one for one in listed if one.file_size > SMALL and one.file_size > MOST_RATIO * max(one.compress_size, 1)
    ]
    if len(listed) > MOST_ENTRIES or sum(one.file_size for one in listed) > most or swollen:
        raise cannot_use(
            say(
                "{file} would grow beyond measure when it is unpacked, so it was not opened; if it is real "
                "data, send the tables as .csv files.",
                file=arrived.base,
            ),
            arrived,
        )


def refuse_unsafe_xml(arrived: Arrived) -> None:
    """Unpack a workbook's parts once, counting, and look for declarations that XML readers act on.

    Raises:
        Unreadable: A part cannot be unpacked.
        BadInput: A part is larger than it says, or declares entities.
    """
    with told(arrived), arrived.open() as stream, zipfile.ZipFile(stream) as archive:
        entries = archive.infolist()
        refuse_bombs(arrived, entries, most=MOST_XML)
        for entry in entries:
            if _is_markup(archive, entry):
                _scan(arrived, archive, entry)


def _is_markup(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    """Whether a part is XML; a workbook says itself which parts are its sheets, whatever they are called."""
    if entry.filename.lower().endswith((".xml", ".rels", ".vml")):
        return True
    with archive.open(entry) as part:
        return part.read(64).lstrip(_BEFORE)[:1] == b"<"


def _scan(arrived: Arrived, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    seen, rest = 0, b""
    with archive.open(entry) as part:
        while block := part.read(_SCANNED):
            seen += len(block)
            window = (rest + block).lower()
            if seen > entry.file_size or b"\0" in block or any(word in window for word in _DECLARES):
                raise cannot_use(
                    say(
                        "{file} holds declarations that no workbook of data has, so it was not opened; save it "
                        "again from Excel or LibreOffice.",
                        file=arrived.base,
                    ),
                    arrived,
                )
            rest = window[-16:]


def _refuse_names(arrived: Arrived, entries: Iterable[zipfile.ZipInfo]) -> None:
    for entry in entries:
        name = entry.filename.replace("\\", "/")
        leads_out = name.startswith("/") or ".." in name.split("/") or ":" in name.split("/", 1)[0] or "\0" in name
        if leads_out or stat.S_ISLNK(entry.external_attr >> 16):
            raise cannot_use(
                say(
                    "{file} holds a name that leads out of the archive, so it was not opened; pack it again.",
                    file=arrived.base,
                ),
                arrived,
            )


def _refuse_nested(arrived: Arrived, archive: zipfile.ZipFile, entries: Iterable[zipfile.ZipInfo]) -> None:
    for entry in entries:
        ending = "." + entry.filename.rsplit(".", 1)[-1].lower()
        with archive.open(entry) as part:
            packed = part.read(4) == _MAGIC and ending not in {".xlsx", ".xlsm"}
        if packed or ending in _ARCHIVES:
            raise cannot_use(
                say("{file} holds another archive; unpack that one first and send its files.", file=arrived.base),
                arrived,
            )


def _member(arrived: Arrived, entry: zipfile.ZipInfo) -> Arrived:
    def unpack() -> BinaryIO:
        with told(arrived):
            archive = zipfile.ZipFile(arrived.open())
            if entry.file_size > SMALL:  # unpacked again from its start for each step back
                return cast("BinaryIO", archive.open(entry))
            with archive:
                return io.BytesIO(archive.read(entry))

    return Arrived(name=entry.filename.replace("\\", "/"), size=entry.file_size, open=unpack)


def left_out(names: Iterable[str]) -> tuple[Text, ...]:
    """A note on files that were not read."""
    listed = sorted(names)
    if not listed:
        return ()
    shown = ", ".join(listed[:5]) + (" …" if len(listed) > 5 else "")  # noqa: PLR2004 - as many as a line holds
    return (say("{count} files were left out, because they hold no table of answers: {names}", count=len(listed),
                names=shown),)  # fmt: skip


def peek(arrived: Arrived, name: str, *, size: int = _SCANNED) -> bytes:
    """The first bytes of an archive's entry, `b""` where there is none or it has a password."""
    with told(arrived), arrived.open() as stream, zipfile.ZipFile(stream) as archive:
        entry = next((one for one in archive.infolist() if one.filename.lower() == name), None)
        if entry is None or entry.flag_bits & 1:
            return b""
        with archive.open(entry) as part:
            return part.read(size)
