"""Keys come from one root, and practice keys stay practice keys."""

import base64
import json
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeconduct.keys.provider import FileKeys
from safeconduct.model.errors import BadSettings, Tampered, Unsafe, WrongState

ROOT = bytes(range(32))


@pytest.fixture
def keys(tmp_path) -> FileKeys:
    return FileKeys.create(tmp_path / "keys", training=False)


def test_keys_open_again_as_they_were(keys, tmp_path) -> None:
    again = FileKeys.open(tmp_path / "keys")

    assert (again.id, again.training) == (keys.id, False)
    assert again.derive("a") == keys.derive("a")


def test_files_belong_to_their_owner_alone(keys, tmp_path) -> None:
    folder = tmp_path / "keys"

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o400}


def test_keys_are_never_overwritten(keys, tmp_path) -> None:
    with pytest.raises(WrongState, match="never overwritten"):
        FileKeys.create(tmp_path / "keys", training=False)

    assert FileKeys.open(tmp_path / "keys").id == keys.id


@pytest.mark.parametrize("mode", [0o440, 0o404, 0o600 | 0o020])
def test_a_root_key_others_may_read_is_refused(keys, tmp_path, mode) -> None:
    (tmp_path / "keys" / "root.key").chmod(mode)

    with pytest.raises(Unsafe, match="chmod 400"):
        FileKeys.open(tmp_path / "keys")


def test_practice_keys_cannot_be_made_real_by_editing_a_file(tmp_path) -> None:
    FileKeys.create(tmp_path / "keys", training=True)
    card = tmp_path / "keys" / "keys.json"
    card.chmod(0o600)
    card.write_text(json.dumps(json.loads(card.read_text()) | {"training": False}))

    with pytest.raises(Tampered, match="belong together"):
        FileKeys.open(tmp_path / "keys")


def test_a_root_key_of_another_site_is_refused(keys, tmp_path) -> None:
    other = FileKeys.create(tmp_path / "other", training=False)
    assert other.id != keys.id
    (tmp_path / "keys" / "root.key").unlink()
    (tmp_path / "other" / "root.key").rename(tmp_path / "keys" / "root.key")

    with pytest.raises(Tampered):
        FileKeys.open(tmp_path / "keys")


@pytest.mark.parametrize("missing", ["root.key", "keys.json"])
def test_a_missing_file_is_told(keys, tmp_path, missing) -> None:
    (tmp_path / "keys" / missing).unlink()

    with pytest.raises(BadSettings):
        FileKeys.open(tmp_path / "keys")


def test_a_root_key_may_be_handed_over_by_the_environment(tmp_path, monkeypatch) -> None:
    """Then it is not written to the folder."""
    monkeypatch.setenv("SAFECONDUCT_ROOT_KEY", base64.b64encode(ROOT).decode())
    made = FileKeys.create(tmp_path / "keys", training=False)

    assert not (tmp_path / "keys" / "root.key").exists()
    assert FileKeys.open(tmp_path / "keys").id == made.id


def test_a_root_key_may_be_handed_over_by_systemd(tmp_path, monkeypatch) -> None:
    (tmp_path / "safeconduct-root").write_bytes(ROOT)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    made = FileKeys.create(tmp_path / "keys", training=False)
    (tmp_path / "safeconduct-root").write_bytes(base64.b64encode(ROOT) + b"\n")

    assert FileKeys.open(tmp_path / "keys").id == made.id


@pytest.mark.parametrize("text", ["", "secret", base64.b64encode(b"short").decode()])
def test_a_handed_over_key_that_is_none_is_told_without_it(tmp_path, monkeypatch, text) -> None:
    monkeypatch.setenv("SAFECONDUCT_ROOT_KEY", text)

    with pytest.raises(BadSettings) as caught:
        FileKeys.create(tmp_path / "keys", training=False)

    assert "secret" not in str(caught.value)


def test_purposes_are_told_apart_however_they_are_cut(keys) -> None:
    assert len({keys.derive("a", "bc"), keys.derive("ab", "c"), keys.derive("abc"), keys.derive("abc", "")}) == 4


def test_practice_and_real_keys_of_one_root_are_unrelated() -> None:
    assert FileKeys(True, ROOT).derive("a") != FileKeys(False, ROOT).derive("a")


@given(key=st.binary(min_size=32, max_size=32), place=st.integers(0, 59), about=st.text(max_size=20))
def test_a_wrapped_key_opens_only_unchanged_and_for_what_it_was_wrapped(key, place, about) -> None:
    keys = FileKeys(False, ROOT)
    wrapped = keys.wrap(key, about=about)
    changed = bytes(byte ^ (at == place) for at, byte in enumerate(wrapped))

    assert keys.unwrap(wrapped, about=about) == key
    with pytest.raises(Tampered):
        keys.unwrap(wrapped, about=about + "x")
    with pytest.raises(Tampered):
        keys.unwrap(changed, about=about)
    with pytest.raises(Tampered):
        keys.unwrap(wrapped[:10], about=about)


def test_nothing_secret_shows(keys) -> None:
    assert repr(keys) == f"FileKeys({keys.id})"
    assert ROOT.hex() not in repr(FileKeys(False, ROOT))
