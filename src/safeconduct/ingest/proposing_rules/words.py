"""Words in names, labels and questions: cut, folded and compared whole, so that `village` does not speak of age."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

LANGUAGES = ("en", "fr", "es", "ar")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_WORD = re.compile(r"[^\W_]+")
_ARTICLE = re.compile(r"^(?:[وبكف]?ال|لل)(?=..)")
_SAME = str.maketrans({"ة": "ه", "ى": "ي", "ـ": "", "œ": "oe", "æ": "ae", "ı": "i", "ٱ": "ا", "ک": "ك", "ی": "ي"})
_PLURAL = 4
_MOST = 5

Phrase = tuple[str, ...]


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """A text without case, accents, vowel signs and variants of letters.

    Example:
        >>> fold("Téléphone")
        'telephone'
    """
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(one for one in apart if not unicodedata.combining(one)).translate(_SAME)


@cache
def lists() -> Mapping[str, Mapping[str, frozenset[str]]]:
    """Lists of single words: small words by language, and the columns that survey platforms add."""
    tree = tomllib.loads(files(__package__).joinpath("lists.toml").read_text(encoding="utf-8"))
    return {name: {key: frozenset(text.split()) for key, text in part.items()} for name, part in tree.items()}


@cache
def listed(part: str, key: str) -> frozenset[str]:
    """One of the lists, its words as `words` cuts them."""
    return frozenset(words(" ".join(lists()[part][key])))


@cache
def _small() -> frozenset[str]:
    return frozenset[str]().union(*lists()["small"].values())


@lru_cache(maxsize=20_000)
def words(text: str) -> Phrase:
    """The words of a name or sentence, folded, plurals and articles taken off, small words left out.

    `hhSize2`, `hh_size_2` and `HH size 2` have the same words.

    Example:
        >>> words("Noms_desEnfants2")
        ('nom', 'enfant', '2')
    """
    cut = _WORD.findall(fold(_HUMP.sub(" ", text)))
    return tuple(_stem(one) for one in cut if one not in _small())


def _stem(word: str) -> str:
    if word.isascii():
        return word[:-1] if len(word) >= _PLURAL and word.endswith("s") and not word.endswith("ss") else word
    return _ARTICLE.sub("", word)


def letters(name: Phrase) -> Phrase:
    """The words that are no numbers."""
    return tuple(one for one in name if not one.isdigit())


@dataclass(frozen=True)
class Phrases:
    """Phrases to look for.

    Attributes:
        lengths: How many words each has; a phrase written as one word is there with the same number.
        each: The same phrases, to be compared with many at once.
    """

    lengths: Mapping[Phrase, int]
    each: frozenset[Phrase]

    def longest(self, text: Phrase) -> int:
        """Words of the longest of the phrases that stands in a text, 0 for none."""
        return max((self.lengths[one] for one in self.each & _pieces(text)), default=0)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """The words of one topic, folded.

    Attributes:
        spoken: Phrases by language; `""` holds those of every language.
        short: Phrases that count in a name only.
        whole: Names that count only as the whole name.
        unless: Phrases that turn the topic away.
        values: Phrases of categories.
    """

    spoken: Mapping[str, Phrases]
    short: Phrases
    whole: Phrases
    unless: Phrases
    values: Phrases

    def of_text(self, text: Phrase, language: str) -> int:
        """Words of the longest phrase that a label or question holds, 0 for none or where it is turned away."""
        return 0 if self.unless.longest(text) else self.spoken.get(language, self.spoken[""]).longest(text)

    def of_name(self, name: Phrase) -> int:
        """The same for a column's name; an abbreviation counts like a word."""
        if self.unless.longest(name):
            return 0
        whole = self.whole.lengths.get(letters(name), 0)
        return max(whole, self.spoken[""].longest(name), self.short.longest(name))


@lru_cache(maxsize=20_000)
def _pieces(text: Phrase) -> frozenset[Phrase]:
    apart = [text[at : at + length] for length in range(1, _MOST + 1) for at in range(len(text) - length + 1)]
    return frozenset((*apart, *(("".join(one),) for one in apart if len(one) > 1)))


@cache
def lexicon() -> Mapping[str, Entry]:
    """Every topic's words by its name."""
    tree = tomllib.loads(files(__package__).joinpath("lexicon.toml").read_text(encoding="utf-8"))
    return {name: _entry(lists) for name, lists in tree.items()}


def _entry(lists: Mapping[str, Sequence[str]]) -> Entry:
    by_language = {language: _phrases(lists.get(language, ())) for language in LANGUAGES}
    every = {phrase: length for one in by_language.values() for phrase, length in one.lengths.items()}
    return Entry(
        spoken={**by_language, "": Phrases(every, frozenset(every))},
        short=_phrases(lists.get("short", ())),
        whole=_phrases(lists.get("whole", ())),
        unless=_phrases(lists.get("unless", ())),
        values=_phrases(lists.get("values", ())),
    )


def _phrases(texts: Sequence[str]) -> Phrases:
    found: dict[Phrase, int] = {}
    for text in texts:
        cut = words(text)
        for one in (cut, ("".join(cut),), (_stem("".join(_WORD.findall(fold(text)))),)):
            found[one] = max(len(cut), found.get(one, 0))
    return Phrases(found, frozenset(found))


def spoken(texts: Mapping[str, str]) -> Iterator[tuple[str, Phrase]]:
    """Labels or questions as words, each with the language of ours it is in, `""` where that is unknown."""
    for language, text in texts.items():
        short = language.replace("_", "-").split("-")[0].lower()
        yield (short if short in LANGUAGES else ""), words(text)


def speaks_of(topic: str, name: str, texts: Mapping[str, str]) -> bool:
    """Whether a column's name or one of its labels is about a topic of the lexicon.

    Example:
        >>> speaks_of("age", "q7", {"fr": "Âge révolu"}), speaks_of("age", "village", {})
        (True, False)
    """
    entry = lexicon()[topic]
    return bool(entry.of_name(words(name))) or any(entry.of_text(text, language) for language, text in spoken(texts))


def is_about(topic: str, category: str) -> bool:
    """Whether a category's label, or a text value, is one of the topic's own."""
    return bool(lexicon()[topic].values.longest(words(category)))
