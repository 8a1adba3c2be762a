"""From an upload to the store: everything that may be kept, nothing that says who somebody is."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safeconduct.engines.tables import table
from safeconduct.ingest.arriving import ArrivalSite, Kept, Staged, discard, keep, reopen, stage
from safeconduct.ingest.arriving_codes import coded_columns, record_codes, spelt
from safeconduct.ingest.survey import Arrived, Contents, ReadTable
from safeconduct.ingest.survey import read as read_survey
from safeconduct.keys.provider import FileKeys
from safeconduct.model.errors import BadInput, BrokenPromise, Cancelled, NotFound, Tampered, Unreadable, WrongState
from safeconduct.model.microdata import (
    ARROW,
    RECORD,
    Category,
    DataFile,
    Variable,
    VariableRole,
    VariableType,
    missing_column,
)
from safeconduct.model.recipe import Step
from safeconduct.store.microdata import Microdata, MicrodataManifest, MicrodataRecords
from safeconduct.store.uploads import Uploads

KEYS = FileKeys(False, bytes(32))
MARKER = "Zanele MARKER Dlamini"
R = VariableRole
HOUSEHOLDS = {"hhid": ["h7", "h3", "h5"], "district": ["N", "S", "S"], "phone": ["0700", "0701", MARKER]}
MEMBERS = {
    "hhid": ["h3", "h3", "h5", "h7"], "pid": [1, 2, 1, 1], "name": [MARKER, "b", "c", "d"], "age": [30, None, 5, 61],
    "remarks": ["none", f"ask {MARKER[:6]}", "", None],
}  # fmt: skip
ROLES = {
    "households": {"hhid": R.HOUSEHOLD, "district": R.GEOGRAPHY, "phone": R.DIRECT},
    "members": {"hhid": R.HOUSEHOLD, "pid": R.OTHER, "name": R.DIRECT, "age": R.QUASI, "remarks": R.FREE_TEXT},
}


def variable(name: str, values: list[object]) -> Variable:
    whole = all(value is None or isinstance(value, int) for value in values)
    return Variable(name=name, type=VariableType.INTEGER if whole else VariableType.TEXT)


def described(name: str, columns: dict[str, list[object]], **more) -> DataFile:
    return DataFile(name=name, variables=tuple(variable(*one) for one in columns.items()), **more)


def read_table(file: DataFile, columns: dict[str, list[object]], *, batch: int = 2) -> ReadTable:
    types = [ARROW[file[name].type] if name in file else pa.string() for name in columns]
    arrays = [pa.array(values, kind) for values, kind in zip(columns.values(), types, strict=True)]
    arrow = pa.table(arrays, list(columns))
    return ReadTable(file=file, batches=lambda: iter(arrow.to_batches(max_chunksize=batch)))


def survey(households=HOUSEHOLDS, members=MEMBERS, **more) -> Contents:
    top = described("households", households, key=("hhid",))
    below = described("members", members, key=("hhid", "pid"), parent="households", link=("hhid",), **more)
    return Contents(tables=(read_table(top, households), read_table(below, members)), format="made")


def alone(file: DataFile, columns: dict[str, list[object]]) -> Contents:
    return Contents(tables=(read_table(file, columns, batch=64),), format="made")


@pytest.fixture
def opened(tmp_path) -> ArrivalSite:
    return ArrivalSite(dataset="survey", intake=tmp_path / "intake", store=tmp_path / "store", keys=KEYS)


@pytest.fixture
def staged(opened) -> Staged:
    return stage(survey(), opened=opened)


def rows(opened: ArrivalSite, kept: Kept, file: str) -> list[dict[str, object]]:
    records = MicrodataRecords(store=opened.store, manifest=kept.manifest, keys=opened.keys)
    names = kept.manifest.stored(file).file.names
    return table(records, file, names, memory_mb=64).rows()


def files_under(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.name not in {".lock", "lock"}]


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in files_under(folder))


def test_what_is_staged_is_what_arrived(staged, opened) -> None:
    again = reopen(staged.manifest.id, opened=opened)

    assert {name: one.arrow.to_pydict() for name, one in again.tables().items()} == {
        "households": HOUSEHOLDS,
        "members": MEMBERS,
    }
    assert again.rows("members") == 4
    assert again.files == tuple(one.file for one in survey().tables)


def test_staging_again_replaces_what_was_staged(staged, opened) -> None:
    stage(survey(households={**HOUSEHOLDS, "district": ["S", "S", "S"]}), opened=opened)

    with pytest.raises(NotFound):
        reopen(staged.manifest.id, opened=opened)


@pytest.mark.parametrize(("count", "most"), [(1000, 10), (1000, 999), (7, 3), (7, 7), (7, 100), (0, 5), (100_003, 50)])
def test_a_sample_is_drawn_evenly(opened, count, most) -> None:
    columns = {"n": list(range(count))}
    made = stage(
        Contents(tables=(read_table(described("t", columns), columns, batch=64),), format="made"), opened=opened
    )
    drawn = made.sample("t", most=most).column("n").to_pylist()

    assert len(drawn) == min(count, most)
    steps = {after - before for before, after in pairwise(drawn)}
    assert max(steps, default=1) - min(steps, default=1) <= 1


def test_a_type_that_is_not_as_described_stops_and_leaves_nothing(opened) -> None:
    lies = described("t", {"age": ["x"]})
    wrong = ReadTable(file=lies, batches=lambda: iter([pa.record_batch({"age": pa.array([1])})]))

    with pytest.raises(BadInput, match="age"):
        stage(Contents(tables=(survey().tables[0], wrong), format="made"), opened=opened)
    assert files_under(opened.intake) == []


def test_a_file_that_breaks_off_leaves_nothing(opened) -> None:
    def breaking() -> Iterator[pa.RecordBatch]:
        yield from survey().tables[1].batches()
        raise Unreadable("members.dta is cut short; copy it again")

    broken = replace(survey().tables[1], batches=breaking)
    with pytest.raises(Unreadable, match="cut short"):
        stage(Contents(tables=(survey().tables[0], broken), format="made"), opened=opened)
    assert files_under(opened.intake) == []


@pytest.mark.parametrize("when", [0, 1, 3])
def test_staging_stops_when_somebody_asks(opened, when) -> None:
    asked = iter(range(100))

    with pytest.raises(Cancelled):
        stage(survey(), opened=opened, cancelled=lambda: next(asked) >= when)
    assert files_under(opened.intake) == []


def test_progress_counts_tables_never_rows(opened) -> None:
    told = []
    stage(survey(), opened=opened, progress=lambda *step: told.append(step))

    assert told == [("stage", 0, 2), ("stage", 1, 2), ("stage", 2, 2)]


def test_an_undecided_column_blocks_and_is_named(staged) -> None:
    roles = {"households": ROLES["households"], "members": {"age": R.QUASI}}

    with pytest.raises(WrongState, match=r"members\.hhid, members\.pid, members\.name, members\.remarks"):
        keep(staged, roles=roles)


def test_direct_identifiers_stay_behind_and_the_rest_is_kept(staged, opened) -> None:
    kept = keep(staged, roles=ROLES)

    assert [one.file.names for one in kept.manifest.files] == [("hhid", "district"), ("hhid", "pid", "age", "remarks")]
    assert [row["age"] for row in rows(opened, kept, "members")] == MEMBERS["age"]
    assert [row["remarks"] for row in rows(opened, kept, "members")] == MEMBERS["remarks"]
    assert kept.manifest.roles["members"] == {name: role for name, role in ROLES["members"].items() if name != "name"}


def test_households_have_one_code_in_every_table(staged, opened) -> None:
    kept = keep(staged, roles=ROLES)
    code = dict(zip(HOUSEHOLDS["hhid"], (row["hhid"] for row in rows(opened, kept, "households")), strict=True))

    assert sorted(code.values()) == [0, 1, 2]
    assert [row["hhid"] for row in rows(opened, kept, "members")] == [code[one] for one in MEMBERS["hhid"]]
    file = kept.manifest.stored("members").file
    assert (file["hhid"].type, file.link, file.key, file.parent) == (
        VariableType.INTEGER, ("hhid",), ("hhid", "pid"), "households",
    )  # fmt: skip


def test_a_later_version_has_the_same_codes(staged, opened) -> None:
    """A new wave brings new households and leaves some out, in another order."""
    first = keep(staged, roles=ROLES)
    more = {
        name: [values[2], values[0], new]
        for (name, values), new in zip(HOUSEHOLDS.items(), ["h9", "N", "x"], strict=True)
    }
    second = keep(stage(survey(households=more), opened=opened), roles=ROLES, previous=first.manifest)
    one, two = rows(opened, first, "households"), rows(opened, second, "households")

    assert [row["hhid"] for row in two] == [one[2]["hhid"], one[0]["hhid"], 3]
    assert [row[RECORD] for row in two][:2] == [one[2][RECORD], one[0][RECORD]]
    assert second.manifest.previous == first.manifest.id
    assert rows(opened, second, "members") == rows(opened, first, "members")


def test_records_without_a_key_are_told_by_their_place(opened) -> None:
    made = stage(alone(described("t", {"a": [5, 5]}), {"a": [5, 5]}), opened=opened)
    kept = keep(made, roles={"t": {"a": R.OTHER}})

    assert [row[RECORD] for row in rows(opened, kept, "t")] == [0, 1]
    assert kept.manifest.stored("t").by_position


@pytest.mark.parametrize("pids", [[1, 1, 1, 1], [1, None, 1, 1]])
def test_a_key_that_does_not_tell_rows_apart_is_no_key(opened, pids) -> None:
    kept = keep(stage(survey(members={**MEMBERS, "pid": pids}), opened=opened), roles=ROLES)

    assert kept.manifest.stored("members").by_position
    assert not kept.manifest.stored("households").by_position


def test_record_codes_follow_the_key_of_the_site(staged, opened) -> None:
    other = replace(
        opened, keys=FileKeys(False, bytes(31) + b"x"), intake=opened.intake / "o", store=opened.store / "o"
    )
    codes = [
        [row[RECORD] for row in rows_of(site, keep(stage(survey(), opened=site), roles=ROLES))]
        for site in (opened, other)
    ]

    assert not set(codes[0]) & set(codes[1])


def rows_of(site: ArrivalSite, kept: Kept) -> list[dict[str, object]]:
    records = MicrodataRecords(store=site.store, manifest=kept.manifest, keys=site.keys)
    return table(records, "members", ["age"], memory_mb=64).rows()


def test_codes_for_no_answer_stay_beside_their_column(opened) -> None:
    columns = {
        "age": [1, None],
        missing_column("age"): [None, "99"],
        "hhid": ["a", None],
        missing_column("hhid"): ["", "x"],
    }
    file = described("t", {name: columns[name] for name in ("age", "hhid")})
    kept = keep(
        stage(Contents(tables=(read_table(file, dict(sorted(columns.items()))),), format="made"), opened=opened),
        roles={"t": {"age": R.QUASI, "hhid": R.HOUSEHOLD}},
    )

    assert rows(opened, kept, "t") == [
        {"age": 1, "hhid": 0, missing_column("age"): None, RECORD: 0},
        {"age": None, "hhid": None, missing_column("age"): "99", RECORD: 1},
    ]


def test_corrections_are_made_and_told(staged, opened) -> None:
    steps = [
        Step(method="rename", file="members", columns=("age",), parameters={"to": "years"}, why="clearer"),
        Step(method="drop_duplicates", file="members", columns=("hhid",)),
    ]
    roles = {**ROLES, "members": {"years" if name == "age" else name: role for name, role in ROLES["members"].items()}}
    kept = keep(staged, roles=roles, corrections=steps)

    assert [row["years"] for row in rows(opened, kept, "members")] == [30, 5, 61]
    assert [one.changed for one in kept.changes] == [0, 1]
    assert kept.manifest.corrections
    assert kept.manifest.corrections != keep(staged, roles=ROLES).manifest.corrections == ""


def test_a_role_follows_a_column_that_is_renamed(staged) -> None:
    """Whoever decided a role before the correction need not decide it again."""
    steps = [Step(method="rename", file="members", columns=("age",), parameters={"to": "years"})]

    assert keep(staged, roles=ROLES, corrections=steps).manifest.roles["members"]["years"] is R.QUASI


def test_a_direct_identifier_that_is_renamed_stays_behind(staged) -> None:
    steps = [Step(method="rename", file="members", columns=("name",), parameters={"to": "alias"})]

    assert "alias" not in keep(staged, roles=ROLES, corrections=steps).manifest.stored("members").columns


def test_renaming_in_a_circle_lets_no_direct_identifier_through(staged, opened) -> None:
    """What a column holds was decided when it arrived; a name that moves to another column takes no role along."""
    steps = [
        Step(method="rename", file="members", columns=(was,), parameters={"to": now})
        for was, now in (("remarks", "spare"), ("name", "remarks"), ("spare", "name"))
    ]
    kept = keep(staged, roles=ROLES, corrections=steps)

    assert [row["name"] for row in rows(opened, kept, "members")] == MEMBERS["remarks"]
    assert "remarks" not in kept.manifest.stored("members").columns


def test_corrections_may_use_what_will_be_dropped(staged, opened) -> None:
    """Two rows of one name are one person; that is seen before the name stays behind."""
    members = {**MEMBERS, "name": ["a", "a", "b", "c"]}
    made = stage(survey(members=members), opened=opened)
    kept = keep(made, roles=ROLES, corrections=[Step(method="drop_duplicates", file="members", columns=("name",))])

    assert len(rows(opened, kept, "members")) == 3


def test_a_column_that_links_tables_is_not_dropped_in_passing(staged) -> None:
    roles = {**ROLES, "members": {**ROLES["members"], "hhid": R.DIRECT}}

    with pytest.raises(BadInput, match="household id"):
        keep(staged, roles=roles)


def test_labels_of_what_is_coded_or_dropped_go_too(opened) -> None:
    names = (Category(code="1", labels={"": MARKER}),)
    columns = {"enumerator": [1], "hhid": [1], "sex": [1]}
    plain = described("t", columns)
    file = replace(plain, variables=tuple(replace(one, categories=names, width=9) for one in plain.variables))
    made = stage(alone(file, columns), opened=opened)
    kept = keep(made, roles={"t": {"enumerator": R.DIRECT, "hhid": R.HOUSEHOLD, "sex": R.QUASI}})
    left = kept.manifest.stored("t").file

    assert left.names == ("hhid", "sex")
    assert left["hhid"].categories == ()
    assert left["sex"].categories == names


@pytest.mark.parametrize("when", [0, 1])
def test_keeping_stops_when_somebody_asks_and_leaves_nothing(staged, opened, when) -> None:
    asked = iter(range(9))

    with pytest.raises(Cancelled):
        keep(staged, roles=ROLES, cancelled=lambda: next(asked) >= when)
    assert files_under(opened.store) == []
    assert staged.tables(), "it can be tried again"


def test_two_cannot_keep_one_data_set_at_once(staged) -> None:
    with pytest.raises(WrongState):
        keep(staged, roles=ROLES, progress=lambda *_: keep(staged, roles=ROLES) and None)


def test_a_table_that_does_not_fit_is_refused(staged, opened) -> None:
    small = reopen(staged.manifest.id, opened=replace(opened, memory_mb=0))

    with pytest.raises(BrokenPromise, match="memory_mb"):
        keep(small, roles=ROLES)


@pytest.mark.parametrize("dataset", ["", "../x", "A", "a b"])
def test_a_name_is_never_a_way_out(opened, dataset) -> None:
    with pytest.raises(NotFound):
        stage(survey(), opened=replace(opened, dataset=dataset))


def test_nothing_of_a_person_shows_anywhere_and_nothing_is_left_after(tmp_path, opened) -> None:
    """The way of a real file: sent, read, staged, kept; then staging and upload are destroyed."""
    uploads = Uploads(folder=opened.intake / "uploads", keys=KEYS)
    raw = f"name,age,district\n{MARKER},30,N\nother,31,S\n".encode()
    uploads.begin("upload-1", name="members.csv", size=len(raw))
    uploads.append("upload-1", 0, [raw])
    uploads.finish("upload-1")
    contents = read_survey([Arrived(name="members.csv", size=len(raw), open=lambda: uploads.open("upload-1"))])
    made = stage(contents, opened=opened)
    (file,) = made.files
    kept = keep(made, roles={file.name: dict(zip(file.names, (R.DIRECT, R.QUASI, R.GEOGRAPHY), strict=True))})

    assert MARKER.encode() not in everything(tmp_path)
    assert MARKER in str(made.tables()[file.name].rows()), "it was there"

    discard(opened)
    uploads.destroy("upload-1")

    assert files_under(opened.intake) == []
    assert MARKER not in str(readable(opened))
    assert [row["age"] for row in rows(opened, kept, file.name)] == [30, 31]


def readable(opened: ArrivalSite) -> list[object]:
    """Whatever the site's keys still open: every table and every manifest of the store."""
    found: list[object] = []
    for path in opened.store.rglob("m-*.chest"):
        manifest = opened.stored().manifest(path.name[2:66])
        found += [one.file for one in manifest.files]
        found += [opened.stored().table(one).read(one.columns, memory_mb=64).to_pydict() for one in manifest.files]
    return found


