"""How an operator's files are laid out: declared once, read by `ingest` and written by samples."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import TypedDict
from zoneinfo import ZoneInfo, available_timezones

from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.errors import BadMapping
from safeconduct.model.event_files import EventFiles, event_files, sighted
from safeconduct.model.mapping_tables import choice, columns_in, only, table_in, word
from safeconduct.model.near import no_zone
from safeconduct.model.origin import Origin
from safeconduct.model.sightings import Counted, DataSchema, Given
from safeconduct.model.text import say

FORMAT = 1
MAPPING_KEYS = (
    "format", "schema", "dataset", "zone", "stamps", "zones", "counted", "places", "cells", "sites", "areas", "events",
    "identifiers", "source",
)  # fmt: skip
PHONES_ALONE, SIGHTINGS_ALONE = ("cells", "identifiers"), ("counted", "places", "sites")
CELL_FIELDS = ("cell", "site", "lon", "lat", "first", "last")
TOP = ("format", "dataset", "zone", "zones", "identifiers", "source")
LAYERS = (".geojson", ".json", ".gpkg", ".shp", ".zip")


class Stamps(StrEnum):
    """Whether time stamps are told in local time or in UTC."""

    LOCAL = "local"
    UTC = "utc"


class Keep(StrEnum):
    """What happens to an identifier that is not the person: gone, or replaced by a pseudonym."""

    DROP = "drop"
    PSEUDONYMISE = "pseudonymise"


@dataclass(frozen=True, kw_only=True)
class FileMapping:
    """A mapping file: where a data set's files are and what their columns mean.

    Attributes:
        dataset: Name of the data set, a lower-case word.
        zone: IANA zone of the local day.
        stamps: Whether stamps are local or UTC. Local stamps are taken as the clock on the wall: in the hour that
            repeats when clocks go back both passes count; a stamp in the hour that clocks skip is kept as written.
        zones: IANA zone by province code, for a country with several and UTC stamps; others use `zone`.
        cells_file: CSV of cells, or a file of points.
        cells: Column name by cell field; a name like `{lac}-{ci}` is put together of several columns.
        boundaries: File of areas by level: GeoJSON, GeoPackage or Shapefile.
        code: Property that holds an area's code; `{level}` is replaced by the level's wire name.
        name: Property that holds an area's name.
        events: Files by event type.
        identifiers: What happens to counterpart, imsi and imei.
        source: Where the records are.
        counted: What one person column stands for; of phone records a subscriber.
        given: How sightings say where they were; sites, as phones' cells are, where nothing else is said.
        sightings: Files of sightings, by what their owner calls them, such as `visit`.
    """

    dataset: str
    zone: str
    stamps: Stamps = Stamps.LOCAL
    zones: Mapping[str, str] = field(default_factory=dict, hash=False)
    cells_file: str = "cells.csv"
    cells: Mapping[str, str] = field(default_factory=lambda: {name: name for name in CELL_FIELDS}, hash=False)
    boundaries: Mapping[AreaLevel, str] = field(default_factory=dict, hash=False)
    code: str = "pcod"
    name: str = "name"
    events: Mapping[EventType, EventFiles] = field(default_factory=dict, hash=False)
    identifiers: Mapping[str, Keep] = field(default_factory=dict, hash=False)
    source: Origin = field(default_factory=Origin)
    counted: Counted = Counted.SUBSCRIBER
    given: Given = Given.SITE
    sightings: Mapping[str, EventFiles] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not (self.dataset.isidentifier() and self.dataset.islower()):
            raise BadMapping("name the data set with a lower-case word, such as 'phone'", field="dataset")
        for zone in (self.zone, *self.zones.values()):
            if zone not in _known_zones():
                raise BadMapping(no_zone(zone, _known_zones()), field="zone")

    @property
    def layouts(self) -> tuple[tuple[EventType, EventFiles], ...]:
        """Every group of files with what its events are stored as; sightings are one type, whatever they are called."""
        return (*self.events.items(), *((EventType.SIGHTINGS, one) for one in self.sightings.values()))

    def local(self, stamp: datetime) -> datetime:
        """A naive UTC or local stamp as naive local wall time in the main zone."""
        if self.stamps is Stamps.LOCAL:
            return stamp
        return stamp.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)

    @classmethod
    def from_tree(cls, tree: Mapping[str, object]) -> "FileMapping":
        """A mapping from its TOML tree.

        Raises:
            BadMapping: A table or key is missing, unknown or of the wrong kind; the message names it.
        """
        schema = choice(DataSchema, tree.get("schema", DataSchema.PHONE), "schema")
        source = Origin.from_tree(table_in(tree, "source", default=True))
        of_phones = schema is DataSchema.PHONE
        strange = SIGHTINGS_ALONE if of_phones else PHONES_ALONE
        only(tree, TOP if source.knows_its_tables else tuple(one for one in MAPPING_KEYS if one not in strange), "")
        if tree.get("format") != FORMAT:
            raise BadMapping(f"start the mapping with 'format = {FORMAT}'", field="format")
        if source.knows_its_tables:
            return cls(
                dataset=word(tree, "dataset"),
                zone=word(tree, "zone"),
                stamps=Stamps.UTC,
                zones=_zones(tree),
                identifiers=_identifiers(table_in(tree, "identifiers", default=True)),
                source=source,
            )
        areas = table_in(tree, "areas")
        return cls(
            dataset=word(tree, "dataset"),
            zone=word(tree, "zone"),
            stamps=choice(Stamps, tree.get("stamps", "local"), "stamps"),
            zones=_zones(tree),
            **(_of_phones(tree, source) if of_phones else _of_sightings(tree, source)),
            boundaries={
                choice(AreaLevel, level, "areas"): str(name)
                for level, name in areas.items()
                if level not in {"code", "name"}
            },
            code=str(areas.get("code", "pcod")),
            name=str(areas.get("name", "name")),
            identifiers=_identifiers(table_in(tree, "identifiers", default=True)),
            source=source,
        )


@cache
def _known_zones() -> frozenset[str]:
    """Every IANA name; the machine's list is a walk through hundreds of files."""
    return frozenset(available_timezones())


