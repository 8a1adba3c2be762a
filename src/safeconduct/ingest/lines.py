"""Text files as blocks of whole lines in UTF-8, whatever they are written in and whatever stands around the rows."""

import codecs
import re
from collections.abc import Iterator
from functools import partial

import pyarrow as pa

from safeconduct.ingest.adapter import BLOCK
from safeconduct.ingest.reasons import Reason
from safeconduct.model.dialect import Dialect, Encoding
from safeconduct.model.errors import Unreadable
from safeconduct.model.event_files import EventFiles
from safeconduct.model.text import say
from safeconduct.store.intake import ROW_LIMIT

MARK = b"\xef\xbb\xbf"
_WIDE = {codecs.BOM_UTF16_LE: Encoding.UTF_16_LE, codecs.BOM_UTF16_BE: Encoding.UTF_16_BE}
_WIDE_SORTS = (Encoding.UTF_16, Encoding.UTF_16_LE, Encoding.UTF_16_BE)


def blocks_of(stream: pa.NativeFile, layout: EventFiles) -> Iterator[bytes]:
    """The rows of a file, and its header: whole lines in UTF-8, some megabytes at a time.

    The byte order mark, the lines that the dialect passes over and comments are gone. What is no text in the file's
    encoding is no UTF-8 either, so that it is noticed row by row; `as_stood` gives it back as it was.

    Raises:
        Unreadable: It ends in the middle of a character of two bytes.
    """
    dialect = layout.dialect
    blocks = _after(_unmarked(whole_lines(_utf8(stream, layout))), dialect.skip_lines)
    if dialect.comment:
        blocks = _without_comments(blocks, dialect.comment.encode())
    return _before(blocks, dialect.skip_end) if dialect.skip_end else blocks


def whole_lines(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Blocks that end with a line; of a line that never ends only the head is kept."""
    rest = b""
    for block in blocks:
        cut = block.rfind(b"\n") + 1
        if cut:
            yield rest + block[:cut]
            rest = block[cut:]
        elif len(rest) <= ROW_LIMIT:
            rest += block
    if rest:
        yield rest + b"\n"


def split(block: bytes) -> list[bytes]:
    """The lines of a block of whole lines, without their ends."""
    lines = block.split(b"\n")
    lines.pop()
    return lines


def text_of(line: bytes) -> str | Reason:
    r"""What a line says, without a carriage return at its end, or why it is no text.

    Example:
        >>> text_of(b"ana;08:00\r"), text_of(b"\xff").value
        ('ana;08:00', 'not_text')
    """
    if len(line) > ROW_LIMIT:
        return Reason.TOO_LONG
    try:
        text = line.removesuffix(b"\r").decode()
    except UnicodeDecodeError:
        return Reason.NOT_TEXT
    return Reason.NOT_TEXT if "\0" in text or "\r" in text else text


def as_stood(line: bytes, dialect: Dialect) -> bytes:
    """A line in the file's own encoding, as it stood there."""
    if dialect.encoding is Encoding.UTF_8:
        return line
    wide = dialect.encoding in _WIDE_SORTS
    codec = Encoding.UTF_16_LE if dialect.encoding is Encoding.UTF_16 else dialect.encoding
    try:
        return line.decode("utf-8", "surrogatepass").encode(codec, "surrogatepass" if wide else "surrogateescape")
    except UnicodeError:
        return line  # the head of a line that was cut within a character


def _utf8(stream: pa.NativeFile, layout: EventFiles) -> Iterator[bytes]:
    read = partial(stream.read, BLOCK)
    if layout.dialect.encoding is Encoding.UTF_8:
        yield from iter(read, b"")
        return
    start = read()
    codec = _WIDE.get(start[:2], layout.dialect.encoding) if _is_wide(layout) else layout.dialect.encoding
    codec = Encoding.UTF_16_LE if codec is Encoding.UTF_16 else codec
    decoder = codecs.getincrementaldecoder(codec)("surrogatepass" if _is_wide(layout) else "surrogateescape")
    try:
        yield decoder.decode(start).encode("utf-8", "surrogatepass")
        for block in iter(read, b""):
            yield decoder.decode(block).encode("utf-8", "surrogatepass")
        yield decoder.decode(b"", final=True).encode("utf-8", "surrogatepass")
    except UnicodeError:
        raise Unreadable(
            say("a file of {files} is cut, or not in the encoding the mapping says; export it again",
                files=layout.files)
        ) from None  # fmt: skip


def _is_wide(layout: EventFiles) -> bool:
    return layout.dialect.encoding in _WIDE_SORTS


def _unmarked(blocks: Iterator[bytes]) -> Iterator[bytes]:
    for first in blocks:
        yield first.removeprefix(MARK)
        break
    yield from blocks


def _after(blocks: Iterator[bytes], lines: int) -> Iterator[bytes]:
    for block in blocks:
        at = 0
        while lines and at < len(block):
            at = block.index(b"\n", at) + 1
            lines -= 1
        if at < len(block):
            yield block[at:]


def _without_comments(blocks: Iterator[bytes], comment: bytes) -> Iterator[bytes]:
    line = re.compile(rb"(?m)^" + re.escape(comment) + rb"[^\n]*\n")
    for block in blocks:
        if left := line.sub(b"", block) if comment in block else block:
            yield left


def _before(blocks: Iterator[bytes], lines: int) -> Iterator[bytes]:
    """All but the last lines that are not blank; only those wait in memory."""
    held = b""
    for block in blocks:
        whole = held + block
        at = _start_of_last(whole, lines)
        if at:
            yield whole[:at]
        held = b"".join(line + b"\n" for line in split(whole[at:]) if line.strip())


def _start_of_last(whole: bytes, lines: int) -> int:
    at = len(whole)
    for _ in range(lines):
        end = len(whole[:at].rstrip())
        at = whole.rfind(b"\n", 0, end) + 1
    return at
