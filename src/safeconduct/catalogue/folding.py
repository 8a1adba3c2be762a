"""Words as search compares them: without accents, capitals and plural endings, in four languages.

Folding is the same for what is kept and what is asked, so it may be rough; it must only be the same.
"""

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

MARKS = "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
WORD = re.compile(f"[^\\W_]+(?:[{MARKS}]+[^\\W_]*)*")
LETTERS = str.maketrans({
    "œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "þ": "th", "ð": "d",
    "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ـ": "",
    **{chr(0x0660 + digit): str(digit) for digit in range(10)},
    **{chr(0x06F0 + digit): str(digit) for digit in range(10)},
})  # fmt: skip
ARTICLES = ("وال", "بال", "فال", "كال", "لل", "ال")
ARABIC_ENDINGS = ("ات", "ون", "ين", "ان", "ه")
SHORTEST = 3
LONG = 6


@lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """A word in small letters without accents, Arabic vowel marks, and different shapes of one letter.

    Example:
        >>> fold("Déplacés"), fold("إِقَامَة")
        ('deplaces', 'اقامه')
    """
    parts = unicodedata.normalize("NFKD", word.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign)).translate(LETTERS)


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """A word without accents and without the ending that many things or another gender have.

    Example:
        >>> [stem(word) for word in ("households", "hogares", "hogar", "déplacées", "déplacé", "النازحين", "نازح")]
        ['household', 'hogar', 'hogar', 'deplac', 'deplac', 'نازح', 'نازح']
    """
    folded = fold(word)
    if not folded.isascii():
        return _arabic(folded)
    if len(folded) <= SHORTEST or folded[-1].isdigit():
        return folded
    return _latin(folded)


def _latin(word: str) -> str:
    """Rules in this order: -ies and -y, -eaux and -aux, -s, -e, and -a or -o of longer words."""
    if word.endswith("ies"):
        return word[:-2]
    if word.endswith("y"):
        return word[:-1] + "i"
    if word.endswith("eaux"):
        return word[:-1]
    if word.endswith("aux"):
        return word[:-2] + "l"
    if word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    while word.endswith("e") and len(word) > SHORTEST:
        word = word[:-1]
    return word[:-1] if len(word) >= LONG and word[-1] in "ao" else word


def _arabic(word: str) -> str:
    for article in ARTICLES:
        if word.startswith(article) and len(word) - len(article) >= SHORTEST:
            word = word[len(article) :]
            break
    for ending in ARABIC_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST:
            return word[: -len(ending)]
    return word


def stems(text: str) -> tuple[str, ...]:
    """The stems of a text's words, in order."""
    return tuple(stem(word) for word in WORD.findall(text))


@cache
def common() -> frozenset[str]:
    """Stems of words too common to look for."""
    lines = _lines("common.txt")
    return frozenset(one for line in lines for one in stems(line))


@cache
def rings() -> dict[tuple[str, ...], frozenset[tuple[str, ...]]]:
    """What else is looked for when a word or phrase is asked for: the rest of every ring it stands in."""
    found: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    for line in _lines("synonyms.txt"):
        ring = {stems(one) for one in line.split("|")} - {()}
        for one in ring:
            found.setdefault(one, set()).update(ring - {one})
    return {one: frozenset(others) for one, others in found.items()}


def _lines(name: str) -> list[str]:
    text = files("safeconduct.catalogue.words").joinpath(name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
