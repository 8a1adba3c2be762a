"""What an answer looks like from inside, for those who check it: how many cells, why, of how many people; never which.

Made by the worker at the moment the release check says that more eyes are needed, and kept sealed; nobody computes
anything when a checker looks.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from safeconduct.model.outcomes import Admission, CellStatus, Draft, Evidence, Insight
from safeconduct.model.table import Table
from safeconduct.model.text import Text, say
from safeconduct.release.base import Rule, rules_of

AUDIENCE = "checkers of answers"
MOST_DAYS = 10
FAULT = say("Say no, and tell the data steward: the protection level does not do what it says.")


class FigurePart(StrEnum):
    """What a figure speaks of.

    `CELLS`: all cells. `STATUS`: cells of one status. `REASON`: cells withheld by one rule. `BAND`: told cells with so
    many people counted. `SMALLEST`: the lowest such band, with its cells. `SHARE`: told cells, of a hundred.
    """

    CELLS = "cells"
    STATUS = "status"
    REASON = "reason"
    BAND = "band"
    SMALLEST = "smallest"
    SHARE = "share"


@dataclass(frozen=True, kw_only=True)
class AnswerFigure:
    """One figure of a draft.

    Attributes:
        part: What it speaks of.
        name: Which status, rule or band; a band such as `16–31` is a number of people counted.
        count: Cells; of `SHARE`, of a hundred, rounded down.
    """

    part: FigurePart
    name: str
    count: int


@dataclass(frozen=True, kw_only=True)
class AnswerFinding:
    """What the program itself finds when it looks at a draft once more; holds no count.

    Attributes:
        rule: Name of the rule, or `days` or `told`.
        title: What people call it.
        passed: Whether it is as it must be.
        says: What was found.
        advice: What to do where it did not pass.
    """

    rule: str
    title: Text
    passed: bool
    says: Text
    advice: Text | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class Looked:
    """A draft as those who check it may see it. Its `repr` shows no figure.

    Attributes:
        figures: Every figure, in the order of the parts.
        findings: What the program found.
        look: How often it was made anew before, since people were erased.
    """

    figures: tuple[AnswerFigure, ...]
    findings: tuple[AnswerFinding, ...]
    look: int = 0

    def __repr__(self) -> str:
        """What it is."""
        return "Looked()"

    def insight(self) -> Insight:
        """The figures for a page of insiders: `part`, `name`, `count`."""
        columns: dict[str, Sequence[object]] = {
            "part": [one.part.value for one in self.figures],
            "name": [one.name for one in self.figures],
            "count": [one.count for one in self.figures],
        }
        return Insight(title=say("The answer from inside"), table=Table.of(columns), audience=AUDIENCE)


def look(draft: Draft, admission: Admission) -> Looked:
    """What checkers may see of a draft, with every rule of its protection level applied."""
    rules = rules_of(admission.policy)
    for rule in rules:
        draft = rule.apply(draft, admission)
    found = [*(_held(rule, draft, admission) for rule in rules), _days(admission), _told(draft)]
    return Looked(figures=tuple(_figures(draft)), findings=tuple(found))


def band(people: int) -> str:
    """The band a number of people lies in; each is twice as wide as the one before.

    Example:
        >>> band(0), band(1), band(16), band(31), band(32)
        ('0', '1', '16–31', '16–31', '32–63')
    """
    if people < 2:  # noqa: PLR2004 - nobody and one stand alone
        return str(max(people, 0))
    least = 1 << (people.bit_length() - 1)
    return f"{least}–{2 * least - 1}"


def _figures(draft: Draft) -> Iterator[AnswerFigure]:
    cells, status = len(draft.status), Counter(draft.status)
    yield AnswerFigure(part=FigurePart.CELLS, name="", count=cells)
    for one in CellStatus:
        yield AnswerFigure(part=FigurePart.STATUS, name=one.value, count=status[one])
    for reason, count in sorted(Counter(_reasons(draft)).items()):
        yield AnswerFigure(part=FigurePart.REASON, name=reason, count=count)
    bands = Counter(band(people) for people in sorted(_people(draft)))
    for part, some in ((FigurePart.BAND, list(bands.items())), (FigurePart.SMALLEST, list(bands.items())[:1])):
        yield from (AnswerFigure(part=part, name=name, count=count) for name, count in some)
    yield AnswerFigure(part=FigurePart.SHARE, name="", count=100 * status[CellStatus.VALUE] // max(cells, 1))


def _reasons(draft: Draft) -> Iterator[str]:
    """The rule behind every cell that is not told."""
    told = zip(draft.status, draft.reasons, strict=True)
    return (reason for status, reason in told if status is not CellStatus.VALUE and reason)


def _people(draft: Draft) -> Iterator[int]:
    """People counted behind every told cell."""
    counts = zip(draft.evidence.column(Evidence.PEOPLE.value), draft.status, strict=True)
    return (int(str(people)) for people, status in counts if status is CellStatus.VALUE)


def _held(rule: Rule, draft: Draft, admission: Admission) -> AnswerFinding:
    """Whether a rule, applied once more to what is left after all of them, finds nothing to withhold."""
    held = rule.apply(draft, admission).status == draft.status
    says = say("It withheld nothing, and everything that is told passes it.")
    if rule.name in draft.reasons:
        says = say("It withheld some figures; everything that is told passes it.")
    if not held:
        says = say("Applied once more it would withhold more.")
    return AnswerFinding(rule=rule.name, title=rule.title, passed=held, says=says, advice=None if held else FAULT)


def _days(admission: Admission) -> AnswerFinding:
    """Whether every day asked for is there; known from public facts."""
    missing = [day.isoformat() for day in admission.missing_days]
    says = say("All the days asked for are there.")
    if missing:
        more = "" if len(missing) <= MOST_DAYS else " …"
        says = say("Not all records of these days are there: {days}.", days=", ".join(missing[:MOST_DAYS]) + more)
    advice = say("Whoever reads the answer is told; ask whether it can be used so.") if missing else None
    return AnswerFinding(rule="days", title=say("The days asked for"), passed=not missing, says=says, advice=advice)


def _told(draft: Draft) -> AnswerFinding:
    """Whether anything would be told at all."""
    told = CellStatus.VALUE in draft.status
    says = say("Some figures would be told.") if told else say("Every figure is withheld; nothing would be told.")
    advice = None if told else say("Larger areas or longer periods may tell more; you can ask back.")
    return AnswerFinding(rule="told", title=say("Figures that are told"), passed=told, says=says, advice=advice)
