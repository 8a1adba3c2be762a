"""Which element of a study description holds which field; both directions follow these tables."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import takewhile

from safeconduct.catalogue.ddi.elements import (
    BESIDE,
    Element,
    element,
    in_languages,
    language_of,
    place,
    text_of,
    words_of,
)
from safeconduct.model.microdata import Words
from safeconduct.model.study import Country, Party, Period, Study, Term

INVESTIGATOR = "primary investigator"
"""Role of a producer whom DDI also lists as an author."""

ONE_EACH: Mapping[str, str] = {
    "subtitle": "citation/titlStmt/subTitl",
    "series": "citation/serStmt/serInfo",
    "abstract": "stdyInfo/abstract",
    "places": "stdyInfo/sumDscr/geogCover",
    "geographic_unit": "stdyInfo/sumDscr/geogUnit",
    "unit": "stdyInfo/sumDscr/anlyUnit",
    "universe": "stdyInfo/sumDscr/universe",
    "notes": "stdyInfo/notes",
    "sampling": "method/dataColl/sampProc",
    "mode": "method/dataColl/collMode",
    "instruments": "method/dataColl/resInstru",
    "collection_notes": "method/dataColl/collSitu",
    "weighting": "method/dataColl/weight",
    "cleaning": "method/dataColl/cleanOps",
    "response_rate": "method/anlyInfo/respRate",
    "sampling_error": "method/anlyInfo/EstSmpErr",
    "limits": "method/anlyInfo/dataAppr",
}
"""Texts whose element may be repeated, once a language."""

IN_PARENT: Mapping[str, str] = {
    "version": "citation/verStmt/version",
    "confidentiality": "dataAccs/useStmt/confDec",
    "restrictions": "dataAccs/useStmt/restrctn",
    "citation": "dataAccs/useStmt/citReq",
    "conditions": "dataAccs/useStmt/conditions",
    "disclaimer": "dataAccs/useStmt/disclaimer",
}
"""Texts whose element stands once in its parent; the parent is repeated, once a language."""

PARTIES: Mapping[str, str] = {
    "funders": "citation/prodStmt/fundAg",
    "publisher": "citation/distStmt/distrbtr",
    "contacts": "citation/distStmt/contact",
    "collectors": "method/dataColl/dataCollector",
}

PARTY_ATTRIBUTES: Mapping[str, Mapping[str, str]] = {
    "producer": {"affiliation": "affiliation", "role": "role"},
    "fundAg": {"role": "role"},
    "distrbtr": {"affiliation": "affiliation", "address": "URI"},
    "contact": {"affiliation": "affiliation", "address": "URI"},
    "dataCollector": {"affiliation": "affiliation", "role": "role"},
    "AuthEnty": {"affiliation": "affiliation"},
}
"""Which attribute holds which field of a party; a field without one travels in a link beside the name."""

TERMS: Mapping[str, str] = {"keywords": "stdyInfo/subject/keyword", "topics": "stdyInfo/subject/topcClas"}
PERIODS: Mapping[str, str] = {"periods": "stdyInfo/sumDscr/timePrd", "collected": "stdyInfo/sumDscr/collDate"}
PLAIN: Mapping[str, str] = {"kind": "stdyInfo/sumDscr/dataKind", "study_type": "citation/serStmt/serName"}
"""Fields in no language; the first element counts. Peers write a study's type as the name of its series."""

NATION, TITLE, OTHER_TITLE, ID = (
    "stdyInfo/sumDscr/nation", "citation/titlStmt/titl", "citation/titlStmt/parTitl", "citation/titlStmt/IDNo",
)  # fmt: skip
RELATED, BIBLIOGRAPHIC = "othrStdyMat/relPubl", "citation/biblCit"
AUTHOR, PRODUCERS = "citation/rspStmt/AuthEnty", "citation/prodStmt/producer"


def study_elements(study: Study) -> Iterator[tuple[str, Element]]:
    """Every element of a study description with the path of its parent, below `stdyDscr`."""
    for path, made in _all(study):
        yield path.rpartition("/")[0], made


def _all(study: Study) -> Iterator[tuple[str, Element]]:
    yield from _titles(study)
    yield ID, element("IDNo", study.id)
    for name, path in ONE_EACH.items():
        yield from ((path, one) for one in in_languages(_tag(path), getattr(study, name)))
    yield from ((AUTHOR, party_element("AuthEnty", one)) for one in study.producers if one.role == INVESTIGATOR)
    leading = len(list(takewhile(lambda one: one.role == INVESTIGATOR, study.producers)))
    yield from ((PRODUCERS, party_element("producer", one)) for one in study.producers[leading:])
    for name, path in PARTIES.items():
        yield from ((path, party_element(_tag(path), one)) for one in getattr(study, name))
    for name, path in TERMS.items():
        yield from ((path, _term(_tag(path), one)) for one in getattr(study, name))
    for name, path in PERIODS.items():
        yield from ((path, made) for one in getattr(study, name) for made in period_elements(_tag(path), one))
    for name, path in PLAIN.items():
        if text := getattr(study, name):
            yield path, element(_tag(path), text)
    yield from ((NATION, element("nation", one.name, abbr=one.code)) for one in study.countries)
    yield from ((RELATED, element("relPubl", one)) for one in study.related)


def _tag(path: str) -> str:
    return path.rpartition("/")[2]


