"""DCAT-AP, what open-data portals harvest."""

import re
from typing import ClassVar

from safeconduct.catalogue.base import Standard, standard
from safeconduct.catalogue.citation import publisher
from safeconduct.catalogue.entry import Entry
from safeconduct.catalogue.linked import ODRL_CONTEXT, RIGHTS, Tree, days, identifier, literals, offer, told, written
from safeconduct.model.canonical import Json
from safeconduct.model.editions import ReleasedFile
from safeconduct.model.study import Country, Party
from safeconduct.model.text import Text, say

COUNTRIES = "http://publications.europa.eu/resource/authority/country/"
ACCESS_RIGHTS = "http://publications.europa.eu/resource/authority/access-right/"
MEDIA = "https://www.iana.org/assignments/media-types/"
CONTEXT: Tree = {
    **ODRL_CONTEXT,
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "adms": "http://www.w3.org/ns/adms#",
    "spdx": "http://spdx.org/rdf/terms#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
SORTS = {4: "xsd:gYear", 7: "xsd:gYearMonth", 10: "xsd:date"}
ALPHA_3 = re.compile(r"[A-Z]{3}")


@standard
class DCAT(Standard):
    """DCAT-AP as JSON-LD, with the terms of use as ODRL.

    Access rights and countries are told in the European Union's vocabularies; an address to download a file is given
    only where anybody may have it.

    References:
        W3C (2024), Data Catalog Vocabulary version 3; SEMIC, DCAT-AP 3.0.
    """

    name: ClassVar[str] = "dcat"
    title: ClassVar[Text] = say("Description for data portals (DCAT-AP)")
    media: ClassVar[str] = "application/ld+json"
    suffix: ClassVar[str] = ".dcat.jsonld"

    def write(self, entry: Entry) -> bytes:
        """The entry as a `dcat:Dataset`."""
        return written({"@context": CONTEXT, "@id": identifier(entry), "@type": "dcat:Dataset", **_dataset(entry)})


def _dataset(entry: Entry) -> dict[str, Json]:
    study, release = entry.study, entry.release
    return told(
        {
            "dct:identifier": study.id,
            "dct:title": literals(study.title),
            "dct:description": [*literals(study.abstract), *literals(study.limits)],
            "dct:creator": [_agent(one) for one in study.producers],
            "dct:publisher": told({"@type": "foaf:Agent", "foaf:name": publisher(entry)}) if publisher(entry) else None,
            "dcat:contactPoint": [_contact(one) for one in study.contacts],
            "dcat:keyword": [one.text for one in study.keywords],
            "dct:subject": [told({"rdfs:label": one.text}) for one in study.topics],
            "dct:spatial": [_country(one) for one in study.countries],
            "dct:temporal": _temporal(entry),
            "dct:issued": _date(release.decided_at.date().isoformat()) if release else None,
            "dcat:version": str(release.edition) if release else None,
            "adms:versionNotes": literals(study.version),
            "dct:provenance": [
                {"@type": "dct:ProvenanceStatement", "rdfs:label": one} for one in literals(study.sampling)
            ],
            "dct:accessRights": {"@id": ACCESS_RIGHTS + RIGHTS[entry.access], "@type": "dct:RightsStatement"},
            "dct:license": {"@id": entry.licence} if entry.licence else None,
            "dct:bibliographicCitation": literals(study.citation),
            "dcat:landingPage": {"@id": entry.page} if entry.page else None,
            "odrl:hasPolicy": offer(entry),
            "dcat:distribution": [_distribution(entry, one) for one in entry.files],
        }
    )


def _agent(party: Party) -> Tree:
    return told({"@type": "foaf:Agent", "foaf:name": party.name, "rdfs:comment": party.role})


def _contact(party: Party) -> Tree:
    mail = "@" in party.address and "/" not in party.address
    return told(
        {
            "@type": "vcard:Kind",
            "vcard:fn": party.name,
            "vcard:hasEmail": {"@id": f"mailto:{party.address}"} if mail else None,
            "vcard:hasURL": {"@id": party.address} if party.address and not mail else None,
        }
    )


def _country(country: Country) -> Tree:
    known = {"@id": COUNTRIES + country.code} if ALPHA_3.fullmatch(country.code) else {}
    return {**known, "@type": "dct:Location", "rdfs:label": country.name}


def _temporal(entry: Entry) -> Json:
    first, last = days(entry.study.periods or entry.study.collected)
    if not first:
        return None
    return {"@type": "dct:PeriodOfTime", "dcat:startDate": _date(first), "dcat:endDate": _date(last)}


def _date(text: str) -> Tree:
    return told({"@value": text, "@type": SORTS.get(len(text))})


def _distribution(entry: Entry, file: ReleasedFile) -> Tree:
    return told(
        {
            "@id": f"{identifier(entry)}#{file.name}",
            "@type": "dcat:Distribution",
            "dct:title": file.name,
            "dct:description": {"@value": str(file.says), "@language": "en"},
            "dcat:accessURL": {"@id": entry.page} if entry.page else None,
            "dcat:mediaType": {"@id": MEDIA + file.media},
            "dcat:byteSize": {"@value": str(file.size), "@type": "xsd:nonNegativeInteger"},
            "dct:accessRights": {"@id": ACCESS_RIGHTS + RIGHTS[entry.access]},
            "spdx:checksum": {
                "@type": "spdx:Checksum",
                "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
                "spdx:checksumValue": {"@value": file.sha256, "@type": "xsd:hexBinary"},
            },
        }
    )
