"""Lines and columns are told apart as declared, and nothing beside a row is taken for one."""

import pytest

from safeconduct.ingest import lines
from safeconduct.model.errors import BadMapping, Unreadable

NAMED = 'columns = { person = "A", time = "T", cell = "C" }'
NUMBERED = "header = false\ncolumn_count = 3\ncolumns = { person = 1, time = 2, cell = 3 }"
FIXED = 'format = "fixed_width"\npositions = { A = [1, 3], T = { start = 4, length = 3 }, C = [8, 9] }\n' + NAMED


def people(found):
    return [row["person"] for row in found.rows]


@pytest.mark.parametrize("small", [False, True], ids=["one block", "blocks of five bytes"])
@pytest.mark.parametrize(
    ("said", "content", "left"),
    [
        ("skip_lines = 2", "x\n\n1,t,c\n2,t,c\n", ["1", "2"]),
        ("skip_end = 2", "1,t,c\n2,t,c\nx\ny\n\n\n \n", ["1", "2"]),
        ("skip_end = 2", "1,t,c\nx\n\n\ny", ["1"]),
        ("skip_end = 3", "x\ny\n", []),
        ('comment = "//"', "// x\n1,t,c\n//\n2,t,c\n//y", ["1", "2"]),
        ('comment = "#"', "1,t,#\n 2,t,c\n", ["1", " 2"]),
        ('comment = "#"\nskip_end = 1\nskip_lines = 1', "#h\n1,t,c\nx\n#y\n", ["1"]),
        ("skip_lines = 1", "\ufeffx\n1,t,c\n", ["1"]),
        ("", "\ufeff1,t,c\n", ["1"]),
        ("", "", []),
    ],
)
def test_what_stands_around_the_rows_is_passed_over(folder, monkeypatch, small, said, content, left) -> None:
    """Wherever a block of the file ends."""
    if small:
        monkeypatch.setattr(lines, "BLOCK", 5)

    found = folder.read(f"{said}\n{NUMBERED}", content)

    assert (people(found), found.rejected) == (left, [])


def test_the_header_comes_after_what_is_passed_over(folder) -> None:
    assert people(folder.read(f'skip_lines = 1\ncomment = "#"\n{NAMED}', "x\n#\nC,A,T\nc,1,t\n")) == ["1"]


def test_a_line_of_tabs_is_a_row_of_nothing_and_a_blank_line_is_no_row(folder) -> None:
    """In a block read whole and in one read line by line."""
    for odd in ("", 'x"y\tt\tc\n'):
        found = folder.read(f'delimiter = "\\t"\n{NUMBERED}', f"1\tt\tc\n\t\t\n\n{odd}")

        assert people(found)[:2] == ["1", ""]


def test_without_quotes_a_quote_is_a_character_like_any(folder) -> None:
    found = folder.read(f'quote = ""\n{NUMBERED}', '"1,t,c\n"2",t,"c\n')

    assert people(found) == ['"1', '"2"']


@pytest.mark.parametrize("wrong", ["1,t", "1,t,c,d", '"1,t,c', '"1"x,t,c'])
def test_without_a_header_the_declared_number_of_columns_tells_a_row(folder, wrong) -> None:
    found = folder.read(NUMBERED, f"1,t,c\n{wrong}\n2,t,c\n")

    assert (people(found), found.rejected) == (["1", "2"], [("bad_row", wrong.encode())])


def test_columns_of_fixed_width_stand_where_they_are_declared_in_characters(folder) -> None:
    """Not in bytes; what stands between and behind them is not read."""
    found = folder.read(FIXED, "é\U0001f600 123xc1...\n 2 456xc2\n", "calls.txt")

    assert found.rows == [
        {"person": "é\U0001f600", "time": "123", "cell": "c1"},
        {"person": "2", "time": "456", "cell": "c2"},
    ]
    assert found.lines == ["é\U0001f600 123xc1...".encode(), b" 2 456xc2"]


@pytest.mark.parametrize(
    ("reason", "line"),
    [
        ("bad_row", b" 2 456xc"),
        ("not_text", b" 2 456xc\xff2"),
        ("not_text", b"\0  456xc2"),
        ("not_text", b" 2 4\r6xc2"),
        ("too_long", b" 2 456xc2" + b"x" * 65_536),
    ],
)
def test_a_line_that_is_no_row_takes_none_with_it(folder, reason, line) -> None:
    """A number that was cut is another number."""
    found = folder.read(FIXED, b"1  123xc1\r\n" + line + b"\r\n\n3  123xc1", "calls.txt")

    assert (people(found), [one[0] for one in found.rejected]) == (["1", "3"], [reason])


