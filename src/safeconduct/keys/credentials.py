"""What opens other servers and databases: from a file, a variable or systemd; never from a mapping or the settings.

Read when it is needed, and in no error, log or `repr`.
"""

import os
import stat
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path

from safeconduct.model.errors import BadSettings, Unsafe
from safeconduct.model.settings import ConnectionSettings
from safeconduct.model.text import say

LONGEST = 4096
_taken: dict[str, str] = {}
"""What was in the environment: it is taken out of it when it is read, so that programs started later lack it."""


@dataclass(frozen=True)
class Credential:
    """A token or a password; shows in no error and no `repr`.

    Attributes:
        text: What the server wants to see.
    """

    text: str = field(repr=False)


def credential(where: str, *, environment: MutableMapping[str, str] = os.environ) -> Credential:
    """What tells a server who asks, from where the settings say it is.

    Args:
        where: `file:/PATH`, `environment:NAME` or `systemd:NAME`.
        environment: Where variables are looked up, and taken out of.

    Raises:
        BadSettings: There is none there, or it is not one line of printable ASCII; nothing of it is told.
        Unsafe: Others than its owner may read the file.

    Example:
        >>> credential("environment:TOKEN", environment={"TOKEN": "not shown"})
        Credential()
    """
    sort, _, rest = where.partition(":")
    match sort:
        case "file":
            text = _from_file(Path(rest))
        case "systemd":
            text = _from_systemd(rest, environment)
        case _:
            text = _from_variable(rest, environment)
    if not text or len(text) > LONGEST or not (text.isascii() and text.isprintable()):
        raise BadSettings(
            say("there is no credential where safeconduct.toml says one is, or it is not one line; put it there"),
            field="servers",
        )
    return Credential(text)


def connection_secret(
    name: str, settings: ConnectionSettings, environment: MutableMapping[str, str] = os.environ
) -> str:
    """The text a driver connects with, such as a URL with a password.

    Args:
        name: What the settings call the connection.
        settings: Where it is.
        environment: Where variables are looked up, and taken out of.

    Raises:
        BadSettings: It is not where the settings say.
        Unsafe: Others than the owner may read the file.
    """
    if settings.variable:
        found = _from_variable(settings.variable, environment)
    elif settings.credential:
        found = _from_systemd(settings.credential, environment)
    else:
        found = _from_file(Path(settings.file))
    if not found:
        raise BadSettings(
            say("nothing says how to open [sources.{name}]; put it where safeconduct.toml says", name=name),
            field="sources",
        )
    return found


def _from_variable(variable: str, environment: MutableMapping[str, str]) -> str:
    text = environment.pop(variable, None)
    if text is not None:
        _taken[variable] = text.strip()
    return _taken.get(variable, "")


def _from_systemd(name: str, environment: Mapping[str, str]) -> str:
    """What systemd handed over; it lets the service's user in by a list of access, which shows as the group's right."""
    folder = environment.get("CREDENTIALS_DIRECTORY", "")
    return _from_file(Path(folder) / name, others=stat.S_IRWXO) if folder else ""


def _from_file(path: Path, *, others: int = stat.S_IRWXG | stat.S_IRWXO) -> str:
    try:
        mode, text = path.stat().st_mode, path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
    if mode & others:
        raise Unsafe(say("others may read a file with a password or token; take that away with 'chmod 400'"))
    return text.strip()
