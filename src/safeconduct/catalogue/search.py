"""Search over studies and variables: forgiving to spelling, strict about what it holds.

Only entries are searched, so only what was published is found. The index lives in memory and is made anew from the
entries; nothing of it is kept.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from safeconduct.catalogue.documents import (
    StudyFacts,
    VariableAt,
    study_fields,
    texts_of_study,
    texts_of_variable,
    variable_fields,
)
from safeconduct.catalogue.entry import Entry
from safeconduct.catalogue.filters import Filters
from safeconduct.catalogue.marking import Snippet, marked
from safeconduct.catalogue.postings import Builder, Postings
from safeconduct.catalogue.questioning import Question, question_of
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import Words
from safeconduct.model.study import Access

MOST_HITS = 1000
LONGEST_QUESTION = 300
SYNONYM = 0.6
"""What a synonym counts beside the word itself."""


class Scope(StrEnum):
    """What is looked for."""

    STUDIES = "studies"
    VARIABLES = "variables"


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A study or a variable that was found.

    Attributes:
        study: Id of the study.
        title: Title of the study, by language.
        file: Name of the variable's table, `""` for a study.
        variable: Name of the variable, `""` for a study.
        labels: What the variable is, by language.
        score: How well it fits; only larger and smaller mean something.
        snippets: Texts in which words asked for stand, the best first.
        access: How the study can be had.
        producers: Who made the study.
        countries: Where it was made, names.
        first: First year it is about, 0 where nobody said.
        last: Last year.
        variables: How many variables of the study are described.
        questions: The variable's question as it was asked, by language.
    """

    study: str
    title: Words = field(hash=False)
    file: str = ""
    variable: str = ""
    labels: Words = field(default_factory=dict, hash=False)
    score: float
    snippets: tuple[Snippet, ...] = ()
    access: Access = Access.NOT_AVAILABLE
    producers: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    first: int = 0
    last: int = 0
    variables: int = 0
    questions: Words = field(default_factory=dict, hash=False)


@dataclass(frozen=True, kw_only=True)
class Hits:
    """What a search found.

    Attributes:
        hits: The page asked for, the best first.
        total: How many studies or variables were found in all.
        facets: How many of the studies found each filter value would leave, by name of the filter and value.
        loose: No study or variable has all the words; these have some.
        places: Names of the countries among the filter values, by value.
    """

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, Mapping[str, int]] = field(hash=False)
    loose: bool = False
    places: Mapping[str, str] = field(default_factory=dict, hash=False)


