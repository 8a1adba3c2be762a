"""A record without a yes to research is in no table a computation gets, nor is what belongs to it."""

from itertools import product

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeconduct.engines.tables import table
from safeconduct.keys.provider import FileKeys
from safeconduct.model.consent import CONSENT, RESEARCH, agreed, is_of_cases
from safeconduct.model.microdata import ARROW, Category, DataFile, Variable, VariableType
from safeconduct.store.microdata import Microdata, MicrodataManifest, MicrodataRecords

KEYS = FileKeys(False, bytes(32))
T = VariableType
CASES = {"number": (T.INTEGER, [1, 2, 3, 4]), CONSENT: (T.BOOLEAN, [True, True, False, True]),
         RESEARCH: (T.BOOLEAN, [True, False, True, None]), "age": (T.INTEGER, [30, 31, 32, 33])}  # fmt: skip
EVENTS = {"case": (T.INTEGER, [1, 1, 2, 3, 9, None]), "hte_Type": (T.TEXT, list("abcdef"))}


def described(name, columns, **more):
    variables = tuple(Variable(name=one, type=kind) for one, (kind, _) in columns.items())
    return DataFile(name=name, variables=variables, **more)


@pytest.fixture
def kept(tmp_path):
    """A data set of these tables, to be read."""

    def keep(*tables):
        microdata = Microdata(folder=tmp_path, dataset="cases", keys=KEYS)
        stored = []
        for file, columns in tables:
            with microdata.writing(file) as writer:
                arrays = [pa.array(values, ARROW[kind]) for kind, values in columns.values()]
                writer.add(pa.table(arrays, schema=writer.schema))
                stored.append(writer.finish())
        manifest = microdata.keep(MicrodataManifest(dataset="cases", files=tuple(stored)))
        return MicrodataRecords(store=tmp_path, manifest=manifest, keys=KEYS)

    return keep


def test_only_records_with_both_answers_are_read(kept):
    """Consent without research, research without consent, and no answer are no yes."""
    records = kept((described("cases", CASES), CASES))

    assert table(records, "cases", ["age"], memory_mb=8).arrow.column("age").to_pylist() == [30]


def test_what_belongs_to_a_record_is_read_with_it_only(kept):
    """Events of somebody who did not agree, of nobody, and of a case that is not there stay behind."""
    records = kept(
        (described("cases", CASES, key=("number",)), CASES),
        (described("events", EVENTS, parent="cases", link=("case",)), EVENTS),
    )

    assert table(records, "events", ["hte_Type"], memory_mb=8).arrow.column("hte_Type").to_pylist() == ["a", "b"]


def test_a_table_of_cases_that_asks_nobody_is_empty(kept):
    """Leaving the column out of the file opens nothing; dropping it on the way does not either."""
    columns = {"prs_Title": (T.TEXT, ["x"]), "vic_TraffickingStatus": (T.TEXT, ["y"]), "cas_Status": (T.TEXT, ["z"])}
    only = {CONSENT: CASES[CONSENT]}

    for found in (columns, only):
        records = kept((described("cases", found), found))
        assert len(table(records, "cases", list(found), memory_mb=8)) == 0


def test_a_survey_that_is_no_case_file_is_read_whole(kept):
    """The control: a table with a column or two that look alike."""
    columns = {
        "per_capita": (T.INTEGER, [1, 2]),
        "prs_Title": (T.TEXT, ["x", "y"]),
        "consent": (T.BOOLEAN, [False] * 2),
    }
    records = kept((described("members", columns), columns))

    assert len(table(records, "members", ["per_capita"], memory_mb=8)) == 2
    assert not is_of_cases(described("members", columns))


@pytest.mark.parametrize(
    ("kind", "values", "says"),
    [
        (T.TEXT, ["TRUE", " yes ", "oui", "maybe", "", None, "no", "true?"], [True] * 3 + [False] * 5),
        (T.INTEGER, [1, 0, 2, None], [True, False, False, False]),
        (T.NUMBER, [1.0, 0.0, None], [True, False, False]),
        (T.BOOLEAN, [True, False, None], [True, False, False]),
    ],
)
def test_only_what_is_plainly_yes_is_yes(kind, values, says):
    """Whatever the column is kept as."""
    cells = pa.chunked_array([pa.array(values, ARROW[kind])])

    assert agreed(cells, Variable(name=CONSENT, type=kind)).to_pylist() == says


def test_labels_of_codes_decide():
    """Where 1 is labelled no, 1 is no; a code that has no label is no yes."""
    codes = (Category(code="1", labels={"en": "No"}), Category(code="2", labels={"en": "Yes", "fr": "Oui"}),
             Category(code="9", labels={"en": "Yes"}, missing=True))  # fmt: skip
    cells = pa.chunked_array([pa.array([1, 2, 9, 3])])

    assert agreed(cells, Variable(name=CONSENT, type=T.INTEGER, categories=codes)).to_pylist() == [
        False, True, False, False,
    ]  # fmt: skip


@given(st.text())
def test_no_text_but_a_known_yes_is_a_yes(text):
    """Never known from the outside: anything else is none."""
    cells = pa.chunked_array([pa.array([text])])
    known = {"true", "yes", "y", "1", "1.0", "x", "✓", "☑", "checked", "oui", "sí", "si", "نعم"}

    assert agreed(cells, Variable(name=CONSENT, type=T.TEXT)).to_pylist() == [text.strip().casefold() in known]


def test_every_pair_of_answers_is_decided(kept):
    """Nine pairs; one of them is a yes."""
    pairs = list(product([True, False, None], repeat=2))
    columns = {CONSENT: (T.BOOLEAN, [one for one, _ in pairs]), RESEARCH: (T.BOOLEAN, [two for _, two in pairs]),
               "at": (T.INTEGER, list(range(9)))}  # fmt: skip

    assert table(kept((described("cases", columns), columns)), "cases", ["at"], memory_mb=8).rows() == [{"at": 0}]
