"""Files of Stata, SPSS and SAS, with everything they say of their columns."""

import datetime as dt
import gzip
import struct
from pathlib import Path

import pandas as pd
import pyarrow.parquet
import pytest

from safeconduct.model.errors import BadInput, Unreadable
from safeconduct.model.microdata import Category, Measurement


def test_stata_keeps_its_extended_missing_values(desk):
    """`.a` is no value, and is not forgotten."""
    ages = pd.Series([31, "a", None, 7], dtype=object)
    content = desk.statistics("x.dta", {"age": ages}, missing_user_values={"age": ["a"]},
                              variable_value_labels={"age": {7: "seven", "a": "refused"}})  # fmt: skip

    found = desk.read({"x.dta": content})

    assert desk.columns(found) == {"age": [31, None, None, 7], "age·missing": [None, "a", None, None]}
    assert desk.file(found)["age"].missing_codes == ("a",)
    assert desk.file(found)["age"].categories == (
        Category(code="7", labels={"": "seven"}),
        Category(code="a", labels={"": "refused"}, missing=True),
    )


@pytest.mark.parametrize("version", [8, 10, 12, 13, 14, 15])
def test_every_stata_since_8_is_read(desk, version):
    """Offices keep old files."""
    content = desk.statistics(
        "x.dta", {"n": [1.5, 2.5], "s": ["a", "b"]}, version=version, column_labels={"n": "Number"}
    )
    found = desk.read({"x.dta": content})

    assert desk.columns(found) == {"n": [1.5, 2.5], "s": ["a", "b"]}
    assert desk.file(found)["n"].labels == {"": "Number"}


@pytest.mark.parametrize("compress", [False, True])
def test_spss_keeps_single_codes_and_ranges(desk, compress):
    """99 and everything up to -1 are no incomes."""
    columns = {"income": [10.5, 99, -5, None, 95], "answer": ["y", "NA", "n", "", "y"]}
    content = desk.statistics(
        "x.sav", columns, compress=compress,
        missing_ranges={"income": [99, {"lo": float("-inf"), "hi": -1}], "answer": ["NA"]},
        variable_value_labels={"income": {99: "refused", -5: "none"}, "answer": {"y": "yes"}},
        variable_measure={"income": "scale", "answer": "nominal"}, column_labels={"income": "Income"},
    )  # fmt: skip
    found = desk.read({"x.zsav" if compress else "x.sav": content})
    income, answer = desk.file(found).variables

    assert desk.columns(found) == {
        "income": [10.5, None, None, None, 95.0], "answer": ["y", None, "n", None, "y"],
        "income·missing": [None, "99", "-5", None, None], "answer·missing": [None, "NA", None, None, None],
    }  # fmt: skip
    assert (income.missing_codes, income.missing_ranges) == (("99",), (("-inf", "-1"),))
    assert [one.missing for one in income.categories] == [True, True]
    assert (income.measurement, answer.measurement, income.labels) == (
        Measurement.SCALE, Measurement.NOMINAL, {"": "Income"},
    )  # fmt: skip


def test_doubles_that_are_all_whole_are_whole_numbers(desk):
    """SPSS keeps every number as a double."""
    found = desk.read({"x.sav": desk.statistics("x.sav", {"a": [1.0, 2.0], "b": [1.0, 2.5], "c": [float("nan")] * 2})})

    assert desk.types(found) == {"a": "integer", "b": "number", "c": "integer"}


def test_a_category_that_is_not_whole_keeps_a_column_a_number(desk):
    """A code 1.5 may come with the next wave."""
    content = desk.statistics("x.sav", {"a": [1.0, 2.0]}, variable_value_labels={"a": {1.5: "between"}})

    assert desk.types(desk.read({"x.sav": content}))["a"] == "number"


@pytest.mark.parametrize("name", ["x.dta", "x.sav"])
def test_dates_and_moments_are_read_as_such(desk, name):
    """Whenever the package counts from."""
    days = [dt.date(2020, 2, 29), None, dt.date(1899, 1, 1)]
    moments = [dt.datetime(2020, 2, 29, 23, 59, 58), None, dt.datetime(1959, 12, 31, 1)]  # noqa: DTZ001 - as written
    found = desk.read({name: desk.statistics(name, {"day": days, "at": pd.to_datetime(moments)})})

    assert desk.types(found) == {"day": "date", "at": "moment"}
    assert desk.columns(found) == {"day": days, "at": moments}


def test_portable_and_transport_files_are_read(desk):
    """With a note on what they cannot tell."""
    columns = {"A": [1.5, None], "B": ["x", "y"]}
    portable = desk.read({"x.por": desk.statistics("x.por", columns)})
    transport = desk.read({"x.xpt": desk.statistics("x.xpt", columns)})

    assert desk.columns(portable) == desk.columns(transport) == {"A": [1.5, None], "B": ["x", "y"]}
    assert "transport file" in str(transport.notes[0])


