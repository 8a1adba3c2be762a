"""What a protection level does to small made-up tables and to questions; the real rules run, on nobody's records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from safeconduct.model.areas import PHONED, AreaLevel, EventType
from safeconduct.model.days import Days
from safeconduct.model.geography import Area, Geography
from safeconduct.model.outcomes import (
    Admission,
    Budget,
    CellStatus,
    Cost,
    Draft,
    Evidence,
    History,
    Provenance,
    PublicFacts,
    Refusal,
    Release,
)
from safeconduct.model.policy import Policy
from safeconduct.model.table import Table
from safeconduct.model.text import Text, say
from safeconduct.present.names import reason_words
from safeconduct.query.base import AggregateQuery
from safeconduct.query.frame import frames
from safeconduct.query.question import Question
from safeconduct.query.reading import reads
from safeconduct.query.spec import read_question
from safeconduct.release.base import TOO_FEW, rules_of
from safeconduct.release.draft_checks import MARGIN as MARGINS
from safeconduct.release.draft_checks import REASON, STATUS
from safeconduct.release.gate import admit, audit, decide, people_apart

MILLION = 1_000_000
WEEKS = Days(date(2026, 1, 5), date(2026, 2, 1))
DAY = Days.one(WEEKS.first)
ASKED_ON, AT = date(2026, 6, 1), datetime(2026, 6, 1, 12, tzinfo=UTC)
FEW_APART = 3
SECRET = b"a made-up secret for an example."
"""Not a secret: the example's noise is the same for everybody, since nobody is in it."""


@dataclass(frozen=True, kw_only=True)
class ExampleCell:
    """One area of a made-up table, before and after.

    Attributes:
        area: Its name.
        inside: The larger area it lies in.
        before: What was counted; made up.
        status: What is said of it.
        told: The figure that is told, `None` where none is.
        margin: How far it may be from what was counted in 95 of 100 cases, `None` where no figure is told.
        reason: Name of the rule that withholds it, `""` for a figure.
        says: What became of it and why, in a sentence.
    """

    area: str
    inside: str
    before: int
    status: CellStatus
    told: int | None
    margin: int | None
    reason: str
    says: Text


@dataclass(frozen=True, kw_only=True)
class Example:
    """What a level does to a made-up table.

    Attributes:
        title: What the table tells.
        counts: What its figures count: `people` or `events`.
        cells: Its areas; empty where the question is refused.
        says: What became of it, in sentences.
        refusal: Why the question is refused, where it is.
    """

    title: Text
    counts: str
    cells: tuple[ExampleCell, ...]
    says: tuple[Text, ...]
    refusal: Refusal | None = None


@dataclass(frozen=True, kw_only=True)
class ExampleQuestion:
    """What a level says to a question, before anything is computed.

    Attributes:
        says: The question, in words.
        refusal: Why it is refused; `None` where it is answered.
    """

    says: Text
    refusal: Refusal | None


@dataclass(frozen=True)
class _Place:
    code: str
    name: str
    province: str
    people: int
    events: int = 0
    largest: int = 0
    second: int = 0
    observed: bool = True
    uninhabited: bool = False


PLACES = (
    _Place("a", "Alba", "N", 412, 2_310, 31, 28),
    _Place("b", "Brena", "N", 57, 688, 560, 12),
    _Place("c", "Corin", "N", 9, 41, 11, 8),
    _Place("d", "Dovar", "S", 1_230, 7_904, 44, 40),
    _Place("e", "Elmar", "S", 16, 97, 12, 10),
    _Place("f", "Faros", "S", 238, 1_466, 29, 25),
    _Place("g", "Galen", "S", 15, 88, 10, 9),
    _Place("h", "Hilm", "S", 0),
    _Place("i", "Irso", "S", 0, observed=False),
    _Place("j", "Lake Juna", "S", 0, observed=False, uninhabited=True),
)
"""Made up, with something for every rule: enough, few, exactly enough, one too few, nobody, no antenna, a lake."""
PROVINCES = {"N": "North", "S": "South"}


def _area(code: str, name: str, level: AreaLevel, parent: str = "", **how: bool) -> Area:
    return Area(code=code, name=name, level=level, parent=parent, **how)


def geography() -> Geography:
    """The made-up country."""
    places = tuple(
        _area(one.code, one.name, AreaLevel.DISTRICT, one.province, observed=one.observed, uninhabited=one.uninhabited)
        for one in PLACES
    )
    communes = tuple(replace(one, level=AreaLevel.COMMUNE, parent=one.code, code=f"{one.code}1") for one in places)
    country = (_area("x", "Example", AreaLevel.COUNTRY),)
    provinces = tuple(_area(code, name, AreaLevel.PROVINCE, "x") for code, name in PROVINCES.items())
    levels = {AreaLevel.COUNTRY: country, AreaLevel.PROVINCE: provinces, AreaLevel.DISTRICT: places}
    return Geography("example", {**levels, AreaLevel.COMMUNE: communes})


