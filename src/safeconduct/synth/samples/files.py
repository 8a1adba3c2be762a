"""A sample's files: events as CSV, cells, boundaries."""

import csv
import gzip
import io
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, date
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.csv
import shapely
from numpy.typing import NDArray

from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.event_files import EVENT_FIELDS, EventFiles
from safeconduct.model.mapping import CELL_FIELDS, FileMapping, Stamps
from safeconduct.synth.samples.country import Country, Place
from safeconduct.synth.samples.events import UNKNOWN_NAMES, Events
from safeconduct.synth.samples.layout import PACKED, file_of
from safeconduct.synth.samples.network import Network
from safeconduct.synth.samples.people import People
from safeconduct.synth.samples.stamps import QUARTER, offsets_of, written
from safeconduct.synth.samples.truth import site_name

Whole = NDArray[np.int64]
PACKING = 5
USUAL = ",;|\t"  # delimiters that no number, cell name or day holds


class EventWriter:
    """Writes events in an operator's layout, a day and type at a time.

    A type whose pattern holds no `*` has one file for all days, which stays open until the writer is left. Files go by
    the local day; in UTC stamps a file may hold the end of the day before or the start of the day after.
    """

    def __init__(
        self, folder: Path, *, layout: FileMapping, country: Country, network: Network, people: People
    ) -> None:
        self.folder, self.layout, self.people = folder, layout, people
        provinces = [one.code for one in country.places[AreaLevel.PROVINCE]]
        self.zones = (layout.zone, *(layout.zones.get(code, layout.zone) for code in provinces))
        self.zone_of = network.province + 1
        strange = [f"{90_000 + one}-{70_000 + one}" for one in range(UNKNOWN_NAMES)]
        self.known = len(network.names)
        self.cells = pa.array([*network.names, *strange], pa.string())
        self.open: dict[str, tuple[ExitStack, pyarrow.csv.CSVWriter]] = {}

    def __enter__(self) -> Self:
        """Nothing is open yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close what is still open."""
        for stack, _writer in self.open.values():
            stack.close()

    def write(self, kind: EventType, events: Events, *, day: date) -> None:
        """Write the events of one type on one day."""
        spec = self.layout.events[kind]
        table = self._table(spec, events, day=day)
        name = file_of(spec.files, day)
        if name not in self.open:
            self.open[name] = _opened(self.folder / name, table.schema, spec)
        self.open[name][1].write_table(table)
        if name != spec.files:
            self.open.pop(name)[0].close()

    def _table(self, spec: EventFiles, events: Events, *, day: date) -> pa.Table:
        columns: dict[str, Any] = {}
        for field in EVENT_FIELDS:
            if field in spec.columns and spec.columns[field] not in columns:
                columns[spec.columns[field]] = self._column(field, events, spec=spec, day=day)
        return pa.table(columns)

    def _column(self, field: str, events: Events, *, spec: EventFiles, day: date) -> pa.Array:  # noqa: PLR0911 - one a field
        match field:
            case "person":
                return pa.array(self.people.msisdn[events.person])
            case "imsi" | "imei":
                return pa.array(getattr(self.people, field)[events.person])
            case "tac":
                return pa.array(self.people.imei[events.person] // 10**7)
            case "time":
                return self._times(events, spec=spec, day=day)
            case "cell":
                return self.cells.take(pa.array(events.cell, mask=events.cell < 0))
            case "direction":
                words = pa.array([spec.incoming[0], spec.outgoing[0]], pa.string())
                return words.take(pa.array(events.outgoing.astype(np.int8)))
            case "counterpart":
                return pa.array(events.counterpart, mask=events.counterpart == 0)
            case _:
                return _amount(events.amount)

    def _times(self, events: Events, *, spec: EventFiles, day: date) -> pa.Array:
        """Stamps in the zone of the cell that is written; where no place can be told from it, in the main zone."""
        ahead = offsets_of(self.layout, day, self.zones)
        placed = (events.cell >= 0) & (events.cell < self.known)
        row = ahead[np.where(placed, self.zone_of[events.site], 0), events.second // QUARTER]
        zone = UTC if self.layout.stamps is Stamps.UTC else ZoneInfo(self.layout.zone)
        return written(events.second, day=day, offsets=row, form=spec.time_format, zone=zone)


def _amount(amount: NDArray[np.float64]) -> pa.Array:
    """Whole amounts without a decimal point; no amount as nothing."""
    known = ~np.isnan(amount)
    if (amount[known] == np.round(amount[known])).all():
        return pa.array(np.nan_to_num(amount).astype(np.int64), mask=~known)
    return pa.array(amount, mask=~known)


def _opened(path: Path, schema: pa.Schema, spec: EventFiles) -> tuple[ExitStack, pyarrow.csv.CSVWriter]:
    """A CSV file with its header, the names quoted only where they must be."""
    stack = ExitStack()
    path.parent.mkdir(parents=True, exist_ok=True)
    sink = stack.enter_context(_sink(path))
    header = io.StringIO()
    csv.writer(header, delimiter=spec.delimiter, lineterminator="\n").writerow(schema.names)
    sink.write(header.getvalue().encode())
    how = pyarrow.csv.WriteOptions(
        include_header=False, delimiter=spec.delimiter, batch_size=16_384, quoting_style=_quoting(spec)
    )
    return stack, stack.enter_context(pyarrow.csv.CSVWriter(sink, schema, write_options=how))


def _quoting(spec: EventFiles) -> str:
    """No quotes, as switches write, unless a text could hold what ends it."""
    texts = "".join((spec.time_format, *spec.outgoing, *spec.incoming))
    return "none" if spec.delimiter in USUAL and not set(texts) & {*USUAL, '"', "\r", "\n"} else "needed"


@contextmanager
def _sink(path: Path) -> Iterator[Any]:
    """A file to write bytes to; packed without a name and an hour, so that the same events make the same bytes."""
    with path.open("wb") as file:
        if path.suffix == PACKED:
            with gzip.GzipFile(filename="", mode="wb", fileobj=file, compresslevel=PACKING, mtime=0) as packed:
                yield packed
        else:
            yield file


def write_cells(path: Path, *, layout: FileMapping, network: Network) -> None:
    """Write every version of every cell; the last day is empty while a cell is in service."""
    columns = [name for name in CELL_FIELDS if name in layout.cells]
    path.parent.mkdir(parents=True, exist_ok=True)
    with _sink(path) as sink:
        text = io.StringIO()
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow([layout.cells[name] for name in columns])
        for cell in network.cells:
            row: Mapping[str, object] = {
                "cell": network.names[cell.name],
                "site": site_name(cell.site),
                "lon": cell.lon,
                "lat": cell.lat,
                "first": cell.first.isoformat(),
                "last": cell.last.isoformat() if cell.last else "",
            }
            rows.writerow([row[name] for name in columns])
        sink.write(text.getvalue().encode())


def write_boundaries(folder: Path, *, layout: FileMapping, country: Country) -> None:
    """Write the GeoJSON file of each level that the layout names."""
    for level, name in layout.boundaries.items():
        features = [_feature(place, layout=layout, level=level) for place in country.places[level]]
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        tree = {"type": "FeatureCollection", "features": features}
        path.write_text(json.dumps(tree, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def _feature(place: Place, *, layout: FileMapping, level: AreaLevel) -> dict[str, object]:
    properties: dict[str, object] = {
        layout.code.replace("{level}", level): place.code,
        layout.name.replace("{level}", level): place.name,
        "parent": place.parent,
    }
    if place.uninhabited:
        properties["uninhabited"] = True
    return {"type": "Feature", "properties": properties, "geometry": json.loads(shapely.to_geojson(place.shape))}
