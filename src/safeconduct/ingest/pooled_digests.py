"""Keyed digests of what identifies somebody: what shares of a pool are compared by, made at each share's own ingest.

A digest is HMAC-SHA256 under the pool's key over the sort of identifier and its normalised value, cut to 128 bits. No
contributor has the key; without it a digest tells nothing, and once it is destroyed nobody can make one again. Whoever
has the key can try every name and number there is: the limits stand in the architecture decision.
"""

import hashlib
import hmac
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from safeconduct.ingest.described import Described
from safeconduct.ingest.proposing_rules.words import fold
from safeconduct.ingest.standards.declared import htcds
from safeconduct.model.microdata import RECORD, VariableType

BYTES = 16
COMMON = 5
"""One value in more records of one share than this is a placeholder, such as 0000000, and tells nobody apart."""
FEWEST_DIGITS = 7
SAME_DIGITS = 9
FEWEST_LETTERS = 4
NAMES = ("prs_FirstName", "prs_MiddleName", "prs_SecondName")
BORN = "prs_Birthdate"
PHONES = ("prs_MobilePhone", "prs_HomePhone")
IDENTITY, EMAIL = "prs_IdentityNumber", "prs_Email"
SOUNDS = {
    **dict.fromkeys("bfpv", "1"), **dict.fromkeys("cgjkqsxz", "2"), **dict.fromkeys("dt", "3"), "l": "4",
    **dict.fromkeys("mn", "5"), "r": "6",
}  # fmt: skip
"""Letters that sound alike in the Latin alphabet (Russell's classes); other alphabets are compared as written."""
Digests = dict[int, tuple[str, ...]]
"""Digests by record; a record without an identifier has none."""


@dataclass(frozen=True, kw_only=True)
class Matching:
    """By what records are compared.

    Attributes:
        by: Sorts of identifiers: `name and date of birth`, `telephone`, `identity number`, `e-mail`,
            `digest made offline`.
        phonetic: Names are compared as they sound.
        offline_column: The column with digests made offline, `""` for none.
    """

    by: tuple[str, ...]
    phonetic: bool = False
    offline_column: str = ""


def digests(rows: Described, matching: Matching, *, key: bytes) -> Digests:
    """The digests of every record that has something to be compared by.

    Args:
        rows: The table of cases as it came, with record codes; nothing of what identifies somebody leaves this call.
        matching: By what records are compared.
        key: The pool's key.
    """
    found: dict[int, set[str]] = defaultdict(set)
    records = rows.table.arrow.column(RECORD).to_pylist()
    for sort in matching.by:
        for values in SORTS[sort](rows, matching):
            often = Counter(value for value in values if value)
            for record, value in zip(records, values, strict=True):
                if value and often[value] <= COMMON:
                    found[record].add(_digest(key, sort, value))
    return {record: tuple(sorted(made)) for record, made in found.items()}


def _digest(key: bytes, sort: str, value: str) -> str:
    told = f"{len(sort)}:{sort}{value}".encode()
    return hmac.new(key, told, hashlib.sha256).digest()[:BYTES].hex()


def _names_and_births(rows: Described, matching: Matching) -> Iterator[list[str]]:
    """Every part of the name, in whatever order it was written, and the whole date of birth; both are needed."""
    born = _column(rows, BORN)
    if born and rows.variable(born).type in {VariableType.DATE, VariableType.MOMENT}:
        parts = [_texts(rows, one) for one in NAMES]
        yield [
            _named(name, day, matching)
            for name, day in zip(map(" ".join, zip(*parts, strict=True)), _texts(rows, born), strict=True)
        ]


def _named(name: str, day: str, matching: Matching) -> str:
    words = sorted(name_words(name, phonetic=matching.phonetic))
    return f"{' '.join(words)}|{day[:10]}" if len(words) > 1 and _is_day(day[:10]) else ""


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def name_words(name: str, *, phonetic: bool = False) -> list[str]:
    """The parts of a name without case, accents and marks; as they sound where that is asked for.

    Example:
        >>> name_words("Nguyễn-Van  HOA"), name_words("Mohammed", phonetic=True) == name_words("Muhamad", phonetic=True)
        (['nguyen', 'van', 'hoa'], True)
    """
    plain = "".join(one if one.isalpha() else " " for one in fold(name)).split()
    return [sound(one) for one in plain] if phonetic else plain


