"""Signs in values written as text: addresses, numbers of telephones and documents, places, names, people's own words.

A share is of the different values looked at, never of people.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from babel import Locale

from safeconduct.ingest.proposing_rules.signs import FEW, Seen, Sign, Source
from safeconduct.ingest.proposing_rules.topics import TOPICS
from safeconduct.ingest.proposing_rules.words import LANGUAGES, fold, is_about
from safeconduct.model.microdata import VariableRole
from safeconduct.model.text import Text, say

MOST = 0.6
SOME = 0.02
NAMED = 0.15
ALL_OF_A_SHAPE = 0.8
APART = 0.3
LONG = 40
FEWEST = 3


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What values look like.

    Attributes:
        pattern: A whole value of that shape.
        says: Why such values are direct identifiers.
        sure: The shape is unmistakable.
        inside: The shape where it stands inside a longer text, `None` where that tells nothing.
    """

    pattern: re.Pattern[str]
    says: Text
    sure: bool = True
    inside: re.Pattern[str] | None = None


_PHONE_ABROAD = r"(?:\+|00)\s?\d[\d\s().\-]{6,18}\d"
_PHONE_HERE = r"\(?0\d[\d\s().\-]{5,14}\d|\d{2,4}(?:[\s.\-]\d{2,4}){2,4}|\(\d{2,4}\)\s?\d[\d\s.\-]{4,12}"
_EMAIL = r"[^@\s]{1,64}@[^@\s]+\.[A-Za-z]{2,}"

SHAPES = (
    Shape(
        pattern=re.compile(_EMAIL),
        inside=re.compile(_EMAIL),
        says=say("Its values look like e-mail addresses."),
    ),
    Shape(
        pattern=re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE),
        says=say("Its values are addresses of web pages or files."),
    ),
    Shape(
        pattern=re.compile(r"\S[^/\\]*\.(?:jpe?g|png|heic|webp|mp3|m4a|amr|wav|ogg|mp4|3gp|mov|pdf)", re.IGNORECASE),
        says=say("Its values are names of pictures, recordings or documents."),
    ),
    Shape(
        pattern=re.compile(
            r"(?:uuid:)?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|(?:uuid:)?[0-9a-f]{32}"
            r"|(?:collect|ee\.[\w.]+|enketo[\w.]*|imei|android):\S{6,}",
            re.IGNORECASE,
        ),
        says=say("Its values are codes that a computer gave to one person, form or device."),
    ),
    Shape(
        pattern=re.compile(r"(?:\d{1,3}\.){3}\d{1,3}|(?:[0-9a-f]{2}[:\-]){5}[0-9a-f]{2}", re.IGNORECASE),
        says=say("Its values are network addresses of devices."),
    ),
    Shape(
        pattern=re.compile(
            r"-?\d{1,2}(?:\.\d+)? -?\d{1,3}(?:\.\d+)? -?\d+(?:\.\d+)? \d+(?:\.\d+)?"
            r"|-?\d{1,2}[.,]\d{3,}[\s,;]+-?\d{1,3}[.,]\d{3,}(?:[\s,;]+-?\d+(?:[.,]\d+)?){0,2}"
            r"|(?:SRID=\d+;)?(?:MULTI)?(?:POINT|LINESTRING|POLYGON)\s*Z?\s*\(.*"
            r"|\d{1,3}°\s?\d{1,2}['′].*|[23456789CFGHJMPQRVWX]{4,8}\+[23456789CFGHJMPQRVWX]{2,3}(?:\s.*)?",
            re.IGNORECASE,
        ),
        says=say("Its values are coordinates of places."),
    ),
    Shape(
        pattern=re.compile(r"\d{3}-\d{2}[A-Z]\d{5}|[A-Z]{3}-\d{2}-?[A-Z]?\d{5,8}", re.IGNORECASE),
        says=say("Its values look like registration or case numbers."),
    ),
    Shape(
        pattern=re.compile(_PHONE_ABROAD),
        inside=re.compile(_PHONE_ABROAD),
        says=say("Its values look like telephone numbers."),
    ),
    Shape(
        pattern=re.compile(_PHONE_HERE),
        says=say("Its values look like telephone numbers."),
        sure=False,
    ),
)  # fmt: skip
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T\s].*)?")
_TIME = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?.*")
_DIGITS = re.compile(r"\d")
_LETTERS = re.compile(r"[^\W\d_]")
_NAME = re.compile(r"[^\W\d_][^\W\d_'’.\-]*(?:[\s\-][^\W\d_][^\W\d_'’.\-]*){0,4}\.?")


def in_texts(seen: Seen) -> Iterator[Sign]:
    """Every sign in the values of a column of text."""
    if len(seen.texts) < FEWEST or seen.coded:
        return
    yield from _shaped(seen)
    yield from _masked(seen)
    yield from _names(seen)
    yield from _own_words(seen)


