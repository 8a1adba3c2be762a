"""Areas and where they are: public facts about a country, not about a person."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from safeconduct.model.areas import AreaLevel


@dataclass(frozen=True, kw_only=True)
class Area:
    """One place at one level.

    Attributes:
        code: The place's code, unique within its level, such as a p-code.
        name: What people call it.
        level: How coarse it is.
        parent: Code of the place one level up, `""` at the top.
        uninhabited: Known from the boundary file to hold nobody, such as a lake.
        observed: At least one cell stood in it, on any day the geography covers.
    """

    code: str
    name: str
    level: AreaLevel
    parent: str = ""
    uninhabited: bool = False
    observed: bool = True


@dataclass(frozen=True)
class Geography:
    """Every area of a data set, one version.

    Attributes:
        id: SHA-256 of the boundaries and the cell positions this version was made from.
        areas: Areas by level, each level sorted by code; their index in that order is the code engines use.
    """

    id: str
    areas: Mapping[AreaLevel, tuple[Area, ...]] = field(hash=False)

    def at(self, level: AreaLevel) -> tuple[Area, ...]:
        """The areas of a level, sorted by code; empty when the level is unknown here."""
        return self.areas.get(level, ())
