"""A question in its plainest words, where two kinds say the same."""

from dataclasses import fields

from safeconduct.query.base import AggregateQuery, PersonQuery
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
    nested = {one.name: getattr(query, one.name) for one in fields(query)}
    plainer = {name: one.plainest() for name, one in nested.items() if isinstance(one, PersonQuery)}
    before = query.spec()
    return query if all(before[name] == one for name, one in plainer.items()) else read_question({**before, **plainer})
