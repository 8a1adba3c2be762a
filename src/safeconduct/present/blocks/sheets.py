"""The sheet of variables: one row a variable, to decide what each is for; it shows no value of a record."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import Column, VariableRole, VariableType
from safeconduct.model.text import Text, say
from safeconduct.present.blocks.texts import pagination
from safeconduct.present.filling import fill
from safeconduct.present.words import Words

VARIABLES_A_PAGE = 100
ROLE, AGREE, ALIKE = "role", "agree", "alike"
UNDECIDED, ALL = "undecided", "all"

ROLES: Mapping[VariableRole, tuple[Text, Text]] = {
    VariableRole.DIRECT: (say("Names a person"), say("Such as a name, a telephone or a case number. It is not kept.")),
    VariableRole.QUASI: (say("Helps to recognise"), say("Known to others and telling together: age, nationality.")),
    VariableRole.SENSITIVE: (say("Sensitive"), say("Would harm somebody if it were known to be theirs.")),
    VariableRole.WEIGHT: (say("Weight"), say("How many people a row stands for.")),
    VariableRole.HOUSEHOLD: (say("Household"), say("Says which rows belong together; replaced by a code of ours.")),
    VariableRole.GEOGRAPHY: (say("Place"), say("Where somebody is or comes from; helps to recognise, too.")),
    VariableRole.FREE_TEXT: (say("Free text"), say("Written in own words. It never leaves in a file for others.")),
    VariableRole.OTHER: (say("Nothing of these"), say("Neither recognises nor harms anybody.")),
}  # fmt: skip
TYPES: Mapping[VariableType, Text] = {
    VariableType.INTEGER: say("whole numbers"),
    VariableType.NUMBER: say("numbers"),
    VariableType.TEXT: say("text"),
    VariableType.BOOLEAN: say("yes or no"),
    VariableType.DATE: say("days"),
    VariableType.MOMENT: say("moments"),
}


@dataclass(frozen=True, kw_only=True)
class VariableRow:
    """One variable, what is proposed for it, and what was decided.

    Attributes:
        column: Where it is.
        label: What the file says it is.
        type: How its values are kept.
        codes: How many codes its list has; 0 for none.
        proposal: The role proposed, `None` where nothing was.
        because: Why, in a sentence; never a value.
        sure: Whether two signs agreed.
        role: The role decided, `None` while nobody did.
        alike: How many other variables are like this one.
    """

    column: Column
    label: str
    type: VariableType
    codes: int = 0
    proposal: VariableRole | None = None
    because: Text | str = ""
    sure: bool = False
    role: VariableRole | None = None
    alike: int = 0


@dataclass(frozen=True, kw_only=True)
class SheetView:
    """Which part of the sheet is shown; its fields are the names in the address.

    Attributes:
        show: `undecided` or `all`.
        role: Only variables for which this role is proposed or decided; `None` for any.
        text: Only names and labels with this in them.
        page: Page, from 1.
    """

    show: str = ALL
    role: VariableRole | None = None
    text: str = ""
    page: int = 1

    def query(self) -> dict[str, str]:
        """What the address, or a form's hidden fields, say of it."""
        role = self.role.value if self.role else ""
        return {"show": self.show, "of": role, "text": self.text, "page": str(self.page)}

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "SheetView":
        """The part an address asks for; what it does not understand it leaves out."""
        role, page = query.get("of", ""), query.get("page", "1")
        return cls(
            show=UNDECIDED if query.get("show") == UNDECIDED else ALL,
            role=VariableRole(role) if role in set(VariableRole) else None,
            text=query.get("text", ""),
            page=max(1, int(page)) if page.isascii() and page.isdigit() else 1,
        )

    def shown(self, rows: Sequence[VariableRow]) -> tuple[VariableRow, ...]:
        """Rows of this part, all pages."""
        return tuple(one for one in rows if self._fits(one))

    def _fits(self, row: VariableRow) -> bool:
        wanted = self.text.casefold()
        return (
            (self.show == ALL or row.role is None)
            and self.role in {None, row.role or row.proposal}
            and (wanted in row.column.name.casefold() or wanted in row.label.casefold())
        )


@dataclass(frozen=True)
class Choices:
    """What a steward chose on the sheet.

    Attributes:
        roles: The role chosen, by variable; a variable left undecided is not there.
        agreed: Variables whose proposal was ticked as right, and no other role chosen.
        alike: Variables whose role shall count for all that are like them.
    """

    roles: Mapping[Column, VariableRole] = field(hash=False)
    agreed: frozenset[Column]
    alike: frozenset[Column]


def role_name(role: VariableRole) -> Text:
    """What people call a role."""
    return ROLES[role][0]


def variables_filter(words: Words, view: SheetView, *, action: str) -> Markup:
    """What part of the sheet to show: a form that only looks."""
    return fill("variables_filter", words, view=view, action=action, roles=ROLES)


def variables_grid(
    words: Words,
    rows: Sequence[VariableRow],
    *,
    view: SheetView,
    action: str,
    csrf: str,
    link: Callable[[int], str],
) -> Markup:
    """The sheet: name, label, type, proposal with its reason, and the role to decide; a hundred rows a page.

    Args:
        words: The language.
        rows: Every variable of the data set, in the files' order.
        view: Which part is shown; carried along, so that saving comes back to it.
        action: Where it is saved; `read_choices` reads what it sends.
        csrf: The session's token.
        link: The address of a page of this part.
    """
    found = view.shown(rows)
    pages = max(1, -(-len(found) // VARIABLES_A_PAGE))
    page = min(view.page, pages)
    shown = found[(page - 1) * VARIABLES_A_PAGE : page * VARIABLES_A_PAGE]
    files = len({one.column.file for one in rows})
    return fill(
        "variables_grid", words, rows=shown, action=action, csrf=csrf, carried=view.query(), roles=ROLES, types=TYPES,
        undecided=sum(one.role is None for one in rows), total=len(rows), several=files > 1, name=_control,
        pages=pagination(words, page=page, pages=pages, link=link),
    )  # fmt: skip


def roles_explained(words: Words) -> Markup:
    """The eight roles and what each means."""
    return fill("roles_explained", words, roles=ROLES)


def _control(sort: str, column: Column) -> str:
    return f"{sort}:{column.file}:{column.name}"


def read_choices(form: Mapping[str, str]) -> Choices:
    """What the sheet sent.

    Raises:
        BadInput: A role is none of the eight.
    """
    roles = {column: _role(value) for column, value in _sent(form, ROLE) if value}
    agreed = frozenset(column for column, _ in _sent(form, AGREE)) - frozenset(roles)
    return Choices(roles, agreed, frozenset(column for column, _ in _sent(form, ALIKE)))


def _sent(form: Mapping[str, str], sort: str) -> Iterator[tuple[Column, str]]:
    for key, value in form.items():
        start, _, rest = key.partition(":")
        file, colon, name = rest.partition(":")
        if start == sort and colon:
            yield Column(file=file, name=name), value


def _role(value: str) -> VariableRole:
    if value not in set(VariableRole):
        raise BadInput(f"a role must be one of {', '.join(VariableRole)}")
    return VariableRole(value)
