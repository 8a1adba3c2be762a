"""What the shares of a pool are brought into: the columns of a standard without anything that says who somebody is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as made_by
from enum import StrEnum
from functools import cache

from safeconduct.ingest.standards.ctdc import ctdc
from safeconduct.ingest.standards.declared import DisclosureRole, FieldType, StandardField, htcds, ic_tip
from safeconduct.ingest.standards.records import choice_name, described
from safeconduct.model.consent import is_consent
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import Variable, VariableRole, VariableType
from safeconduct.model.text import say

CASES = "cases"
CONTRIBUTOR = "contributor"
LEFT_ROLES = frozenset({VariableRole.DIRECT, VariableRole.FREE_TEXT})
LEFT_DISCLOSED = frozenset({
    DisclosureRole.DIRECT, DisclosureRole.THIRD_PARTY, DisclosureRole.FREE_TEXT, DisclosureRole.ORGANISATION,
})  # fmt: skip
LEFT_TYPES = frozenset({FieldType.ORGANISATION, FieldType.PERSON, FieldType.USER, FieldType.PLACE})
"""What is never pooled: who somebody is, free text, and everything that tells an organisation apart."""


class Shape(StrEnum):
    """What the cells of a target column are."""

    CODES = "codes"
    FLAG = "flag"
    YES_NO = "yes or no"
    DAY = "day"
    NUMBER = "number"
    TEXT = "text"

    @property
    def type(self) -> VariableType:
        """How they are kept."""
        return TYPES[self]


TYPES: Mapping[Shape, VariableType] = {
    Shape.CODES: VariableType.TEXT,
    Shape.FLAG: VariableType.INTEGER,
    Shape.YES_NO: VariableType.BOOLEAN,
    Shape.DAY: VariableType.DATE,
    Shape.NUMBER: VariableType.NUMBER,
    Shape.TEXT: VariableType.TEXT,
}


@dataclass(frozen=True, kw_only=True)
class TargetColumn:
    """A column every share is brought into.

    Attributes:
        name: Its name.
        field: The field of HTCDS it comes from.
        code: The one of several answers it is about, `""` for the whole field.
        shape: What its cells are.
        role: What it is for whoever wants to recognise somebody.
        variable: What is known about it.
        codes: Labels by code, empty for an open column.
    """

    name: str
    field: str
    code: str
    shape: Shape
    role: VariableRole
    variable: Variable
    codes: Mapping[str, str] = made_by(default_factory=dict, hash=False)


@cache
def target(standard: str) -> tuple[TargetColumn, ...]:
    """The columns of a standard that a pool may hold, in the standard's order, answers of consent among them.

    Args:
        standard: `htcds`, `ic_tip` or `ctdc`. For CTDC these are the fields its columns are made of.

    Raises:
        BadInput: There is no such standard.

    Example:
        >>> names = {one.name for one in target("htcds")}
        >>> "prs_Gender" in names, "prs_FirstName" in names
        (True, False)
    """
    wanted = {"htcds": lambda _: True, "ic_tip": _in_ic_tip, "ctdc": _in_ctdc}
    if standard not in wanted:
        raise BadInput(say("A pool is in one of: {known}.", known=", ".join(wanted)), field="standard")
    fits = wanted[standard]
    return tuple(
        column
        for one in htcds().every
        if may_be_pooled(one) and (is_consent(one.name) or fits(one))
        for column in _columns(one)
    )


def may_be_pooled(one: StandardField) -> bool:
    """Whether a field may stand in a pool at all: it says who nobody is, and tells no organisation apart."""
    return not (
        one.propose in LEFT_ROLES or one.role in LEFT_DISCLOSED or one.type in LEFT_TYPES or one.status == "deprecated"
    )


def _in_ic_tip(one: StandardField) -> bool:
    return bool(ic_tip().place(one)[0])


SPECIAL = frozenset({"prs_Gender", "prs_Birthdate", "cas_RegistrationDate", "cas_IncomingReferralDate"})
"""Fields that CTDC's columns of gender, age and year are made of."""


def _in_ctdc(one: StandardField) -> bool:
    return one.name in SPECIAL or one.name in {each.field for each in ctdc().maps}


def _columns(one: StandardField) -> Iterator[TargetColumn]:
    if one.several and not one.of_countries:
        yield from (_column(one, code, label) for code, label in htcds().choices(one).items())
    else:
        yield _column(one, "", "")


def _column(one: StandardField, code: str, label: str) -> TargetColumn:
    shape = Shape.FLAG if code else _shape(one)
    base = described(one)
    variable = Variable(
        name=choice_name(one, code) if code else one.name,
        type=shape.type,
        labels={"": f"{one.label}: {label}"} if code else base.labels,
        categories=base.categories if shape is Shape.CODES else (),
        measurement=base.measurement,
        questions=base.questions,
        group=one.name if code else "",
    )
    codes = htcds().choices(one) if shape is Shape.CODES else {}
    return TargetColumn(name=variable.name, field=one.name, code=code, shape=shape, role=one.propose,
                        variable=variable, codes=codes)  # fmt: skip


def _shape(one: StandardField) -> Shape:
    if one.type is FieldType.PICK_OR_TEXT:
        return Shape.TEXT
    if one.coded:
        return Shape.CODES
    shapes = {FieldType.CHECKBOX: Shape.YES_NO, FieldType.DATE: Shape.DAY, FieldType.NUMBER: Shape.NUMBER}
    return shapes.get(one.type, Shape.TEXT)
