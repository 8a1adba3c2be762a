"""Files that explain each other: whatever happens to the data or to what describes them, no message quotes a cell."""

import io
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safeconduct.ingest.survey import Arrived, read
from safeconduct.model.errors import SafeconductError

MARKER = "Qxzv7Marker"
SLOW = settings(deadline=None, max_examples=50)
DICTIONARY = """[Dictionary]
Version=CSPro 7.7
Label=Survey
Name=SURVEY
RecordTypeStart=1
RecordTypeLen=1
[Level]
Label=Household
Name=LEVEL
[IdItems]
[Item]
Label=Number
Name=HHNO
Start=2
Len=2
[Record]
Label=Persons
Name=PERSON
RecordTypeValue='2'
[Item]
Label=Sex
Name=SEX
Start=4
Len=1
[ValueSet]
Label=Sex
Name=SEX_VS1
Value=1;Man
Value=9;Not stated
Special=MISSING
[Item]
Label=Name
Name=FIRST
Start=5
Len=11
DataType=Alpha
"""
CODEBOOK = """<codeBook xmlns="ddi:codebook:2_5" version="2.5">
<fileDscr ID="F1"><fileTxt><fileName>p.dat</fileName></fileTxt></fileDscr>
<dataDscr><var ID="V1" name="pid" files="F1"><location StartPos="1" width="11" fileid="F1"/><labl>Person</labl>
<varFormat type="character"/></var>
<var ID="V2" name="sex" files="F1"><location StartPos="12" EndPos="12" fileid="F1"/><labl>Sex</labl>
<catgry><catValu>1</catValu><labl>Male</labl></catgry><varFormat type="numeric"/></var></dataDscr></codeBook>
"""
FORM = {"uid": "f", "name": "F", "content": {"translations": [None], "survey": [
    {"type": "text", "name": "who", "label": ["Who?"]}, {"type": "begin_repeat", "name": "m"},
    {"type": "select_one", "select_from_list_name": "s", "name": "sex"}, {"type": "end_repeat"}],
    "choices": [{"list_name": "s", "name": "1", "label": ["Man"]}]}}  # fmt: skip
INTERVIEW = {"id": "1", "version": "1", "answers": {"who": MARKER, "m": [{"m/sex": "1"}, {"m/sex": MARKER}]}}
SETS = {
    "CSPro": {"h.dcf": DICTIONARY, "h.dat": f"2011{MARKER}\n2021{MARKER}\n"},
    "DDI": {"p.xml": CODEBOOK, "p.dat": f"{MARKER}1\n{MARKER}1\n"},
    "DDI with commas": {"p.xml": CODEBOOK.replace("p.dat", "p.csv"), "p.csv": f"pid,sex\n{MARKER},1\n"},
    "pulled": {"f.asset.json": json.dumps(FORM), "f.submissions.jsonl": json.dumps(INTERVIEW) + "\n"},
    "export": {"f.asset.json": json.dumps(FORM), "f.csv": f"who,_uuid,_index\n{MARKER},u,1\n",
               "f-m.csv": f"m/sex,_index,_parent_index\n1,1,1\n{MARKER},2,1\n"},
}  # fmt: skip
ODD = st.sampled_from(
    [b"", b"-1", b"0", b"9" * 30, b"NaN", b"1e400", b"\xff\xfe", b"\x00", b"null", b"[]", b"{}", b'"\\ud800"', b"&#0;",
     b"<a>", b'"', b",", b"\n\n", b"\xc3\x28"]
)  # fmt: skip


