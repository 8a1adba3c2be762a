"""Where in a text the words asked for stand, so that a page can mark them."""

from collections.abc import Iterable
from dataclasses import dataclass

from safeconduct.catalogue.folding import WORD, stem
from safeconduct.catalogue.questioning import Phrase, Question

LONGEST = 240
BEFORE = 60
MOST_SNIPPETS = 3


@dataclass(frozen=True, kw_only=True)
class Snippet:
    """A piece of a text with the words that were asked for.

    Attributes:
        field: Which text it is from, such as `abstract` or `label`.
        text: The piece, not escaped.
        spans: Where marked words begin and end in the piece, in order; they never overlap.
    """

    field: str
    text: str
    spans: tuple[tuple[int, int], ...]


def marked(texts: Iterable[tuple[str, str]], asked: Question) -> tuple[Snippet, ...]:
    """The pieces with most different words, at most three; the earlier of equals."""
    phrases = asked.all_phrases()
    if not phrases:
        return ()
    found = [
        (hits, Snippet(field=name, text=text, spans=spans))
        for name, text in texts
        for spans, hits in [_spans(text, phrases)]
        if spans
    ]
    best = sorted(found, key=lambda one: -one[0])[:MOST_SNIPPETS]
    return tuple(_cut(one) for _, one in best)


def _spans(text: str, phrases: frozenset[Phrase]) -> tuple[tuple[tuple[int, int], ...], int]:
    """Where phrases stand, and how many different ones."""
    words = [(stem(one.group()), one.start(), one.end()) for one in WORD.finditer(text)]
    longest = max(map(len, phrases))
    spans: list[tuple[int, int]] = []
    different: set[Phrase] = set()
    at = 0
    while at < len(words):
        size = next((size for size in range(longest, 0, -1) if _phrase(words, at, size) in phrases), 0)
        if size:
            spans.append((words[at][1], words[at + size - 1][2]))
            different.add(_phrase(words, at, size))
        at += max(size, 1)
    return tuple(spans), len(different)


def _phrase(words: list[tuple[str, int, int]], at: int, size: int) -> Phrase:
    return tuple(word for word, _, _ in words[at : at + size]) if at + size <= len(words) else ()


def _cut(one: Snippet) -> Snippet:
    """A long text around its first marked word, cut between words."""
    if len(one.text) <= LONGEST:
        return one
    start = max(0, one.spans[0][0] - BEFORE)
    start = one.text.rfind(" ", 0, start) + 1 if start else 0
    stop = min(len(one.text), start + LONGEST)
    stop = one.text.rfind(" ", start, stop) if stop < len(one.text) and " " in one.text[start:stop] else stop
    stop = max(stop, one.spans[0][1])
    head, tail = "… " if start else "", " …" if stop < len(one.text) else ""
    moved = len(head) - start
    spans = tuple((low + moved, high + moved) for low, high in one.spans if high <= stop)
    return Snippet(field=one.field, text=f"{head}{one.text[start:stop]}{tail}", spans=spans)
