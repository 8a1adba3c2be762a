"""Which role each column is proposed to have, and why. A proposal is never a decision: the steward makes those.

A direct identifier that is overlooked harms people, one too many costs a click: in doubt a column is proposed as a
direct identifier, and whatever is not clear says so.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from safeconduct.ingest.proposing_rules.naming import in_platform, in_wish, in_words
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


def propose(file: DataFile, sample: pa.Table, *, rows: int) -> tuple[Proposal, ...]:
    """A role for every variable of a table, in its order.

    Args:
        file: What is known of the table.
        sample: Up to 50,000 of its rows; a variable that is not among its columns is judged by its words.
        rows: Rows the whole table has, so that a sample of all of them can be told from a part.

    Returns:
        One proposal a variable. None quotes a value, so they may be logged and shown.
    """
    whole = rows <= sample.num_rows
    return tuple(_one(file, variable, _seen(variable, sample), whole=whole) for variable in file.variables)


def _seen(variable: Variable, sample: pa.Table) -> Seen:
    at = sample.schema.get_field_index(variable.name)
    return seen(variable, sample.column(at) if at >= 0 else pa.chunked_array([[]], pa.string()))


def _one(file: DataFile, variable: Variable, looked: Seen, *, whole: bool) -> Proposal:
    role, because, sure = _weighed(list(_signs(file, looked, whole=whole)), empty=not looked.filled)
    return Proposal(file=file.name, name=variable.name, role=role, because=because, sure=sure)


def _signs(file: DataFile, looked: Seen, *, whole: bool) -> Iterator[Sign]:
    yield from in_wish(looked.variable)
    yield from in_links(looked, file)
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
    every = ((Column(file=file.name, name=one.name), one) for file in files for one in file.variables)
    return tuple(column for column, one in every if column != of and _alike(one, wanted))


def _alike(one: Variable, wanted: Variable) -> bool:
    if one.type is not wanted.type:
        return False
    codes = _codes(wanted)
    return (
        _stem(one.name) == _stem(wanted.name)
        or (len(codes) >= FEWEST_CATEGORIES and _codes(one) == codes)
        or (bool(wanted.labels) and bool(one.labels) and _stem(one.label) == _stem(wanted.label))
        or (wanted.type is VariableType.BOOLEAN and bool(wanted.group) and one.group == wanted.group)
    )


def _stem(text: str) -> str:
    """A name without its numbers and what joins them; the name itself where nothing else is left."""
    folded = fold(text)
    return re.sub(r"[\W_]*\d+[\W_]*", " ", folded).strip() or folded


def _codes(variable: Variable) -> tuple[tuple[str, str], ...]:
    return tuple(
        (one.code, fold(next(iter(one.labels.values()), ""))) for one in variable.categories if not one.missing
    )
