"""Sightings of any source: who, when, where; a place is a site, an area, or a point of which the area is kept."""

import json
from datetime import date

import pytest

from safeconduct.ingest.looking import look
from safeconduct.ingest.mapping import read_mapping
from safeconduct.ingest.source import Offer, Reach, opened_source
from safeconduct.model.areas import AreaLevel
from safeconduct.model.errors import BadMapping
from safeconduct.model.sightings import Counted
from safeconduct.store.places import read_cells

JAN_5 = date(2026, 1, 5)
MARKER = "0.734519"
HEAD = """\
format = 1
schema = "sightings"
dataset = "phone"
zone = "Africa/Maputo"
counted = "{counted}"
places = "{places}"
{top}

[areas]
admin1 = "admin1.geojson"
admin2 = "admin2.geojson"
admin3 = "admin3.geojson"
"""
PLACE = """
[events.{kind}]
files = "{kind}_*.csv"
columns = {{ person = "WHO", time = "AT", place = "PLACE" }}
"""
POINT = """
[events.{kind}]
files = "{kind}_*.csv"
columns = {{ person = "WHO", time = "AT", lon = "X", lat = "Y" }}
"""
SITES = """
[sites]
file = "taps.csv"
columns = { site = "tap", lon = "x", lat = "y", last = "until" }
"""
TAPS = "tap,x,y,until\nt1,0.5,0.5,\nt2,2.5,0.5,2026-01-05\n"


def declare(world, *, counted: str = "card", places: str = "area", top: str = "", rest: str = "") -> None:
    """A mapping of sightings in place of the phone's."""
    world.write("mapping.toml", HEAD.format(counted=counted, places=places, top=top) + rest)


def where(world) -> list[list[str]]:
    """Codes of the communes in which each person was in the order of time, person by person, sorted."""
    manifest = world.manifest()
    cells = read_cells(world.folders.store, "phone", manifest.geography, world.keys)
    codes = dict(zip(cells["code"].to_pylist(), cells["area"].to_pylist(), strict=True))
    names = [area.code for area in world.records().geography.at(AreaLevel.COMMUNE)]
    found: dict[int, list[str]] = {}
    for person, _, cell in world.events()[JAN_5]:
        found.setdefault(person, []).append(names[codes[cell]])
    return sorted(found.values())


def test_a_sighting_at_a_site_is_where_the_site_is(world) -> None:
    """Sites are placed by a file of their own, with days in service."""
    world.write("taps.csv", TAPS)
    declare(world, places="site", rest=SITES + PLACE.format(kind="visit"))
    world.write("visit_1.csv", "WHO,AT,PLACE\nc1,2026-01-05 08:00:00,t1\nc1,2026-01-05 09:00:00,t2\n"
                               "c1,2026-01-06 09:00:00,t2\n")  # fmt: skip

    report = world.take()

    assert (report.kept, dict(report.rejected)) == (2, {"unknown_cell": 1})
    assert where(world) == [["A", "C"]]


def test_a_sighting_may_name_its_area(world) -> None:
    """No file of sites is needed, and every area counts as seen by the source."""
    declare(world, rest=PLACE.format(kind="visit"))
    world.write("visit_1.csv", "WHO,AT,PLACE\nc1,2026-01-05 08:00:00,B\nc2,2026-01-05 08:00:00,Z\n")

    report = world.take()

    assert (report.kept, dict(report.rejected)) == (1, {"unknown_cell": 1})
    assert where(world) == [["B"]]
    assert all(area.observed for area in world.records().geography.at(AreaLevel.COMMUNE))


def test_a_point_is_kept_as_its_area(world) -> None:
    """On a border it is the first area by code; outside, and where it is no number, the row does not fit."""
    declare(world, places="point", rest=POINT.format(kind="ping"))
    rows = ["a,2026-01-05 08:00:00,0.5,0.5", "a,2026-01-05 09:00:00,+1.0,0.5", "b,2026-01-05 08:00:00,3.2,1",
            "c,2026-01-05 08:00:00,7,0.5", "d,2026-01-05 08:00:00,east,0.5", "e,2026-01-05 08:00:00,,"]  # fmt: skip
    world.write("ping_1.csv", "\n".join(["WHO,AT,X,Y", *rows]) + "\n")

    offer = Offer(mapping=world.mapping, folder=world.files, reach=Reach(), digest_key=bytes(32))
    looked = look(opened_source(offer), world.files, opened=world.site())
    report = world.take()

    assert (looked.kept, looked.rejected, looked.first_day) == (report.kept, report.rejected, report.first_day)
    assert dict(report.rejected) == {"missing_cell": 1, "unknown_cell": 2}
    assert where(world) == [["A", "A"], ["E"]]


