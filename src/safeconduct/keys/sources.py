"""Where the outermost key of a site comes from: a file, systemd, the environment, a keyring, or the owner's command.

Whoever has this key has the site. It opens nothing but the ring beside it, so that it can be changed without touching
what the ring's keys opened.
"""

import base64
import binascii
import importlib
import os
import secrets
import stat
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from safeconduct.keys.secret_files import replace_secret, sync, write_secret
from safeconduct.model.errors import BadSettings, Tampered, Unsafe, WrongState
from safeconduct.model.settings import KeySettings
from safeconduct.model.text import say

KEY_BYTES = 32
ROOT_FILE = "root.key"
NEXT_FILE = "root.next.key"
ROOT_VARIABLE = "SAFECONDUCT_ROOT_KEY"
NEXT_VARIABLE = "SAFECONDUCT_ROOT_KEY_NEXT"
SERVICE = "safeconduct"
OTHERS = stat.S_IRWXG | stat.S_IRWXO
PATIENCE_S = 60
_taken: dict[tuple[Path, str], bytes] = {}
"""Keys that were in the environment, by the folder they are for: they are taken out of it when they are read."""


class Source(Protocol):
    """What hands the outermost key over. Nothing of it shows in an error or a `repr`."""

    def found(self) -> tuple[bytes, ...]:
        """The key in force, and behind it the one that is to follow, where there is one.

        Raises:
            BadSettings: There is no key, or it is none; the message says how to hand one over.
            Unsafe: Others than the owner may read it.
        """

    def first(self) -> bytes:
        """The key of a new site: made here where this place can keep one, else the one handed over.

        Raises:
            BadSettings: Nobody handed one over.
            WrongState: This place keeps one already.
        """

    def following(self) -> bytes | None:
        """The key that is to follow, durable: made here where this place can keep one, else the one handed over."""

    def follow(self) -> None:
        """Let the key that is to follow be the one in force; the one before it is gone from here."""

    def for_children(self) -> Mapping[str, str]:
        """What a program started by this one needs in its environment to have the key too."""


@dataclass(frozen=True)
class KeyFile:
    """`root.key` in the site's folder of keys, which nobody but its owner may read.

    Attributes:
        folder: The folder of keys.
    """

    folder: Path

    def found(self) -> tuple[bytes, ...]:
        """The content of `root.key` and of `root.next.key`."""
        following = self.folder / NEXT_FILE
        return (_from_file(self.folder / ROOT_FILE), *((_from_file(following),) if following.exists() else ()))

    def first(self) -> bytes:
        """A new key, written."""
        key = secrets.token_bytes(KEY_BYTES)
        write_secret(self.folder / ROOT_FILE, key)
        return key

    def following(self) -> bytes:
        """The content of `root.next.key`, which is made where it is not there; one left half written is made anew."""
        path = self.folder / NEXT_FILE
        if not path.exists():
            replace_secret(path, secrets.token_bytes(KEY_BYTES))
        return _from_file(path)

    def follow(self) -> None:
        """Give `root.next.key` the name of the other, in one step."""
        with suppress(FileNotFoundError):
            (self.folder / NEXT_FILE).replace(self.folder / ROOT_FILE)
            sync(self.folder)

    def for_children(self) -> Mapping[str, str]:
        """Nothing: they can read the file."""
        return {}


