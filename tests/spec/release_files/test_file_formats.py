"""What was drafted is what is in the file, in every format: values, labels, and codes of missing answers."""

import csv
import io
import json
import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime

import pyarrow as pa
import pyreadstat
import pytest
from hypothesis import given
from hypothesis import strategies as some
from openpyxl import load_workbook
from pyarrow import parquet

from safeconduct.ingest.survey import Arrived, read
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import Category, DataFile, Measurement, Variable, VariableType, missing_column
from safeconduct.model.table import Table
from safeconduct.release.file_format import Export, file_format

T = VariableType
FILE = DataFile(
    name="people",
    variables=(
        Variable(
            name="age", type=T.INTEGER, labels={"fr": "Âge"}, missing_codes=("a", "b"), measurement=Measurement.SCALE,
            categories=(Category(code="a", labels={"fr": "Refus"}, missing=True),
                        Category(code="99", labels={"fr": "99+"})),
        ),
        Variable(
            name="sex", type=T.INTEGER, labels={"fr": "Sexe"}, measurement=Measurement.NOMINAL,
            categories=(Category(code="1", labels={"fr": "Homme"}), Category(code="2", labels={"fr": "Femme"})),
        ),
        Variable(name="income", type=T.NUMBER, labels={"fr": "Revenu"}),
        Variable(name="note", type=T.TEXT, labels={"fr": "Texte"}),
        Variable(name="born", type=T.DATE),
        Variable(name="seen", type=T.MOMENT),
        Variable(name="here", type=T.BOOLEAN),
    ),
)  # fmt: skip
TABLE = Table(
    pa.table({
        "age": pa.array([31, None, None, 99, None], pa.int64()),
        "sex": pa.array([1, 2, 2, None, 1], pa.int64()),
        "income": pa.array([0.1, 1e10, None, -3.5, 2.0]),
        "note": pa.array(["=1+1", 'é"x"', None, "-", "plain, text"]),
        "born": pa.array([date(1990, 2, 3), None, date(1944, 12, 31), date(2026, 1, 1), None]),
        "seen": pa.array([datetime.fromisoformat("2026-03-01T08:00:30"), None, None, None,
                          datetime.fromisoformat("1959-05-05")], pa.timestamp("us")),
        "here": pa.array([True, False, None, True, True]),
        "age·missing": pa.array([None, "a", "b", None, None], pa.string()),
    })
)  # fmt: skip
EXPORT = Export(title="Enquête", file=FILE, table=TABLE, language="fr")


def written(name, export=EXPORT):
    out = io.BytesIO()
    notes = [str(note) for note in file_format[name]().write(export, out)]
    return out.getvalue(), notes


def read_back(name, content):
    """The file as our own reader takes it in."""
    arrived = Arrived(name=name, size=len(content), open=lambda: io.BytesIO(content))
    (table,) = read([arrived]).tables
    return table.file, Table(pa.Table.from_batches(list(table.batches())))


def values(table, name):
    return table.column(name)


def test_stata_keeps_values_labels_and_missing_codes():
    """Out of Stata, treated, into Stata: nobody has to label anything again."""
    content, notes = written("stata")
    file, table = read_back("people.dta", content)

    assert notes == []
    assert {one: values(table, one) for one in ("age", "sex", "income", "born", "seen")} == {
        one: values(TABLE, one) for one in ("age", "sex", "income", "born", "seen")
    }
    assert values(table, missing_column("age")) == [None, "a", "b", None, None]
    assert next(iter(file["age"].labels.values())) == "Âge"
    assert [(one.code, one.missing) for one in file["sex"].categories] == [("1", False), ("2", False)]
    assert ("a", True, "Refus") in [(one.code, one.missing, *one.labels.values()) for one in file["age"].categories]
    assert [one for one in values(table, "note") if one] == ["=1+1", 'é"x"', "-", "plain, text"]


def test_spss_keeps_values_labels_and_measurement():
    """Letters become numbers below every value, and a note says which."""
    content, notes = written("spss")
    file, table = read_back("people.sav", content)

    assert "In SPSS the missing code a of age is -1001." in notes
    assert values(table, "age") == values(TABLE, "age")
    assert values(table, missing_column("age")) == [None, "-1001", "-1002", None, None]
    assert values(table, "born") == values(TABLE, "born")
    assert values(table, "seen") == values(TABLE, "seen")
    assert file["sex"].measurement is Measurement.NOMINAL
    assert next(iter(file["sex"].categories[0].labels.values())) == "Homme"


def spss_of(values, codes, variable):
    export = Export(
        title="t",
        file=DataFile(name="t", variables=(variable,)),
        table=Table(pa.table({"n": pa.array(values), "n·missing": pa.array(codes, pa.string())})),
    )
    content, notes = written("spss", export)
    _, table = read_back("t.sav", content)
    return values_and_codes(table), notes


def values_and_codes(table):
    return table.column("n"), table.column("n·missing")


