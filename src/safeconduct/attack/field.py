"""What an attack may do: ask, and be told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

import numpy as np

from safeconduct.attack.slices import Slices
from safeconduct.attack.truth import Truth

Spec = Mapping[str, object]
Key = tuple[str, ...]


@dataclass(frozen=True)
class Told:
    """What one analyst got for one question.

    Attributes:
        cells: What was told, by the cell's keys as text in the order of the output (days as YYYY-MM-DD, areas as their
            codes, an unknown place as ""); `None` where it is withheld.
        status: Each cell's status, in the words of `CellStatus`.
        refused: Why the question was refused, as the reason's id; empty where it was answered.
        seconds: From asking to the answer in hand.
        size: Bytes of the answer as it came over the wire.
        done: When it was in hand, on the same clock for every answer, seconds.
        reason: Which rule withheld a cell, as the answer says.
        margin: Each told cell's published margin of error; empty where the protection level tells none.
        raw: The answer as it came, for comparing two byte by byte; without times and names of who asked.
        level: Name of the protection level that the answer says it was told under.
    """

    cells: Mapping[Key, int | None] = field(repr=False)
    status: Mapping[Key, str] = field(repr=False)
    refused: str
    seconds: float
    size: int = 0
    done: float = 0.0
    reason: Mapping[Key, str] = field(default_factory=dict, repr=False)
    margin: Mapping[Key, int] = field(default_factory=dict, repr=False)
    raw: str = field(default="", repr=False)
    level: str = ""


class Field(Protocol):
    """A site under attack, as its analysts see it.

    Attributes:
        days: Days that may be asked about.
        areas: Every code of each level that may be asked at, coarse to fine.
        parents: The code of the next coarser level that each code lies in.
        slices: What the events of a day can be cut into.
        truth: What the site was filled with; `None` where it is somebody's own and no truth was given.
        analysts: Tokens at hand, each of another project; collusion needs two.
        rng: The attacker's own guesses, from a fixed seed; never the site's noise.
    """

    days: tuple[date, ...]
    areas: Mapping[str, tuple[str, ...]]
    parents: Mapping[str, str]
    slices: Slices
    truth: Truth | None
    rng: np.random.Generator

    @property
    def analysts(self) -> int:
        """How many there are."""
        ...

    def ask(self, *specs: Spec, who: int = 0) -> list[Told]:
        """Ask all, wait for all; nothing is kept, so that the same question asked twice is asked twice."""
        ...

    def rule(self, level: str, name: str) -> Mapping[str, str]:
        """Parameters of a rule of a protection level, as any analyst may read them; empty where it has no such rule."""
        ...

    def declare(self, first: Spec, *, windows: int) -> bool:
        """Have a steward declare a product: so many windows of a question, each a day later; whether that was done."""
        ...

    def late(self, people: int) -> Truth | None:
        """Let rows of so many people arrive late, and say what is true from then on; `None` where that cannot be."""
        ...
