"""One contract for every place the outermost key may come from: the same tests run over all of them."""

import base64
import json
import os
import stat
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest

from safeconduct.keys import sources
from safeconduct.keys.provider import FileKeys
from safeconduct.keys.secret_files import write_secret
from safeconduct.model.errors import BadSettings, SafeconductError, Tampered, WrongState
from safeconduct.model.settings import KeySettings

KEY, NEXT = bytes(range(32)), bytes(range(32, 64))


def text(key: bytes) -> str:
    return base64.b64encode(key).decode()


@dataclass
class Place:
    """A place a key may come from, and how a person hands one over there."""

    name: str
    folder: Path
    monkeypatch: pytest.MonkeyPatch
    entries: dict = field(default_factory=dict)

    @property
    def outside(self) -> Path:
        return self.folder.parent

    @property
    def keeps(self) -> bool:
        """It makes keys itself; nobody hands one over."""
        return self.name in {"file", "keyring"}

    def settings(self) -> KeySettings:
        if self.name == "command":
            code = f"print(open({str(self.outside / 'printed')!r}).read())"
            return KeySettings(provider="keyring", command=(sys.executable, "-c", code))
        return KeySettings(provider=self.name)

    def hand_over(self, key: bytes, following: bytes | None = None) -> None:
        pair = [key] if following is None else [key, following]
        match self.name:
            case "environment":
                for name, one in zip((sources.ROOT_VARIABLE, sources.NEXT_VARIABLE), pair, strict=False):
                    self.monkeypatch.setenv(name, text(one))
            case "systemd":
                self.monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(self.outside))
                for name, one in zip(("safeconduct-root", "safeconduct-root-next"), pair, strict=False):
                    (self.outside / name).write_bytes(one)
            case "command":
                (self.outside / "printed").write_text("\n".join(map(text, pair)))

    def spoil(self, what: str) -> None:
        """Put something there that is no key."""
        match self.name:
            case "environment":
                self.monkeypatch.setenv(sources.ROOT_VARIABLE, what)
            case "systemd":
                (self.outside / "safeconduct-root").write_text(what)
            case "command":
                (self.outside / "printed").write_text(what)
            case "keyring":
                self.entries["safeconduct", "safeconduct-root"] = what
            case _:
                path = self.folder / "root.key"
                path.chmod(0o600)
                path.write_text(what)

    def create(self) -> FileKeys:
        return FileKeys.create(self.folder, training=False, settings=self.settings())

    def open(self) -> FileKeys:
        return FileKeys.open(self.folder, settings=self.settings())


@pytest.fixture(params=["file", "environment", "systemd", "keyring", "command"])
def place(request, tmp_path, monkeypatch) -> Place:
    made = Place(request.param, tmp_path / "keys", monkeypatch)
    library = SimpleNamespace(
        get_password=lambda *names: made.entries.get(names),
        set_password=lambda *words: made.entries.update({words[:2]: words[2]}),
        delete_password=lambda *names: made.entries.pop(names),
    )
    if request.param == "keyring":
        monkeypatch.setitem(sys.modules, "keyring", library)
    return made


@pytest.fixture
def keys(place) -> FileKeys:
    place.hand_over(KEY)
    return place.create()


def test_keys_open_again_and_derive_and_unwrap_the_same(place, keys) -> None:
    wrapped = keys.wrap(KEY, about="a file")
    again = place.open()

    assert (again.id, again.derive("a")) == (keys.id, keys.derive("a"))
    assert again.unwrap(wrapped, about="a file") == KEY


def test_the_root_is_not_the_key_that_was_handed_over(place, keys) -> None:
    """So that the one may change while the other stays."""
    assert keys.outer() != keys.ring().root


def test_nothing_of_a_key_handed_over_lies_in_the_folder(place, keys) -> None:
    if place.name == "file":
        return
    content = b"".join(path.read_bytes() for path in place.folder.iterdir())

    assert keys.outer() not in content
    assert text(keys.outer()).encode() not in content


def test_every_file_belongs_to_its_owner_alone(place, keys) -> None:
    assert {stat.S_IMODE(path.stat().st_mode) for path in place.folder.iterdir()} == {0o400}


def test_another_key_is_refused(place, keys) -> None:
    place.spoil(text(NEXT) if place.name != "file" else NEXT.decode("ascii"))
    sources._taken.clear()

    with pytest.raises(Tampered, match="belong together"):
        place.open()


@pytest.mark.parametrize("what", ["", "hunter2-is-no-key", text(b"hunter2")])
def test_what_is_no_key_is_told_without_a_byte_of_it(place, keys, what) -> None:
    place.spoil(what)
    sources._taken.clear()

    with pytest.raises(SafeconductError) as caught:
        place.open()

    said = f"{caught.value!r} {caught.value}"
    assert "hunter2" not in said
    assert text(b"hunter2") not in said


