"""A study of the catalogue: what it is, how to get it, its variables, versions, how to cite it; open to everybody."""

from collections.abc import Iterator

from markupsafe import Markup

from safeconduct.actions.finding import CITATIONS, cited, purposes_of, standards_offered
from safeconduct.catalogue.entry import Entry
from safeconduct.model.microdata import DataFile
from safeconduct.model.study import Access
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import (
    Described,
    Download,
    Item,
    Link,
    Standing,
    VariableLine,
    VersionLine,
    beside,
    citation_box,
    described,
    details,
    downloads,
    edition_sheet,
    in_language,
    key_values,
    links,
    listing,
    notice,
    pagination,
    paragraph,
    section,
    told_size,
    variables_table,
    version_list,
)
from safeconduct.server.addresses import asking, licence_page, study_page, variable_id, variable_page
from safeconduct.server.descriptions import ABOUT, HELD_TO, MADE, facts, getting, languages_of, texts
from safeconduct.server.forms import done
from safeconduct.server.page import Goto, Reply, Shown, Visit, page

A_PAGE = 100


@page(
    "/catalogue/{study}",
    title=say("Study"),
    menu="catalogue",
    public=True,
    listed=False,
    about=say(
        "What a study asked, of whom, when and where, and how its files can be had. Figures shown here passed the "
        "release check; small groups are left out."
    ),
)
def show(visit: Visit) -> Reply:
    """One study; a form asks for its public use files."""
    name = visit.parts["study"]
    if visit.posted:
        licence = visit.act("licence_public_use", study=name)
        return Goto(licence_page(licence.licence.id))
    entry: Entry = visit.act("study", study=name)
    code, title = in_language(entry.study.title, _language(visit))
    body = [
        *done(visit),
        *_languages(visit, entry, code),
        *_limits(visit, entry),
        beside(_getting(visit, entry), described(visit.words, facts(entry.study), language=_language(visit))),
        described(visit.words, texts(entry.study, ABOUT), language=_language(visit)),
        *_variables(visit, entry),
        _more(visit, entry),
        *_edition(visit, entry),
        _cite(visit, entry),
    ]
    return Shown(title=Text(title or entry.study.id), body=body)


@page("/catalogue/{study}/metadata/{standard}", title=say("Description"), public=True)
def take(visit: Visit) -> Reply:
    """The description in the words of another catalogue, or how to cite it for a program."""
    found: Reply = visit.act("metadata", study=visit.parts["study"], standard=visit.parts["standard"])
    return found


def _language(visit: Visit) -> str:
    """The language the description is wanted in."""
    return visit.query.get("text", "") or visit.words.language


def _languages(visit: Visit, entry: Entry, now: str) -> Iterator[Markup]:
    """Links to the description in the other languages it is written in."""
    others = [code for code in languages_of(entry.study) if code != now]
    if others:
        here = study_page(entry.study.id)
        shown = [Link(visit.words.own_name(code), asking(here, [("text", code)])) for code in others]
        yield details(visit.words, say("This description in other languages"), links(visit.words, shown, quiet=True))


def _limits(visit: Visit, entry: Entry) -> Iterator[Markup]:
    """Who is missing: said before anything else."""
    if entry.study.limits:
        said = Described(title=say("Who is missing, and what is biased"), texts=entry.study.limits)
        yield notice(visit.words, described(visit.words, [said], language=_language(visit)), tone="careful")


def _getting(visit: Visit, entry: Entry) -> Markup:
    words = visit.words
    allowed = [Item(title=one.title, says=one.says) for one in purposes_of(entry.purposes)]
    never = [Item(title=one.title, says=one.says) for one in purposes_of(entry.prohibited)]
    told = [
        details(words, say("What it may be used for"), listing(words, allowed)),
        details(words, say("What it may never be used for"), listing(words, never)),
    ]
    return section(words, say("How to get it"), *getting(visit, entry), *(told if allowed else ()), id="get")