def _titles(study: Study) -> Iterator[tuple[str, Element]]:
    first, *others = study.title.items() or [("", "")]
    yield TITLE, element("titl", first[1], language=first[0])
    yield from ((OTHER_TITLE, one) for one in in_languages("parTitl", dict(others)))
    citation = next(iter(study.citation.items()), None)
    if citation and f"stdyDscr/{BIBLIOGRAPHIC}" not in study.extra:
        yield BIBLIOGRAPHIC, element("biblCit", citation[1], language=citation[0])


def _term(tag: str, term: Term) -> Element:
    return element(tag, term.text, vocab=term.vocabulary, vocabURI=term.uri)


def party_element(tag: str, party: Party) -> Element:
    """A party as an element; `URI` and `email` are told apart by the at sign."""
    known = PARTY_ATTRIBUTES[tag]
    told = {known[name]: getattr(party, name) for name in known if getattr(party, name)}
    if tag == "contact" and "@" in party.address and "/" not in party.address:
        told["email"] = told.pop("URI")
    made = element(tag, party.name, **told)
    for name in ("role", "affiliation", "address"):
        if name not in known and (value := getattr(party, name)) and (tag, name) != ("AuthEnty", "role"):
            made.append(element(BESIDE, URI=value, role=name, title=value))
    return made


def party_of(one: Element) -> Party:
    """A party from its element."""
    known = PARTY_ATTRIBUTES[str(one.tag)]
    told = {name: one.get(attribute, "") for name, attribute in known.items()}
    told.update({link.get("role", ""): link.get("title", "") for link in one.iterfind(BESIDE)})
    if one.get("email"):
        told["address"] = one.get("email", "")
    return Party(
        name=text_of(one),
        role=told.get("role", ""),
        affiliation=told.get("affiliation", ""),
        address=told.get("address", ""),
    )


def period_elements(tag: str, period: Period) -> Iterator[Element]:
    """One element for a single date, two for a run; the label stands in `cycle`."""
    dates = {"single": period.first} if not period.last else {"start": period.first, "end": period.last}
    for event, date in dates.items():
        if date:
            yield element(tag, date, date=date, event=event, cycle=period.label)


def periods_of(found: list[Element]) -> tuple[Period, ...]:
    """Runs of time from start and end elements; an end belongs to the start before it with the same cycle."""
    periods: list[Period] = []
    opened: Element | None = None
    for one in found:
        date, event, label = one.get("date") or text_of(one), one.get("event", "single"), one.get("cycle", "")
        if event == "end" and opened is not None and opened.get("cycle", "") == label and periods:
            last = periods.pop()
            periods.append(Period(first=last.first, last=date, label=label))
        elif event == "end":
            periods.append(Period(first="", last=date, label=label))
        elif date:
            periods.append(Period(first=date, label=label))
        opened = one if event == "start" else None
    return tuple(periods)


def with_parents(root: Element, study: Study) -> None:
    """Add the texts whose parent is repeated, once a language."""
    for parent, names in _by_parent().items():
        languages = dict.fromkeys(language for name in names for language in getattr(study, name))
        for language in languages:
            made = element(_tag(parent), language=language)
            for name in names:
                if text := getattr(study, name).get(language):
                    made.append(element(_tag(IN_PARENT[name]), text, language=language))
            if len(made):
                place(root, parent.rpartition("/")[0], made)


def _by_parent() -> dict[str, list[str]]:
    parents: dict[str, list[str]] = {}
    for name, path in IN_PARENT.items():
        parents.setdefault(path.rpartition("/")[0], []).append(name)
    return parents


def titles_of(described: Element) -> tuple[dict[str, str], bool]:
    """The title in every language, and whether each parallel title found a language of its own."""
    title = words_of(described.findall(TITLE))
    others = words_of(described.findall(OTHER_TITLE))
    fits = not set(title) & set(others)
    return ({**title, **others} if fits else title), fits


def terms_of(found: list[Element]) -> tuple[Term, ...]:
    """Words with the lists they are from."""
    return tuple(
        Term(text=text, vocabulary=one.get("vocab", ""), uri=one.get("vocabURI", ""))
        for one in found
        if (text := text_of(one))
    )


def countries_of(found: list[Element]) -> tuple[Country, ...]:
    """Countries with their codes."""
    return tuple(Country(name=text_of(one), code=one.get("abbr", "")) for one in found if text_of(one))


def producers_of(described: Element) -> tuple[Party, ...]:
    """Who made it: authors as primary investigators, then producers.

    An investigator after somebody who is none is written both as author and as producer, which keeps the order.
    """
    told = tuple(party for one in described.findall(PRODUCERS) if (party := party_of(one)).name)
    twice = {one.name for one in told if one.role == INVESTIGATOR}
    authors = (party_of(one) for one in described.findall(AUTHOR))
    return (*(replace(one, role=INVESTIGATOR) for one in authors if one.name and one.name not in twice), *told)


def citation_of(described: Element) -> Words:
    """How to cite: what is required, else the bibliographic citation."""
    required = words_of(described.findall(IN_PARENT["citation"]))
    return required or words_of(described.findall(BIBLIOGRAPHIC))


def same_citation(one: Element, citation: Words) -> bool:
    """Whether a bibliographic citation says nothing the citation does not say."""
    return citation.get(language_of(one)) == text_of(one)