def test_an_exchange_changes_what_wraps_and_nothing_that_is_derived(place, keys) -> None:
    """Where a place keeps keys it makes the next one itself; elsewhere a person hands it over beside the first."""
    old, derived, outer = keys.wrap(KEY, about="x"), keys.derive("pseudonym"), keys.outer()
    place.hand_over(KEY, NEXT)
    keys = place.open()
    with keys.exchanging() as exchange:
        exchange.begin()
        new = keys.rewrap(old, about="x")
        assert keys.unwrap(old, about="x") == keys.unwrap(new, about="x") == KEY
        assert exchange.end() is True
    again = place.open()

    assert (again.derive("pseudonym"), again.id) == (derived, keys.id)
    assert again.unwrap(new, about="x") == KEY
    assert again.outer() != outer
    with pytest.raises(Tampered):
        again.unwrap(old, about="x")


def test_an_exchange_without_a_next_key_exchanges_the_wrapping_key_alone(place, keys) -> None:
    old = keys.wrap(KEY, about="x")
    with keys.exchanging() as exchange:
        exchange.begin()
        new = keys.rewrap(old, about="x")
        assert exchange.end() is place.keeps

    assert place.open().unwrap(new, about="x") == KEY


def test_a_program_that_was_open_before_follows_an_exchange(place, keys) -> None:
    """Questions that run while keys are exchanged open what was wrapped anew, and wrap under the new key."""
    running = place.open()
    old = running.wrap(KEY, about="x")
    with keys.exchanging() as exchange:
        exchange.begin()
        between = running.wrap(KEY, about="y")
        new = keys.rewrap(old, about="x")
        assert keys.rewrap(between, about="y") is None
        exchange.end()

    assert running.unwrap(new, about="x") == running.unwrap(between, about="y") == KEY
    assert place.open().unwrap(running.wrap(KEY, about="z"), about="z") == KEY


def test_two_programs_do_not_exchange_keys_at_once(place, keys) -> None:
    with keys.exchanging(), pytest.raises(WrongState, match="another program"), place.open().exchanging():
        pass


def test_making_keys_twice_is_refused(place, keys) -> None:
    with pytest.raises(WrongState):
        place.create()


def test_a_variable_is_gone_once_it_was_read_and_children_get_it(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv(sources.ROOT_VARIABLE, text(KEY))
    keys = FileKeys.create(tmp_path / "keys", training=False, settings=KeySettings(provider="environment"))

    assert sources.ROOT_VARIABLE not in os.environ
    assert keys.for_children() == {sources.ROOT_VARIABLE: text(KEY)}


@pytest.mark.parametrize("provider", ["environment", "systemd", "keyring"])
def test_where_nobody_handed_a_key_over_it_is_said_how_to(provider, tmp_path) -> None:
    with pytest.raises(BadSettings, match=r"hand|LoadCredential|install"):
        FileKeys.create(tmp_path / "keys", training=False, settings=KeySettings(provider=provider))


@pytest.mark.parametrize("code", ["import sys; sys.exit('the key is hunter2')", "pass", "print('hunter2')"])
def test_a_command_that_prints_no_key_is_told_without_what_it_printed(code, tmp_path) -> None:
    settings = KeySettings(provider="keyring", command=(sys.executable, "-c", code))
    with pytest.raises(BadSettings) as caught:
        FileKeys.create(tmp_path / "keys", training=False, settings=settings)

    assert "hunter2" not in str(caught.value)


def test_a_keyring_that_fails_is_told_without_its_words(tmp_path, monkeypatch) -> None:
    def locked(*_: str) -> str:
        raise RuntimeError("hunter2 is locked")

    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_password=locked))
    with pytest.raises(BadSettings, match="unlock") as caught:
        FileKeys.create(tmp_path / "keys", training=False, settings=KeySettings(provider="keyring"))

    assert "hunter2" not in str(caught.value)


def test_a_folder_made_before_there_were_rings_opens_and_gets_one(tmp_path) -> None:
    """Its outermost key was the root itself; what is derived stays, what was wrapped is wrapped anew."""
    before = FileKeys(False, KEY)
    wrapped = before.wrap(KEY, about="x")
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    write_secret(folder / "root.key", KEY)
    card = {"format": 1, "id": before.id, "training": False, "proof": before.derive("card").hex()}
    write_secret(folder / "keys.json", json.dumps(card).encode())
    keys = FileKeys.open(folder)
    assert keys.unwrap(wrapped, about="x") == KEY
    assert FileKeys(False, KEY).unwrap(keys.wrap(NEXT, about="y"), about="y") == NEXT
    with keys.exchanging() as exchange:
        exchange.begin()
        new = keys.rewrap(wrapped, about="x")
        exchange.end()
    again = FileKeys.open(folder)

    assert (again.id, again.derive("record keys", "phone")) == (before.id, before.derive("record keys", "phone"))
    assert again.unwrap(new, about="x") == KEY
    assert again.outer() != KEY
    with pytest.raises(Tampered):
        again.unwrap(wrapped, about="x")