@st.composite
def changed(draw, content):
    """Content cut, flipped, with a line more or less, or with something odd for a word."""
    if not content:
        return draw(ODD)
    how = draw(st.sampled_from(["cut", "flip", "drop", "double", "odd"]))
    place = draw(st.integers(0, max(len(content) - 1, 0)))
    lines = content.split(b"\n")
    line = draw(st.integers(0, len(lines) - 1))
    match how:
        case "cut":
            return content[:place]
        case "flip":
            return content[:place] + bytes([content[place] ^ draw(st.integers(1, 255))]) + content[place + 1 :]
        case "drop":
            return b"\n".join(lines[:line] + lines[line + 1 :])
        case "double":
            return b"\n".join([*lines[:line], lines[line], *lines[line:]])
        case _:
            words = list(re.finditer(rb"[A-Za-z0-9_.\-]+", content))
            word = draw(st.sampled_from(words or [re.match(b"", content)]))
            return content[: word.start()] + draw(ODD) + content[word.end() :]


def outcome(files):
    """The message of what goes wrong, `""` for nothing; anything but our own errors goes on."""
    sent = [Arrived(name=name, size=len(one), open=lambda one=one: io.BytesIO(one)) for name, one in files.items()]
    try:
        for table in read(sent).tables:
            for batch in table.batches():
                batch.to_pylist()
    except SafeconductError as refused:
        return f"{refused} {refused.text} {refused.field} {refused!r}"
    return ""


@pytest.mark.parametrize("name", SETS)
def test_whole_they_are_read(name):
    """The control: nothing is wrong with these."""
    assert outcome({file: text.encode() for file, text in SETS[name].items()}) == ""


@pytest.mark.parametrize("name", SETS)
@given(data=st.data())
@SLOW
def test_whatever_happens_to_them_no_message_quotes_a_cell(name, data):
    """Our own error or none, without the marker."""
    files = {file: text.encode() for file, text in SETS[name].items()}
    for file in data.draw(st.lists(st.sampled_from(sorted(files)), min_size=1, max_size=3)):
        files[file] = data.draw(changed(files[file] or b"x"))

    assert MARKER not in outcome(files)


@pytest.mark.parametrize("rows", ["", "1,1,1\n"], ids=["nobody answered", "somebody answered"])
def test_a_repeat_that_nobody_answered_is_read(rows):
    """Its columns have no values, and so no type that its link could be compared by."""
    files = {**SETS["export"], "f-m.csv": f"m/sex,_index,_parent_index\n{rows}"}

    assert outcome({file: text.encode() for file, text in files.items()}) == ""


def test_a_link_that_is_no_number_in_one_row_is_told():
    """The column is text then, and that of the table above is of numbers; which cell it was is not told."""
    files = {**SETS["export"], "f-m.csv": f"m/sex,_index,_parent_index\n1,1,1\n1,2,{MARKER}\n"}
    said = outcome({file: text.encode() for file, text in files.items()})

    assert "Some rows of m have a _parent_index" in said
    assert MARKER not in said


@pytest.mark.parametrize("said", ["Start=2", "Len=2", "RecordTypeStart=1"])
@pytest.mark.parametrize("number", ["9" * 30, "-5", "x"])
def test_a_dictionary_with_places_that_cannot_be_is_told(said, number):
    """They ended the reading with an internal error of the library below."""
    files = {**SETS["CSPro"], "h.dcf": DICTIONARY.replace(said, f"{said.split('=')[0]}={number}", 1)}

    assert "h.dcf is not a CSPro dictionary" in outcome({file: text.encode() for file, text in files.items()})


def test_a_description_with_places_that_cannot_be_is_read_or_told():
    """A place in a line has at most six digits."""
    files = {**SETS["DDI"], "p.xml": CODEBOOK.replace('StartPos="12"', f'StartPos="{"9" * 30}"')}

    assert MARKER not in outcome({file: text.encode() for file, text in files.items()})


@pytest.mark.parametrize("text", ['{"levels":' + "[" * 99_000, '{"recordType": {"length": 1e400}, "levels": []}'])
def test_a_dictionary_that_nests_or_counts_without_end_is_told(text):
    """As JSON, which newer versions of CSPro write."""
    files = {**SETS["CSPro"], "h.dcf": text}

    assert "h.dcf is not a CSPro dictionary" in outcome({file: one.encode() for file, one in files.items()})
