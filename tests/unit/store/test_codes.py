"""Codes are dense, last for ever and never change hands."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeconduct.keys.provider import FileKeys
from safeconduct.model.errors import Tampered
from safeconduct.store.codes import CodeTable

KEYS = FileKeys(False, bytes(32))


def pseudonym(one: object) -> bytes:
    return hashlib.sha256(str(one).encode()).digest()[:16]


def table(store, parts=(), domain: str = "person") -> CodeTable:
    return CodeTable(store=store, dataset="phone", domain=domain, keys=KEYS, parts=parts)


@given(batches=st.lists(st.lists(st.integers(0, 30), max_size=20), max_size=6), halves=st.integers(1, 3))
def test_a_pseudonym_has_one_code_for_ever(tmp_path_factory, batches, halves) -> None:
    """Also among pseudonyms that share their first half, as here."""
    codes = table(tmp_path_factory.getbasetemp())
    known: dict[int, int] = {}
    for batch in batches:
        found = codes.of(b"".join(pseudonym(one % halves)[:8] + pseudonym(one)[8:] for one in batch)).tolist()
        for one, code in zip(batch, found, strict=True):
            assert known.setdefault(one, code) == code
    assert sorted(known.values()) == list(range(len(known)))
    assert len(codes) == len(known)


def test_codes_come_back_from_their_files(tmp_path) -> None:
    codes = table(tmp_path)
    first = codes.of(b"".join(map(pseudonym, range(100))))
    one = codes.save()
    codes.of(pseudonym("late"))
    two = codes.save()

    again = table(tmp_path, [one, two])

    assert again.of(b"".join(map(pseudonym, range(100)))).tolist() == first.tolist()
    assert again.of(pseudonym("late") + pseudonym("new")).tolist() == [100, 101]
    assert codes.save() is None


def test_domains_are_apart(tmp_path) -> None:
    codes = table(tmp_path)
    codes.of(pseudonym(1))
    part = codes.save()

    assert len(table(tmp_path, [part], "imsi")) == 0


def test_a_changed_file_is_noticed(tmp_path) -> None:
    codes = table(tmp_path)
    codes.of(pseudonym(1))
    part = codes.save()
    path = tmp_path / "phone" / part.path
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1])

    with pytest.raises(Tampered):
        table(tmp_path, [part])
    with pytest.raises(Tampered):
        table(tmp_path, [replace(part, path="codes/person/gone")])


def test_no_pseudonym_is_in_the_file(tmp_path) -> None:
    codes = table(tmp_path)
    codes.of(pseudonym(1))

    assert pseudonym(1) not in (tmp_path / "phone" / codes.save().path).read_bytes()


def test_a_million_people_take_megabytes(tmp_path) -> None:
    codes = table(tmp_path)
    many = np.random.default_rng(1).bytes(16_000_000)

    found = codes.of(many)

    assert (found.min(), found.max(), len(codes)) == (0, 999_999, 1_000_000)
    runs = (codes._sorted, codes._lately)
    assert sum(array.nbytes for run in runs for array in (run.high, run.low, run.code)) == 24_000_000
