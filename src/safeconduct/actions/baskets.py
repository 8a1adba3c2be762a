"""Baskets: variables somebody gathers while searching, to ask for together."""

from safeconduct.actions.finding import entry_of, released_names
from safeconduct.actions.room import Room
from safeconduct.actions.verb import action
from safeconduct.model.errors import NotFound
from safeconduct.model.microdata import Column
from safeconduct.model.text import say
from safeconduct.model.trees import from_tree, to_tree


@action(needs="request", reads=True)
def basket(room: Room) -> list[Column]:
    """Variables in your basket, as `study/table` and name."""
    return basket_of(room)


def basket_of(room: Room) -> list[Column]:
    """What is in the caller's basket."""
    fact = room.site.ledger.fact("basket", room.caller.account)
    lines = fact.body["columns"] if fact else []
    return [from_tree(Column, one) for one in lines] if isinstance(lines, list) else []


@action(needs="request", repeatable=True)
def put_in_basket(room: Room, *, study: str, file: str, name: str) -> list[Column]:
    """Put a variable into your basket.

    Args:
        study: Id of the study.
        file: Name of the table.
        name: Name of the variable.
    """
    if name not in released_names(entry_of(room.site, study), file):
        raise NotFound(say("There is no such variable in the catalogue."))
    column = Column(file=f"{study}/{file}", name=name)
    return _kept(room, [*(one for one in basket_of(room) if one != column), column])


@action(needs="request", repeatable=True)
def take_from_basket(room: Room, *, study: str, file: str, name: str) -> list[Column]:
    """Take a variable out of your basket.

    Args:
        study: Id of the study.
        file: Name of the table.
        name: Name of the variable.
    """
    column = Column(file=f"{study}/{file}", name=name)
    return _kept(room, [one for one in basket_of(room) if one != column])


def _kept(room: Room, columns: list[Column]) -> list[Column]:
    with room.write() as act:
        act.tx.put("basket", room.caller.account, {"columns": [to_tree(one) for one in columns]}, at=room.now)
        act.record(room.caller.account, {})
    return columns
