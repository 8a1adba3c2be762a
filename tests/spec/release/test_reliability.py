"""What an answer says of the records it reads: from public facts, without a number of theirs."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from safeconduct.model.areas import EventType
from safeconduct.model.quality import QualityFinding, Severity, Source, Trust
from safeconduct.query.spec import read_question
from safeconduct.release.gate import admit
from safeconduct.release.policies import shipped
from safeconduct.release.reliability import days_missing, reliability
from safeconduct.release.worked_example import asked

FIRST, SECOND = date(2026, 1, 5), date(2026, 1, 6)
SPEC = {"kind": "unique_subscriber_counts", "days": {"first": str(FIRST), "last": str(SECOND)}, "areas": "admin1",
        "events": ["calls"]}  # fmt: skip
CALLS = [Source(type=EventType.CALLS, day=day) for day in (FIRST, SECOND)]


def admission(trust: Trust | None, *, left_out: frozenset[Source] = frozenset()):
    """The question about two days of calls, of which those that are held back or left out are not present."""
    away = left_out | (trust.held if trust else frozenset())
    question = asked(read_question(SPEC))
    present = {
        kind: days - {one.day for one in away if one.type is kind} for kind, days in question.facts.present.items()
    }
    facts = replace(question.facts, present=present, trust=trust, left_out=left_out)
    return admit(replace(question, facts=facts), shipped()["threshold_only"])


def said(trust: Trust | None, **how) -> list[str]:
    return [str(one) for one in reliability(admission(trust, **how))]


def finding(severity: Severity, *communes: str, told: bool = True) -> QualityFinding:
    return QualityFinding(source=CALLS[1], check="silent_cells", severity=severity, title="Masts without events",
                          told=told, communes=communes)  # fmt: skip


def test_where_nobody_speaks_of_quality_nothing_is_said():
    assert said(None) == []


def test_days_without_anything_odd_are_good():
    assert said(Trust(checked=frozenset(CALLS))) == [
        "Reliability of the records read: good. Every day is there and none is flagged."
    ]


def test_a_finding_is_told_with_its_day_type_and_places():
    """Places are told as coarsely as the answer: a commune is told by its province."""
    geography = asked(read_question(SPEC)).facts.geography
    commune = next(iter(geography.at(next(level for level in geography.areas if level.value == "admin3"))))
    trust = Trust(checked=frozenset(CALLS), findings=(finding(Severity.WARNING, commune.code),))
    first, places, grade = said(trust)

    assert first == "Warning about calls of 2026-01-06: Masts without events."
    assert places in {"That is about these areas: N.", "That is about these areas: S."}
    assert "poor" in grade


def test_what_may_be_one_persons_is_never_told():
    """Though somebody handed it over."""
    hidden = Trust(checked=frozenset(CALLS), findings=(finding(Severity.NOTICE, told=False),))
    assert len(said(hidden)) == 1


def test_a_held_day_is_told_and_is_not_a_missing_file():
    """Held back is another thing than not there."""
    trust = Trust(checked=frozenset(CALLS), held=frozenset({CALLS[1]}))
    first, grade = said(trust)

    assert first == "Held back, wholly or in part, because their records cannot be trusted yet: 2026-01-06."
    assert "poor" in grade
    assert admission(trust).missing_days == (SECOND,)
    assert days_missing(admission(trust)) == ()


def test_days_left_out_as_asked_do_not_lower_the_grade():
    """What is read then is good."""
    trust = Trust(checked=frozenset(CALLS), findings=(finding(Severity.WARNING),))
    first, grade = said(trust, left_out=frozenset({CALLS[1]}))

    assert first == "Left out, wholly or in part, because they are flagged, as was asked: 2026-01-06."
    assert "good" in grade


@pytest.mark.parametrize("checked", [[], CALLS[:1]])
def test_days_nobody_looked_at_are_not_called_good(checked):
    assert "unknown" in said(Trust(checked=frozenset(checked)))[-1]


@pytest.mark.parametrize(
    ("moment", "says"),
    [
        (datetime(2026, 1, 7, 6, tzinfo=UTC), "could be answered 8 hours after its end."),
        (datetime(2026, 1, 6, 6, tzinfo=UTC), "could be answered 0 hours after its end."),
        (datetime(2026, 1, 9, 22, 59, tzinfo=UTC), "could be answered 72 hours after its end."),
        (datetime(2026, 1, 9, 23, tzinfo=UTC), "could be answered 3 days after its end."),
    ],
)
def test_how_long_the_newest_day_read_took_is_told(moment, says):
    """From its local midnight; of a day not read nothing is told."""
    zone = asked(read_question(SPEC)).facts.zone
    off = datetime(2026, 1, 7, tzinfo=ZoneInfo(zone)).astimezone(UTC) - datetime(2026, 1, 6, 22, tzinfo=UTC)
    later = datetime(2026, 3, 1, tzinfo=UTC)
    since = {CALLS[0]: later, CALLS[1]: moment + off, Source(type=EventType.SMS, day=SECOND): later}
    told = said(Trust(checked=frozenset(CALLS), since=since))

    assert told[-1] == f"Records of 2026-01-06, the newest read, {says}"
    assert not any("2026-01-06, the newest" in one for one in said(Trust(held=frozenset({CALLS[1]}), since=since)))
