"""The record of use as a file: one JSON line an event, with the hash it had, and one a checkpoint."""

import errno
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Select, select

from safeconduct.ledger import tables
from safeconduct.model.canonical import Json, canonical
from safeconduct.model.errors import BrokenPromise, StoreFull, WrongState
from safeconduct.model.text import say

PAGE = 1000
"""How many events are read at once."""


def leaves(start: int, end: int) -> Select[Any]:
    """Number, text and kept hash of the events from `start` up to, not including, `end`."""
    event, node = tables.event, tables.node
    return (
        select(event.c.number, event.c.leaf, node.c.hash)
        .join(node, (node.c.level == 0) & (node.c.position == event.c.number))
        .where(event.c.number >= start, event.c.number < end)
        .order_by(event.c.number)
    )


def event_line(leaf: str, kept: bytes) -> str:
    """The line of an event; the hash is the one kept when it happened, not one made now."""
    return f'{{"event":{leaf},"hash":"{kept.hex()}"}}'


def checkpoint_line(signed: Mapping[str, Json]) -> str:
    """The line of a checkpoint."""
    return canonical({"checkpoint": signed})


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write a new file, or none.

    Raises:
        WrongState: The file is there already.
        StoreFull: The disk is full.
        BrokenPromise: The file cannot be written for another reason.
    """
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            _fill(path, file.write, lines)
    except FileExistsError:
        raise WrongState(say("there is a file of that name already; choose another name"), field="path") from None
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise StoreFull(say("the disk is full; make room or choose another place"), field="path") from None
        raise BrokenPromise(say("the file cannot be written there; choose another place"), field="path") from None


def _fill(path: Path, write: Any, lines: Iterable[str]) -> None:
    try:
        for line in lines:
            write(line + "\n")
    except BaseException:
        path.unlink()
        raise