def facts() -> PublicFacts:
    """What is known of the made-up country without looking."""
    return PublicFacts(zone="UTC", geography=geography(), present={kind: frozenset(WEEKS) for kind in PHONED})


def examples(policy: Policy) -> tuple[Example, ...]:
    """What a level does to two made-up tables: one of people, one of what phones did.

    Raises:
        BadInput: The protection level cannot be used.
    """
    people = {"kind": "spatial_aggregate", "locations": {"kind": "modal_location", "days": [_run(WEEKS)]}}
    events = {"kind": "location_event_counts", "days": _run(DAY)}
    return (
        _example(policy, read_question(people), say("Where people mostly were in four weeks, by district")),
        _example(policy, read_question(events), say("Calls and messages on one day, by district")),
    )


def _run(days: Days) -> dict[str, str]:
    return {"first": days.first.isoformat(), "last": days.last.isoformat()}


def _seen(**more: object) -> AggregateQuery:
    return read_question({"kind": "unique_subscriber_counts", "days": _run(DAY), **more})


def _example(policy: Policy, query: AggregateQuery, title: Text) -> Example:
    question = asked(query)
    admission = admit(question, policy)
    counts = query.output().values[0].name
    if isinstance(admission, Refusal):
        return Example(title=title, counts=counts, cells=(), says=(), refusal=admission)
    admission = replace(admission, noise=SECRET, sticky=SECRET, asked_on=ASKED_ON)
    release = decide(_draft(question, admission), admission, approvals=policy.reviewers, training=True, now=AT)
    cells = _cells(release, _least(policy)) if isinstance(release, Release) else ()
    return Example(title=title, counts=counts, cells=cells, says=(*_became(cells), *_costs(admission)))


def asked(query: AggregateQuery) -> Question:
    """A question about the made-up country."""
    reading = reads(query.plan())
    partitions = {f"{kind}/{day.isoformat()}": "example" for kind in sorted(reading.events) for day in reading.days}
    return Question(query=query, dataset="example", partitions=partitions, facts=facts())


def _draft(question: Question, admission: Admission) -> Draft:
    """What an engine would have made of it."""
    most = admission.bound.most if admission.bound else 0
    output, found = question.query.output(), [one for one in PLACES if one.people]
    value = output.values[0].name
    numbers = [one.people if value == "people" else one.events for one in found]
    keys = {
        key.name: pa.array([DAY.first] * len(found), type=pa.date32()) if key.level is None
        else pa.array([one.code for one in found], type=pa.string())
        for key in output.keys
    }  # fmt: skip
    evidence = {
        name.value: pa.array(column, type=pa.int64()) for name, column in _evidence(found, numbers, most).items()
    }
    return Draft(
        output=output,
        table=Table(pa.table({**keys, value: pa.array(numbers, type=pa.int64())})),
        evidence=Table(pa.table(evidence)),
        status=(CellStatus.VALUE,) * len(found),
        reasons=("",) * len(found),
        provenance=_provenance(question),
    )


