"""How an operator's files are laid out: declared once, read by `ingest` and written by samples."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TypedDict, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.dialect import DIALECT_KEYS, Decoding, Dialect, parts_of
from safeconduct.model.errors import BadMapping
from safeconduct.model.origin import Origin
from safeconduct.model.sightings import Counted, DataSchema, Given
from safeconduct.model.text import say

FORMAT = 1
EVENT_FIELDS = ("person", "time", "cell", "direction", "counterpart", "imsi", "imei", "tac", "amount")
Choice = TypeVar("Choice", bound=StrEnum)
SIGHTING_FIELDS = {
    Given.SITE: ("person", "time", "place"),
    Given.AREA: ("person", "time", "place"),
    Given.POINT: ("person", "time", "lon", "lat"),
}
MAPPING_KEYS = (
    "format", "schema", "dataset", "zone", "stamps", "zones", "counted", "places", "cells", "sites", "areas", "events",
    "identifiers", "source",
)  # fmt: skip
PHONES_ALONE, SIGHTINGS_ALONE = ("cells", "identifiers"), ("counted", "places", "sites")
CELL_FIELDS = ("cell", "site", "lon", "lat", "first", "last")
EVENT_KEYS = (
    "files", "columns", "direction", "time_format", "delimiter", "format", "decode", "constants", "same_name",
    "duplicates", "late_after",
)  # fmt: skip
TABLE_KEYS = (
    "table", "columns", "direction", "time_format", "decode", "constants", "null_words", "same_name", "duplicates",
    "late_after",
)  # fmt: skip
LATEST_DAYS = 3650
EPOCHS = ("epoch_s", "epoch_ms")
TOP = ("format", "dataset", "zone", "zones", "identifiers", "source")
NATIVE = "native"
"""What `time_format` is where a database's own type says what the times are."""
LAYERS = (".geojson", ".json", ".gpkg", ".shp", ".zip")
DECODINGS = {
    "person": (Decoding.TBCD, Decoding.TBCD_ADDRESS),
    "counterpart": (Decoding.TBCD, Decoding.TBCD_ADDRESS),
    "imsi": (Decoding.TBCD,),
    "imei": (Decoding.TBCD,),
    "tac": (Decoding.TBCD,),
    "cell": (Decoding.HEX,),
}
CONSTANTS = ("cell", "direction", "counterpart", "tac", "amount")


class Stamps(StrEnum):
    """Whether time stamps are told in local time or in UTC."""

    LOCAL = "local"
    UTC = "utc"


class Keep(StrEnum):
    """What happens to an identifier that is not the person: gone, or replaced by a pseudonym."""

    DROP = "drop"
    PSEUDONYMISE = "pseudonymise"


class SameName(StrEnum):
    """What becomes of a file whose name came before, when it holds something else now.

    `refuse` leaves it out and says so; `replace` takes the earlier rows away and its own in, at once; `add` takes it in
    beside the earlier one.
    """

    REFUSE = "refuse"
    REPLACE = "replace"
    ADD = "add"


class Duplicates(StrEnum):
    """What becomes of rows that are there already, alike in every field that is kept."""

    KEEP = "keep"
    DROP = "drop"


