"""The quality of a data set for insiders: every day, what was found, what to do, and the figures behind it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from safeconduct.actions.quality import HeldDay, Timeliness, held_days_of, timeliness
from safeconduct.actions.room import Room
from safeconduct.actions.trusted import book_of, current_book, figures_of, settings_of
from safeconduct.actions.verb import action
from safeconduct.ingest.quality import Limits, QualitySettings, quality_check
from safeconduct.ingest.quality_book import Book
from safeconduct.ingest.quality_months import of_months
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
        days: The days.
    """

    check: str
    type: EventType
    severity: Severity
    title: Text
    means: Text
    advice: Text
    days: tuple[date, ...]


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
        timeliness: How long it takes from events to an answer.
        figures: What was read off the last eight weeks: for pages alone, no door carries it.
    """

    dataset: str
    type: EventType
    types: tuple[EventType, ...]
    present: tuple[date, ...]
    unseen: tuple[date, ...]
    held: tuple[HeldDay, ...]
    odd: tuple[Odd, ...]
    timeliness: Timeliness
    figures: Insight = field(repr=False)


@action(needs="operate", reads=True)
def quality_report(room: Room, *, dataset: str, events: EventType = EventType.CALLS) -> QualityReport:
    """What was found about the days of a data set, what to do, and figures; that it was read is recorded.

    Args:
        dataset: Name of the data set.
        events: Which type of events; of a type there are none of, the first there are.
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
    return QualityReport(
        dataset=dataset,
        type=sort,
        types=types,
        present=days,
        unseen=tuple(day for day in days if Source(type=sort, day=day) not in book.entries),
        held=tuple(one for one in held_days_of(room.site, dataset) if one.type is sort),
        odd=_odd([*found, *of_months({sort: present[sort]})]),
        timeliness=timeliness(room.site, manifest, room.now),
        figures=_figures(room, book, dataset, [Source(type=sort, day=day) for day in days[-MOST_DAYS:]]),
    )


def _odd(found: list[QualityFinding]) -> tuple[Odd, ...]:
    groups: dict[tuple[int, str], list[QualityFinding]] = {}
    for one in sorted(found):
        groups.setdefault((-list(Severity).index(one.severity), one.check), []).append(one)
    return tuple(
        Odd(
            check=check,
            type=some[0].source.type,
            severity=some[0].severity,
            title=Text(some[0].title),
            means=quality_check[check].means if check in quality_check else MONTHS,
            advice=quality_check[check].advice if check in quality_check else MONTHS,
            days=tuple(one.source.day for one in some),
        )
        for (_, check), some in sorted(groups.items())
    )


def _figures(room: Room, book: Book, dataset: str, sources: Sequence[Source]) -> Insight:
    """Every reading of these days, one row a day and check, with the limits it is held against."""
    limits, pages = settings_of(room.site, dataset), figures_of(room.site, dataset)
    looked = {source: book.entries[source].last for source in sources if source in book.entries}
    kept = {page: pages.get(page) for page in {one.page for one in looked.values()}}
    rows = [row for source, one in looked.items() for row in _rows(source, kept[one.page][source.name], limits)]
    columns = ("day", "check", "value", "reading", "unit", "judged_in", "below", "above")
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


def _worst(limits: Limits) -> tuple[float | None, float | None]:
    """The limits of the worst severity that has any."""
    pairs = (limits.of(severity) for severity in reversed(Severity))
    return next((pair for pair in pairs if pair != (None, None)), (None, None))


def _real(number: object) -> float | None:
    return None if number is None else float(str(number))
