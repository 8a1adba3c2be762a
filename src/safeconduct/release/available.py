"""Whether the data set has what a question is about, from public facts."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from safeconduct.model.advice import ASK_FOR
from safeconduct.model.areas import AreaLevel
from safeconduct.model.outcomes import Alternative, PublicFacts, Refusal
from safeconduct.model.output import Output
from safeconduct.model.policy import Policy
from safeconduct.model.sightings import Counted, DataSchema
from safeconduct.model.text import Text, say
from safeconduct.query.operations import AggregatePlan, CountMoves, Plan
from safeconduct.query.question import Question
from safeconduct.query.reading import Reading, reads
from safeconduct.query.spec import all_types, coarsened
from safeconduct.release.base import set_by

NOT_THERE: Mapping[AreaLevel, Text] = {
    AreaLevel.COUNTRY: say("The data set does not have the whole country as an area."),
    AreaLevel.PROVINCE: say("The data set has no provinces."),
    AreaLevel.DISTRICT: say("The data set has no districts."),
    AreaLevel.COMMUNE: say("The data set has no communes."),
    AreaLevel.SITE: say("The data set has no single sites."),
}


def no_level(question: Question, policy: Policy) -> Refusal | None:
    """A refusal where the geography lacks the level that is asked for; offers the next larger one."""
    asked = reads(question.query.plan()).finest
    geography = question.facts.geography
    if geography.at(asked):
        return None
    coarser = [level for level in AreaLevel if level.coarser_than(asked) and geography.at(level)]
    return Refusal(
        reason="geography.no_level",
        what=NOT_THERE[asked],
        rule=say("Places are told by the areas that the data set has."),
        agreement=set_by(policy),
        alternatives=tuple(
            Alternative(
                says=ASK_FOR[level],
                spec=coarsened(question.query, level).spec(),
            )
            for level in coarser[-1:]
        ),
    )


def no_types(question: Question, policy: Policy) -> Refusal | None:
    """A refusal where the data set cannot have what is asked for; offers the same of everything it has."""
    types = question.facts.types
    if reads(question.query.plan()).events <= types:
        return None
    whole = all_types(question.query, types).spec()
    instead = Alternative(says=say("Ask the same of everything the data set has."), spec=whole)
    sightings = question.facts.counted.schema is DataSchema.SIGHTINGS
    return Refusal(
        reason="schema.other_types",
        what=(
            say("The data set knows who was seen where and when. It knows no calls, messages, sessions or top-ups.")
            if sightings
            else say("The data set knows what phones did. It has no sightings of another source.")
        ),
        rule=say("A question is about what the data set can have."),
        agreement=set_by(policy),
        alternatives=(instead,),
    )


def counting(output: Output, facts: PublicFacts) -> Output:
    """The shape of an answer with the unit that the data set counts, such as devices where it counts no people."""
    many = facts.counted.many
    return replace(output, values=tuple(
        replace(one, unit=many) if one.unit == Counted.PERSON.many else one for one in output.values
    ))  # fmt: skip


def no_days(question: Question, policy: Policy) -> Refusal | None:
    """A refusal where no day is there; for movements, none of the days of one of the two ends."""
    readings = [reads(part) for part in _parts(question.query.plan())]
    if all(any(day in _days(question.facts, one) for day in one.days) for one in readings):
        return None
    there = sorted(_days(question.facts, reads(question.query.plan())))
    if there:
        advice = say("Ask for days from {first} to {last}.", first=there[0].isoformat(), last=there[-1].isoformat())
    else:
        advice = say("Ask again when files of these event types have arrived.")
    return Refusal(
        reason="days.not_available",
        what=say("There are no files for the days you ask for."),
        rule=say("A question is about days whose files are there."),
        agreement=set_by(policy),
        alternatives=(Alternative(says=advice),),
    )


def _parts(plan: AggregatePlan) -> tuple[Plan, ...]:
    return (plan.origin, plan.destination) if isinstance(plan, CountMoves) else (plan,)


def _days(facts: PublicFacts, reading: Reading) -> frozenset[date]:
    return frozenset(day for event in reading.events for day in facts.present.get(event, frozenset()))


def missing_days(question: Question) -> tuple[date, ...]:
    """Days for which an event type asked for, and that the data set has at all, is not there."""
    present = question.facts.present
    readings = [reads(part) for part in _parts(question.query.plan())]
    found = {
        day
        for reading in readings
        for event in reading.events
        if present.get(event)
        for day in reading.days
        if day not in present[event]
    }
    return tuple(sorted(found))
