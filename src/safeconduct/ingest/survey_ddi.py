"""DDI Codebook: what it says of the columns of a data file, and where in a line each of them stands.

Read by the paths of DDI Codebook 2.5; older and newer versions name these elements alike. Its statistics are left.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from safeconduct.ingest.survey_base import Arrived, cannot_use, told
from safeconduct.ingest.survey_names import table_name
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import Category, Measurement, Variable, VariableType, Words
from safeconduct.model.text import say

Element = etree._Element  # noqa: SLF001 - lxml's own name for the type of its elements
MOST_BYTES = 64 << 20
DIGITS = 6  # of a place in a line
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NATURE = {"nominal": Measurement.NOMINAL, "ordinal": Measurement.ORDINAL,
          "interval": Measurement.SCALE, "ratio": Measurement.SCALE, "percent": Measurement.SCALE}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a column stands in a line.

    Attributes:
        start: Its first character, from 0.
        stop: The character after its last.
    """

    start: int
    stop: int


@dataclass(frozen=True, kw_only=True)
class Column:
    """A described column.

    Attributes:
        variable: What is known about it.
        text: The description says that it is text.
        place: Where it stands in a line of fixed width, `None` where nobody says.
        decimals: Digits after the point, by the description.
    """

    variable: Variable
    text: bool
    place: Place | None
    decimals: int


@dataclass(frozen=True, kw_only=True)
class Codebook:
    """What a description says of one data file.

    Attributes:
        name: The file's name as it is written there, `""` for none.
        columns: Its columns, in order.
        key: Columns that tell its rows apart.
        labels: What the file is.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    labels: Words

    @property
    def stem(self) -> str:
        """The file's name without its ending, in small letters."""
        return re.sub(r"\.[A-Za-z0-9]{1,8}$", "", self.name.strip()).casefold()

    @property
    def fixed(self) -> bool:
        """Whether it says of every column where in a line it stands."""
        return bool(self.columns) and all(one.place for one in self.columns)


@dataclass(frozen=True, kw_only=True)
class Description:
    """A whole description.

    Attributes:
        id: The study's identifier, `""` for none.
        title: Its title, by language.
        files: Its data files.
    """

    id: str
    title: Words
    files: tuple[Codebook, ...]


def is_ddi(arrived: Arrived) -> bool:
    """Whether a file is a DDI Codebook, by its name and first bytes."""
    return arrived.ending in {".xml", ".ddi"} and b"codeBook" in arrived.head(4096)


def description_of(arrived: Arrived) -> Description:
    """Read a description. Nothing outside it is fetched, and entities are not resolved.

    Raises:
        Unreadable: It is no XML.
        BadInput: It is too long, declares entities, or describes no data file.
    """
    root = _root(arrived)
    ids = {one.get("ID") or f"F{at}": one for at, one in enumerate(root.findall("fileDscr"), 1)}
    variables = root.findall("dataDscr/var")
    names = {one.get("ID", ""): one.get("name", "") for one in variables}
    files = tuple(_file(ids.get(id_), _of(variables, id_, ids), names) for id_ in (ids or ("",)))
    if not any(one.columns for one in files):
        raise cannot_use(
            say("{file} describes no variable, so no data file can be read with it.", file=arrived.base), arrived
        )
    return Description(
        id=_first(root, "stdyDscr/citation/titlStmt/IDNo"),
        title=_words(root.findall("stdyDscr/citation/titlStmt/titl")),
        files=files,
    )


def _root(arrived: Arrived) -> Element:
    if arrived.size > MOST_BYTES:
        raise cannot_use(say("{file} is longer than 64 MiB; send one study at a time.", file=arrived.base), arrived)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    with told(arrived), arrived.open() as stream:
        root = etree.fromstring(stream.read(), parser)
    inside = root.getroottree().docinfo.internalDTD
    if inside is not None and _has_entities(inside):
        raise cannot_use(
            say("{file} defines entities, which may hide anything; save it without them.", file=arrived.base), arrived
        )
    for one in root.iter("*"):
        one.tag = etree.QName(one).localname
    return root


def _has_entities(dtd: Any) -> bool:
    return any(True for _ in dtd.iterentities())


def _of(variables: Sequence[Element], id_: str, ids: dict[str, Element]) -> list[Element]:
    """The variables of a file; those that name none belong to the first."""
    first = next(iter(ids), "")
    found = []
    for one in variables:
        said = (one.get("files") or "").split() or [place.get("fileid", "") for place in one.findall("location")]
        mine = [each for each in said if each in ids] or [first]
        if id_ in mine:
            found.append(one)
    return found