def test_old_texts_are_read_in_the_encoding_named(desk):
    """A Stata 12 file does not say what its letters are."""
    content = desk.statistics("x.dta", {"s": ["Segou"]}, version=12).replace(b"Segou", "Ségou".encode("cp1256")[:5])

    assert desk.columns(desk.read({"x.dta": content}, encoding="windows-1256"))["s"][0].startswith("S")


def test_texts_in_another_encoding_than_named_are_refused(desk):
    """With advice."""
    content = desk.statistics("x.dta", {"s": ["Segou"]}, version=12).replace(b"Segou", b"S\xe9gou")

    with pytest.raises(BadInput, match="name the encoding"):
        desk.read({"x.dta": content}, encoding="utf-8")


@pytest.mark.parametrize("name", ["x.dta", "x.sav", "x.zsav", "x.por", "x.xpt"])
def test_a_file_cut_short_is_refused(desk, name):
    """Nobody publishes half a survey."""
    source = name.replace("zsav", "sav")
    content = desk.statistics(source, {"n": list(range(2_000)), "s": [f"text{number}" for number in range(2_000)]},
                              **({"compress": True} if name == "x.zsav" else {}))  # fmt: skip

    with pytest.raises(Unreadable, match="cut short"):
        desk.read({name: content[: len(content) // 2]})


def test_many_rows_are_read_in_parts_and_in_order(desk):
    """More rows than are held at a time."""
    count = 30_000
    columns = {f"v{one}": list(range(count)) for one in range(70)}
    found = desk.read({"x.dta": desk.statistics("x.dta", columns)})
    batches = list(found.tables[0].batches())

    assert len(batches) > 1
    assert [value for batch in batches for value in batch.column("v69").to_pylist()] == list(range(count))


def test_a_name_twice_but_for_capitals_is_refused(desk):
    """Stata can tell Age from age; people and other programs cannot."""
    with pytest.raises(BadInput, match="share a name"):
        desk.read({"x.dta": desk.statistics("x.dta", {"Age": [1], "age": [2]})})


def test_a_catalogue_of_labels_alone_is_refused(desk):
    """It holds no answers."""
    with pytest.raises(BadInput, match="labels only"):
        desk.read({"formats.sas7bcat": b"\0" * 100})


def test_parquet_keeps_labels_and_categories(desk):
    """Where the field says so."""
    meta = {b"label": b"Sex", b"labels": b'{"1": "man", "2": "woman"}'}
    table = pyarrow.table(
        {"sex": [1, 2, None], "name": ["x", "", "y"], "w": [0.5, float("nan"), 2.0]},
        schema=pyarrow.schema([pyarrow.field("sex", pyarrow.int8(), metadata=meta), ("name", pyarrow.string()),
                               ("w", pyarrow.float32())]),
    )  # fmt: skip
    found = desk.read({"x.parquet": desk.parquet(table)})

    assert desk.columns(found) == {"sex": [1, 2, None], "name": ["x", None, "y"], "w": [0.5, None, 2.0]}
    assert desk.file(found)["sex"].labels == {"": "Sex"}
    assert [one.code for one in desk.file(found)["sex"].categories] == ["1", "2"]


def test_a_parquet_column_of_lists_is_refused_by_name(desk):
    """A table of answers has one answer a cell."""
    with pytest.raises(BadInput, match="Column many of"):
        desk.read({"x.parquet": desk.parquet(pyarrow.table({"many": [[1, 2], [3]]}))})


@pytest.fixture(scope="module")
def iris():
    """Fisher's irises as SAS wrote them; from the examples of R's haven 2.5.1, Copyright RStudio, MIT licence."""
    return gzip.decompress(Path(__file__).with_name("iris.sas7bdat.gz").read_bytes())


def test_a_sas_file_is_read(desk, iris):
    """Numbers and texts of 150 flowers."""
    found = desk.read({"iris.sas7bdat": iris})

    assert len(desk.rows(found)) == 150
    assert desk.rows(found)[0] == {
        "Sepal_Length": 5.1, "Sepal_Width": 3.5, "Petal_Length": 1.4, "Petal_Width": 0.2, "Species": "setosa",
    }  # fmt: skip


def test_sas_keeps_its_special_missing_values(desk, iris):
    """`.B` as it is kept in a SAS file: a number that is none, with a letter in it."""
    first = struct.pack("<4d", 5.1, 3.5, 1.4, 0.2)
    special = struct.pack("<Q", 0xFFFFFC0000000000) + first[8:]
    found = desk.read({"iris.sas7bdat": iris.replace(first, special, 1)})
    columns = desk.columns(found)

    assert (columns["Sepal_Length"][:2], columns["Sepal_Length·missing"][:2]) == ([None, 4.9], ["b", None])


def test_a_sas_file_cut_short_is_refused(desk, iris):
    """As every other."""
    with pytest.raises(Unreadable, match="cut short"):
        desk.read({"iris.sas7bdat": iris[: len(iris) // 2]})


def test_a_catalogue_that_is_none_is_refused(desk, iris):
    """Rather than labels lost in silence."""
    with pytest.raises(Unreadable, match="cut short"):
        desk.read({"iris.sas7bdat": iris, "iris.sas7bcat": b"nothing of the kind" * 50})
