"""Cells stand on areas; a new geography moves them without renumbering them."""

from datetime import date

import pytest

from safeconduct.ingest.geography import register
from safeconduct.model.areas import AreaLevel
from safeconduct.model.errors import BadInput, BadMapping
from safeconduct.store.places import read_boundaries, read_cells, read_findings, read_geography


def made(world, previous: str | None = None) -> str:
    return register(world.mapping, world.files, store=world.folders.store, keys=world.keys, previous=previous)


def cells(world, version: str) -> list[tuple]:
    rows = read_cells(world.folders.store, "phone", version, world.keys).to_pylist()
    return [(row["code"], row["id"], row["area"], row["area_admin2"]) for row in rows]


def test_cells_are_put_on_the_area_they_stand_in_at_every_level(world) -> None:
    """A version of a cell is a code; one at sea stands nowhere."""
    assert cells(world, made(world)) == [
        (0, "a1", 0, 0),
        (1, "b1", 1, 0),
        (2, "b1", 2, 1),
        (3, "c1", 2, 1),
        (4, "sea", None, None),
    ]


def test_areas_know_the_one_they_lie_in_and_whether_a_cell_stands_in_them(world) -> None:
    geography = read_geography(world.folders.store, "phone", made(world))

    assert [(area.code, area.parent, area.observed) for area in geography.at(AreaLevel.COMMUNE)] == [
        ("A", "D1", True),
        ("B", "D1", True),
        ("C", "D2", True),
        ("E", "D2", False),
    ]
    assert [(area.code, area.parent) for area in geography.at(AreaLevel.SITE)] == [
        ("A", "A"), ("B", "C"), ("C", "C"), ("S", ""),
    ]  # fmt: skip


def test_a_parent_named_in_the_file_is_believed(world) -> None:
    world.areas({"admin3": [("A", 0, 1), ("B", 1, 1)]}, parent="D2")

    geography = read_geography(world.folders.store, "phone", made(world))

    assert {area.parent for area in geography.at(AreaLevel.COMMUNE)} == {"D2"}


def test_boundaries_come_back_with_our_properties_in_the_order_of_the_areas(world) -> None:
    world.areas({"admin3": [("B", 1, 1), ("A", 0, 1)]}, uninhabited=True)

    tree = read_boundaries(world.folders.store, "phone", made(world), AreaLevel.COMMUNE)

    assert [feature["properties"] for feature in tree["features"]] == [
        {"code": "A", "name": "A", "parent": "D1", "uninhabited": True},
        {"code": "B", "name": "B", "parent": "D1", "uninhabited": True},
    ]


def test_the_same_files_make_the_same_geography(world) -> None:
    first = made(world)

    assert made(world, first) == first


def test_a_new_geography_keeps_codes_and_appends(world) -> None:
    """Also of cells the new file no longer has: events are on them."""
    first = made(world)
    world.write("cells.csv", "cell,site,lon,lat,first,last\na0,A,1.5,0.5,,\na1,A,1.5,0.5,2026-01-01,2026-12-31\n")

    assert cells(world, made(world, first)) == [
        (0, "a1", 1, 0),
        (1, "b1", 1, 0),
        (2, "b1", 2, 1),
        (3, "c1", 2, 1),
        (4, "sea", None, None),
        (5, "a0", 1, 0),
    ]


def test_a_new_geography_makes_every_rollup_anew_in_the_commit_that_names_it(world, row) -> None:
    """No question ever sees old rollups with new places."""
    world.calls([row()])
    world.take()
    assert [rows[0][1] for rows in world.rollups().values()] == [0]
    world.write("cells.csv", "cell,site,lon,lat,first,last\na1,A,3.5,0.5,2026-01-01,2026-12-31\n")

    report = world.take()

    assert (report.files, report.skipped_files) == (0, 1)
    assert [rows[0][1] for rows in world.rollups().values()] == [3]
    assert world.commits[1].manifest.geography != world.commits[0].manifest.geography
    before, after = (commit.manifest.versions([date(2026, 1, 5)], ["calls"]) for commit in world.commits)
    assert before == after, "the events are the same"


def test_a_cell_the_new_file_no_longer_has_takes_no_new_events(world, row) -> None:
    world.calls([row()])
    world.take()
    world.write("cells.csv", "cell,site,lon,lat,first,last\nc1,C,2.5,0.5,,\n")
    world.calls([row("2"), row("3", cell="c1")], "calls_2.csv")

    assert dict(world.take().rejected) == {"unknown_cell": 1}


@pytest.mark.parametrize(
    ("line", "content"),
    [
        (3, "a,A,0.5,0.5,2026-01-01,2026-01-31\na,A,0.5,0.5,2026-01-31,\n"),
        (2, "a,A,0.5,east,,\n"),
        (3, "a,A,0.5,0.5,,\nb,A,181,0,,\n"),
        (2, "a,A,0.5,0.5,31/01/2026,\n"),
        (2, "a,A,0.5,0.5,2026-02-01,2026-01-01\n"),
        (2, ",A,0.5,0.5,,\n"),
        (2, "a,A,nan,0.5,,\n"),
        (2, "a" * 200_000 + ",A,0.5,0.5,,\n"),
    ],
)
def test_a_wrong_line_of_the_cells_file_is_named_by_its_number(world, line, content) -> None:
    """And by no value of it."""
    world.write("cells.csv", "cell,site,lon,lat,first,last\n" + content)

    with pytest.raises(BadInput, match=f"line {line} of the cells file") as caught:
        made(world)

    assert "east" not in str(caught.value)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("{", "not GeoJSON"),
        (
            '{"features": [{"properties": {"pcod": "A"}, "geometry": {"type": "Point", "coordinates": [0, 0]}}]}',
            "polygons",
        ),
        ('{"features": [{"properties": {"other": "A"}, "geometry": null}]}', "no property pcod"),
        ('{"features": []}', "there must be one"),
    ],
)
def test_a_wrong_boundary_file_is_told_by_its_level(world, wrong, message) -> None:
    world.write("admin3.geojson", wrong)

    with pytest.raises(BadInput, match=f"admin3.*{message}|{message}"):
        made(world)


def test_a_mapping_without_communes_is_refused(world) -> None:
    text = (world.files / "mapping.toml").read_text().replace('admin3 = "admin3.geojson"\n', "")
    world.write("mapping.toml", text)

    with pytest.raises(BadMapping, match="admin3"):
        made(world)


def test_areas_nested_two_levels_up_are_reached_by_their_parents(world, row) -> None:
    world.calls([row()])
    world.take()

    assert world.records().commune_areas(AreaLevel.PROVINCE).to_pylist() == [
        {"commune": 0, "area": 0}, {"commune": 1, "area": 0}, {"commune": 2, "area": 1}, {"commune": 3, "area": 1},
    ]  # fmt: skip


def test_what_was_wrong_with_boundaries_is_reported_and_kept_with_the_geography(world, row) -> None:
    """Also when the same files are registered again."""
    world.areas({"admin3": [("A", 0, 2), ("B", 1, 1), ("C", 2, 1), ("E", 3, 1)]})
    world.calls([row()])

    report = world.take()

    told = [(str(one.kind), str(one.level), one.code, one.neighbour, str(one.done), one.percent)
            for one in report.boundaries]  # fmt: skip
    assert told == [("overlap", "admin3", "B", "A", "kept", 100.0)]
    assert read_findings(world.folders.store, "phone", world.manifest().geography) == report.boundaries
    assert world.take().boundaries == report.boundaries
