"""Checks of the records of a day: what is read off it, from where on it is odd, what that means and what to do.

A reading is a number for insiders. What may be told is the name of the check and the day, and only where the reading
depends on many people; `told` says so.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from statistics import median
from typing import ClassVar

from safeconduct.ingest.quality_figures import DayFigures, Number
from safeconduct.model.areas import EventType
from safeconduct.model.errors import BadSettings
from safeconduct.model.quality import QualityFinding, Severity
from safeconduct.model.registry import Plugin, Registry
from safeconduct.model.text import Text, say

EVERY_TYPE = frozenset(EventType)
LEAST_BEFORE = 3


class Unit(StrEnum):
    """What a reading is in."""

    EVENTS = "events"
    PEOPLE = "people"
    CELLS = "cells"
    DEVICES = "devices"
    CARDS = "cards"
    GROUPS = "groups"
    SECONDS = "seconds"
    CLOCK = "hours after midnight"
    HOURS = "hours"
    SHARE = "share, 0 to 1"
    DIVERGENCE = "divergence, 0 to 1"
    TIMES = "times the usual"


SAYS_UNIT: Mapping[Unit, Text] = {
    Unit.EVENTS: say("events"),
    Unit.PEOPLE: say("people"),
    Unit.CELLS: say("cells"),
    Unit.DEVICES: say("devices"),
    Unit.CARDS: say("cards"),
    Unit.GROUPS: say("groups"),
    Unit.SECONDS: say("seconds"),
    Unit.CLOCK: say("hours after midnight"),
    Unit.HOURS: say("hours"),
    Unit.SHARE: say("share, 0 to 1"),
    Unit.DIVERGENCE: say("divergence, 0 to 1"),
    Unit.TIMES: say("times the usual"),
}
"""Units as people read them."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """From where on a reading is odd: below one of these, or above; `None` is no limit.

    Attributes:
        notice_below: Worth knowing below this.
        notice_above: Worth knowing above.
        warning_below: The day is flagged below.
        warning_above: The day is flagged above.
        hold_below: The day is held back below.
        hold_above: The day is held back above.
        slack: How far within its limit a reading must be before a day that is held back is let in again by itself, so
            that a few rows more or less do not move it back and forth; in the unit of the reading.
    """

    notice_below: float | None = None
    notice_above: float | None = None
    warning_below: float | None = None
    warning_above: float | None = None
    hold_below: float | None = None
    hold_above: float | None = None
    slack: float = 0.0

    def of(self, severity: Severity) -> tuple[float | None, float | None]:
        """The lower and the upper limit of a severity."""
        match severity:
            case Severity.NOTICE:
                return self.notice_below, self.notice_above
            case Severity.WARNING:
                return self.warning_below, self.warning_above
            case Severity.HOLD:
                return self.hold_below, self.hold_above

    def severity(self, reading: Number, *, held: bool = False) -> Severity | None:
        """How bad a reading is, the worst that fits; `None` where it is not odd.

        Args:
            reading: What was read.
            held: The day is held back for this already.

        Example:
            >>> limits = Limits(warning_below=20.0, hold_below=18.0, slack=0.5)
            >>> [str(limits.severity(one)) for one in (17.9, 18.0, 20.0)]
            ['hold', 'warning', 'None']
            >>> str(limits.severity(18.2, held=True))
            'hold'
        """
        for severity in reversed(Severity):
            below, above = self.of(severity)
            slack = self.slack if held and severity is Severity.HOLD else 0.0
            if (below is not None and reading < below + slack) or (above is not None and reading > above - slack):
                return severity
        return None

    def having(self, changed: Mapping[str, object], check: str) -> "Limits":
        """These limits with some of them set by the owner; `false` takes one away.

        Raises:
            BadSettings: There is no such limit, or it is no number.
        """
        known = {one.name for one in fields(self)}
        for name, value in changed.items():
            fits = value is False or (isinstance(value, int | float) and not isinstance(value, bool))
            if name not in known or not fits:
                raise BadSettings(
                    say("quality.toml: {check} takes {known}, each a number or false",
                        check=check, known=", ".join(sorted(known)))
                )  # fmt: skip
        given = {name: None if value is False else float(str(value)) for name, value in changed.items()}
        return replace(self, **({"slack": 0.0} if given.get("slack", 0.0) is None else {}) | given)  # type: ignore[arg-type]  # names and numbers were looked at above


@dataclass(frozen=True, kw_only=True, repr=False)
class Day:
    """What a check looks at: a day, and days before it that it can be compared with.

    Attributes:
        figures: The day.
        before: The same weekdays before it, the nearest first, at most four; where there are fewer than three, the
            seven days before.
        many: How many people must stand behind what is told.
        communes: Commune of every cell that stands in one, by code.
    """

    figures: DayFigures
    before: Sequence[DayFigures] = ()
    many: int = 16
    communes: Mapping[int, str] = field(default_factory=dict, hash=False)

    def usual(self, name: str) -> Number | None:
        """The median of a number over the days before; `None` where fewer than three have it."""
        found = [value for one in self.before if (value := one.count(name)) is not None]
        return median(found) if len(found) >= LEAST_BEFORE else None

    def times_usual(self, name: str) -> float | None:
        """A number as a multiple of the usual; `None` where nothing is usual."""
        own, usual = self.figures.count(name), self.usual(name)
        return own / usual if own is not None and usual else None


class QualityCheck(Plugin, ABC):
    """One thing that is read off a day.

    Attributes:
        title: What people call it.
        means: What it means when it is odd.
        advice: What to do then.
        unit: What `value` is in.
        judged_in: What `reading` is in; the limits are in it too.
        limits: From where on it is odd, unless the owner says otherwise.
        types: Which events it is about.
        told: Everybody may know what it finds: it depends on many people.
    """

    title: ClassVar[Text]
    means: ClassVar[Text]
    advice: ClassVar[Text]
    unit: ClassVar[Unit]
    judged_in: ClassVar[Unit]
    limits: ClassVar[Limits]
    types: ClassVar[frozenset[EventType]] = EVERY_TYPE
    told: ClassVar[bool] = False

    @abstractmethod
    def value(self, day: Day) -> Number | None:
        """What is shown; `None` where it does not apply, which is never 0."""

    def reading(self, day: Day) -> Number | None:
        """What is held against the limits; the value itself unless a check says otherwise."""
        return self.value(day)

    def communes(self, day: Day) -> tuple[str, ...]:
        """Codes of the communes a finding is about; `()` where it is about everything."""
        del day
        return ()

    @classmethod
    def flowkit_name(cls, sort: EventType) -> str:
        """What FlowKit keeps it under: with the type of event where not every type has it."""
        return cls.name if cls.types == EVERY_TYPE else f"{cls.name}.{sort}"


class Counted(QualityCheck):
    """A number of the day under the check's own name, held against what is usual for such a day."""

    judged_in: ClassVar[Unit] = Unit.TIMES

    def value(self, day: Day) -> Number | None:
        """The number."""
        return day.figures.count(self.name)

    def reading(self, day: Day) -> Number | None:
        """How many times the usual."""
        return day.times_usual(self.name)


