"""A look at what an ingest would take in says the same of files as the ingest, and writes nothing."""

import gzip

import pytest

from safeconduct.ingest.looking import look
from safeconduct.ingest.source import Offer, Reach, opened_source
from safeconduct.model.errors import BadInput


def looked(world):
    offer = Offer(mapping=world.mapping, folder=world.files, reach=Reach(), digest_key=bytes(32))
    return look(opened_source(offer), world.files, known=world.page.knows)


def files(world):
    return {path: path.read_bytes() for path in world.folders.root.rglob("*") if path.is_file()}


def test_a_look_tells_new_known_and_broken_files_and_writes_nothing(world, row):
    """Before anything was taken in, and after."""
    world.calls([row(), row("2")])
    world.write("calls_2.csv.gz", gzip.compress(b"x")[:-4])
    before = files(world)
    first = looked(world)

    assert (first.files, first.rows, first.skipped_files, first.kept) == (1, 2, 0, 0)
    assert [(one.files, one.number) for one in first.failed] == [("calls_*.csv", 2)]
    assert files(world) == before
    world.take()
    assert (looked(world).files, looked(world).skipped_files) == (0, 1)


def test_what_stops_an_ingest_stops_a_look(world):
    """No file matches."""
    with pytest.raises(BadInput):
        looked(world)
