"""The same question about other days."""

from dataclasses import fields, replace
from datetime import timedelta

from safeconduct.model.days import Days
from safeconduct.query.base import Query


def shifted(query: Query, days: int) -> Query:
    """The question with every day moved by so many days, forwards where positive.

    Example:
        >>> from datetime import date
        >>> from safeconduct.query.kinds.daily_location import DailyLocation
        >>> shifted(DailyLocation(days=Days.one(date(2026, 3, 1))), 2).days.first
        datetime.date(2026, 3, 3)
    """
    changed: dict[str, object] = {}
    for one in fields(query):  # type: ignore[arg-type]  # kinds are dataclasses
        value = getattr(query, one.name)
        moved = _moved(value, days)
        if moved is not value:
            changed[one.name] = moved
    return replace(query, **changed)  # type: ignore[type-var]  # kinds are dataclasses


def _moved(value: object, days: int) -> object:
    step = timedelta(days=days)
    match value:
        case Days():
            return Days(value.first + step, value.last + step)
        case Query():
            return shifted(value, days)
        case tuple() if any(isinstance(one, Days | Query) for one in value):
            return tuple(_moved(one, days) for one in value)
        case _:
            return value
