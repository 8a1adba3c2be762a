"""Excel workbooks and zip archives, honest ones and others."""

import datetime as dt
import io
import zipfile

import pytest

from safeconduct.model.errors import BadInput, SafeconductError, Unreadable


def rewritten(content, **parts):
    """A workbook with parts replaced or added, by file name without folders."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            short = entry.filename.rsplit("/", 1)[-1].split(".")[0]
            new.writestr(entry.filename, parts.pop(short, None) or old.read(entry))
        for name, part in parts.items():
            new.writestr(f"xl/{name}.xml", part)
    return written.getvalue()


def test_each_sheet_is_a_table(desk):
    """An empty one is left out, with a note."""
    found = desk.read({"x.xlsx": desk.workbook(one=[["a"], [1]], two=[["b"], ["001"]], none=[])})

    assert [(one.file.name, one.file.names) for one in found.tables] == [("one", ("a",)), ("two", ("b",))]
    assert [str(note) for note in found.notes] == ["Sheet none of x.xlsx is empty and was left out."]


def test_cells_of_every_sort_are_read(desk):
    """Numbers, texts, dates, moments, truths and formulas' errors."""
    rows = [
        ["n", "f", "t", "d", "m", "b", "e"],
        [1, 1.5, "007", dt.date(2026, 3, 1), dt.datetime(2026, 3, 1, 8, 30), True, 5],  # noqa: DTZ001 - Excel has no zone
        [2, 2, "x", None, None, False, "#N/A"],
    ]
    found = desk.read({"x.xlsx": desk.workbook(s=rows)})

    assert list(desk.types(found).values()) == ["integer", "number", "text", "date", "moment", "boolean", "integer"]
    assert desk.rows(found)[1] == {
        "n": 2, "f": 2.0, "t": "x", "d": None, "m": None, "b": False, "e": None, "e·missing": "#N/A",
    }  # fmt: skip


def test_the_sheet_may_be_named(desk):
    """Where the others hold something else."""
    content = desk.workbook(data=[["a"], [1]], notes=[["free", None, "form"]])

    assert desk.columns(desk.read({"x.xlsx": content}, sheet="data")) == {"a": [1]}
    with pytest.raises(BadInput, match="it has data, notes"):
        desk.read({"x.xlsx": content}, sheet="dates")


def test_the_htcds_workbook_is_read_as_it_is(desk, shared):
    """Row numbers without a name, labels in the second row, numbered rows that nobody filled in."""
    content = (shared / "standards/htcds/templates/htcds_spreadsheet_v2.0.xlsx").read_bytes()
    found = desk.read({"cases.xlsx": content})

    assert desk.file(found)["prs_FirstName"].labels == {"": "First Name"}
    assert desk.rows(found) == []


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([["a", None, "c"], [1, 2, 3]], "Column 2 of x.xlsx, s has no name"),
        ([["a", "b"], [1, 2], [1, 2, "hidden"]], "Row 3 of sheet s in x.xlsx"),
        ([["a", "A"], [1, 2]], "share a name"),
    ],
)
def test_what_is_wrong_with_a_sheet_is_said(desk, rows, says):
    """Merged headers leave a column without a name."""
    with pytest.raises(BadInput) as refused:
        desk.read({"x.xlsx": desk.workbook(s=rows)})

    assert says in str(refused.value)
    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize("content", [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, b"PK\x03\x04 no", b"plain"])
def test_an_old_broken_or_false_workbook_is_refused(desk, content):
    """With what to do."""
    with pytest.raises(SafeconductError, match=r"\.xlsx|again"):
        desk.read({"x.xlsx": content})


def test_a_workbook_that_unpacks_beyond_measure_is_not_opened(desk):
    """A zip bomb."""
    content = rewritten(desk.workbook(s=[["a"], [1]]), bomb=b"<x>" + b" " * (100 << 20) + b"</x>")

    with pytest.raises(BadInput, match="beyond measure"):
        desk.read({"x.xlsx": content})


def test_a_workbook_that_declares_entities_is_not_opened(desk):
    """A billion laughs."""
    sheet = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">]><worksheet>&a;</worksheet>'

    with pytest.raises(BadInput, match="declarations"):
        desk.read({"x.xlsx": rewritten(desk.workbook(s=[["a"], [1]]), sheet1=sheet)})


def test_an_archive_is_unpacked(desk):
    """Its files are read as if they had been sent one by one."""
    found = desk.read({"x.zip": desk.archive({"in/a.csv": "x\n1\n", "__MACOSX/._a.csv": "junk", "photo.jpg": "..."})})

    assert [one.file.name for one in found.tables] == ["a"]
    assert "photo.jpg" in str(found.notes[0])


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"../a.csv": "x\n1\n"}, "leads out of the archive"),
        ({"/etc/a.csv": "x\n1\n"}, "leads out of the archive"),
        ({"C:/a.csv": "x\n1\n"}, "leads out of the archive"),
        ({"b.zip": b"PK\x03\x04"}, "holds another archive"),
        ({"b.csv": b"PK\x03\x04"}, "holds another archive"),
        ({"folder/": ""}, "no file in it"),
    ],
)
def test_archives_that_lead_elsewhere_are_refused(desk, files, says):
    """Before anything in them is read."""
    with pytest.raises(BadInput, match=says):
        desk.read({"x.zip": desk.archive(files)})


def test_an_archive_that_unpacks_beyond_measure_is_not_opened(desk):
    """Even where it says it is a survey."""
    with pytest.raises(BadInput, match="beyond measure"):
        desk.read({"x.zip": desk.archive({"a.csv": b"0" * (100 << 20)})})


def test_an_archive_with_a_password_is_refused(desk):
    """Passwords travel by another way, and readers have none."""
    content = bytearray(desk.archive({"a.csv": "x\n1\n"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1

    with pytest.raises(BadInput, match="password"):
        desk.read({"x.zip": bytes(content)})


def test_a_damaged_archive_is_refused(desk):
    """Cut in the middle."""
    content = desk.archive({"a.csv": "x,y\n" + "1,2\n" * 5_000})

    with pytest.raises(Unreadable, match="cut short"):
        desk.read({"x.zip": content[:-30]})
