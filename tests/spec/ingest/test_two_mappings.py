"""Two mappings that feed one data set: its geography is one, and nobody swaps it unnoticed."""

from dataclasses import replace

import pytest

from safeconduct.ingest.run import IngestSite, ingest
from safeconduct.model.errors import BadMapping

MORE = "cell,site,lon,lat,first,last\nd1,D,0.5,0.5,,\n"


def fed(world, *, cells: str = "cells.csv", new: bool = False):
    """Take in what there is with the cells of a file."""
    site = IngestSite(folders=world.folders, keys=world.keys, manifest=world.manifest(), known=world.page.knows,
                      memory_mb=256, threads=1, new_geography=new, named=world.page.current)  # fmt: skip
    return ingest(replace(world.mapping, cells_file=cells), world.files, opened=site, commit=world.page.commit)


def geography(world) -> str:
    return world.manifest().geography


@pytest.fixture
def twice(world, row):
    """A data set with calls, and a second mapping's cells beside it."""
    world.calls([row("1")])
    fed(world)
    world.write("others.csv", MORE)
    world.calls([row("2", "2026-01-06 10:00:00")], "calls_2.csv")
    return world


def test_another_mapping_does_not_swap_the_geography(twice) -> None:
    """It would leave the first one's cells without a day to serve on, and every answer would be made anew."""
    before = twice.manifest()
    with pytest.raises(BadMapping, match="another mapping made the geography"):
        fed(twice, cells="others.csv")

    assert twice.manifest() == before
    fed(twice)
    assert geography(twice) == before.geography
    assert twice.people() == 2


def test_the_same_cells_in_another_file_are_the_same_geography(twice) -> None:
    """What counts is what the files hold."""
    twice.write("others.csv", (twice.files / "cells.csv").read_text())
    before = geography(twice)
    fed(twice, cells="others.csv")

    assert geography(twice) == before
    assert twice.people() == 2


def test_somebody_may_say_that_it_takes_the_place_of_the_other(twice) -> None:
    """From then on the first mapping is the one that must say so; rows on cells that serve no more are rejected."""
    before = geography(twice)
    fed(twice, cells="others.csv", new=True)
    assert geography(twice) != before
    with pytest.raises(BadMapping, match="another mapping made the geography"):
        fed(twice)
    fed(twice, new=True)
    fed(twice)

    assert geography(twice) != before
    assert twice.people() == 1


def test_newer_cells_of_the_same_mapping_need_no_word(twice) -> None:
    """An operator's list of cells changes every week."""
    before = geography(twice)
    with (twice.files / "cells.csv").open("a") as cells:
        cells.write("d1,D,0.5,0.5,,\n")
    fed(twice)

    assert geography(twice) != before


def test_the_same_names_with_the_cells_of_before_are_noticed(twice) -> None:
    """Two folders with files of the same names, taken in by turns."""
    old = (twice.files / "cells.csv").read_text()
    before = geography(twice)
    twice.write("cells.csv", old + "d1,D,0.5,0.5,,\n")
    fed(twice)
    between = geography(twice)
    twice.write("cells.csv", old)
    fed(twice)  # the new cell is known from now on, without a day to serve on
    twice.write("cells.csv", old + "d1,D,0.5,0.5,,\n")
    with pytest.raises(BadMapping, match="had these cells and areas before"):
        fed(twice)

    assert before != between != geography(twice)
    fed(twice, new=True)
    assert geography(twice) == between


def test_a_data_set_from_before_this_was_noted_goes_on(twice) -> None:
    """Whoever made its geography: it is noted from the next change on."""
    for note in (twice.folders.store / "phone" / "geography").rglob("ground.json"):
        note.unlink()
    fed(twice, cells="others.csv")
    with pytest.raises(BadMapping):
        fed(twice)
