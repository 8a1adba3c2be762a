"""How the files of one event type, or its table, are laid out."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from safeconduct.model.dialect import DIALECT_KEYS, Decoding, Dialect, parts_of
from safeconduct.model.errors import BadMapping
from safeconduct.model.mapping_tables import choice, columns_in, only, table_in, word, words
from safeconduct.model.origin import Origin
from safeconduct.model.sightings import Given
from safeconduct.model.text import say

EVENT_FIELDS = ("person", "time", "cell", "direction", "counterpart", "imsi", "imei", "tac", "amount")
SIGHTING_FIELDS = {
    Given.SITE: ("person", "time", "place"),
    Given.AREA: ("person", "time", "place"),
    Given.POINT: ("person", "time", "lon", "lat"),
}
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
NATIVE = "native"
"""What `time_format` is where a database's own type says what the times are."""
DECODINGS = {
    "person": (Decoding.TBCD, Decoding.TBCD_ADDRESS),
    "counterpart": (Decoding.TBCD, Decoding.TBCD_ADDRESS),
    "imsi": (Decoding.TBCD,),
    "imei": (Decoding.TBCD,),
    "tac": (Decoding.TBCD,),
    "cell": (Decoding.HEX,),
}
CONSTANTS = ("cell", "direction", "counterpart", "tac", "amount")


class SameName(StrEnum):
    """What becomes of a file whose name came before, when it holds something else now.

    `refuse` leaves it out and says so; `replace` takes the earlier rows away and its own in, at once; `add` takes it in
    beside the earlier one, which a day of a table never is.
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
        same_name: What becomes of a file whose name came before with other content, or of a day of a table that
            changed.
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


def _parts(columns: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for column in columns for part, named in parts_of(column) if named))


def sighted(events: Mapping[str, object], kind: str, given: Given, source: Origin) -> EventFiles:
    """Files of sightings: a place by name stands where phone records have a cell.

    Raises:
        BadMapping: A key is missing, unknown or of the wrong kind; the message names it.
    """
    tree = table_in(events, kind)
    where, fields = f"events.{kind}", SIGHTING_FIELDS[given]
    known = (*EVENT_KEYS, *DIALECT_KEYS) if source.is_files else TABLE_KEYS
    only(tree, tuple(key for key in known if key not in {"direction", "constants", "decode"}), where)
    columns = columns_in(tree, fields, fields, where)
    named = {"cell" if ours == "place" else ours: theirs for ours, theirs in columns.items()}
    return _files_of(tree, where, named, source)


def event_files(events: Mapping[str, object], kind: str, source: Origin) -> EventFiles:
    """Files or a table of phone records of one event type, from the mapping's `[events.KIND]`.

    Raises:
        BadMapping: A key is missing, unknown or of the wrong kind; the message names it.
    """
    tree = table_in(events, kind)
    where = f"events.{kind}"
    only(tree, (*EVENT_KEYS, *DIALECT_KEYS) if source.is_files else TABLE_KEYS, where)
    constants = _constants(tree, where)
    direction = table_in(tree, "direction", default=True)
    only(direction, ("outgoing", "incoming"), f"{where}.direction")
    columns = columns_in(tree, EVENT_FIELDS, _needed_of_events(constants), where) | _default_person(tree)
    return _files_of(tree, where, columns, source)


def _files_of(tree: Mapping[str, object], where: str, columns: Mapping[str, str], source: Origin) -> EventFiles:
    """A group of files, or a table, with these columns, and everything else as the mapping says it."""
    table = () if source.is_files else _table_name(tree.get("table"))
    direction = table_in(tree, "direction", default=True)
    return EventFiles(
        files=word(tree, "files") if source.is_files else ".".join(table),
        table=table,
        columns=columns,
        outgoing=words(direction.get("outgoing", "outgoing")),
        incoming=words(direction.get("incoming", "incoming")),
        time_format=str(tree.get("time_format", "%Y-%m-%d %H:%M:%S" if source.is_files else NATIVE)),
        delimiter=str(tree.get("delimiter", ",")),
        format=str(tree.get("format", "")),
        dialect=Dialect.from_tree(tree),
        decode=_decodings(tree, where),
        constants=_constants(tree, where),
        same_name=_same_name(tree, f"{where}.same_name", source),
        duplicates=choice(Duplicates, tree.get("duplicates", "keep"), f"{where}.duplicates"),
        late_after=_days(tree.get("late_after", 1)),
    )


def _same_name(tree: Mapping[str, object], where: str, source: Origin) -> SameName:
    """A day of a table is always read whole: taken in beside itself, each of its rows would be there twice."""
    found = choice(SameName, tree.get("same_name", "refuse"), where)
    if found is SameName.ADD and not source.is_files:
        raise BadMapping(f"{where} is one of {SameName.REFUSE}, {SameName.REPLACE} for a table", field=where)
    return found


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
    constants = table_in(tree, "constants", default=True)
    only(constants, CONSTANTS, f"{where}.constants")
    return {key: str(value) for key, value in constants.items()}


def _decodings(tree: Mapping[str, object], where: str) -> dict[str, Decoding]:
    decode = table_in(tree, "decode", default=True)
    only(decode, tuple(DECODINGS), f"{where}.decode")
    found = {key: choice(Decoding, value, f"{where}.decode") for key, value in decode.items()}
    for name, decoding in found.items():
        if decoding not in DECODINGS[name]:
            known = ", ".join(DECODINGS[name])
            raise BadMapping(say("{field} is decoded by one of {known}", field=name, known=known), field="decode")
    return found


def _needed_of_events(constants: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(name for name in ("time", "cell") if name not in constants)


def _default_person(tree: Mapping[str, object]) -> dict[str, str]:
    columns = table_in(tree, "columns")
    return {"person": str(columns.get("person", "MSISDN"))}
