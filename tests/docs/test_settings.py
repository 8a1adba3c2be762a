"""Every setting is documented, with the default it has."""

import inspect
import re
from dataclasses import fields
from pathlib import Path

from safeconduct.model.settings import Settings


def test_the_page_says_of_every_setting_what_its_docstring_says(root: Path) -> None:
    """One row a setting: name, default, meaning; nothing else."""
    page = (root / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| `(.*?)` \| (.+) \|$", page, re.MULTILINE)

    assert rows == [(one.name, toml(one.default), said()[one.name]) for one in fields(Settings)]


def toml(value: object) -> str:
    """A default as the settings file would have it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(toml(one) for one in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def said() -> dict[str, str]:
    """What the docstring says of each setting."""
    section = (inspect.getdoc(Settings) or "").split("Attributes:\n", 1)[1].split("\n\n", 1)[0]
    joined = re.sub(r"\n {8,}", " ", section)
    return dict(re.findall(r"^ {4}(\w+): (.+)$", joined, re.MULTILINE))