@dataclass(frozen=True, kw_only=True)
class EventFiles:
    """The files of one event type, or its table.

    Attributes:
        files: Glob pattern below the folder, such as `calls_*.csv`; also for compressed `.csv.gz`. For a database, the
            name of the table.
        columns: Column name by our field; fields left out are not in the files. A name like `{lac}-{ci}` is put
            together of several columns.
        outgoing: Values of the direction column that mean outgoing.
        incoming: Values that mean incoming.
        time_format: `strptime` format of the time column, or `epoch_s` or `epoch_ms` for seconds or milliseconds since
            1970 in UTC, or `native` where a database's column is of a type for times.
        delimiter: One character between columns.
        format: Name of the file format, `""` where the end of a file's name tells it.
        dialect: How lines and columns are told apart, beside the delimiter.
        decode: How the numbers of a field are written, where that is not in plain digits.
        constants: What a field that no column holds is in every row.
        same_name: What becomes of a file whose name came before with other content.
        duplicates: What becomes of rows that are there already.
        late_after: A file is late where it has rows of a day more than so many days before the newest that was there.
        unread: Fields whose columns must be there and are not read, since nobody keeps what is in them.
        table: Parts of the table's name in a database, `()` for files.
        factors: What numbers of a column are multiplied by, by its name; only where a kind of source knows its tables.
    """

    files: str
    columns: Mapping[str, str] = field(hash=False)
    outgoing: tuple[str, ...] = ("outgoing",)
    incoming: tuple[str, ...] = ("incoming",)
    time_format: str = "%Y-%m-%d %H:%M:%S"
    delimiter: str = ","
    format: str = ""
    dialect: Dialect = field(default_factory=Dialect)
    decode: Mapping[str, Decoding] = field(default_factory=dict, hash=False)
    constants: Mapping[str, str] = field(default_factory=dict, hash=False)
    same_name: SameName = SameName.REFUSE
    duplicates: Duplicates = Duplicates.KEEP
    late_after: int = 1
    unread: frozenset[str] = frozenset()
    table: tuple[str, ...] = ()
    factors: Mapping[str, int] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not 0 <= self.late_after <= LATEST_DAYS:
            raise BadMapping(say("late_after goes from 0 to {most} days", most=LATEST_DAYS), field="late_after")
        sources = set(self.sources)
        if twice := sorted(set(self.columns) & set(self.constants)):
            raise BadMapping(say("{field} has both a column and a constant", field=twice[0]), field="constants")
        if self.dialect.quote and self.dialect.quote == self.delimiter:
            raise BadMapping(say("the quote and the delimiter are two different characters"), field="quote")
        if not self.dialect.header and not self.dialect.positions:
            known = {str(number) for number in range(1, self.dialect.column_count + 1)}
            if not sources <= known:
                raise BadMapping(
                    say("columns of files without a header are numbers from 1 to column_count"), field="columns"
                )

    @property
    def sources(self) -> tuple[str, ...]:
        """Every column that is read, in the files' own names, each once."""
        return _parts(self.columns.values())

    @property
    def sources_read(self) -> tuple[str, ...]:
        """Those of the sources that a field which is read is made of."""
        return _parts(column for ours, column in self.columns.items() if ours not in self.unread)

    def without(self, fields: Collection[str]) -> "EventFiles":
        """The same files, of which some fields are not read; those that are decoded are, since rows may fail it."""
        return replace(self, unread=frozenset(fields) - self.decode.keys())

    @property
    def plain(self) -> bool:
        """Whether the files are CSV with a header and nothing beside it declared, as samples write them."""
        return (
            self.format in {"", "csv"}
            and self.dialect == Dialect()
            and not self.decode
            and not self.constants
            and self.time_format not in EPOCHS
            and self.sources == tuple(dict.fromkeys(self.columns.values()))
        )


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
            if zone not in available_timezones():
                raise BadMapping("a zone is an IANA name, such as 'Africa/Maputo'", field="zone")

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
        schema = _choice(DataSchema, tree.get("schema", DataSchema.PHONE), "schema")
        source = Origin.from_tree(_table(tree, "source", default=True))
        of_phones = schema is DataSchema.PHONE
        strange = SIGHTINGS_ALONE if of_phones else PHONES_ALONE
        _only(tree, TOP if source.knows_its_tables else tuple(one for one in MAPPING_KEYS if one not in strange), "")
        if tree.get("format") != FORMAT:
            raise BadMapping(f"start the mapping with 'format = {FORMAT}'", field="format")
        if source.knows_its_tables:
            return cls(
                dataset=_word(tree, "dataset"),
                zone=_word(tree, "zone"),
                stamps=Stamps.UTC,
                zones=_zones(tree),
                identifiers=_identifiers(_table(tree, "identifiers", default=True)),
                source=source,
            )
        areas = _table(tree, "areas")
        return cls(
            dataset=_word(tree, "dataset"),
            zone=_word(tree, "zone"),
            stamps=_choice(Stamps, tree.get("stamps", "local"), "stamps"),
            zones=_zones(tree),
            **(_of_phones(tree, source) if of_phones else _of_sightings(tree, source)),
            boundaries={
                _choice(AreaLevel, level, "areas"): str(name)
                for level, name in areas.items()
                if level not in {"code", "name"}
            },
            code=str(areas.get("code", "pcod")),
            name=str(areas.get("name", "name")),
            identifiers=_identifiers(_table(tree, "identifiers", default=True)),
            source=source,
        )


def _parts(columns: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for column in columns for part, named in parts_of(column) if named))


def _zones(tree: Mapping[str, object]) -> dict[str, str]:
    return {key: str(value) for key, value in _table(tree, "zones", default=True).items()}


