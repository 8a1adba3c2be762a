"""A signature says what it is about; a practice signature never verifies as real."""

import pytest

from safeconduct.keys.provider import FileKeys
from safeconduct.keys.sealing import Sealer
from safeconduct.keys.signing import Signer, verify
from safeconduct.keys.tokens import TokenKeys
from safeconduct.model.errors import BadSettings, Tampered, WrongState


def made(folder, *, training: bool = False) -> tuple[FileKeys, Signer]:
    keys = FileKeys.create(folder, training=training)
    return keys, Signer.create(keys, folder)


def test_a_signature_is_good_for_its_message_domain_and_key_only(tmp_path) -> None:
    _, signer = made(tmp_path / "a")
    _, other = made(tmp_path / "b")
    signature = signer.sign(b"message", domain="release")

    assert verify(signer.public, b"message", signature, domain="release")
    assert not verify(signer.public, b"another", signature, domain="release")
    assert not verify(signer.public, b"message", signature, domain="checkpoint")
    assert not verify(other.public, b"message", signature, domain="release")
    assert not verify(signer.public, b"message", signature[:-1], domain="release")
    assert not verify(b"no key", b"message", signature, domain="release")


def test_a_practice_signature_verifies_as_practice_and_never_as_real(tmp_path) -> None:
    _, signer = made(tmp_path, training=True)

    for domain in ("release", "training/release"):
        signature = signer.sign(b"message", domain=domain)
        assert verify(signer.public, b"message", signature, domain="training/release")
        assert not verify(signer.public, b"message", signature, domain="release")


def test_a_real_signature_never_verifies_as_practice(tmp_path) -> None:
    _, signer = made(tmp_path)

    assert not verify(signer.public, b"m", signer.sign(b"m", domain="release"), domain="training/release")


def test_a_signer_opens_again(tmp_path) -> None:
    keys, signer = made(tmp_path)

    again = Signer.open(keys, tmp_path)

    assert (again.public, repr(again)) == (signer.public, f"Signer({signer.fingerprint})")
    assert bytes.fromhex((tmp_path / "signing.pub").read_text()) == signer.public
    assert len(signer.fingerprint.replace(" ", "")) == 32


def test_private_keys_rest_wrapped(tmp_path) -> None:
    keys, signer = made(tmp_path)
    tokens = TokenKeys.create(keys, tmp_path)

    stored = (tmp_path / "signing.key").read_bytes() + (tmp_path / "tokens.key").read_bytes()
    assert signer._private.private_bytes_raw() not in stored
    assert b"PRIVATE KEY" not in stored
    assert b"PRIVATE KEY" in tokens.private_pem()
    assert TokenKeys.open(keys, tmp_path).public_pem() == tokens.public_pem()


def test_keys_are_made_once_and_missing_ones_are_told(tmp_path) -> None:
    keys, _ = made(tmp_path)
    TokenKeys.create(keys, tmp_path)

    for sort in (Signer, TokenKeys):
        with pytest.raises(WrongState):
            sort.create(keys, tmp_path)
    for sort, name in ((Signer, "signing.key"), (TokenKeys, "tokens.key")):
        (tmp_path / name).unlink()
        with pytest.raises(BadSettings, match=name):
            sort.open(keys, tmp_path)


def test_a_key_file_swapped_for_another_does_not_open(tmp_path) -> None:
    keys, _ = made(tmp_path)
    TokenKeys.create(keys, tmp_path)
    (tmp_path / "signing.key").unlink()
    (tmp_path / "tokens.key").rename(tmp_path / "signing.key")

    with pytest.raises(Tampered):
        Signer.open(keys, tmp_path)


def test_sealed_bytes_open_only_for_what_they_were_sealed_for() -> None:
    sealer = Sealer(bytes(32))
    sealed = sealer.seal(b"a name", about="one")

    assert b"a name" not in sealed
    assert sealer.seal(b"a name", about="one") != sealed
    for wrong in ((sealer, sealed, "two"), (Sealer(bytes(31) + b"1"), sealed, "one"), (sealer, sealed[:-1], "one")):
        with pytest.raises(Tampered):
            wrong[0].open(wrong[1], about=wrong[2])