class Index:
    """Studies and variables, ready to be searched.

    Example:
        >>> from safeconduct.model.study import Study
        >>> index = Index.of([Entry(study=Study(id="A", title={"fr": "Ménages déplacés"}))])
        >>> [hit.study for hit in index.search("displaced households").hits]
        ['A']
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._facts = [StudyFacts.of(entry) for entry in entries]
        countries = [one for facts in self._facts for one in facts.entry.study.countries]
        self._names = {one.code or one.name: one.name or one.code for one in countries}
        self._places = [
            VariableAt(study=at, file=table, number=number)
            for at, facts in enumerate(self._facts)
            for table, file in enumerate(facts.entry.tables)
            for number in range(len(file.variables))
        ]
        self._study_of = {
            Scope.STUDIES: np.arange(len(self._facts), dtype=np.int64),
            Scope.VARIABLES: np.fromiter((one.study for one in self._places), dtype=np.int64, count=len(self._places)),
        }
        self._postings = {Scope.STUDIES: self._studies(), Scope.VARIABLES: self._variables()}

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Index":
        """An index of these entries."""
        return cls(list(entries))

    def _studies(self) -> Postings:
        builder = Builder()
        for facts in self._facts:
            builder.add(study_fields(facts))
        return builder.built()

    def _variables(self) -> Postings:
        builder = Builder()
        for at in self._places:
            table = self._facts[at.study].entry.tables[at.file]
            builder.add(variable_fields(table.variables[at.number]))
        return builder.built()

    def search(
        self,
        text: str,
        *,
        what: str = Scope.STUDIES,
        filters: Mapping[str, object] | Filters = Filters(),  # noqa: B008 - frozen, so nobody can change it
        limit: int = 20,
        offset: int = 0,
    ) -> Hits:
        """Find studies or variables.

        Words in quotes are looked for one after another, a word with a star and the last word asked as beginnings too.
        Every word must be there, itself or a synonym; where nothing has them all, what has some is found.

        Args:
            text: What to look for, at most 300 letters are read; everything where it is empty.
            what: `studies` or `variables`.
            filters: Which studies count.
            limit: How many hits, 1 to 1000.
            offset: How many to leave out.

        Raises:
            BadInput: `what` or a filter is unknown; the message names it.
        """
        scope = _scope(what)
        asked = question_of(text[:LONGEST_QUESTION], self._postings[scope])
        scores, loose = self._scores(scope, asked)
        chosen = filters if isinstance(filters, Filters) else Filters.of(filters)
        fits = np.fromiter((chosen.fits(one) for one in self._facts), dtype=bool, count=len(self._facts))
        studies = self._study_of[scope]
        before = np.unique(studies[scores > 0])
        found = np.flatnonzero((scores > 0) & fits[studies])
        ranked = _best(found, scores, offset + min(max(limit, 1), MOST_HITS))[offset:]
        return Hits(
            hits=tuple(self._hit(scope, int(at), float(scores[at]), asked) for at in ranked),
            total=len(found),
            facets=chosen.facets([self._facts[at] for at in before]),
            loose=loose,
            places=self._names,
        )

    def _scores(self, scope: Scope, asked: Question) -> tuple[NDArray[np.float32], bool]:
        """What each document counts, 0 for not found; and whether only some of the words were there."""
        postings = self._postings[scope]
        total = np.zeros(postings.count, dtype=np.float32)
        matched = np.zeros(postings.count, dtype=np.int16)
        for group in asked.groups:
            scores = np.zeros(postings.count, dtype=np.float32)
            for phrase, factor in group.phrases(SYNONYM):
                documents, weights = postings.phrase(phrase)
                rarity = np.log1p(postings.count / max(1, len(documents))) * factor * len(phrase) ** 0.5
                scores[documents] = np.maximum(scores[documents], weights * np.float32(rarity))
            total += scores
            matched += scores > 0
        if not asked.groups:
            return np.ones(postings.count, dtype=np.float32), False
        everything = matched == len(asked.groups)
        if everything.any():
            return np.where(everything, total, 0).astype(np.float32), False
        return (total * matched).astype(np.float32), bool(matched.any())

    def _hit(self, scope: Scope, at: int, score: float, asked: Question) -> Hit:
        if scope is Scope.STUDIES:
            facts = self._facts[at]
            return Hit(score=score, snippets=marked(texts_of_study(facts), asked), **_told(facts))
        place = self._places[at]
        facts = self._facts[place.study]
        table = facts.entry.tables[place.file]
        variable = table.variables[place.number]
        return Hit(
            file=table.name,
            variable=variable.name,
            labels=variable.labels,
            questions=variable.questions,
            score=score,
            snippets=marked(texts_of_variable(variable), asked),
            **_told(facts),
        )


class _Told(TypedDict):
    """What every hit says of its study."""

    study: str
    title: Words
    access: Access
    producers: tuple[str, ...]
    countries: tuple[str, ...]
    first: int
    last: int
    variables: int


def _told(facts: StudyFacts) -> _Told:
    study = facts.entry.study
    return _Told(
        study=study.id,
        title=study.title,
        access=facts.entry.access,
        producers=tuple(one.name for one in study.producers),
        countries=tuple(one.name or one.code for one in study.countries),
        first=facts.first,
        last=facts.last,
        variables=sum(len(one.variables) for one in facts.entry.tables),
    )


def _scope(what: str) -> Scope:
    try:
        return Scope(what)
    except ValueError:
        raise BadInput(f"look for {' or '.join(Scope)}", field="what") from None


def _best(found: NDArray[np.int64], scores: NDArray[np.float32], most: int) -> NDArray[np.int64]:
    """The best documents, the best first; of equals the one that came first."""
    if len(found) > most:
        threshold = np.partition(scores[found], len(found) - most)[len(found) - most]
        better = found[scores[found] > threshold]
        equal = found[scores[found] == threshold][: most - len(better)]
        found = np.sort(np.concatenate((better, equal)))
    return found[np.argsort(-scores[found], kind="stable")]
