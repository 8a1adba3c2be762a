"""What leaves, as files with a signed manifest."""

import csv
import errno
import io
import json
import os
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from safeconduct.model.areas import AreaLevel
from safeconduct.model.days import Days
from safeconduct.model.errors import StoreFull, Tampered, Unreadable, Unsafe
from safeconduct.model.geography import Area, Geography
from safeconduct.query.kinds.daily_location import DailyLocation
from safeconduct.query.kinds.flows import Flows
from safeconduct.query.operations import Join
from safeconduct.release import sheets

SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [0, 1.5], [1, 1], [0, 0]]]}


def rows_of(exported):
    with (exported.folder / "answer.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def map_of(exported):
    tree = json.loads((exported.folder / "answer.geojson").read_bytes())
    return tree, {one["properties"]["code"]: one for one in tree["features"]}


def manifest_of(exported):
    return json.loads(exported.manifest_path.read_bytes())


def test_four_files_lie_in_a_folder_named_after_the_answer(write, release):
    """And nothing beside it."""
    exported = write(release)

    assert exported.folder.name == release.answer_id
    assert [path.name for path in exported.files] == ["answer.csv", "answer.geojson", "answer.xlsx"]
    assert [path.name for path in exported.folder.parent.iterdir()] == [release.answer_id]


def test_the_csv_has_a_header_a_status_a_reason_and_nothing_where_it_is_withheld(write, release):
    """An empty value is no zero; a known zero is one."""
    assert rows_of(write(release)) == [
        {"area": "A", "area_name": "Ñandé", "people": "20", "margin": "0", "status": "value", "reason": ""},
        {
            "area": "B",
            "area_name": "",
            "people": "",
            "margin": "",
            "status": "suppressed",
            "reason": "minimum_contributors",
        },
        {"area": "C", "area_name": "", "people": "", "margin": "", "status": "not_observed", "reason": "presentation"},
        {"area": "D", "area_name": "", "people": "0", "margin": "0", "status": "zero", "reason": "presentation"},
    ]


def test_the_workbook_has_the_answer_and_what_one_must_know(write, release):
    """Withheld cells are empty and hatched; texts are texts."""
    book = openpyxl.load_workbook(write(release).folder / "answer.xlsx")
    answer = [[cell.value for cell in row] for row in book["Answer"].iter_rows()]

    assert answer[0] == ["area", "area_name", "people", "margin", "status", "reason"]
    assert answer[2] == ["B", None, None, None, "suppressed", "minimum_contributors"]
    assert book["Answer"]["C3"].fill.patternType == "lightUp"
    assert book["Answer"]["C2"].fill.patternType is None
    said = [row[1].value for row in book["About"].iter_rows()]
    assert "A day starts at midnight in the time zone Africa/Maputo." in said
    assert release.answer_id in said


def test_the_map_has_shapes_and_null_where_it_is_withheld(write, release):
    """Status and reason beside it."""
    tree, areas = map_of(write(release))

    assert tree["type"] == "FeatureCollection"
    assert areas["A"]["geometry"] == SQUARE
    assert areas["A"]["properties"]["people"] == 20
    assert areas["B"]["properties"]["people"] is None
    assert areas["B"]["properties"]["status"] == "suppressed"
    assert areas["B"]["properties"]["parent"] == "P"


def test_a_map_of_days_has_a_property_a_day(world, write):
    """Days stand in the property's name."""
    days = Days(date(2026, 1, 6), date(2026, 1, 7))
    _, areas = map_of(write(world.release(world.daily(days), {(date(2026, 1, 7), "A"): 20})))

    assert areas["A"]["properties"]["people_2026-01-07"] == 20
    assert areas["A"]["properties"]["people_2026-01-06"] is None
    assert areas["A"]["properties"]["status_2026-01-06"] == "suppressed"


def test_a_map_of_movements_holds_told_values_only(world, write):
    """A withheld movement is in no map, and an unknown end is no area."""
    places = [DailyLocation(days=Days.one(date(2026, 1, day))) for day in (2, 3)]
    query = Flows(origin=places[0], destination=places[1], join=Join.FULL)
    exported = write(world.release(query, {("A", "B"): 20, ("B", "A"): 15, (None, "A"): 30}))
    tree, areas = map_of(exported)

    assert areas["A"]["properties"]["outflows"] == {"B": 20, "D": 0}
    assert areas["A"]["properties"]["inflows"] == {"D": 0}
    assert areas["B"]["properties"]["inflows"] == {"A": 20, "D": 0}
    assert "None" not in json.dumps(tree["features"])
    assert {"area_from": "", "area_to": "A"}.items() <= {
        key: value for row in rows_of(exported) if row["people"] == "30" for key, value in row.items()
    }.items()


def test_without_shapes_there_is_no_map(write, release):
    """The other files are there."""
    assert [path.name for path in write(release, boundaries=None).files] == ["answer.csv", "answer.xlsx"]


def test_a_sheet_that_would_be_too_long_is_left_out(write, release, monkeypatch):
    """The others hold everything."""
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)

    assert "answer.xlsx" not in [path.name for path in write(release).files]


