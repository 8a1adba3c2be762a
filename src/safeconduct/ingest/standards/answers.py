"""Answers as people write them, and the codes they stand for; and which field a column is, by what people see."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from safeconduct.ingest.standards.declared import StandardField, htcds
from safeconduct.model.consent import NO, YES

MAILING = "prs_Mailing"
"""Fields whose hidden names are wrong in the official workbooks."""


@dataclass(frozen=True)
class Answer:
    """One answer of a cell.

    Attributes:
        text: The code it stands for, or what stands there where no list knows it.
        known: The list knows it.
    """

    text: str
    known: bool


def folded(text: str) -> str:
    """A text without case, curly apostrophes and white space that does not show.

    Example:
        >>> folded(" Bachelor’s  or Equivalent Level")
        "bachelor's or equivalent level"
    """
    return " ".join(text.split()).casefold().replace("’", "'")


@lru_cache(maxsize=64)
def spellings(name: str) -> Mapping[str, str]:
    """Codes of a field by every way to write them: the code itself or its label."""
    choices = htcds().choices(htcds()[name])
    labels = {folded(label): code for code, label in choices.items()}
    return {**labels, **{folded(code): code for code in choices}}


def answer(one: StandardField, cell: str) -> Answer:
    """The only answer in a cell."""
    code = spellings(one.name).get(folded(cell))
    return Answer(cell.strip() if code is None else code, code is not None)


def answers(one: StandardField, cell: str) -> tuple[Answer, ...]:
    """Every answer in a cell with semicolons between them, or codes with white space between, as forms export them.

    Labels hold semicolons themselves, so the longest piece that the list knows is taken first.
    """
    mark = htcds().separator
    pieces = cell.split(mark)
    found: list[Answer] = []
    at = 0
    while at < len(pieces):
        ends = range(len(pieces), at, -1)
        end = next((end for end in ends if answer(one, mark.join(pieces[at:end])).known), at + 1)
        piece = mark.join(pieces[at:end])
        if piece.strip():
            found.extend(_codes(one, piece))
        at = end
    return tuple(dict.fromkeys(found))


def _codes(one: StandardField, piece: str) -> tuple[Answer, ...]:
    """A piece as one answer, or as codes where it is nothing else."""
    whole = answer(one, piece)
    parts = () if whole.known else tuple(answer(one, word) for word in piece.split())
    return parts if parts and all(each.known for each in parts) else (whole,)


def truth(cell: str) -> bool | None:
    """What a checkbox says, `None` for neither yes nor no."""
    said = folded(cell)
    return True if said in YES else False if said in NO else None


@dataclass(frozen=True)
class Heading:
    """What stands above a column.

    Attributes:
        seen: What people see.
        hidden: The name in a hidden row above, `""` for none.
    """

    seen: str
    hidden: str = ""


def fields_of(headings: Sequence[Heading]) -> list[StandardField | None]:
    """The field of each column, `None` for one that the standard does not have.

    What people see counts first, since they typed below it. The hidden name decides between fields that share a label,
    and speaks where the label says nothing, but never for the mailing address, where it is wrong. A field is
    found once.
    """
    found: list[StandardField | None] = []
    for one in headings:
        field = _field(one)
        found.append(None if field in found else field)
    return found


def _field(one: Heading) -> StandardField | None:
    named = htcds().by_name.get(one.hidden.strip().casefold())
    seen = labelled().get(folded(one.seen), ())
    if len(seen) == 1:
        return seen[0]
    if seen:
        return named if named in seen else None
    typed = htcds().by_name.get(one.seen.strip().casefold())
    return typed or (None if named is None or named.name.startswith(MAILING) else named)


@lru_cache(maxsize=1)
def labelled() -> Mapping[str, tuple[StandardField, ...]]:
    """Fields by their label or question, folded."""
    found: dict[str, list[StandardField]] = defaultdict(list)
    for one in htcds().every:
        for text in filter(None, (one.label, one.question)):
            found[folded(text)].append(one)
    return {text: tuple(those) for text, those in found.items()}


def is_names(cells: Iterable[object]) -> bool:
    """Whether a row holds names of fields: three at least, and no less than half of what stands there."""
    return _share(cells, lambda text: text.casefold() in htcds().by_name, fewest=3)


def is_labels(cells: Iterable[object]) -> bool:
    """Whether a row holds labels of fields: four at least, no less than half, and one that only victims' records have.

    A register of customers has a first name, a status and a consent too.
    """
    texts = [folded(str(one)) for one in cells if one is not None]
    about = {one.part for text in texts for one in labelled().get(text, ())}
    return "vic_" in about and _share(texts, lambda text: folded(text) in labelled(), fewest=4)


def _share(cells: Iterable[object], belongs: Callable[[str], bool], *, fewest: int) -> bool:
    texts = [str(one).strip() for one in cells if one is not None and str(one).strip()]
    hits = sum(1 for one in texts if belongs(one))
    return hits >= fewest and hits * 2 >= len(texts)
