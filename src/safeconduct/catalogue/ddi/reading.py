"""A DDI Codebook document as a study and its tables; 2.5, and the older and newer ones that name things alike."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from safeconduct.catalogue.ddi.elements import Element, text_of, words_of
from safeconduct.catalogue.ddi.extra import DESCRIPTIONS, attributes_left, gathered, leftovers, value_of, variable_path
from safeconduct.catalogue.ddi.study import (
    AUTHOR,
    BIBLIOGRAPHIC,
    ID,
    IN_PARENT,
    NATION,
    ONE_EACH,
    OTHER_TITLE,
    PARTIES,
    PERIODS,
    PLAIN,
    PRODUCERS,
    RELATED,
    TERMS,
    TITLE,
    citation_of,
    countries_of,
    party_of,
    periods_of,
    producers_of,
    same_citation,
    terms_of,
    titles_of,
)
from safeconduct.catalogue.ddi.variables import variable_of
from safeconduct.catalogue.ddi.writing import DATA_FILE, SOFTWARE
from safeconduct.model.errors import BadInput, Unreadable
from safeconduct.model.microdata import DataFile, Variable
from safeconduct.model.study import Study

MOST_BYTES = 64 * 1024 * 1024
NOT_A_WORD = re.compile(r"[^\w.-]+")
ENDING = re.compile(r"\.(nsdstat|tab|dta|sav|por|csv|txt|dat|sas7bdat|xpt|rds|parquet)$", re.IGNORECASE)
MODELLED = frozenset({
    *ONE_EACH.values(), *IN_PARENT.values(), *PARTIES.values(), *TERMS.values(), *PERIODS.values(), *PLAIN.values(),
    NATION, TITLE, OTHER_TITLE, ID, RELATED, AUTHOR, PRODUCERS, BIBLIOGRAPHIC,
})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Described:
    """What a description says.

    Attributes:
        study: The study; what we do not model stands in its `extra`.
        files: Its tables, without any statistic the description held.
    """

    study: Study
    files: tuple[DataFile, ...]


def read_ddi(content: bytes) -> Described:
    """Read a description that somebody sent.

    Nothing outside it is fetched, entities are not resolved, and its statistics are left behind: counts in our
    catalogue come from our own releases.

    Args:
        content: The document, at most 64 MiB.

    Raises:
        BadInput: It is too long.
        Unreadable: It is no XML, defines entities, or is no DDI Codebook.
    """
    if len(content) > MOST_BYTES:
        raise BadInput("this description is longer than 64 MiB; send one study at a time", field="content")
    root = _parsed(content)
    described = root.find("stdyDscr")
    if root.tag != "codeBook" or described is None:
        raise Unreadable("this is no DDI Codebook: it has no codeBook with a stdyDscr inside; send the XML file")
    files, ids = _files(root)
    return Described(study=_study(root, described, _kept(root, described, ids)), files=files)


def _parsed(content: bytes) -> Element:
    """The document with plain names, comments and instructions gone."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        raise Unreadable("this is no XML; send the description as its program saved it") from None
    inside = root.getroottree().docinfo.internalDTD
    if inside is not None and _has_entities(inside):
        raise Unreadable("this description defines entities, which may hide anything; save it without them")
    for one in root.iter("*"):
        one.tag = etree.QName(one).localname
    etree.cleanup_namespaces(root)
    return root


def _has_entities(dtd: Any) -> bool:
    return any(True for _ in dtd.iterentities())


def _study(root: Element, described: Element, extra: dict[str, tuple[str, ...]]) -> Study:
    title, _ = titles_of(described)
    texts = {name: words_of(described.findall(path)) for name, path in (*ONE_EACH.items(), *IN_PARENT.items())}
    texts["citation"] = dict(citation_of(described))
    parties = {
        name: tuple(party for one in described.findall(path) if (party := party_of(one)).name)
        for name, path in PARTIES.items()
    }
    return Study(
        id=_slug(_identifier(root, described)),
        title=title,
        countries=countries_of(described.findall(NATION)),
        related=tuple(text for one in described.findall(RELATED) if (text := text_of(one))),
        extra=extra,
        **(parties | {"producers": producers_of(described)}),  # type: ignore[arg-type]  # fields by name, from tables
        **{name: terms_of(described.findall(path)) for name, path in TERMS.items()},  # type: ignore[arg-type]  # same
        **{name: periods_of(described.findall(path)) for name, path in PERIODS.items()},  # type: ignore[arg-type]  # same
        **{name: _first(described.findall(path)) for name, path in PLAIN.items()},  # type: ignore[arg-type]  # same
        **texts,  # type: ignore[arg-type]  # same
    )


def _first(found: list[Element]) -> str:
    return text_of(found[0]) if found else ""


