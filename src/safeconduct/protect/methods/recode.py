"""Fewer, larger categories."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

import pyarrow as pa

from safeconduct.measures.codes import arrow_column, encode
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import Category, Measurement, Variable, VariableType
from safeconduct.model.table import Table
from safeconduct.model.text import Text, say
from safeconduct.protect.bands import bands_of, categories, evenly, labels_of, values_of
from safeconduct.protect.base import Account, Method, Treated, Work, account, described, methods, secured
from safeconduct.protect.written import codes_of, decimal, kept_as

OFFSETS = (0, 100, 1000, 10_000, 100_000)
GROUPED = Text("Values were grouped.")
BANDED = Text("Values were grouped into bands.")


class Written(StrEnum):
    """What stands in the column for a band: a number with a label, or the label itself."""

    CODES = "codes"
    LABELS = "labels"


@methods
@dataclass(frozen=True, kw_only=True)
class Recode(Method):
    """Puts values into fewer categories: numbers or days into bands, codes or places into groups.

    Bands begin at `breaks`, or every `width` from `first` to `last`; each takes its own start and ends below the next,
    the last one has no end, and what is below the first is a band too. Groups give codes a common name: villages a
    district, rare answers "other". In a column of numbers a group has the first of its codes; in a column of texts its
    name. Missing values stay missing, with their codes; values in no group stay as they are.

    Attributes:
        breaks: Where bands begin, increasing: `["0", "18", "60"]`; days as 2026-03-01.
        width: How wide equal bands are, instead of breaks.
        first: Where the first equal band begins.
        last: Where the last one begins at most; it has no end.
        groups: Codes by the name of their group: `{"North": ["1", "2"]}`; each code in one group.
        others: Name of a group for every value in none; empty to leave them.
        written: `codes`: bands are numbered and labelled; `labels`: the column holds texts such as 20-29.
    """

    name: ClassVar[str] = "recode"
    title: ClassVar[Text] = Text("Group values")
    says: ClassVar[Text] = Text("Exact ages, small places or rare answers would single people out.")

    breaks: tuple[str, ...] = ()
    width: str = ""
    first: str = "0"
    last: str = ""
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    others: str = ""
    written: Written = Written.CODES

    def __post_init__(self) -> None:
        if sum(map(bool, (self.breaks, self.width, self.groups))) != 1:
            raise BadInput("say either breaks, or a width, or groups", field="breaks")
        if self.width:
            evenly(self.width, self.first, self.last)
        codes = [code for group in self.groups.values() for code in group]
        if len(set(codes)) < len(codes):
            raise BadInput("a code is in two groups; leave it in one", field="groups")
        if not all(name.strip() and group for name, group in self.groups.items()):
            raise BadInput("every group needs a name and a code", field="groups")
        if self.others and (not self.groups or self.others in self.groups):
            raise BadInput("others names a further group, beside groups", field="others")

    def in_words(self, columns: tuple[str, ...]) -> Text:
        """Into what."""
        told = ", ".join(columns)
        if self.groups:
            names = ", ".join([*self.groups, *([self.others] if self.others else [])])
            return say("Values of {columns} are grouped into {names}.", columns=told, names=names)
        if self.width:
            return say("Values of {columns} are grouped into bands of {width}.", columns=told, width=self.width)
        breaks = ", ".join(self.breaks)
        return say("Values of {columns} are grouped into bands that begin at {breaks}.", columns=told, breaks=breaks)

    def treat(self, work: Work) -> Treated:
        """Recode column by column."""
        columns, variables = {}, {}
        for name in work.columns:
            variable = work.file[name]
            recode = self._grouped if self.groups else self._banded
            columns[name], variables[name] = recode(work, variable)
        table = work.table.having(**columns)
        done = account(work.table, table, work.columns)
        return Treated(
            table=table,
            file=described(work.file, work.columns, lambda one: variables[one.name]),
            account=Account(
                changed=done.changed if self.groups else _with_value(table, work.columns),
                recoded={name: variables[name].categories for name in work.columns},
            ),
        )

    def _banded(self, work: Work, variable: Variable) -> tuple[pa.Array, Variable]:
        bands = bands_of(self.breaks or evenly(self.width, self.first, self.last), variable)
        found = bands.of(work.table, variable)
        offset = next(one for one in OFFSETS if one == OFFSETS[-1] or _free(variable, one, len(bands.starts)))
        kept = tuple(one for one in variable.categories if one.missing)
        new = replace(variable, measurement=Measurement.ORDINAL, format="", storage="", width=0, unit="")
        if self.written is Written.LABELS:
            named = tuple(replace(one, code=one.labels[""]) for one in categories(bands, found, 0))
            return labels_of(found, bands), secured(
                replace(new, type=VariableType.TEXT, categories=named + kept), BANDED
            )
        codes = categories(bands, found, offset) + kept
        return values_of(found, offset), secured(replace(new, type=VariableType.INTEGER, categories=codes), BANDED)

    def _grouped(self, work: Work, variable: Variable) -> tuple[pa.Array, Variable]:
        if variable.type not in {VariableType.INTEGER, VariableType.NUMBER, VariableType.TEXT}:
            raise BadInput(
                say("values of '{column}' cannot be grouped; only numbers and texts can", column=variable.name),
                field="groups",
            )
        places, values = encode(kept_as(arrow_column(work.table, variable.name), variable))
        codes = codes_of(values)
        new = self._new_codes(variable, codes)
        numbers = _as_kept([new.get(code, code) for code in codes], variable)
        column = numbers.take(pa.array(places, mask=places < 0))
        return column, secured(replace(variable, categories=self._categories(variable, new)), GROUPED)

    def _new_codes(self, variable: Variable, codes: list[str]) -> dict[str, str]:
        """The new code of each old one that gets one."""
        text = variable.type is VariableType.TEXT
        groups = {name: tuple(_plain(code, variable) for code in group) for name, group in self.groups.items()}
        new = {code: name if text else group[0] for name, group in groups.items() for code in group}
        rest = [code for code in _known(variable, codes) if code not in new]
        stay = [] if self.others else rest
        if set(stay) & set(new.values()):
            raise BadInput(
                say(
                    "a group of '{column}' is called like a value that stays as it is; rename the group",
                    column=variable.name,
                ),
                field="groups",
            )
        if self.others:
            code = self.others if text else _unused({*new, *rest}, variable)
            new |= dict.fromkeys(rest, code)
        return new

    def _categories(self, variable: Variable, new: Mapping[str, str]) -> tuple[Category, ...]:
        """Groups first, in the plan's order, then what stayed, then codes for missing."""
        names = {new[_plain(group[0], variable)]: name for name, group in self.groups.items()}
        if self.others:
            rest = next((code for code in new.values() if code not in names), "")
            names |= {rest: self.others} if rest else {}
        made = tuple(Category(code=code, labels={"": name}) for code, name in names.items())
        return made + tuple(one for one in variable.categories if one.missing or one.code not in new)


