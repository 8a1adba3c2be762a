"""A sample of call detail records, as an operator exports them."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import shapely

from safeconduct.model.areas import AreaLevel
from safeconduct.model.mapping import FileMapping
from safeconduct.synth.samples.country import country
from safeconduct.synth.samples.events import day_of, events_of, outages
from safeconduct.synth.samples.files import EventWriter, write_boundaries, write_cells
from safeconduct.synth.samples.layout import MAPPING, TRUTH, check_layout, default_layout, file_of, files_of, to_toml
from safeconduct.synth.samples.network import network
from safeconduct.synth.samples.parameters import CdrSample
from safeconduct.synth.samples.people import people
from safeconduct.synth.samples.truth import truth

__all__ = ["CdrSample", "SampleReport", "default_layout", "files_of", "write"]


@dataclass(frozen=True, kw_only=True)
class SampleReport:
    """What a sample wrote.

    Attributes:
        folder: Where.
        people: People made up; a few of them made no event.
        days: Days of records.
        events: Records by type of event, wrong ones included: one in a hundred has no cell, a few an unknown one.
        files: Number of files with events.
        truth: The ground truth.
        mapping: The mapping that reads the sample.
    """

    folder: Path
    people: int
    days: int
    events: dict[str, int]
    files: int
    truth: Path
    mapping: Path

    def to_json(self) -> dict[str, object]:
        """The report, paths as texts."""
        return {name: str(value) if isinstance(value, Path) else value for name, value in asdict(self).items()}


def write(
    sample: CdrSample, *, folder: Path, layout: FileMapping, progress: Callable[[int, int], None] | None = None
) -> SampleReport:
    """Write a sample in an operator's layout: truth first, events day by day, the mapping last.

    Files of the same names are overwritten; others are left alone. A folder without a mapping holds half a sample.

    Args:
        sample: What to make up.
        folder: Where to write; made if absent.
        layout: Names, columns, words and clocks of the files. Cells change place or hands over time only if the layout
            has columns for their first and last day.
        progress: Told the days done and all days.

    Raises:
        BadMapping: The layout's files could not be told apart or written.
        OSError: The disk is full, or the folder cannot be written.
    """
    check_layout(layout, [sample.day(index) for index in range(sample.days)])
    land = country()
    nets = network(sample, country=land, dated={"first", "last"} <= set(layout.cells))
    centres = shapely.get_coordinates(
        shapely.centroid(np.array([one.shape for one in land.places[AreaLevel.DISTRICT]]))
    )
    folk = people(sample, network=nets, centres=centres)
    silence = outages(sample, network=nets, stricken=folk.stricken)
    folder.mkdir(parents=True, exist_ok=True)
    _write_text(folder / TRUTH, _json(truth(sample, country=land, network=nets, people=folk, silence=silence)))
    write_cells(folder / layout.cells_file, layout=layout, network=nets)
    write_boundaries(folder, layout=layout, country=land)
    counts = {str(kind): 0 for kind in layout.events}
    with EventWriter(folder, layout=layout, country=land, network=nets, people=folk) as writer:
        for index in range(sample.days):
            day = day_of(index, sample=sample, network=nets, people=folk, silence=silence)
            for kind in layout.events:
                events = events_of(kind, day=day, sample=sample, network=nets, people=folk)
                writer.write(kind, events, day=sample.day(index))
                counts[kind] += len(events)
            if progress:
                progress(index + 1, sample.days)
    _write_text(folder / MAPPING, to_toml(layout))
    return _report(sample, folder, layout=layout, counts=counts)


def _report(sample: CdrSample, folder: Path, *, layout: FileMapping, counts: dict[str, int]) -> SampleReport:
    days = [sample.day(index) for index in range(sample.days)]
    return SampleReport(
        folder=folder,
        people=sample.people,
        days=sample.days,
        events=counts,
        files=len({file_of(spec.files, day) for spec in layout.events.values() for day in days}),
        truth=folder / TRUTH,
        mapping=folder / MAPPING,
    )


def _json(tree: dict[str, object]) -> str:
    return json.dumps(tree, ensure_ascii=False, indent=1) + "\n"


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
