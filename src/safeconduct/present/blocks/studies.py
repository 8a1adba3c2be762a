"""The catalogue on screen: studies, variables, search, how to get files, editions and how to cite them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import assert_never

from markupsafe import Markup, escape

from safeconduct.model.study import Access
from safeconduct.model.text import Text, say
from safeconduct.present.blocks.texts import Download, Link, downloads
from safeconduct.present.filling import fill
from safeconduct.present.words import Words

Span = tuple[int, int]


def access_name(access: Access) -> Text:
    """What people call a way of getting files."""
    match access:
        case Access.PUBLIC_USE:
            return say("Public use")
        case Access.LICENSED:
            return say("On request")
        case Access.ENCLAVE:
            return say("Analysed where it is")
        case Access.NOT_AVAILABLE:
            return say("Described only")
        case _:
            assert_never(access)


def access_meaning(access: Access) -> Text:
    """What a way of getting files asks of a reader."""
    match access:
        case Access.PUBLIC_USE:
            return say("Anybody with an account who accepts the terms can download it.")
        case Access.LICENSED:
            return say("A committee decides on a request; a licence names each person.")
        case Access.ENCLAVE:
            return say("It is never downloaded; questions are sent to where it is.")
        case Access.NOT_AVAILABLE:
            return say("The files are not given out; this page says what they hold.")
        case _:
            assert_never(access)


def access_badge(words: Words, access: Access, *, explained: bool = False) -> Markup:
    """How files can be had, as a small sign with words; explained, with what it asks of a reader."""
    css = access.value.replace(" ", "-")
    badge = Markup('<span class="tag {}">{}</span>').format(css, words.say(access_name(access)))
    if not explained:
        return badge
    return badge + Markup(' <span class="hint">{}</span>').format(words.say(access_meaning(access)))


def marked(text: str, spans: Sequence[Span]) -> Markup:
    """A text with these parts marked, escaped; spans that overlap or hang out are cut to what fits.

    Example:
        >>> str(marked("Age & sex", [(0, 3)]))
        '<mark>Age</mark> &amp; sex'
    """
    parts, done = [], 0
    for first, last in sorted(spans):
        start, end = max(first, done), min(last, len(text))
        if start < end:
            parts += [escape(text[done:start]), Markup("<mark>{}</mark>").format(text[start:end])]
            done = end
    return Markup("").join([*parts, escape(text[done:])])


@dataclass(frozen=True, kw_only=True)
class StudyCard:
    """A study among the results of a search.

    Attributes:
        title: Its title; marked words may stand in it.
        href: Its page.
        producers: Who made it.
        countries: Where.
        years: When, such as `2024–2025`.
        access: How its files can be had.
        snippet: Where the words searched for stand in it.
        variables: How many variables are described; 0 where it is not told.
    """

    title: str | Markup
    href: str
    access: Access
    producers: str = ""
    countries: str = ""
    years: str = ""
    snippet: str | Markup = ""
    variables: int = 0


def study_card(words: Words, study: StudyCard) -> Markup:
    """A study in a few lines, with how to get it."""
    told = [one for one in (study.producers, study.countries, study.years) if one]
    return fill("study_card", words, study=study, told=told, badge=access_badge(words, study.access))


@dataclass(frozen=True, kw_only=True)
class VariableCard:
    """A variable among the results of a search.

    Attributes:
        name: Its name.
        href: Its page.
        label: What it is; marked words may stand in it.
        question: The question as it was asked.
        study: The study it is of.
    """

    name: str
    href: str
    study: Link
    label: str | Markup = ""
    question: str | Markup = ""


def variable_card(words: Words, variable: VariableCard, *aside: Markup) -> Markup:
    """A variable in a few lines, with its study; blocks such as `basket_button` stand beside it."""
    return fill("variable_card", words, variable=variable, aside=aside)


def basket_button(words: Words, *, action: str, csrf: str, variable: str, inside: bool) -> Markup:
    """Put a variable into the basket or take it out; says which variable to whoever cannot see the line."""
    return fill("basket_button", words, action=action, csrf=csrf, variable=variable, inside=inside)


@dataclass(frozen=True, kw_only=True)
class FacetValue:
    """One value to narrow a search by.

    Attributes:
        says: What it is.
        href: The search with it, or without it where it is chosen.
        studies: How many studies have it; never people.
        chosen: Whether the search is narrowed by it.
    """

    says: Text | str
    href: str
    studies: int
    chosen: bool = False


@dataclass(frozen=True, kw_only=True)
class Facet:
    """A property to narrow a search by, with its values."""

    title: Text | str
    values: Sequence[FacetValue]


def with_facets(results: Sequence[Markup], narrowing: Markup) -> Markup:
    """Results with the ways to narrow them beside them, or below them where there is no room."""
    return Markup('<div class="review"><div>{}</div><div>{}</div></div>').format(Markup("").join(results), narrowing)


def facets(words: Words, groups: Sequence[Facet]) -> Markup:
    """Ways to narrow a search, as links with how many studies are left; a chosen one says how to take it away."""
    return fill("facets", words, groups=[one for one in groups if one.values])


@dataclass(frozen=True, kw_only=True)
class Searched:
    """What is searched for.

    Attributes:
        text: The words.
        within: `studies` or `variables`.
        first: From this year on, `""` for any.
        last: Until this year, `""` for any.
        carried: Other filters in the address, by name; several of one name may stand there.
    """

    text: str = ""
    within: str = "studies"
    first: str = ""
    last: str = ""
    carried: Sequence[tuple[str, str]] = ()


def search_form(words: Words, searched: Searched, *, action: str, wrong: Text | str = "") -> Markup:
    """Search studies or variables; a form that only looks, so that a search can be kept as an address."""
    return fill("search_form", words, searched=searched, action=action, wrong=wrong)


def citation_box(words: Words, plain: str, files: Sequence[Download] = ()) -> Markup:
    """How to cite, ready to copy, and the same for programs that keep references."""
    return fill("citation_box", words, plain=plain, files=downloads(words, files) if files else Markup(""))


class Standing(StrEnum):
    """What became of an edition. `WITHDRAWN` leaves a tombstone: its page, its reason, no file."""

    CURRENT = "current"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, kw_only=True)
class VersionLine:
    """One edition of a study.

    Attributes:
        number: Its number.
        standing: What became of it.
        day: When it was released.
        href: Its page; a withdrawn one keeps it.
        says: What is new in it.
        reason: Why it was withdrawn; required for one that was.
        digest: SHA-256 of its manifest, `""` where it is not told.
    """

    number: int
    standing: Standing
    day: date
    href: str
    says: Text | str = ""
    reason: Text | str = ""
    digest: str = ""


def standing_name(standing: Standing) -> Text:
    """What became of an edition, in a word."""
    match standing:
        case Standing.CURRENT:
            return say("Current")
        case Standing.SUPERSEDED:
            return say("There is a newer one")
        case Standing.WITHDRAWN:
            return say("Withdrawn")
        case _:
            assert_never(standing)


def version_list(words: Words, versions: Sequence[VersionLine]) -> Markup:
    """Every edition, the newest first; withdrawn ones stay with their reason, and nothing to download."""
    newest = sorted(versions, key=lambda one: one.number, reverse=True)
    told = [(one, words.say(standing_name(one.standing)), words.day(one.day)) for one in newest]
    return fill("version_list", words, versions=told)
