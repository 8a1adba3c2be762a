"""Whatever happens to a file on its way, no message quotes a cell; and what is whole comes back equal."""

import io
import math

import pandas as pd
import pyarrow as pa
import pyreadstat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safeconduct.ingest.survey import Arrived, Contents, ReadTable, SurveyFormat, formats, read
from safeconduct.model.errors import SafeconductError
from safeconduct.model.microdata import DataFile, Variable, VariableType

MARKER = "Qxzv7Marker"
CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
SLOW = settings(deadline=None, max_examples=60, suppress_health_check=CHECKS)
APART = settings(deadline=None, max_examples=12, suppress_health_check=CHECKS)  # each starts a process or two
NUMBERS = st.one_of(st.none(), st.integers(-(2**31), 2**31), st.floats(-1e12, 1e12).filter(lambda one: abs(one) > 1e-9))
TEXTS = st.one_of(
    st.none(), st.text(st.characters(categories=["L", "N"], max_codepoint=0x2FF), min_size=1, max_size=12)
)


def sent(name, content):
    return Arrived(name=name, size=len(content), open=lambda: io.BytesIO(content))


def columns_of(contents):
    rows = [row for table in contents.tables for batch in table.batches() for row in batch.to_pylist()]
    return {key: [row[key] for row in rows] for key in (rows[0] if rows else ())}


def every_format(desk):
    """A file of each format with the marker in its cells."""
    rows = {"id": [1, 2, 3], "name": [MARKER, "b", MARKER + "2"], "n": [1.5, 2.5, 3.5]}
    frame = pd.DataFrame(rows)
    lines = [list(rows), *zip(*rows.values(), strict=True)]
    return {
        "x.csv": frame.to_csv(index=False).encode(),
        "x.dta": desk.statistics("x.dta", rows),
        "x.sav": desk.statistics("x.sav", rows),
        "x.por": desk.statistics("x.por", {key.upper(): value for key, value in rows.items()}),
        "x.xpt": desk.statistics("x.xpt", {key.upper(): value for key, value in rows.items()}),
        "x.xlsx": desk.workbook(data=lines),
        "x.parquet": frame.to_parquet(index=False),
        "x.zip": desk.archive({"x.tab": "interview__id\tname\n" + f"1\t{MARKER}\n", "y.csv": f"a,b\n1,{MARKER}\n"}),
    }


def outcome(name, content):
    """The message of what goes wrong, `""` for nothing."""
    try:
        columns_of(read([sent(name, content)]))
    except SafeconductError as refused:
        return f"{refused} {refused.text} {refused.field} {refused!r}"
    return ""


def mutilated(content, cut, flips):
    """Bytes flipped, or else the end cut off."""
    changed = bytearray(content)
    for place, bits in flips:
        changed[min(int(place * len(changed)), len(changed) - 1)] ^= bits
    return bytes(changed if flips else changed[: max(int(cut * len(changed)), 1)])


CUTS, FLIPS = st.floats(0, 1), st.lists(st.tuples(st.floats(0, 1), st.integers(1, 255)), max_size=4)


@pytest.mark.parametrize("name", ["x.csv", "x.xlsx", "x.parquet", "x.zip"])
@given(cut=CUTS, flips=FLIPS)
@SLOW
def test_no_mutilation_makes_a_message_quote_a_cell(desk, name, cut, flips):
    """Cut anywhere, flipped anywhere: our own error or none, without the marker."""
    assert MARKER not in outcome(name, mutilated(every_format(desk)[name], cut, flips))


@pytest.mark.parametrize("name", ["x.dta", "x.sav", "x.por", "x.xpt"])
@given(cut=CUTS, flips=FLIPS)
@APART
def test_no_mutilation_of_a_statistical_file_makes_a_message_quote_a_cell(desk, name, cut, flips):
    """Nor ends the program that asked."""
    assert MARKER not in outcome(name, mutilated(every_format(desk)[name], cut, flips))


