"""Parameters of a method on a form: which control asks for one, and how what was written is read back into a plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum, StrEnum
from types import NoneType, UnionType
from typing import Literal, Union, assert_never, get_args, get_origin

from safeconduct.model.canonical import Json
from safeconduct.model.errors import BadInput
from safeconduct.model.text import Text, say
from safeconduct.present.blocks.insiders import amount

PREFIX = "set."


class ParameterSort(StrEnum):
    """What a parameter takes, and so how it is asked for.

    `DECIMAL` is kept as text, as plans keep it. `WORDS` and `NUMBERS` are one a line or parted by commas. `GROUPS` is
    a line for each group, `new label: 1, 2`. `PAIRS` is a line for each, `name: value`, `COUNTS` the same with whole
    numbers. `SETS` is a line for each set of columns with its number, `age, sex: 5`.
    """

    TEXT = "text"
    NUMBER = "number"
    DECIMAL = "decimal"
    YES_NO = "yes_no"
    CHOICE = "choice"
    WORDS = "words"
    NUMBERS = "numbers"
    GROUPS = "groups"
    PAIRS = "pairs"
    COUNTS = "counts"
    SETS = "sets"


TALL = frozenset({ParameterSort.GROUPS, ParameterSort.PAIRS, ParameterSort.COUNTS, ParameterSort.SETS})
LINES = TALL | {ParameterSort.WORDS, ParameterSort.NUMBERS}

HINTS: Mapping[ParameterSort, Text] = {
    ParameterSort.NUMBER: say("A whole number."),
    ParameterSort.DECIMAL: say("A number such as 0.5."),
    ParameterSort.WORDS: say("One a line, or with commas between them."),
    ParameterSort.NUMBERS: say("Whole numbers, with commas between them."),
    ParameterSort.GROUPS: say(
        "One line a group: the new label, a colon, and the codes it stands for, such as north: 1, 2."
    ),
    ParameterSort.PAIRS: say("One line each: a name, a colon, and its value."),
    ParameterSort.COUNTS: say("One line each: a name, a colon, and a whole number."),
    ParameterSort.SETS: say("One line a set: its columns, a colon, and a whole number, such as age, sex: 5."),
}


@dataclass(frozen=True, kw_only=True)
class ParameterField:
    """A parameter as the form asks for it.

    Attributes:
        name: Its name in the plan.
        sort: What it takes.
        says: What it does, and its range.
        title: What people call it, `""` for its name with spaces.
        value: What it is now, or its default, as the plan keeps it.
        choices: What may be chosen, for `CHOICE`; what the two parts of a line are called, for `SETS`.
        required: Whether it may stay empty; an empty one is left out of the plan.
        names: What people call what may be chosen; what has no name here is told as it is.
    """

    name: str
    sort: ParameterSort
    says: Text | str = ""
    title: Text | str = ""
    value: Json = None
    choices: tuple[str, ...] = ()
    required: bool = False
    names: Mapping[str, Text] = field(default_factory=dict, hash=False)


def sort_of(hint: object) -> tuple[ParameterSort, tuple[str, ...]]:
    """How to ask for a parameter of a declared type, and what may be chosen.

    Example:
        >>> sort_of(tuple[int, ...])[0].value, sort_of(bool)[0].value, sort_of(Literal["mean", "limit"])[1]
        ('numbers', 'yes_no', ('mean', 'limit'))
    """
    origin, inner = get_origin(hint), get_args(hint)
    if origin in {UnionType, Union}:
        return sort_of(next(one for one in inner if one is not NoneType))
    if origin is Literal:
        return ParameterSort.CHOICE, tuple(map(str, inner))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return ParameterSort.CHOICE, tuple(str(one.value) for one in hint)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _of_mapping(inner[1]), ()
    if isinstance(origin, type) and issubclass(origin, Sequence | frozenset):
        return _of_items(inner[0])
    return (ParameterSort.YES_NO if hint is bool else ParameterSort.NUMBER if hint is int else ParameterSort.TEXT), ()


def _of_mapping(value: object) -> ParameterSort:
    if get_origin(value) is not None:
        return ParameterSort.GROUPS
    return ParameterSort.COUNTS if value is int else ParameterSort.PAIRS


def _of_items(item: object) -> tuple[ParameterSort, tuple[str, ...]]:
    if isinstance(item, type) and is_dataclass(item):
        return ParameterSort.SETS, tuple(one.name for one in fields(item))[:2]
    return (ParameterSort.NUMBERS if item is int else ParameterSort.WORDS), ()


def written(parameter: ParameterField) -> str:
    """What stands in a parameter's control."""
    match parameter.value:
        case None:
            return ""
        case bool(value):
            return "yes" if value else ""
        case dict(value):
            return "\n".join(f"{name}: {_listed(one)}" for name, one in value.items())
        case list() | tuple() if parameter.sort is ParameterSort.SETS:
            return "\n".join(": ".join(map(_listed, one.values())) for one in parameter.value if isinstance(one, dict))
        case list() | tuple():
            return _listed(parameter.value)
        case value:
            return str(value)


