"""Pieces of a DDI Codebook 2.5 document: names, order, texts."""

import re
from collections.abc import Iterator

from lxml import etree

from safeconduct.model.microdata import Words

Element = etree._Element  # noqa: SLF001 - lxml's own name for the type of its elements
NAMESPACE = "ddi:codebook:2_5"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
BLOCKS = frozenset({"p", "div", "itm", "head", "list", "li", "ul", "ol", "br", "h1", "h2", "h3", "tr", "txt"})
BESIDE = "ExtLink"
"""Element that carries what its parent has no attribute for; its `role` says what, its `title` holds it."""


def _children(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ORDER = {
    "codeBook": _children("docDscr stdyDscr fileDscr dataDscr otherMat"),
    "stdyDscr": _children("citation studyAuthorization stdyInfo studyDevelopment method dataAccs othrStdyMat notes"),
    "citation": _children("titlStmt rspStmt prodStmt distStmt serStmt verStmt biblCit holdings notes"),
    "titlStmt": _children("titl subTitl altTitl parTitl IDNo"),
    "rspStmt": _children("AuthEnty othId"),
    "prodStmt": _children("producer copyright prodDate prodPlac software fundAg grantNo"),
    "distStmt": _children("distrbtr contact depositr depDate distDate"),
    "serStmt": _children("serName serInfo"),
    "verStmt": _children("version verResp notes"),
    "stdyInfo": _children("studyBudget subject abstract sumDscr qualityStatement notes exPostEvaluation"),
    "subject": _children("keyword topcClas"),
    "sumDscr": _children("timePrd collDate nation geogCover geogUnit geoBndBox boundPoly anlyUnit universe dataKind"),
    "method": _children("dataColl notes anlyInfo stdyClas dataProcessing codingInstructions"),
    "dataColl": _children(
        "timeMeth dataCollector collectorTraining frequenc sampProc sampleFrame targetSampleSize deviat collMode "
        "resInstru instrumentDevelopment sources collSitu actMin ConOps weight cleanOps"
    ),
    "anlyInfo": _children("respRate EstSmpErr dataAppr"),
    "dataAccs": _children("setAvail useStmt notes"),
    "setAvail": _children("accsPlac origArch avlStatus collSize complete fileQnty notes"),
    "useStmt": _children("confDec specPerm restrctn contact citReq deposReq conditions disclaimer"),
    "othrStdyMat": _children("relMat relStdy relPubl othRefs"),
    "var": _children(
        "location labl imputation security embargo respUnit anlysUnit qstn valrng invalrng undocCod universe TotlResp "
        "sumStat txt stdCatgry catgryGrp catgry codInstr verStmt concept derivation varFormat geoMap catLevel notes"
    ),
}
"""Children of an element in the order the schema wants, for every element we build or put something into."""

INNER = {
    "geoBndBox": _children("westBL eastBL southBL northBL"),
    "targetSampleSize": _children("sampleSize sampleSizeFormula"),
    "sources": _children("dataSrc sourceCitation srcOrig srcChar srcDocu sources"),
    "docDscr": _children("citation guide docStatus docSrc controlledVocabUsed notes"),
}
"""The same for elements that are kept whole; other programs write them in any order."""

ONCE = frozenset({
    ("citation", "biblCit"), ("prodStmt", "copyright"), ("setAvail", "origArch"), ("setAvail", "collSize"),
    ("setAvail", "complete"), ("setAvail", "fileQnty"), ("sumDscr", "geoBndBox"), ("dataColl", "sources"),
    ("stdyInfo", "qualityStatement"), ("verStmt", "version"), ("verStmt", "verResp"), ("titlStmt", "titl"),
    ("var", "imputation"), ("var", "embargo"), ("var", "respUnit"), ("var", "anlysUnit"), ("var", "security"),
    *(("useStmt", one) for one in ("confDec", "specPerm", "restrctn", "citReq", "deposReq", "conditions",
                                   "disclaimer")),
})  # fmt: skip
"""Parent and child where the schema allows one."""


def clean(text: str) -> str:
    """A text an XML document can hold: without control characters, lines ended by a line feed."""
    return UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def element(tag: str, text: str = "", *, language: str = "", **attributes: str) -> Element:
    """An element with a text, a language, and those attributes that say something.

    Args:
        tag: Its name, without a namespace: `write_out` adds it.
        text: Its text.
        language: BCP 47, `""` for a language nobody named.
        **attributes: Attributes; one that is empty is left out, `_` in a name stands for `-`.
    """
    made = etree.Element(tag)
    made.text = clean(text) or None
    if LANGUAGE.fullmatch(language):
        made.set(XML_LANG, language)
    for name, value in attributes.items():
        if value:
            made.set(name.replace("_", "-"), clean(value))
    return made


def in_languages(tag: str, words: Words) -> Iterator[Element]:
    """One element a language."""
    return (element(tag, text, language=language) for language, text in words.items() if text)


def text_of(one: Element) -> str:
    """The text of an element and of what stands in it, without links; blocks stand on lines of their own."""
    if not len(one):
        return (one.text or "").strip()
    lines = "".join(_pieces(one)).splitlines()
    return "\n".join(line.strip() for line in lines if line.strip())


def _pieces(one: Element) -> Iterator[str]:
    yield one.text or ""
    for child in one:
        if child.tag in BLOCKS:
            yield "\n"
        if child.tag != BESIDE:
            yield from _pieces(child)
        if child.tag in BLOCKS:
            yield "\n"
        yield child.tail or ""


def language_of(one: Element) -> str:
    """The language an element is in: its own, or the nearest one around it."""
    now: Element | None = one
    while now is not None:
        said = now.get(XML_LANG) or now.get("xml-lang")
        if said:
            return str(said)
        now = now.getparent()
    return ""


def words_of(found: list[Element]) -> dict[str, str]:
    """Texts by language; two in one language stand below each other."""
    words: dict[str, str] = {}
    for one in found:
        if text := text_of(one):
            language = language_of(one)
            words[language] = f"{words[language]}\n\n{text}" if language in words else text
    return words


def place(root: Element, path: str, child: Element) -> None:
    """Put an element below a path of elements, the first of each name, made where there is none."""
    parent = root
    for tag in filter(None, path.split("/")):
        found = parent.find(tag)
        parent = etree.SubElement(parent, tag) if found is None else found
    parent.append(child)


def in_order(root: Element) -> None:
    """Bring the children of every element whose order we know into that order; equals stay as they are."""
    known = {**ORDER, **INNER}
    for one in list(root.iter(*known)):
        order = {tag: at for at, tag in enumerate(known[str(one.tag)])}
        children = sorted(one, key=lambda child: order.get(str(child.tag), len(order)))
        if list(one) != children:
            one[:] = children
