"""People by pair of places."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from safeconduct.model.errors import BadSpec
from safeconduct.model.output import Key, Measure, Output, Value
from safeconduct.model.text import Text
from safeconduct.query.base import AggregateQuery, PersonQuery, Query, query_kind
from safeconduct.query.flowkit import FlowkitSpec
from safeconduct.query.operations import CountMoves, DailyPlaces, Join, ModalPlaces
from safeconduct.query.reading import reads

JOINS = {
    "inner": Join.INNER,
    "left": Join.LEFT,
    "left outer": Join.LEFT,
    "right": Join.RIGHT,
    "right outer": Join.RIGHT,
    "full outer": Join.FULL,
}


@query_kind
@dataclass(frozen=True, kw_only=True)
class Flows(AggregateQuery):
    """How many people had their place in one area first, and in another later.

    People who stayed are a pair too: the same area twice. With `inner` only people with a place both times count;
    with `left`, `right` and `full` those seen once count too, with the other end unknown (`null`).

    Attributes:
        without_flagged: Leave out days whose records look odd; they are told like days whose files are missing.
        origin: A question that gives each person one place: `daily_location` of one day, or `modal_location`.
        destination: The same for the later time, at the same level.
        join: Who counts: `inner`, `left`, `right` or `full`.

    Output:
        One row per (area_from, area_to) with `people`: distinct subscribers, persons.

    References:
        Lai et al. (2019), Palgrave Communications 5:34, doi:10.1057/s41599-019-0242-9.
    """

    name: ClassVar[str] = "flows"
    title: ClassVar[Text] = Text("Movements between areas")

    origin: Query
    destination: Query
    join: Join = Join.INNER

    def __post_init__(self) -> None:
        ends = _one_place(self.origin, "origin"), _one_place(self.destination, "destination")
        if reads(ends[0]).finest is not reads(ends[1]).finest:
            raise BadSpec("origin and destination must be told at the same level", field="destination")

    def plan(self) -> CountMoves:
        """Count people by pair of places."""
        return CountMoves(
            origin=_one_place(self.origin, "origin"),
            destination=_one_place(self.destination, "destination"),
            join=self.join,
        )

    def output(self) -> Output:
        """Two areas and people."""
        level = reads(self.plan()).finest
        return Output(
            keys=(
                Key(name="area_from", level=level, nullable=self.join in {Join.RIGHT, Join.FULL}),
                Key(name="area_to", level=level, nullable=self.join in {Join.LEFT, Join.FULL}),
            ),
            values=(Value(name="people", measure=Measure.PEOPLE, unit="people"),),
        )

    @classmethod
    def from_flowkit(cls, tree: Mapping[str, object]) -> Self:
        """FlowKit's `flows`."""
        spec = FlowkitSpec(tree)
        spec.only("from_location", "to_location", "join_type")
        join = spec.word("join_type", "inner")
        if join not in JOINS:
            raise BadSpec(f"join_type is one of {', '.join(JOINS)}", field="join_type")
        return cls(origin=spec.query("from_location"), destination=spec.query("to_location"), join=JOINS[join])


def _one_place(query: Query, where: str) -> DailyPlaces | ModalPlaces:
    plan = query.plan() if isinstance(query, PersonQuery) else None
    if isinstance(plan, ModalPlaces) or (isinstance(plan, DailyPlaces) and len(plan.source.days) == 1):
        return plan
    raise BadSpec(f"{where} must give each person one place: a daily_location of one day, or a modal_location",
                  field=where)  # fmt: skip
