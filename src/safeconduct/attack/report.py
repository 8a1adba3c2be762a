"""What the attacks found, as JSON and as a table, beside what they should find at most."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from rich.table import Table

from safeconduct.attack.base import Finding
from safeconduct.attack.workload import Utility
from safeconduct.model.sightings import DataSchema

COIN = 0.55
PUBLIC = "public"
SURE = 1e-9
OF = {DataSchema.PHONE: "", DataSchema.SIGHTINGS: ", sightings"}
NOT_TRIED: Mapping[DataSchema, tuple[str, ...]] = {
    DataSchema.PHONE: (),
    DataSchema.SIGHTINGS: (
        "Types of events were not told apart, since sightings have one type; the day and the night were instead.",
    ),
}


@dataclass(frozen=True)
class Goal:
    """What an attack may find at most.

    Attributes:
        name: Where it comes from.
        most: The largest value of the metric that is good enough.
        times_chance: It is so many times what chance gives, instead.
        also: It is about that other number of the finding, instead.
    """

    name: str
    most: float
    times_chance: bool = False
    also: str = ""


GOALS: Mapping[str, Goal] = {
    "differencing": Goal("G1", COIN),
    "refusals": Goal("G1", COIN),
    "windows": Goal("G1", COIN),
    "histogram_edges": Goal("G1", COIN),
    "collusion": Goal("G1", COIN),
    "versions": Goal("G1", COIN),
    "timing": Goal("G1", COIN),
    "averaging": Goal("G2", 0.0),
    "split": Goal("G3", COIN),
    "reconstruction": Goal("G5", 0.60),
    "membership": Goal("G6", 0.65),
    "membership_blind": Goal("G6", 0.65),
    "discovered": Goal("G4", 0.58),
    "trajectories": Goal("G7", 1.2, times_chance=True),
    "hierarchy": Goal("G14", 0.0, also="narrowed"),
}
STRICTER: Mapping[str, Mapping[str, Goal]] = {
    PUBLIC: {"membership": Goal("G6", COIN), "membership_blind": Goal("G6", COIN)},
}
CANARY, AUDIT, CLOSER = "canary", "G13", "gaussian"
REFUSED = Goal("G8", 0.02)
ERROR = {False: Goal("G9", 0.01), True: Goal("G9", 0.05)}
WAPE = {False: Goal("G9", 0.03), True: Goal("G9", 0.10)}


@dataclass(frozen=True)
class Report:
    """What came of attacking one site.

    Attributes:
        policy: Its protection level; empty where it is somebody else's site.
        people: People in it, `None` where nobody told.
        attacks: What each attack found.
        utility: What is left for those who mean well.
        epsilon: The ε that an answer declares; `None` where the level declares none, and nothing can be held to it.
        schema: What the data set is made of; people are whatever one code of it stands for.
    """

    policy: str
    people: int | None
    attacks: Mapping[str, Finding]
    utility: Utility | None
    epsilon: float | None = None
    schema: DataSchema = DataSchema.PHONE

    def to_json(self) -> dict[str, Any]:
        """Everything, numbers with five decimals."""
        return {
            "attacks": {name: _finding(one) for name, one in self.attacks.items()},
            "utility": None if self.utility is None else _rounded(asdict(self.utility)),
            "policy": self.policy,
            "schema": str(self.schema),
            "people": self.people,
            "epsilon": None if self.epsilon is None else round(self.epsilon, 5),
            "missed": self.missed(),
            "not_tried": self.not_tried(),
        }

    def not_tried(self) -> list[str]:
        """What could not be tried, in words: attacks that made no guess, and what makes no sense with such records."""
        played = [f"{name}: {one.note}" for name, one in self.attacks.items() if not one.n]
        return [*NOT_TRIED[self.schema], *played]

    def missed(self) -> list[str]:
        """Goals that were not met, in words; what could not be tried misses none."""
        found = [
            f"{goal.name}: {name} {value:.3f}, at most {most:.3f}"
            for name, one in self.attacks.items()
            if (goal := self._goal(name)) and (value := _value(one, goal)) is not None
            if value > (most := goal.most * (one.chance if goal.times_chance else 1)) + SURE
        ]
        if self.utility is not None:
            public = self.policy == PUBLIC
            of_use = (
                (REFUSED, "refused cells", self.utility.refused_share),
                (ERROR[public], "median error", self.utility.median_relative_error_over_100),
                (WAPE[public], "WAPE", self.utility.wape),
            )
            found += [f"{goal.name}: {name} {value:.3f}, at most {goal.most:.3f}" for goal, name, value in of_use
                      if value > goal.most + SURE]  # fmt: skip
        return found

    def table(self) -> Table:
        """For people."""
        table = Table(title=f"Attacks on '{self.policy or 'the site'}'{OF[self.schema]}", title_justify="left")
        for name in ("attack", "metric", "found", "chance", "95 %", "guesses", "goal", "note"):
            table.add_column(name, justify="left", overflow="fold")
        for name, one in self.attacks.items():
            low, high = one.ci
            value, goal = one.value, self._goal(name)
            table.add_row(
                name, one.metric, "-" if value is None else f"{value:.3f}", f"{one.chance:.3f}",
                f"{low:.3f} to {high:.3f}" if one.n else "-", str(one.n), _met(one, goal), one.note,
            )  # fmt: skip
        return table

    def _goal(self, name: str) -> Goal | None:
        """What an attack may find at most under this level; noise that declares an ε may not show a larger one."""
        if name == CANARY:
            return None if self.epsilon is None else Goal(AUDIT, self.epsilon)
        return STRICTER.get(self.policy, GOALS).get(name, GOALS.get(name))


def _met(one: Finding, goal: Goal | None) -> str:
    if goal is None or (value := _value(one, goal)) is None:
        return "-"
    most = goal.most * (one.chance if goal.times_chance else 1)
    return f"{goal.name} {'met' if value <= most + SURE else 'MISSED'} (at most {most:.2f})"


def _value(one: Finding, goal: Goal) -> float | None:
    if goal.name == AUDIT and one.value is not None:
        return max(one.value, one.also.get(CLOSER, one.value))
    if not goal.also:
        return one.value
    return one.also.get(goal.also) if one.n else None


def _finding(one: Finding) -> dict[str, Any]:
    tree = asdict(one)
    return _rounded({
        **{name: tree[name] for name in ("metric", "accuracy", "auc", "bits", "chance", "ci", "n")},
        "value": one.value,
        **one.also,
        "note": one.note,
    })  # fmt: skip


def _rounded(tree: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _short(value) for name, value in tree.items()}


def _short(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_short(one) for one in value]
    return round(value, 5) if isinstance(value, float) else value
