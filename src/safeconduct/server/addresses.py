"""Addresses of pages that other pages lead to, each written once."""

from collections.abc import Iterable
from urllib.parse import quote, urlencode


def asking(path: str, pairs: Iterable[tuple[str, str]]) -> str:
    """An address with what is asked of it; empty answers are left out.

    Example:
        >>> asking("/catalogue", [("q", "âge"), ("from", "")])
        '/catalogue?q=%C3%A2ge'
    """
    said = [(name, value) for name, value in pairs if value]
    return f"{path}?{urlencode(said)}" if said else path


def study_page(study: str) -> str:
    """The page of a study of the catalogue."""
    return f"/catalogue/{quote(study, safe='')}"


def variable_page(study: str, file: str, name: str) -> str:
    """The page of a variable of the catalogue; a name may hold slashes, which forms of surveys like."""
    return f"{study_page(study)}/{quote(file, safe='')}/{quote(name, safe='/')}"


def variable_id(study: str, file: str, name: str) -> str:
    """What a basket calls a variable.

    Example:
        >>> variable_parts(variable_id("A_2026", "members", "group/age"))
        ('A_2026', 'members', 'group/age')
    """
    return f"{study}/{file}/{name}"


def variable_parts(id: str) -> tuple[str, str, str]:  # noqa: A002 - what a basket calls it
    """Study, table and name of a variable in a basket; empty ones where the id is none."""
    study, _, rest = id.partition("/")
    file, _, name = rest.partition("/")
    return study, file, name


def request_page(request: str, part: str = "") -> str:
    """The page of a request, or of one part of its form."""
    return f"/projects/requests/{quote(request, safe='')}" + (f"/{part}" if part else "")


def licence_page(licence: str) -> str:
    """The page of a licence."""
    return f"/projects/licences/{quote(licence, safe='')}"


def review_page(edition: str) -> str:
    """The page of a review; the id of an edition is its study and its number."""
    return f"/reviews/{quote(edition, safe='/')}"
