"""What a description says of a study, in the order people read it; and how a study can be had."""

from collections.abc import Iterator, Mapping, Sequence

from markupsafe import Markup

from safeconduct.catalogue.entry import Entry
from safeconduct.model.study import Access, Party, Period, Study
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import Described, Link, access_badge, button, links, paragraph
from safeconduct.server.addresses import asking, study_page
from safeconduct.server.page import Visit

ABOUT: Mapping[str, Text] = {
    "subtitle": say("Further title"),
    "abstract": say("What it is about"),
    "universe": say("Whom it speaks of"),
    "unit": say("What a row is"),
    "places": say("Places"),
    "geographic_unit": say("Smallest area in the files"),
    "series": say("Series"),
}
MADE: Mapping[str, Text] = {
    "sampling": say("How the sample was drawn"),
    "mode": say("How answers were collected"),
    "instruments": say("Questionnaires"),
    "collection_notes": say("What went otherwise than planned"),
    "cleaning": say("What was done to the answers"),
    "weighting": say("How weights were made"),
    "response_rate": say("How many answered"),
    "sampling_error": say("How exact estimates are"),
}
HELD_TO: Mapping[str, Text] = {
    "confidentiality": say("The promise of confidentiality"),
    "conditions": say("Conditions of use"),
    "restrictions": say("What may not be done"),
    "disclaimer": say("What nobody answers for"),
    "version": say("This edition"),
    "notes": say("Anything else"),
}


def languages_of(study: Study) -> tuple[str, ...]:
    """Languages a description is written in, the title's first."""
    texts = [getattr(study, name) for name in ("title", "abstract", *ABOUT, *MADE, *HELD_TO)]
    return tuple(dict.fromkeys(code for one in texts for code in one if code))


def texts(study: Study, names: Mapping[str, Text]) -> list[Described]:
    """Texts of a description, in an order."""
    return [Described(title=title, texts=getattr(study, name)) for name, title in names.items()]


def facts(study: Study) -> list[Described]:
    """What a description says in short: who, where, when."""
    said = {
        say("Made by"): "; ".join(_party(one) for one in study.producers),
        say("Paid by"): "; ".join(_party(one) for one in study.funders),
        say("Collected by"): "; ".join(_party(one) for one in study.collectors),
        say("Countries"): ", ".join(one.name or one.code for one in study.countries),
        say("Collected"): _periods(study.collected),
        say("Time it is about"): _periods(study.periods),
        say("Kind of data"): ", ".join(one for one in (study.study_type, study.kind) if one),
        say("Keywords"): ", ".join(one.text for one in (*study.topics, *study.keywords)),
        say("Whom to ask"): "\n".join(_party(one) for one in study.contacts),
        say("Belongs with"): "\n".join(study.related),
    }
    return [Described(title=title, texts={"": text}) for title, text in said.items()]


def _party(one: Party) -> str:
    beside = ", ".join(part for part in (one.affiliation, one.role, one.address) if part)
    return f"{one.name} ({beside})" if beside else one.name


def _periods(periods: Sequence[Period]) -> str:
    told = [f"{one.first} – {one.last}" if one.last and one.last != one.first else one.first for one in periods]
    return ", ".join(told)


def getting(visit: Visit, entry: Entry) -> list[Markup]:
    """How to get the files of a study, for whoever looks."""
    words = visit.words
    return [Markup("<p>{}</p>").format(access_badge(words, entry.access, explained=True)), *_way(visit, entry)]


def _way(visit: Visit, entry: Entry) -> Iterator[Markup]:
    here = study_page(entry.study.id)
    match entry.access:
        case Access.PUBLIC_USE if visit.may("receive"):
            yield button(visit.words, say("Get the files"), action=here, csrf=visit.csrf, values={"do": "get"})
        case Access.LICENSED if visit.may("request"):
            new = asking("/projects/requests/new", [("study", entry.study.id)])
            yield links(visit.words, [Link(say("Ask for the files"), new)])
        case Access.PUBLIC_USE | Access.LICENSED if visit.visitor is None:
            yield paragraph(visit.words, say("To get files you need an account, which you can make yourself."))
            yield links(visit.words, [Link(say("Sign in"), asking("/sign-in", [("next", here)])),
                                      Link(say("Make an account"), "/register")])  # fmt: skip
        case Access.PUBLIC_USE | Access.LICENSED:
            yield paragraph(visit.words, say("Your account does not get files; researchers' accounts do."))
        case Access.ENCLAVE:
            yield paragraph(visit.words, say("Ask the data steward of this site how to work with it where it is."))
        case Access.NOT_AVAILABLE:
            yield paragraph(visit.words, say("Ask whoever is named under “Whom to ask” what else there is."))