def _zones(tree: Mapping[str, object]) -> dict[str, str]:
    return {key: str(value) for key, value in table_in(tree, "zones", default=True).items()}


class _Files(TypedDict, total=False):
    """What a mapping says of places and events: phones' or sightings'."""

    cells_file: str
    cells: Mapping[str, str]
    events: Mapping[EventType, EventFiles]
    sightings: Mapping[str, EventFiles]
    counted: Counted
    given: Given


def _of_phones(tree: Mapping[str, object], source: Origin) -> _Files:
    cells, events = table_in(tree, "cells"), table_in(tree, "events")
    return _Files(
        cells_file=word(cells, "file"),
        cells=columns_in(cells, CELL_FIELDS, _needed_of_spots(cells, "cell"), "cells"),
        events={_phones(kind): event_files(events, kind, source) for kind in events},
    )


def _of_sightings(tree: Mapping[str, object], source: Origin) -> _Files:
    """Sites are a source's cells; there is no file of them where sightings come with areas or points."""
    given, events = choice(Given, tree.get("places"), "places"), table_in(tree, "events")
    files = _Files(
        cells_file="", counted=_counted(tree), given=given,
        sightings={_called(kind): sighted(events, kind, given, source) for kind in events},
    )  # fmt: skip
    if given is not Given.SITE:
        if "sites" in tree:
            raise BadMapping(say("[sites] goes with places = 'site' only"), field="sites")
        return files
    sites, known = table_in(tree, "sites"), tuple(one for one in CELL_FIELDS if one != "cell")
    columns = columns_in(sites, known, _needed_of_spots(sites, "site"), "sites")
    return files | _Files(cells_file=word(sites, "file"), cells={"cell": columns["site"]} | columns)


def _phones(kind: str) -> EventType:
    """A type of phone records by its name."""
    found = choice(EventType, kind, "events")
    if found is EventType.SIGHTINGS:
        raise BadMapping(say("files of sightings go with schema = 'sightings'"), field="events")
    return found


def _counted(tree: Mapping[str, object]) -> Counted:
    """Whom the owner says that the person column stands for; it cannot be guessed."""
    counted = choice(Counted, tree.get("counted"), "counted")
    if counted is Counted.SUBSCRIBER:
        raise BadMapping(say("sightings count a person, card, household or device"), field="counted")
    return counted


def _called(kind: str) -> str:
    """What an owner calls files of sightings."""
    if not (kind.isidentifier() and kind.islower()):
        raise BadMapping(say("name files of sightings with a lower-case word, such as 'visit'"), field="events")
    return kind


def _needed_of_spots(spots: Mapping[str, object], name: str) -> tuple[str, ...]:
    """Points know where they are."""
    points = str(spots.get("file")).partition("#")[0].lower().endswith(LAYERS)
    return (name,) if points else (name, "lon", "lat")


def _identifiers(tree: Mapping[str, object]) -> dict[str, Keep]:
    only(tree, ("counterpart", "imsi", "imei"), "identifiers")
    return {key: choice(Keep, value, "identifiers") for key, value in tree.items()}
