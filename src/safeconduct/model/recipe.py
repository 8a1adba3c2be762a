"""Treatment plans: what is done to the original, step by step, each time from the start."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from safeconduct.model.canonical import Json, digest
from safeconduct.model.microdata import Roles, VariableRole
from safeconduct.model.trees import from_tree, to_tree

FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a plan.

    Attributes:
        method: Name of a method in `protect.methods`, or of a correction in `ingest.corrections`.
        columns: Columns it works on, in order; all of one table.
        file: Name of the table, `""` where the data set has one.
        parameters: Its parameters as JSON; numbers that are not whole are written as text, `"0.5"`.
        why: Why it is done, in words; kept with the plan.
    """

    method: str
    columns: tuple[str, ...]
    file: str = ""
    parameters: Mapping[str, Json] = field(default_factory=dict, hash=False)
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A treatment plan.

    Attributes:
        dataset: Id of the data set's version it was written for.
        roles: Role of each variable by table and name.
        steps: What is done, in order; undoing a step is leaving it out.
        recipe: Format number.
    """

    dataset: str
    roles: Roles = field(hash=False)
    steps: tuple[Step, ...] = ()
    recipe: int = FORMAT

    @property
    def id(self) -> str:
        """SHA-256 of what it says."""
        return digest(to_tree(self))

    def columns(self, file: str, role: VariableRole) -> tuple[str, ...]:
        """Columns of a table with a role, in the order they were given."""
        return tuple(name for name, now in self.roles.get(file, {}).items() if now is role)

    @classmethod
    def of(cls, tree: Mapping[str, object]) -> "Recipe":
        """A plan from its tree.

        Raises:
            BadInput: It is no plan; the message names the part.
        """
        return from_tree(cls, tree, where="recipe")
