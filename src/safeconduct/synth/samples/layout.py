"""An operator's layout as a sample writes it: its file names, its TOML, and whether it can be written at all."""

import json
import re
from datetime import date
from fnmatch import fnmatch
from pathlib import PurePosixPath

from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.dialect import parts_of
from safeconduct.model.errors import BadMapping
from safeconduct.model.event_files import EventFiles
from safeconduct.model.mapping import FORMAT, FileMapping, Keep
from safeconduct.model.text import say

TRUTH = "truth.json"
MAPPING = "mapping.toml"
PACKED = ".gz"
OTHER_PACKING = (".bz2", ".xz", ".zip", ".zst", ".lz4", ".7z", ".parquet", ".xlsx")


def default_layout() -> FileMapping:
    """A layout as operators have it: four kinds of files a day, with switch-like column names and MO and MT."""
    who = {"person": "MSISDN", "imsi": "IMSI", "imei": "IMEI", "tac": "TAC", "time": "START_TIME", "cell": "CELL_ID"}
    talk = {"direction": "DIRECTION", "counterpart": "B_NUMBER"}
    columns = {
        EventType.CALLS: who | talk | {"amount": "DURATION_S"},
        EventType.SMS: who | talk,
        EventType.MDS: who | {"amount": "VOLUME_MB"},
        EventType.TOPUPS: who | {"amount": "AMOUNT"},
    }
    return FileMapping(
        dataset="phone",
        zone="Africa/Maputo",
        cells={
            "cell": "CELL_ID",
            "site": "SITE_ID",
            "lon": "LON",
            "lat": "LAT",
            "first": "FIRST_DAY",
            "last": "LAST_DAY",
        },
        boundaries={level: f"{level}.geojson" for level in AreaLevel if level is not AreaLevel.SITE},
        events={
            kind: EventFiles(files=f"{kind}_*.csv", columns=named, outgoing=("MO",), incoming=("MT",))
            for kind, named in columns.items()
        },
        identifiers={"counterpart": Keep.PSEUDONYMISE, "imsi": Keep.DROP, "imei": Keep.DROP},
    )


def file_of(pattern: str, day: date) -> str:
    """The name of a day's file: each `*` of the pattern becomes the day.

    Example:
        >>> file_of("calls_*.csv.gz", date(2026, 1, 5))
        'calls_20260105.csv.gz'
    """
    return pattern.replace("**", "*").replace("*", day.strftime("%Y%m%d"))


def files_of(layout: FileMapping, days: list[date]) -> list[str]:
    """Every file a sample of these days writes, below its folder."""
    events = [
        name for spec in layout.events.values() for name in dict.fromkeys(file_of(spec.files, day) for day in days)
    ]
    return [TRUTH, layout.cells_file, *layout.boundaries.values(), *events, MAPPING]


def check_layout(layout: FileMapping, days: list[date]) -> None:
    """Refuse a layout whose files could not be told apart, or not be read back as what they are.

    Raises:
        BadMapping: A file lies outside the folder, two kinds share a file, or a column cannot be written.
    """
    names = files_of(layout, days)
    for name in names:
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts or "\\" in name:
            raise BadMapping("files lie below the folder; name them without '..' and without a leading '/'")
    if len(set(names)) < len(names):
        raise BadMapping("two files of the mapping have the same name")
    if AreaLevel.SITE in layout.boundaries:
        raise BadMapping("a site has no boundary; leave 'lon-lat' out of [areas]", field="areas")
    _check_places(layout)
    for kind, spec in layout.events.items():
        _check_events(kind, spec)
        others = [one for one in names if one not in {file_of(spec.files, day) for day in days}]
        if any(fnmatch(one, spec.files) for one in others):
            raise BadMapping(
                f"the pattern of [events.{kind}] also fits other files of the sample", field=f"events.{kind}"
            )


def _check_places(layout: FileMapping) -> None:
    if any(column != name for column in layout.cells.values() for name, _ in parts_of(column)):
        raise BadMapping(say("a sample writes whole columns of cells; name one column for each field"), field="cells")
    geojson = all(name.lower().endswith((".geojson", ".json")) for name in layout.boundaries.values())
    if not geojson or not {"lon", "lat"} <= set(layout.cells):
        raise BadMapping(say("a sample writes cells as CSV and areas as GeoJSON; name such files"), field="areas")


def _check_events(kind: EventType, spec: EventFiles) -> None:
    where = f"events.{kind}"
    if any(letter in spec.files for letter in "?["):
        raise BadMapping(f"[{where}] files: a sample fills in '*' only, not '?' or '['", field=where)
    if not spec.plain:
        raise BadMapping(
            say(
                "{where}: a sample writes CSV in UTF-8 with a line of names and whole columns; take encoding, header, "
                "decode and the like out for the rehearsal",
                where=where,
            ),
            field=where,
        )
    if spec.files.lower().endswith(OTHER_PACKING):
        raise BadMapping(f"[{where}] files: a sample writes plain CSV and .gz only", field=where)
    if missing := [name for name in ("person", "time", "cell") if name not in spec.columns]:
        raise BadMapping(f"[{where}.columns] must say which column is {', '.join(missing)}", field=where)
    if len(spec.delimiter) != 1 or not spec.delimiter.isascii() or spec.delimiter in '"\r\n':
        raise BadMapping(f"[{where}] delimiter is one character, such as ';'", field=where)
    if "direction" in spec.columns and not (spec.outgoing and spec.incoming):
        raise BadMapping(f"[{where}.direction] needs a word for outgoing and one for incoming", field=where)


def to_toml(layout: FileMapping) -> str:
    """A mapping file that reads back as the same layout."""
    parts = [
        _table("", {"format": FORMAT, "dataset": layout.dataset, "zone": layout.zone, "stamps": str(layout.stamps)}),
        _table("zones", dict(layout.zones)) if layout.zones else "",
        _table("cells", {"file": layout.cells_file}),
        _table("cells.columns", dict(layout.cells)),
        _table("areas", {str(level): name for level, name in layout.boundaries.items()} | _properties(layout)),
        "" if layout.events else _table("events", {}),
        *(_events(kind, spec) for kind, spec in layout.events.items()),
        _table("identifiers", {name: str(keep) for name, keep in layout.identifiers.items()}),
    ]
    return "\n".join(part for part in parts if part)


def _properties(layout: FileMapping) -> dict[str, str]:
    return {"code": layout.code, "name": layout.name}


def _events(kind: EventType, spec: EventFiles) -> str:
    head = {"files": spec.files, "time_format": spec.time_format, "delimiter": spec.delimiter}
    direction = {"outgoing": list(spec.outgoing), "incoming": list(spec.incoming)}
    return "\n".join(
        [
            _table(f"events.{kind}", head),
            _table(f"events.{kind}.columns", dict(spec.columns)),
            _table(f"events.{kind}.direction", direction),
        ]
    )


def _table(name: str, values: dict[str, object] | dict[str, str] | dict[str, list[str]]) -> str:
    head = f"[{name}]\n" if name else ""
    return head + "".join(f"{_key(key)} = {_quoted(value)}\n" for key, value in values.items())


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _quoted(name)


def _quoted(value: object) -> str:
    """JSON's form of a text, list or number, which is TOML's too but for the delete character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
