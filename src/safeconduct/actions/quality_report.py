"""The quality of a data set for insiders: every day, what was found, what to do, and the figures behind it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from safeconduct.actions.quality import HeldDay, Timeliness, held_days_of, timeliness
from safeconduct.actions.quality_history import Changed, Then, looks_of
from safeconduct.actions.room import Room
from safeconduct.actions.trusted import book_of, current_book, figures_of, settings_of
from safeconduct.actions.verb import action
from safeconduct.ingest.quality import SAYS_UNIT, QualitySettings, quality_check
from safeconduct.ingest.quality_book import Book
from safeconduct.ingest.quality_months import MONTH_LIMITS, of_months
from safeconduct.model.areas import EventType
from safeconduct.model.errors import NotFound
from safeconduct.model.outcomes import Insight
from safeconduct.model.quality import QualityFinding, Severity, Source
from safeconduct.model.table import Table
from safeconduct.model.text import Text, say

MOST_DAYS = 56
AUDIENCE = "data stewards, engineers and the data protection officer"
MONTHS = say("The month lacks many days; do not compare it with others before the operator sent the rest.")


@dataclass(frozen=True, kw_only=True)
class Odd:
    """Something odd about some days, in words.

    Attributes:
        check: Name of the check.
        type: Which events.
        severity: How bad.
        title: What it is called.
        means: What it means.
        advice: What to do.
        unit: What the limits are in.
        below: A day is odd below this; `None` where there is no such limit.
        above: A day is odd above this.
        days: The days.
    """

    check: str
    type: EventType
    severity: Severity
    title: Text
    means: Text
    advice: Text
    unit: Text
    below: float | None
    above: float | None
    days: tuple[date, ...]


@dataclass(frozen=True, kw_only=True)
class Holding:
    """A check that holds days back here, and what lets a day in again by itself.

    Attributes:
        check: Name of the check.
        title: What it is called.
        unit: What the limits are in.
        at_least: A day that is held is let in from here on, the limit and its slack; `None` is no limit.
        at_most: A day that is held is let in up to here.
    """

    check: str
    title: Text
    unit: Text
    at_least: float | None
    at_most: float | None


@dataclass(frozen=True, kw_only=True)
class QualityReport:
    """The quality of one type of events of a data set.

    Attributes:
        dataset: Name of the data set.
        type: Which events.
        types: Every type there are events of.
        present: Days there are.
        unseen: Days of these that nobody looked at.
        held: Days that are or were held back.
        odd: What was found, the worst first.
        holding: The checks that hold days back here.
        looks: When days were looked at that were looked at again since, the latest first.
        look: The earlier look that is compared with, `""` for none.
        changed: Days that were looked at again since then.
        timeliness: How long it takes from events of this type to an answer.
        figures: What was read off the last eight weeks: for pages alone, no door carries it.
    """

    dataset: str
    type: EventType
    types: tuple[EventType, ...]
    present: tuple[date, ...]
    unseen: tuple[date, ...]
    held: tuple[HeldDay, ...]
    odd: tuple[Odd, ...]
    holding: tuple[Holding, ...]
    looks: tuple[str, ...]
    look: str
    changed: tuple[Changed, ...]
    timeliness: Timeliness
    figures: Insight = field(repr=False)


@action(needs="operate", reads=True)
def quality_report(room: Room, *, dataset: str, events: EventType = EventType.CALLS, look: str = "") -> QualityReport:
    """What was found about the days of a data set, what to do, and figures; that it was read is recorded.

    Args:
        dataset: Name of the data set.
        events: Which type of events; of a type there are none of, the first there are.
        look: An earlier look to compare with, one of the report's `looks`.
    """
    manifest = room.site.manifest(dataset)
    present = manifest.present()
    types = tuple(sort for sort in EventType if sort in present)
    if not types:
        raise NotFound(say("There are no records yet."))
    sort = events if events in types else types[0]
    with room.write() as act:
        act.record(dataset, {"type": sort.value, "manifest": manifest.id})
    book = book_of(room.site, dataset, current_book(room.site, dataset))
    days = tuple(sorted(present[sort]))
    found = [one for source, entry in book.entries.items() if source.type is sort for one in entry.findings]
    then, limits = Then(book, sort, look, figures_of(room.site, dataset)), settings_of(room.site, dataset)
    return QualityReport(
        dataset=dataset,
        type=sort,
        types=types,
        present=days,
        unseen=tuple(day for day in days if Source(type=sort, day=day) not in book.entries),
        held=tuple(one for one in held_days_of(room.site, dataset) if one.type is sort),
        odd=_odd([*found, *of_months({sort: present[sort]})], limits),
        holding=tuple(_holding(sort, limits)),
        looks=looks_of(book, sort),
        look=look,
        changed=then.changed(limits),
        timeliness=timeliness(room.site, manifest, room.now, sort),
        figures=_figures(room, book, dataset, then, [Source(type=sort, day=day) for day in days[-MOST_DAYS:]]),
    )


def _holding(sort: EventType, settings: QualitySettings) -> Iterator[Holding]:
    for name, check in quality_check.items():
        limits = settings.of(check)
        below, above = limits.of(Severity.HOLD)
        if sort in check.types and (below, above) != (None, None):
            yield Holding(
                check=name,
                title=check.title,
                unit=SAYS_UNIT[check.judged_in],
                at_least=None if below is None else below + limits.slack,
                at_most=None if above is None else above - limits.slack,
            )


def _limit(check: str, severity: Severity, settings: QualitySettings) -> tuple[float | None, float | None, Text]:
    """Below and above what a day is odd in this way, and in which unit."""
    if check not in quality_check:
        return MONTH_LIMITS[check]
    known = quality_check[check]
    return *settings.of(known).of(severity), SAYS_UNIT[known.judged_in]


def _odd(found: list[QualityFinding], settings: QualitySettings) -> tuple[Odd, ...]:
    groups: dict[tuple[int, str], list[QualityFinding]] = {}
    for one in sorted(found):
        groups.setdefault((-list(Severity).index(one.severity), one.check), []).append(one)
    return tuple(_said(check, some, settings) for (_, check), some in sorted(groups.items()))


def _said(check: str, some: Sequence[QualityFinding], settings: QualitySettings) -> Odd:
    below, above, unit = _limit(check, some[0].severity, settings)
    return Odd(
        check=check,
        type=some[0].source.type,
        severity=some[0].severity,
        title=Text(some[0].title),
        means=quality_check[check].means if check in quality_check else MONTHS,
        advice=quality_check[check].advice if check in quality_check else MONTHS,
        unit=unit,
        below=below,
        above=above,
        days=tuple(one.source.day for one in some),
    )


def _figures(room: Room, book: Book, dataset: str, then: Then, sources: Sequence[Source]) -> Insight:
    """Every reading of these days, one row a day and check, with its limits and what was read at the earlier look."""
    limits, pages = settings_of(room.site, dataset), figures_of(room.site, dataset)
    looked = {source: book.entries[source].last for source in sources if source in book.entries}
    kept = {page: pages.get(page) for page in {one.page for one in looked.values()}}
    rows = [
        (*row, _real(then.readings(source).get(str(row[1]))))
        for source, one in looked.items()
        for row in _rows(source, kept[one.page][source.name], limits)
    ]
    columns = ("day", "check", "value", "reading", "unit", "judged_in", "below", "above", "then")
    table = Table.of({name: [row[at] for row in rows] for at, name in enumerate(columns)})
    return Insight(title=say("What was read off the days"), table=table, audience=AUDIENCE)


def _rows(source: Source, tree: object, settings: QualitySettings) -> Iterator[tuple[object, ...]]:
    readings = tree["readings"] if isinstance(tree, Mapping) else {}
    for name, (value, reading) in readings.items():
        if name in quality_check:
            check = quality_check[name]
            limits = settings.of(check)
            below, above = next(
                (pair for one in reversed(Severity) if (pair := limits.of(one)) != (None, None)), (None, None)
            )
            yield (source.day, name, _real(value), _real(reading), check.unit.value, check.judged_in.value,
                   _real(below), _real(above))  # fmt: skip


def _real(number: object) -> float | None:
    return None if number is None else float(str(number))
