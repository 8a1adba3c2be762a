"""However a number is written and whichever way it is looked up, it has the pseudonym it always had."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safeconduct.ingest.people import EPOCH, NOBODY, People, normalised, pseudonyms
from safeconduct.keys.provider import FileKeys
from safeconduct.store.codes import CodeTable
from safeconduct.store.encrypted import connect

KEYS = FileKeys(False, bytes(32))
SPELLINGS = st.sampled_from([
    "+258841234567", "00258841234567", "258841234567", " 258 84 123 4567 ", "0841234567", "841234567", "", " ", "null",
    "+", "00", "+00", "9" * 18, "9" * 19, "1" * 129, "5f2b9e01c3", "5F2B9E01C3", "é", "٣٤٥",
])  # fmt: skip


@pytest.fixture(scope="module")
def connection(tmp_path_factory):
    found = connect(read=[], spill=tmp_path_factory.mktemp("spill"), memory_mb=128, threads=1)
    yield found
    found.close()


def test_pseudonyms_are_what_they_were_when_the_first_site_was_made() -> None:
    """HMAC-SHA256 cut to 128 bits; another value would make every person somebody else."""
    made = pseudonyms(b"k" * 32, ["258841234567", "hash-a1"]).hex()

    assert made == "69a602dc7b6fb1ac3b19243c06bf7abdd1d87459cc6d6fcb6a50a3a01ca63a2a"


@settings(max_examples=25, deadline=None)
@given(blocks=st.lists(st.lists(SPELLINGS, max_size=8), max_size=4), met_bytes=st.sampled_from([1, 1 << 20]))
def test_every_spelling_has_the_code_of_its_pseudonym(connection, tmp_path_factory, blocks, met_bytes) -> None:
    """Block after block, with and without memory for the numbers met before."""
    connection.execute("DROP TABLE IF EXISTS met")
    codes = CodeTable(store=tmp_path_factory.getbasetemp(), dataset="phone", domain="person", keys=KEYS)
    people = People(connection, codes, keys=KEYS, dataset="phone", domain="person", met_bytes=met_bytes)
    key = KEYS.derive("pseudonym", "phone", EPOCH, "person")

    for block in blocks:
        found = people.of(pa.chunked_array([pa.array(block, pa.string())])).tolist()
        given_out = len(codes)
        names = [normalised(text) for text in block]
        wanted = [int(codes.of(pseudonyms(key, [name]))[0]) if name else NOBODY for name in names]
        assert found == wanted
        assert len(codes) == given_out, "nobody has two codes"


def test_many_people_have_a_code_each(connection, tmp_path) -> None:
    """More than the memory for numbers holds, over several blocks, and the same again."""
    connection.execute("DROP TABLE IF EXISTS met")
    codes = CodeTable(store=tmp_path, dataset="phone", domain="person", keys=KEYS)
    people = People(connection, codes, keys=KEYS, dataset="phone", domain="person", met_bytes=1)
    texts = pa.array([f"+25884{one:07d}" for one in range(20_000)])
    blocks = [pa.chunked_array([texts.slice(start, 3_000)]) for start in range(0, 20_000, 3_000)]

    first = np.concatenate([people.of(block) for block in blocks])
    again = np.concatenate([people.of(block) for block in blocks])

    assert (first == again).all()
    assert sorted(first.tolist()) == list(range(20_000))
