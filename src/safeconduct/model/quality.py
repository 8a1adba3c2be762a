"""How far the records of a day can be trusted, as far as everybody may know it.

What was counted of a day is for insiders and stands elsewhere; here are only the names of what was found.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from safeconduct.model.areas import EventType
from safeconduct.model.text import Text, say


class Severity(StrEnum):
    """How bad a finding is, from mild to bad. `HOLD` keeps a day out of every answer until a steward lets it in."""

    NOTICE = "notice"
    WARNING = "warning"
    HOLD = "hold"

    @property
    def flags(self) -> bool:
        """Whether a day with it counts as flagged: a notice is only to be known."""
        return self is not Severity.NOTICE


class Grade(StrEnum):
    """How far an answer can be relied on, judged by its days alone.

    `GOOD`: every day there, none flagged. `FAIR`: up to a tenth of the days and types flagged, missing or held back.
    `LIMITED`: up to a third. `POOR`: more. `UNKNOWN`: days that nobody looked at.
    """

    GOOD = "good"
    FAIR = "fair"
    LIMITED = "limited"
    POOR = "poor"
    UNKNOWN = "unknown"


SAYS_GRADE: Mapping[Grade, Text] = {
    Grade.GOOD: say("Reliability of the records read: good. Every day is there and none is flagged."),
    Grade.FAIR: say("Reliability of the records read: fair. Up to one in ten days is flagged, missing or held back."),
    Grade.LIMITED: say(
        "Reliability of the records read: limited. Up to one in three days is flagged, missing or held back."
    ),
    Grade.POOR: say(
        "Reliability of the records read: poor. More than one in three days is flagged, missing or held back."
    ),
    Grade.UNKNOWN: say("Reliability of the records read: unknown. Some of their days were never looked at."),
}
MOST_FAIR, MOST_LIMITED = (1, 10), (1, 3)


@dataclass(frozen=True, order=True, kw_only=True)
class Source:
    """The events of one type on one local day, of which one thing can be said."""

    type: EventType
    day: date

    @property
    def name(self) -> str:
        """Type and day, as partitions are called.

        Example:
            >>> Source(type=EventType.SMS, day=date(2026, 1, 5)).name
            'sms/2026-01-05'
        """
        return f"{self.type}/{self.day.isoformat()}"

    @classmethod
    def of(cls, name: str) -> "Source":
        """The source of a name that `name` gave.

        Raises:
            ValueError: It is no such name.
        """
        sort, _, day = name.partition("/")
        return cls(type=EventType(sort), day=date.fromisoformat(day))


@dataclass(frozen=True, order=True, kw_only=True)
class QualityFinding:
    """One thing that is odd about a day; it holds no number.

    Attributes:
        source: Which day of which type.
        check: Name of the check.
        severity: How bad.
        title: What people call it, the English sentence of a `Text`.
        told: Everybody may know: it was decided from what many people did together.
        communes: Codes of the communes it is about, `()` where it is about all of the data set.
    """

    source: Source
    check: str
    severity: Severity
    title: str
    told: bool = True
    communes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Trust:
    """What is publicly known about the quality of a version of a data set.

    Attributes:
        checked: What was looked at.
        findings: What everybody may know was found.
        held: Days that are held back: they are in no answer, as if they had not arrived.
        since: When the records of each, as they are, were first looked at, so that they could be answered; UTC.
    """

    checked: frozenset[Source] = frozenset()
    findings: tuple[QualityFinding, ...] = ()
    held: frozenset[Source] = frozenset()
    since: Mapping[Source, datetime] = field(default_factory=dict, hash=False)

    def flagged(self) -> frozenset[Source]:
        """Days with a finding that is worse than a notice."""
        return frozenset(one.source for one in self.findings if one.severity.flags)

    def among(self, asked: Collection[Source]) -> tuple[QualityFinding, ...]:
        """What was found about some of the days, in order."""
        return tuple(sorted(one for one in self.findings if one.source in asked))

    def grade(self, asked: Collection[Source], missing: Collection[Source] = ()) -> Grade:
        """How far an answer about these days can be relied on.

        Args:
            asked: Days and types the question is about.
            missing: Those among them that are not there.
        """
        there = set(asked) - set(missing) - self.held
        if there - self.checked:
            return Grade.UNKNOWN
        bad = len((self.flagged() | self.held | set(missing)) & set(asked))
        if not bad:
            return Grade.GOOD
        if bad * MOST_FAIR[1] <= len(asked) * MOST_FAIR[0]:
            return Grade.FAIR
        return Grade.LIMITED if bad * MOST_LIMITED[1] <= len(asked) * MOST_LIMITED[0] else Grade.POOR


def hours_after(day: date, zone: str, moment: datetime) -> int:
    """Whole hours from the end of a local day until a moment, never less than 0.

    Args:
        day: The local day; it ends at the next local midnight, whatever the clocks did.
        zone: Its IANA time zone.
        moment: With its zone.

    Example:
        >>> hours_after(date(2026, 1, 5), "Africa/Maputo", datetime(2026, 1, 6, 4, 59, tzinfo=UTC))
        6
    """
    end = datetime.combine(day + timedelta(days=1), datetime.min.time(), ZoneInfo(zone)).astimezone(UTC)
    return max(int((moment - end).total_seconds() // 3600), 0)
