"""What can be looked at without asking a question: kinds, days, places."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from safeconduct.actions.agreements import Standing, hold_to, standing
from safeconduct.actions.room import Room
from safeconduct.actions.trusted import ground_for
from safeconduct.actions.verb import action
from safeconduct.govern.scopes import GET_DAYS, needed_for_areas
from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.errors import NotPermitted
from safeconduct.model.geography import Area, Geography
from safeconduct.model.text import Text, say
from safeconduct.query.base import AggregateQuery, query_kind
from safeconduct.release.policies import in_words
from safeconduct.store.places import read_boundaries, read_geography
from safeconduct.store.versions import Manifest


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of question.

    Attributes:
        name: The word in a spec.
        title: What people call it.
        says: What it is, from its documentation.
        askable: It can be asked; others only nest.
    """

    name: str
    title: Text
    says: str
    askable: bool


@dataclass(frozen=True, kw_only=True)
class Days:
    """Days present in a data set, by event type, sorted."""

    dataset: str
    zone: str
    days: Mapping[EventType, tuple[date, ...]] = field(hash=False)


@action(needs="look", reads=True)
def kinds(room: Room) -> list[Kind]:
    """Every kind of question."""
    del room
    return [
        Kind(name=name, title=kind.title, says=(kind.__doc__ or "").strip(), askable=issubclass(kind, AggregateQuery))
        for name, kind in query_kind.items()
    ]


@action(needs="ask", reads=True)
def available_days(room: Room, *, dataset: str = "") -> Days:
    """Days present in a data set, by event type.

    Args:
        dataset: Name of the data set; may be left out where the project has one.
    """
    hold_to(room, GET_DAYS)
    return _days(ground_for(room.site, _open(room, dataset)).manifest)


@action(needs="ask", reads=True)
def areas(room: Room, *, level: AreaLevel, dataset: str = "") -> list[Area]:
    """Areas at a level, sorted by code.

    Args:
        level: How coarse.
        dataset: Name of the data set; may be left out where the project has one.
    """
    return list(room.site.facts(_open(room, dataset)).geography.at(level))


@action(needs="ask", reads=True)
def geography(room: Room, *, level: AreaLevel, dataset: str = "") -> Mapping[str, object]:
    """Boundaries at a level as GeoJSON, EPSG:4326.

    Args:
        level: How coarse; positions of towers (`lon-lat`) are never given away.
        dataset: Name of the data set; may be left out where the project has one.
    """
    if level is AreaLevel.SITE:
        raise NotPermitted(say("positions of towers are not given away; ask for admin0 to admin3"))
    hold_to(room, *needed_for_areas(level))
    manifest = _open(room, dataset)
    return read_boundaries(room.site.folders.store, manifest.dataset, manifest.geography, level)


def _open(room: Room, dataset: str) -> Manifest:
    ground: Standing = standing(room, dataset=dataset, allowed=lambda one: True)  # noqa: ARG005 - any agreement will do
    return room.site.manifest(ground.agreement.dataset)


@dataclass(frozen=True, kw_only=True)
class Level:
    """A protection level in words.

    Attributes:
        name: What agreements call it.
        version: Counts up from 1.
        title: What people call it.
        says: What it protects against.
        rules: What it does, in order.
        does_not_resist: Attacks it does not stop.
    """

    name: str
    version: int
    title: str
    says: str
    rules: tuple[Text, ...]
    does_not_resist: tuple[str, ...]


@action(needs="look", reads=True)
def protection_levels(room: Room) -> list[Level]:
    """Protection levels of this site, and what each does not stop."""
    return [
        Level(
            name=one.name,
            version=one.version,
            title=one.title,
            says=one.says,
            rules=tuple(in_words(one)),
            does_not_resist=one.does_not_resist,
        )
        for one in room.site.policies.values()
    ]


@action(needs="operate", reads=True)
def sources(room: Room) -> list[Days]:
    """Days present in every data set."""
    return [_days(room.site.manifest(dataset)) for dataset in room.site.datasets()]


def _days(manifest: Manifest) -> Days:
    return Days(
        dataset=manifest.dataset,
        zone=manifest.zone,
        days={kind: tuple(sorted(days)) for kind, days in manifest.present().items()},
    )


def ground_of(room: Room, dataset: str, version: str, level: AreaLevel) -> tuple[Geography, Mapping[str, object]]:
    """Names and boundaries of one version of a geography; for pages that draw an answer."""
    store = room.site.folders.store
    return read_geography(store, dataset, version), read_boundaries(store, dataset, version, level)