def test_a_long_sheet_lists_what_is_told_and_says_so(write, release, monkeypatch):
    """The CSV lists everything."""
    monkeypatch.setattr(sheets, "LISTED_ROWS", 3)
    exported = write(release)
    book = openpyxl.load_workbook(exported.folder / "answer.xlsx")

    assert [row[0].value for row in book["Answer"].iter_rows()] == ["area", "A"]
    assert "This sheet lists told figures only" in " ".join(row[1].value for row in book["About"].iter_rows())
    assert len(rows_of(exported)) == 4


def test_two_who_export_at_the_same_moment_get_the_same_files(write, release):
    """One of them wrote them."""
    with ThreadPoolExecutor(4) as pool:
        exported = list(pool.map(lambda _: write(release), range(4)))

    assert len({one.manifest_path.read_bytes() for one in exported}) == 1
    assert [path.name for path in exported[0].folder.parent.iterdir()] == [release.answer_id]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_name_can_never_run_as_a_formula(world, write, name):
    """Not as a name, not as a code, in neither kind of sheet."""
    places = (Area(code=name, name=name, level=AreaLevel.DISTRICT), Area(code="A", name="A", level=AreaLevel.DISTRICT))
    geography = Geography("geo", {AreaLevel.DISTRICT: tuple(sorted(places, key=lambda one: one.code))})
    there = replace(world, facts=replace(world.facts, geography=geography))
    exported = write(there.release(there.seen(), {(name,): 20}), names={name: name})

    row = next(row for row in rows_of(exported) if row["people"] == "20")
    assert row["area"] == row["area_name"] == "'" + name
    book = openpyxl.load_workbook(exported.folder / "answer.xlsx")
    assert {cell.data_type for row in book["Answer"].iter_rows() for cell in row if cell.value} <= {"s", "n"}


def test_a_control_character_does_not_break_the_workbook(write, release):
    """It is left out."""
    book = openpyxl.load_workbook(write(release, names={"A": "x\x00\x1by"}).folder / "answer.xlsx")

    assert book["Answer"]["B2"].value == "xy"


def test_the_same_release_has_the_same_bytes(write, release, tmp_path):
    """Sheets too: no time of writing in them."""
    one, two = write(release), write(release, folder=tmp_path / "elsewhere")

    for path in (*one.files, one.manifest_path):
        assert path.read_bytes() == (two.folder / path.name).read_bytes()


def test_a_workbook_holds_no_time_but_that_of_the_decision(write, release):
    """Not in its properties, nor in the archive it is."""
    with zipfile.ZipFile(write(release).folder / "answer.xlsx") as book:
        core = book.read("docProps/core.xml").decode()
        times = {entry.date_time for entry in book.infolist()}

    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core)) == {"2026-02-01T12:30:00Z"}
    assert times == {(2026, 2, 1, 12, 30, 0)}


def test_exporting_again_changes_nothing(write, release):
    """Not even with a newer proof of inclusion."""
    first = write(release)
    before = {path.name: path.stat().st_mtime_ns for path in first.folder.iterdir()}

    assert write(release, inclusion={"index": 4, "size": 10, "root": "01", "path": []}) == first
    assert {path.name: path.stat().st_mtime_ns for path in first.folder.iterdir()} == before


