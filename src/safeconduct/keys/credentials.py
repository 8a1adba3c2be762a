"""Credentials of other servers: a file, a variable or what systemd hands over; read when needed, kept nowhere."""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from safeconduct.model.errors import BadSettings, Unsafe
from safeconduct.model.text import say

OTHERS = stat.S_IRWXG | stat.S_IRWXO
LONGEST = 4096


@dataclass(frozen=True)
class Credential:
    """A token or a password; shows in no error and no `repr`.

    Attributes:
        text: What the server wants to see.
    """

    text: str = field(repr=False)


def credential(where: str, *, environment: Mapping[str, str] = os.environ) -> Credential:
    """Read a credential from where the settings say it is.

    Args:
        where: `file:/PATH`, `environment:NAME` or `systemd:NAME`.
        environment: Where variables are looked up.

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
            text = _from_file(Path(environment.get("CREDENTIALS_DIRECTORY", "/nowhere")) / rest)
        case _:
            text = environment.get(rest, "")
    text = text.strip()
    if not text or len(text) > LONGEST or not (text.isascii() and text.isprintable()):
        raise _missing()
    return Credential(text)


def _from_file(path: Path) -> str:
    try:
        if path.stat().st_mode & OTHERS:
            raise Unsafe(say("others may read the file with a server's credential; take that away with 'chmod 400'"))
        with path.open("rb") as file:
            return file.read(LONGEST + 2).decode("ascii", errors="replace")
    except OSError:
        raise _missing() from None


def _missing() -> BadSettings:
    return BadSettings(
        say("there is no credential where safeconduct.toml says one is, or it is not one line; put it there"),
        field="servers",
    )
