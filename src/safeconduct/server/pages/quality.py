"""Whether the records can be trusted: a calendar, what was found and what to do, and the readings behind it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from markupsafe import Markup

from safeconduct.actions.quality import HeldDay
from safeconduct.actions.quality_report import Holding, Odd, QualityReport
from safeconduct.model.quality import Severity
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import (
    Item,
    Link,
    Option,
    details,
    empty_state,
    for_insiders,
    form,
    hidden,
    key_values,
    listing,
    notice,
    paragraph,
    plain_table,
    section,
    sentences,
    siblings,
)
from safeconduct.present.blocks.quality import CheckLine, calendar, check_lines, legend, limit
from safeconduct.server.forms import Filled, Wrong, after, attempt, done
from safeconduct.server.page import Reply, Shown, Visit, page
from safeconduct.server.questions import VALUES

HERE = "/data/quality"
TITLE = say("Can the records be trusted?")
UNPROCESSABLE = 422
AUDIENCE = say("data stewards, engineers and the data protection officer")
MOST_HOURS_SAID = 96
MONTHS_SHOWN, MOST_DAYS_SAID = 3, 12
LINES = (
    CheckLine(name="count_added_rows", title=say("Events"), unit=say("times the usual")),
    CheckLine(name="ends_early", title=say("Until when many people were seen"), unit=say("hours after midnight")),
    CheckLine(name="count_onnet_msisdns", title=say("People"), unit=say("times the usual")),
    CheckLine(name="count_location_ids", title=say("Cells"), unit=say("times the usual")),
    CheckLine(name="hour_drift", title=say("Another course of the day than usual"), unit=say("0 to 1")),
    CheckLine(name="cell_drift", title=say("Other places than usual"), unit=say("0 to 1")),
    CheckLine(name="new_since_day", title=say("People not seen the day before"), unit=say("share")),
    CheckLine(name="count_duplicates", title=say("Repeated events"), unit=say("share")),
)
SEVERITIES = {
    Severity.NOTICE: say("to be known"),
    Severity.WARNING: say("a warning"),
    Severity.HOLD: say("held back"),
}
STATES = {
    "held": say("held back"),
    "released": say("let in by a steward"),
    "mended": say("let in: newer records mended it"),
}


@page(
    HERE,
    title=TITLE,
    menu="data",
    needs="operate",
    about=say(
        "Every day of records is looked at when it is taken in. A day that ends before six in the evening, or that has "
        "far fewer or more events than usual, is held back from answers until the rest of it arrives or a steward lets "
        "it in. What else is odd is told with every answer."
    ),
)
def show(visit: Visit) -> Reply:
    """Every data set."""
    words, found = visit.words, visit.act("sources")
    if not found:
        nothing = say("There are no records yet. Take files in with 'safeconduct ingest'.")
        return Shown(title=TITLE, body=[empty_state(words, nothing, action=None)])
    items = [
        Item(title=one.dataset, href=f"{HERE}/{one.dataset}", says=say("Calendar, findings, readings")) for one in found
    ]
    return Shown(title=TITLE, body=[listing(words, items)])


@page(
    f"{HERE}/{{dataset}}",
    title=TITLE,
    menu="data",
    needs="operate",
    listed=False,
    about=say(
        "A calendar of the days of one data set, by a sign for what holds of each; what was found, what it means and "
        "what to do; and for insiders what was read off each day, with the limits. A steward lets days in or holds "
        "them back here."
    ),
)
def one(visit: Visit) -> Reply:
    """One type of events of one data set; that somebody looked is recorded."""
    dataset, sort = visit.parts["dataset"], visit.query.get("type", "calls")
    wrong = _decided(visit) if visit.posted else ()
    if visit.posted and not wrong:
        return after(f"{HERE}/{dataset}?type={visit.form.get('type', sort)}", "saved")
    words = visit.words
    look = visit.query.get("look", "")
    report: QualityReport = visit.act("quality_report", dataset=dataset, events=visit.form.get("type", sort), look=look)
    types = [Link(href=f"{HERE}/{dataset}?type={one.value}", says=VALUES[one.value]) for one in report.types]
    body = [
        *done(visit),
        Filled(words, {}, wrong).summary(),
        siblings(words, types, current=f"{HERE}/{dataset}?type={report.type.value}"),
        _timely(visit, report),
        *_calendar(visit, report),
        section(words, say("What was found"), *_findings(visit, report)),
        *_held(visit, report, wrong),
        *_earlier(visit, report),
        section(words, say("What was read off the days"), for_insiders(
            words, replace(report.figures, audience=words.say(AUDIENCE)), check_lines(words, report.figures, LINES)
        )),
    ]  # fmt: skip
    title = say("Can the records of {dataset} be trusted?", dataset=dataset)
    return Shown(title=title, body=body, status=UNPROCESSABLE if wrong else 200)


def _decided(visit: Visit) -> Wrong:
    sent = visit.form
    verb = "release_day" if sent.get("act") == "release" else "hold_day"
    _, wrong = attempt(lambda: visit.act(
        verb, dataset=visit.parts["dataset"], events=sent.get("type", ""), day=sent.get("day", ""),
        reason=sent.get("reason", ""),
    ))  # fmt: skip
    return wrong


def _timely(visit: Visit, report: QualityReport) -> Markup:
    """How long it takes from events to an answer, as an alarm where it is too long."""
    words, found = visit.words, report.timeliness
    if found.newest is None:
        return notice(words, say("No day can be answered."), tone="problem")
    pairs: list[tuple[Text | str, Text | str | Markup]] = [
        (say("Newest day that can be answered"), words.day(found.newest)),
        (say("From its end until it could be answered"), _took(found.hours)),
        (say("From its end until now"), _took(found.age_hours)),
    ]
    told = key_values(words, pairs)
    if not found.alarm:
        return told
    late = say("Nothing newer than {hours} hours can be answered. Ask the operator where the files are.",
               hours=found.limit_hours)  # fmt: skip
    return notice(words, late, tone="careful", title=say("Records are late")) + told


def _took(hours: int) -> Text:
    """How long something took, in days where hours are too many to picture."""
    if abs(hours) <= MOST_HOURS_SAID:
        return say("{hours} hours", hours=hours)
    return say("{count} days", count=hours // 24)


def _calendar(visit: Visit, report: QualityReport) -> Iterator[Markup]:
    words, days = visit.words, dict(_days(report))
    latest = sorted({(day.year, day.month) for day in days})[-MONTHS_SHOWN:]
    caption = VALUES[report.type.value]
    newer = {day: state for day, state in days.items() if (day.year, day.month) in latest}
    older = {day: state for day, state in days.items() if (day.year, day.month) not in latest}
    parts = [legend(words), calendar(words, newer, caption=caption)]
    if older:
        parts.append(details(words, say("Earlier months"), calendar(words, older, caption=caption)))
    yield section(words, say("Calendar"), *parts)


def _days(report: QualityReport) -> Iterator[tuple[date, str]]:
    """What holds of every day from the first to the last."""
    held = {one.day for one in report.held if one.state == "held"}
    flagged = {day for one in report.odd if one.severity.flags for day in one.days}
    there = set(report.present)
    for step in range((report.present[-1] - report.present[0]).days + 1):
        day = report.present[0] + timedelta(days=step)
        if day not in there:
            yield day, "missing"
        elif day in held:
            yield day, "held"
        elif day in report.unseen:
            yield day, "unseen"
        else:
            yield day, "flagged" if day in flagged else "good"


def _findings(visit: Visit, report: QualityReport) -> Iterator[Markup]:
    words = visit.words
    if report.unseen:
        yield paragraph(words, say("Some days were never looked at; run 'safeconduct quality'."))
    if not report.odd:
        yield paragraph(words, say("Nothing odd was found."))
    for found in report.odd:
        yield _finding(visit, found)


def _finding(visit: Visit, found: Odd) -> Markup:
    words = visit.words
    named = words.listed([words.day(day) for day in found.days[-MOST_DAYS_SAID:]])
    more = [say("And earlier days.")] if len(found.days) > MOST_DAYS_SAID else []
    summary = words.say(
        "{title}: {severity}", title=words.say(found.title), severity=words.say(SEVERITIES[found.severity])
    )
    limits = _limits(visit, found.unit, found.below, found.above)
    return details(words, summary, sentences(words, [found.means, found.advice, *limits, Text(named), *more]))


def _limits(visit: Visit, unit: Text, below: float | None, above: float | None) -> Iterator[Text]:
    """From where on a day is odd, a sentence each way."""
    words = visit.words
    if below is not None:
        yield say("The limit: below {number} ({unit}).", number=limit(words, below), unit=words.say(unit))
    if above is not None:
        yield say("The limit: above {number} ({unit}).", number=limit(words, above), unit=words.say(unit))


def _lets_in(visit: Visit, names: Sequence[str], report: QualityReport) -> str:
    """What lets a day in again that is held back for these checks."""
    words, known = visit.words, {one.check: one for one in report.holding}
    until = [
        words.say("{check}: {until}", check=words.say(known[name].title), until=_until(visit, known[name]))
        for name in names
        if name in known
    ]
    return words.listed(until) if until else words.say("a steward's decision")


def _until(visit: Visit, one: Holding) -> str:
    """From where to where a day is let in."""
    words, unit = visit.words, visit.words.say(one.unit)
    least, most = (None if number is None else limit(words, number) for number in (one.at_least, one.at_most))
    if least is not None and most is not None:
        return words.say("{least} to {most} ({unit})", least=least, most=most, unit=unit)
    if least is not None:
        return words.say("{least} or more ({unit})", least=least, unit=unit)
    return words.say("{most} or less ({unit})", most=most or "", unit=unit)


def _earlier(visit: Visit, report: QualityReport) -> Iterator[Markup]:
    """An earlier look to compare with, and what changed since."""
    words = visit.words
    if not report.looks:
        return
    options = [Option("", say("none")), *(Option(at, Text(_when(visit, at))) for at in report.looks)]
    chosen = Filled(words, {"look": report.look}, ())
    hint = say("Days whose records were looked at again since then; judged by the limits of today.")
    parts = [form(
        words, hidden("type", report.type.value), chosen.pick("look", say("Earlier look"), options, hint=hint),
        action=f"{HERE}/{report.dataset}", submit=say("Compare"),
    )]  # fmt: skip
    if report.look:
        columns = [say("Day"), say("What stood out then"), say("What stands out now")]
        rows = [[words.day(one.day), _titles(visit, one.then), _titles(visit, one.now)] for one in report.changed]
        caption = say("Days looked at again since {moment}", moment=_when(visit, report.look))
        parts.append(plain_table(words, columns, rows, caption=caption))
    yield section(words, say("Compare with an earlier look"), *parts)


def _when(visit: Visit, at: str) -> str:
    return visit.words.moment(datetime.fromisoformat(at))


def _titles(visit: Visit, titles: Sequence[Text]) -> str:
    words = visit.words
    return words.listed([words.say(one) for one in titles]) if titles else words.say("nothing")


def _held(visit: Visit, report: QualityReport, wrong: Wrong) -> Iterator[Markup]:
    """Days that are or were held back, and the two forms of whoever decides."""
    words = visit.words
    holds = [Item(title=one.title, says=say("Let in again by itself at {until}.", until=_until(visit, one)))
             for one in report.holding]  # fmt: skip
    yield section(words, say("What holds a day back"), listing(words, holds))
    if report.held:
        columns = [say("Day"), say("What holds"), say("Why"), say("What lets it in"), say("What the steward said"),
                   say("Since")]  # fmt: skip
        rows: list[list[Text | str]] = [
            [
                words.day(one.day),
                STATES[one.state],
                _why(visit, one, report),
                _lets_in(visit, one.checks, report) if one.state == "held" else "",
                one.reason,
                words.moment(datetime.fromisoformat(one.at)),
            ]
            for one in report.held
        ]
        table = plain_table(words, columns, rows, caption=say("Days held back"))
        yield section(words, say("Days held back"), table)
    if visit.may("govern"):
        yield section(words, say("Decide about a day"), _form(visit, report, wrong))


def _why(visit: Visit, held: HeldDay, report: QualityReport) -> str:
    words = visit.words
    titles = {one.check: one.title for one in report.odd} | {"by_hand": say("a steward held it back")}
    return words.listed([words.say(titles[name]) if name in titles else name for name in held.checks])


def _form(visit: Visit, report: QualityReport, wrong: Wrong) -> Markup:
    """The day that is held back first, to be let in; else the last, to be held back."""
    words, held = visit.words, [one.day for one in report.held if one.state == "held"]
    first, usual = (held[0], "release") if held else (report.present[-1], "hold")
    filled = Filled(words, {"day": first.isoformat(), "act": usual, **visit.form}, wrong)
    options = [Option("release", say("Let the day in")), Option("hold", say("Hold the day back"))]
    hint = say("Kept in the record of use: what you know about this day.")
    return form(
        words,
        hidden("type", report.type.value),
        filled.text("day", say("Day"), sort="date"),
        filled.pick("act", say("What should happen?"), options, sort="one"),
        filled.text("reason", say("Your reason"), sort="textarea", hint=hint),
        action=f"{HERE}/{report.dataset}",
        submit=say("Decide"),
        csrf=visit.csrf,
    )
