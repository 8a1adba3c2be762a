"""The Human Trafficking Case Data Standard as declared: fields, code lists, and what each may give away."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import VariableRole
from safeconduct.model.text import say
from safeconduct.model.trees import from_tree

COUNTRIES = "ISO 3166-1 alpha-2"


class DisclosureRole(StrEnum):
    """What a field may give away, and so what must become of it; ours, and no part of the standard."""

    DIRECT = "direct_identifier"
    QUASI = "quasi_identifier"
    SENSITIVE = "sensitive_attribute"
    FREE_TEXT = "free_text_drop_before_any_release"
    THIRD_PARTY = "third_party_identifier"
    ORGANISATION = "organisation_attribute"
    CONSENT = "consent_flag"
    PROCESS = "process"


class FieldType(StrEnum):
    """What a field holds, in the words of the standard; one field says nothing."""

    TEXT = "Text"
    LONG_TEXT = "Long Text"
    PICK = "Picklist"
    PICK_OR_TEXT = "Picklist or Text"
    SEVERAL = "Multiselect Picklist"
    DATE = "Date"
    NUMBER = "Number"
    PLACE = "Geolocation"
    CHECKBOX = "Checkbox"
    ORGANISATION = "Lookup [to organisation]"
    PERSON = "Lookup [to person]"
    USER = "Lookup [to user]"
    NOT_SAID = ""


@dataclass(frozen=True, kw_only=True)
class StandardField:
    """One field of a standard.

    Attributes:
        name: Its name, a prefix of its part first: `vic_TraffickingStatus`.
        label: What people see above its column; `""` where the standard has none. Several fields share one.
        section: The section it stands in.
        type: What it holds.
        cardinality: How many answers it may have, `0..1` or `0..*`.
        role: What it may give away.
        propose: The role its column is proposed to have.
        core: It belongs to the least that is recorded.
        status: `draft` or `deprecated`; the standard has no other.
        codes: Its code list, `""` for none.
        vocabulary: A list kept by others, such as `ISO 3166-1 alpha-2`.
        pattern: A regular expression its values have, `""` for any.
        says: What it means.
        question: The question as it is asked, `""` where its label asks.
    """

    name: str
    label: str
    section: str
    type: FieldType
    cardinality: str
    role: DisclosureRole
    propose: VariableRole
    core: bool = False
    status: str = "draft"
    codes: str = ""
    vocabulary: str = ""
    pattern: str = ""
    says: str = ""
    question: str = ""

    @property
    def part(self) -> str:
        """Its prefix, `vic_`."""
        return self.name.partition("_")[0] + "_"

    @property
    def several(self) -> bool:
        """Whether one record may have several answers from its list."""
        return self.type is FieldType.SEVERAL

    @property
    def of_countries(self) -> bool:
        """Whether its answers are countries from the list; a country typed in as text is not."""
        return self.vocabulary == COUNTRIES and self.type in {FieldType.PICK, FieldType.SEVERAL}

    @property
    def coded(self) -> bool:
        """Whether its answers come from a list we have."""
        return bool(self.codes) or self.of_countries


@dataclass(frozen=True, kw_only=True)
class TemplateColumn:
    """A column of the official workbooks.

    Attributes:
        name: The field it holds, by its visible label.
        hidden: What the hidden row above the label says; wrong in six columns, and so never believed first.
    """

    name: str
    hidden: str


@dataclass(frozen=True, kw_only=True)
class Template:
    """The official workbooks.

    Attributes:
        columns: Their columns in order, after the one with the numbers of rows.
    """

    columns: tuple[TemplateColumn, ...]


@dataclass(frozen=True, kw_only=True)
class Standard:
    """A standard of case data.

    Attributes:
        name: What commands call it.
        title: Its title.
        version: Its version.
        day: The day it was published, ISO 8601.
        publisher: Who publishes it.
        source: Where it was taken from.
        licence: Under which conditions.
        separator: What stands between several answers in a cell.
        parts: What each prefix stands for.
        fields: Its fields, in its order.
        additions: Fields of ours that it lacks: the seven answers of consent, an identifier, days and places.
        aliases: Names its own toolkit writes otherwise.
        template: The official workbooks.
        codes: Code lists by name: labels by code, in the standard's order.
    """

    name: str
    title: str
    version: str
    day: str
    publisher: str
    source: str
    licence: str
    separator: str
    parts: Mapping[str, str] = field(hash=False)
    fields: tuple[StandardField, ...]
    additions: tuple[StandardField, ...]
    aliases: Mapping[str, str] = field(hash=False)
    template: Template
    codes: Mapping[str, Mapping[str, str]] = field(hash=False)

    @property
    def every(self) -> tuple[StandardField, ...]:
        """Its fields, then ours."""
        return (*self.fields, *self.additions)

    @property
    def core(self) -> tuple[StandardField, ...]:
        """The fields that are least recorded, without those it gave up."""
        return tuple(one for one in self.fields if one.core and one.status != "deprecated")

    @cached_property
    def by_name(self) -> Mapping[str, StandardField]:
        """Every field by its name in small letters, aliases too."""
        plain = {one.name.casefold(): one for one in self.every}
        return {**plain, **{alias.casefold(): plain[name.casefold()] for alias, name in self.aliases.items()}}

    def __contains__(self, name: object) -> bool:
        """Whether there is a field of that name, whatever its capitals."""
        return str(name).casefold() in self.by_name

    def __getitem__(self, name: str) -> StandardField:
        """The field of that name.

        Raises:
            KeyError: There is none.
        """
        return self.by_name[name.casefold()]

    def choices(self, one: StandardField) -> Mapping[str, str]:
        """Labels by code of a field, empty where it has no list."""
        if one.of_countries:
            return {code: name for code, (_, name) in countries().items()}
        return self.codes.get(one.codes, {})


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A unit that IC-TIP counts.

    Attributes:
        name: Its name.
        title: What people call it.
        parts: Prefixes of HTCDS that are about it.
    """

    name: str
    title: str
    parts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Unmapped:
    """Why fields have no place in IC-TIP; what is not said holds for any.

    Attributes:
        because: Why, in a sentence.
        role: Fields that may give this away.
        part: Fields with this prefix.
        status: Fields of this status.
    """

    because: str
    role: DisclosureRole | None = None
    part: str = ""
    status: str = ""

    def covers(self, one: StandardField) -> bool:
        """Whether it speaks of a field."""
        return self.role in {None, one.role} and self.part in {"", one.part} and self.status in {"", one.status}


