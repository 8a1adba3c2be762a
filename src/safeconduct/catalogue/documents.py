"""What of a study and of a variable is searched, and what it counts: title > keywords > label > question > abstract."""

from collections.abc import Iterator
from dataclasses import dataclass

from safeconduct.catalogue.entry import Entry
from safeconduct.catalogue.postings import Field
from safeconduct.model.microdata import Variable
from safeconduct.model.study import Study

MOST_CATEGORIES = 60
"""Labels of categories that are searched; lists of countries or jobs say little about a variable."""

TITLE, NAME, KEYWORD, LABEL, QUESTION, CATEGORY, ABSTRACT, REST = 40, 36, 30, 24, 14, 9, 6, 3


@dataclass(frozen=True, slots=True)
class VariableAt:
    """Where a variable stands: numbers of its study, its table and itself."""

    study: int
    file: int
    number: int


@dataclass(frozen=True, kw_only=True)
class StudyFacts:
    """What filters look at.

    Attributes:
        entry: The entry.
        countries: Codes of its countries, names where they have none.
        first: First year it is about, 0 where nobody said.
        last: Last year.
        access: How it can be had.
        kind: Its study type, else its kind of data.
    """

    entry: Entry
    countries: tuple[str, ...]
    first: int
    last: int
    access: str
    kind: str

    @classmethod
    def of(cls, entry: Entry) -> "StudyFacts":
        """What filters look at in an entry."""
        study = entry.study
        found = years(study)
        return cls(
            entry=entry,
            countries=tuple(dict.fromkeys(one.code or one.name for one in study.countries)),
            first=min(found, default=0),
            last=max(found, default=0),
            access=entry.access.value,
            kind=study.study_type or study.kind,
        )


def years(study: Study) -> list[int]:
    """Years of collection, else years it is about."""
    periods = study.collected or study.periods
    dates = [date for one in periods for date in (one.first, one.last) if date]
    return [int(date[:4]) for date in dates if date[:4].isascii() and date[:4].isdigit()]


def study_fields(facts: StudyFacts) -> Iterator[Field]:
    """The texts of a study that are searched."""
    for text, weight in _study_texts(facts):
        if text:
            yield Field(text=text, weight=weight)


def _study_texts(facts: StudyFacts) -> Iterator[tuple[str, int]]:
    study = facts.entry.study
    yield study.id, NAME
    for words in (study.title, study.subtitle):
        yield from ((text, TITLE) for text in words.values())
    yield from ((one.text, KEYWORD) for one in (*study.keywords, *study.topics))
    yield from ((f"{one.name} {one.code}", KEYWORD) for one in study.countries)
    yield from ((text, LABEL) for text in (study.kind, study.study_type, facts.access, "microdata"))
    for words in (study.abstract, study.places, study.universe, study.unit, study.series):
        yield from ((text, ABSTRACT) for text in words.values())
    yield from ((one.name, REST) for one in (*study.producers, *study.publisher, *study.funders))
    for words in (study.notes, study.sampling, study.mode, study.instruments):
        yield from ((text, REST) for text in words.values())


def texts_of_study(facts: StudyFacts) -> Iterator[tuple[str, str]]:
    """Names of fields and their texts, for showing where words stand."""
    study = facts.entry.study
    for name in ("title", "subtitle", "abstract", "universe", "unit", "places", "notes"):
        yield from ((name, text) for text in getattr(study, name).values())
    yield from (("keywords", one.text) for one in (*study.keywords, *study.topics))
    yield from (("countries", one.name) for one in study.countries)


def variable_fields(variable: Variable) -> Iterator[Field]:
    """The texts of a variable that are searched."""
    yield Field(text=variable.name, weight=NAME)
    for text in variable.labels.values():
        yield Field(text=text, weight=LABEL)
    for text in variable.questions.values():
        yield Field(text=text, weight=QUESTION)
    if variable.group:
        yield Field(text=variable.group, weight=QUESTION)
    for one in variable.categories[:MOST_CATEGORIES]:
        for text in one.labels.values():
            yield Field(text=text, weight=CATEGORY)
    if variable.universe:
        yield Field(text=variable.universe, weight=REST)


def texts_of_variable(variable: Variable) -> Iterator[tuple[str, str]]:
    """Names of fields and their texts, for showing where words stand."""
    yield "name", variable.name
    yield from (("label", text) for text in variable.labels.values())
    yield from (("question", text) for text in variable.questions.values())
    if variable.group:
        yield "group", variable.group
    for one in variable.categories[:MOST_CATEGORIES]:
        yield from (("categories", text) for text in one.labels.values())
