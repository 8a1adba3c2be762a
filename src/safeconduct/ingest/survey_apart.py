"""Reading in a process of its own, so that a damaged or hostile file brings down nothing but that."""

import json
import struct
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from safeconduct.ingest.survey_base import Arrived, cannot_use, damaged, told
from safeconduct.model.text import say

CELLS = 2_000_000  # in memory at a time, as Python objects
LARGEST = 4 << 30
CHILD = "safeconduct.ingest.survey_child"
FRAME = struct.Struct(">cQ")
PIECE = struct.Struct(">BQQ")
Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """A column of numbers, not-a-number where missing.

    Attributes:
        values: The numbers.
        letters: Letters of user-missing cells, by row, in small letters.
    """

    values: Floats
    letters: Mapping[int, str] = field(default_factory=dict)


Cells = Numbers | list[str | None]


@dataclass(frozen=True, kw_only=True)
class Description:
    """What a statistical file says of itself.

    Attributes:
        names: Names of its columns.
        labels: Their labels, `""` for none.
        storage: How each is kept: `double`, `int8`, `string`.
        shown: How each is shown: `%td`, `F8.2`.
        ranges: What each calls missing, from and to.
        categories: Value labels of each: code and label.
        measures: `nominal`, `ordinal`, `scale`, `unknown`.
        widths: Bytes each takes.
        sets: Columns of each multiple response set.
        label: Label of the file.
        rows: How many rows it says it has, `None` or negative where it does not.
    """

    names: list[str]
    labels: list[str]
    storage: dict[str, str]
    shown: dict[str, str]
    ranges: dict[str, list[list[Any]]]
    categories: dict[str, list[list[Any]]]
    measures: dict[str, str]
    widths: dict[str, int]
    sets: dict[str, list[str]]
    label: str
    rows: int | None


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be read.

    Attributes:
        reader: Name of a reader: `dta`, `sav`, `por`, `xport`, `sas7bdat`.
        files: The file, and the catalogue of its labels where there is one.
        options: What pyreadstat is told.
    """

    reader: str
    files: Sequence[Arrived]
    options: Mapping[str, object]


def parts(order: Order) -> Iterator[tuple[Description, Mapping[str, Cells]]]:
    """The description with no rows, then the rows by column, some at a time, each with the description.

    Raises:
        Unreadable: The file is cut, damaged, or not of its format.
        BadInput: Its texts are in another encoding than it says, or than was named.
    """
    arrived, found = order.files[0], None
    with told(arrived):
        for letter, content in _answers(order):
            if letter == b"M":
                found = Description(**json.loads(content))
                yield found, {}
            elif letter == b"B" and found:
                yield found, _unpacked(content, found)


def _unpacked(content: bytes, found: Description) -> dict[str, Cells]:
    (size,) = struct.unpack(">Q", content[:8])
    head = json.loads(content[8 : 8 + size])
    rows, at = int(head["rows"]), 8 + size
    columns: dict[str, Cells] = {}
    for name, cells in zip(found.names, head["columns"], strict=True):
        if isinstance(cells, list):
            columns[name] = [str(one) if one else None for one in cells]
        else:
            values = np.frombuffer(content, "<f8", rows, at)
            columns[name] = Numbers(values=values, letters={int(row): str(one).lower() for row, one in cells.items()})
            at += 8 * rows
    return columns


def _answers(order: Order) -> Iterator[tuple[bytes, bytes]]:
    """What the child says, while it is given the bytes it asks for."""
    arrived = order.files[0]
    with ExitStack() as stack:
        streams = [stack.enter_context(one.open()) for one in order.files]
        child = stack.enter_context(_child())
        _tell(child, json.dumps({
            "reader": order.reader, "sizes": [one.size for one in order.files], "options": dict(order.options),
            "cells": CELLS,
        }).encode())  # fmt: skip
        while True:
            letter, content = _heard(child, arrived)
            match letter:
                case b"R":
                    number, offset, size = PIECE.unpack(content)
                    streams[number].seek(offset)
                    _tell(child, streams[number].read(min(size, LARGEST)))
                case b"D":
                    return
                case b"E":
                    raise _refused(arrived, content)
                case _:
                    yield letter, content


@contextmanager
def _child() -> Iterator[subprocess.Popen[bytes]]:
    """A child that ends with the reading, however that ends."""
    command = [sys.executable, "-I", "-m", CHILD]
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nothing, env={}) as child:  # noqa: S603 - our own module
        try:
            yield child
        finally:
            child.kill()


def _tell(child: subprocess.Popen[bytes], content: bytes) -> None:
    line = _line(child.stdin)
    line.write(FRAME.pack(b"A", len(content)) + content)
    line.flush()


def _heard(child: subprocess.Popen[bytes], arrived: Arrived) -> tuple[bytes, bytes]:
    """The next frame; a child that fell silent was brought down by the file."""
    line = _line(child.stdout)
    head = line.read(FRAME.size)
    if len(head) < FRAME.size:
        raise damaged(arrived)
    letter, size = FRAME.unpack(head)
    content = line.read(size) if size <= LARGEST else b""
    if len(content) < size:
        raise damaged(arrived)
    return letter, content


def _line(pipe: Any) -> BinaryIO:
    if pipe is None:  # pragma: no cover - both pipes were asked for
        raise BrokenPipeError
    line: BinaryIO = pipe
    return line


def _refused(arrived: Arrived, why: bytes) -> Exception:
    if why != b"encoding":
        return damaged(arrived)
    return cannot_use(
        say(
            "The texts of {file} cannot be read; name the encoding it was saved in, such as windows-1256.",
            file=arrived.base,
        ),
        arrived,
    )