def _file(one: Element | None, variables: Sequence[Element], names: dict[str, str]) -> Codebook:
    columns = tuple(_column(each) for each in variables if each.get("name"))
    if one is None:
        return Codebook(name="", columns=columns, key=(), labels={})
    group = one.find("fileTxt/fileStrc/recGrp")
    key = (group.get("keyvar") or "").split() if group is not None else []
    return Codebook(
        name=_first(one, "fileTxt/fileName") or one.get("URI", ""),
        columns=columns,
        key=tuple(names[each] for each in key if each in names),
        labels=_words(one.findall("fileTxt/fileCont")),
    )


def _column(one: Element) -> Column:
    form = one.find("varFormat")
    sort = "" if form is None else form.get("type", "")
    return Column(
        variable=_variable(one, form),
        text=sort == "character" or one.get("representationType") == "text",
        place=next(_places(one), None),
        decimals=_number(one.get("dcml")),
    )


def _places(one: Element) -> Iterator[Place]:
    """Where it stands; several records a case are not read."""
    for place in one.findall("location"):
        start, stop, width = (_number(place.get(name)) for name in ("StartPos", "EndPos", "width"))
        if start and (stop or width) and place.get("RecSegNo", "1") in {"", "1"}:
            yield Place(start=start - 1, stop=stop or start - 1 + width)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= DIGITS else 0


def _variable(one: Element, form: Element | None) -> Variable:
    categories = tuple(_categories(one))
    derivation = one.find("derivation")
    return Variable(
        name=one.get("name", ""),
        type=VariableType.TEXT,
        labels=_words(one.findall("labl")),
        categories=categories,
        missing_codes=_missing(one, categories),
        missing_ranges=tuple(_ends(each) for each in one.iterfind("invalrng/range")),
        measurement=_measurement(one),
        questions=_words(one.findall("qstn/qstnLit"))
        or _words([each for each in one.findall("qstn") if not len(each)]),
        hints=_words(one.findall("qstn/ivuInstr")),
        universe="\n\n".join(filter(None, map(_text, one.findall("universe")))),
        relevant="\n\n".join(filter(None, map(_text, one.findall("qstn/preQTxt")))),
        format="" if form is None else form.get("formatname", ""),
        unit=one.get("measUnit", ""),
        derivation="" if derivation is None else _text(derivation),
        security="\n\n".join(filter(None, map(_text, one.findall("security")))),
    )


def _categories(one: Element) -> Iterator[Category]:
    for each in one.findall("catgry"):
        value = each.find("catValu")
        code = "" if value is None else _text(value)
        if code:
            yield Category(code=code, labels=_words(each.findall("labl")), missing=each.get("missing") == "Y")


def _missing(one: Element, categories: Sequence[Category]) -> tuple[str, ...]:
    listed = [each.get("VALUE", "") for each in one.iterfind("invalrng/item")]
    return tuple(dict.fromkeys(filter(None, [*listed, *(each.code for each in categories if each.missing)])))


def _ends(one: Element) -> tuple[str, str]:
    return one.get("min") or one.get("minExclusive") or "-inf", one.get("max") or one.get("maxExclusive") or "inf"


def _measurement(one: Element) -> Measurement:
    nature = one.get("nature", "")
    if not nature and one.get("intrvl") == "contin":
        return Measurement.SCALE
    return NATURE.get(nature, Measurement.UNKNOWN)


def _text(one: Element) -> str:
    return " ".join("".join(str(piece) for piece in one.itertext()).split())


def _first(one: Element, path: str) -> str:
    found = one.find(path)
    return "" if found is None else _text(found)


def _words(found: Sequence[Element]) -> dict[str, str]:
    """Texts by language; a second in the same language is left."""
    words: dict[str, str] = {}
    for one in found:
        if text := _text(one):
            words.setdefault(_language(one), text)
    return words


def _language(one: Element) -> str:
    now: Element | None = one
    while now is not None:
        if said := now.get(LANG) or now.get("xml-lang"):
            return str(said)
        now = now.getparent()
    return ""


def paired(description: Description, data: Sequence[Arrived], about: Arrived) -> list[tuple[Codebook, Arrived]]:
    """Each described file with its data: by name, or the only one of each.

    Raises:
        BadInput: A data file is described nowhere by its name, and there is more than one to choose from.
    """
    described = [one for one in description.files if one.columns]
    if len(described) == len(data) == 1:
        return [(described[0], data[0])]
    by_stem = {one.stem: one for one in described}
    for one in data:
        if one.stem.casefold() not in by_stem:
            raise _nobody(one, about)
    return [(by_stem[one.stem.casefold()], one) for one in data]


def _nobody(one: Arrived, about: Arrived) -> BadInput:
    return cannot_use(
        say("{about} does not describe a file called {file}; rename it as the description calls it.",
            about=about.base, file=one.base),
        one,
    )  # fmt: skip


def study_id(text: str) -> str:
    """A study's identifier as ours are written."""
    return table_name(text).lower() if text else ""