def test_what_was_staged_does_not_open_once_its_key_is_gone(staged, opened) -> None:
    """Somebody who kept a copy of the files and later gets at the site's keys has noise."""
    copies = {path: path.read_bytes() for path in files_under(opened.intake) if path.suffix == ".chest"}
    discard(opened)
    for path, content in copies.items():
        path.write_bytes(content)

    with pytest.raises((NotFound, Tampered)):
        staged.tables()
    with pytest.raises(NotFound):
        reopen(staged.manifest.id, opened=opened)


def test_discarding_what_is_not_there_does_nothing(opened) -> None:
    discard(opened)


@pytest.mark.parametrize(("roles", "coded"), [
    ({"a": {"id": R.OTHER}, "b": {"id": R.OTHER}}, {"a": ("id",), "b": ("id",)}),
    ({"a": {"id": R.HOUSEHOLD}, "b": {"id": R.QUASI}}, {"a": ("id",), "b": ("id",)}),
    ({"a": {"id": R.GEOGRAPHY}, "b": {"id": R.GEOGRAPHY}}, {"a": (), "b": ()}),
])  # fmt: skip
def test_what_identifies_and_means_nothing_is_coded(roles, coded) -> None:
    one = described("a", {"id": [1]}, key=("id",))
    other = described("b", {"id": [1]}, parent="a", link=("id",))

    assert coded_columns([one, other], roles) == coded
    assert coded_columns([other, one], roles) == coded


