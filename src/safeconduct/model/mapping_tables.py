"""Tables of a mapping as TOML gives them, read key by key; what is wrong names its key."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from safeconduct.model.errors import BadMapping
from safeconduct.model.near import none_of
from safeconduct.model.text import say

Choice = TypeVar("Choice", bound=StrEnum)


def columns_in(
    tree: Mapping[str, object], known: tuple[str, ...], needed: tuple[str, ...], where: str
) -> dict[str, str]:
    """Columns by our field, from `columns` of a table; a list of columns is read as one name that joins them.

    Raises:
        BadMapping: A field is not known, or a needed one has no column.
    """
    columns = table_in(tree, "columns")
    only(columns, known, f"{where}.columns")
    if missing := [name for name in needed if name not in columns]:
        raise BadMapping(f"[{where}.columns] must say which column is {', '.join(missing)}", field=where)
    return {key: _column(value) for key, value in columns.items()}


def _column(value: object) -> str:
    """The name of a column; a list of some is joined by spaces."""
    if isinstance(value, list) and value:
        if any(brace in str(name) for name in value for brace in "{}"):
            raise BadMapping(say("columns to be joined are named without braces"), field="columns")
        return " ".join(f"{{{name}}}" for name in value)
    return str(value)


def only(tree: Mapping[str, object], known: tuple[str, ...], where: str) -> None:
    """Hold a table to the keys it can have; `where` is its name, `""` for the whole mapping.

    Raises:
        BadMapping: It has another key; the message names both.
    """
    if unknown := sorted(set(tree) - set(known)):
        table = f"[{where}]" if where else "a mapping"
        raise BadMapping(
            f"{table} knows {', '.join(known)}; it does not know {', '.join(unknown)}", field=where or unknown[0]
        )


def table_in(tree: Mapping[str, object], key: str, *, default: bool = False) -> Mapping[str, object]:
    """The table under a key; an empty one where there is none and `default` says that it may be left out.

    Raises:
        BadMapping: There is none, or something else is there.
    """
    value = tree.get(key, {} if default else None)
    if not isinstance(value, Mapping):
        raise BadMapping(f"the mapping needs a [{key}] table", field=key)
    return value


def word(tree: Mapping[str, object], key: str) -> str:
    """The text under a key.

    Raises:
        BadMapping: There is none, it is empty, or no text.
    """
    value = tree.get(key)
    if not isinstance(value, str) or not value:
        raise BadMapping(f"{key} must be a text that is not empty", field=key)
    return value


def words(value: object) -> tuple[str, ...]:
    """One value or a list of some, as texts."""
    return tuple(str(one) for one in value) if isinstance(value, list | tuple) else (str(value),)


def choice(sort: type[Choice], value: object, where: str) -> Choice:
    """The member of an enumeration that a value names.

    Raises:
        BadMapping: It names none; the message says what it is, and tells them all.
    """
    try:
        return sort(str(value))
    except ValueError:
        raise BadMapping(none_of(where, value, list(sort)), field=where) from None
