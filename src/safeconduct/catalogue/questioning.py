"""What somebody typed, as groups of words: one of each group must be there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from safeconduct.catalogue.folding import common, fold, rings, stems
from safeconduct.catalogue.postings import Postings

TYPED = re.compile(r'"([^"]*)"|(\S+)')
STAR = "*"
LONGEST_RING = 4
"""Words a phrase of a ring may have."""

SHORTEST_BEGINNING = 3
MOST_GROUPS = 12
BEGINNING = 0.8
"""What a word with the beginning counts beside the word itself."""

Phrase = tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """A word or phrase asked for, and what else will do.

    Attributes:
        asked: Stems of what was asked.
        endings: Stems that begin like it, where a beginning was asked for.
        others: Synonyms.
    """

    asked: Phrase
    endings: tuple[str, ...] = ()
    others: frozenset[Phrase] = frozenset()

    def phrases(self, synonym: float) -> Iterator[tuple[Phrase, float]]:
        """Everything that will do, with what it counts."""
        yield self.asked, 1.0
        yield from (((one,), BEGINNING) for one in self.endings if (one,) != self.asked)
        yield from ((one, synonym) for one in sorted(self.others))


@dataclass(frozen=True)
class Question:
    """Groups, one of each of which must be there; none for everything."""

    groups: tuple[Group, ...]

    def all_phrases(self) -> frozenset[Phrase]:
        """Everything that would do for any group."""
        return frozenset(phrase for group in self.groups for phrase, _ in group.phrases(1.0))


def question_of(text: str, postings: Postings) -> Question:
    """What somebody typed.

    Neighbouring words that stand in a ring of synonyms together, such as `food security`, are one group.
    """
    groups: list[Group] = []
    loose: list[tuple[str, bool]] = []
    for quoted, word in TYPED.findall(text):
        if quoted:
            groups += _loose(loose, postings, last=False)
            loose = []
            groups += [Group(asked=found)] if (found := stems(quoted)) else []
        else:
            loose.append((word.rstrip(STAR), word.endswith(STAR)))
    groups += _loose(loose, postings, last=bool(text) and not text[-1].isspace())
    wanted = [group for group in groups if len(group.asked) > 1 or group.asked[0] not in common()]
    return Question(tuple((wanted or groups)[:MOST_GROUPS]))


def _loose(words: list[tuple[str, bool]], postings: Postings, *, last: bool) -> list[Group]:
    """Groups of words outside quotes; a word of several parts, such as `hh_size`, stays together."""
    parts = [(stems(word), fold(word), star) for word, star in words]
    parts = [one for one in parts if one[0]]
    groups: list[Group] = []
    at = 0
    while at < len(parts):
        taken = _ring(parts, at)
        asked = tuple(stem for found, _, _ in parts[at : at + taken] for stem in found)
        _, typed, star = parts[at + taken - 1]
        beginning = star or (last and at + taken == len(parts))
        endings = _endings(asked, typed, postings) if beginning else ()
        groups.append(Group(asked=asked, endings=endings, others=rings().get(asked, frozenset())))
        at += taken
    return groups


def _ring(parts: list[tuple[Phrase, str, bool]], at: int) -> int:
    """How many words from here on stand in a ring together, at least one."""
    for taken in range(min(LONGEST_RING, len(parts) - at), 1, -1):
        if tuple(stem for found, _, _ in parts[at : at + taken] for stem in found) in rings():
            return taken
    return 1


def _endings(asked: Phrase, typed: str, postings: Postings) -> tuple[str, ...]:
    """Stems that begin as somebody has typed so far."""
    if len(asked) != 1 or len(typed) < SHORTEST_BEGINNING:
        return ()
    return tuple(postings.beginning(min(typed, asked[0], key=len)))
