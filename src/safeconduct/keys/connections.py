"""What opens a connection to a database: from a file, a variable or systemd, never from a mapping or the settings."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safeconduct.model.errors import BadSettings, Unsafe
from safeconduct.model.settings import ConnectionSettings
from safeconduct.model.text import say

OTHERS = stat.S_IRWXG | stat.S_IRWXO
_taken: dict[str, str] = {}
"""What was in the environment: it is taken out of it when it is read."""


def connection_secret(name: str, settings: ConnectionSettings, environment: Any = os.environ) -> str:
    """The text a driver connects with, such as a URL with a password; it goes into no error, log or `repr`.

    Args:
        name: What the settings call the connection.
        settings: Where it is.
        environment: Where variables are looked up.

    Raises:
        BadSettings: It is not where the settings say.
        Unsafe: Others than the owner may read the file.
    """
    if settings.variable:
        found = _from_variable(settings.variable, environment)
    elif settings.credential:
        found = _from_credential(settings.credential, environment)
    else:
        found = _from_file(name, Path(settings.file))
    if not found.strip():
        raise BadSettings(
            say("nothing says how to open [sources.{name}]; put it where safeconduct.toml says", name=name),
            field="sources",
        )
    return found.strip()


def _from_variable(variable: str, environment: Any) -> str:
    text = environment.pop(variable, None)
    if text is not None:
        _taken[variable] = str(text)
    return _taken.get(variable, "")


def _from_credential(credential: str, environment: Mapping[str, str]) -> str:
    path = Path(environment.get("CREDENTIALS_DIRECTORY", "")) / credential
    try:
        return path.read_text(encoding="utf-8") if path.is_absolute() else ""
    except (OSError, UnicodeDecodeError):
        return ""


def _from_file(name: str, path: Path) -> str:
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
    if mode & OTHERS:
        raise Unsafe(say("others may read the file of [sources.{name}]; take that away with 'chmod 400'", name=name))
    return text
