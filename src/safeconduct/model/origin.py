"""Where a mapping's records come from: files of a folder, or the tables of a database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from safeconduct.model.errors import BadMapping
from safeconduct.model.near import none_of
from safeconduct.model.text import say

FILES, FLOWDB = "files", "flowdb"
DRIVEN = ("dbapi", "adbc")
QUOTES = {'"': '"', "`": "`", "[": "]"}
BOUNDS = {"settle_hours": (0, 24 * 60), "steady_s": (0, 3600), "again_days": (0, 3660), "patience_s": (1, 24 * 3600)}
OF_FILES = ("kind", "complete")
OF_DATABASES = ("kind", "connection", "first_day", *BOUNDS)


class Complete(StrEnum):
    """How a file in a watched folder shows that it is whole.

    `quiet`: its size and time of change were the same at two looks. `marker`: an empty file of its name with `.done`
    or `.ok` after it lies beside it. `renamed`: whoever writes it gives it its name when it is whole. A marker counts
    in a `quiet` folder too.
    """

    QUIET = "quiet"
    MARKER = "marker"
    RENAMED = "renamed"


@dataclass(frozen=True, kw_only=True)
class Origin:
    """The table `[source]` of a mapping; without one, records are in files.

    Attributes:
        kind: `files`, or a sort of database.
        connection: Which of the site's `[sources]` says where the database is and who signs in; never a secret.
        driver: Python module of the driver, for `dbapi` and `adbc`; the site's settings must allow it.
        quote: What the database writes around a name: `"`, `` ` `` or `[`.
        first_day: Earliest local day to take, `None` for the earliest there is.
        settle_hours: Hours after a local day's end before it is taken, 0 to 1,440.
        steady_s: Seconds for which the number of rows of a day and their latest time must stay the same before it is
            taken, 0 to 3,600.
        again_days: For how many days after its end a day is looked at again for other content, 0 to 3,660.
        patience_s: Longest a statement may take, seconds, 1 to 86,400; for `dbapi` and `adbc` it is the driver's own.
        complete: How a file in a watched folder shows that it is whole.
    """

    kind: str = FILES
    connection: str = ""
    driver: str = ""
    quote: str = '"'
    first_day: date | None = None
    settle_hours: int = 6
    steady_s: int = 60
    again_days: int = 7
    patience_s: int = 3600
    complete: Complete = Complete.QUIET

    def __post_init__(self) -> None:
        for name, (least, most) in BOUNDS.items():
            if not least <= int(getattr(self, name)) <= most:
                raise BadMapping(
                    say("{key} goes from {least} to {most}", key=name, least=least, most=most), field="source"
                )
        if self.kind != FILES and not self.connection:
            raise BadMapping(
                say("connection names one of the [sources] in safeconduct.toml, such as 'operator'"), field="source"
            )
        if (self.kind in DRIVEN) != bool(self.driver):
            raise BadMapping(
                say("driver is the Python module of a driver, for kind = 'dbapi' or 'adbc'"), field="source"
            )
        if self.quote not in QUOTES:
            raise BadMapping(say("quote is one of {known}", known=" ".join(QUOTES)), field="source")

    @property
    def is_files(self) -> bool:
        """Whether records are in files of a folder."""
        return self.kind == FILES

    @property
    def knows_its_tables(self) -> bool:
        """Whether tables and columns are known from the kind, so that the mapping names none."""
        return self.kind == FLOWDB

    @classmethod
    def from_tree(cls, tree: Mapping[str, object]) -> "Origin":
        """An origin from its TOML table.

        Raises:
            BadMapping: A key is unknown, out of its range or of the wrong kind; the message names it.

        Example:
            >>> Origin.from_tree({"kind": "flowdb", "connection": "operator"}).settle_hours
            6
        """
        kind = str(tree.get("kind", FILES))
        known = OF_FILES if kind == FILES else (*OF_DATABASES, *(("driver", "quote") if kind in DRIVEN else ()))
        if unknown := sorted(set(tree) - set(known)):
            raise BadMapping(
                say("[source] of kind {kind} does not know {key}; it knows {known}",
                    kind=kind, key=unknown[0], known=", ".join(known)),
                field="source",
            )  # fmt: skip
        return cls(**{name: _typed(name, value) for name, value in tree.items()})  # type: ignore[arg-type]  # by _typed


def _typed(name: str, value: object) -> object:
    if name == "complete":
        if value in set(Complete):
            return Complete(str(value))
        raise BadMapping(none_of(name, value, list(Complete)), field="source")
    expected: type = int if name in BOUNDS else date if name == "first_day" else str
    if type(value) is not expected:
        raise BadMapping(
            say("{key} under [source] is written like {example}", key=name, example=EXAMPLES[expected]), field="source"
        )
    return value


EXAMPLES: Mapping[type, str] = {int: "6", date: "2026-01-31", str: "'operator'"}