def test_the_manifest_says_what_design_section_nine_lists(write, release):
    """Files, question, data, code, policy, plug-ins, checks, budget, reviewers, coverage, who answers, licence."""
    manifest = manifest_of(write(release))

    assert {one["name"] for one in manifest["files"]} == {"answer.csv", "answer.geojson", "answer.xlsx"}
    assert manifest["spec"] == release.provenance.spec
    assert manifest["spec_id"] == release.provenance.spec_id
    assert manifest["answer_id"] == release.answer_id
    assert manifest["data"]["version"] == release.provenance.data_version
    assert manifest["partitions"] == release.provenance.partitions
    assert manifest["geography"] == "geo"
    assert manifest["policy"]["name"] == "marks_only"
    assert manifest["plugins"]["kinds"] == ["unique_subscriber_counts"]
    assert {"name": "minimum_contributors", "minimum": 16} in manifest["checks"]
    assert manifest["cells"] == {"value": 1, "suppressed": 1, "zero": 1, "not_observed": 1, "refused": 0}
    assert manifest["rho"] is None
    assert manifest["reviewers"] == []
    assert manifest["accountable"] == "Data steward"
    assert manifest["licence"] == "For the project only"
    assert manifest["inclusion"]["index"] == 3
    assert manifest["training"] is False
    assert manifest["key"]["algorithm"] == "Ed25519"


def test_a_practice_release_is_marked_in_every_file(world, write):
    """And signed with a key that never verifies as real."""
    exported = write(world.release(world.seen(), {("A",): 20}, training=True))
    tree, areas = map_of(exported)
    book = openpyxl.load_workbook(exported.folder / "answer.xlsx")

    assert all(row["TRAINING"] == "TRAINING" for row in rows_of(exported))
    assert tree["TRAINING"]
    assert areas["A"]["properties"]["TRAINING"]
    assert book["Answer"]["G1"].value == book["Answer"]["G2"].value == book["About"]["A1"].value == "TRAINING"
    assert manifest_of(exported)["training"] is True


def test_practice_and_real_never_mix(world, write):
    """Neither a practice key for a real release nor the other way round; nothing is left behind."""
    for training, who in ((False, "practice"), (True, "real")):
        release = world.release(world.seen(), {("A",): 20}, training=training)
        with pytest.raises(Unsafe, match="practice"):
            write(release, who)


@pytest.mark.parametrize(
    "change",
    [
        lambda one: replace(one, table=one.table.having(people=[20, 3, None, 0])),
        lambda one: replace(one, training=True),
        lambda one: replace(one, digest="0" * 64),
        lambda one: replace(one, answer_id="../../etc"),
    ],
)
def test_an_altered_release_is_not_exported(write, release, change, tmp_path):
    """The digest is computed again before anything is written."""
    with pytest.raises(Tampered):
        write(change(release))

    assert not (tmp_path / "releases").exists()


def test_files_that_were_altered_are_not_handed_out_again(write, release):
    """Exporting again checks what lies there."""
    exported = write(release)
    (exported.folder / "answer.csv").write_text("area,people\nB,3\n", encoding="utf-8")

    with pytest.raises(Tampered, match="move their folder away"):
        write(release)


def test_another_decision_of_the_same_answer_does_not_hide_behind_its_folder(write, release, world):
    """Same id, another digest."""
    write(release)

    with pytest.raises(Tampered):
        write(world.release(world.seen(), {("A",): 21}))


def test_a_full_disk_leaves_nothing_behind(write, release, monkeypatch, tmp_path):
    """Neither a folder nor a part of one."""

    def full(_handle):
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreFull):
        write(release)

    assert list((tmp_path / "releases").iterdir()) == []


def test_a_folder_that_cannot_be_written_to_is_said_in_words(write, release, tmp_path):
    """Here it is a file."""
    (tmp_path / "releases").write_text("", encoding="utf-8")

    with pytest.raises(Unreadable, match="cannot be written to"):
        write(release)


def test_a_spreadsheet_reads_the_csv_as_one_table(write, release):
    """No byte order mark, no comment lines, one width."""
    content = (write(release).folder / "answer.csv").read_bytes()

    assert content.startswith(b"area,")
    assert {len(row) for row in csv.reader(io.StringIO(content.decode()))} == {6}
