"""FlowKit's grammar: half-open dates, `query_kind`, and options we say no to in words."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from safeconduct.model.areas import PHONED, AreaLevel, EventType
from safeconduct.model.days import Days, Hours
from safeconduct.model.errors import BadInput, BadSpec, UnknownName
from safeconduct.query.base import Query, query_kind
from safeconduct.query.operations import ALL_EVENTS, PlaceMethod

NOT_HERE = {
    "subscriber_subset": "subsets of people are not offered yet; leave it out",
    "sampling": "everybody is counted here; leave it out",
    "mapping_table": "tables of the database cannot be named; areas come from the geography of the data set",
    "geom_table": "tables of the database cannot be named; areas come from the geography of the data set",
    "geom_table_join_column": "tables of the database cannot be named; leave it out",
}
COMMON = frozenset({"query_kind", "aggregation_unit", "event_types", "hours", *NOT_HERE})


class FlowkitSpec:
    """A FlowKit spec being read; every reader raises `BadSpec` that names the key.

    Args:
        tree: The JSON object.
    """

    def __init__(self, tree: Mapping[str, object]) -> None:
        self.tree = tree

    def only(self, *keys: str) -> None:
        """Say no to keys this kind does not have, and to options we do not offer."""
        if unknown := sorted(set(map(str, self.tree)) - COMMON - set(keys)):
            raise BadSpec(f"{self.tree['query_kind']} does not know {unknown[0][:60]!r}", field=unknown[0])
        for key, why in NOT_HERE.items():
            if self.tree.get(key) is not None:
                raise BadSpec(f"{key}: {why}", field=key)

    def day(self, key: str) -> date:
        """A date; a time of day other than midnight is not offered."""
        try:
            stamp = datetime.fromisoformat(str(self.tree[key]))
        except (KeyError, ValueError):
            raise BadSpec(f"{key} must be a date written YYYY-MM-DD", field=key) from None
        if stamp.time() != time():
            raise BadSpec(f"{key}: days start at midnight; use 'hours' for a part of the day", field=key)
        return stamp.date()

    def days(self) -> Days:
        """`start_date` and `end_date`; FlowKit's end is not included, ours is."""
        first, last = self.day("start_date"), self.day("end_date") - timedelta(days=1)
        if last < first:
            raise BadSpec("end_date must be after start_date; it is not included", field="end_date")
        return Days(first, last)

    def level(self) -> AreaLevel:
        """`aggregation_unit`."""
        try:
            return AreaLevel(str(self.tree.get("aggregation_unit")))
        except ValueError:
            raise BadSpec(f"aggregation_unit is one of {', '.join(AreaLevel)}", field="aggregation_unit") from None

    def events(self) -> frozenset[EventType]:
        """`event_types`; null is all of them."""
        value = self.tree.get("event_types")
        if value is None:
            return ALL_EVENTS
        if not isinstance(value, list | tuple) or not value or not set(map(str, value)) <= set(PHONED):
            raise BadSpec(
                f"event_types is null or a list of {', '.join(one for one in EventType if one in PHONED)}",
                field="event_types",
            )
        return frozenset(EventType(str(one)) for one in value)

    def hours(self) -> Hours | None:
        """`hours`; null is the whole day, and so is 0 to 24."""
        value = self.tree.get("hours")
        if value is None:
            return None
        if not isinstance(value, Mapping) or set(value) != {"start_hour", "end_hour"}:
            raise BadSpec("hours has start_hour and end_hour", field="hours")
        start, end = value["start_hour"], value["end_hour"]
        if type(start) is not int or type(end) is not int:
            raise BadSpec("start_hour and end_hour are whole numbers", field="hours")
        try:
            return None if (start, end) == (0, 24) else Hours(start % 24, end or 24)
        except BadInput as error:
            raise BadSpec(error.text, field="hours") from None

    def word(self, key: str, default: str = "") -> str:
        """A word, or its default where the key is absent or null."""
        value = self.tree.get(key)
        return default if value is None else str(value)

    def method(self) -> PlaceMethod:
        """`method`: which place of a day counts; the last where it is not said."""
        try:
            return PlaceMethod(self.word("method", PlaceMethod.LAST))
        except ValueError:
            raise BadSpec(f"method is one of {', '.join(PlaceMethod)}", field="method") from None

    def query(self, key: str) -> Query:
        """A nested question."""
        return read_flowkit(self.tree.get(key))

    def specs(self, key: str) -> list["FlowkitSpec"]:
        """A list of nested questions, not yet read."""
        many = self.tree.get(key)
        if not isinstance(many, list | tuple) or not many or not all(isinstance(one, Mapping) for one in many):
            raise BadSpec(f"{key} is a list of questions, at least one", field=key)
        return [FlowkitSpec(one) for one in many]


def read_flowkit(tree: object) -> Query:
    """A question in FlowKit's grammar.

    Raises:
        BadSpec: It cannot be understood, or asks for something not offered.
    """
    if not isinstance(tree, Mapping) or not isinstance(tree.get("query_kind"), str):
        raise BadSpec("Query kind must be specified when running a query.", field="query_kind")
    try:
        kind = query_kind[str(tree["query_kind"])]
    except UnknownName as error:
        raise BadSpec(error.text, field="query_kind") from None
    try:
        return kind.from_flowkit(tree)
    except BadSpec:
        raise
    except BadInput as error:
        raise BadSpec(error.text, field=error.field) from None
