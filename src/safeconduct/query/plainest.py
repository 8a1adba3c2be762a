"""A question in its plainest words, where two kinds say the same."""

from collections.abc import Mapping

from safeconduct.model.canonical import Json
from safeconduct.query.base import AggregateQuery
from safeconduct.query.kinds.daily_location import DailyLocation
from safeconduct.query.kinds.modal_location import ModalLocation
from safeconduct.query.spec import read_question


def plainest(query: AggregateQuery) -> AggregateQuery:
    """A question that gives the same figures for the same cells, in the same order, as plain as it can be said.

    The mode over one day is that day's place. What is plainer is paid for and blurred as one with what it is said for;
    what only comes to the same figures for some cells must not be, since its noise would stand beside other counts.

    Args:
        query: Any question.

    Returns:
        The question itself where there is nothing plainer.

    Example:
        >>> from safeconduct.query.spec import read_question
        >>> day = {"first": "2026-01-05", "last": "2026-01-05"}
        >>> query = read_question({"kind": "spatial_aggregate", "locations": {"kind": "modal_location", "days": [day]}})
        >>> plainest(query).spec()["locations"]["kind"]
        'daily_location'
    """
    before = query.spec()
    after = {name: _plainer(value) for name, value in before.items()}
    return query if after == before else read_question(after)


def _plainer(value: Json) -> Json:
    """A nested question; anything else stays as it is."""
    if not isinstance(value, Mapping) or value.get("kind") != ModalLocation.name:
        return value
    run, *more = value["days"] if isinstance(value["days"], list) else [None]
    if more or not isinstance(run, Mapping) or run["first"] != run["last"]:
        return value
    return {**value, "kind": DailyLocation.name, "days": run}
