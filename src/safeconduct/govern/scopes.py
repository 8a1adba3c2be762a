"""Scopes of access tokens: `UNIT:TOP_KIND:SUB_KIND` and three simple ones, so that FlowKit's clients read them.

A scope only narrows: every request is decided from the agreement in force as well.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields

from safeconduct.govern.agreements import Agreement
from safeconduct.model.areas import AreaLevel
from safeconduct.model.text import Text, say
from safeconduct.query.base import AggregateQuery, PersonQuery, Query, nested, query_kind

DO = "do"
BY_TOKEN = frozenset({"ask", "look"})
NEVER_BY_TOKEN = frozenset({"tokens", "accounts"})
IMPLIED: Mapping[str, frozenset[str]] = {"send": frozenset({"deposit", "contribute"})}
"""Permissions that no token names: whoever may do one of these things needs them for it."""
RUN, GET_RESULT, GET_DAYS = "run", "get_result", "get_available_dates"
SIMPLE = {
    RUN: Text("Ask questions."),
    GET_RESULT: Text("Have released answers."),
    GET_DAYS: Text("See which days there are."),
}
GEOGRAPHY = "geography"
PARTS = 3


def needed(spec: Mapping[str, object], level: AreaLevel) -> frozenset[str]:
    """Scopes a token must have to ask this question.

    Args:
        spec: The question in our grammar.
        level: The level it is told at; FlowKit's aggregation unit.

    Example:
        >>> spec = {"kind": "spatial_aggregate", "locations": {"kind": "daily_location"}}
        >>> sorted(needed(spec, AreaLevel.COMMUNE))[:2]
        ['admin3:spatial_aggregate:daily_location', 'admin3:spatial_aggregate:spatial_aggregate']
    """
    return needed_by(nested(spec), level)


def needed_by(kinds: Sequence[str], level: AreaLevel) -> frozenset[str]:
    """Scopes a token must have to ask a question of these kinds, the outermost first."""
    return frozenset({RUN, *(f"{level.value}:{kinds[0]}:{kind}" for kind in kinds)})


def needed_for_areas(level: AreaLevel) -> frozenset[str]:
    """Scopes a token must have to get boundaries."""
    return frozenset({f"{level.value}:{GEOGRAPHY}:{GEOGRAPHY}"})


def lacking(wanted: frozenset[str], scopes: frozenset[str] | None) -> frozenset[str]:
    """What of the wanted scopes a token does not have; nothing is lacking without a token."""
    return frozenset() if scopes is None else wanted - scopes


def token_may(permission: str, scopes: frozenset[str] | None) -> bool:
    """Whether a token lets somebody use a permission of theirs: to ask and to look always, else by a scope of its own.

    Accounts and tokens are never changed by a token, so that a stolen one cannot outlive itself.

    Example:
        >>> token_may("ask", frozenset()), token_may("govern", frozenset())
        (True, False)
    """
    named = {permission, *IMPLIED.get(permission, ())}
    return scopes is None or permission in BY_TOKEN or any(f"{DO}:{one}" in scopes for one in named)


def permission_scopes(permissions: Iterable[str]) -> tuple[str, ...]:
    """Scopes that let a token use permissions beyond asking and looking, sorted."""
    return tuple(f"{DO}:{one}" for one in sorted(set(permissions) - BY_TOKEN - NEVER_BY_TOKEN - set(IMPLIED)))


def all_scopes(agreement: Agreement) -> tuple[str, ...]:
    """Every scope that an agreement could back, sorted; simple ones first.

    Scopes never go finer than the agreement, and there is none for a kind that it does not open.
    """
    levels = [level for level in AreaLevel if not agreement.finest.coarser_than(level)]
    kinds = [(name, query_kind[name]) for name in agreement.kinds if name in query_kind]
    persons = [name for name, kind in kinds if issubclass(kind, PersonQuery)]
    pairs = [
        (name, sub)
        for name, kind in kinds
        if issubclass(kind, AggregateQuery)
        for sub in (name, *(persons if _nests(kind) else ()))
    ]
    scopes = {f"{level.value}:{top}:{sub}" for level in levels for top, sub in pairs}
    areas = {scope for level in levels for scope in needed_for_areas(level)}
    return (*SIMPLE, *sorted(scopes | areas))


def in_words(scope: str) -> Text:
    """A scope as a sentence; one that nobody knows is shown as it is."""
    if scope in SIMPLE:
        return SIMPLE[scope]
    parts = scope.split(":")
    if parts[0] == DO:
        return say("Use the permission {permission}.", permission=parts[-1][:40])
    if len(parts) != PARTS:
        return say("Something this version does not know: {scope}", scope=scope[:80])
    level, top, sub = parts
    if top == GEOGRAPHY:
        return say("Get the boundaries of {level} areas.", level=level)
    if top == sub:
        return say("Ask {kind} for {level} areas.", kind=top, level=level)
    return say("Ask {kind} of {part} for {level} areas.", kind=top, part=sub, level=level)


def _nests(kind: type[Query]) -> bool:
    return any(part.type in {Query, "Query"} for part in fields(kind))  # type: ignore[arg-type]  # kinds are dataclasses
