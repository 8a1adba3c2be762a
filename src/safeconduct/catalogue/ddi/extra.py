"""What an imported description says that we do not model: kept by path, written back where the schema has a place.

A text stands as it is; an element with attributes or elements of its own stands as the XML text of itself. Statistics
are never kept: they would be numbers about people that no release check saw.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy

from lxml import etree

from safeconduct.catalogue.ddi.elements import ONCE, ORDER, Element, element, place, text_of

STATISTICS = frozenset({"sumStat", "catStat", "TotlResp", "valrng", "caseQnty", "dataFingerprint", "mrow"})
FINGERPRINT = "UNF"
DESCRIPTIONS = frozenset({"imputation", "embargo", "respUnit", "anlysUnit", "stdCatgry", "codInstr", "concept", "txt"})
"""Elements of a variable that are kept: descriptions, never figures."""

PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True)
REFERENCES = frozenset({"ID", "sdatrefs", "methrefs", "pubrefs", "access", "refs"})
"""Attributes that point into their own document; elsewhere they would point at nothing, or at something else."""

ATTRIBUTES = {
    "abstract": {"date", "contentType"}, "anlyUnit": {"unit"}, "cleanOps": {"agency"}, "confDec": {"formNo", "URI"},
    "dataAppr": {"type"}, "dataCollector": {"abbr"}, "distrbtr": {"abbr"}, "fundAg": {"abbr"}, "producer": {"abbr"},
    "resInstru": {"type"}, "universe": {"level", "clusion"}, "version": {"date", "type"},
}  # fmt: skip
"""Attributes of elements that fields hold, which no field holds: kept, and written back as the schema allows."""

OF_THE_ARCHIVE = frozenset({"accsPlac", "avlStatus"})
"""What an archive says of itself; marked `source="archive"` it is not read: the next archive says its own."""

Extra = Mapping[str, tuple[str, ...]]


def leftovers(root: Element, path: str, modelled: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Path and value of everything below an element that no field holds.

    Args:
        root: Where to look.
        path: Its own path, such as `stdyDscr`.
        modelled: Paths below it that fields hold.
    """
    for child in root:
        here = f"{path}/{child.tag}"
        if here.partition("/")[2] in modelled or (child.tag in OF_THE_ARCHIVE and child.get("source") == "archive"):
            continue
        if child.tag in ORDER:
            yield from leftovers(child, here, modelled)
        elif (value := value_of(child)) is not None:
            yield here, value


def value_of(one: Element) -> str | None:
    """An element as it is kept: its text, or itself as XML; `None` where nothing of it may be kept."""
    if one.tag in STATISTICS or FINGERPRINT in (one.get("type") or ""):
        return None
    for figure in list(one.iter(*STATISTICS)):
        parent = figure.getparent()
        if parent is not None:
            parent.remove(figure)
    _tidy(one)
    if len(one) or one.attrib:
        return _as_xml(one)
    text = text_of(one)
    return _as_xml(one) if text.startswith("<") else text or None


def _as_xml(one: Element) -> str:
    alone = deepcopy(one)
    etree.cleanup_namespaces(alone)
    return str(etree.tostring(alone, encoding="unicode", with_tail=False))


def _tidy(one: Element) -> None:
    """Take out what means something only where the element stood: references, empty lines, unknown sources."""
    for part in one.iter():
        for name in REFERENCES & set(map(str, part.attrib)):
            del part.attrib[name]
        if part.get("source") not in {None, "archive", "producer"}:
            del part.attrib["source"]
        if len(part) and not (part.text or "").strip():
            part.text = None
        if part is not one and not (part.tail or "").strip():
            part.tail = None


def put_back(root: Element, prefix: str, extra: Extra) -> None:
    """Put what was kept below `prefix` back under a root, where the schema has a place for it."""
    for path, values in extra.items():
        parent, _, tag = path.removeprefix(f"{prefix}/").rpartition("/")
        if not path.startswith(f"{prefix}/") or tag not in ORDER.get(_last(parent) or str(root.tag), ()):
            continue
        for value in values:
            if not _taken(root, parent, tag):
                place(root, parent, revived(tag, value))


def _last(path: str) -> str:
    return path.rpartition("/")[2]


def _taken(root: Element, parent: str, tag: str) -> bool:
    where = f"{parent}/{tag}" if parent else tag
    return (_last(parent) or str(root.tag), tag) in ONCE and root.find(where) is not None


def revived(tag: str, value: str) -> Element:
    """An element from what was kept of it; what is no XML of that element stands as text."""
    if value.startswith("<"):
        try:
            found = etree.fromstring(value.encode(), PARSER)
        except etree.XMLSyntaxError:
            return element(tag, value)
        if found.tag == tag:
            return found
    return element(tag, value)


def gathered(pairs: Iterator[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Values by path, in their order."""
    found: dict[str, list[str]] = {}
    for path, value in pairs:
        found.setdefault(path, []).append(value)
    return {path: tuple(values) for path, values in found.items()}


def attributes_left(root: Element, modelled: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Path with `/@name` and value of attributes no field holds; `""` for an element of that path without it."""
    for path in sorted(modelled):
        found = root.findall(path)
        for name in sorted(ATTRIBUTES.get(_last(path), ())):
            if any(one.get(name) for one in found):
                yield from ((f"{root.tag}/{path}/@{name}", one.get(name, "")) for one in found)


def attributes_back(root: Element, extra: Extra) -> None:
    """Give attributes back to the elements they stood at, where those are still as many."""
    for path, values in extra.items():
        where, _, name = path.rpartition("/@")
        known = name in ATTRIBUTES.get(_last(where), ())
        found = root.findall(where.removeprefix(f"{root.tag}/")) if known else []
        if len(found) == len(values):
            for one, value in zip(found, values, strict=True):
                if value and name not in one.attrib:
                    one.set(name, value)


OF_VARIABLES = "dataDscr/var/"


def variable_path(file: str, name: str, tag: str) -> str:
    """Path of what is kept of a variable."""
    return f"{OF_VARIABLES}{tag}/{file}.{name}"


def of_variables(extra: Extra) -> dict[str, dict[str, tuple[str, ...]]]:
    """What is kept of each variable, by `file.name`, with paths below `var`."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for path, values in extra.items():
        tag, _, variable = path.removeprefix(OF_VARIABLES).partition("/")
        if path.startswith(OF_VARIABLES) and tag in DESCRIPTIONS:
            found.setdefault(variable, {})[f"var/{tag}"] = values
    return found