def test_a_byte_that_brings_down_the_library_brings_down_nothing_else(desk):
    """The width of a text that is not there ended the whole process in pyreadstat 1.3.7."""
    content = bytearray(desk.statistics("x.sav", {"a": [1.0, 2.0], "s": ["x", "y"]}))
    content[180] = 127

    assert "cut short, damaged" in outcome("x.sav", bytes(content))


@given(numbers=st.lists(NUMBERS, min_size=1, max_size=8), data=st.data())
@APART
def test_any_spss_table_comes_back_equal(desk, numbers, data):
    """Numbers, texts, nothing and user-missing codes."""
    texts = data.draw(st.lists(TEXTS, min_size=len(numbers), max_size=len(numbers)))
    code = next((float(one) for one in numbers if one is not None), 1.0)
    path = desk.folder / "any.sav"
    pyreadstat.write_sav(
        pd.DataFrame({"n": pd.Series(numbers, dtype=float), "s": texts}), path, missing_ranges={"n": [code]}
    )

    found = columns_of(read([sent("any.sav", path.read_bytes())]))

    assert found["s"] == texts
    assert all(same(one, None if number == code else number) for one, number in zip(found["n"], numbers, strict=True))
    assert [one is not None for one in found["n·missing"]] == [number == code for number in numbers]


@given(numbers=st.lists(st.one_of(NUMBERS, st.sampled_from("abz")), min_size=1, max_size=8), data=st.data())
@APART
def test_any_stata_table_comes_back_equal(desk, numbers, data):
    """Numbers, texts, nothing and letters for missing."""
    texts = data.draw(st.lists(TEXTS, min_size=len(numbers), max_size=len(numbers)))
    path = desk.folder / "any.dta"
    plain = [float(one) if isinstance(one, int) else one for one in numbers]
    letters = sorted({one for one in numbers if isinstance(one, str)})
    frame = pd.DataFrame(
        {"n": pd.Series(plain, dtype=object if letters else float), "s": pd.Series(texts, dtype=object)}
    )
    frame["s"] = frame["s"].fillna("")
    pyreadstat.write_dta(frame, path, missing_user_values={"n": letters} if letters else None)

    found = columns_of(read([sent("any.dta", path.read_bytes())]))

    assert found["s"] == texts
    assert all(
        same(one, None if isinstance(number, str) else number) for one, number in zip(found["n"], numbers, strict=True)
    )
    assert found.get("n·missing", [None] * len(numbers)) == [one if isinstance(one, str) else None for one in numbers]


@given(rows=st.lists(st.tuples(NUMBERS, TEXTS), min_size=1, max_size=8))
@SLOW
def test_any_csv_table_comes_back_equal(rows):
    """Numbers, texts that are no numbers, and nothing."""
    texts = [f"t{text}" if text else None for _, text in rows]
    frame = pd.DataFrame({"n": pd.Series([one for one, _ in rows], dtype=float), "s": texts, "k": "x"})

    found = columns_of(read([sent("any.csv", frame.to_csv(index=False).encode())]))

    assert all(same(one, number) for one, (number, _) in zip(found["n"], rows, strict=True))
    assert found["s"] == texts


def same(one, other):
    """Equal as numbers, nothing like nothing."""
    return one is other if one is None or other is None else math.isclose(one, other, rel_tol=1e-12)


def test_whatever_a_reader_does_not_foresee_is_told_without_a_cell(monkeypatch):
    """Arrow says which value it could not use; what we say names the table."""

    class Unforeseen(SurveyFormat):
        name = "unforeseen"

        def claims(self, arrived):
            return arrived.ending == ".odd"

        def read(self, files, hints):  # noqa: ARG002 - as every format has it
            file = DataFile(name="odd", variables=(Variable(name="a", type=VariableType.INTEGER),))
            rows = ReadTable(
                file=file, batches=lambda: iter([pa.record_batch({"a": pa.array([MARKER]).cast("int64")})])
            )
            return Contents(tables=(rows,), format=self.name)

    monkeypatch.setitem(formats._members, "unforeseen", Unforeseen)

    told = outcome("x.odd", b"anything")

    assert "odd is cut short, damaged" in told
    assert MARKER not in told
