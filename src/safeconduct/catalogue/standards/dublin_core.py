"""Dublin Core, the fifteen elements every harvester reads."""

from collections.abc import Iterator
from typing import ClassVar

from lxml import etree

from safeconduct.catalogue.base import Standard, standard
from safeconduct.catalogue.citation import authors, publisher
from safeconduct.catalogue.ddi.elements import LANGUAGE, XML_LANG, clean
from safeconduct.catalogue.entry import Entry
from safeconduct.model.microdata import Words
from safeconduct.model.study import Period
from safeconduct.model.text import Text, say

OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
DC = "http://purl.org/dc/elements/1.1/"
SCHEMA = "http://www.w3.org/2001/XMLSchema-instance"
Line = tuple[str, str, str]


@standard
class DublinCore(Standard):
    """Dublin Core in the envelope of OAI-PMH, `oai_dc`.

    Each language of a text is an element of its own, marked with `xml:lang`.

    References:
        Dublin Core Metadata Element Set 1.1, ISO 15836.
    """

    name: ClassVar[str] = "dublin_core"
    title: ClassVar[Text] = say("Description for library catalogues (Dublin Core)")
    media: ClassVar[str] = "application/xml"
    suffix: ClassVar[str] = ".dc.xml"

    def write(self, entry: Entry) -> bytes:
        """The entry as an `oai_dc` document."""
        spaces: dict[str | None, str] = {"oai_dc": OAI_DC, "dc": DC, "xsi": SCHEMA}
        root = etree.Element(f"{{{OAI_DC}}}dc", nsmap=spaces)  # type: ignore[arg-type]  # stubs want bytes or str keys
        root.set(f"{{{SCHEMA}}}schemaLocation", f"{OAI_DC} http://www.openarchives.org/OAI/2.0/oai_dc.xsd")
        for name, text, language in (*_described(entry), *_had(entry)):
            one = etree.SubElement(root, f"{{{DC}}}{name}")
            one.text = clean(text)
            if LANGUAGE.fullmatch(language):
                one.set(XML_LANG, language)
        return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _described(entry: Entry) -> Iterator[Line]:
    study = entry.study
    yield from _words("title", study.title)
    yield from (("creator", one, "") for one in authors(entry))
    yield from (("subject", one.text, "") for one in (*study.keywords, *study.topics))
    yield from _words("description", study.abstract)
    yield from _words("description", study.limits)
    yield from (("contributor", one.name, "") for one in (*study.funders, *study.collectors))
    yield from (("coverage", one.name, "") for one in study.countries)
    yield from _words("coverage", study.places)
    yield from (("coverage", _told(one), "") for one in study.periods or study.collected)
    yield from (("relation", one, "") for one in study.related)
    yield from (("language", one, "") for one in study.title if one)


def _had(entry: Entry) -> Iterator[Line]:
    """How the study can be had."""
    if publisher(entry):
        yield "publisher", publisher(entry), ""
    if entry.release:
        yield "date", entry.release.decided_at.date().isoformat(), ""
    yield "type", "Dataset", ""
    yield from (("format", media, "") for media in dict.fromkeys(one.media for one in entry.files))
    yield from (("identifier", one, "") for one in (entry.study.id, entry.page) if one)
    yield "rights", entry.access.value, "en"
    yield from _words("rights", entry.study.conditions)
    if entry.licence:
        yield "rights", entry.licence, ""


def _words(name: str, words: Words) -> Iterator[Line]:
    return ((name, text, language) for language, text in words.items() if text)


def _told(period: Period) -> str:
    return f"{period.first}/{period.last}" if period.last else period.first
