"""Files and forms that are not what they should be: a sentence that helps, and nothing of their content anywhere."""

import io
import subprocess
import time
import zipfile

import openpyxl
import pytest

from safeconduct.client import Problem
from safeconduct.model.errors import BadInput, SafeconductError, WrongState
from safeconduct.model.text import Text

pytestmark = pytest.mark.slow
SECRET = "Kwabena-Marker"
SAID = {"title": "As received", "collected_by": "Us", "basis": "public interest"}


def told(office, deposit: str) -> str:
    """Why a deposit could not be read."""
    view = office.act("amara", "deposit_state", deposit=deposit)
    assert view.state == "failed", view.state
    return " ".join(map(str, view.notes))


def written(folder, name: str, content: bytes | str):
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def bomb() -> bytes:
    """A workbook of a few kilobytes whose only sheet is two gigabytes of zeros."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", "<Types/>")
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(512):
                sheet.write(bytes(4 << 20))
        book.writestr("xl/workbook.xml", "<workbook/>")
    return made.getvalue()


BROKEN = {
    "duplicate columns": ("people.csv", f"name,age,name\n{SECRET},3,{SECRET}\n"),
    "an empty file": ("people.csv", ""),
    "a header alone with nothing in it": ("people.csv", "\n\n\n"),
    "not a Stata file": ("people.dta", f"{SECRET} is no Stata file" * 100),
    "not an SPSS file": ("people.sav", f"$FL2@(#){SECRET}" * 100),
    "not a workbook": ("people.xlsx", f"PK\x03\x04{SECRET}" * 100),
    "not Parquet": ("people.parquet", f"PAR1{SECRET}PAR1"),
    "an unknown ending": ("people.mdb", f"{SECRET}" * 100),
    "a broken archive": ("people.zip", f"PK\x03\x04{SECRET}" * 50),
    "a row with too many cells": ("people.csv", f"a,b\n1,2\n3,4,{SECRET}\n"),
    "a bomb": ("people.xlsx", bomb),
}


@pytest.fixture(scope="module")
def served(stages, publishing, tmp_path_factory):
    office = publishing.copied(stages["empty"], tmp_path_factory.mktemp("bad"))
    with publishing.serving(office) as found:
        yield found
    office.site.ledger.close()


@pytest.mark.parametrize(("name", "content"), BROKEN.values(), ids=BROKEN.keys())
def test_what_cannot_be_read_is_told_in_a_sentence(served, tmp_path, name, content):
    """Through the API and its worker; the depositor is left a message, and no sentence quotes the file."""
    path = written(tmp_path, name, content() if callable(content) else content)
    with served.client("amara", "deposit", "curate") as steward:
        said = refused(steward, path)

    assert said.endswith(".") or len(said.split()) > 4
    assert SECRET not in said
    assert "Traceback" not in said
    assert "something went wrong" not in said.lower()


def refused(steward, path) -> str:
    """Why a file was not taken: at once, or once it was looked at."""
    try:
        task = steward.call("deposit", {"uploads": [steward.upload(path)], "study": "S-1", **SAID})
    except Problem as problem:
        return str(problem)
    task = awaited(steward, task)
    assert task["state"] == "failed"
    return str(task["says"])


def awaited(client, task):
    end = time.monotonic() + 120
    while task["state"] in {"queued", "running"} and time.monotonic() < end:
        time.sleep(0.1)
        task = client.call("task", {"key": task["key"]})
    return task


def test_nothing_of_a_broken_file_is_anywhere_in_clear(served, tmp_path):
    """Log, ledger, messages and every file of the site, after all of them were tried."""
    assert SECRET.encode() not in served.log.read_bytes()
    subprocess.run(["cp", "-r", str(served.office.root), str(tmp_path / "copy")], check=True)
    for path in (tmp_path / "copy").rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes(), path.name
    assert SECRET not in str(served.office.act("amara", "messages"))
    assert SECRET not in str([one.body for one in served.office.site.ledger.events(limit=1000)])


def test_a_wrong_encoding_is_read_again_in_the_right_one(empty, tmp_path):
    """The accents come out as they were written, and the steward was told that something was guessed."""
    text = "prénom,âge\nZoë,30\nJosé,41\n"
    deposit = empty.deposit(written(tmp_path, "people.csv", text.encode("utf-16-le")))
    if empty.act("amara", "deposit_state", deposit=deposit).state == "read":
        assert empty.act("amara", "deposit_state", deposit=deposit).notes
    empty.act("amara", "read_again", deposit=deposit, hints={"encoding": "utf-16-le"})
    names = [one.variable.name for one in empty.act("amara", "variables", deposit=deposit)]

    assert names == ["prénom", "âge"]


def test_an_encoding_nobody_knows_is_told(empty, tmp_path):
    """And another can still be tried."""
    deposit = empty.deposit(written(tmp_path, "people.csv", "a,b\n1,2\n"))
    task = empty.act("amara", "read_again", deposit=deposit, hints={"encoding": "klingon"})
    assert task.state == "failed"
    assert "encoding" in str(task.says).lower()
    empty.act("amara", "read_again", deposit=deposit, hints={"encoding": "utf-8"})

    assert empty.act("amara", "deposit_state", deposit=deposit).state == "read"


def test_the_latest_reading_is_the_one_that_is_told(empty, tmp_path):
    """Not the first, which failed."""
    deposit = empty.deposit(written(tmp_path, "people.csv", "a,b\n1,2\n"))
    empty.act("amara", "read_again", deposit=deposit, hints={"encoding": "klingon"})
    assert empty.act("amara", "deposit_state", deposit=deposit).work.state == "failed"
    empty.act("amara", "read_again", deposit=deposit, hints={})

    assert empty.act("amara", "deposit_state", deposit=deposit).work.state == "done"


def households(folder, stray: str) -> list:
    """Two tables that belong together; one member may be of a household that is not there."""
    top = "hhid,district\n" + "".join(f"{number},{number % 3}\n" for number in range(40))
    below = "hhid,pid,age\n" + "".join(f"{number},1,{20 + number}\n{number},2,5\n" for number in range(40))
    return [written(folder, "households.csv", top), written(folder, "members.csv", below + stray)]


STRAYS = {"a number": ("770077,1,33\n", {}), "a word": (f"{SECRET},1,33\n", {"household": "hhid"})}


@pytest.mark.parametrize(("stray", "hints"), STRAYS.values(), ids=STRAYS.keys())
def test_a_member_of_a_household_that_is_not_there_is_told_when_the_files_are_read(empty, tmp_path, stray, hints):
    """Nobody loses a row without being told, and the id that does not fit is not in the sentence."""
    uploads = [empty.send("amara", path) for path in households(tmp_path, stray)]
    task = empty.act("amara", "deposit", uploads=uploads, study="S-2", hints=hints, **SAID)

    assert task.state == "failed"
    assert "hhid" in str(task.says)
    assert stray.partition(",")[0] not in str(task.says)


def test_members_of_households_that_are_there_are_read(empty, tmp_path):
    """The control: the same files without the stray row."""
    uploads = [empty.send("amara", path) for path in households(tmp_path, "")]

    assert empty.act("amara", "deposit", uploads=uploads, study="S-2", **SAID).state == "done"


def test_ten_thousand_columns_are_decided_by_a_spreadsheet(empty, tmp_path):
    """Listed, sent out as a workbook, filled in and sent back, within what somebody waits for."""
    names = [f"q{number}" for number in range(10_000)]
    rows = "\n".join(",".join(str((row * number) % 5) for number in range(10_000)) for row in range(30))
    deposit = empty.deposit(written(tmp_path, "wide.csv", ",".join(names) + "\n" + rows + "\n"))
    began = time.monotonic()
    assert len(empty.act("amara", "variables", deposit=deposit)) == 10_000
    book = openpyxl.load_workbook(io.BytesIO(empty.act("amara", "roles_sheet", deposit=deposit).whole()))
    path = tmp_path / "roles.xlsx"
    fill(book, "other")
    book.save(path)
    compared = empty.act("amara", "compare_roles_sheet", deposit=deposit, upload=empty.send("amara", path))
    decided = empty.act("amara", "accept_roles_sheet", deposit=deposit, sheet=compared.sheet)

    assert compared.undecided == 0
    assert decided == {"decided": 10_000, "undecided": 0}
    assert time.monotonic() - began < 120


def fill(book, role: str) -> None:
    """Write a role beside every variable, as somebody does by hand."""
    sheet = book.worksheets[0]
    header = [str(cell.value).lower() for cell in sheet[1]]
    at = next(index for index, name in enumerate(header, start=1) if "role" in name and "propos" not in name)
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, at).value = role


FORMULAS = ("=1+1", "+1", "-2+3", "@SUM(A1)", '=HYPERLINK("http://evil")', "\t=1")


def test_a_cell_that_is_a_formula_leaves_as_a_text(empty, publishing, tmp_path):
    """In the CSV and in the workbook; what a spreadsheet would run is only read."""
    frame = publishing.survey().assign(note=[FORMULAS[row % len(FORMULAS)] for row in range(publishing.ROWS)])
    path = tmp_path / "people.csv"
    frame.drop(columns=["remarks"]).to_csv(path, index=False)
    roles = publishing.roles_of(frame.drop(columns=["remarks"]))
    empty.keep(empty.deposit(path), roles)
    steps = ({"method": "sort_rows", "columns": [], "parameters": {}, "why": "."},)
    age = {
        "method": "recode",
        "columns": ["age"],
        "parameters": {"width": "20", "first": "20", "last": "80"},
        "why": ".",
    }
    empty.prepare(plan=(age, *steps))
    empty.publish()
    licence = empty.grant()
    csv = opened(empty, licence, "people.csv").decode()
    sheet = openpyxl.load_workbook(io.BytesIO(opened(empty, licence, "people.xlsx")))["Data"]
    cells = [cell for row in sheet.iter_rows(min_row=2, max_row=50) for cell in row]

    assert "=1+1" in csv
    assert not [
        one for one in csv.splitlines() for part in one.split(",") if part.strip('"').startswith(("=", "+", "@"))
    ]
    assert all(cell.data_type != "f" for cell in cells)


def opened(office, licence: str, name: str) -> bytes:
    content = office.fetch(licence, office.deliver(licence, file=name)).whole()
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return book.read(name)


def test_a_variable_that_nobody_decided_keeps_the_records_out(empty, material, publishing):
    """However sure the proposal is."""
    deposit = empty.deposit(material)
    roles = publishing.roles_of(publishing.survey(1))
    roles["people"].pop("income")
    empty.act("amara", "decide_roles", deposit=deposit, roles=roles)
    with pytest.raises(WrongState, match="1 are left"):
        empty.act("amara", "keep_records", deposit=deposit)


def test_roles_of_variables_that_are_not_there_are_refused_whole(empty, material):
    """Nothing of the rest is taken either."""
    deposit = empty.deposit(material)
    for roles in ({"people": {"nothing": "other"}}, {"nobody": {"age": "other"}}, {"people": {"age": "secret"}}):
        with pytest.raises(BadInput):
            empty.act("amara", "decide_roles", deposit=deposit, roles=roles)

    assert empty.act("amara", "deposit_state", deposit=deposit).undecided == 7


GROUNDS = {
    "help depended on the consent": {"basis": "consent", "consent_conditioned": True, "consent_understood": True},
    "people did not understand": {"basis": "consent", "consent_conditioned": False, "consent_understood": False},
    "nobody said whether it was free": {"basis": "consent"},
    "no partner named": {"owner": "partner organisation"},
    "the agreement is over": {
        "owner": "partner organisation", "partner": "Them", "agreement": "A-1",
        "agreement_from": "2020-01-01", "agreement_until": "2021-01-01",
    },
    "no title": {"title": "  "},
    "an id no address takes": {"study": "../S"},
    "a wave of nothing": {"wave_of": "S-0"},
}  # fmt: skip


@pytest.mark.parametrize("said", GROUNDS.values(), ids=GROUNDS.keys())
def test_a_deposit_without_ground_is_not_taken(empty, tmp_path, said):
    """And its file is still there for another try."""
    upload = empty.send("amara", written(tmp_path, "people.csv", "a,b\n1,2\n"))
    with pytest.raises(SafeconductError) as error:
        empty.act("amara", "deposit", uploads=[upload], **{"study": "S-3", **SAID, **said})

    assert isinstance(error.value.text, Text)
    assert empty.act("amara", "deposits") == []
    assert empty.act("amara", "upload_state", upload=upload).state == "received"


def test_a_file_is_deposited_once(empty, tmp_path):
    """The second deposit of the same upload is told."""
    upload = empty.send("amara", written(tmp_path, "people.csv", "a,b\n1,2\n"))
    empty.act("amara", "deposit", uploads=[upload], study="S-4", **SAID)
    with pytest.raises(WrongState):
        empty.act("amara", "deposit", uploads=[upload], study="S-5", **SAID)
