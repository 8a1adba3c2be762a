"""Which texts hold which words: an inverted index in flat arrays, built once and read only."""

from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safeconduct.catalogue.folding import WORD, stem

Ints = NDArray[np.int64]
Weights = NDArray[np.float32]
REMEMBERED = 200_000
MOST_ENDINGS = 64
"""How many words a beginning may stand for; the most frequent ones count."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """A text of a document.

    Attributes:
        text: The text.
        weight: What a word in it counts, 1 to 100.
    """

    text: str
    weight: int


class Builder:
    """Takes documents in one after another."""

    def __init__(self) -> None:
        self._terms: dict[str, int] = {}
        self._words: dict[str, int] = {}
        self._texts: dict[str, array[int]] = {}
        self._flat, self._lengths, self._documents, self._weights = array("I"), array("I"), array("I"), array("B")
        self._count = 0

    def add(self, fields: Iterable[Field]) -> None:
        """Take in the next document."""
        for one in fields:
            found = self._ids(one.text)
            self._flat.extend(found)
            self._lengths.append(len(found))
            self._documents.append(self._count)
            self._weights.append(one.weight)
        self._count += 1

    def _ids(self, text: str) -> "array[int]":
        """Numbers of a text's words; a text that comes again, as questions do, is read once."""
        found = self._texts.get(text)
        if found is None:
            words = self._words
            found = array("I", [words[one] if one in words else self._word(one) for one in WORD.findall(text)])
            if len(self._texts) >= REMEMBERED:
                self._texts.clear()
            self._texts[text] = found
        return found

    def _word(self, word: str) -> int:
        found = self._terms.setdefault(stem(word), len(self._terms))
        self._words[word] = found
        return found

    def built(self) -> "Postings":
        """The index of everything taken in."""
        lengths = np.frombuffer(self._lengths, dtype=np.uint32).astype(np.int64)
        terms = np.frombuffer(self._flat, dtype=np.uint32)
        places = np.arange(len(terms), dtype=np.int64) + np.repeat(np.arange(len(lengths), dtype=np.int64), lengths)
        order = np.argsort(terms, kind="stable")
        return Postings(
            terms=self._terms,
            count=self._count,
            by_term=terms[order],
            documents=np.repeat(np.frombuffer(self._documents, dtype=np.uint32), lengths)[order],
            weights=np.repeat(np.frombuffer(self._weights, dtype=np.uint8), lengths)[order],
            places=places[order],
        )


class Postings:
    """Which documents hold a word, a phrase, or words with a beginning, and what that counts.

    Args:
        terms: Number of each stem.
        count: How many documents there are.
        by_term: Number of the word, for every word of every document, sorted.
        documents: Its document.
        weights: What it counts there.
        places: Where it stands; words that follow each other in one text have places that do.
    """

    def __init__(
        self,
        *,
        terms: dict[str, int],
        count: int,
        by_term: NDArray[np.uint32],
        documents: NDArray[np.uint32],
        weights: NDArray[np.uint8],
        places: Ints,
    ) -> None:
        self.count = count
        self._terms = terms
        self._sorted = sorted(terms)
        self._starts = np.searchsorted(by_term, np.arange(len(terms) + 1))
        self._documents, self._weights, self._places = documents, weights, places

    def _slice(self, term: str) -> slice:
        number = self._terms.get(term)
        return slice(0, 0) if number is None else slice(int(self._starts[number]), int(self._starts[number + 1]))

    def phrase(self, words: tuple[str, ...]) -> tuple[Ints, Weights]:
        """Documents that hold these words one after another, each once and sorted, and the most that counts there."""
        parts = [self._slice(word) for word in words]
        rarest = min(range(len(words)), key=lambda at: parts[at].stop - parts[at].start)
        start = parts[rarest]
        documents, weights, places = self._documents[start], self._weights[start], self._places[start]
        for at, part in enumerate(parts):
            if at != rarest:
                kept = _holds(self._places[part], places + (at - rarest))
                documents, weights, places = documents[kept], weights[kept], places[kept]
        return _each_once(documents, weights)

    def beginning(self, start: str) -> Iterator[str]:
        """Stems with a beginning, the most frequent first."""
        low = _bisect(self._sorted, lambda term: term < start)
        high = _bisect(self._sorted, lambda term: term[: len(start)] <= start)
        found = self._sorted[low:high]
        return iter(sorted(found, key=lambda term: -self.frequency(term))[:MOST_ENDINGS])

    def frequency(self, term: str) -> int:
        """How often a stem stands anywhere."""
        part = self._slice(term)
        return int(part.stop) - int(part.start)


def _holds(ordered: Ints, wanted: Ints) -> NDArray[np.bool_]:
    """Which of the wanted numbers are among the ordered ones."""
    if not len(ordered):
        return np.zeros(len(wanted), dtype=np.bool_)
    at = np.searchsorted(ordered, wanted)
    return np.asarray(ordered[np.minimum(at, len(ordered) - 1)] == wanted)


def _each_once(documents: NDArray[np.uint32], weights: NDArray[np.uint8]) -> tuple[Ints, Weights]:
    if not len(documents):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
    starts = np.flatnonzero(np.concatenate(([True], documents[1:] != documents[:-1])))
    return documents[starts].astype(np.int64), np.maximum.reduceat(weights, starts).astype(np.float32)


def _bisect(found: list[str], before: Callable[[str], bool]) -> int:
    """How many of a sorted list stand before the point."""
    low, high = 0, len(found)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if before(found[middle]) else (low, middle)
    return low
