"""What an attack is, and what it finds."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar

from safeconduct.attack.field import Field
from safeconduct.model.registry import Plugin, Registry


@dataclass(frozen=True)
class Finding:
    """What came of an attack.

    Attributes:
        metric: What is measured: `accuracy`, `auc`, `bits`, `share`, `epsilon_lower_bound`, …
        accuracy: Share of right guesses; only where a coin would have half of them right.
        auc: Chance that a member scores above a stranger, 0 to 1.
        bits: What a guess tells of a person, in bits; or, where the metric says so, the share of hidden bits found.
        chance: What guessing without asking would give, in the metric's own unit.
        ci: The 95 % interval of the metric.
        n: Guesses made.
        note: One plain sentence: what was tried, what stopped it.
        share: The metric's value where it is none of the three above, such as a share; `None` elsewhere.
        also: Other numbers that go with it, by name.
    """

    metric: str
    accuracy: float | None
    auc: float | None
    bits: float | None
    chance: float
    ci: tuple[float, float]
    n: int
    note: str
    share: float | None = None
    also: Mapping[str, float] = field(default_factory=dict, hash=False)

    @property
    def value(self) -> float | None:
        """What was measured, whatever the metric; `None` where nothing could be."""
        found = (self.share, self.accuracy, self.auc, self.bits)
        return next((one for one in found if one is not None), None) if self.n else None


class Place(Enum):
    """Where an attack on a practice site is played.

    `SHARED` is a site that others asked before, as long as nothing they asked is in the way (see `asking.Crowded`).
    `OWN` is a copy that nobody asked anything, for an attack that changes the site. `QUIET` is such a copy while no
    other attack is at work on this machine, for one that looks at the clock.
    """

    SHARED = "shared"
    OWN = "own"
    QUIET = "quiet"


class Attack(Plugin, ABC):
    """One way to learn more than a protected answer means to tell.

    Attributes:
        name: The name people write; its file's name.
        title: A few words for people.
        says: One sentence: what the attacker does.
        place: Where it is played; an attack is as strong wherever that is.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    says: ClassVar[str]
    place: ClassVar[Place] = Place.SHARED

    @abstractmethod
    def run(self, field: Field, *, guesses: int) -> Finding:
        """Play it.

        Args:
            field: Whom to ask.
            guesses: Guesses to make, at least.
        """


attack: Registry[Attack] = Registry("attack", "safeconduct.attack.attacks")


def untried(metric: str, *, chance: float, note: str) -> Finding:
    """What is reported of an attack that could not be played here: no guesses, and why."""
    return Finding(metric=metric, accuracy=None, auc=None, bits=None, chance=chance, ci=(0.0, 1.0), n=0, note=note)
