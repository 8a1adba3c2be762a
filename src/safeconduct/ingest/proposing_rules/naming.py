"""Signs in a column's name, label and question, in the columns survey platforms add, and in the form's own wish."""

import re
from collections.abc import Iterator

from safeconduct.ingest.proposing_rules.signs import Seen, Sign, Source
from safeconduct.ingest.proposing_rules.topics import NUMBERS, TOPICS, Topic
from safeconduct.ingest.proposing_rules.words import Phrase, lexicon, lists, spoken, words
from safeconduct.model.microdata import Variable, VariableRole
from safeconduct.model.text import Text, say

FEW_ROWS = 20
FEW_VALUES = 3
SHORT_LABEL = 8
BY_NAME = 3
BY_LABEL = 3
BY_QUESTION = 2
PLATFORM = 8

WISHES: tuple[tuple[frozenset[str], VariableRole], ...] = (
    (frozenset({"quasi", "indirect", "indirecto", "indirecte"}), VariableRole.QUASI),
    (frozenset({"direct", "directo", "directe", "personal", "pii"}), VariableRole.DIRECT),
    (frozenset({"sensitive", "sensible", "sensitivo", "community"}), VariableRole.SENSITIVE),
    (frozenset({"weight", "ponderation", "ponderacion"}), VariableRole.WEIGHT),
    (frozenset({"household", "menage", "hogar"}), VariableRole.HOUSEHOLD),
    (frozenset({"geography", "geographic", "geographie", "geografia", "location"}), VariableRole.GEOGRAPHY),
    (frozenset({"text", "texte", "texto"}), VariableRole.FREE_TEXT),
    (frozenset({"metadata", "other", "none", "keep", "retain", "autre", "otro"}), VariableRole.OTHER),
    (frozenset({"remove", "drop", "delete", "supprimer", "retirer", "eliminar", "suprimir"}), VariableRole.DIRECT),
    (frozenset({"recode", "aggregate", "generalise", "generalize", "round", "group", "band"}), VariableRole.QUASI),
)  # fmt: skip
"""What forms write, and the role it means; earlier ones count first."""


def in_wish(variable: Variable) -> Iterator[Sign]:
    """What the form's author wanted done with the answers."""
    said = words(variable.wish)
    for wanted, role in WISHES:
        if wanted & set(said):
            yield Sign(role=role, says=say("The form says so itself."), source=Source.FORM, weight=9, sure=True)
            return


def in_platform(variable: Variable) -> Iterator[Sign]:
    """What survey platforms add to every form."""
    known, last = lists()["platform"], variable.name.rsplit("/", 1)[-1]
    bare = re.sub(r"[_.\-]", "", last).casefold()
    marked = last.startswith("_") or last in {"KEY", "PARENT_KEY"} or "/" in variable.name
    if bare in known["common"] and not marked:
        return
    if bare in known["traces"]:
        says = say("The survey platform added it; it leads back to a submission, a device or a person.")
        yield _platform(VariableRole.DIRECT, says)
    elif bare in known["harmless"]:
        yield _platform(VariableRole.OTHER, say("The survey platform added it; it speaks of the form only."))
    elif bare == "notes":
        yield _platform(VariableRole.FREE_TEXT, say("The survey platform added it for remarks."))


def in_form(variable: Variable) -> Iterator[Sign]:
    """What sort of answer the form takes (XLSForm's `type`)."""
    if variable.storage in {"geopoint", "geotrace", "geoshape", "start-geopoint"}:
        yield _platform(VariableRole.DIRECT, say("The form asks for the coordinates of a place."))
    elif variable.storage in {"image", "audio", "background-audio", "video", "file"}:
        yield _platform(VariableRole.DIRECT, say("The form takes a picture, a recording or a file."))
    elif variable.storage in lists()["platform"]["traces"]:
        says = say("The survey platform added it; it leads back to a submission, a device or a person.")
        yield _platform(VariableRole.DIRECT, says)


def _platform(role: VariableRole, says: Text) -> Sign:
    return Sign(role=role, says=says, source=Source.NAME, weight=PLATFORM, sure=True)


def in_words(seen: Seen) -> Iterator[Sign]:
    """What the name, each label and each question speak of: the longest phrase of each."""
    variable = seen.variable
    topics = [topic for topic in TOPICS if possible(topic, seen)]
    name = words(variable.name.rsplit("/", 1)[-1])
    scores = [(lexicon()[topic.name].of_name(name), topic) for topic in topics]
    yield from _best(scores, Source.NAME, BY_NAME)
    for language, text in spoken(variable.labels):
        weight = BY_LABEL if len(text) <= SHORT_LABEL else BY_QUESTION
        yield from _best(_told(topics, text, language), Source.LABEL, weight)
    for language, text in spoken(variable.questions):
        yield from _best(_told(topics, text, language), Source.LABEL, BY_QUESTION)


def _told(topics: list[Topic], text: Phrase, language: str) -> list[tuple[int, Topic]]:
    return [(lexicon()[topic.name].of_text(text, language), topic) for topic in topics]


def _best(scores: list[tuple[int, Topic]], source: Source, weight: int) -> Iterator[Sign]:
    """The topic with the longest phrase, of equals the first; a direct identifier is told beside it."""
    most = max((score for score, _ in scores), default=0)
    if not most:
        return
    best = next(topic for score, topic in scores if score == most)
    yield Sign(role=best.role, says=best.says, source=source, weight=weight + most - 1, about=best.name)
    for score, topic in scores:
        if score and topic.role is VariableRole.DIRECT and best.role is not VariableRole.DIRECT:
            yield Sign(role=topic.role, says=topic.says, source=source, weight=1, about=topic.name)


def possible(topic: Topic, seen: Seen) -> bool:
    """Whether a column of this type and with such values can be about a topic at all."""
    if seen.variable.type not in topic.types or (seen.coded and not topic.coded):
        return False
    if topic.role is not VariableRole.DIRECT or seen.filled < FEW_ROWS or seen.variable.type not in NUMBERS:
        return True
    return seen.distinct > FEW_VALUES and float(seen.numbers.max(initial=0)) >= topic.least