def _values(role: VariableRole, says: Text, *, weight: int, sure: bool = False, about: str = "") -> Sign:
    return Sign(role=role, says=says, source=Source.VALUES, weight=weight, sure=sure, about=about)


def share_of(pattern: re.Pattern[str], texts: tuple[str, ...]) -> float:
    """Share of the texts that are wholly of a pattern."""
    return sum(pattern.fullmatch(one) is not None for one in texts) / len(texts)


def _shaped(seen: Seen) -> Iterator[Sign]:
    if share_of(_DATE, seen.texts) >= MOST:
        return
    for shape in SHAPES:
        share = share_of(shape.pattern, seen.texts)
        if share >= MOST:
            yield _values(VariableRole.DIRECT, shape.says, weight=5, sure=shape.sure)
        elif shape.inside and sum(map(bool, map(shape.inside.search, seen.texts))) >= max(1, SOME * len(seen.texts)):
            yield _some(seen)


def _some(seen: Seen) -> Sign:
    if own_words(seen):
        says = say("People wrote in their own words here, e-mail addresses or telephone numbers too.")
        return _values(VariableRole.FREE_TEXT, says, weight=3)
    says = say("Some of its values hold an e-mail address or a telephone number.")
    return _values(VariableRole.DIRECT, says, weight=4)


def _masked(seen: Seen) -> Iterator[Sign]:
    """Codes of one make: the same letters, digits and signs at the same places, nearly every one different."""
    if len(seen.texts) < FEW or share_of(_DATE, seen.texts) >= MOST or share_of(_TIME, seen.texts) >= MOST:
        return
    masks = Counter(_LETTERS.sub("A", _DIGITS.sub("9", one)) for one in seen.texts)
    mask, count = masks.most_common(1)[0]
    if count >= ALL_OF_A_SHAPE * len(seen.texts) and mask.count("9") > FEWEST and seen.share >= ALL_OF_A_SHAPE:
        says = say("Its values are codes of one make, nearly every one different, like numbers of cases or documents.")
        yield _values(VariableRole.DIRECT, says, weight=4)


def _names(seen: Seen) -> Iterator[Sign]:
    if own_words(seen) or share_of(_NAME, seen.texts) < MOST:
        return
    given = sum(bool(_given(one) & given_names()) for one in seen.texts) / len(seen.texts)
    capital = sum(_titled(one) for one in seen.texts) / len(seen.texts)
    if given >= NAMED and seen.distinct >= FEWEST:
        yield _values(
            VariableRole.DIRECT, say("Its values look like names of people."), weight=5, sure=given >= MOST / 2
        )
    elif capital >= MOST and seen.share >= APART and seen.distinct > FEW:
        says = say("Its values are written like names, and many are different.")
        yield _values(VariableRole.DIRECT, says, weight=3)


def _given(text: str) -> set[str]:
    return {fold(one) for one in re.split(r"[\s\-]+", text)[:5]}


def _titled(text: str) -> bool:
    """Two words or more that begin with a capital, or stand in a script that has none."""
    parts = text.split()
    return len(parts) > 1 and all(one[0].isupper() or one[0].lower() == one[0].upper() for one in parts if len(one) > 2)  # noqa: PLR2004 - "de", "al" and the like are written small


@cache
def given_names() -> frozenset[str]:
    """Given names that are common in many countries, folded."""
    return frozenset(map(fold, files(__package__).joinpath("given_names.txt").read_text(encoding="utf-8").split()))


def own_words(seen: Seen) -> bool:
    """Whether values are long, of several words and mostly different, or were written in many lines."""
    if not seen.texts:
        return False
    long = sorted(map(len, seen.texts))[len(seen.texts) * 3 // 4]
    spaced = sum(one.count(" ") > FEWEST - 1 for one in seen.texts) / len(seen.texts)
    return long >= LONG and spaced >= APART and seen.share >= APART


def _own_words(seen: Seen) -> Iterator[Sign]:
    if own_words(seen):
        yield _values(
            VariableRole.FREE_TEXT,
            say("Its values are long, of several words and mostly different: people wrote in their own words."),
            weight=4, sure=True,
        )  # fmt: skip


def in_categories(seen: Seen) -> Iterator[Sign]:
    """Signs in what the categories of a column are called."""
    words = seen.words
    for topic in TOPICS if len(words) > 1 else ():
        if topic.listed and sum(is_about(topic.name, one) for one in words) >= MOST * len(words):
            yield _values(topic.role, topic.listed, weight=3, about=topic.name)
    if len(words) >= FEWEST and sum(fold(one) in _countries() for one in words) >= ALL_OF_A_SHAPE * len(words):
        yield _values(VariableRole.QUASI, say("Its values are names of countries."), weight=2, about="nationality")


@cache
def _countries() -> frozenset[str]:
    return frozenset(
        fold(name)
        for language in LANGUAGES
        for code, name in Locale(language).territories.items()
        if len(code) == 2  # noqa: PLR2004 - ISO 3166-1 alpha-2; longer codes are regions
    )