class _Files(TypedDict, total=False):
    """What a mapping says of places and events: phones' or sightings'."""

    cells_file: str
    cells: Mapping[str, str]
    events: Mapping[EventType, EventFiles]
    sightings: Mapping[str, EventFiles]
    counted: Counted
    given: Given


def _of_phones(tree: Mapping[str, object], source: Origin) -> _Files:
    cells, events = _table(tree, "cells"), _table(tree, "events")
    return _Files(
        cells_file=_word(cells, "file"),
        cells=_columns(cells, CELL_FIELDS, _needed_of_spots(cells, "cell"), "cells"),
        events={_phones(kind): _event_files(events, kind, source) for kind in events},
    )


def _of_sightings(tree: Mapping[str, object], source: Origin) -> _Files:
    """Sites are a source's cells; there is no file of them where sightings come with areas or points."""
    given, events = _choice(Given, tree.get("places"), "places"), _table(tree, "events")
    files = _Files(
        cells_file="", counted=_counted(tree), given=given,
        sightings={_called(kind): _sighted(events, kind, given, source) for kind in events},
    )  # fmt: skip
    if given is not Given.SITE:
        if "sites" in tree:
            raise BadMapping(say("[sites] goes with places = 'site' only"), field="sites")
        return files
    sites, known = _table(tree, "sites"), tuple(one for one in CELL_FIELDS if one != "cell")
    columns = _columns(sites, known, _needed_of_spots(sites, "site"), "sites")
    return files | _Files(cells_file=_word(sites, "file"), cells={"cell": columns["site"]} | columns)


def _phones(kind: str) -> EventType:
    """A type of phone records by its name."""
    found = _choice(EventType, kind, "events")
    if found is EventType.SIGHTINGS:
        raise BadMapping(say("files of sightings go with schema = 'sightings'"), field="events")
    return found


def _counted(tree: Mapping[str, object]) -> Counted:
    """Whom the owner says that the person column stands for; it cannot be guessed."""
    counted = _choice(Counted, tree.get("counted"), "counted")
    if counted is Counted.SUBSCRIBER:
        raise BadMapping(say("sightings count a person, card, household or device"), field="counted")
    return counted


def _called(kind: str) -> str:
    """What an owner calls files of sightings."""
    if not (kind.isidentifier() and kind.islower()):
        raise BadMapping(say("name files of sightings with a lower-case word, such as 'visit'"), field="events")
    return kind


def _sighted(events: Mapping[str, object], kind: str, given: Given, source: Origin) -> EventFiles:
    """Files of sightings: a place by name stands where phone records have a cell."""
    tree = _table(events, kind)
    where, fields = f"events.{kind}", SIGHTING_FIELDS[given]
    known = (*EVENT_KEYS, *DIALECT_KEYS) if source.is_files else TABLE_KEYS
    _only(tree, tuple(key for key in known if key not in {"direction", "constants", "decode"}), where)
    columns = _columns(tree, fields, fields, where)
    named = {"cell" if ours == "place" else ours: theirs for ours, theirs in columns.items()}
    return _files_of(tree, where, named, source)


def _event_files(events: Mapping[str, object], kind: str, source: Origin) -> EventFiles:
    tree = _table(events, kind)
    where = f"events.{kind}"
    _only(tree, (*EVENT_KEYS, *DIALECT_KEYS) if source.is_files else TABLE_KEYS, where)
    constants = _constants(tree, where)
    direction = _table(tree, "direction", default=True)
    _only(direction, ("outgoing", "incoming"), f"{where}.direction")
    columns = _columns(tree, EVENT_FIELDS, _needed_of_events(constants), where) | _default_person(tree)
    return _files_of(tree, where, columns, source)


def _files_of(tree: Mapping[str, object], where: str, columns: Mapping[str, str], source: Origin) -> EventFiles:
    """A group of files, or a table, with these columns, and everything else as the mapping says it."""
    table = () if source.is_files else _table_name(tree.get("table"))
    direction = _table(tree, "direction", default=True)
    return EventFiles(
        files=_word(tree, "files") if source.is_files else ".".join(table),
        table=table,
        columns=columns,
        outgoing=_words(direction.get("outgoing", "outgoing")),
        incoming=_words(direction.get("incoming", "incoming")),
        time_format=str(tree.get("time_format", "%Y-%m-%d %H:%M:%S" if source.is_files else NATIVE)),
        delimiter=str(tree.get("delimiter", ",")),
        format=str(tree.get("format", "")),
        dialect=Dialect.from_tree(tree),
        decode=_decodings(tree, where),
        constants=_constants(tree, where),
        same_name=_choice(SameName, tree.get("same_name", "refuse"), f"{where}.same_name"),
        duplicates=_choice(Duplicates, tree.get("duplicates", "keep"), f"{where}.duplicates"),
        late_after=_days(tree.get("late_after", 1)),
    )