def _with_value(table: Table, columns: tuple[str, ...]) -> dict[str, int]:
    """A band's number is another value even where it looks like the old one."""
    return {name: len(table) - int(table.arrow.column(name).null_count) for name in columns}


def _free(variable: Variable, offset: int, bands: int) -> bool:
    """Whether no band would have a number that means missing."""
    numbers = [Decimal(code) for code in variable.missing_codes if _is_number(code)]
    spans = [(Decimal(low), Decimal(high)) for low, high in variable.missing_ranges]
    spans += [(one, one) for one in numbers]
    return all(high < offset or low > offset + bands for low, high in spans)


def _is_number(code: str) -> bool:
    return code.lstrip("-").replace(".", "", 1).isdecimal()


def _plain(code: str, variable: Variable) -> str:
    """A code as the column's values are written: `01` and `1.0` are 1 in a column of numbers."""
    if variable.type is VariableType.TEXT:
        return code
    number = decimal(code, "groups")
    if variable.type is VariableType.INTEGER and number != number.to_integral_value():
        raise BadInput(say("'{column}' holds whole numbers; its groups must too", column=variable.name), field="groups")
    return codes_of(pa.array([float(number)]))[0] if variable.type is VariableType.NUMBER else str(int(number))


def _known(variable: Variable, codes: list[str]) -> list[str]:
    """Codes that occur or are described, without those for missing."""
    described_ones = [one.code for one in variable.categories if not one.missing]
    return list(dict.fromkeys([*described_ones, *codes]))


def _unused(taken: set[str], variable: Variable) -> str:
    missing = {*variable.missing_codes, *(one.code for one in variable.categories if one.missing)}
    return next(str(code) for code in range(1, 10**9) if str(code) not in taken | missing and _free(variable, code, 0))


def _as_kept(codes: list[str], variable: Variable) -> pa.Array:
    match variable.type:
        case VariableType.INTEGER:
            return pa.array([int(code) for code in codes], type=pa.int64())
        case VariableType.NUMBER:
            return pa.array([float(code) for code in codes], type=pa.float64())
        case VariableType.TEXT | VariableType.BOOLEAN | VariableType.DATE | VariableType.MOMENT:
            return pa.array(codes, type=pa.string())
