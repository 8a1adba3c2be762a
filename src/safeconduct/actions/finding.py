"""The catalogue, as anybody sees it: studies, variables, versions, and the description in other catalogues' words."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from safeconduct.actions.room import Room
from safeconduct.actions.site import Site
from safeconduct.actions.transfers import Stream
from safeconduct.actions.verb import action
from safeconduct.catalogue import citation
from safeconduct.catalogue.base import standard as standards
from safeconduct.catalogue.entry import EditionLine, Entry
from safeconduct.catalogue.search import Hits, Index
from safeconduct.govern.purposes import ALLOWED, PROHIBITED, PURPOSES, Purpose, UseRules
from safeconduct.ledger.entries import Fact
from safeconduct.model.editions import ReleasedFile, VariableFigures
from safeconduct.model.errors import NotFound
from safeconduct.model.microdata import Variable
from safeconduct.model.study import Access, Study
from safeconduct.model.text import Text, say
from safeconduct.model.trees import from_tree
from safeconduct.release.gate import file_from_tree

PAGE = 20
_indexes: dict[str, tuple[object, Index]] = {}

CITATIONS: Mapping[str, tuple[Callable[[Entry], str], str, str, Text]] = {
    "bibtex": (citation.bibtex, ".bib", "application/x-bibtex", say("BibTeX")),
    "ris": (citation.ris, ".ris", "application/x-research-info-systems", say("RIS")),
}
"""Citations for programs: what writes each, how its file's name ends, its media type, what people call it."""


@dataclass(frozen=True, kw_only=True)
class VariableView:
    """A variable of the catalogue.

    Attributes:
        study: Id of its study.
        title: Title of its study, by language.
        file: Name of its table.
        variable: What is told about it.
        figures: What may be said of its values.
        access: How its study can be had.
    """

    study: str
    title: Mapping[str, str] = field(hash=False)
    file: str
    variable: Variable
    figures: VariableFigures | None
    access: Access


def catalogued(site: Site) -> list[Fact]:
    """What the catalogue holds, one fact a study."""
    return [fact for fact in site.ledger.facts("catalogue") if fact.state == "current"]


def entry_of(site: Site, study: str) -> Entry:
    """A study of the catalogue.

    Raises:
        NotFound: The catalogue has no such study.
    """
    fact = site.ledger.fact("catalogue", study)
    if fact is None:
        raise NotFound(say("The catalogue has no such study."))
    return entry_from(site, fact)


def entry_from(site: Site, fact: Fact) -> Entry:
    """The entry a fact tells of; every figure in it was let out by the release check."""
    body = fact.body
    release = site.documents.get(str(body["release"])) if body.get("release") else None
    files = site.documents.get(str(body["files"])) if body.get("files") else []
    lines, rules = body.get("editions", []), site.ledger.fact("use_rules", fact.id)
    allowed = from_tree(UseRules, rules.body).allowed if rules else frozenset(one.code for one in ALLOWED)
    return Entry(
        study=from_tree(Study, site.documents.get(str(body["description"]))),
        release=file_from_tree(release) if isinstance(release, dict) else None,
        editions=tuple(from_tree(EditionLine, one) for one in lines) if isinstance(lines, list) else (),
        files=tuple(from_tree(ReleasedFile, one) for one in files) if isinstance(files, list) else (),
        access=Access(str(body["access"])),
        url=address_of(site, fact.id),
        publisher=site.settings.organisation or site.settings.name,
        purposes=tuple(f"sc:{one}" for one in sorted(allowed)),
        prohibited=tuple(sorted(f"sc:{one.code}" for one in PROHIBITED)),
    )


def address_of(site: Site, study: str) -> str:
    """Where a study's page is; whole where the site knows how people reach it."""
    return f"{site.settings.address.rstrip('/')}/catalogue/{study}"


def released_names(entry: Entry, file: str) -> tuple[str, ...]:
    """Names of the variables of a table as it left; none where there is no such table."""
    return next((one.names for one in entry.tables if one.name == file), ())


