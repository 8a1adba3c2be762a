"""What a query kind is, and where kinds are found."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cached_property
from typing import ClassVar, Self

from safeconduct.model.canonical import Json, digest
from safeconduct.model.errors import BadSpec
from safeconduct.model.output import Output
from safeconduct.model.registry import Plugin, Registry
from safeconduct.model.text import Text
from safeconduct.query.operations import AggregatePlan, PersonPlan

LATER = "later"
"""Marks a parameter that came when questions had been asked: left out of the text of a question where it says nothing,
so that every question asked before keeps its identity."""


class Query(Plugin):
    """A question: a frozen dataclass whose fields are its parameters.

    Attributes:
        title: What people call it.
    """

    title: ClassVar[Text]

    def spec(self) -> dict[str, Json]:
        """The question as canonical JSON takes it: defaults filled in, sets sorted, lists kept."""
        told = [one for one in fields(self) if not (LATER in one.metadata and getattr(self, one.name) == one.default)]  # type: ignore[arg-type]  # kinds are dataclasses; tests/contracts
        return {"kind": self.name, **{one.name: encode(getattr(self, one.name)) for one in told}}

    @cached_property
    def spec_id(self) -> str:
        """SHA-256 of the canonical spec."""
        return digest(self.spec())

    @classmethod
    def from_flowkit(cls, tree: Mapping[str, object]) -> Self:
        """This kind from FlowKit's grammar; a kind FlowKit does not have leaves this as it is.

        Raises:
            BadSpec: The question cannot be understood.
        """
        del tree
        raise BadSpec(f"{cls.name} is not a FlowKit kind; ask it with 'kind' instead of 'query_kind'")


class PersonQuery(Query, ABC):
    """A question about each person; it only nests, and can never be asked by itself."""

    @abstractmethod
    def plan(self) -> PersonPlan:
        """One row per person and something."""

    def plainest(self) -> dict[str, Json]:
        """The spec of a question that says of every person the same, as plain as it can be said; mostly its own."""
        return self.spec()


@dataclass(frozen=True, kw_only=True)
class AggregateQuery(Query, ABC):
    """A question about groups of people; it can be asked.

    Attributes:
        without_flagged: Leave out days of an event type that are flagged because something is odd about their records;
            they are told like days whose files are missing.
    """

    without_flagged: bool = field(default=False, metadata={LATER: True})

    @abstractmethod
    def plan(self) -> AggregatePlan:
        """One row a cell."""

    @abstractmethod
    def output(self) -> Output:
        """The shape of the answer."""


query_kind: Registry[Query] = Registry("query kind", "safeconduct.query.kinds")


def encode(value: object) -> Json:  # noqa: PLR0911 - one line a sort of value, all of them here
    """A parameter's value as canonical JSON takes it.

    Raises:
        BadSpec: No question has such a part.
    """
    match value:
        case Query():
            return value.spec()
        case Enum():
            return str(value.value)
        case date():
            return value.isoformat()
        case frozenset():
            return sorted(str(encode(one)) for one in value)
        case tuple():
            return [encode(one) for one in value]
        case None | bool() | int() | str():
            return value
        case _ if is_dataclass(value) and not isinstance(value, type):
            return {one.name: encode(getattr(value, one.name)) for one in fields(value)}
        case _:
            raise BadSpec(f"a {type(value).__name__} cannot be part of a question")


def nested(spec: Mapping[str, object]) -> list[str]:
    """Names of every kind in a spec, the outermost first, each once."""
    names = [str(spec["kind"])] if "kind" in spec else []
    for value in spec.values():
        for one in value if isinstance(value, list | tuple) else (value,):
            if isinstance(one, Mapping):
                names += [name for name in nested(one) if name not in names]
    return names
