"""Descriptions as linked data: pieces of JSON that the JSON-LD standards share."""

import json
from collections.abc import Mapping, Sequence

from safeconduct.catalogue.entry import Entry, in_language
from safeconduct.model.canonical import Json
from safeconduct.model.microdata import Words
from safeconduct.model.study import Access, Period

Tree = Mapping[str, Json]
ODRL_CONTEXT: Tree = {
    "odrl": "http://www.w3.org/ns/odrl/2/",
    "sc": "urn:safeconduct:vocab#",
    "dpv": "https://w3id.org/dpv#",
}
RIGHTS: Mapping[Access, str] = {
    Access.PUBLIC_USE: "PUBLIC",
    Access.LICENSED: "RESTRICTED",
    Access.ENCLAVE: "RESTRICTED",
    Access.NOT_AVAILABLE: "NON_PUBLIC",
}
"""The European Union's word for each way a file can be had."""


def written(tree: Tree) -> bytes:
    """JSON for people and programs: indented, UTF-8, the same bytes for the same tree."""
    return json.dumps(tree, ensure_ascii=False, indent=1).encode()


def told(tree: Tree) -> dict[str, Json]:
    """A tree without members that say nothing."""
    return {name: value for name, value in tree.items() if value not in ("", None, [], {}, ())}


def literals(words: Words) -> list[Json]:
    """Texts with their languages, as JSON-LD writes them."""
    return [
        {"@value": text, "@language": language} if language else {"@value": text}
        for language, text in words.items()
        if text
    ]


def days(periods: Sequence[Period]) -> tuple[str, str]:
    """First and last date of several periods, `""` where there is none; as the study writes them."""
    firsts = [one.first for one in periods if one.first]
    lasts = [one.last or one.first for one in periods if one.last or one.first]
    return min(firsts, default=""), max(lasts, default="")


def identifier(entry: Entry) -> str:
    """An address for a study: its page, or a name of ours."""
    return entry.page or f"urn:safeconduct:study:{entry.study.id}"


def offer(entry: Entry) -> Tree:
    """What may be done with the files and what must not, as an ODRL offer; purposes are named one by one.

    A purpose that is not listed is not granted: a narrower or wider one never follows from another.
    """
    permission = told(
        {
            "odrl:target": {"@id": identifier(entry)},
            "odrl:action": {"@id": "odrl:use"},
            "odrl:constraint": [
                {
                    "odrl:leftOperand": {"@id": "odrl:purpose"},
                    "odrl:operator": {"@id": "odrl:isAnyOf"},
                    "odrl:rightOperand": [{"@id": one} for one in entry.purposes],
                }
            ]
            if entry.purposes
            else [],
        }
    )
    forbidden: list[Json] = [
        {"odrl:target": {"@id": identifier(entry)}, "odrl:action": {"@id": one}} for one in entry.prohibited
    ]
    return told(
        {
            "@id": f"{identifier(entry)}#offer",
            "@type": "odrl:Offer",
            "odrl:permission": [] if entry.access is Access.NOT_AVAILABLE else [permission],
            "odrl:prohibition": forbidden,
        }
    )


def summary(entry: Entry, language: str = "en") -> str:
    """What the study is about, and whom it does not speak of."""
    texts = (in_language(entry.study.abstract, language), in_language(entry.study.limits, language))
    return "\n\n".join(text for text in texts if text) or in_language(entry.study.title, language) or entry.study.id
