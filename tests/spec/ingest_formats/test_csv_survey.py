"""Text files with a delimiter, as people really send them."""

import datetime as dt

import pytest

from safeconduct.model.errors import BadInput, Unreadable


def test_types_are_decided_over_the_whole_file(desk):
    """The ten-thousandth row turns a column of whole numbers into one of texts."""
    rows = "\n".join(f"{number},{number}" for number in range(10_000))
    found = desk.read({"a.csv": f"plain,turning\n{rows}\n1,none of these\n"})

    assert desk.types(found) == {"plain": "integer", "turning": "text"}


@pytest.mark.parametrize(
    ("cells", "sort", "values"),
    [
        (["1", "2", ""], "integer", [1, 2, None]),
        (["001", "002", "10"], "text", ["001", "002", "10"]),
        (["1.0", "2", "3.00"], "integer", [1, 2, 3]),
        (["1.5", "2", "-3e2"], "number", [1.5, 2.0, -300.0]),
        (["12345678901234567890", "1"], "text", ["12345678901234567890", "1"]),
        (["123456789012345678", "1"], "integer", [123456789012345678, 1]),
        (["123456789012345678", "1.5"], "text", ["123456789012345678", "1.5"]),
        (["true", "FALSE", ""], "boolean", [True, False, None]),
        (["2026-03-01", ""], "date", [dt.date(2026, 3, 1), None]),
        (["2026-13-01", "2026-03-01"], "text", ["2026-13-01", "2026-03-01"]),
        (["01/03/2026"], "text", ["01/03/2026"]),
        (["2026-03-01 10:30", "2026-03-01T11:00:05.25"], "moment",
         [dt.datetime(2026, 3, 1, 10, 30), dt.datetime(2026, 3, 1, 11, 0, 5, 250_000)]),  # noqa: DTZ001 - no zone is the point
        (["", ""], "text", [None, None]),
        (["-0", "1"], "integer", [0, 1]),
        ([" 5 ", "6"], "integer", [5, 6]),
        (["a", "1"], "text", ["a", "1"]),
    ],
)  # fmt: skip
def test_a_column_is_the_narrowest_type_that_loses_nothing(desk, cells, sort, values):
    """Codes keep their zeros, long numbers all their digits."""
    found = desk.read({"a.csv": "x,keep\n" + "".join(f"{cell},y\n" for cell in cells)})

    assert (desk.types(found)["x"], desk.columns(found)["x"]) == (sort, values)


def test_marks_of_a_missing_number_stand_beside_it(desk):
    """NA among numbers is a missing number and is not forgotten."""
    found = desk.read({"a.csv": "age\n31\nNA\n7\n"})

    assert desk.columns(found) == {"age": [31, None, 7], "age·missing": [None, "NA", None]}
    assert desk.file(found)["age"].missing_codes == ("NA",)


def test_the_same_mark_among_texts_is_a_text(desk):
    """NA is Namibia where countries stand."""
    found = desk.read({"a.csv": "country,x\nNA,1\nFR,2\n"})

    assert desk.columns(found)["country"] == ["NA", "FR"]


def test_a_mark_may_be_named(desk, shared):
    """NIST writes N where a question does not apply."""
    content = (shared / "data/nist_dce_national2019_sample1000.csv").read_bytes()

    plain, named = desk.read({"nist.csv": content}), desk.read({"nist.csv": content}, missing="N")

    assert (desk.types(plain)["EDU"], desk.types(named)["EDU"]) == ("text", "integer")


@pytest.mark.parametrize(
    ("encoding", "hints", "noted"),
    [("utf-8", {}, 0), ("utf-8-sig", {}, 0), ("utf-16", {}, 0), ("cp1252", {}, 1), ("utf-16-le", {}, 1),
     ("cp1252", {"encoding": "windows-1252"}, 0)],
)  # fmt: skip
def test_encodings_are_found_and_guesses_are_told(desk, encoding, hints, noted):
    """What cannot be known is said."""
    found = desk.read({"a.csv": "village,n\nSégou,1\nÇankırı,2\n".replace("ı", "i").encode(encoding)}, **hints)

    assert desk.columns(found)["village"] == ["Ségou", "Çankiri"]
    assert len(found.notes) == noted


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found(desk, delimiter):
    """Whatever stands between the cells."""
    found = desk.read({"a.txt": "a,b,c\n1,x,2\n3,y,4\n".replace(",", delimiter)})

    assert desk.columns(found) == {"a": [1, 3], "b": ["x", "y"], "c": [2, 4]}


def test_commas_before_decimals_are_read_where_they_cannot_be_thousands(desk):
    """`1,5` is a number between semicolons; `1,234` could be two."""
    found = desk.read({"a.csv": "a;b\n1,5;1,234\n2;2,345\n"})

    assert desk.columns(found) == {"a": [1.5, 2.0], "b": ["1,234", "2,345"]}


@pytest.mark.parametrize("line", ["\n", "\r\n", "\r"])
def test_lines_end_as_they_like(desk, line):
    """Unix, Windows and old Macintosh."""
    found = desk.read({"a.csv": line.join(["a,b", "1,2", "3,4", ""])})

    assert desk.columns(found) == {"a": [1, 3], "b": [2, 4]}


