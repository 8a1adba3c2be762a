"""Tables in the column style of CTDC's public files, made from records of cases."""

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.ingest.described import Described, Flags, flags
from safeconduct.ingest.standards.declared import DisclosureRole, countries, declaration
from safeconduct.ingest.standards.records import flags_of
from safeconduct.model.consent import agreed_to_research, consent_columns
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import VariableType
from safeconduct.model.text import say
from safeconduct.model.trees import from_tree

BORN, REGISTERED, REFERRED = "prs_Birthdate", "cas_RegistrationDate", "cas_IncomingReferralDate"
DAYS = frozenset({VariableType.DATE, VariableType.MOMENT})


@dataclass(frozen=True, kw_only=True)
class PublicFile:
    """One public file of CTDC.

    Attributes:
        name: What commands call it.
        title: Its title.
        privacy: How it was protected.
        columns: Its columns in order, `()` where they are not known.
        says: What else is known of it.
        missing: What stands for nothing known, also where it is `""`.
        missing_country: The same in columns of countries.
        letters: Letters of a country's code, 2 or 3.
        cut: Characters a column's name keeps, 0 for all.
        ages: Its bands of age in years, such as `9--17`; the last is open.
        gender: Its words for the standard's codes; empty where they are not known.
    """

    name: str
    title: str
    privacy: str
    columns: tuple[str, ...]
    says: str = ""
    missing: str = ""
    missing_country: str = ""
    letters: int = 3
    cut: int = 0
    ages: tuple[str, ...] = ()
    gender: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, kw_only=True)
class ColumnMap:
    """What fills a column.

    Attributes:
        column: The column, its name not cut.
        field: The field of HTCDS, `""` where nothing fills it.
        codes: Answers of which one is enough for a flag.
        every: All of them are needed.
        note: What a reader would get wrong.
    """

    column: str
    field: str = ""
    codes: tuple[str, ...] = ()
    every: bool = False
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Ctdc:
    """The column style. Provisional: the official codebooks were not at hand.

    Attributes:
        name: What commands call it.
        title: Its title.
        provisional: Nobody has compared it with the codebooks yet.
        flag: What a flag that is true holds; there is nothing for one that is not.
        composites: Flags that stand for several answers, never to be taken apart.
        codes_of_countries: Columns that hold countries.
        releases: Its public files.
        roles: What columns may give away; every other is sensitive.
        maps: What fills each column.
    """

    name: str
    title: str
    provisional: bool
    flag: str
    composites: tuple[str, ...]
    codes_of_countries: tuple[str, ...]
    releases: tuple[PublicFile, ...]
    roles: Mapping[str, str] = field(hash=False)
    maps: tuple[ColumnMap, ...]

    def release(self, name: str) -> PublicFile:
        """A public file by its name, the newest whose columns are known where the name is empty.

        Raises:
            BadInput: There is none of that name, or its columns are not known.
        """
        known = [one for one in self.releases if one.columns]
        found = next((one for one in known if one.name == name), known[-1] if not name else None)
        if found is None:
            names = ", ".join(one.name for one in known)
            said = say("No public file of CTDC is called {name}; there are {known}.", name=name[:60], known=names)
            raise BadInput(said, field="release")
        return found

    def map_of(self, column: str, release: PublicFile) -> ColumnMap:
        """What fills a column; its name may be cut."""
        return next(one for one in self.maps if column == (one.column[: release.cut] if release.cut else one.column))

    def role(self, column: str) -> DisclosureRole | None:
        """What a column may give away, `None` for one that names the contributor."""
        said = self.roles.get(column, DisclosureRole.SENSITIVE.value)
        return DisclosureRole(said) if said in set(DisclosureRole) else None


@cache
def ctdc() -> Ctdc:
    """The column style of the Counter Trafficking Data Collaborative."""
    return from_tree(Ctdc, tomllib.loads(declaration("ctdc.toml")))


@dataclass(frozen=True, kw_only=True)
class InStyle:
    """Records of cases in the column style.

    Attributes:
        table: The columns as texts, in the file's order; one row a record, in the order they came.
        unfilled: Columns that nothing fills.
        left_out: Records that did not say yes to research; for whoever holds them.
    """

    table: pa.Table = field(repr=False)
    unfilled: tuple[str, ...]
    left_out: int


