"""What must stay possible of a withheld cell."""

from collections.abc import Mapping
from dataclasses import dataclass

from safeconduct.protect.intervals import Interval


@dataclass(frozen=True, kw_only=True)
class Protection:
    """What must stay possible of a withheld cell, for somebody who knows everything else that is told.

    Of a cell below the minimum every whole number from 0 to `minimum` − 1, so that nobody cannot be told from few; of
    any other at least `minimum` whole numbers.

    Attributes:
        minimum: What a cell must have to be told, 1 or more.
        noise: How far a told figure may be from what was counted, 0 or more.
    """

    minimum: int
    noise: int = 0

    def enough(self, values: Mapping[int, int]) -> Mapping[int, int]:
        """How large a cell must be able to be for sure, where no more needs to be known: those below the minimum."""
        return {cell: self.minimum - 1 for cell, value in values.items() if value < self.minimum}

    def holds(self, value: int, left: Interval) -> bool:
        """Whether enough is left of a cell with this value.

        Example:
            >>> goal = Protection(minimum=16)
            >>> goal.holds(3, (0, 15)), goal.holds(3, (1, 40)), goal.holds(40, (30, 45)), goal.holds(40, (30, 44))
            (True, False, True, False)
        """
        least, most = left
        if value >= self.minimum:
            return most is None or most - least + 1 >= self.minimum
        return least <= 0 and (most is None or most >= self.minimum - 1)
