"""Questions as JSON, both ways; the JSON is canonical, so one question has one text."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, replace
from datetime import date
from enum import Enum
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from safeconduct.model.areas import AreaLevel, EventType, everything
from safeconduct.model.days import Days, Hours
from safeconduct.model.errors import BadInput, BadSpec, UnknownName
from safeconduct.query.base import AggregateQuery, Query, query_kind
from safeconduct.query.flowkit import read_flowkit
from safeconduct.query.operations import ALL_EVENTS

DEEPEST = 8
QueryT = TypeVar("QueryT", bound=Query)


def read_question(tree: object) -> AggregateQuery:
    """A question that can be asked, from our grammar (`kind`) or FlowKit's (`query_kind`).

    Raises:
        BadSpec: It cannot be understood, or is about single people and so can only be nested.
    """
    query = read_spec(tree)
    if not isinstance(query, AggregateQuery):
        raise BadSpec(f"{query.name} is about single people and can only be part of a question; ask "
                      "spatial_aggregate or flows of it", field="kind")  # fmt: skip
    return query


def read_spec(tree: object, *, depth: int = 0) -> Query:
    """A question or a part of one.

    Raises:
        BadSpec: It cannot be understood; the message names the parameter and what it may be.
    """
    if not isinstance(tree, Mapping):
        raise BadSpec("a question is a JSON object with a 'kind'", field="kind")
    if depth > DEEPEST:
        raise BadSpec(f"a question nests at most {DEEPEST} deep")
    if "query_kind" in tree:
        return read_flowkit(tree)
    name = tree.get("kind")
    if not isinstance(name, str):
        raise BadSpec("a question says its 'kind', a text", field="kind")
    try:
        kind = query_kind[name]
    except UnknownName as error:
        raise BadSpec(error.text, field="kind") from None
    return _build(kind, {key: value for key, value in tree.items() if key != "kind"}, depth)


def _build(kind: type[Query], tree: Mapping[str, object], depth: int) -> Query:
    hints = get_type_hints(kind)
    known = {one.name: one for one in fields(kind)}  # type: ignore[arg-type]  # kinds are dataclasses; tests/contracts
    if unknown := sorted(set(map(str, tree)) - set(known)):
        raise BadSpec(f"{kind.name} knows {', '.join(known)}; it does not know {unknown[0][:60]!r}", field=unknown[0])
    for name, one in known.items():
        if name not in tree and one.default is MISSING and one.default_factory is MISSING:
            raise BadSpec(f"{kind.name} needs {name!r}", field=name)
    values = {name: decode(hints[name], value, name, depth) for name, value in tree.items()}
    if any(_mixed(value) for value in values.values()):
        raise BadSpec("no data set has sightings and what phones did; ask about one of them", field="events")
    try:
        return kind(**values)
    except BadInput as error:
        raise BadSpec(error.text, field=error.field) from None


def decode(hint: Any, value: object, where: str, depth: int = 0) -> Any:
    """A parameter's value from JSON, by its declared type.

    Raises:
        BadSpec: It is not of that type; the message says what it may be.
    """
    origin = get_origin(hint)
    if origin in {UnionType, Union}:
        if value is None:
            return None
        return decode(next(one for one in get_args(hint) if one is not NoneType), value, where, depth)
    if origin in {tuple, frozenset}:
        item = get_args(hint)[0]
        many = value if isinstance(value, list | tuple) else [value]
        if not many and get_origin(item) is not Mapping:
            raise BadSpec(f"{where} must not be empty", field=where)
        return origin(decode(item, one, where, depth) for one in many)
    if origin is Mapping:
        if not isinstance(value, Mapping):
            raise BadSpec(f"{where} must be an object", field=where)
        return value
    return _decode_one(hint, value, where, depth)


def _mixed(value: object) -> bool:
    """Whether it holds event types that no data set has together."""
    return isinstance(value, frozenset) and value <= frozenset(EventType) and not value <= everything(value)


def _decode_one(hint: Any, value: object, where: str, depth: int) -> Any:
    if hint in {object, Any}:
        return value
    if issubclass(hint, Query):
        return read_spec(value, depth=depth + 1)
    if issubclass(hint, Enum):
        return _member(hint, value, where)
    if hint in READERS:
        return READERS[hint](value, where)
    if type(value) is not hint:
        raise BadSpec(f"{where} must be a {hint.__name__}", field=where)
    return value


def _member(sort: type[Enum], value: object, where: str) -> Enum:
    try:
        return sort(value)
    except ValueError:
        raise BadSpec(f"{where} is one of {', '.join(str(one.value) for one in sort)}", field=where) from None


def _pair(value: object, names: tuple[str, str], where: str, read: Any) -> tuple[Any, Any]:
    if not isinstance(value, Mapping) or set(value) != set(names):
        raise BadSpec(f"{where} is an object with {names[0]!r} and {names[1]!r}", field=where)
    return read(value[names[0]], where), read(value[names[1]], where)


def _hours(start: int, end: int) -> Hours | None:
    """Part of the day; all of it is no part, so that one question has one text."""
    return None if (start, end) == (0, 24) else Hours(start, end)


def _whole(value: object, where: str) -> int:
    if type(value) is not int:
        raise BadSpec(f"{where} must be a whole number", field=where)
    return value


def _day(value: object, where: str) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise BadSpec(f"{where} must hold days written YYYY-MM-DD", field=where) from None


READERS: Mapping[type, Callable[[object, str], object]] = {
    date: _day,
    int: _whole,
    Days: lambda value, where: Days(*_pair(value, ("first", "last"), where, _day)),
    Hours: lambda value, where: _hours(*_pair(value, ("start", "end"), where, _whole)),
}


def coarsened(query: Query, level: AreaLevel) -> Query:
    """The same question with every place told at this level instead."""
    changed: dict[str, object] = {}
    for one in fields(query):  # type: ignore[arg-type]  # kinds are dataclasses
        value = getattr(query, one.name)
        if isinstance(value, AreaLevel):
            changed[one.name] = level
        elif isinstance(value, Query):
            changed[one.name] = coarsened(value, level)
    return replace(query, **changed)  # type: ignore[type-var]  # kinds are dataclasses


def fitted(query: QueryT, types: frozenset[EventType]) -> QueryT:
    """The same question where a data set has these types: one about everything is about all of them.

    What names other types than all, and types the data set cannot have, stays as it is: it is refused.
    """
    changed: dict[str, object] = {}
    for one in fields(query):  # type: ignore[arg-type]  # kinds are dataclasses
        value = getattr(query, one.name)
        if isinstance(value, frozenset) and value == ALL_EVENTS:
            changed[one.name] = types
        elif isinstance(value, Query):
            changed[one.name] = fitted(value, types)
    return replace(query, **changed)  # type: ignore[type-var]  # kinds are dataclasses


def all_types(query: Query, types: frozenset[EventType] = frozenset()) -> Query:
    """The same question about all types of events together; of those given, for a data set that has these."""
    changed: dict[str, object] = {}
    for one in fields(query):  # type: ignore[arg-type]  # kinds are dataclasses
        value = getattr(query, one.name)
        if isinstance(value, frozenset) and value and value <= frozenset(EventType):
            changed[one.name] = types or everything(value)
        elif isinstance(value, Query):
            changed[one.name] = all_types(value, types)
    return replace(query, **changed)  # type: ignore[type-var]  # kinds are dataclasses


def all_day(query: Query) -> Query:
    """The same question about whole days."""
    changed: dict[str, object] = {}
    for one in fields(query):  # type: ignore[arg-type]  # kinds are dataclasses
        value = getattr(query, one.name)
        if isinstance(value, Hours):
            changed[one.name] = None
        elif isinstance(value, Query):
            changed[one.name] = all_day(value)
    return replace(query, **changed)  # type: ignore[type-var]  # kinds are dataclasses
