"""Identifiers turned into codes, before anything is written.

A pseudonym is HMAC-SHA256 cut to 128 bits, under a key of the data set, the epoch and the sort of identifier. It is
made once for every distinct text a process meets. Of plain numbers, as nearly all are, a process keeps those it has met
in bounded memory that is never written anywhere; other texts in DuckDB's memory, whose spill is encrypted.
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable, Iterable

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from safeconduct.ingest.digits import MOST_DIGITS, ZERO, Flags, Letters, are_digits, by_length, number
from safeconduct.ingest.met import NONE, Met
from safeconduct.keys.provider import KeyProvider
from safeconduct.model.sightings import Counted
from safeconduct.store.codes import PSEUDONYM_BYTES, CodeTable

EPOCH = "1"
HALVES = re.compile("[\ud800-\udfff]")
NOBODY = -1
LONGEST = 128
MET_BYTES = 64 << 20
PLUS = ord("+")
BETWEEN = str.maketrans("", "", "-()/")
"""What people write between the digits of a telephone number."""
OTHER_PLUS = frozenset("\uff0b\ufe62\u207a")
EMPTY = frozenset({"", "null", "none", "nan", "\\n"})
Codes = npt.NDArray[np.int64]


def normalised(identifier: str) -> str:
    """One spelling of a number that operators and people write in several; `""` where there is none.

    Spaces, hyphens, brackets and signs nobody sees go, then a leading `+` or `00`; digits of other scripts are those of
    ours, so that a number typed on an Arabic keyboard, or copied from a telephone's list, is the number in the file.
    Letters are kept, and every sign beside one, since some operators hash before they export. A number written with
    and without its country's code stays two people: a mapping does not say the country.

    Example:
        >>> normalised("+258 84 000 0001"), normalised("00258840000001"), normalised(" NULL ")
        ('258840000001', '258840000001', '')
        >>> normalised("(+258) 84-000-0001"), normalised("\u0662\u0665\u0668"), normalised("ab-1")
        ('258840000001', '258', 'ab-1')
    """
    text = "".join(_plain(identifier).split())
    if len(text) > LONGEST or text.casefold() in EMPTY:
        return ""
    if not any(map(str.isalpha, text)):
        text = text.translate(BETWEEN)
    return text.removeprefix("+") if text.startswith("+") else text.removeprefix("00")


def exact(identifier: str) -> str:
    """One spelling of a card's number, a device's name or whatever else a source writes in one way; `""` for none.

    White space around it goes, signs nobody sees do, and digits of other scripts are those of ours: `0042` and `42`
    are two cards.

    Example:
        >>> exact(" 0042 "), exact("42"), exact("null")
        ('0042', '42', '')
    """
    text = _plain(identifier).strip()
    return "" if len(text) > LONGEST or text.casefold() in EMPTY else text


def _plain(identifier: str) -> str:
    """The same text with our digits and plus, hyphens as one, and without what only says how to show it."""
    if identifier.isascii():
        return identifier
    return "".join(map(_letter, identifier))


def _letter(one: str) -> str:
    match unicodedata.category(one):
        case "Nd":
            return str(unicodedata.digit(one))
        case "Pd":
            return "-"
        case "Cf":
            return ""
        case _:
            return "+" if one in OTHER_PLUS else one


def spelling(counted: Counted) -> Callable[[str], str]:
    """How identifiers of what is counted are spelt, before they become pseudonyms; wherever a person is looked for."""
    return normalised if counted is Counted.SUBSCRIBER else exact


def is_text(identifier: str) -> bool:
    """Whether an identifier is text that a file may hold; what came as JSON may have halves of characters."""
    return not HALVES.search(identifier)


def pseudonyms(key: bytes, identifiers: Iterable[str]) -> bytes:
    """The pseudonyms of normalised identifiers, 16 bytes each, one after the other."""
    start = hmac.new(key, digestmod=hashlib.sha256)
    made = []
    for identifier in identifiers:
        one = start.copy()
        one.update(identifier.encode())
        made.append(one.digest()[:PSEUDONYM_BYTES])
    return b"".join(made)


class People:
    """The codes of one sort of identifier.

    Args:
        connection: Where the texts met so far are kept, in memory.
        codes: The code table of the sort.
        keys: What the pseudonyms' key is derived from.
        dataset: Name of the data set.
        domain: The sort: `person`, `imsi` or `imei`.
        met_bytes: Most memory for numbers met so far, bytes.
        counted: What the identifiers stand for.
    """

    def __init__(  # noqa: PLR0913 - where codes come from and where they go, each by name
        self,
        connection: duckdb.DuckDBPyConnection,
        codes: CodeTable,
        *,
        keys: KeyProvider,
        dataset: str,
        domain: str,
        met_bytes: int = MET_BYTES,
        counted: Counted = Counted.SUBSCRIBER,
    ) -> None:
        self._connection, self._codes, self._met = connection, codes, Met(met_bytes)
        self._key = keys.derive("pseudonym", dataset, EPOCH, domain)
        self._domain, self._spelt = domain, spelling(counted)
        connection.execute(
            "CREATE TEMP TABLE IF NOT EXISTS met (domain ENUM('person', 'imsi', 'imei'), spelling VARCHAR, code BIGINT)"
        )

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "People()"

    def of(self, column: pa.ChunkedArray) -> Codes:
        """The code of every text of a column, `NOBODY` where it names nobody."""
        texts = column.combine_chunks()
        codes = np.full(len(texts), NOBODY, np.int64)
        keys = numbers_of(texts, whole=self._spelt is exact)
        plain = keys > 0
        codes[plain] = self._of_numbers(keys[plain])
        if not plain.all():
            encoded = texts.filter(pa.array(~plain)).dictionary_encode()
            codes[~plain] = self._known(encoded.dictionary)[encoded.indices.to_numpy()]
        return codes

    def _of_numbers(self, keys: Codes) -> Codes:
        codes = self._met.of(keys)
        new = codes == NONE
        if new.any():
            distinct, place = np.unique(keys[new], return_inverse=True)
            spelt = [str(key)[1:] for key in distinct.tolist()]
            made = self._codes.of(pseudonyms(self._key, spelt))
            self._met.add(distinct, made)
            codes[new] = made[place]
        return codes

    def _known(self, texts: pa.Array) -> Codes:
        arriving = pa.table({"place": pa.array(np.arange(len(texts))), "spelling": texts})
        self._connection.register("arriving", arriving)
        try:
            found = self._connection.execute(
                "SELECT place, code FROM arriving JOIN met USING (spelling) WHERE domain = ?", [self._domain]
            ).to_arrow_table()
        finally:
            self._connection.unregister("arriving")
        codes = np.full(len(texts), NOBODY - 1, np.int64)
        codes[found.column("place").to_numpy()] = found.column("code").to_numpy()
        new = np.flatnonzero(codes < NOBODY)
        if len(new):
            codes[new] = self._meet(texts.take(pa.array(new)))
        return codes

    def _meet(self, texts: pa.Array) -> Codes:
        spelt = [self._spelt(text) for text in texts.to_pylist()]
        somebody = np.array([bool(text) for text in spelt], bool)
        codes = np.full(len(spelt), NOBODY, np.int64)
        codes[somebody] = self._codes.of(pseudonyms(self._key, (text for text in spelt if text)))
        self._connection.register("arriving", pa.table({"spelling": texts, "code": pa.array(codes)}))
        try:
            self._connection.execute("INSERT INTO met SELECT ?, spelling, code FROM arriving", [self._domain])
        finally:
            self._connection.unregister("arriving")
        return codes


def numbers_of(texts: pa.Array, *, whole: bool = False) -> Codes:
    """A number for every text that is plain digits, with or without `+` or `00` before them; 0 for every other text.

    It is the normalised text with a 1 before it, so that zeros at the beginning count.

    Args:
        texts: Identifiers.
        whole: Every digit counts, as in a card's number; what begins with a `+` has none then.

    Example:
        >>> numbers_of(pa.array(["+25884", "0025884", "025884", "00", "a1", ""])).tolist()
        [125884, 125884, 1025884, 0, 0, 0]
    """
    keys = np.zeros(len(texts), np.int64)
    for rows, letters in by_length(texts):
        if whole:
            keys[rows] = _numbers(letters)
            continue
        plus, zeros = _begins(letters)
        for begin, here in ((0, ~plus & ~zeros), (1, plus), (2, zeros)):
            if here.all():
                keys[rows] = _numbers(letters[begin:])
            elif here.any():
                keys[rows[here]] = _numbers(letters[begin:, here])
    return keys


def _begins(letters: Letters) -> tuple[Flags, Flags]:
    """Which texts of one length begin with a plus, and which with two zeros."""
    none = np.zeros(letters.shape[1], bool)
    plus = letters[0] == PLUS if len(letters) else none
    return plus, (letters[0] == ZERO) & (letters[1] == ZERO) if len(letters) > 1 else none


def _numbers(letters: Letters) -> Codes:
    if not 0 < len(letters) <= MOST_DIGITS:
        return np.zeros(letters.shape[1], np.int64)
    return np.where(are_digits(letters), number(letters) + 10 ** len(letters), 0)
