"""How far an answer can be relied on: what was found about the days it reads, in sentences without a number."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby

from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.days import runs
from safeconduct.model.geography import Geography
from safeconduct.model.outcomes import Admission, PublicFacts
from safeconduct.model.quality import SAYS_GRADE, QualityFinding, Severity, Source, hours_after
from safeconduct.model.text import Text, say
from safeconduct.query.reading import reads
from safeconduct.query.spec import read_question
from safeconduct.store.places import ancestors

MOST_AREAS, MOST_HOURS = 40, 72
SAYS: dict[tuple[Severity, EventType], Text] = {
    (Severity.NOTICE, EventType.CALLS): say("Unusual in calls of {days}: {finding_said}."),
    (Severity.NOTICE, EventType.SMS): say("Unusual in messages of {days}: {finding_said}."),
    (Severity.NOTICE, EventType.MDS): say("Unusual in data sessions of {days}: {finding_said}."),
    (Severity.NOTICE, EventType.TOPUPS): say("Unusual in top-ups of {days}: {finding_said}."),
    (Severity.WARNING, EventType.CALLS): say("Warning about calls of {days}: {finding_said}."),
    (Severity.WARNING, EventType.SMS): say("Warning about messages of {days}: {finding_said}."),
    (Severity.WARNING, EventType.MDS): say("Warning about data sessions of {days}: {finding_said}."),
    (Severity.WARNING, EventType.TOPUPS): say("Warning about top-ups of {days}: {finding_said}."),
}
SAID = (
    say("What to know about calls of {days}."), say("Warning about calls of {days}."),
    say("What to know about messages of {days}."), say("Warning about messages of {days}."),
    say("What to know about data sessions of {days}."), say("Warning about data sessions of {days}."),
    say("What to know about top-ups of {days}."), say("Warning about top-ups of {days}."),
)  # fmt: skip
"""What earlier answers say; here so that it stays translated."""


def reliability(admission: Admission) -> tuple[Text, ...]:
    """What a reader must know of the records read: findings, days held back or left out, and a grade.

    Empty where nobody speaks of quality, as on one's own files.
    """
    trust = admission.facts.trust
    if trust is None:
        return ()
    reading = reads(read_question(admission.spec).plan())
    asked = frozenset(Source(type=sort, day=day) for sort in reading.events for day in reading.days
                      if admission.facts.present.get(sort) or any(one.type is sort for one in trust.held))  # fmt: skip
    there = _there(admission.facts)
    found = [one for one in trust.among(asked & there) if one.told]
    return (
        *_away(admission.facts, asked),
        *_findings(found, admission.facts.geography, reading.finest),
        SAYS_GRADE[trust.grade(asked - admission.facts.left_out, asked - there - admission.facts.left_out)],
        *_took(admission.facts, asked & there),
    )


def days_missing(admission: Admission) -> tuple[date, ...]:
    """Days whose files are missing, wholly or in part; not those that are only held back or left out."""
    facts = admission.facts
    away = facts.left_out | (facts.trust.held if facts.trust else frozenset())
    if not away:
        return admission.missing_days
    types = [sort for sort in reads(read_question(admission.spec).plan()).events if facts.present.get(sort)]
    gone = away | _there(facts)
    return tuple(day for day in admission.missing_days if any(Source(type=sort, day=day) not in gone for sort in types))


def _there(facts: PublicFacts) -> frozenset[Source]:
    return frozenset(Source(type=sort, day=day) for sort, days in facts.present.items() for day in days)


def _away(facts: PublicFacts, asked: frozenset[Source]) -> Iterator[Text]:
    held = sorted({one.day for one in (facts.trust.held if facts.trust else frozenset()) & asked})
    if held:
        yield say("Held back, wholly or in part, because their records cannot be trusted yet: {days}.", days=runs(held))
    if facts.left_out:
        days = runs(sorted({one.day for one in facts.left_out}))
        yield say("Left out, wholly or in part, because they are flagged, as was asked: {days}.", days=days)


def _took(facts: PublicFacts, read: frozenset[Source]) -> Iterator[Text]:
    """How long it took from the end of the newest day read until all that is read of it could be answered."""
    since = facts.trust.since if facts.trust else {}
    newest = max((one.day for one in read if one in since), default=None)
    if newest is None:
        return
    hours = hours_after(newest, facts.zone, max(since[one] for one in read if one.day == newest and one in since))
    day = newest.isoformat()
    if hours <= MOST_HOURS:
        yield say("Records of {day}, the newest read, could be answered {hours} hours after its end.", day=day,
                  hours=hours)  # fmt: skip
    else:
        yield say("Records of {day}, the newest read, could be answered {days} days after its end.", day=day,
                  days=hours // 24)  # fmt: skip


def _findings(found: list[QualityFinding], geography: Geography, level: AreaLevel) -> Iterator[Text]:
    """One sentence for each check, type and severity, with all its days."""
    alike = sorted(found, key=lambda one: (one.check, one.severity, one.source))
    for (_, severity, sort), some in groupby(alike, key=lambda one: (one.check, one.severity, one.source.type)):
        ones = list(some)
        worst = Severity.WARNING if severity.flags else Severity.NOTICE
        days = runs(sorted({one.source.day for one in ones}))
        yield say(SAYS[worst, sort].id, days=days, finding_said=ones[0].title)
        if communes := {code for one in ones for code in one.communes}:
            yield from _places(communes, geography, level)


def _places(communes: set[str], geography: Geography, level: AreaLevel) -> Iterator[Text]:
    told = AreaLevel.COMMUNE if level is AreaLevel.SITE else level
    above = zip(geography.at(AreaLevel.COMMUNE), ancestors(geography, told), strict=True)
    areas = sorted({code for commune, code in above if commune.code in communes and code})
    if areas and len(areas) <= MOST_AREAS:
        yield say("That is about these areas: {areas}.", areas=", ".join(areas))
    elif areas:
        yield say("That is about areas in many parts of the country.")