def _listed(value: Json) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def read_parameters(form: Mapping[str, str], parameters: Sequence[ParameterField]) -> dict[str, Json]:
    """What the form of a step sent, as a plan keeps it; empty ones are left out.

    Raises:
        BadInput: One is missing or cannot be read; `field` names its control.
    """
    found: dict[str, Json] = {}
    for one in parameters:
        text = form.get(PREFIX + one.name, "").strip()
        if one.sort is ParameterSort.YES_NO:
            found[one.name] = bool(text)
        elif text:
            found[one.name] = _read(one, text)
        elif one.required:
            raise BadInput(say("Fill in “{name}”.", name=one.name), field=PREFIX + one.name)
    return found


def _read(one: ParameterField, text: str) -> Json:
    match one.sort:
        case ParameterSort.TEXT:
            return text
        case ParameterSort.YES_NO:
            return bool(text)
        case ParameterSort.NUMBER:
            return _whole(one, text)
        case ParameterSort.DECIMAL | ParameterSort.CHOICE:
            return _as_written(one, text)
        case ParameterSort.WORDS | ParameterSort.NUMBERS:
            items = _items(text)
            return [_whole(one, item) for item in items] if one.sort is ParameterSort.NUMBERS else list(items)
        case ParameterSort.GROUPS | ParameterSort.PAIRS | ParameterSort.COUNTS | ParameterSort.SETS:
            return _lines(one, text)
        case _:
            assert_never(one.sort)


def _as_written(one: ParameterField, text: str) -> str:
    if one.sort is ParameterSort.CHOICE and text not in one.choices:
        raise BadInput(say("Choose “{name}” from the list.", name=one.name), field=PREFIX + one.name)
    if one.sort is ParameterSort.DECIMAL and amount(text) is None:
        raise BadInput(say("Write “{name}” as a number such as 0.5.", name=one.name), field=PREFIX + one.name)
    return text


def _lines(one: ParameterField, text: str) -> Json:
    pairs = _pairs(one, text)
    if one.sort is ParameterSort.GROUPS:
        return {name: list(_items(rest)) for name, rest in pairs}
    if one.sort is ParameterSort.COUNTS:
        return {name: _whole(one, rest) for name, rest in pairs}
    if one.sort is ParameterSort.SETS:
        many, number = one.choices
        return [{many: list(_items(name)), number: _whole(one, rest)} for name, rest in pairs]
    return dict(pairs)


def _items(text: str) -> list[str]:
    return [item.strip() for line in text.splitlines() for item in line.split(",") if item.strip()]


def _pairs(one: ParameterField, text: str) -> list[tuple[str, str]]:
    """Lines `name: rest`; the last colon parts them, so that a label may hold one."""
    pairs = [line.rpartition(":") for line in text.splitlines() if line.strip()]
    if not all(name.strip() and rest.strip() for name, _, rest in pairs):
        message = say("Write “{name}” with one line each, such as new label: 1, 2.", name=one.name)
        raise BadInput(message, field=PREFIX + one.name)
    return [(name.strip(), rest.strip()) for name, _, rest in pairs]


def _whole(one: ParameterField, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        message = say("Write “{name}” in whole numbers.", name=one.name)
        raise BadInput(message, field=PREFIX + one.name) from None
