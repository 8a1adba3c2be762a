"""Hours and cells without an event."""

from statistics import median
from typing import ClassVar

from safeconduct.ingest.quality import LEAST_BEFORE, Day, Limits, QualityCheck, Unit, quality_check
from safeconduct.ingest.quality_figures import HOURS, Number
from safeconduct.model.text import Text, say


@quality_check
class SilentHours(QualityCheck):
    """Hours without a single event that are usually lively: at least `many` events times ten on most such days."""

    name: ClassVar[str] = "silent_hours"
    title: ClassVar[Text] = say("Hours without events")
    means: ClassVar[Text] = say("Nothing happened in hours that are usually lively: files of these hours are missing.")
    advice: ClassVar[Text] = say("Ask the operator for the files of these hours.")
    unit: ClassVar[Unit] = Unit.HOURS
    judged_in: ClassVar[Unit] = Unit.HOURS
    limits: ClassVar[Limits] = Limits(warning_above=0.5)
    told: ClassVar[bool] = True

    def value(self, day: Day) -> Number | None:
        """How many hours; `None` where there are fewer than three days to compare with."""
        if len(day.before) < LEAST_BEFORE:
            return None
        return sum(day.figures.hours[hour] == 0 and self._lively(day, hour) for hour in range(HOURS))

    def _lively(self, day: Day, hour: int) -> bool:
        return median(one.hours[hour] for one in day.before) >= 10 * day.many


@quality_check
class SilentCells(QualityCheck):
    """Cells without an event that are usually busy: at least `many` people on most such days before."""

    name: ClassVar[str] = "silent_cells"
    title: ClassVar[Text] = say("Masts without events")
    means: ClassVar[Text] = say("Cells that are usually busy were silent: who lives there seems to have left, and has "
                                "not.")  # fmt: skip
    advice: ClassVar[Text] = say("Do not read movements out of these places on this day; ask the operator which masts "
                                 "were out.")  # fmt: skip
    unit: ClassVar[Unit] = Unit.CELLS
    judged_in: ClassVar[Unit] = Unit.SHARE
    limits: ClassVar[Limits] = Limits(notice_above=0.0, warning_above=0.05)
    told: ClassVar[bool] = True

    def value(self, day: Day) -> Number | None:
        """How many busy cells are silent; `None` where nothing is usual."""
        busy = self._busy(day)
        return None if busy is None else len(busy - day.figures.cells.keys())

    def reading(self, day: Day) -> Number | None:
        """What share of the busy cells is silent."""
        busy = self._busy(day)
        return len(busy - day.figures.cells.keys()) / len(busy) if busy else None

    def communes(self, day: Day) -> tuple[str, ...]:
        """Communes in which a busy cell is silent."""
        silent = (self._busy(day) or set()) - day.figures.cells.keys()
        return tuple(sorted({day.communes[cell] for cell in silent if cell in day.communes}))

    @staticmethod
    def _busy(day: Day) -> set[int] | None:
        """Cells with many people on more than half of the days before; `None` where these are too few."""
        if len(day.before) < LEAST_BEFORE:
            return None
        cells = {cell for one in day.before for cell in one.cells}
        return {
            cell
            for cell in cells
            if 2 * sum(one.cells.get(cell, (0, 0))[1] >= day.many for one in day.before) > len(day.before)
        }
