"""Which role each column is proposed to have, and why. A proposal is never a decision: the steward makes those.

A direct identifier that is overlooked harms people, one too many costs a click: in doubt a column is proposed as a
direct identifier, and whatever is not clear says so.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from safeconduct.ingest.proposing_rules.naming import in_form, in_platform, in_wish, in_words
from safeconduct.ingest.proposing_rules.patterns import in_categories, in_texts
from safeconduct.ingest.proposing_rules.signs import Seen, Sign, Source, seen
from safeconduct.ingest.proposing_rules.structure import in_links, in_numbers, in_uniqueness
from safeconduct.ingest.proposing_rules.words import fold
from safeconduct.model.errors import NotFound
from safeconduct.model.microdata import Column, DataFile, Variable, VariableRole, VariableType
from safeconduct.model.text import Text, say

ENOUGH = 2
"""Weight that a role needs to be proposed."""

FEWEST_CATEGORIES = 3
DANGER = (
    VariableRole.DIRECT, VariableRole.FREE_TEXT, VariableRole.HOUSEHOLD, VariableRole.WEIGHT, VariableRole.SENSITIVE,
    VariableRole.GEOGRAPHY, VariableRole.QUASI, VariableRole.OTHER,
)  # fmt: skip
"""Roles by what is lost where they are overlooked; of equals the first is proposed."""

NOTHING = say("Nothing in its name, label or values says what it is; please look at it.")
EMPTY = say("It has no values and nothing in its name or label says what it is; please look at it.")
AGAINST_THE_FORM = say("The form asks for another role, but its values look like those of a direct identifier.")


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A role for a column, with the reason.

    Attributes:
        file: Name of the table.
        name: Name of the variable.
        role: The role proposed; `OTHER` that is not sure means that somebody must look.
        because: Why, in a sentence; it holds no value of the column.
        sure: Two signs agree, or one is unmistakable.
    """

    file: str
    name: str
    role: VariableRole
    because: Text
    sure: bool


def propose(file: DataFile, sample: pa.Table, *, rows: int, beside: Sequence[DataFile] = ()) -> tuple[Proposal, ...]:
    """A role for every variable of a table, in its order.

    Args:
        file: What is known of the table.
        sample: Up to 50,000 of its rows; a variable that is not among its columns is judged by its words.
        rows: Rows the whole table has, so that a sample of all of them can be told from a part.
        beside: Every table of the data set, so that a key others are linked to is told from a person's number.

    Returns:
        One proposal a variable. None quotes a value, so they may be logged and shown.
    """
    at = {name: number for number, name in enumerate(sample.column_names)}
    nothing = pa.chunked_array([[]], pa.string())
    every = (seen(one, sample.column(at[one.name]) if one.name in at else nothing) for one in file.variables)
    whole = rows <= sample.num_rows
    return tuple(_proposed(file, one, list(_signs(one, in_links(one, file, beside), whole=whole))) for one in every)


def _proposed(file: DataFile, looked: Seen, signs: list[Sign]) -> Proposal:
    role, because, sure = _weighed(signs, empty=not looked.filled)
    return Proposal(file=file.name, name=looked.variable.name, role=role, because=because, sure=sure)


def _signs(looked: Seen, links: Iterator[Sign], *, whole: bool) -> Iterator[Sign]:
    """Every sign of a column; what links tables is nothing else, whatever it looks like."""
    yield from in_wish(looked.variable)
    if linking := list(links):
        yield from linking
        return
    yield from in_form(looked.variable)
    yield from in_platform(looked.variable)
    yield from in_words(looked)
    yield from in_texts(looked)
    yield from in_categories(looked)
    yield from in_numbers(looked)
    yield from in_uniqueness(looked, whole=whole)


