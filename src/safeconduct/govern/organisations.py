"""Organisations: what sort they are, and whether two names are of the same one."""

import unicodedata
from enum import StrEnum

from safeconduct.model.text import Text, say


class OrganisationKind(StrEnum):
    """What sort of organisation asks for data or brings it: NADA's eight, and three we meet."""

    PUBLIC = "line ministry or public administration"
    UNIVERSITY = "university"
    RESEARCH_CENTRE = "research centre"
    COMPANY = "private company"
    INTERNATIONAL = "international organisation"
    NATIONAL_NGO = "national non-governmental organisation"
    INTERNATIONAL_NGO = "international non-governmental organisation"
    OTHER = "other"
    MOBILE_OPERATOR = "mobile operator"
    REGULATOR = "regulator"
    REFUGEE_LED = "refugee-led organisation"

    @property
    def says(self) -> Text:
        """Its name on a form."""
        return WORDS[self]


WORDS = {
    OrganisationKind.PUBLIC: say("Line ministry or public administration"),
    OrganisationKind.UNIVERSITY: say("University"),
    OrganisationKind.RESEARCH_CENTRE: say("Research centre"),
    OrganisationKind.COMPANY: say("Private company"),
    OrganisationKind.INTERNATIONAL: say("International organisation"),
    OrganisationKind.NATIONAL_NGO: say("National non-governmental organisation"),
    OrganisationKind.INTERNATIONAL_NGO: say("International non-governmental organisation"),
    OrganisationKind.OTHER: say("Another sort of organisation"),
    OrganisationKind.MOBILE_OPERATOR: say("Mobile operator"),
    OrganisationKind.REGULATOR: say("Regulator"),
    OrganisationKind.REFUGEE_LED: say("Refugee-led organisation"),
}
"""The name of each sort on a form."""

COMMERCIAL = frozenset({OrganisationKind.COMPANY, OrganisationKind.MOBILE_OPERATOR})
"""Sorts that exist to earn."""

UNSURE = frozenset({OrganisationKind.OTHER})
"""Sorts that say nothing of whether they earn; a person looks."""


def same_organisation(one: str, other: str) -> bool:
    """Whether two names are of one organisation, however they are capitalised, spaced and accented.

    Two organisations nobody named are not the same one.

    Example:
        >>> same_organisation("Université de  Goma", "UNIVERSITE DE GOMA"), same_organisation("", "")
        (True, False)
    """
    return bool(_plain(one)) and _plain(one) == _plain(other)


def _plain(name: str) -> str:
    apart = unicodedata.normalize("NFKD", name)
    return " ".join("".join(one for one in apart if not unicodedata.combining(one)).casefold().split())