def test_a_part_of_a_key_keeps_its_meaning() -> None:
    """Line 1 of a household is its head in many surveys."""
    file = described("t", {"hhid": [1], "line": [1]}, key=("hhid", "line"))

    assert coded_columns([file], {"t": {"hhid": R.HOUSEHOLD, "line": R.OTHER}}) == {"t": ("hhid",)}


numbers = st.lists(st.none() | st.integers(-(2**52), 2**52), max_size=20)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(values=numbers)
def test_an_identifier_is_spelt_alike_whatever_type_a_file_keeps_it_in(values) -> None:
    whole = pa.chunked_array([pa.array(values, pa.int64())])
    text = pa.chunked_array([pa.array([None if one is None else f" {one}" for one in values], pa.string())])

    assert spelt(whole).to_pylist() == spelt(whole.cast(pa.float64())).to_pylist() == spelt(text).to_pylist()


@settings(max_examples=60, deadline=None, derandomize=True)
@given(pairs=st.lists(st.tuples(st.text(), st.text()), max_size=20, unique=True))
def test_different_keys_have_different_codes(pairs) -> None:
    columns = {"a": [one for one, _ in pairs], "b": [other for _, other in pairs]}
    trimmed = {(one.strip(), other.strip()) for one, other in pairs}
    arrow = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    codes = record_codes(arrow, described("t", columns, key=("a", "b")), keys=KEYS, dataset="survey")

    if codes is not None:
        assert len(set(codes.to_pylist())) == len(pairs)
    else:
        assert any(not part for pair in trimmed for part in pair) or len(trimmed) < len(pairs)


def test_versions_nobody_names_are_swept(staged, opened) -> None:
    first = keep(staged, roles=ROLES)
    second = keep(staged, roles=ROLES, previous=first.manifest)
    opened.stored().destroy(keeping=[second.manifest.id])

    assert rows(opened, second, "households")
    with pytest.raises(NotFound):
        opened.stored().manifest(first.manifest.id)


def test_a_site_that_never_saw_the_data_set_has_nothing(opened) -> None:
    empty = Microdata(folder=opened.store, dataset="other", keys=KEYS)

    assert empty.destroy() == 0
    assert MicrodataManifest(dataset="other", files=()).data_files == ()