def test_nothing_of_a_point_that_fits_is_on_disk(world) -> None:
    """The store, spill and quarantine of good rows hold no digit of it; nor do the rows opened with the keys."""
    declare(world, places="point", rest=POINT.format(kind="ping"))
    world.write("ping_1.csv", f"WHO,AT,X,Y\nmarker-person,2026-01-05 08:00:00,{MARKER},0.5\n")

    world.take()

    assert world.events("*") == {JAN_5: [(0, 28_800, 0, None, None, None, 1)]}  # the last is the file's number
    cells = read_cells(world.folders.store, "phone", world.manifest().geography, world.keys).to_pylist()
    assert MARKER not in json.dumps(cells, default=str)
    content = b"".join(path.read_bytes() for path in world.folders.root.rglob("*") if path.is_file())
    assert MARKER.encode() not in content
    assert b"marker-person" not in content


def test_files_called_differently_are_sightings_alike(world) -> None:
    """What an owner calls them tells files apart; nobody can ask about one of them alone."""
    declare(world, rest=PLACE.format(kind="visit") + PLACE.format(kind="trip"))
    world.write("visit_1.csv", "WHO,AT,PLACE\nc1,2026-01-05 08:00:00,A\n")
    world.write("trip_1.csv", "WHO,AT,PLACE\nc1,2026-01-05 09:00:00,B\n")

    world.take()

    assert [one.name for one in world.manifest().partitions] == ["sightings/2026-01-05"]
    assert where(world) == [["A", "B"]]


def test_cards_are_told_apart_by_every_character(world) -> None:
    """What is one spelling of a telephone number is another card."""
    declare(world, rest=PLACE.format(kind="visit"))
    cards = ["0042", "42", "+42", " 42 ", "null"]
    world.write("visit_1.csv", "\n".join(["WHO,AT,PLACE", *(f"{one},2026-01-05 08:00:00,A" for one in cards)]) + "\n")

    report = world.take()

    assert (world.people(), dict(report.rejected)) == (3, {"missing_person": 1})


def test_what_is_counted_stays(world) -> None:
    """A data set says once whom a code stands for; its manifest keeps it."""
    declare(world, counted="device", rest=PLACE.format(kind="visit"))
    world.write("visit_1.csv", "WHO,AT,PLACE\nc1,2026-01-05 08:00:00,A\n")
    world.take()
    assert world.manifest().counted is Counted.DEVICE
    declare(world, counted="card", rest=PLACE.format(kind="visit"))

    with pytest.raises(BadMapping, match="what a data set counts cannot change"):
        world.take()


def test_a_phone_manifest_says_nothing_new(world, row) -> None:
    """Versions of before keep their ids: what they count stands nowhere in them."""
    world.calls([row()])
    world.take()

    path = world.folders.store / "phone" / "manifests" / f"{world.manifest().id}.json"

    assert "counted" not in json.loads(path.read_bytes())
    assert world.manifest().counted is Counted.SUBSCRIBER


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"counted": "somebody"}, "counted is one of"),
        ({"counted": "subscriber"}, "sightings count a person, card, household or device"),
        ({"places": "tower"}, "places is one of site, area, point"),
        ({"rest": SITES + PLACE.format(kind="visit")}, r"\[sites\] goes with places = 'site' only"),
        ({"places": "site"}, r"needs a \[sites\] table"),
        ({"rest": PLACE.format(kind="Visit")}, "lower-case word"),
        ({"rest": POINT.format(kind="visit")}, "does not know lat, lon"),
        ({"places": "point", "rest": PLACE.format(kind="visit")}, "does not know place"),
        ({"rest": PLACE.format(kind="visit") + 'direction = { outgoing = "x" }'}, "does not know direction"),
        ({"top": "[identifiers]\nimsi = 'drop'"}, "does not know identifiers"),
        ({"top": "[cells]\nfile = 'x'"}, "does not know cells"),
    ],
)
def test_a_mapping_of_sightings_says_what_it_does_not_know(world, how, says) -> None:
    how = how if "rest" in how else how | {"rest": PLACE.format(kind="visit")}
    declare(world, **how)

    with pytest.raises(BadMapping, match=says):
        read_mapping(world.files / "mapping.toml")


@pytest.mark.parametrize("key", ["counted = 'card'", "places = 'area'", "[sites]\nfile = 'x'"])
def test_a_mapping_of_phone_records_has_none_of_it(world, key) -> None:
    world.map(top=key)

    with pytest.raises(BadMapping, match="it does not know"):
        read_mapping(world.files / "mapping.toml")


def test_phone_records_have_no_files_of_sightings(world) -> None:
    world.write("mapping.toml", (world.files / "mapping.toml").read_text().replace("events.calls", "events.sightings"))

    with pytest.raises(BadMapping, match="go with schema = 'sightings'"):
        read_mapping(world.files / "mapping.toml")