@dataclass(frozen=True)
class Environment:
    """Base64 in a variable, which is taken out of the environment when it is read.

    The operating system still shows what a program was started with to its own user and to root.

    Attributes:
        folder: The folder of keys: keeps apart what several sites of one program were handed.
        environment: Where to look; the program's own environment.
    """

    folder: Path
    environment: Any = field(default_factory=lambda: os.environ, repr=False)

    def found(self) -> tuple[bytes, ...]:
        """What the variables hold, or held when they were read before."""
        key = self._take(ROOT_VARIABLE)
        if key is None:
            raise BadSettings(
                say("there is no key in {name}; hand the root key over in it, in base64", name=ROOT_VARIABLE)
            )
        following = self.following()
        return (key,) if following is None else (key, following)

    def first(self) -> bytes:
        """What the variable holds."""
        return self.found()[0]

    def following(self) -> bytes | None:
        """What the variable for the next key holds."""
        return self._take(NEXT_VARIABLE)

    def follow(self) -> None:
        """In this program only; whoever starts it has to hand over the new one from now on."""
        if (key := _taken.pop((self.folder, NEXT_VARIABLE), None)) is not None:
            _taken[self.folder, ROOT_VARIABLE] = key

    def for_children(self) -> Mapping[str, str]:
        """The variables, since they are not in the environment any more."""
        names = (ROOT_VARIABLE, NEXT_VARIABLE)
        taken = {name: _taken[self.folder, name] for name in names if (self.folder, name) in _taken}
        return {name: base64.b64encode(key).decode("ascii") for name, key in taken.items()}

    def there(self) -> bool:
        """Whether there is a variable, or was."""
        return ROOT_VARIABLE in self.environment or (self.folder, ROOT_VARIABLE) in _taken

    def _take(self, name: str) -> bytes | None:
        text = self.environment.pop(name, None)
        if text is not None:
            _taken[self.folder, name] = key_of(str(text).encode(), field=name)
        return _taken.get((self.folder, name))


@dataclass(frozen=True)
class Credential:
    """A file in the folder systemd hands to a service, 32 bytes or base64.

    Attributes:
        name: The credential's name; the next key's ends in `-next`.
        environment: Where `CREDENTIALS_DIRECTORY` is looked up.
    """

    name: str
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)

    def found(self) -> tuple[bytes, ...]:
        """What the credentials hold."""
        key, following = self._read(self.name), self.following()
        if key is None:
            raise BadSettings(
                say(
                    "systemd hands over no credential {name}; name it with LoadCredentialEncrypted= in the service",
                    name=self.name,
                )
            )
        return (key,) if following is None else (key, following)

    def first(self) -> bytes:
        """What the credential holds."""
        return self.found()[0]

    def following(self) -> bytes | None:
        """What the credential for the next key holds."""
        return self._read(f"{self.name}-next")

    def follow(self) -> None:
        """Nothing: the service's owner names the new credential from now on."""

    def for_children(self) -> Mapping[str, str]:
        """Nothing: they find the folder themselves."""
        return {}

    def there(self) -> bool:
        """Whether there is a credential of that name."""
        return self._path(self.name).is_file() and self._path(self.name).is_absolute()

    def _path(self, name: str) -> Path:
        return Path(self.environment.get("CREDENTIALS_DIRECTORY", "")) / name

    def _read(self, name: str) -> bytes | None:
        path = self._path(name)
        try:
            text = path.read_bytes() if path.is_absolute() else None
        except OSError:
            return None
        return text if text is None or len(text) == KEY_BYTES else key_of(text, field=name)


