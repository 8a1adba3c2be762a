"""A data set has one geography at a time: another mapping, or files of before, do not take its place unnoticed.

Each change of geography makes every sum and every answer anew. Two mappings that feed one data set, each with cells of
its own, would swap it at every ingest, and the same question would be answered, and blurred, again and again.
"""

from pathlib import Path

from safeconduct.model.canonical import digest
from safeconduct.model.errors import BadMapping
from safeconduct.model.mapping import FileMapping
from safeconduct.model.text import say
from safeconduct.store.places import GroundNote, read_ground, write_ground

ANOTHER = say(
    "another mapping made the geography of this data set; bring the cells and areas of both in the same files, take "
    "these records into a data set of their own, or say that this geography takes the place of the other"
)
MOST = 1_000
"""Geographies of before that are remembered."""
BACK = say(
    "this data set had these cells and areas before, and others took their place; bring the newer files, or say that "
    "this geography takes the place of the other"
)


def declared(mapping: FileMapping, *, from_database: bool) -> str:
    """Digest of what a mapping says of cells and areas: files, columns and properties, or which database."""
    if from_database:
        return digest([mapping.source.kind, mapping.source.connection])
    return digest({
        "cells": [mapping.cells_file, dict(mapping.cells)],
        "areas": {str(level): file for level, file in mapping.boundaries.items()},
        "properties": [mapping.code, mapping.name],
        "given": mapping.given.value,
    })  # fmt: skip


def hold_ground(made: str, before: str | None, *, store: Path, dataset: str, said: str, new: bool) -> None:
    """Hold a mapping to the geography its data set has, and note who made the one that it has from now on.

    Args:
        made: Id of the geography the mapping's files make.
        before: Id of the data set's geography so far, `None` for the first.
        store: The store's folder.
        dataset: Name of the data set.
        said: What the mapping says of cells and areas, as `declared` tells it.
        new: Somebody said that this geography takes the place of the other.

    Raises:
        BadMapping: Another mapping made the geography, or the data set had this one before.
    """
    if before == made:
        return
    note = None if before is None else read_ground(store, dataset, before)
    if note is not None and not new and note.declared != said:
        raise BadMapping(ANOTHER, field="areas")
    replaced = () if note is None else note.replaced
    if made in replaced and not new:
        raise BadMapping(BACK, field="areas")
    kept = [one for one in (*replaced, *([before] if before else [])) if one != made]
    write_ground(store, dataset, made, GroundNote(declared=said, replaced=tuple(kept[-MOST:])))
