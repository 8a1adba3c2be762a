"""What is asked of a database: names are quoted, values are parameters, nothing a mapping says is SQL."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from safeconduct.ingest.moments import Window
from safeconduct.model.dialect import parts_of
from safeconduct.model.errors import BadMapping
from safeconduct.model.event_files import EventFiles
from safeconduct.model.origin import QUOTES
from safeconduct.model.text import say

Values = Sequence[object] | Mapping[str, object]
FIRST, SECOND = "since", "before"
PLACES: Mapping[str, tuple[str, str]] = {
    "qmark": ("?", "?"),
    "numeric": (":1", ":2"),
    "named": (f":{FIRST}", f":{SECOND}"),
    "format": ("%s", "%s"),
    "pyformat": (f"%({FIRST})s", f"%({SECOND})s"),
}
"""How drivers write the places of two parameters (PEP 249)."""


@dataclass(frozen=True)
class Statement:
    """SQL and what goes into its places.

    Attributes:
        sql: Its text.
        values: The parameters.
    """

    sql: str
    values: Values = field(default=(), repr=False)


@dataclass(frozen=True)
class Statements:
    """Statements as one database wants them written.

    Attributes:
        quote: What stands before a name; what stands after it follows from that.
        style: How the driver writes places of parameters, as PEP 249 names it.
        column: The text that reads one column; by default its quoted name.
    """

    quote: str = '"'
    style: str = "qmark"
    column: Callable[[EventFiles, str, str], str] = field(default=lambda _layout, _name, quoted: quoted)

    def example(self, layout: EventFiles) -> Statement:
        """The earliest time of a table, whatever it is."""
        return Statement(f"SELECT min({self.name(time_of(layout))}) FROM {self.table(layout.table)}")

    def least(self, layout: EventFiles, window: Window) -> Statement:
        """The earliest time within a window."""
        return self._within(f"min({self.name(time_of(layout))})", layout, window)

    def mark(self, layout: EventFiles, window: Window) -> Statement:
        """How many rows lie within a window, and the latest time of them."""
        return self._within(f"count(*), max({self.name(time_of(layout))})", layout, window)

    def rows(self, layout: EventFiles, window: Window) -> Statement:
        """The declared columns of the rows within a window."""
        columns = ", ".join(self.column(layout, name, self.name(name)) for name in layout.sources)
        return self._within(columns, layout, window)

    def name(self, text: str) -> str:
        """A name between quotes; a quote inside is doubled, and so is a percent sign where that marks a place."""
        end = QUOTES[self.quote]
        doubled = text.replace(end, end * 2)
        return f"{self.quote}{doubled.replace('%', '%%') if 'format' in self.style else doubled}{end}"

    def table(self, parts: Sequence[str]) -> str:
        """A table's name."""
        return ".".join(self.name(part) for part in parts)

    def _within(self, what: str, layout: EventFiles, window: Window) -> Statement:
        since, before = PLACES[self.style]
        time = self.name(time_of(layout))
        sql = f"SELECT {what} FROM {self.table(layout.table)} WHERE {time} >= {since} AND {time} < {before}"
        named = self.style in {"named", "pyformat"}
        return Statement(
            sql,
            {FIRST: window.since, SECOND: window.before} if named else (window.since, window.before),
        )


def time_of(layout: EventFiles) -> str:
    """The column that holds the time.

    Raises:
        BadMapping: It is put together of several.
    """
    parts = parts_of(layout.columns["time"])
    if len(parts) != 1:
        raise BadMapping(
            say("the time of {table} is one column; make a view that puts several together", table=layout.files),
            field="columns",
        )
    return parts[0][0]