@dataclass(frozen=True, kw_only=True)
class Classification:
    """IC-TIP: its units, and what of HTCDS has no place in it. Provisional.

    Attributes:
        name: What commands call it.
        title: Its title.
        version: Its version, `""` where it was not at hand.
        provisional: Nobody has compared it with the standard itself yet.
        units: What it counts.
        unmapped: What has no place, the first that covers a field counts.
    """

    name: str
    title: str
    version: str
    provisional: bool
    units: tuple[Unit, ...]
    unmapped: tuple[Unmapped, ...]

    def place(self, one: StandardField) -> tuple[str, str]:
        """The unit a field of HTCDS is about, and `""`; or `""` and why it has no place."""
        if why := next((why.because for why in self.unmapped if why.covers(one)), ""):
            return "", why
        unit = next((unit.name for unit in self.units if one.part in unit.parts), "")
        return unit, "" if unit else "No unit of the classification is known for it."


@cache
def htcds() -> Standard:
    """The Human Trafficking Case Data Standard 2.0."""
    return from_tree(Standard, _tree("htcds.toml"))


@cache
def ic_tip() -> Classification:
    """The International Classification Standard for Administrative Data on Trafficking in Persons."""
    return from_tree(Classification, _tree("ic_tip.toml"))


@cache
def countries() -> Mapping[str, tuple[str, str]]:
    """Codes of three letters and names of countries, by the code of two letters; Namibia is `NA`."""
    return {code: (three, name) for code, (three, name) in _tree("countries.toml").items()}


NAMES = ("htcds", "ic-tip", "ctdc", "register")


def known(name: str) -> str:
    """A standard's name as we write it.

    Raises:
        BadInput: There is no such standard; the message names those there are.
    """
    plain = name.strip().casefold().replace("_", "-")
    if plain not in NAMES:
        said = say("No standard is called {name}; there are {known}.", name=name[:40], known=", ".join(NAMES))
        raise BadInput(said, field="name")
    return plain


def declaration(name: str) -> str:
    """The text of a declaration file of this package."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _tree(name: str) -> Any:
    return tomllib.loads(declaration(name))
