"""A process of its own for pyreadstat: its C code is brought down by damaged files, and this process with it alone.

Started by `survey_apart` as `python -I -m safeconduct.ingest.survey_child`, without a variable of the environment. It
opens no file: it asks its parent for the bytes it needs. It answers with JSON and numbers, never with pickles, so that
whoever takes it over still cannot speak to the parent in code. It may write no file and leave no core dump.
"""

import io
import json
import resource
import struct
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, BinaryIO

import numpy as np
import pyreadstat

FRAME = struct.Struct(">cQ")
PIECE = struct.Struct(">BQQ")
BUFFER = 1 << 20
ADDRESSES = 8 << 30
SECONDS = 3_600
READERS: Mapping[str, Callable[..., Any]] = {
    "dta": pyreadstat.read_dta,
    "sav": pyreadstat.read_sav,
    "por": pyreadstat.read_por,
    "xport": pyreadstat.read_xport,
    "sas7bdat": pyreadstat.read_sas7bdat,
}


class Asked(io.RawIOBase):
    """A file whose bytes the parent hands over piece by piece."""

    def __init__(self, number: int, size: int, line: "Line") -> None:
        super().__init__()
        self.number, self.size, self.line, self.at = number, size, line, 0

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It can be read from anywhere."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self.at, io.SEEK_END: self.size}[whence]
        self.at = max(start + offset, 0)
        return self.at

    def readinto(self, buffer: Any) -> int:
        """Read on."""
        wanted = max(min(len(buffer), self.size - self.at), 0)
        piece = self.line.ask(PIECE.pack(self.number, self.at, wanted)) if wanted else b""
        buffer[: len(piece)] = piece
        self.at += len(piece)
        return len(piece)


class Line:
    """The way to the parent: frames of a letter, a length and as many bytes."""

    def __init__(self, from_parent: BinaryIO, to_parent: BinaryIO) -> None:
        self.from_parent, self.to_parent = from_parent, to_parent

    def tell(self, letter: bytes, content: bytes = b"") -> None:
        """Say something."""
        self.to_parent.write(FRAME.pack(letter, len(content)) + content)
        self.to_parent.flush()

    def hear(self) -> bytes:
        """What the parent says next."""
        _, size = FRAME.unpack(self.from_parent.read(FRAME.size))
        return self.from_parent.read(size)

    def ask(self, piece: bytes) -> bytes:
        """Ask for bytes of a file."""
        self.tell(b"R", piece)
        return self.hear()


def main() -> None:
    """Read one file as the parent orders, from its description to its last row."""
    _confine()
    line = Line(sys.stdin.buffer, sys.stdout.buffer)
    order = json.loads(line.hear())
    try:
        _read(line, order)
    except Exception as found:  # noqa: BLE001 - the message may quote a cell, so only its kind is told
        wrong = "encoding" in str(found) or isinstance(found, UnicodeError | LookupError)
        line.tell(b"E", b"encoding" if wrong else b"damaged")
        return
    line.tell(b"D")


def _confine() -> None:
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_AS, ADDRESSES),
    ):
        _, hard = resource.getrlimit(what)
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _read(line: Line, order: Mapping[str, Any]) -> None:
    meta = _call(line, order, metadataonly=True)[1]
    line.tell(b"M", json.dumps(described(meta)).encode())
    step = max(1_000, order["cells"] // max(len(meta.column_names), 1))
    kinds = [meta.readstat_variable_types.get(name) == "string" for name in meta.column_names]
    at, found = 0, step
    while found == step:
        columns = list(_call(line, order, row_offset=at, row_limit=step)[0].values())
        found = len(columns[0]) if columns else 0
        at += found
        if found:
            line.tell(b"B", packed(columns, kinds))


def _call(line: Line, order: Mapping[str, Any], **now: object) -> Any:
    files = [io.BufferedReader(Asked(number, size, line), BUFFER) for number, size in enumerate(order["sizes"])]
    labels = {"catalog_file": files[1]} if len(files) > 1 else {}
    return READERS[order["reader"]](
        files[0], **labels, **order["options"], output_format="dict", disable_datetime_conversion=True, **now
    )


def described(meta: Any) -> dict[str, Any]:
    """The file's description as JSON."""
    return {
        "names": meta.column_names,
        "labels": [text or "" for text in meta.column_labels],
        "storage": meta.readstat_variable_types,
        "shown": {name: text or "" for name, text in meta.original_variable_types.items()},
        "ranges": {name: [[one["lo"], one["hi"]] for one in found] for name, found in meta.missing_ranges.items()},
        "categories": {name: list(found.items()) for name, found in meta.variable_value_labels.items()},
        "measures": meta.variable_measure,
        "widths": meta.variable_storage_width,
        "sets": {name: list(one.get("variable_list", ())) for name, one in (meta.mr_sets or {}).items()},
        "label": meta.file_label or "",
        "rows": meta.number_rows,
    }


def packed(columns: Sequence[Sequence[object]], texts: Sequence[bool]) -> bytes:
    """Rows as bytes: a JSON head with texts and letters, then the numbers, eight bytes each."""
    head: list[Any] = []
    numbers: list[bytes] = []
    for column, text in zip(columns, texts, strict=True):
        if text:
            head.append([one if isinstance(one, str) else None for one in column])
            continue
        letters = {at: one for at, one in enumerate(column) if isinstance(one, str)}
        plain = [None if isinstance(one, str) else one for one in column] if letters else column
        numbers.append(np.array(plain, dtype="<f8").tobytes())
        head.append(letters)
    written = json.dumps({"rows": len(columns[0]), "columns": head}).encode()
    return struct.pack(">Q", len(written)) + written + b"".join(numbers)


if __name__ == "__main__":
    main()
