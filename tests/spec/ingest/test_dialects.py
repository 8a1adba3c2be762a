"""The same records in whatever form an operator writes them are the same events in the store."""

import gzip
import io
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from safeconduct.model.errors import BadMapping

ROWS = [
    ("258840000001", "2026-01-05 10:00:01", "a1", "MO", "258840000002", "60"),
    ("258840000002", "2026-01-05 23:59:59", "b1", "MT", "", "0.5"),
    ("25884000003", "2026-01-06 00:00:00", "c1", "MO", "258840000001", ""),
]
HEAD = ("A", "AT", "CELL", "WAY", "B", "SECONDS")
TOP = """\
format = 1
dataset = "phone"
zone = "Africa/Maputo"
{top}
[cells]
file = "cells.csv"
columns = {{ cell = "cell", site = "site", lon = "lon", lat = "lat", first = "first", last = "last" }}
[areas]
admin1 = "admin1.geojson"
admin2 = "admin2.geojson"
admin3 = "admin3.geojson"
[identifiers]
counterpart = "pseudonymise"
[events.calls]
files = "{files}"
direction = {{ outgoing = "MO", incoming = "MT" }}
{events}
"""
NAMED = (
    'columns = { person = "A", time = "AT", cell = "CELL", direction = "WAY", counterpart = "B", amount = "SECONDS" }'
)
POSITIONS = (
    "{ A = [1, 14], AT = { start = 15, length = 19 }, CELL = { start = 34, end = 36 }, WAY = [37, 38], "
    "B = [39, 52], SECONDS = [53, 58] }"
)
NUMBERED = "columns = { person = 1, time = 2, cell = 3, direction = 4, counterpart = 5, amount = 6 }"


def lines(rows, delimiter=","):
    return "".join(delimiter.join(row) + "\n" for row in rows)


def tbcd(number):
    padded = number + "F" * (len(number) % 2)
    return "".join(padded[at + 1] + padded[at] for at in range(0, len(padded), 2))


def split_times(rows):
    return [(person, *at.split(), *rest) for person, at, *rest in rows]


def moments(rows, form):
    """Maputo is two hours ahead of UTC all year."""
    zoned = [(row, datetime.fromisoformat(row[1] + "+02:00")) for row in rows]
    return [(row[0], form(at), *row[2:]) for row, at in zoned]


def table(rows):
    columns = {name: list(values) for name, values in zip(HEAD, zip(*rows, strict=True), strict=True)}
    return pa.table(columns)


def parquet(made):
    sink = io.BytesIO()
    pq.write_table(made, sink, row_group_size=2)
    return sink.getvalue()


def typed():
    plain = table(ROWS)
    at = pa.array([datetime.fromisoformat(row[1]) for row in ROWS], pa.timestamp("us"))
    made = plain.set_column(0, "A", pa.array([float(row[0]) for row in ROWS]))
    made = made.set_column(1, "AT", at).set_column(2, "CELL", plain["CELL"].dictionary_encode())
    return made.set_column(5, "SECONDS", pa.array([60.0, 0.5, None]))


def zoned():
    at = pa.array([datetime.fromisoformat(row[1] + "+02:00") for row in ROWS], pa.timestamp("ns", tz="Africa/Harare"))
    return table(ROWS).set_column(1, "AT", at)


