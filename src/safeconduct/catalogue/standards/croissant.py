"""Croissant, what machine-learning tools and data search engines read."""

from collections.abc import Iterator, Mapping
from typing import ClassVar

from safeconduct.catalogue.base import Standard, standard
from safeconduct.catalogue.citation import authors, plain, publisher, year
from safeconduct.catalogue.entry import Entry, in_language
from safeconduct.catalogue.linked import ODRL_CONTEXT, Tree, days, identifier, offer, summary, told, written
from safeconduct.model.canonical import Json
from safeconduct.model.editions import ReleasedFile
from safeconduct.model.microdata import DataFile, Variable, VariableType
from safeconduct.model.text import Text, say

CONFORMS_TO = "http://mlcommons.org/croissant/1.0"
CONTEXT: Tree = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
TYPES: Mapping[VariableType, str] = {
    VariableType.INTEGER: "sc:Integer",
    VariableType.NUMBER: "sc:Float",
    VariableType.TEXT: "sc:Text",
    VariableType.BOOLEAN: "sc:Boolean",
    VariableType.DATE: "sc:Date",
    VariableType.MOMENT: "sc:Date",
}
CSV = "text/csv"


@standard
class Croissant(Standard):
    """A schema.org `Dataset` with Croissant's files, tables and columns.

    A table's columns are told where the edition has a CSV file of that table. The address of a file is the study's
    page: files are given to people, not to crawlers.

    References:
        MLCommons, Croissant format specification 1.0; Croissant RAI vocabulary 1.0.
    """

    name: ClassVar[str] = "croissant"
    title: ClassVar[Text] = say("Description for search engines and machine learning (Croissant)")
    media: ClassVar[str] = "application/ld+json"
    suffix: ClassVar[str] = ".croissant.json"

    def write(self, entry: Entry) -> bytes:
        """The entry as a Croissant file."""
        context = {**CONTEXT, **ODRL_CONTEXT, "sc": "https://schema.org/", "safeconduct": ODRL_CONTEXT["sc"]}
        return written({"@context": context, "@type": "sc:Dataset", **_dataset(entry)})


def _dataset(entry: Entry) -> dict[str, Json]:
    study, release = entry.study, entry.release
    first, last = days(study.periods or study.collected)
    return told(
        {
            "name": in_language(study.title, "en") or study.id,
            "conformsTo": CONFORMS_TO,
            "description": summary(entry),
            "identifier": study.id,
            "url": identifier(entry),
            "license": entry.licence or in_language(study.conditions, "en") or "See the study's page.",
            "creator": [{"@type": "sc:Organization", "name": one} for one in authors(entry)],
            "publisher": {"@type": "sc:Organization", "name": publisher(entry)} if publisher(entry) else None,
            "datePublished": release.decided_at.date().isoformat() if release else year(entry),
            "version": f"{release.edition}.0.0" if release else None,
            "keywords": [one.text for one in (*study.keywords, *study.topics)],
            "inLanguage": [language for language in study.title if language],
            "spatialCoverage": [one.name for one in study.countries],
            "temporalCoverage": f"{first}/{last}" if first else None,
            "citeAs": plain(entry),
            "conditionsOfAccess": entry.access.value,
            "isLiveDataset": False,
            "sameAs": entry.page,
            "rai:dataLimitations": in_language(study.limits, "en"),
            "rai:dataCollection": in_language(study.mode, "en"),
            "usageInfo": _named(offer(entry)),
            "distribution": [_file(entry, one) for one in entry.files],
            "recordSet": list(_tables(entry)),
        }
    )


def _named(tree: Tree) -> Json:
    """An offer whose own words do not look like schema.org's."""

    def told_again(value: Json) -> Json:
        if isinstance(value, str):
            return value.replace("sc:", "safeconduct:", 1) if value.startswith("sc:") else value
        if isinstance(value, Mapping):
            return {name: told_again(one) for name, one in value.items()}
        return [told_again(one) for one in value] if isinstance(value, list | tuple) else value

    return told_again(tree)


def _file(entry: Entry, file: ReleasedFile) -> Tree:
    return {
        "@type": "cr:FileObject",
        "@id": file.name,
        "name": file.name,
        "description": str(file.says),
        "contentUrl": identifier(entry),
        "contentSize": f"{file.size} B",
        "encodingFormat": file.media,
        "sha256": file.sha256,
    }


def _tables(entry: Entry) -> Iterator[Tree]:
    plain_files = {one.name for one in entry.files if one.media.partition(";")[0] == CSV}
    for table in entry.tables:
        if f"{table.name}.csv" in plain_files:
            yield told(
                {
                    "@type": "cr:RecordSet",
                    "@id": table.name,
                    "name": table.name,
                    "description": in_language(table.labels, "en"),
                    "key": [{"@id": f"{table.name}/{name}"} for name in table.key if name in table],
                    "field": [_column(table, one) for one in table.variables],
                }
            )


def _column(table: DataFile, variable: Variable) -> Tree:
    return told(
        {
            "@type": "cr:Field",
            "@id": f"{table.name}/{variable.name}",
            "name": variable.name,
            "description": in_language(variable.labels, "en") or variable.name,
            "dataType": TYPES[variable.type],
            "source": {"fileObject": {"@id": f"{table.name}.csv"}, "extract": {"column": variable.name}},
        }
    )