class ShareOfRows(QualityCheck):
    """A number of events of the day, held against all events of the day."""

    unit: ClassVar[Unit] = Unit.EVENTS
    judged_in: ClassVar[Unit] = Unit.SHARE

    def value(self, day: Day) -> Number | None:
        """The number."""
        return day.figures.count(self.name)

    def reading(self, day: Day) -> Number | None:
        """What share of the events it is."""
        own, rows = self.value(day), day.figures.count("count_added_rows")
        return None if own is None or not rows else own / rows


class Shown(QualityCheck):
    """A number that is shown and judged as it stands, or not at all."""

    def value(self, day: Day) -> Number | None:
        """The number."""
        return day.figures.count(self.name)


quality_check: Registry[QualityCheck] = Registry("quality check", "safeconduct.ingest.quality_checks")


@dataclass(frozen=True, kw_only=True)
class QualitySettings:
    """How the days of a data set are judged.

    Attributes:
        people: A day with fewer people is not judged: what it shows depends on too few of them.
        many: How many people must stand behind a time that is told.
        alarm_hours: From so many hours after the end of the newest day that can be answered, somebody is alarmed.
        limits: What the owner changed, by check.
    """

    people: int = 200
    many: int = 16
    alarm_hours: int = 72
    limits: Mapping[str, Mapping[str, object]] = field(default_factory=dict, hash=False)

    def of(self, check: type[QualityCheck]) -> Limits:
        """The limits of a check here.

        Raises:
            BadSettings: A check that is not told would hold days: which days are held is public, so that it would tell
                what may be one person's.
        """
        found = check.limits.having(self.limits.get(check.name, {}), check.name)
        if not check.told and found.of(Severity.HOLD) != (None, None):
            raise BadSettings(
                say("quality.toml: {check} cannot hold a day, since it may depend on one person; use warning_above or "
                    "warning_below", check=check.name)
            )  # fmt: skip
        return found

    @classmethod
    def from_tree(cls, tree: Mapping[str, object]) -> "QualitySettings":
        """Settings of one data set from their TOML table.

        Raises:
            BadSettings: A name is not known or a value of the wrong kind; the message names it.
        """
        numbers = {"people": 2, "many": 2, "alarm_hours": 1}
        limits = {name: value for name, value in tree.items() if isinstance(value, Mapping)}
        for name, value in tree.items():
            least = numbers.get(name)
            if name in limits and name in quality_check:
                continue
            if least is None or type(value) is not int or value < least:
                raise BadSettings(
                    say("quality.toml: {name} is no check and no whole number known here", name=name[:60]), field=name
                )
        found = cls(limits=limits, **{name: value for name, value in tree.items() if name in numbers})  # type: ignore[arg-type]  # whole numbers, looked at above
        for name in limits:
            found.of(quality_check[name])
        return found


Readings = Mapping[str, tuple[Number | None, Number | None]]
"""Value and reading by check."""


def readings_of(day: Day) -> Readings:
    """What every check about this type of event reads off a day."""
    checks = {name: check() for name, check in quality_check.items() if day.figures.source.type in check.types}
    return {name: (check.value(day), check.reading(day)) for name, check in checks.items()}


def judged(
    day: Day, readings: Readings, settings: QualitySettings, *, held_for: frozenset[str] = frozenset()
) -> Iterator[QualityFinding]:
    """What every check finds odd about a day, in the order of their names; a day of few people is not judged.

    Args:
        day: The day and those before it.
        readings: What was read off it.
        settings: The owner's.
        held_for: Checks the day is held back for already.
    """
    people = day.figures.count("count_onnet_msisdns") or 0
    if people < settings.people:
        return
    for name, (_, reading) in readings.items():
        check = quality_check[name]
        severity = None if reading is None else settings.of(check).severity(reading, held=name in held_for)
        if severity is not None:
            yield QualityFinding(
                source=day.figures.source, check=name, severity=severity, title=check.title.id, told=check.told,
                communes=check().communes(day),
            )  # fmt: skip