def _evidence(found: Sequence[_Place], numbers: Sequence[int], most: int) -> Mapping[Evidence, Sequence[int]]:
    """What rules look at; of the two who add most to a sum, what is over the level's bound is left out of it."""
    over = [max(one.largest - most, 0) + max(one.second - most, 0) for one in found]
    return {
        Evidence.PEOPLE: [one.people for one in found],
        Evidence.LARGEST: [one.largest for one in found],
        Evidence.SECOND: [one.second for one in found],
        Evidence.TOTAL: numbers,
        Evidence.HOMES: [min(1 + one.people // 12, 20) for one in found],
        Evidence.SITES: [min(1 + one.people // 40, 12) for one in found],
        Evidence.OUTSIDE: [one.people for one in found],
        Evidence.CELL_KEY: [one.people * 2_654_435_761 % (1 << 32) for one in found],
        Evidence.BOUNDED: numbers if most <= 1 else [now - out for now, out in zip(numbers, over, strict=True)],
    }


def _provenance(question: Question) -> Provenance:
    query = question.query
    return Provenance(
        dataset=question.dataset, spec=query.spec(), spec_id=query.spec_id, partitions=question.partitions,
        geography=question.facts.geography.id, data_version=question.data_version, code="", engine="", zone="UTC",
    )  # fmt: skip


def _least(policy: Policy) -> int:
    """How many people must be behind a figure, as far as a level counts them."""
    rules = [one for one in rules_of(policy) if one.name == TOO_FEW]
    return max((int(getattr(one, "minimum", 0)) for one in rules), default=0)


def _cells(release: Release, least: int) -> tuple[ExampleCell, ...]:
    places = {one.code: one for one in PLACES}
    value = release.output.values[0].name
    return tuple(_cell(places[str(row["area"])], row, value, least) for row in release.table.rows())


def _cell(place: _Place, row: Mapping[str, Any], value: str, least: int) -> ExampleCell:
    before = place.people if value == "people" else place.events
    return ExampleCell(
        area=place.name,
        inside=PROVINCES[place.province],
        before=before,
        status=CellStatus(row[STATUS]),
        told=row[value],
        margin=row[MARGINS],
        reason=row[REASON],
        says=_why(place, row, least)
        if row[value] is None or place.uninhabited
        else _how(before, row[value], row[MARGINS]),
    )


def _how(before: int, told: int, margin: int) -> Text:
    if told != before:
        return say("Told with noise.")
    return say("Told with noise, which is none here.") if margin else say("Told as it was counted.")


def _why(place: _Place, row: Mapping[str, Any], least: int) -> Text:
    """Why there is no figure; in a made-up table that can be said."""
    if place.uninhabited:
        return say("Zero, as everybody knows: a lake.")
    if not place.observed:
        return say("No antenna stands there.")
    if row[REASON] == TOO_FEW:
        return _too_few(place, least)
    if row[REASON] == "dominance":
        return say("Withheld: one or two people make up most of it.")
    return reason_words(row[REASON], CellStatus.SUPPRESSED)


def _too_few(place: _Place, least: int) -> Text:
    if place.people == 0:
        return say("Withheld: nobody, which must look like few.")
    if not least:
        return say("Withheld: too small after the noise.")
    if place.people < least:
        return say("Withheld: too few people.")
    return say("Withheld, though of enough people, so that another figure cannot be worked out from it.")


def _became(cells: Sequence[ExampleCell]) -> tuple[Text, ...]:
    """What became of a table, in sentences."""
    told = [one for one in cells if one.status is CellStatus.VALUE]
    changed = [one for one in told if one.told != one.before]
    withheld = [one for one in cells if one.status is CellStatus.SUPPRESSED]
    every = say(
        "Of {all} areas {told} are told and {withheld} withheld; in the others there is known to be nothing to count.",
        all=len(cells),
        told=len(told),
        withheld=len(withheld),
    )
    if not changed and not any(one.margin for one in told):
        return (every, say("Figures that are told are told as they were counted."))
    most = max((abs((one.told or 0) - one.before) for one in changed), default=0)
    return (every, say("{count} of the told figures were changed, by {most} at most.", count=len(changed), most=most))


def _costs(admission: Admission) -> tuple[Text, ...]:
    return tuple(cost_in_words(one) for one in admission.costs)


def cost_in_words(cost: Cost) -> Text:
    """What an answer takes from a budget, in a sentence."""
    values = {"rho": rho(cost.rho), "limit": rho(cost.limit), "period": cost.period}
    if cost.budget is Budget.PROJECT:
        return Text("It takes {rho} of the {limit} that the project may spend.", values)
    return Text("It takes {rho} of the {limit} that may be told of {period}.", values)


def rho(millionths: int) -> str:
    """Millionths as a plain decimal number.

    Example:
        >>> rho(50_000), rho(1_000_000), rho(1)
        ('0.05', '1', '0.000001')
    """
    return f"{millionths / MILLION:.6f}".rstrip("0").rstrip(".")


@dataclass(frozen=True)
class _Try:
    says: Text
    query: AggregateQuery
    before: AggregateQuery | None = field(default=None)


def questions(policy: Policy) -> tuple[ExampleQuestion, ...]:
    """What a level says to questions that analysts, and attackers, ask.

    Raises:
        BadInput: The protection level cannot be used.
    """
    evening = {"start": 19, "end": 21}
    tries = (
        _Try(say("How many people were seen in each district on one day?"), _seen()),
        _Try(say("How many people were seen at each single tower?"), _seen(areas=AreaLevel.SITE.value)),
        _Try(say("How many people were seen between 19:00 and 21:00?"), _seen(hours=evening)),
        _Try(
            say(
                "How many people called or sent a message that day? (Asked after: how many called? {count} people only "
                "sent messages.)",
                count=FEW_APART,
            ),
            _seen(),
            _seen(events=[EventType.CALLS.value]),
        ),
    )
    return tuple(ExampleQuestion(says=one.says, refusal=_refused(policy, one)) for one in tries)


def _refused(policy: Policy, tried: _Try) -> Refusal | None:
    question = asked(tried.query)
    answer = admit(question, policy)
    if isinstance(answer, Refusal):
        return answer
    if tried.before is None or people_apart(policy) <= FEW_APART:
        return None
    close = tuple(one.to_json() for one in frames(tried.before.plan()))
    return audit(question, policy, History(close=close))
