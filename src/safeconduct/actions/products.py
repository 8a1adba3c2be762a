"""Declared products: a series of windows, looked at together before the first is answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product as pairs

from safeconduct.actions.auditing import PRODUCT, asked_before, declared, windows
from safeconduct.actions.room import Room
from safeconduct.actions.verb import action
from safeconduct.model.canonical import Json, canonical, digest
from safeconduct.model.errors import BadInput, NotFound, WrongState
from safeconduct.model.policy import Policy
from safeconduct.model.text import say
from safeconduct.query.base import AggregateQuery
from safeconduct.query.frame import Frame, frames
from safeconduct.query.spec import fitted, read_question
from safeconduct.release.gate import people_apart

MOST_WINDOWS = 400


@dataclass(frozen=True, kw_only=True)
class Product:
    """A declared series of windows.

    Attributes:
        id: Its id.
        title: What people call it.
        dataset: Name of the data set.
        spec: The first window, as canonical JSON takes it.
        step: Days from one window to the next.
        windows: How many.
    """

    id: str
    title: str
    dataset: str
    spec: Mapping[str, Json] = field(hash=False)
    step: int
    windows: int


@action(needs="govern")
def declare_product(
    room: Room, *, title: str, dataset: str, spec: Mapping[str, object], step: int, windows: int
) -> Product:
    """Declare a series of windows, so that none of them is refused for being close to another.

    All windows of all products of a data set are looked at together: they must be about the same event types, and of
    windows of two lengths one must be at least twice the other. What was asked before outside a product must not be
    close to a window either.

    Args:
        title: What people call it.
        dataset: Name of the data set.
        spec: The first window: a question, in our grammar (`kind`) or FlowKit's (`query_kind`).
        step: Days from one window to the next, 1 to 366.
        windows: How many, 1 to 400.
    """
    first = fitted(read_question(spec), room.site.facts(room.site.manifest(dataset)).types)
    if not (1 <= step <= 366 and 1 <= windows <= MOST_WINDOWS):  # noqa: PLR2004 - a year of steps
        raise BadInput(say("a product has 1 to 400 windows, 1 to 366 days from one to the next"), field="windows")
    made = _product(title, dataset, first, step, windows)
    _fits_others(room, made)
    _fits_the_past(room, made)
    with room.write() as act:
        act.tx.put(PRODUCT, f"{dataset}:{made.id}", _tree(made), at=room.now)
        act.record(made.id, _tree(made))
    return made


def _product(title: str, dataset: str, first: AggregateQuery, step: int, count: int) -> Product:
    what = digest({"dataset": dataset, "spec": first.spec(), "step": step, "windows": count})
    return Product(
        id=f"d{what[:24]}", title=title, dataset=dataset, spec=first.spec(), step=step, windows=count
    )  # fmt: skip


def _tree(made: Product) -> dict[str, Json]:
    return {
        "title": made.title, "dataset": made.dataset, "spec": dict(made.spec), "step": made.step,
        "windows": made.windows,
    }  # fmt: skip


def _frames(made: Product) -> list[Frame]:
    return [frame for query in windows(canonical(made.spec), made.step, made.windows) for frame in frames(query.plan())]


def _fits_others(room: Room, made: Product) -> None:
    """Seen from the questions alone, before a record is looked at.

    Raises:
        WrongState: A declared product is about almost the same days, or other event types.
    """
    others = {frame for query in declared(room.site.ledger, made.dataset) for frame in frames(query.plan())}
    if any(mine.meets(other) and not _apart(mine, other) for mine, other in pairs(set(_frames(made)), others)):
        raise WrongState(
            say(
                "a declared product has windows of other event types or of almost the same length; use the same event "
                "types, and lengths that are equal or where one is at least twice the other"
            )
        )


def _apart(mine: Frame, other: Frame) -> bool:
    same_types = {one.events for one in mine.seen} == {one.events for one in other.seen}
    shorter, longer = sorted((len(mine.days), len(other.days)))
    moving = len(mine.seen) > 1 or len(other.seen) > 1
    return same_types and (moving or shorter == longer or longer >= 2 * shorter)


def _fits_the_past(room: Room, made: Product) -> None:
    """Compared like any question with what was asked outside products.

    Raises:
        WrongState: An earlier question was about almost the same people as one of the windows.
    """
    apart = max((people_apart(policy) for policy in _policies(room)), default=0)
    comparing = room.site.comparing(room.site.manifest(made.dataset))
    mine = [one for frame in _frames(made) if (one := comparing.asked(frame)).parts]
    if not apart or not mine:
        return
    if lacking := comparing.lacking(mine):
        with room.write() as act:
            act.record(made.dataset, {"partitions": len(lacking)}, verb="compare")
        comparing.prepare(lacking)
    known = {frame.id for query in declared(room.site.ledger, made.dataset) for frame in frames(query.plan())}
    asked = asked_before(room.site.ledger.frames(made.dataset))
    if comparing.close(mine, [one for one in asked if one.frame.id not in known], minimum=apart):
        raise WrongState(
            say("an earlier question is about almost the same records as one of these windows; choose other windows")
        )


def _policies(room: Room) -> list[Policy]:
    return list(room.site.policies.values())


@action(needs="look", reads=True)
def products(room: Room, *, dataset: str = "") -> list[Product]:
    """Declared products.

    Args:
        dataset: Name of the data set; all of them where left out.
    """
    facts = room.site.ledger.facts(PRODUCT, state="current", prefix=f"{dataset}:" if dataset else "")
    return [_of(fact.id.partition(":")[2], fact.body) for fact in facts]


def _of(product: str, body: Mapping[str, Json]) -> Product:
    spec = body["spec"]
    return Product(
        id=product,
        title=str(body["title"]),
        dataset=str(body["dataset"]),
        spec=spec if isinstance(spec, Mapping) else {},
        step=int(str(body["step"])),
        windows=int(str(body["windows"])),
    )


@action(needs="govern", repeatable=True)
def end_product(room: Room, *, dataset: str, product: str) -> Product:
    """End a declared product: its windows that were not asked yet are compared like any question.

    Args:
        dataset: Name of the data set.
        product: Its id.
    """
    fact = room.site.ledger.fact(PRODUCT, f"{dataset}:{product}")
    if fact is None:
        raise NotFound(say("there is no such product"))
    with room.write() as act:
        act.tx.put(PRODUCT, fact.id, fact.body, state="ended", at=room.now)
        act.record(product, {})
    return _of(product, fact.body)
