"""Questions an analyst may ask, written short."""

from collections.abc import Sequence
from datetime import date
from typing import TypeAlias

from safeconduct.model.areas import PHONED, EventType

Spec: TypeAlias = dict[str, object]
ALL = tuple(str(kind) for kind in EventType if kind in PHONED)


def part(hours: tuple[int, int] | None) -> Spec | None:
    """Hours of the day as a question has them."""
    return None if hours is None else {"start": hours[0], "end": hours[1]}


def run(first: date, last: date | None = None) -> Spec:
    """Days as a question has them, both ends included."""
    return {"first": first.isoformat(), "last": (last or first).isoformat()}


def seen(
    days: Sequence[date], areas: str, *, hours: tuple[int, int] | None = None, events: Sequence[str] = ALL
) -> Spec:
    """People seen in each area at all, over a run of days."""
    return {"kind": "unique_subscriber_counts", "days": run(days[0], days[-1]), "areas": areas, "hours": part(hours),
            "events": sorted(events)}  # fmt: skip


def doings(
    days: Sequence[date], areas: str, *, hours: tuple[int, int] | None = None, events: Sequence[str] = ALL
) -> Spec:
    """Events in each area on each day."""
    return {**seen(days, areas, hours=hours, events=events), "kind": "location_event_counts"}


def daily(
    days: Sequence[date],
    areas: str,
    *,
    hours: tuple[int, int] | None = None,
    events: Sequence[str] = ALL,
    method: str = "last",
) -> Spec:
    """Where each person was on each day; nests only."""
    return {**seen(days, areas, hours=hours, events=events), "kind": "daily_location", "method": method}


def modal(
    days: Sequence[date],
    areas: str,
    *,
    hours: tuple[int, int] | None = None,
    events: Sequence[str] = ALL,
    method: str = "last",
) -> Spec:
    """Where each person mostly was over a run of days; nests only."""
    spec = daily(days, areas, hours=hours, events=events, method=method)
    return {**spec, "kind": "modal_location", "days": [spec["days"]]}


def people(locations: Spec) -> Spec:
    """People by the place they have: by day and area of daily locations, by area of modal ones."""
    return {"kind": "spatial_aggregate", "locations": locations}


def flows(origin: Spec, destination: Spec, join: str = "inner") -> Spec:
    """People by pair of places."""
    return {"kind": "flows", "origin": origin, "destination": destination, "join": join}
