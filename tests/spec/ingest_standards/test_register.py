"""A registration register: read by its declaration, held to it, and typed into a workbook made from it."""

import io
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest

from safeconduct.desk.standards import TemplateKind, shown, template, validate
from safeconduct.ingest.arriving_codes import record_codes
from safeconduct.ingest.proposing import propose
from safeconduct.ingest.standards.register import register
from safeconduct.ingest.survey import Arrived, read
from safeconduct.keys.provider import FileKeys
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import VariableRole

MARKER = "I-7719"
GOOD: Mapping[str, str] = {
    "cases": "case_id,case_size,registration_date,arrival_date,location\nC1,2,2026-01-05,2026-01-01,D1\n"
             "C2,1,2026-01-06,2026-01-02,D2\n",
    "individuals": "individual_id,case_id,registration_date,name,sex,birth_date\n"
                   "I1,C1,2026-01-05,Ana,Female,1990-05-01\nI2,C1,2026-01-05,Ben,M,2015-02-03\n"
                   "I3,C2,2026-01-06,Carl,m,1950-01-01\n",
    "events": "individual_id,event,event_date\nI1,registered,2026-01-05\nI1,Document issued,2026-01-07\n"
              "I3,registered,2026-01-06\n",
    "needs": "individual_id,need\nI2,child_at_risk\nI3,Older person at risk\nI3,disability_physical\n",
}  # fmt: skip


def files(folder: Path, changed: Mapping[str, tuple[str, str]] | None = None) -> list[Path]:
    """The snapshot as CSV, with something in a table put in place of something else."""
    paths = []
    for name, text in GOOD.items():
        old, new = (changed or {}).get(name, ("", ""))
        assert old in text
        paths.append(folder / f"{name}.csv")
        paths[-1].write_text(text.replace(old, new, 1))
    return paths


def arrived(paths: list[Path]) -> list[Arrived]:
    return [Arrived(name=path.name, size=path.stat().st_size, open=lambda path=path: path.open("rb")) for path in paths]


def test_tables_are_told_by_their_columns_and_linked(tmp_path) -> None:
    """Whatever the files are called; keys say who is who in the next snapshot."""
    contents = read(arrived(files(tmp_path)))
    found = {one.file.name: one.file for one in contents.tables}

    assert contents.format == "register"
    assert set(found) == {"cases", "individuals", "events", "needs"}
    assert found["individuals"].key == ("individual_id",)
    assert (found["individuals"].parent, found["events"].parent) == ("cases", "individuals")
    assert found["needs"]["need"].categories[0].labels[""] == "Child without a parent or guardian"


def test_answers_become_codes(tmp_path) -> None:
    """By code or label, in any case."""
    table = next(one for one in read(arrived(files(tmp_path))).tables if one.file.name == "individuals")

    assert [cell for batch in table.batches() for cell in batch.column("sex").to_pylist()] == ["F", "M", "M"]


def test_roles_are_proposed_by_the_declaration(tmp_path) -> None:
    """A name is direct, a need is sensitive, a case is a household; nothing is left to a guess."""
    tables = read(arrived(files(tmp_path))).tables
    declared = {(one.name, each.name): each.propose for one in register().tables for each in one.fields}

    found = {
        (one.file, one.name): one.role
        for table in tables
        for one in propose(table.file, pa.Table.from_batches(list(table.batches())), rows=3,
                           beside=[each.file for each in tables])
    }  # fmt: skip

    assert found == {one: declared[one] for one in found}
    assert found["individuals", "name"] is VariableRole.DIRECT


def test_an_individual_has_the_same_code_next_month_and_another_elsewhere(tmp_path) -> None:
    """It follows from their number and the data set alone; in another data set nobody can tell it is they."""
    keys = FileKeys.create(tmp_path / "keys", training=True)
    table = next(one for one in read(arrived(files(tmp_path))).tables if one.file.name == "individuals")
    rows = pa.Table.from_batches(list(table.batches()))

    first = record_codes(rows, table.file, keys=keys, dataset="register").to_pylist()
    later = record_codes(rows.slice(1), table.file, keys=keys, dataset="register").to_pylist()
    elsewhere = record_codes(rows, table.file, keys=keys, dataset="camp").to_pylist()

    assert later == first[1:]
    assert not set(first) & set(elsewhere)


