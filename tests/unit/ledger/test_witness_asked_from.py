"""A site that was asked with the wrong size is no record that was rewritten: the witness says what to ask."""

from contextlib import closing
from datetime import UTC, datetime
from functools import partial

import pytest

from safeconduct.actions.witnessing import sign_as_witness, start_witness
from safeconduct.keys.provider import FileKeys
from safeconduct.keys.signing import Signer
from safeconduct.ledger.ledger import Ledger
from safeconduct.model.errors import BadInput, Tampered

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def signer(tmp_path):
    folder = tmp_path / "owner"
    folder.mkdir(mode=0o700)
    return Signer.create(FileKeys.create(folder, training=True), folder)


@pytest.fixture
def watched(tmp_path, signer):
    """What a site shows, asked from some size, and a witness that signed it at three events."""
    start_witness(tmp_path / "ngo", name="ngo.example", owner=signer.public.hex(), training=True)
    with closing(Ledger.open(f"sqlite:///{tmp_path}/meta.sqlite")) as ledger:
        ledger.upgrade()
        shown = partial(show, ledger, signer)
        grow(ledger, 3)
        sign_as_witness(tmp_path / "ngo", shown(0))
        grow(ledger, 4)
        yield tmp_path / "ngo", shown


def show(ledger, signer, first):
    sign = lambda message: (signer.public, signer.sign(message, domain="checkpoint"))  # noqa: E731 - said once
    return {**ledger.shown(first, sign, at=NOW), "first": first}


def grow(ledger, count):
    with ledger.write() as tx:
        for number in range(count):
            tx.event(actor="u1", verb="ask", subject=str(number), body={}, at=NOW)


@pytest.mark.parametrize("first", [0, 2, 5, 99])
def test_a_wrong_size_is_told_with_the_right_one(watched, first):
    folder, shown = watched
    with pytest.raises(BadInput, match=r"signed 3.*--first 3"):
        sign_as_witness(folder, shown(first))

    assert sign_as_witness(folder, shown(3))["size"] == 7


def test_a_record_that_was_rewritten_is_told_as_that(watched):
    """Asked with the right size, its proof is none."""
    folder, shown = watched
    with pytest.raises(Tampered, match="rewritten"):
        sign_as_witness(folder, {**shown(3), "proof": ["00" * 32]})
