"""Results of verbs as JSON, the same for every door."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from pathlib import Path

from safeconduct.model.outcomes import Insight, Pending, Refusal, Release
from safeconduct.model.table import Table
from safeconduct.model.text import Text
from safeconduct.release.gate import to_tree

Say = Callable[[Text], str]


def tell(value: object, say: Say = str) -> object:  # noqa: C901, PLR0911, PLR0912 - one line a sort of value, all of them here
    """A result as JSON takes it.

    Args:
        value: What a verb gave back.
        say: How sentences are said; English by default.
    """
    match value:
        case Release():
            return {"outcome": "released", **to_tree(value)}
        case Refusal():
            return {"outcome": "refused", **_members(value, say)}
        case Pending():
            return {"outcome": "pending", **_members(value, say)}
        case Text():
            return say(value)
        case Insight() | Table():
            return None
        case Enum():
            return value.value
        case None | bool() | int() | float() | str():
            return value
        case Path():
            return str(value)
        case date():
            return value.isoformat()
        case Mapping():
            return {str(tell(key, say)): tell(one, say) for key, one in value.items()}
        case list() | tuple() | set() | frozenset():
            return [tell(one, say) for one in value]
        case _ if is_dataclass(value):
            return _members(value, say)
        case _:
            return str(value)


def _members(value: object, say: Say) -> dict[str, object]:
    told = (one for one in fields(value) if not one.metadata.get("inside"))  # type: ignore[arg-type]  # a dataclass
    return {one.name: tell(getattr(value, one.name), say) for one in told}