def test_spss_declares_a_range_where_there_are_more_than_three_codes():
    """The codes stay what they are."""
    variable = Variable(name="n", type=T.INTEGER, missing_codes=("96", "97", "98", "99"))

    assert spss_of([1, None, None], [None, "96", "99"], variable) == (([1, None, None], [None, "96", "99"]), [])


def test_spss_renumbers_codes_where_values_lie_between_them():
    """No answer turns missing, and no missing answer turns into one."""
    variable = Variable(name="n", type=T.INTEGER, missing_codes=("-5", "10", "96", "97"))
    (numbers, codes), notes = spss_of([1, 50, None, None], [None, None, "-5", "97"], variable)

    assert numbers == [1, 50, None, None]
    assert codes == [None, None, "-1001", "-1004"]
    assert len(notes) == 4


def test_a_treated_value_that_equals_a_missing_code_stays_a_value():
    """Noise may well make a 98 of a 97."""
    variable = Variable(name="n", type=T.INTEGER, missing_codes=("98",))
    (numbers, codes), _ = spss_of([97, 98, None], [None, None, "98"], variable)

    assert numbers == [97, 98, None]
    assert codes == [None, None, "-1001"]


def test_names_and_labels_that_do_not_fit_are_told():
    """Shortened, each to another, and said."""
    long = ["q" * 40 + "1", "q" * 40 + "2", "int", "1st", "naïve"]
    file = DataFile(
        name="t", variables=tuple(Variable(name=one, type=T.INTEGER, labels={"": "L" * 90}) for one in long)
    )
    export = Export(title="t", file=file, table=Table(pa.table({one: pa.array([at]) for at, one in enumerate(long)})))
    content, notes = written("stata", export)
    data, meta = pyreadstat.read_dta(_path(content), output_format="dict")

    assert [list(one) for one in data.values()] == [[0], [1], [2], [3], [4]]
    assert len(set(meta.column_names)) == 5
    assert all(len(one) <= 32 for one in meta.column_names)
    assert sum("is called" in note for note in notes) == 5
    assert sum("cut to 80 letters" in note for note in notes) == 5


def _path(content):
    import os  # noqa: PLC0415 - one use

    handle = os.memfd_create("test")
    os.write(handle, content)
    return f"/proc/self/fd/{handle}"


def test_whole_numbers_too_long_for_a_float_stay_exact():
    """As text, and said."""
    export = Export(
        title="t",
        file=DataFile(name="t", variables=(Variable(name="n", type=T.INTEGER),)),
        table=Table(pa.table({"n": pa.array([2**53 + 1, 1])})),
    )
    content, notes = written("stata", export)

    assert read_back("t.dta", content)[1].column("n") == ["9007199254740993", "1"]
    assert notes == ["n has whole numbers too long for Stata; they stand there as text."]


