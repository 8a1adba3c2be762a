"""What was wrong with boundary files, and what was done about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from safeconduct.model.areas import AreaLevel

PER_PERCENT = 10_000


class Flaw(StrEnum):
    """What was wrong with an area's outline.

    An overlap is ground that two areas of a level claim, a gap is ground between them that none does.
    """

    SELF_INTERSECTION = "self_intersection"
    WRONG_WINDING = "wrong_winding"
    DUPLICATE_POINTS = "duplicate_points"
    EMPTY_PART = "empty_part"
    OVERLAP = "overlap"
    GAP = "gap"


class Done(StrEnum):
    """What was done about it: put right, or kept as it is since only a person can tell what is right."""

    MENDED = "mended"
    KEPT = "kept"


@dataclass(frozen=True, kw_only=True)
class BoundaryFinding:
    """One flaw of one area.

    Attributes:
        kind: What was wrong.
        level: Which boundary file.
        code: The area's code.
        done: What was done.
        changed_ppm: Millionths of the area's own ground that the flaw is about: changed by mending it, or claimed twice
            or by nobody where it was kept; at most a million.
        neighbour: Code of the other area, `""` where the flaw is the area's own.
    """

    kind: Flaw
    level: AreaLevel
    code: str
    done: Done
    changed_ppm: int = 0
    neighbour: str = ""

    @property
    def percent(self) -> float:
        """`changed_ppm` in percent, 0 to 100."""
        return self.changed_ppm / PER_PERCENT

    def to_tree(self) -> dict[str, str | int]:
        """The form that is kept."""
        return {
            "kind": str(self.kind),
            "level": str(self.level),
            "code": self.code,
            "done": str(self.done),
            "changed_ppm": self.changed_ppm,
            "neighbour": self.neighbour,
        }

    @classmethod
    def from_tree(cls, tree: Mapping[str, str | int]) -> "BoundaryFinding":
        """A finding from the form that is kept."""
        return cls(
            kind=Flaw(str(tree["kind"])),
            level=AreaLevel(str(tree["level"])),
            code=str(tree["code"]),
            done=Done(str(tree["done"])),
            changed_ppm=int(tree["changed_ppm"]),
            neighbour=str(tree["neighbour"]),
        )
