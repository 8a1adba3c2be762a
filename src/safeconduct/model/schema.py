"""Fields and what they may give away."""

from dataclasses import dataclass
from enum import StrEnum


class Sensitivity(StrEnum):
    """What a field could give away if it leaked."""

    PUBLIC = "public"
    IDENTIFIER = "identifier"
    PSEUDONYM = "pseudonym"
    QUASI = "quasi-identifier"
    SENSITIVE = "sensitive"
    COMMERCIAL = "commercial"
    COUNT = "count"


class FieldType(StrEnum):
    """How a field is stored; Arrow's words."""

    UINT8 = "uint8"
    UINT16 = "uint16"
    UINT32 = "uint32"
    INT32 = "int32"
    INT64 = "int64"
    FLOAT64 = "float64"
    BOOL = "bool"
    STRING = "string"
    DATE = "date32"


@dataclass(frozen=True, kw_only=True)
class Field:
    """One column, with what it may give away.

    Attributes:
        name: The column's name.
        type: How it is stored.
        sensitivity: What it could give away.
        frame: Whether choosing by it changes *who* is in the frame (design section 5, L7). Place and hour of phone
            records never do.
        unit: The unit, `""` where there is none.
        says: What a reader would get wrong without it.
    """

    name: str
    type: FieldType
    sensitivity: Sensitivity
    frame: bool = False
    unit: str = ""
    says: str = ""


@dataclass(frozen=True)
class Schema:
    """The columns of a table, in order."""

    name: str
    fields: tuple[Field, ...]

    def __getitem__(self, name: str) -> Field:
        """The field of that name."""
        return next(one for one in self.fields if one.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        """Column names, in order."""
        return tuple(one.name for one in self.fields)


EVENTS = Schema(
    "events",
    (
        Field(name="person", type=FieldType.UINT32, sensitivity=Sensitivity.PSEUDONYM, frame=True,
              says="dense code of a pseudonym; never reused, never leaves"),
        Field(name="second", type=FieldType.INT32, sensitivity=Sensitivity.SENSITIVE, unit="s",
              says="seconds since local midnight of the partition's day, 0 to 86399"),
        Field(name="cell", type=FieldType.UINT32, sensitivity=Sensitivity.COMMERCIAL,
              says="dense code of a cell in service that day; it is on a place by the geography in force"),
        Field(name="outgoing", type=FieldType.BOOL, sensitivity=Sensitivity.SENSITIVE,
              says="unknown for data sessions and top-ups"),
        Field(name="amount", type=FieldType.FLOAT64, sensitivity=Sensitivity.SENSITIVE,
              says="seconds of a call, megabytes of a session, money of a top-up; unknown for messages"),
        Field(name="counterpart", type=FieldType.UINT32, sensitivity=Sensitivity.PSEUDONYM,
              says="person code of the other party; unknown unless the mapping says to keep it"),
    ),
)  # fmt: skip
SIGHTINGS = Schema(
    "sightings",
    (
        Field(name="person", type=FieldType.UINT32, sensitivity=Sensitivity.PSEUDONYM, frame=True,
              says="dense code of a pseudonym of whatever is counted: a person, card, household or device"),
        Field(name="second", type=FieldType.INT32, sensitivity=Sensitivity.SENSITIVE, unit="s",
              says="seconds since local midnight of the partition's day, 0 to 86399"),
        Field(name="cell", type=FieldType.UINT32, sensitivity=Sensitivity.SENSITIVE,
              says="dense code of a site, or of a smallest area where a sighting came with one or with a point"),
    ),
)  # fmt: skip
"""Sightings rest as `EVENTS` do, with everything else unknown: no party, direction, amount or card is there to ask."""

ROLLUP = Schema(
    "rollup",
    (
        Field(name="person", type=FieldType.UINT32, sensitivity=Sensitivity.PSEUDONYM, frame=True),
        Field(name="area", type=FieldType.UINT32, sensitivity=Sensitivity.SENSITIVE,
              says="index of the commune in the geography's sorted list"),
        Field(name="events", type=FieldType.UINT32, sensitivity=Sensitivity.SENSITIVE, unit="events"),
        Field(name="first_second", type=FieldType.INT32, sensitivity=Sensitivity.SENSITIVE, unit="s"),
        Field(name="last_second", type=FieldType.INT32, sensitivity=Sensitivity.SENSITIVE, unit="s"),
    ),
)  # fmt: skip
