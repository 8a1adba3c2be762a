"""A study as the catalogue describes it: the elements of DDI Codebook 2.5 we keep, in the languages people write."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from safeconduct.model.microdata import Words


class Access(StrEnum):
    """How a file can be had; the IHSN's words, from the most open to the least.

    `PUBLIC_USE`: by anybody who registers and accepts the terms. `LICENSED`: on a request that a committee grants.
    `ENCLAVE`: never downloaded; analysed where it is. `NOT_AVAILABLE`: described only.
    """

    PUBLIC_USE = "public use"
    LICENSED = "licensed"
    ENCLAVE = "enclave"
    NOT_AVAILABLE = "not available"


@dataclass(frozen=True, kw_only=True)
class Party:
    """A person or body named in a description; public.

    Attributes:
        name: Its name.
        role: What it did or is, such as `primary investigator`.
        affiliation: Where it belongs.
        address: E-mail or web address, for contacts.
    """

    name: str
    role: str = ""
    affiliation: str = ""
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class Period:
    """From when to when, as the study writes its dates: `2026`, `2026-03` or `2026-03-01`.

    Attributes:
        first: The beginning.
        last: The end, `""` for the same.
        label: What it was, such as `first round`.
    """

    first: str
    last: str = ""
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Country:
    """A country the study covers.

    Attributes:
        name: Its name.
        code: ISO 3166-1 alpha-3, `""` where nobody gave it.
    """

    name: str
    code: str = ""


@dataclass(frozen=True, kw_only=True)
class Term:
    """A word from a list of words.

    Attributes:
        text: The word.
        vocabulary: The list, `""` for a free word.
        uri: Where the list is.
    """

    text: str
    vocabulary: str = ""
    uri: str = ""


@dataclass(frozen=True, kw_only=True)
class Study:
    """What is told about a study. Every text is by language; a translation never replaces another.

    Attributes:
        id: Its identifier, letters, digits, `-`, `_` and `.`; DDI's `IDNo`, and its address in the catalogue.
        title: Its title. Required.
        subtitle: Further title.
        abstract: What it is about. Required.
        producers: Who made it. Required: one at least.
        publisher: Who gives it out.
        funders: Who paid.
        contacts: Whom to ask. Required: one at least.
        keywords: Words to find it by.
        topics: Topics from a list.
        countries: Countries. Required: one at least.
        places: Geographic coverage in words.
        geographic_unit: The smallest area the files tell.
        periods: What time it is about.
        collected: When it was collected. Required: one at least.
        unit: Unit of analysis. Required.
        universe: Whom it speaks of. Required.
        kind: Kind of data, such as `Sample survey data [ssd]`.
        study_type: Such as `Living Standards Measurement Study`.
        series: The series it is a wave of.
        sampling: How the sample was drawn. Required.
        mode: How answers were collected. Required.
        collectors: Who collected.
        instruments: Questionnaires in words.
        collection_notes: What went otherwise than planned.
        cleaning: What was done to the answers.
        weighting: How weights were made.
        response_rate: How many answered.
        sampling_error: How exact estimates are.
        limits: Who is missing and what is biased: the coverage statement. Required.
        confidentiality: The promise of confidentiality. Required.
        conditions: Under which conditions the files may be used.
        restrictions: What may not be done.
        citation: How to cite. Required.
        disclaimer: What nobody answers for.
        version: The edition in words.
        notes: Anything else.
        related: Publications and studies it belongs with, as people cite them.
        extra: What an imported description says that we do not model, by DDI path; kept and written back.
    """

    id: str
    title: Words = field(default_factory=dict, hash=False)
    subtitle: Words = field(default_factory=dict, hash=False)
    abstract: Words = field(default_factory=dict, hash=False)
    producers: tuple[Party, ...] = ()
    publisher: tuple[Party, ...] = ()
    funders: tuple[Party, ...] = ()
    contacts: tuple[Party, ...] = ()
    keywords: tuple[Term, ...] = ()
    topics: tuple[Term, ...] = ()
    countries: tuple[Country, ...] = ()
    places: Words = field(default_factory=dict, hash=False)
    geographic_unit: Words = field(default_factory=dict, hash=False)
    periods: tuple[Period, ...] = ()
    collected: tuple[Period, ...] = ()
    unit: Words = field(default_factory=dict, hash=False)
    universe: Words = field(default_factory=dict, hash=False)
    kind: str = ""
    study_type: str = ""
    series: Words = field(default_factory=dict, hash=False)
    sampling: Words = field(default_factory=dict, hash=False)
    mode: Words = field(default_factory=dict, hash=False)
    collectors: tuple[Party, ...] = ()
    instruments: Words = field(default_factory=dict, hash=False)
    collection_notes: Words = field(default_factory=dict, hash=False)
    cleaning: Words = field(default_factory=dict, hash=False)
    weighting: Words = field(default_factory=dict, hash=False)
    response_rate: Words = field(default_factory=dict, hash=False)
    sampling_error: Words = field(default_factory=dict, hash=False)
    limits: Words = field(default_factory=dict, hash=False)
    confidentiality: Words = field(default_factory=dict, hash=False)
    conditions: Words = field(default_factory=dict, hash=False)
    restrictions: Words = field(default_factory=dict, hash=False)
    citation: Words = field(default_factory=dict, hash=False)
    disclaimer: Words = field(default_factory=dict, hash=False)
    version: Words = field(default_factory=dict, hash=False)
    notes: Words = field(default_factory=dict, hash=False)
    related: tuple[str, ...] = ()
    extra: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    def missing(self) -> tuple[str, ...]:
        """Required fields that are still empty, in order."""
        return tuple(name for name in REQUIRED if not getattr(self, name))


REQUIRED = (
    "title", "abstract", "producers", "contacts", "countries", "collected", "unit", "universe", "sampling", "mode",
    "limits", "confidentiality", "citation",
)  # fmt: skip
"""Fields a study needs before a file of it may be published."""