def _index(site: Site) -> Index:
    """The search index, made anew whenever the catalogue changed."""
    facts = catalogued(site)
    state = tuple((fact.id, fact.version) for fact in facts)
    key = str(site.folders.root)
    if key not in _indexes or _indexes[key][0] != state:
        _indexes[key] = (state, Index.of([entry_from(site, fact) for fact in facts]))
    return _indexes[key][1]


@action(needs="browse", reads=True)
def search(
    room: Room,
    *,
    text: str = "",
    what: str = "studies",
    filters: Mapping[str, object] = {},
    page: int = 1,
) -> Hits:
    """Search studies or variables; accents, plurals and the field's synonyms are forgiven.

    Args:
        text: What to look for; everything where left out.
        what: `studies` or `variables`.
        filters: `country`, `year_from`, `year_to`, `access`, `kind`.
        page: Which page of twenty, from 1.
    """
    return _index(room.site).search(text, what=what, filters=filters, limit=PAGE, offset=(max(page, 1) - 1) * PAGE)


@action(needs="browse", reads=True)
def study(room: Room, *, study: str) -> Entry:
    """A study of the catalogue: its description, tables, versions, and how it can be had.

    Args:
        study: Its id.
    """
    return entry_of(room.site, study)


@action(needs="browse", reads=True)
def variable(room: Room, *, study: str, file: str, name: str) -> VariableView:
    """A variable of the catalogue, with the figures that may be told.

    Args:
        study: Id of the study.
        file: Name of the table.
        name: Name of the variable.
    """
    entry = entry_of(room.site, study)
    if name not in released_names(entry, file):
        raise NotFound(say("There is no such variable in the catalogue."))
    table = next(one for one in entry.tables if one.name == file)
    return VariableView(
        study=study,
        title=entry.study.title,
        file=file,
        variable=table[name],
        figures=entry.figures(file, name),
        access=entry.access,
    )


@action(needs="browse", reads=True)
def metadata(room: Room, *, study: str, standard: str) -> Stream:
    """A study's description in the words of another catalogue.

    Args:
        study: Id of the study.
        standard: `ddi`, `dublin_core`, `dcat` or `croissant`; `bibtex` or `ris` for how to cite it.
    """
    entry = entry_of(room.site, study)
    if standard in CITATIONS:
        write, suffix, media, _ = CITATIONS[standard]
        return small(write(entry).encode(), name=f"{study}{suffix}", media=media)
    made = standards[standard]()
    return small(made.write(entry), name=f"{study}{made.suffix}", media=made.media)


def cited(entry: Entry, language: str) -> str:
    """How to cite a study, in a sentence."""
    return citation.plain(entry, language)


def standards_offered() -> tuple[tuple[str, Text], ...]:
    """Every standard a description can be had in: its name, and what people call it."""
    return tuple((name, kind.title) for name, kind in standards.items())


def purposes_of(codes: Iterable[str]) -> tuple[Purpose, ...]:
    """Purposes by their codes, with or without the prefix of our list; a code nobody knows is left out."""
    wanted = {one.rpartition(":")[2] for one in codes}
    return tuple(one for code, one in PURPOSES.items() if code in wanted)


def title_of(site: Site, study: str) -> dict[str, str]:
    """The title of a study of the catalogue, by language; empty where there is none."""
    fact = site.ledger.fact("catalogue", study)
    tree = site.documents.get(str(fact.body["description"])) if fact else {}
    title = tree.get("title") if isinstance(tree, dict) else None
    return {str(code): str(text) for code, text in title.items()} if isinstance(title, dict) else {}


def small(content: bytes, *, name: str, media: str) -> Stream:
    """A small file made on the spot."""

    def read(start: int, stop: int) -> Iterator[bytes]:
        yield content[start:stop]

    return Stream(name=name, media=media, size=len(content), sha256=hashlib.sha256(content).hexdigest(), read=read)
