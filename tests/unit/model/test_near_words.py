"""A word of a mapping that is not known is named when it is refused, with known ones that look like it."""

import tomllib

import pytest

from safeconduct.model.errors import BadMapping
from safeconduct.model.mapping import FileMapping

MAPPING = """
format = 1
dataset = "phone"
zone = "Africa/Maputo"
[cells]
file = "cells.csv"
columns = { cell = "cell", lon = "lon", lat = "lat" }
[areas]
admin3 = "admin3.geojson"
[events.calls]
files = "calls_*.csv"
columns = { person = "MSISDN", time = "TIME", cell = "CELL" }
"""


def refused(old: str, new: str) -> str:
    with pytest.raises(BadMapping) as told:
        FileMapping.from_tree(tomllib.loads(MAPPING.replace(old, new)))
    return str(told.value)


@pytest.mark.parametrize(("zone", "meant"), [
    ("Africa/Maputu", "Africa/Maputo"), ("africa/maputo", "Africa/Maputo"), ("Maputo", "Africa/Maputo"),
    ("Addis Ababa", "Africa/Addis_Ababa"), ("Asia/Calcuta", "Asia/Calcutta"),
])  # fmt: skip
def test_a_zone_that_is_none_is_named_with_those_that_look_like_it(zone: str, meant: str) -> None:
    """It said only that a zone is an IANA name: of ten lines nobody knew which."""
    said = refused("Africa/Maputo", zone)

    assert f"no time zone '{zone}'" in said
    assert meant in said.partition("did you mean")[2]


def test_a_zone_like_no_other_is_named_with_an_example() -> None:
    assert refused("Africa/Maputo", "CAT+2!") == (
        "there is no time zone 'CAT+2!'; a zone is an IANA name, such as 'Africa/Maputo'"
    )


def test_a_zone_of_some_cells_is_named_too() -> None:
    assert "'Africa/Maputoo'" in refused("[cells]", '[zones]\nnorth = "Africa/Maputoo"\n[cells]')


@pytest.mark.parametrize(("old", "new", "word", "meant"), [
    ("[events.calls]", "[events.call]", "call", "calls"),
    ("admin3 =", "admn3 =", "admn3", "admin3"),
    ("[cells]", 'stamps = "UTCC"\n[cells]', "UTCC", "utc"),
    ('files = "calls', 'same_name = "replaced"\nfiles = "calls', "replaced", "replace"),
    ('files = "calls', 'duplicates = "dropp"\nfiles = "calls', "dropp", "drop"),
    ('files = "calls', 'encoding = "utf8"\nfiles = "calls', "utf8", "utf-8"),
    ("[cells]", '[identifiers]\nimsi = "pseudonymize"\n[cells]', "pseudonymize", "pseudonymise"),
    ("[cells]", '[source]\ncomplete = "marked"\n[cells]', "marked", "marker"),
])  # fmt: skip
def test_a_word_that_is_none_of_those_known_is_named(old: str, new: str, word: str, meant: str) -> None:
    said = refused(old, new)

    assert f"it cannot be '{word}'" in said
    assert meant in said.partition("did you mean")[2]


def test_a_long_word_is_cut() -> None:
    """Somebody may have pasted a whole file where a word belongs."""
    assert len(refused('files = "calls', f'same_name = "{"x" * 4_000}"\nfiles = "calls')) < 200
