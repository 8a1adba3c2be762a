"""How long records may be kept: so many days after their day, rejected rows at most thirty, drafts and old versions."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from safeconduct.model.errors import BadInput
from safeconduct.model.text import say

LONGEST = 36_500
REJECTED = 30
"""Days that rejected rows may lie; never more, whatever anybody sets."""
WEEK, MONTH = 7, 31
"""So many days at most go by themselves at once: of all there is, and of anything."""


@dataclass(frozen=True, kw_only=True)
class Retention:
    """How long the records of a data set are kept.

    Attributes:
        events: Whole days that records are kept after their local day, 1 to 36,500; 0 for as long as the data set.
        rejected: Days that rejected rows are kept after they came, 1 to 30.

    Example:
        >>> Retention(events=365).first_kept(date(2026, 12, 31))
        datetime.date(2025, 12, 31)
    """

    events: int = 0
    rejected: int = REJECTED

    def __post_init__(self) -> None:
        if not 0 <= self.events <= LONGEST:
            raise BadInput(say("records are kept 1 to {most} days, or 0 for as long as the data set", most=LONGEST),
                           field="events")  # fmt: skip
        if not 1 <= self.rejected <= REJECTED:
            raise BadInput(say("rejected rows are kept 1 to {most} days", most=REJECTED), field="rejected")

    def first_kept(self, today: date) -> date | None:
        """The first local day whose records may still be there; `None` where all may."""
        return today - timedelta(days=self.events) if self.events else None

    def rejected_since(self, now: datetime) -> datetime:
        """Rejected rows that came before are destroyed."""
        return now - timedelta(days=self.rejected)

    def asks(self, gone: Collection[date], there: Collection[date], *, set_on: date) -> bool:
        """Whether so many days would go at once that somebody has to say so: a clock that is wrong destroys nothing.

        Days that were due when the rule was set are meant by whoever set it, and do not count.

        Args:
            gone: Days that would go.
            there: Every day there is.
            set_on: When the rule was set.

        Example:
            >>> march = [date(2026, 3, day) for day in range(1, 9)]
            >>> rule = Retention(events=365)
            >>> rule.asks(march, march, set_on=date(2026, 3, 9)), rule.asks(march[:7], march, set_on=date(2026, 3, 9))
            (True, False)
        """
        first = self.first_kept(set_on)
        since = [day for day in gone if first is None or day >= first]
        return len(since) > MONTH or (len(since) > WEEK and frozenset(there) <= frozenset(gone))

    def is_longer_than(self, other: "Retention") -> bool:
        """Whether anything is kept longer than under another rule."""
        events, before = self.events or LONGEST + 1, other.events or LONGEST + 1
        return events > before or self.rejected > other.rejected


@dataclass(frozen=True, kw_only=True)
class StudyRetention:
    """How long what is not the current version of a study's records is kept.

    Attributes:
        drafts: Days that treated rows of an edition that was not published are kept after anything last happened to
            it, 1 to 36,500; 0 for as long as the study.
        versions: Days that a version of the records is kept after another took its place, likewise.

    Example:
        >>> StudyRetention(drafts=90).since(90, date(2026, 12, 31))
        datetime.date(2026, 10, 2)
    """

    drafts: int = 0
    versions: int = 0

    def __post_init__(self) -> None:
        for name, days in (("drafts", self.drafts), ("versions", self.versions)):
            if not 0 <= days <= LONGEST:
                raise BadInput(say("{what} are kept 1 to {most} days, or 0 for as long as the study", what=name,
                                   most=LONGEST), field=name)  # fmt: skip

    @staticmethod
    def since(days: int, today: date) -> date | None:
        """What ended before this day goes; `None` where nothing does."""
        return today - timedelta(days=days) if days else None

    def is_longer_than(self, other: "StudyRetention") -> bool:
        """Whether anything is kept longer than under another rule."""
        pairs = ((self.drafts, other.drafts), (self.versions, other.versions))
        return any((now or LONGEST + 1) > (before or LONGEST + 1) for now, before in pairs)
