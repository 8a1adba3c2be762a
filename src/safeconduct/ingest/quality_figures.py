"""What is counted of one type of events on one day. For insiders: unreleased numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from safeconduct.model.quality import Source

HOURS = 24
Number = int | float


@dataclass(frozen=True, kw_only=True, repr=False)
class DayFigures:
    """Everything counted of a day of a type, in one version. Its `repr` shows no number.

    Attributes:
        source: Which day of which type.
        version: The partition's version.
        counts: By name, mostly FlowKit's; what the data set does not keep is `None`, never 0.
        hours: Events by hour of the day, 24 numbers.
        cells: Events and people by cell.
    """

    source: Source
    version: str
    counts: Mapping[str, Number | None] = field(hash=False)
    hours: tuple[int, ...] = (0,) * HOURS
    cells: Mapping[int, tuple[int, int]] = field(default_factory=dict, hash=False)

    def __repr__(self) -> str:
        """Which day."""
        return f"DayFigures({self.source.name!r})"

    def count(self, name: str) -> Number | None:
        """A number by name; `None` where it was not counted."""
        return self.counts.get(name)

    def to_tree(self) -> dict[str, object]:
        """As it is kept sealed."""
        return {
            "source": self.source.name,
            "version": self.version,
            "counts": dict(self.counts),
            "hours": list(self.hours),
            "cells": {str(cell): list(pair) for cell, pair in self.cells.items()},
        }

    @classmethod
    def of(cls, tree: Mapping[str, Any]) -> "DayFigures":
        """The figures of a tree that `to_tree` made."""
        return cls(
            source=Source.of(tree["source"]),
            version=tree["version"],
            counts=tree["counts"],
            hours=tuple(tree["hours"]),
            cells={int(cell): (pair[0], pair[1]) for cell, pair in tree["cells"].items()},
        )