def _days(value: object) -> int:
    if type(value) is not int:
        raise BadMapping(say("late_after goes from 0 to {most} days", most=LATEST_DAYS), field="late_after")
    return value


def _table_name(value: object) -> tuple[str, ...]:
    """The parts of a table's name; a list keeps points that are part of a name."""
    parts = value if isinstance(value, list) else value.split(".") if isinstance(value, str) else [""]
    if not all(isinstance(part, str) and part and "\0" not in part for part in parts):
        raise BadMapping(say("table names a table or view, such as 'cdr.voice' or ['cdr', 'voice']"), field="table")
    return tuple(parts)


def _constants(tree: Mapping[str, object], where: str) -> dict[str, str]:
    constants = _table(tree, "constants", default=True)
    _only(constants, CONSTANTS, f"{where}.constants")
    return {key: str(value) for key, value in constants.items()}


def _decodings(tree: Mapping[str, object], where: str) -> dict[str, Decoding]:
    decode = _table(tree, "decode", default=True)
    _only(decode, tuple(DECODINGS), f"{where}.decode")
    found = {key: _choice(Decoding, value, f"{where}.decode") for key, value in decode.items()}
    for name, decoding in found.items():
        if decoding not in DECODINGS[name]:
            known = ", ".join(DECODINGS[name])
            raise BadMapping(say("{field} is decoded by one of {known}", field=name, known=known), field="decode")
    return found


def _needed_of_events(constants: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(name for name in ("time", "cell") if name not in constants)


def _needed_of_spots(spots: Mapping[str, object], name: str) -> tuple[str, ...]:
    """Points know where they are."""
    points = str(spots.get("file")).partition("#")[0].lower().endswith(LAYERS)
    return (name,) if points else (name, "lon", "lat")


def _default_person(tree: Mapping[str, object]) -> dict[str, str]:
    columns = _table(tree, "columns")
    return {"person": str(columns.get("person", "MSISDN"))}


def _identifiers(tree: Mapping[str, object]) -> dict[str, Keep]:
    _only(tree, ("counterpart", "imsi", "imei"), "identifiers")
    return {key: _choice(Keep, value, "identifiers") for key, value in tree.items()}


def _columns(tree: Mapping[str, object], known: tuple[str, ...], needed: tuple[str, ...], where: str) -> dict[str, str]:
    columns = _table(tree, "columns")
    _only(columns, known, f"{where}.columns")
    if missing := [name for name in needed if name not in columns]:
        raise BadMapping(f"[{where}.columns] must say which column is {', '.join(missing)}", field=where)
    return {key: _column(value) for key, value in columns.items()}


def _column(value: object) -> str:
    """The name of a column; a list of some is joined by spaces."""
    if isinstance(value, list) and value:
        if any(brace in str(name) for name in value for brace in "{}"):
            raise BadMapping(say("columns to be joined are named without braces"), field="columns")
        return " ".join(f"{{{name}}}" for name in value)
    return str(value)


def _only(tree: Mapping[str, object], known: tuple[str, ...], where: str) -> None:
    if unknown := sorted(set(tree) - set(known)):
        table = f"[{where}]" if where else "a mapping"
        raise BadMapping(
            f"{table} knows {', '.join(known)}; it does not know {', '.join(unknown)}", field=where or unknown[0]
        )


def _table(tree: Mapping[str, object], key: str, *, default: bool = False) -> Mapping[str, object]:
    value = tree.get(key, {} if default else None)
    if not isinstance(value, Mapping):
        raise BadMapping(f"the mapping needs a [{key}] table", field=key)
    return value


def _word(tree: Mapping[str, object], key: str) -> str:
    value = tree.get(key)
    if not isinstance(value, str) or not value:
        raise BadMapping(f"{key} must be a text that is not empty", field=key)
    return value


def _words(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list | tuple) else (str(value),)


def _choice(sort: type[Choice], value: object, where: str) -> Choice:
    try:
        return sort(str(value))
    except ValueError:
        raise BadMapping(f"{where} is one of {', '.join(sort)}", field=where) from None
