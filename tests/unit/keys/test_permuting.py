"""Blocks in one another's place: back again, each by itself, and nothing shown."""

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from safeconduct.keys.permuting import Permutation, new_secret
from safeconduct.model.errors import BrokenPromise

SECRET = bytes(range(32))


@given(blocks=st.lists(st.binary(min_size=16, max_size=16), max_size=20), sort=st.text(max_size=5))
def test_every_block_comes_back_and_has_its_place_wherever_it_stands(blocks, sort) -> None:
    one = Permutation(SECRET, sort=sort)
    hidden = one.hidden(b"".join(blocks))

    assert one.shown(hidden) == b"".join(blocks)
    assert [hidden[at : at + 16] for at in range(0, len(hidden), 16)] == [one.hidden(block) for block in blocks]
    assert len({one.hidden(block) for block in blocks}) == len(set(blocks))


def test_it_is_aes_256_under_a_key_of_the_sort() -> None:
    """So that another program can undo it with the secret, and nobody has to trust a cipher of ours."""
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"safeconduct/blocks/person").derive(SECRET)
    cipher = Cipher(algorithms.AES(key), modes.CBC(bytes(16))).encryptor()

    assert Permutation(SECRET, sort="person").hidden(b"sixteen letters!") == cipher.update(b"sixteen letters!")


def test_sorts_and_secrets_are_apart() -> None:
    made = [Permutation(secret, sort=sort) for secret in (SECRET, bytes(32)) for sort in ("person", "imsi")]

    assert len({one.hidden(bytes(16)) for one in made}) == 4
    assert len({new_secret(), new_secret()}) == 2


@pytest.mark.parametrize("way", ["hidden", "shown"])
def test_half_a_block_is_an_error_of_ours_that_does_not_repeat_it(way) -> None:
    with pytest.raises(BrokenPromise) as told:
        getattr(Permutation(SECRET, sort="person"), way)(b"hunter2")
    assert "hunter2" not in f"{told.value!r} {told.value}"
    assert repr(Permutation(SECRET, sort="person")) == "Permutation()"