def _identifier(root: Element, described: Element) -> str:
    found = [*described.findall(ID), *root.findall(f"docDscr/{ID}")]
    return next((text for one in found if (text := text_of(one))), "")


def _slug(text: str) -> str:
    return NOT_A_WORD.sub("-", text).strip("-.")


def _kept(root: Element, described: Element, ids: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """What no field holds, by path."""
    pairs = [
        *attributes_left(described, MODELLED - {ID, OTHER_TITLE, RELATED, BIBLIOGRAPHIC, *PLAIN.values()}),
        *_beyond_the_first(described),
        *leftovers(described, "stdyDscr", MODELLED),
        *_whole(root, "docDscr"),
        *_whole(root, "otherMat"),
        *_of_variables(root, ids),
    ]
    return gathered(iter(pairs))


def _beyond_the_first(described: Element) -> Iterator[tuple[str, str]]:
    """Elements of which a field holds one, or that repeat in other words what a field holds."""
    for path in (*PLAIN.values(), ID):
        found = described.findall(path)
        changed = path == ID and _slug(_first(found)) != _first(found)
        yield from _pairs(path, found if changed else found[1:])
    if not titles_of(described)[1]:
        yield from _pairs(OTHER_TITLE, described.findall(OTHER_TITLE))
    citation = citation_of(described)
    yield from _pairs(
        BIBLIOGRAPHIC, [one for one in described.findall(BIBLIOGRAPHIC) if not same_citation(one, citation)]
    )


def _pairs(path: str, found: list[Element]) -> Iterator[tuple[str, str]]:
    return ((f"stdyDscr/{path}", value) for one in found if (value := value_of(one)))


def _whole(root: Element, tag: str) -> Iterator[tuple[str, str]]:
    for one in root.findall(tag):
        made_here = one.findtext("citation/prodStmt/software") == SOFTWARE or one.get("type") == DATA_FILE
        if not made_here and (value := value_of(one)):
            yield tag, value


def _of_variables(root: Element, ids: dict[str, str]) -> Iterator[tuple[str, str]]:
    for one in root.iterfind("dataDscr/var"):
        for child in one.iterchildren(*DESCRIPTIONS):
            if value := value_of(child):
                for file in _of_files(one, ids):
                    yield variable_path(file, one.get("name", ""), str(child.tag)), value


def _files(root: Element) -> tuple[tuple[DataFile, ...], dict[str, str]]:
    """The tables, and their names by id."""
    found = root.findall("fileDscr")
    ids: dict[str, str] = {}
    for at, one in enumerate(found, 1):
        ids[one.get("ID") or f"F{at}"] = _file_name(one, at, set(ids.values()))
    groups = {
        member: _first(group.findall("labl")) or group.get("name", "")
        for group in root.iterfind("dataDscr/varGrp")
        for member in (group.get("var") or "").split()
    }
    variables: dict[str, list[Variable]] = {name: [] for name in ids.values()}
    names = {one.get("ID", ""): one.get("name", "") for one in root.iterfind("dataDscr/var")}
    for one in root.iterfind("dataDscr/var"):
        for file in _of_files(one, ids):
            variables.setdefault(file, []).append(variable_of(one, groups.get(one.get("ID", ""), "")))
    described = dict(zip(ids.values(), found, strict=True))
    return tuple(_file(name, described.get(name), tuple(inside), names) for name, inside in variables.items()), ids


def _of_files(one: Element, ids: dict[str, str]) -> list[str]:
    """Names of the tables a variable stands in; the only table where it does not say."""
    told = (one.get("files") or "").split() or [place.get("fileid", "") for place in one.findall("location")]
    return [ids[file] for file in told if file in ids] or list(ids.values())[:1] or ["data"]


def _file_name(one: Element, at: int, taken: set[str]) -> str:
    told = ENDING.sub("", _first(one.findall("fileTxt/fileName"))).strip()
    name = _slug(told) or f"file{at}"
    return f"{name}-{at}" if name in taken else name


def _file(name: str, one: Element | None, variables: tuple[Variable, ...], names: dict[str, str]) -> DataFile:
    unique = tuple({variable.name: variable for variable in variables}.values())
    if one is None:
        return DataFile(name=name, variables=unique)
    group = one.find("fileTxt/fileStrc/recGrp")
    keys = (group.get("keyvar") or "").split() if group is not None else []
    notes = [(note.get("type", ""), text_of(note)) for note in one.findall("notes")]
    return DataFile(
        name=name,
        variables=unique,
        key=tuple(names[key] for key in keys if key in names),
        parent=next((text for sort, text in notes if sort == "parent"), ""),
        link=tuple(text for sort, text in notes if sort == "link"),
        labels=words_of(one.findall("fileTxt/fileCont")),
    )
