"""What a reader of a release must know, in sentences."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from safeconduct.model.days import runs
from safeconduct.model.outcomes import Admission, Provenance
from safeconduct.model.sightings import Counted
from safeconduct.model.text import Text, say
from safeconduct.query.reading import reads
from safeconduct.query.spec import read_question
from safeconduct.release.base import Rule
from safeconduct.release.reliability import days_missing, reliability

PEOPLE = Text("People counted are subscribers seen by this network, not the population.")
COUNTED: Mapping[Counted, Text] = {
    Counted.SUBSCRIBER: PEOPLE,
    Counted.PERSON: say("People counted are those this source saw, not the population."),
    Counted.CARD: say("Cards are counted, not people: people share cards and have several."),
    Counted.HOUSEHOLD: say("Households are counted, not people."),
    Counted.DEVICE: say("Devices are counted, not people: somebody may have several, or none."),
}
SHORT = 12


def statement(admission: Admission, provenance: Provenance, rules: Iterable[Rule]) -> tuple[Text, ...]:
    """Coverage, time, source and protection of a release, each in a sentence."""
    days = reads(read_question(admission.spec).plan()).days
    policy = admission.policy
    return (
        say("Days from {first} to {last}, both included.", first=days[0].isoformat(), last=days[-1].isoformat()),
        *_missing(days_missing(admission)),
        *reliability(admission),
        say("A day starts at midnight in the time zone {zone}.", zone=provenance.zone),
        COUNTED[admission.facts.counted],
        say(
            "Source: data set {dataset}, version {version}.",
            dataset=provenance.dataset,
            version=provenance.data_version[:SHORT],
        ),
        say("Protection level: {title}, version {version}.", title=policy.title, version=policy.version),
        *(sentence for rule in rules for sentence in rule.statement(admission)),
    )


def _missing(days: Sequence[date]) -> tuple[Text, ...]:
    if not days:
        return ()
    return (say("Files are missing, wholly or in part, for these days: {days}.", days=runs(days)),)
