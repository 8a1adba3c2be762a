"""What stands in front of a backup may be anything; what two officers are is one key each."""

import base64
import io
import os

import pytest

from safeconduct.keys import officers
from safeconduct.keys.officers import PREFIX, Officer
from safeconduct.model.errors import BadInput, Tampered, Unreadable
from safeconduct.store.archive import LENGTH, MAGIC, check_officers, extract, read_head, writing

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


@pytest.fixture
def officer(tmp_path, monkeypatch) -> Officer:
    monkeypatch.setitem(officers.SCRYPT, "n", 1 << 4)
    return Officer.create(tmp_path / "one.officer", passphrase="a long enough phrase")


def test_one_officer_written_in_two_ways_is_not_two(officer) -> None:
    """Base64 has bits that mean nothing: a line that differs in them alone is the same key."""
    last = ALPHABET.index(officer.public[-2])
    twin = f"{officer.public[:-2]}{ALPHABET[last ^ 1]}="
    assert base64.b64decode(twin.removeprefix(PREFIX)) == base64.b64decode(officer.public.removeprefix(PREFIX))

    with pytest.raises(BadInput):
        check_officers((officer.public, twin))


@pytest.mark.parametrize("head", [b"[" * 60_000, b"[]", b"{}", b'{"id": 1, "at": 2, "shares": 3}', b"\xff"])
def test_a_head_that_is_none_is_told_so(head: bytes) -> None:
    with pytest.raises(Unreadable):
        read_head(io.BytesIO(MAGIC + LENGTH.pack(1, len(head)) + head))


@pytest.mark.parametrize("share", [3, "text", {}, {"ephemeral": 3, "share": None}, {"ephemeral": "é", "share": "é"}])
def test_a_share_that_is_none_is_told_so(officer, share: object) -> None:
    with pytest.raises(Tampered):
        officer.opened(share, about="")


def test_a_file_is_as_old_after_it_was_restored_as_before(officer, tmp_path) -> None:
    """Rejected rows and files on their way in go after so many days; a restore gives them none."""
    other = Officer.create(tmp_path / "two.officer", passphrase="another long phrase")
    rows = tmp_path / "phone.rows"
    rows.write_bytes(b"sealed")
    os.utime(rows, (1_700_000_000.5, 1_700_000_000.5))
    with writing(tmp_path / "backup", officers=(officer.public, other.public), at="") as (archive, key):
        archive.add("quarantine/phone/a.rows", rows)
    extract(tmp_path / "backup", key, tmp_path / "back")

    assert (tmp_path / "back/quarantine/phone/a.rows").stat().st_mtime == 1_700_000_000.5
