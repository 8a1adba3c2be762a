"""Mapping files: TOML that declares an operator's layout once."""

import tomllib
from pathlib import Path

from safeconduct.model.errors import BadMapping
from safeconduct.model.mapping import FileMapping
from safeconduct.model.text import say


def read_mapping(path: Path) -> FileMapping:
    """The mapping in a TOML file.

    Raises:
        BadMapping: It is not there, not TOML, or does not describe files; the message names the table or key.
    """
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise BadMapping(say("the mapping file cannot be opened; check its path")) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise BadMapping(
            say("the mapping file is not TOML; compare it with the one 'safeconduct sample' writes")
        ) from None
    return FileMapping.from_tree(tree)
