"""Reads files as an ingest would, without a site."""

import tomllib
from dataclasses import dataclass

import pytest

from safeconduct.ingest.adapter import adapter_for
from safeconduct.model.mapping import FileMapping

TREE = """
format = 1
dataset = "phone"
zone = "Africa/Maputo"
stamps = "utc"
[cells]
file = "cells.csv"
columns = {{ cell = "cell", lon = "lon", lat = "lat" }}
[areas]
admin3 = "admin3.geojson"
[events.calls]
files = "{files}"
{events}
"""


@dataclass(frozen=True)
class Read:
    """What became of a file.

    Attributes:
        rows: Those that could be read, by our fields.
        rejected: The others, as (reason, content).
        lines: The row of the file behind each of `rows`.
        time_formats: What the file itself says of its times.
    """

    rows: list[dict[str, str]]
    rejected: list[tuple[str, bytes]]
    lines: list[bytes]
    time_formats: set[str]


class Folder:
    """A folder with one file in it."""

    def __init__(self, path) -> None:
        self.path = path

    def layout(self, events, files="calls_*"):
        tree = tomllib.loads(TREE.format(events=events, files=files))
        return next(iter(FileMapping.from_tree(tree).events.values()))

    def chunks(self, events, name):
        layout = self.layout(events)
        reader = adapter_for(self.path / name, layout.format)
        reader.check(layout)
        return list(reader.chunks(self.path / name, layout))

    def read(self, events, content, name="calls_1.csv"):
        layout = self.layout(events)
        (self.path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        chunks = self.chunks(events, name)
        assert {tuple(chunk.table.column_names) for chunk in chunks} <= {(*layout.columns, *layout.constants)}
        return Read(
            rows=[row for chunk in chunks for row in chunk.table.to_pylist()],
            rejected=[(one.reason, one.content) for chunk in chunks for one in chunk.rejected],
            lines=[line for chunk in chunks for line in chunk.lines()],
            time_formats={chunk.time_format for chunk in chunks},
        )


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Made once: what is written there is written over."""
    return Folder(tmp_path_factory.mktemp("adapters"))