def test_a_quoted_cell_may_hold_lines_quotes_and_delimiters(desk):
    """As CSV allows."""
    found = desk.read({"a.csv": 'a,b\n1,"x, ""y""\nz"\n2,w\n'})

    assert desk.columns(found)["b"] == ['x, "y"\nz', "w"]


def test_a_file_with_a_header_alone_has_no_rows(desk):
    """It is a table all the same."""
    found = desk.read({"a.csv": "a,b"})

    assert (desk.file(found).names, desk.rows(found)) == (("a", "b"), [])


def test_ten_thousand_columns_are_read(desk):
    """Censuses are wide."""
    names = [f"v{number}" for number in range(10_000)]
    found = desk.read({"a.csv": ",".join(names) + "\n" + ",".join("1" for _ in names) + "\n"})

    assert len(desk.file(found).variables) == 10_000


@pytest.mark.parametrize("place", [0, 5, 1000])
def test_a_cell_of_a_million_letters_is_read_wherever_it_stands(desk, place):
    """Its row is too long to be looked at for delimiters, and is a row all the same."""
    rows = [f"{number},ok" for number in range(1001)]
    rows[place] = f"{place},{'x' * 1_000_000}"
    read = desk.columns(desk.read({"a.csv": "id,word\n" + "\n".join(rows) + "\n"}))

    assert read["id"] == list(range(1001))
    assert [len(word) for word in read["word"]].count(1_000_000) == 1


def test_a_column_of_one_keeps_its_empty_cells(desk):
    """An empty line is a missing answer where there is one column."""
    found = desk.read({"a.csv": "a\n1\n\n3\n"})

    assert desk.columns(found)["a"] == [1, None, 3]


def test_row_numbers_of_r_get_a_name(desk):
    """`write.csv` leaves the first name empty."""
    found = desk.read({"a.csv": '"","age"\n"1",31\n"2",7\n'})

    assert desk.file(found).names == ("row", "age")


def test_a_constant_offset_is_told_as_the_unit(desk):
    """The time stays the one on the clock of the place."""
    found = desk.read({"a.csv": "at,n\n2026-03-01T08:00:00.000+03:00,1\n2026-03-02T09:30:00.000+03:00,2\n"})

    assert desk.file(found)["at"].unit == "UTC+03:00"
    assert desk.columns(found)["at"][0] == dt.datetime(2026, 3, 1, 8)  # noqa: DTZ001 - no zone is the point


def test_changing_offsets_stay_text(desk):
    """Nothing is lost where two clocks meet."""
    found = desk.read({"a.csv": "at,n\n2026-03-01T08:00:00+01:00,1\n2026-06-01T08:00:00+02:00,2\n"})

    assert desk.types(found)["at"] == "text"


@pytest.mark.parametrize("name", ["adult", "eusilc", "mpls_stops_2017", "vietnam_lsms_individuals"])
def test_real_files_are_read_whole(desk, shared, name):
    """As many rows as the file has lines below the header."""
    content = (shared / f"data/{name}.csv").read_bytes()

    assert len(desk.rows(desk.read({f"{name}.csv": content}))) == content.count(b"\n") - 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("a,b,A\n1,2,3\n", "share a name, whatever the capitals: a (1, 3)"),
        ("a,,c\n1,2,3\n", "Column 2 of t.csv has no name"),
        ("a,b\n1,2\n1,2,3\n1,2\n", "Row 3 of t.csv has more or fewer cells"),
        ("a,b\n1,2\n1\n", "Row 3 of t.csv has more or fewer cells"),
        ('a,b\n1,2\n1,"secretly\n1,2\n', "not closed as it should be"),
        (b"a,b\n1,\x00\n", "holds zero bytes"),
        ("1,2,3\n4,5,6\n", "holds values, not names"),
        ("a,b·missing\n1,2\n", "which is ours"),
        (",,\n1,2,3\n", "has no header"),
    ],
)
def test_what_is_wrong_with_a_text_file_is_said(desk, content, says):
    """Which file, which column, which row; never a cell."""
    with pytest.raises(BadInput) as refused:
        desk.read_to_the_end({"t.csv": content})

    assert says in str(refused.value)
    assert "secretly" not in str(refused.value)


def test_a_wrong_encoding_names_the_line(desk):
    """A hint is taken at its word."""
    with pytest.raises(BadInput, match="line 3 cannot be read"):
        desk.read({"t.csv": "a,b\n1,x\n2,é\n".encode("cp1252")}, encoding="utf-8")


@pytest.mark.parametrize("hints", [{"encoding": "zip"}, {"encoding": "klingon"}, {"delimiter": "::"}, {"colour": "x"}])
def test_hints_that_mean_nothing_are_refused(desk, hints):
    """Rather than ignored."""
    with pytest.raises(BadInput):
        desk.read({"t.csv": "a,b\n1,2\n"}, **hints)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("t.csv", b"", "t.csv is empty"),
        ("t.dta", b"<!DOCTYPE html><html>sign in</html>", "is a web page"),
        ("t.pdf", b"%PDF-1.7", "is of no kind that can be read"),
    ],
)
def test_what_is_no_data_is_said(desk, name, content, says):
    """An empty file, a page of a browser, a letter."""
    with pytest.raises((BadInput, Unreadable)) as refused:
        desk.read({name: content})

    assert says in str(refused.value)