def test_a_good_snapshot_keeps_to_the_register(tmp_path) -> None:
    found = validate("register", files(tmp_path))

    assert found.keeps, found.findings
    assert found.tables == {"cases": 2, "individuals": 3, "events": 3, "needs": 3}


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"individuals": ("I3,C2", f"{MARKER},C9")}, "1 rows of individuals belong to no row of cases."),
        ({"individuals": ("I3,C2", "I3,")}, "1 rows of individuals belong to no row of cases."),
        ({"events": ("I3,registered,2026-01-06", "I3,registered,2025-12-31")},
         "1 events are before the registration of whom they happened to."),
        ({"events": ("I3,", f"{MARKER},")}, "1 rows of events belong to no row of individuals."),
        ({"cases": ("C1,2", "C1,5")}, "The size of 1 cases is not the number of their individuals."),
        ({"needs": ("child_at_risk", MARKER)}, "Answers to need are not in its list in 1 rows."),
        ({"individuals": ("I2,", "I1,")}, "1 rows have a key that another row has."),
        ({"individuals": ("2015-02-03", "2026-02-03")},
         "The day in registration_date is before the day in birth_date in 1 rows."),
        ({"individuals": ("Female", "")}, "sex is empty in 1 rows."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_without_a_value(tmp_path, changed, says) -> None:
    """How many rows of which table; never a number of a case or what stands in a cell."""
    found = validate("register", files(tmp_path, changed))

    assert says in [one["says"] for one in found.findings]
    assert MARKER not in str(found)


def test_rows_whose_case_is_not_there_stop_at_the_door(tmp_path) -> None:
    """Nobody could count households after them."""
    paths = files(tmp_path, {"individuals": ("I3,C2", f"{MARKER},C9")})

    with pytest.raises(BadInput, match="individuals") as stopped:
        read(arrived(paths))

    assert MARKER not in str(stopped.value)


def test_another_file_is_no_table_of_a_register(tmp_path) -> None:
    """A survey with a case number and a sex is a survey."""
    path = tmp_path / "survey.csv"
    path.write_text("case_id,sex,birth_date\nC1,F,1990-01-01\n")

    assert read(arrived([path])).format == "csv"
    with pytest.raises(BadInput, match="is no table of a register"):
        validate("register", [path])


def test_the_workbook_is_read_when_it_is_filled_in(tmp_path) -> None:
    """What the declaration made comes back as the declaration says."""
    book = openpyxl.load_workbook(io.BytesIO(template("register", TemplateKind.WORKBOOK)))
    for name, text in GOOD.items():
        headings, *rows = [line.split(",") for line in text.splitlines()]
        seen = [cell.value for cell in book[name][1]]
        labels = {one.name: one.label for one in register()[name].fields}
        for row in rows:
            given = dict(zip((labels[one] for one in headings), row, strict=True))
            book[name].append([given.get(label) for label in seen])
    path = tmp_path / "snapshot.xlsx"
    book.save(path)

    found = validate("register", [path])

    assert found.keeps, found.findings
    assert found.tables == {"cases": 2, "individuals": 3, "events": 3, "needs": 3}


def test_a_register_has_a_workbook_and_no_other_template() -> None:
    assert shown("register")["title"] == "Registration register"
    with pytest.raises(BadInput, match="workbook only"):
        template("register", TemplateKind.XLSFORM)


def test_every_declared_column_has_its_list_and_its_order() -> None:
    """The declaration does not speak of lists or columns that it lacks."""
    for table in register().tables:
        names = {one.name for one in table.fields}
        assert set(table.key) | set(table.link) <= names
        assert all(one.codes in register().codes for one in table.fields if one.codes)
    for order in register().orders:
        assert {order.first, order.then} <= {one.name for one in register()[order.table].fields}
