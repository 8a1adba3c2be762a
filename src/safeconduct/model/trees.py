"""Values as plain JSON trees, both ways, by their declared types; what is kept and what travels has one form."""

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from safeconduct.model.canonical import Json
from safeconduct.model.errors import BadInput

T = TypeVar("T")


def to_tree(value: object) -> Json:  # noqa: PLR0911 - one line a sort of value, all of them here
    """A value as canonical JSON takes it; fields at their defaults are left out, so that old trees stay readable.

    Example:
        >>> to_tree((date(2026, 3, 1), {"fr": "âge"}))
        ['2026-03-01', {'fr': 'âge'}]
    """
    match value:
        case Enum():
            return to_tree(value.value)
        case date():
            return value.isoformat()
        case None | bool() | int() | str():
            return value
        case Mapping():
            return {str(key): to_tree(one) for key, one in value.items()}
        case frozenset():
            return sorted(str(to_tree(one)) for one in value)
        case tuple() | list():
            return [to_tree(one) for one in value]
        case _ if is_dataclass(value) and not isinstance(value, type):
            return {
                one.name: to_tree(now) for one in fields(value) if (now := getattr(value, one.name)) != _default(one)
            }
        case _:
            raise BadInput(f"a {type(value).__name__} cannot be written down")


def to_mapping(value: object) -> dict[str, Json]:
    """A dataclass as the mapping that canonical JSON takes.

    Raises:
        BadInput: It is no dataclass or mapping.
    """
    tree = to_tree(value)
    if not isinstance(tree, Mapping):
        raise BadInput(f"a {type(value).__name__} is no mapping")
    return dict(tree)


def from_tree(sort: type[T], tree: object, *, where: str = "") -> T:
    """A dataclass of ours from its tree.

    Args:
        sort: The dataclass.
        tree: What `to_tree` gave, or what somebody wrote by hand.
        where: What to call it in messages; the name of the class by default.

    Raises:
        BadInput: A part is missing, unknown or of the wrong sort; the message names it and never quotes a value.
    """
    where = where or sort.__name__.lower()
    if not isinstance(tree, Mapping):
        raise BadInput(f"{where} must be an object", field=where)
    hints = _hints(sort)  # type: ignore[arg-type]  # mypy: a class can be hashed, whatever it is of
    known = {one.name: one for one in fields(sort)}  # type: ignore[arg-type]  # callers hand over dataclasses
    if unknown := sorted(set(map(str, tree)) - set(known)):
        raise BadInput(f"{where} does not know {unknown[0][:60]!r}; it knows {', '.join(known)}", field=unknown[0])
    for name, one in known.items():
        if name not in tree and one.default is MISSING and one.default_factory is MISSING:
            raise BadInput(f"{where} needs {name!r}", field=name)
    return sort(**{name: read(hints[name], value, name) for name, value in tree.items()})


@cache
def _hints(sort: type) -> Mapping[str, Any]:
    """The declared types of a class, looked up once: resolving names takes longer than all the rest."""
    return MappingProxyType(get_type_hints(sort))


def read(hint: Any, value: object, where: str) -> Any:
    """A value of a declared type from its tree.

    Raises:
        BadInput: It is not of that type.
    """
    origin = get_origin(hint)
    if origin in {UnionType, Union}:
        choices = [one for one in get_args(hint) if one is not NoneType]
        return None if value is None else read(choices[0], value, where)
    if origin in {tuple, frozenset}:
        return origin(_many(hint, value, where))
    if origin is not None:
        return _mapping(hint, value, where)
    if isinstance(hint, type) and is_dataclass(hint):
        return from_tree(hint, value, where=where)
    return _plain(hint, value, where)


def _many(hint: Any, value: object, where: str) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise BadInput(f"{where} must be a list", field=where)
    items = [one for one in get_args(hint) if one is not Ellipsis]
    if len(items) == 1:
        return [read(items[0], one, where) for one in value]
    if len(items) != len(value):
        raise BadInput(f"{where} must be a list of {len(items)}", field=where)
    return [read(item, one, where) for item, one in zip(items, value, strict=True)]


def _mapping(hint: Any, value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise BadInput(f"{where} must be an object", field=where)
    item = get_args(hint)[1]
    return {str(name): one if item is Any or _is_json(item) else read(item, one, where) for name, one in value.items()}


def _is_json(item: Any) -> bool:
    return get_origin(item) in {UnionType, Union} or item is object


def _plain(hint: Any, value: object, where: str) -> Any:
    try:
        if hint in {date, datetime} or (isinstance(hint, type) and issubclass(hint, Enum)):
            return hint.fromisoformat(value) if hint in {date, datetime} else hint(value)
    except (ValueError, TypeError):
        said = f"one of {', '.join(str(one.value) for one in hint)}" if issubclass(hint, Enum) else "written YYYY-MM-DD"
        raise BadInput(f"{where} must be {said}", field=where) from None
    if hint not in {Any, object} and type(value) is not hint:
        raise BadInput(f"{where} must be a {hint.__name__}", field=where)
    return value


def _default(one: Any) -> object:
    """What a field is where nobody said; a sentinel of its own where somebody must."""
    if one.default is not MISSING:
        return one.default
    return one.default_factory() if one.default_factory is not MISSING else MISSING