def sound(word: str) -> str:
    """A Latin word as it sounds, after Russell's Soundex without its limit of four signs; others as they are.

    Example:
        >>> sound("robert"), sound("rupert")
        ('r163', 'r163')
    """
    if not word.isascii():
        return word
    codes = [SOUNDS.get(one, "" if one in "hw" else "0") for one in word]
    kept = [code for at, code in enumerate(codes) if code and (at == 0 or code != _before(codes, at))]
    return word[0] + "".join(code for code in kept[1 if codes[0] else 0 :] if code != "0")


def _before(codes: Sequence[str], at: int) -> str:
    return next((one for one in reversed(codes[:at]) if one), "")


def _phones(rows: Described, _: Matching) -> Iterator[list[str]]:
    """Each telephone's last nine digits: what stands before them depends on where one dials from."""
    for name in PHONES:
        yield [_phone(one) for one in _texts(rows, name)]


def _phone(text: str) -> str:
    plain = "".join(str(int(one)) for one in text if one.isdecimal())
    return plain[-SAME_DIGITS:] if len(plain) >= FEWEST_DIGITS else ""


def _identities(rows: Described, _: Matching) -> Iterator[list[str]]:
    plain = ("".join(one for one in fold(text) if one.isalnum()) for text in _texts(rows, IDENTITY))
    yield [one if len(one) >= FEWEST_LETTERS else "" for one in plain]


def _emails(rows: Described, _: Matching) -> Iterator[list[str]]:
    plain = ("".join(text.split()).casefold() for text in _texts(rows, EMAIL))
    yield [one if "@" in one else "" for one in plain]


def _offline(rows: Described, matching: Matching) -> Iterator[list[str]]:
    """What partners made with a salt of their own: turned once more, since they know the salt."""
    if matching.offline_column:
        yield ["".join(one.split()).casefold() for one in _texts(rows, matching.offline_column)]


SORTS: Mapping[str, Callable[[Described, Matching], Iterator[list[str]]]] = {
    "name and date of birth": _names_and_births,
    "telephone": _phones,
    "identity number": _identities,
    "e-mail": _emails,
    "digest made offline": _offline,
}
"""How the values of each sort of identifier are found and normalised."""


def _column(rows: Described, field: str) -> str:
    """The column that is a field of the standard, `""` for none."""
    wanted = htcds()[field].name if field in htcds() else field
    return next((one for one in rows.names if one.rsplit("/", 1)[-1].casefold() == wanted.casefold()), "")


def _texts(rows: Described, field: str) -> list[str]:
    name = _column(rows, field)
    return [str(one or "") for one in rows.texts(name).to_pylist()] if name else [""] * len(rows)


def clusters(shares: Mapping[str, Digests]) -> tuple[tuple[tuple[str, int], ...], ...]:
    """Records of several shares that may be of one person: those that share a digest, and those that share with them.

    Args:
        shares: Digests of each share, by its id. Records of one share alone are no cluster: that is its own affair.

    Example:
        >>> clusters({"a": {0: ("x",), 1: ("z",)}, "b": {5: ("x", "y")}, "c": {2: ("y",)}})
        ((('a', 0), ('b', 5), ('c', 2)),)
    """
    joined: dict[tuple[str, int], tuple[str, int]] = {}
    first: dict[str, tuple[str, int]] = {}
    for share, held in sorted(shares.items()):
        for record, made in sorted(held.items()):
            one = (share, record)
            joined[one] = one
            for digest in made:
                _join(joined, first.setdefault(digest, one), one)
    found: dict[tuple[str, int], list[tuple[str, int]]] = defaultdict(list)
    for one in joined:
        found[_root(joined, one)].append(one)
    return tuple(tuple(sorted(those)) for those in found.values() if len({share for share, _ in those}) > 1)


def _join(joined: dict[tuple[str, int], tuple[str, int]], one: tuple[str, int], other: tuple[str, int]) -> None:
    first, second = sorted((_root(joined, one), _root(joined, other)))
    joined[second] = first


def _root(joined: dict[tuple[str, int], tuple[str, int]], one: tuple[str, int]) -> tuple[str, int]:
    while joined[one] != one:
        joined[one] = joined[joined[one]]
        one = joined[one]
    return one