PLAIN = (NAMED, "calls_1.csv", lines([HEAD, *ROWS]).encode())
FORMS = {
    "tab": (f'delimiter = "\\t"\n{NAMED}', "calls_1.txt", lines([HEAD, *ROWS], "\t").encode()),
    "pipe": (f'delimiter = "|"\n{NAMED}', "calls_1.csv", lines([HEAD, *ROWS], "|").encode()),
    "unit separator": (f'delimiter = "\\u001f"\nquote = ""\n{NAMED}', "calls_1.dat",
                       lines([HEAD, *ROWS], "\x1f").encode()),
    "no header": (f"header = false\ncolumn_count = 6\n{NUMBERED}", "calls_1.csv", lines(ROWS).encode()),
    "a decoder's frame": (
        f'header = false\ncolumn_count = 6\nskip_lines = 2\nskip_end = 1\ncomment = "#"\ndelimiter = ";"\n{NUMBERED}',
        "calls_1.csv",
        f"HDR;20260105\n\n# decoded\n{lines(ROWS[:2], ';')}# more\n{lines(ROWS[2:], ';')}TRL;3;x\n\n".encode(),
    ),
    "another quote": (f"quote = \"'\"\n{NAMED}", "calls_1.csv",
                      lines([HEAD, *([f"'{one}'" for one in row] for row in ROWS)]).encode()),
    "utf-16": (f'encoding = "utf-16"\n{NAMED}', "calls_1.csv", lines([HEAD, *ROWS]).encode("utf-16")),
    "latin-1": (f'encoding = "latin-1"\n{NAMED.replace("WAY", "SÉNS")}', "calls_1.csv",
                lines([HEAD, *ROWS]).replace("WAY", "SÉNS").encode("latin-1")),
    "cp1252, packed": (f'encoding = "cp1252"\n{NAMED.replace("WAY", "€")}', "calls_1.csv.gz",
                       gzip.compress(lines([HEAD, *ROWS]).replace("WAY", "€").encode("cp1252"))),
    "words for nothing": (f'null_words = ["N/A", "-"]\n{NAMED}', "calls_1.csv", lines(
        [HEAD, *([one or "N/A" for one in row] for row in ROWS)]).encode()),
    "two time columns": (NAMED.replace('"AT"', '["DAY", "CLOCK"]'), "calls_1.csv",
                         lines([("A", "DAY", "CLOCK", *HEAD[2:]), *split_times(ROWS)]).encode()),
    "swapped digits": (f'decode = {{ person = "tbcd", counterpart = "tbcd_address" }}\n{NAMED}', "calls_1.csv", lines(
        [HEAD, *((tbcd(a), at, cell, way, b and "91" + tbcd(b), s) for a, at, cell, way, b, s in ROWS)]).encode()),
    "fixed width": (
        f'format = "fixed_width"\nskip_lines = 1\npositions = {POSITIONS}\n{NAMED}',
        "calls_1.txt",
        "".join(["CALLS OF THE WEEK\n", *(
            f"{a:14}{at:19}{cell:>3}{way:2}{b:14}{s:>6}\n" for a, at, cell, way, b, s in ROWS)]).encode(),
    ),
    "parquet of texts": (NAMED, "calls_1.parquet", parquet(table(ROWS))),
    "parquet of types": (NAMED, "calls_1.parquet", parquet(typed())),
}  # fmt: skip
UTC_FORMS = {
    "offsets": (f'time_format = "%Y%m%d%H%M%S%z"\n{NAMED}', "calls_1.csv",
                lines([HEAD, *moments(ROWS, lambda at: f"{at:%Y%m%d%H%M%S}+0200")]).encode()),
    "zulu": (f'time_format = "%Y-%m-%dT%H:%M:%S%z"\n{NAMED}', "calls_1.csv",
             lines([HEAD, *moments(ROWS, lambda at: f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z")]).encode()),
    "seconds": (f'time_format = "epoch_s"\n{NAMED}', "calls_1.csv",
                lines([HEAD, *moments(ROWS, lambda at: str(int(at.timestamp())))]).encode()),
    "milliseconds": (f'time_format = "epoch_ms"\n{NAMED}', "calls_1.csv",
                     lines([HEAD, *moments(ROWS, lambda at: f"{int(at.timestamp())}999")]).encode()),
    "parquet with a zone": (NAMED, "calls_1.parquet", parquet(zoned())),
}  # fmt: skip


def taken(world, form, top=""):
    events, name, content = form
    world.write("mapping.toml", TOP.format(top=top, events=events, files=name.replace("1", "*").removesuffix(".gz")))
    world.write(name, content)
    return world.take()


def events(world):
    """Events in order, people numbered as they come: whose code is which differs from key to key."""
    names = {None: None}
    found = []
    for day, rows in sorted(world.events("second, cell, outgoing, amount, person, counterpart").items()):
        for *row, person, other in sorted(rows, key=lambda one: one[0]):
            found.append((day, *row, names.setdefault(person, len(names)), names.setdefault(other, len(names))))
    return found


@pytest.fixture(scope="module")
def expected(worlds, tmp_path_factory):
    """What plain CSV gives."""
    world = worlds.World(tmp_path_factory.mktemp("plain"))
    taken(world, PLAIN)
    return events(world)


@pytest.mark.parametrize("form", FORMS)
def test_every_dialect_gives_the_events_of_plain_csv(world, expected, form) -> None:
    """People, places, seconds, directions, amounts and counterparts alike."""
    report = taken(world, FORMS[form])

    assert (report.rows, report.kept, dict(report.rejected)) == (3, 3, {})
    assert events(world) == expected


@pytest.mark.parametrize("form", UTC_FORMS)
def test_moments_give_the_local_events_of_plain_csv(world, expected, form) -> None:
    """Whether the offset, the epoch or the file itself says so."""
    taken(world, UTC_FORMS[form], top='stamps = "utc"')

    assert events(world) == expected


@pytest.mark.parametrize("form", UTC_FORMS)
def test_moments_contradict_local_stamps(world, form) -> None:
    with pytest.raises(BadMapping, match="stamps = 'utc'"):
        taken(world, UTC_FORMS[form])


def test_a_cell_is_put_together_of_several_columns_also_hexadecimal_ones(world) -> None:
    """The cells file may have it in one piece or in several."""
    world.write("cells.csv", "LAC,CI,site,lon,lat,first,last\n4096,255,S,0.5,0.5,,\n")
    events = 'decode = { cell = "hex" }\ncolumns = { person = "A", time = "AT", cell = "{LAC}-{CI}" }'
    rows = [("1", "2026-01-05 10:00:00", "0x1000", "FF"), ("1", "2026-01-05 10:00:00", "1000", "00ff"),
            ("1", "2026-01-05 10:00:00", "1000", ""), ("1", "2026-01-05 10:00:00", "1000", "zz")]  # fmt: skip
    world.write("calls_1.csv", lines([("A", "AT", "LAC", "CI"), *rows]))
    mapping = TOP.format(top="", events=events, files="calls_*.csv").replace('cell = "cell"', 'cell = "{LAC}-{CI}"')
    world.write("mapping.toml", mapping)

    report = world.take()

    assert (report.kept, dict(report.rejected)) == (2, {"missing_cell": 1, "not_decoded": 1})


def test_a_constant_stands_in_for_an_absent_column(world) -> None:
    """In every row."""
    world.write("calls_1.csv", lines([("A", "AT"), *(row[:2] for row in ROWS[:2])]))
    events = 'columns = { person = "A", time = "AT" }\nconstants = { cell = "c1", direction = "MT", amount = 7 }'
    world.write("mapping.toml", TOP.format(top="", events=events, files="calls_*.csv"))

    world.take()

    assert [row[3:5] for rows in world.events("*").values() for row in rows] == [(False, 7.0), (False, 7.0)]


def test_a_row_that_is_rejected_is_kept_as_it_stood_in_its_own_encoding(world) -> None:
    """Also where it is not text there."""
    content = lines([HEAD, ("é", "never", "a1", "MO", "", "")]).encode("cp1252") + b"\x81,x,a1,MO,,\n"

    taken(world, (f'encoding = "cp1252"\n{NAMED}', "calls_1.csv", content))

    assert [(one.reason, one.content) for one in world.quarantined()] == [
        ("not_text", b"\x81,x,a1,MO,,"),
        ("bad_time", b"\xe9,never,a1,MO,,"),
    ]


def test_a_file_of_two_bytes_a_character_that_is_cut_is_left_out_whole(world) -> None:
    content = lines([HEAD, *ROWS]).encode("utf-16")[:-1]
    with pytest.raises(Exception, match="is cut, or not in the encoding"):
        taken(world, (f'encoding = "utf-16"\n{NAMED}', "calls_1.csv", content))
