"""What was agreed: a project with a purpose, and who may ask what of which data, how finely, until when."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, TypeVar, get_type_hints

from safeconduct.model.areas import AreaLevel, TimeGrain
from safeconduct.model.canonical import Json
from safeconduct.model.errors import BadInput
from safeconduct.query.base import encode
from safeconduct.query.spec import decode

T = TypeVar("T", "Project", "Agreement")


@dataclass(frozen=True, kw_only=True)
class Project:
    """A purpose with an end date; every agreement stands in one.

    Attributes:
        id: Opaque and stable.
        name: What people call it.
        purpose: What the answers are for, in a sentence.
        until: Its last day, included; nothing can be asked after it.
        steward: Opaque account id of who answers for it.
    """

    id: str
    name: str
    purpose: str
    until: date
    steward: str

    def to_json(self) -> dict[str, Json]:
        """The project as canonical JSON takes it."""
        return _tree(self)

    @classmethod
    def from_json(cls, tree: Mapping[str, object]) -> "Project":
        """A project from its tree.

        Raises:
            BadInput: A part is missing, unknown or of the wrong kind; the message names it.
        """
        return _read(cls, tree)


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """Who may ask what of which data, how finely, under which protection level, until when.

    `first` and `last` are days **of the data**; `until` is a day **of the calendar on the wall**. Both ends of both
    are included.

    Attributes:
        id: Opaque and stable.
        project: Id of the project it stands in.
        title: What people call it.
        dataset: Name of the data set it opens.
        purpose: What for; the project's purpose, or the agreement opens nothing.
        members: Opaque account ids of the people it names.
        kinds: Kinds of question it opens, nested ones too.
        finest: The finest area a figure may be told for.
        grain: The shortest period a figure may speak of.
        first: First day of the data it opens.
        last: Last day of the data it opens.
        policy: Name of the protection level.
        until: Its last day.
    """

    id: str
    project: str
    title: str
    dataset: str
    purpose: str
    members: tuple[str, ...]
    kinds: tuple[str, ...]
    finest: AreaLevel
    grain: TimeGrain
    first: date
    last: date
    policy: str
    until: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise BadInput("the last day an agreement opens is before its first", field="last")

    def to_json(self) -> dict[str, Json]:
        """The agreement as canonical JSON takes it."""
        return _tree(self)

    @classmethod
    def from_json(cls, tree: Mapping[str, object]) -> "Agreement":
        """An agreement from its tree.

        Raises:
            BadInput: A part is missing, unknown or of the wrong kind; the message names it.
        """
        return _read(cls, tree)


def _tree(one: Project | Agreement) -> dict[str, Json]:
    return {part.name: encode(getattr(one, part.name)) for part in fields(one)}


def _read(sort: type[T], tree: Mapping[str, object]) -> T:
    known = [part.name for part in fields(sort)]
    if wrong := sorted(set(known) ^ set(map(str, tree))):
        name = sort.__name__.lower()
        raise BadInput(f"a {name} has exactly {', '.join(known)}; look at {wrong[0][:60]!r}", field=wrong[0])
    hints = get_type_hints(sort)
    return sort(**{name: _part(hints[name], tree[name], name) for name in known})


def _part(hint: Any, value: object, name: str) -> Any:
    if hint is str and isinstance(value, str):
        return str(value)
    return () if value in ([], ()) else decode(hint, value, name)