def _weighed(signs: list[Sign], *, empty: bool) -> tuple[VariableRole, Text, bool]:
    wish = next((one for one in signs if one.source is Source.FORM), None)
    if wish and wish.role is not VariableRole.DIRECT and _unmistakable(signs):
        return VariableRole.DIRECT, AGAINST_THE_FORM, False
    if wish:
        return wish.role, wish.says, True
    weights = _by_role(signs)
    role = max(DANGER, key=lambda one: (weights[one], -DANGER.index(one)))
    if weights[role] < ENOUGH:
        return VariableRole.OTHER, EMPTY if empty else NOTHING, False
    mine = [one for one in signs if one.role is role]
    return role, max(mine, key=lambda one: one.weight).says, _sure(mine, signs)


def _unmistakable(signs: list[Sign]) -> bool:
    return any(one.sure and one.role is VariableRole.DIRECT and one.source is not Source.FORM for one in signs)


def _by_role(signs: list[Sign]) -> dict[VariableRole, int]:
    """The weight of each role: the best sign of each source, added up."""
    best: dict[tuple[VariableRole, Source], int] = defaultdict(int)
    for one in signs:
        best[one.role, one.source] = max(best[one.role, one.source], one.weight)
    weights: dict[VariableRole, int] = defaultdict(int)
    for (role, _), weight in best.items():
        weights[role] += weight
    return weights


def _sure(mine: list[Sign], signs: list[Sign]) -> bool:
    """Whether two sources agree or a sign is unmistakable, and nothing says it is a direct identifier instead."""
    direct = mine[0].role is VariableRole.DIRECT
    if not direct and any(one.role is VariableRole.DIRECT and one.weight > ENOUGH for one in signs):
        return False
    topics = {one.about: {two.source for two in mine if direct or two.about == one.about} for one in mine}
    return any(one.sure for one in mine) or any(len(sources) > 1 for sources in topics.values())


def alike(files: Sequence[DataFile], of: Column) -> tuple[Column, ...]:
    """Columns that one would decide like this one: for "all like this one".

    A column is like another where it has the same type and the same name but for numbers, the same label but for
    numbers, the same three or more categories, or is another choice of the same question. Itself is not among them.

    Raises:
        NotFound: There is no such column.
    """
    wanted = next((file[of.name] for file in files if file.name == of.file and of.name in file), None)
    if wanted is None:
        raise NotFound(say("There is no column {column}; look at the list of columns.", column=str(of)))
    marks = _marks(wanted)
    return tuple(column for column, one in _every(files) if column != of and not marks.isdisjoint(_marks(one)))


def how_many_alike(files: Sequence[DataFile]) -> Mapping[Column, int]:
    """For each column how many others are like it: `alike` for ten thousand columns at once."""
    marks = {column: _marks(one) for column, one in _every(files)}
    having: dict[Mark, set[Column]] = defaultdict(set)
    for column, mine in marks.items():
        for mark in mine:
            having[mark].add(column)
    sizes = {mine: len(set[Column]().union(*(having[mark] for mark in mine))) for mine in set(marks.values())}
    return {column: sizes[mine] - 1 for column, mine in marks.items()}


Mark = tuple[object, ...]
"""Something that columns which are alike have in common."""


def _every(files: Sequence[DataFile]) -> Iterator[tuple[Column, Variable]]:
    return ((Column(file=file.name, name=one.name), one) for file in files for one in file.variables)


def _marks(one: Variable) -> frozenset[Mark]:
    marks: set[Mark] = {(one.type, "name", _stem(one.name))}
    if one.labels:
        marks.add((one.type, "label", _stem(one.label)))
    if len(codes := _codes(one)) >= FEWEST_CATEGORIES:
        marks.add((one.type, "codes", codes))
    if one.group and one.type is VariableType.BOOLEAN:
        marks.add((one.type, "group", one.group))
    return frozenset(marks)


def _stem(text: str) -> str:
    """A name without its numbers and what joins them; the name itself where nothing else is left."""
    folded = fold(text)
    return re.sub(r"[\W_]*\d+[\W_]*", " ", folded).strip() or folded


def _codes(variable: Variable) -> tuple[tuple[str, str], ...]:
    return tuple(
        (one.code, fold(next(iter(one.labels.values()), ""))) for one in variable.categories if not one.missing
    )
