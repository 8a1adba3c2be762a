"""Identifiers become digests under the pool's key: the same person the same, whoever wrote it down, nobody else's."""

import pyarrow as pa
import pytest

from safeconduct.ingest.described import Described
from safeconduct.ingest.pooled_digests import COMMON, Matching, clusters, digests
from safeconduct.model.microdata import RECORD, DataFile, Variable, VariableType
from safeconduct.model.table import Table

KEY, OTHER = bytes(32), bytes([1]) * 32
NAME, PHONE, IDENTITY, EMAIL = "name and date of birth", "telephone", "identity number", "e-mail"


def rows(**columns):
    """Cases with these columns as texts, dates of birth as days."""
    count = len(next(iter(columns.values())))
    types = {name: VariableType.DATE if name == "prs_Birthdate" else VariableType.TEXT for name in columns}
    file = DataFile(name="t", variables=tuple(Variable(name=name, type=one) for name, one in types.items()))
    cells = {
        name: pa.array(values).cast(pa.date32()) if types[name] is VariableType.DATE else pa.array(values, pa.string())
        for name, values in columns.items()
    }
    return Described(file=file, table=Table(pa.table({**cells, RECORD: pa.array(range(count), pa.int64())})))


def made(by, key=KEY, *, phonetic=False, **columns):
    return digests(rows(**columns), Matching(by=(by,), phonetic=phonetic), key=key)


@pytest.mark.parametrize(("by", "one", "other"), [
    (NAME, {"prs_FirstName": "José", "prs_SecondName": "NÚÑEZ", "prs_Birthdate": "1990-05-01"},
           {"prs_FirstName": "nunez", "prs_SecondName": "jose", "prs_Birthdate": "1990-05-01"}),
    (PHONE, {"prs_MobilePhone": "+258 84 000 0001"}, {"prs_HomePhone": "0084-000-0001"}),
    (PHONE, {"prs_MobilePhone": "٠٨٤٠٠٠٠٠٠١"}, {"prs_MobilePhone": "0840000001"}),
    (IDENTITY, {"prs_IdentityNumber": "ab-12 34"}, {"prs_IdentityNumber": "AB1234"}),
    (EMAIL, {"prs_Email": " A@Example.org"}, {"prs_Email": "a@example.ORG "}),
])  # fmt: skip
def test_one_person_written_in_two_ways_has_one_digest(by, one, other):
    """Case, accents, order of names, signs between digits and codes of countries do not count."""
    first = made(by, **{name: [value] for name, value in one.items()})
    second = made(by, **{name: [value] for name, value in other.items()})

    assert first == second != {}


def test_a_name_alone_or_a_year_alone_is_no_digest():
    """Many share a first name; what is too little to tell a person is not compared."""
    assert made(NAME, prs_FirstName=["Ana"], prs_Birthdate=["1990-05-01"]) == {}
    assert made(NAME, prs_FirstName=["Ana"], prs_SecondName=["Silva"]) == {}
    assert made(PHONE, prs_MobilePhone=["12345"]) == {}


def test_names_are_compared_as_they_sound_only_where_that_was_agreed():
    """Two spellings of one name meet by sound, and not as written."""
    born = {"prs_Birthdate": ["1990-05-01"], "prs_SecondName": ["Hussein"]}

    def pair(*, phonetic):
        return [made(NAME, phonetic=phonetic, prs_FirstName=[one], **born) for one in ("Mohammed", "Muhamad")]

    assert pair(phonetic=True)[0] == pair(phonetic=True)[1]
    assert pair(phonetic=False)[0] != pair(phonetic=False)[1]


def test_a_placeholder_tells_nobody_apart():
    """One number in six records is what a form fills in; in five it may be a family's."""
    assert made(PHONE, prs_MobilePhone=["0000000000"] * (COMMON + 1)) == {}
    assert len(made(PHONE, prs_MobilePhone=["0840000001"] * COMMON)) == COMMON


def test_another_pools_key_makes_other_digests_and_none_shows_what_it_was_made_of():
    """Digests of two pools cannot be laid side by side."""
    one, other = made(IDENTITY, prs_IdentityNumber=["AB1234"]), made(IDENTITY, OTHER, prs_IdentityNumber=["AB1234"])

    assert one != other
    assert "1234" not in repr(one)[:12]
    assert all(len(digest) == 32 for digest in one[0])


def test_digests_made_offline_are_turned_once_more():
    """Partners know their salt; what rests here is under the pool's key, and two partners' still meet."""
    found = digests(rows(hash=["AbC ", "abc"]), Matching(by=("digest made offline",), offline_column="hash"), key=KEY)

    assert found[0] == found[1]
    assert found[0][0] != "abc"


def test_records_of_one_organisation_are_no_pair():
    """Its own doubles are its own affair; a chain over two organisations is one person."""
    assert clusters({"a": {0: ("x",), 1: ("x",)}, "b": {0: ("y",)}}) == ()
    assert clusters({"a": {0: ("x",), 1: ("x",)}, "b": {7: ("x",)}}) == ((("a", 0), ("a", 1), ("b", 7)),)
