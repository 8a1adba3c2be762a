"""What is in the store is what plain Python reads from the same file."""

import csv
import io
import tempfile
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

CELLS = {"a1": ("2026-01-01", "2026-12-31"), "b1": ("2026-01-01", ""), "c1": ("", "")}
FIELDS = st.sampled_from
FIRST = datetime(2025, 12, 30, tzinfo=UTC)
ROW = st.tuples(
    FIELDS(["+258 84 1", "0025884 1", "258841", "7", "8", "", " ", '"9"', "null"]),
    st.one_of(
        st.integers(0, 5 * 86_400).map(lambda at: f"{FIRST + timedelta(seconds=at):%Y-%m-%d %H:%M:%S}"),
        FIELDS(["", "2026-02-30 00:00:00", "2026-01-01", "2026-10-25 00:30:00", "2026-03-29 01:30:00"]),
    ),
    FIELDS(["a1", "b1", "c1", "", "zz", " a1 "]),
    FIELDS(["outgoing", "incoming", "", "other"]),
    FIELDS(["1", "1.5", "", "x", "1e400"]),
)


def kept(rows: list[tuple[str, ...]], zone: str, *, utc: bool) -> dict[str, Counter]:
    """The events of each person, row by row as anyone would read the definitions."""
    found: dict[str, Counter] = defaultdict(Counter)
    for person, at, cell, way, amount in rows:
        name = person.strip('"').replace(" ", "")
        name = name[1:] if name.startswith("+") else name.removeprefix("00")
        try:
            stamp = datetime.strptime(at + "+0000", "%Y-%m-%d %H:%M:%S%z").replace(tzinfo=None)
            number = float(amount) if amount else 0.0
        except ValueError:
            continue
        if utc:
            stamp = stamp.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        first, last = CELLS.get(cell.strip(), ("9", "0"))
        if not first <= f"{stamp:%Y-%m-%d}" <= (last or "9") or name in {"", "null"} or way == "other":
            continue
        if number == float("inf"):
            continue
        second = (stamp - datetime.combine(stamp.date(), datetime.min.time())) // timedelta(seconds=1)
        found[name][
            stamp.date(), second, number if amount else None, {"outgoing": True, "incoming": False}.get(way)
        ] += 1
    return found


def alike(people: dict[object, Counter]) -> list[list[str]]:
    """Persons without their names."""
    return sorted(sorted(f"{event} {times}" for event, times in events.items()) for events in people.values())


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(ROW, max_size=40),
    zone=FIELDS(["Africa/Maputo", "Europe/Lisbon", "America/Sao_Paulo"]),
    utc=st.booleans(),
)
def test_events_equal_an_independent_reading_of_the_file(worlds, rows, zone, utc) -> None:
    """Person by person, to the second; and no row is lost on the way to quarantine."""
    with tempfile.TemporaryDirectory() as folder:
        world = worlds.World(Path(folder))
        lines = ["cell,site,lon,lat,first,last", *(f"{c},S,0.5,0.5,{a},{b}" for c, (a, b) in CELLS.items())]
        world.write("cells.csv", "\n".join(lines) + "\n")
        world.map(top='stamps = "utc"' if utc else "")
        mapping = world.files / "mapping.toml"
        mapping.write_text(mapping.read_text().replace("Africa/Maputo", zone))
        out = io.StringIO()
        csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_MINIMAL).writerows(
            [[p, at, cell, way, "2", "3", "4", amount] for p, at, cell, way, amount in rows]
        )
        world.calls([line for line in out.getvalue().split("\n") if line])

        report = world.take()
        stored: dict[object, Counter] = defaultdict(Counter)
        for day, events in world.events("person, second, amount, outgoing").items() if world.manifest() else ():
            for person, *event in events:
                stored[person][date.fromordinal(day.toordinal()), *event] += 1

    assert alike(stored) == alike(kept(rows, zone, utc=utc))
    assert report.rows == len(rows)
    assert report.kept + sum(report.rejected.values()) == len(rows)