@dataclass(frozen=True)
class Keyring:
    """An entry in the keyring of the user the site runs as, through the library `keyring`.

    Attributes:
        name: The entry's name; the next key's ends in `-next`.
        load: Gives the library.
    """

    name: str
    load: Callable[[], Any] = field(default=lambda: importlib.import_module("keyring"), repr=False)

    def found(self) -> tuple[bytes, ...]:
        """What the entries hold."""
        key, following = self._read(self.name), self._read(f"{self.name}-next")
        if key is None:
            raise BadSettings(say("the keyring has no entry {name}; put the root key there, in base64", name=self.name))
        return (key,) if following is None else (key, following)

    def first(self) -> bytes:
        """A new key, put into the keyring."""
        if self._read(self.name) is not None:
            raise WrongState(say("there are keys already; keys are never overwritten"))
        return self._put(self.name)

    def following(self) -> bytes:
        """What the entry for the next key holds; made where it is not there."""
        return self._read(f"{self.name}-next") or self._put(f"{self.name}-next")

    def follow(self) -> None:
        """Put the next key into the place of the other."""
        key = self._read(f"{self.name}-next")
        if key is not None:
            self._call("set_password", self.name, base64.b64encode(key).decode("ascii"))
            self._call("delete_password", f"{self.name}-next")

    def for_children(self) -> Mapping[str, str]:
        """Nothing: they ask the keyring themselves."""
        return {}

    def _put(self, name: str) -> bytes:
        key = secrets.token_bytes(KEY_BYTES)
        self._call("set_password", name, base64.b64encode(key).decode("ascii"))
        return key

    def _read(self, name: str) -> bytes | None:
        text = self._call("get_password", name)
        return None if text is None else key_of(str(text).encode(), field=name)

    def _call(self, what: str, *words: str) -> object:
        try:
            return getattr(self.load(), what)(SERVICE, *words)
        except ImportError:
            raise BadSettings(
                say(
                    "the library 'keyring' is not installed; install safeconduct[keyring], or name a command that "
                    "prints the key"
                ),
                field="keys",
            ) from None
        except Exception:  # noqa: BLE001 - a keyring may raise anything, and its words may hold what it keeps
            raise BadSettings(say("the keyring does not answer; unlock it for the user the site runs as")) from None


@dataclass(frozen=True)
class Command:
    """A program the owner names, which prints the key in base64: for keyrings and hardware this package does not know.

    Attributes:
        words: The program and what it is told; nothing is added, and no shell reads it.
    """

    words: tuple[str, ...]

    def found(self) -> tuple[bytes, ...]:
        """What the program prints: the key, and in a second line the one that is to follow, if there is one."""
        try:
            ran = subprocess.run(self.words, capture_output=True, timeout=PATIENCE_S, check=False)  # noqa: S603 - named by the owner of the site
        except (OSError, subprocess.TimeoutExpired):
            raise self._failed() from None
        lines = ran.stdout.split()
        if ran.returncode or not lines:
            raise self._failed()
        return tuple(key_of(line, field="command") for line in lines[:2])

    def first(self) -> bytes:
        """What the program prints."""
        return self.found()[0]

    def following(self) -> bytes | None:
        """What the program prints in its second line."""
        found = self.found()
        return found[1] if len(found) > 1 else None

    def follow(self) -> None:
        """Nothing: the owner of the program lets it print the new key alone from now on."""

    def for_children(self) -> Mapping[str, str]:
        """Nothing: they run the program themselves."""
        return {}

    def _failed(self) -> BadSettings:
        return BadSettings(
            say("the command under [keys] in safeconduct.toml prints no key; run it by hand and see why")
        )


def source_of(settings: KeySettings, folder: Path) -> Source:
    """Where the settings say the key is.

    Under `any` it is the environment where the variable is set, else systemd where it hands over a credential, else
    the file.
    """
    folder = folder.resolve()
    environment, credential = Environment(folder), Credential(settings.name)
    match settings.provider:
        case "environment":
            return environment
        case "systemd":
            return credential
        case "keyring":
            return Command(settings.command) if settings.command else Keyring(settings.name)
        case "any" if environment.there():
            return environment
        case "any" if credential.there():
            return credential
        case _:
            return KeyFile(folder)


def key_of(text: bytes, *, field: str) -> bytes:
    """A key handed over as base64.

    Raises:
        BadSettings: It is not 32 bytes in base64; not a byte of it is told.
    """
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise BadSettings(say("the root key handed over must be 32 bytes in base64"), field=field)
    return key


def _from_file(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
    except OSError:
        raise BadSettings(
            say(
                "the root key of this site is not there; put {file} back into the folder of keys, hand the key over as "
                "[keys] in the settings says, or restore a backup",
                file=ROOT_FILE,
            )
        ) from None
    if mode & OTHERS:
        raise Unsafe(say("others may read {file}; take that away with 'chmod 400' and change the key", file=ROOT_FILE))
    root = path.read_bytes()
    if len(root) != KEY_BYTES:
        raise Tampered(say("{file} is not a root key; restore it from the backup", file=ROOT_FILE))
    return root