def _variables(visit: Visit, entry: Entry) -> Iterator[Markup]:
    """The variables of one table, a page of them; links to the other tables."""
    tables = entry.tables
    table = next((one for one in tables if one.name == visit.query.get("table")), tables[0] if tables else None)
    if table is None:
        return
    words, here = visit.words, study_page(entry.study.id)
    others = [Link(one.name, asking(here, [("table", one.name)]) + "#variables") for one in tables if one is not table]
    rows = entry.rows(table.name)
    counted = [(say("Rows"), words.number(rows))] if rows is not None else []
    pages = max(1, -(-len(table.variables) // A_PAGE))
    now = min(visit.number("page"), pages)
    yield section(
        words,
        say("Variables of {table}", table=table.name),
        *([paragraph(words, say("Other tables of this study:")), links(words, others, quiet=True)] if others else ()),
        key_values(words, [*counted, (say("Variables"), words.number(len(table.variables)))]),
        _listed(visit, entry, table, now),
        pagination(words, page=now, pages=pages, link=lambda number: asking(
            here, [("table", table.name), ("page", str(number))]) + "#variables"),
        id="variables",
    )  # fmt: skip


def _listed(visit: Visit, entry: Entry, table: DataFile, number: int) -> Markup:
    study, basket = entry.study.id, set[str]()
    can = entry.access is Access.LICENSED and visit.may("request")
    if can:
        basket = {f"{one.file}/{one.name}" for one in visit.act("basket")}
    lines = [
        VariableLine(
            id=variable_id(study, table.name, one.name),
            name=one.name,
            href=variable_page(study, table.name, one.name),
            label=in_language(one.labels, _language(visit))[1],
            chosen=variable_id(study, table.name, one.name) in basket,
        )
        for one in table.variables[(number - 1) * A_PAGE : number * A_PAGE]
    ]
    back = asking(study_page(study), [("table", table.name), ("page", str(number))])
    return variables_table(
        visit.words,
        lines,
        caption=say("Variables of {table}", table=table.name),
        action=asking("/basket", [("back", back)]) if can else "",
        csrf=visit.csrf,
    )


def _more(visit: Visit, entry: Entry) -> Markup:
    words, language = visit.words, _language(visit)
    made = described(words, texts(entry.study, MADE), language=language)
    held = described(words, texts(entry.study, HELD_TO), language=language)
    parts = [(say("How it was made"), made), (say("Promises and conditions"), held)]
    return Markup("").join(details(words, title, body) for title, body in parts if body)


def _edition(visit: Visit, entry: Entry) -> Iterator[Markup]:
    """What was done to the files, every edition there was, and those taken back."""
    words = visit.words
    if entry.release:
        statement = [paragraph(words, one) for one in entry.release.statement]
        held = [Item(title=one.name, says=one.says, aside=told_size(words, one.size)) for one in entry.files]
        yield section(
            words,
            say("What a reader must know of the files"),
            *statement,
            details(words, say("Files and formats"), listing(words, held)),
            details(words, say("Risk and usefulness of this edition"), edition_sheet(words, entry.release)),
        )
    if entry.editions:
        yield section(words, say("Versions"), version_list(words, _versions(entry)), id="versions")


def _versions(entry: Entry) -> list[VersionLine]:
    return [
        VersionLine(
            number=one.number,
            standing=Standing(one.state.value),
            day=one.decided_at.date(),
            href=f"{study_page(entry.study.id)}#versions",
            reason=one.reason,
            digest=one.digest,
        )
        for one in entry.editions
    ]


def _cite(visit: Visit, entry: Entry) -> Markup:
    words, here = visit.words, f"{study_page(entry.study.id)}/metadata"
    programs = [
        Download(title=title, href=f"{here}/{name}", says=say("For a program that keeps references."))
        for name, (_, _, _, title) in CITATIONS.items()
    ]
    catalogues = [
        Download(title=title, href=f"{here}/{name}", says=say("For another catalogue."))
        for name, title in standards_offered()
    ]
    return section(
        words,
        say("Cite it, and take its description along"),
        citation_box(words, cited(entry, words.language), programs),
        details(words, say("This description for other catalogues"), downloads(words, catalogues)),
        id="cite",
    )