def test_stata_and_spss_are_written_without_a_data_frame_library():
    """Pandas is no part of an installation; nothing of ours may need it."""
    program = """
import sys
class No:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"pandas", "polars"}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, No())
import io, pyarrow as pa
from safeconduct.model.microdata import DataFile, Variable, VariableType
from safeconduct.model.table import Table
from safeconduct.release.file_format import Export, file_format
export = Export(title="t", file=DataFile(name="t", variables=(Variable(name="n", type=VariableType.INTEGER),)),
                table=Table(pa.table({"n": pa.array([1, None])})))
for name in ("stata", "spss"):
    out = io.BytesIO()
    file_format[name]().write(export, out)
    assert out.getvalue()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_csv_is_what_was_drafted():
    """Codes as they are, texts that could run with an apostrophe, numbers untouched."""
    content, _ = written("csv")
    rows = list(csv.DictReader(io.StringIO(content.decode())))

    assert [row["age"] for row in rows] == ["31", "a", "b", "99", ""]
    assert [row["note"] for row in rows] == ["'=1+1", 'é"x"', "", "'-", "plain, text"]
    assert rows[0]["born"] == "1990-02-03"
    assert rows[0]["seen"] == "2026-03-01T08:00:30"
    assert [row["here"] for row in rows] == ["1", "0", "", "1", "1"]
    assert [float(row["income"]) for row in rows if row["income"]] == [0.1, 1e10, -3.5, 2.0]


@given(some.lists(some.text(max_size=6), min_size=1, max_size=6))
def test_no_text_in_a_csv_file_can_run(texts):
    """Whatever people answered; and taking the apostrophe away gives back what they said."""
    texts = [text.replace("\0", "").encode(errors="ignore").decode() for text in texts]
    export = Export(
        title="t",
        file=DataFile(name="t", variables=(Variable(name="=n", type=T.TEXT),)),
        table=Table(pa.table({"=n": pa.array(texts)})),
    )
    content, _ = written("csv", export)
    (head,), *rows = csv.reader(io.StringIO(content.decode(), newline=""))

    assert head == "'=n"
    assert all(not row[0].startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows)
    assert [row[0].removeprefix("'") for row in rows] == [text.removeprefix("'") for text in texts]


def test_parquet_is_what_was_drafted():
    """Types, values, codes, and what is known of a column in its metadata."""
    content, _ = written("parquet")
    table = parquet.read_table(io.BytesIO(content))

    assert {one: table.column(one).to_pylist() for one in FILE.names} == {one: values(TABLE, one) for one in FILE.names}
    assert table.column("age_missing").to_pylist() == [None, "a", "b", None, None]
    assert json.loads(table.schema.field("sex").metadata[b"variable"])["labels"] == {"fr": "Sexe"}


def test_a_workbook_is_what_was_drafted():
    """Texts are texts; labels stand on a sheet of their own."""
    content, _ = written("xlsx")
    book = load_workbook(io.BytesIO(content))
    head, *rows = book["Data"].iter_rows(values_only=True)
    by_name = {name: [row[at] for row in rows] for at, name in enumerate(head)}

    assert by_name["age"] == [31, "a", "b", 99, None]
    assert by_name["note"][0] == "=1+1"
    assert book["Data"]["D2"].data_type == "s"
    assert ("sex", "1", "Homme", None) in list(book["Labels"].iter_rows(values_only=True))


def test_a_table_too_long_for_a_sheet_is_refused_with_a_way_out(monkeypatch):
    """In words."""
    many = Table(pa.table({"n": pa.nulls(1_048_576, pa.int64())}))
    export = Export(title="t", file=DataFile(name="t", variables=(Variable(name="n", type=T.INTEGER),)), table=many)

    with pytest.raises(BadInput, match="CSV or Parquet"):
        written("xlsx", export)


def test_the_labels_file_keeps_every_language():
    """What another format has no room for stands there."""
    tree = json.loads(written("labels")[0])

    assert tree["file"]["variables"][0]["labels"] == {"fr": "Âge"}
    assert tree["file"]["variables"][0]["missing_codes"] == ["a", "b"]


def test_the_r_script_names_every_column_and_code():
    """It reads the CSV file beside it."""
    script = written("r")[0].decode()

    assert 'read.csv("people.csv"' in script
    assert 'attr(data[["sex"]], "labels") <- c("Homme" = 1, "Femme" = 2)' in script
    assert 'c("a", "b")' in script


def test_the_stata_script_names_every_column_and_code():
    """It reads the CSV file beside it."""
    script = written("stata_setup")[0].decode()

    assert 'import delimited using "people.csv"' in script
    assert 'replace _sc_1 = .a if v1 == "a"' in script
    assert 'label define _sc_2l 1 "Homme", add' in script
    assert "rename _sc_2 sex" in script


@pytest.mark.parametrize("label", ['x" ; drop _all', "`=1+1'", "$HOME", "a\nexit"])
def test_a_label_cannot_run_in_a_script(label):
    """Neither in Stata, where backticks and dollars are replaced, nor in R."""
    variable = replace(FILE.variables[1], labels={"fr": label})
    export = replace(EXPORT, file=replace(FILE, variables=(FILE.variables[0], variable, *FILE.variables[2:])))
    line = next(one for one in written("stata_setup", export)[0].decode().split("\n") if "label variable _sc_2" in one)
    told = line.removeprefix('label variable _sc_2 "').removesuffix('"')

    assert '"' not in told
    assert "`" not in told
    assert not told.startswith("$")
    assert "\nexit" not in written("r", export)[0].decode()


@pytest.mark.parametrize("name", list(file_format))
def test_no_format_adds_a_column_of_ours(name):
    """Neither the record's code nor a companion's name."""
    content, _ = written(name)

    assert "·".encode() not in content


@pytest.mark.parametrize("name", list(file_format))
def test_an_empty_table_is_a_file_too(name):
    """Without a row, with its columns."""
    content, _ = written(name, replace(EXPORT, table=Table(TABLE.arrow.slice(0, 0))))

    assert content


NUMBERS = some.lists(some.one_of(some.none(), some.integers(-(2**53), 2**53)), min_size=1, max_size=8)


@given(
    NUMBERS,
    some.lists(some.one_of(some.none(), some.floats(-1e300, 1e300, allow_subnormal=False)), min_size=8, max_size=8),
)
def test_numbers_come_back_as_they_were(whole, numbers):
    """From Stata and SPSS, to the last digit."""
    table = Table(pa.table({"w": pa.array(whole, pa.int64()), "n": pa.array(numbers[: len(whole)], pa.float64())}))
    file = DataFile(name="t", variables=(Variable(name="w", type=T.INTEGER), Variable(name="n", type=T.NUMBER)))
    for name, reader in (("stata", pyreadstat.read_dta), ("spss", pyreadstat.read_sav)):
        content, _ = written(name, Export(title="", file=file, table=table))
        data, _ = reader(_path(content), output_format="dict")
        assert [None if one is None else int(one) for one in data["w"]] == whole
        assert list(data["n"]) == numbers[: len(whole)]
