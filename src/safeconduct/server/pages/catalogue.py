"""The catalogue: search studies or variables, narrow the search, go on to one; open to everybody."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from safeconduct.catalogue.search import Hit, Hits
from safeconduct.model.errors import BadInput
from safeconduct.model.study import Access
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import (
    Facet,
    FacetValue,
    Link,
    Searched,
    StudyCard,
    VariableCard,
    access_name,
    basket_button,
    empty_state,
    facets,
    in_language,
    marked,
    notice,
    pagination,
    paragraph,
    search_form,
    study_card,
    variable_card,
    with_facets,
)
from safeconduct.present.pages import MENU
from safeconduct.server.addresses import asking, study_page, variable_id, variable_page
from safeconduct.server.forms import done
from safeconduct.server.page import Reply, Shown, Visit, page

HERE = "/catalogue"
A_PAGE, MOST_VALUES, LONGEST = 20, 12, 200
STUDIES, VARIABLES = "studies", "variables"
NARROWING: Mapping[str, Text] = {
    "country": say("Country"),
    "year": say("Year"),
    "access": say("How it can be had"),
    "kind": say("Kind of study"),
}
Asked = list[tuple[str, str]]


@page(
    HERE,
    title=say("Search"),
    menu="catalogue",
    public=True,
    first=True,
    about=say(
        "Search every study the site describes, by words of its title, its description or its variables. "
        "Descriptions are open to everybody; how the files can be had stands with each study."
    ),
)
def show(visit: Visit) -> Reply:
    """What the catalogue has that fits, or all of it."""
    asked, wrong = _asked(visit), Text("")
    try:
        found: Hits = visit.act("search", **_sought(visit))
    except BadInput as error:
        found, wrong = visit.act("search", text=_text(visit), what=_within(visit)), error.text
    words = visit.words
    carried = [(name, value) for name, value in asked if name in NARROWING]
    searched = Searched(text=_text(visit), within=_within(visit), first=visit.query.get("from", ""),
                        last=visit.query.get("to", ""), carried=carried)  # fmt: skip
    body = [*done(visit), search_form(words, searched, action=HERE, wrong=wrong if wrong.id else "")]
    return Shown(
        title=MENU["catalogue"],
        lead=say("Studies of people on the move: what was asked, of whom, and how the files can be had."),
        body=[*body, *_results(visit, found, asked)],
    )


def _text(visit: Visit) -> str:
    return visit.query.get("q", "").strip()[:LONGEST]


def _within(visit: Visit) -> str:
    return VARIABLES if visit.query.get("in") == VARIABLES else STUDIES


def _asked(visit: Visit) -> Asked:
    """The search as its address says it, without the page."""
    within = VARIABLES if _within(visit) == VARIABLES else ""
    single = [("q", _text(visit)), ("in", within), *((one, visit.query.get(one, "")) for one in ("from", "to"))]
    many = [(name, value) for name in NARROWING for value in visit.lists.get(name, ()) if value]
    return [(name, value) for name, value in [*single, *many] if value]


def _sought(visit: Visit) -> Mapping[str, Any]:
    """The same as the verb takes it."""
    filters: dict[str, object] = {name: list(visit.lists.get(name, ())) for name in ("country", "access", "kind")}
    filters |= {"year_from": visit.query.get("from", ""), "year_to": visit.query.get("to", "")}
    return {"text": _text(visit), "what": _within(visit), "filters": filters, "page": visit.number("page")}


def _results(visit: Visit, found: Hits, asked: Asked) -> list[Markup]:
    words = visit.words
    if not found.total:
        return [_nothing(visit, asked)]
    counted = say("Variables found: {count}", count=found.total) if _within(visit) == VARIABLES else say(
        "Studies found: {count}", count=found.total
    )  # fmt: skip
    loose = [notice(words, say("Nothing has all of these words; what is shown has some of them."))]
    pages = -(-found.total // A_PAGE)
    turning = pagination(words, page=min(visit.number("page"), pages), pages=pages, link=lambda number: asking(
        HERE, [*asked, ("page", str(number))]
    ))  # fmt: skip
    told = [*(loose if found.loose else []), paragraph(words, counted), *_cards(visit, found.hits), turning]
    return [with_facets(told, facets(words, [*_facets(found, asked)]))]


def _nothing(visit: Visit, asked: Asked) -> Markup:
    if not asked:
        return empty_state(visit.words, say("The catalogue is empty: nothing was published yet."), action=None)
    fewer = say("Nothing fits. Use fewer words or other ones, or take a filter away.")
    return empty_state(visit.words, fewer, action=Link(say("Show everything"), HERE))


def _cards(visit: Visit, hits: Sequence[Hit]) -> Iterator[Markup]:
    basket = {f"{one.file}/{one.name}" for one in visit.act("basket")} if visit.may("request") else set()
    for hit in hits:
        yield _variable(visit, hit, basket) if hit.variable else _study(visit, hit)


def _study(visit: Visit, hit: Hit) -> Markup:
    snippet = next((marked(one.text, one.spans) for one in hit.snippets if one.field != "title"), Markup(""))
    years = f"{hit.first}–{hit.last}" if hit.first and hit.first != hit.last else str(hit.first or "")
    card = StudyCard(
        title=in_language(hit.title, visit.words.language)[1] or hit.study,
        href=study_page(hit.study),
        access=hit.access,
        producers=visit.words.listed(hit.producers[:3]),
        countries=visit.words.listed(hit.countries[:3]),
        years=years,
        snippet=snippet,
        variables=hit.variables,
    )
    return study_card(visit.words, card)


def _variable(visit: Visit, hit: Hit, basket: set[str]) -> Markup:
    language = visit.words.language
    known = variable_id(hit.study, hit.file, hit.variable)
    card = VariableCard(
        name=hit.variable,
        href=variable_page(hit.study, hit.file, hit.variable),
        label=in_language(hit.labels, language)[1],
        question=in_language(hit.questions, language)[1],
        study=Link(in_language(hit.title, language)[1] or hit.study, study_page(hit.study)),
    )
    if not visit.may("request") or hit.access is not Access.LICENSED:
        return variable_card(visit.words, card)
    back = asking("/basket", [("back", asking(HERE, [*_asked(visit), ("page", visit.query.get("page", ""))]))])
    button = basket_button(visit.words, action=back, csrf=visit.csrf, variable=known, inside=known in basket)
    return variable_card(visit.words, card, button)


def _facets(found: Hits, asked: Asked) -> Iterator[Facet]:
    for name, title in NARROWING.items():
        counted = sorted(found.facets.get(name, {}).items(), key=lambda one: (-one[1], one[0]))
        if name == "year":
            counted.sort(reverse=True)
        values = [_value(name, value, studies, found, asked) for value, studies in counted[:MOST_VALUES]]
        if len(values) > 1 or any(one.chosen for one in values):
            yield Facet(title=title, values=values)


def _value(name: str, value: str, studies: int, found: Hits, asked: Asked) -> FacetValue:
    mine = [("from", value), ("to", value)] if name == "year" else [(name, value)]
    chosen = all(one in asked for one in mine)
    others = [one for one in asked if one[0] not in {"from", "to"}] if name == "year" else asked
    after = [one for one in others if one not in mine] if chosen else [*others, *mine]
    return FacetValue(says=_named(name, value, found), href=asking(HERE, after), studies=studies, chosen=chosen)


def _named(name: str, value: str, found: Hits) -> Text | str:
    if name == "access":
        return access_name(Access(value))
    return found.places.get(value, value) if name == "country" else value