def test_lines_whose_last_spaces_were_cut_off_are_rows_where_that_is_declared(folder) -> None:
    found = folder.read(f"short_lines = true\n{FIXED}", "1  123\n2\n", "calls.txt")

    assert found.rows == [{"person": "1", "time": "123", "cell": ""}, {"person": "2", "time": "", "cell": ""}]


@pytest.mark.parametrize(
    ("events", "message"),
    [
        (FIXED.replace("A = [1, 3], ", ""), "where A stands"),
        (f'delimiter = ";"\n{FIXED}', "fixed width"),
        (f"positions = {{ A = [1, 2] }}\n{NAMED}", "fixed_width"),
        (f'format = "parquet"\nskip_lines = 1\n{NAMED}', "Parquet"),
        (f'format = "asn1"\n{NAMED}', "csv, fixed_width, parquet"),
    ],
)
def test_what_does_not_go_with_a_format_is_refused(folder, events, message) -> None:
    with pytest.raises(BadMapping, match=message):
        folder.read(events, "A,T,C\n")


@pytest.mark.parametrize(
    ("how", "text", "person"),
    [
        ("tbcd", "5288410000F1", "25881400001"),
        ("tbcd", "52 88 14", "258841"),
        ("tbcd", "5288F4FFFF", "25884"),
        ("tbcd", "FFFF", ""),
        ("tbcd", "", ""),
        ("tbcd", "5A", "*5"),
        ("tbcd_address", "91528814", "258841"),
    ],
)
def test_swapped_digits_are_put_in_order(folder, how, text, person) -> None:
    """As 3GPP TS 29.002 has them; filler goes."""
    events = f'decode = {{ person = "{how}" }}\n{NUMBERED}'

    assert people(folder.read(events, f" {text} ,t,c\n")) == [person]


@pytest.mark.parametrize(
    ("how", "text"),
    [("tbcd", "528"), ("tbcd", "5F88"), ("tbcd", "xx"), ("tbcd_address", "528814"), ("tbcd_address", "FFFF")],
)
def test_what_is_not_written_as_declared_is_rejected(folder, how, text) -> None:
    """A wrong number would be another person."""
    found = folder.read(f'decode = {{ person = "{how}" }}\n{NUMBERED}', f"{text},t,c\n")

    assert (found.rows, found.rejected) == ([], [("not_decoded", f"{text},t,c".encode())])


def test_a_row_that_cannot_be_decoded_keeps_the_others_beside_their_own_lines(folder) -> None:
    found = folder.read(f'decode = {{ cell = "hex" }}\n{NUMBERED}', "1,t,a\n2,t,x\n3,t,b\n")

    assert [row["cell"] for row in found.rows] == ["10", "11"]
    assert found.lines == [b"1,t,a", b"3,t,b"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252", "utf-8"])
def test_an_encoding_is_read_to_the_letter_and_given_back(folder, monkeypatch, encoding) -> None:
    """Also where a block ends within a character."""
    monkeypatch.setattr(lines, "BLOCK", 3)
    found = folder.read(f'encoding = "{encoding}"\n{NUMBERED}', "é1,t,ü\né2,t\n".encode(encoding))

    assert people(found) == ["é1"]
    assert found.rejected == [("bad_row", "é2,t".encode("utf-16-le" if encoding == "utf-16" else encoding))]


def test_half_a_character_of_two_is_no_text(folder) -> None:
    """The row is given back as it was, the others stay."""
    wrong = "1".encode("utf-16-le") + b"\x00\xd8" + ",t,c".encode("utf-16-le")
    found = folder.read(f'encoding = "utf-16-le"\n{NUMBERED}', wrong + "\n2,t,c\n".encode("utf-16-le"))

    assert (people(found), found.rejected) == (["2"], [("not_text", wrong)])


def test_a_cut_file_of_two_bytes_a_character_is_left_out_whole(folder) -> None:
    with pytest.raises(Unreadable, match="cut"):
        folder.read(f'encoding = "utf-16"\n{NUMBERED}', "1,t,c\n".encode("utf-16")[:-1])