def in_style(rows: Described, release: PublicFile) -> InStyle:
    """Records of cases in the columns of a public file. It protects nobody: what leaves must be treated first.

    Records without a yes to research are left out. A flag is 1 or what stands for nothing known, never 0; several
    citizenships stay unknown; composite flags are added up only.
    """
    columns = consent_columns(rows.file)
    cells = [rows.cells(one) for one in columns]
    yes = flags(agreed_to_research(cells, [rows.variable(one) for one in columns])) if columns else _none(rows)
    kept = rows.rows(yes)
    made = {name: _column(kept, ctdc().map_of(name, release), name, release) for name in release.columns}
    table = pa.table({name: _texts(found, len(kept), _missing(name, release)) for name, found in made.items()})
    unfilled = tuple(name for name, found in made.items() if found is None)
    return InStyle(table=table, unfilled=unfilled, left_out=len(rows) - len(kept))


def _none(rows: Described) -> Flags:
    return np.zeros(len(rows), dtype=np.bool_)


def _missing(name: str, release: PublicFile) -> str:
    return release.missing_country if name in ctdc().codes_of_countries else release.missing


def _texts(found: Sequence[str | None] | None, count: int, missing: str) -> pa.Array:
    return pa.array([missing if one is None else one for one in (found if found is not None else [None] * count)],
                    pa.string())  # fmt: skip


Texts = Sequence[str | None]


def _column(rows: Described, how: ColumnMap, name: str, release: PublicFile) -> Texts | None:
    """The cells of a column, `None` where nothing fills it."""
    if how.codes:
        return _flag(rows, how)
    special: Mapping[str, Callable[[Described, PublicFile], Texts | None]] = {
        "gender": _gender,
        "ageBroad": _ages,
        "yearOfRegistration": _year,
    }
    if name in special:
        return special[name](rows, release)
    return _country(rows, how.field, release) if name in ctdc().codes_of_countries else None


def _flag(rows: Described, how: ColumnMap) -> Texts | None:
    """1 where one of the answers was given, or all of them where all are needed."""
    given = [one for code in how.codes if (one := _given(rows, how.field, code)) is not None]
    if not given or (how.every and len(given) < len(how.codes)):
        return None
    true = np.all(given, axis=0) if how.every else np.any(given, axis=0)
    return [ctdc().flag if one else None for one in true]


def _given(rows: Described, name: str, code: str) -> Flags | None:
    flag = flags_of(rows.names).get(name, {}).get(code)
    if flag is not None:
        return np.asarray(np.nan_to_num(rows.numbers(flag)) > 0)
    return flags(pc.equal(rows.texts(name), code)) if name in rows else None


def _gender(rows: Described, release: PublicFile) -> Texts | None:
    if "prs_Gender" not in rows or not release.gender:
        return None
    return [None if one is None else release.gender.get(one) for one in rows.texts("prs_Gender").to_pylist()]


def _country(rows: Described, name: str, release: PublicFile) -> Texts | None:
    """The code of the one country a record has; two citizenships would need two columns."""
    if name not in rows:
        return None
    return [_code(cell, release.letters) for cell in rows.texts(name).to_pylist()]


def _code(cell: str | None, letters: int) -> str | None:
    known = countries().get(cell or "")
    return None if known is None or cell is None else cell if len(cell) == letters else known[0]


def _year(rows: Described, _: PublicFile) -> Texts | None:
    if not _dated(rows, REGISTERED):
        return None
    return [None if one is None else one[:4] for one in rows.texts(REGISTERED).to_pylist()]


def _dated(rows: Described, name: str) -> bool:
    return name in rows and rows.variable(name).type in DAYS


def _ages(rows: Described, release: PublicFile) -> Texts | None:
    """Whole years on the day of registration, else of referral, as a band."""
    days = [name for name in (REGISTERED, REFERRED) if _dated(rows, name)]
    if not days or not _dated(rows, BORN):
        return None
    then = pc.coalesce(*(rows.cells(name).cast(pa.date32()) for name in days)).to_pylist()
    born = rows.cells(BORN).cast(pa.date32()).to_pylist()
    bands = list(_bands(release.ages))
    return [_band(_years(one, day), bands) for one, day in zip(born, then, strict=True)]


def _years(born: object, day: object) -> int | None:
    if not isinstance(born, date) or not isinstance(day, date) or day < born:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _bands(ages: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Lower end and name of each band."""
    return ((int(one.rstrip("+").partition("--")[0]), one) for one in ages)


def _band(years: int | None, bands: Sequence[tuple[int, str]]) -> str | None:
    return None if years is None else [name for low, name in bands if low <= years][-1]
