"""A file is taken in whatever its name is made of; nobody's bytes keep the files beside it out."""

import gzip
import os
from pathlib import Path

import pytest

NAMES = {
    "no text": b"calls_\xff\xfe.csv",
    "two lines": b"calls_new\nline.csv",
    "written from the right": "calls_\u202efdp.csv".encode(),
    "as long as names may be": b"calls_" + b"x" * 245 + b".csv",
    "a command": b"calls_$(id);'\".csv",
    "no text, compressed": b"calls_\xff.csv.gz",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=list(NAMES))
def test_it_is_taken_in_once_and_one_beside_it_too(world, row, name: bytes) -> None:
    mapping = world.files / "mapping.toml"
    mapping.write_text(mapping.read_text().replace("calls_*.csv", "calls_*"))
    plain = world.calls([row("1"), row("2")], "calls_0.csv")
    content = plain.read_bytes()
    plain.rename(os.fsdecode(os.fsencode(plain.parent) + b"/" + name))
    there = Path(os.fsdecode(os.fsencode(plain.parent) + b"/" + name))
    there.write_bytes(gzip.compress(content) if name.endswith(b".gz") else content)
    world.calls([row("3")], "calls_1.csv")
    report = world.take()

    assert (report.files, report.kept, report.failed) == (2, 3, ())
    assert world.take().skipped_files == 2
