"""Words somebody declared that are not known, named when they are refused, with known ones that look like them.

Only for words of a mapping or of settings, which their author wrote. A file's own words, its header among them, may be
values of a record where it has no header, and are never offered.
"""

from collections.abc import Collection
from difflib import get_close_matches

from safeconduct.model.text import Text, say

MOST, LETTERS = 3, 60


def near(word: str, known: Collection[str]) -> tuple[str, ...]:
    """Known words that look like one, three at most, the likeliest first; the end of a path counts as a word too.

    Example:
        >>> near("africa/maputu", ["Africa/Maputo", "Europe/Lisbon"])
        ('Africa/Maputo',)
        >>> near("Lisbon", ["Africa/Maputo", "Europe/Lisbon"])
        ('Europe/Lisbon',)
        >>> near("nothing like it", ["Africa/Maputo"])
        ()
    """
    spelt: dict[str, str] = {}
    for one in sorted(known):
        spelt.setdefault(one.casefold(), one)
        spelt.setdefault(one.casefold().rpartition("/")[2], one)
    found = get_close_matches(word[:LETTERS].casefold().replace(" ", "_"), spelt, n=MOST)
    return tuple(dict.fromkeys(spelt[one] for one in found))


def none_of(where: str, word: object, known: Collection[str]) -> Text:
    """That a declared word is not one of those known there, with all of them and those that look like it.

    Example:
        >>> str(none_of("stamps", "locl", ["local", "utc"]))
        "stamps is one of local, utc; it cannot be 'locl', did you mean local?"
    """
    said, every = repr(str(word)[:LETTERS]), ", ".join(known)
    if close := near(str(word), known):
        return say("{where} is one of {known}; it cannot be {word}, did you mean {near}?",
                   where=where, known=every, word=said, near=", ".join(close))  # fmt: skip
    return say("{where} is one of {known}; it cannot be {word}", where=where, known=every, word=said)


def no_zone(word: str, known: Collection[str]) -> Text:
    """That there is no time zone of a declared name, with those that look like it; all would be too many.

    Example:
        >>> str(no_zone("Africa/Maputu", ["Africa/Maputo"]))
        "there is no time zone 'Africa/Maputu'; a zone is an IANA name, did you mean Africa/Maputo?"
    """
    said = repr(word[:LETTERS])
    if close := near(word, known):
        return say(
            "there is no time zone {word}; a zone is an IANA name, did you mean {near}?",
            word=said,
            near=", ".join(close),
        )
    return say("there is no time zone {word}; a zone is an IANA name, such as 'Africa/Maputo'", word=said)
