"""Places where a figure can harm everybody in it."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import ClassVar, assert_never

from safeconduct.model.areas import AreaLevel
from safeconduct.model.errors import BadInput
from safeconduct.model.geography import Area, Geography
from safeconduct.model.outcomes import Admission, CellStatus, Draft, Evidence
from safeconduct.model.text import Text, say
from safeconduct.query.base import AggregateQuery
from safeconduct.query.question import Question
from safeconduct.query.reading import reads
from safeconduct.query.spec import read_question
from safeconduct.release.base import TOO_FEW, Rule, output_rule
from safeconduct.release.evidence import brought

LEAST, MOST = 2, 1_000_000
LONGEST = 3_660
TWO = 2
SALT = 16
NO_SALT = say(
    "Write a salt of at least {least} random letters beside the zones; without one whoever has a release finds the "
    "list by trying.",
    least=SALT,
)
LATER = say(
    "Figures about protected areas are told only with at least {floor} people and {days} days after the last day they "
    "speak of."
)
LATER_ANY = say("Figures about protected areas are told only {days} days after the last day they speak of.")
REVIEWED = say(
    "Figures about protected areas are told only with at least {floor} people, {days} days after the last day they "
    "speak of, and after two independent reviewers looked."
)
REVIEWED_ANY = say(
    "Figures about protected areas are told only {days} days after the last day they speak of, and after two "
    "independent reviewers looked."
)
Place = tuple[AreaLevel, str]


class Instead(StrEnum):
    """What happens to a figure about a protected area.

    `DELAY`: it is told with enough people and after the delay. `COARSEN`: it is told only as a part of the area it
    lies in. `REVIEW`: like `DELAY`, and two independent reviewers look at every answer that could tell it, whatever
    was approved before.
    """

    DELAY = "delay"
    COARSEN = "coarsen"
    REVIEW = "review"


@output_rule
@dataclass(frozen=True, kw_only=True)
class ProtectedZones(Rule):
    """Withholds figures about listed areas, such as camps, shelters, hospitals and corridors, whatever their count.

    What is told of a group can harm each of its people, although it is about no one of them: that a camp fills, that a
    road is used at night. No number of people, noise or privacy budget covers that; people who know the place decide
    what is listed here. A movement counts if either end is listed. So do areas within a listed one, and an area all
    of whose parts are listed. The larger area around is told as always, so the rule needs `complementary_suppression`
    behind it: else the larger area less its other parts is the listed one. A withheld cell says no more than a small
    one, so that nobody learns from it whether there are people. The list never leaves: a release names it by a digest
    with the salt, so that only whoever has both can show which list was in force. Asked again after a delay it is
    another answer, with the same noise and paid for once; on the same side of it, it is the same answer.

    Attributes:
        zones: Codes of the areas, at any level; leave it out where there are none.
        salt: Random letters, at least 16, needed beside zones and told to nobody; another salt is another level.
        floor: People a figure about such an area must have, 2 to 1,000,000; exactly as many are enough. 0 asks for none
            and looks at none, as beside a guarantee, which true counts would break.
        delay_days: Days that must have passed after the last day the figure speaks of, 0 to 3,660.
        what: `delay`, `coarsen` or `review`.

    References:
        Taylor, Floridi, van der Sloot (2017), Group Privacy, doi:10.1007/978-3-319-46608-8; OCHA Centre for
        Humanitarian Data (2025), Data Responsibility Guidelines.
    """

    name: ClassVar[str] = "protected_zones"
    title: ClassVar[Text] = Text("Areas where groups are at risk")
    beside: ClassVar[bool] = True
    private: ClassVar[frozenset[str]] = frozenset({"zones", "salt"})

    zones: tuple[str, ...] = field(default=(), repr=False)
    salt: str = field(default="", repr=False)
    floor: int = 50
    delay_days: int = 14
    what: Instead = Instead.DELAY

    def __post_init__(self) -> None:
        if self.floor and not LEAST <= self.floor <= MOST:
            raise BadInput(f"floor goes from {LEAST} to {MOST}, or is 0 for none", field="floor")
        if not 0 <= self.delay_days <= LONGEST:
            raise BadInput(f"delay_days goes from 0 to {LONGEST}", field="delay_days")
        if self.zones and len(self.salt) < SALT:
            raise BadInput(NO_SALT, field="salt")

    def in_words(self) -> Text:
        """What happens to them, in a sentence."""
        told = {"days": self.delay_days, **({"floor": self.floor} if self.floor else {})}
        match self.what:
            case Instead.DELAY:
                return Text((LATER if self.floor else LATER_ANY).id, told)
            case Instead.COARSEN:
                return say("Figures about protected areas are told only as a part of the larger area they lie in.")
            case Instead.REVIEW:
                return Text((REVIEWED if self.floor else REVIEWED_ANY).id, told)
            case _:
                assert_never(self.what)

    def wanted(self) -> frozenset[Evidence]:
        """The people behind each cell, where enough of them make a difference."""
        return frozenset({Evidence.PEOPLE}) if self.floor and self.what is not Instead.COARSEN else frozenset()

    def waits(self, question: Question) -> tuple[date, ...]:
        """Days that are too recent, of a question that can name a listed area which is told later."""
        if self.what is Instead.COARSEN or not self._names(question):
            return ()
        return tuple(day for day in _days(question.query) if not self._waited(day, question.asked_on))

    def reviewers(self, question: Question) -> int:
        """Two, where a figure about a listed area could be told now and the level asks for review."""
        if self.what is not Instead.REVIEW or not self._names(question):
            return 0
        return TWO if any(self._waited(day, question.asked_on) for day in _days(question.query)) else 0

    def apply(self, draft: Draft, admission: Admission) -> Draft:
        """Suppress figures about listed areas that may not be told, or not yet."""
        if not self.zones:
            return draft
        listed = protected(admission.facts.geography, frozenset(self.zones))
        levels, last = [key.level for key in draft.output.keys], _last_day(admission)
        cells = zip(*(draft.table.column(key.name) for key in draft.output.keys), strict=True)
        flags = [
            any(place in listed for place in zip(levels, cell, strict=True))
            and not self._may_be_told(people, _day(cell, last), admission)
            for cell, people in zip(cells, brought(draft, Evidence.PEOPLE), strict=True)
        ]
        return draft.marked(flags, CellStatus.SUPPRESSED, TOO_FEW)

    def statement(self, admission: Admission) -> tuple[Text, ...]:
        """That some areas are withheld for another reason than their count, where any are listed."""
        del admission
        return (self.in_words(),) if self.zones else ()

    def _may_be_told(self, people: int | None, day: date, admission: Admission) -> bool:
        enough = not self.floor or (people is not None and people >= self.floor)
        if not (enough and self._waited(day, admission.asked_on)):
            return False
        match self.what:
            case Instead.DELAY:
                return True
            case Instead.COARSEN:
                return False
            case Instead.REVIEW:
                return admission.needed >= TWO
            case _:
                assert_never(self.what)

    def _names(self, question: Question) -> bool:
        """Whether an answer has areas of a level at which some are protected; known from public facts and the list."""
        if not self.zones:
            return False
        levels = {level for level, _ in protected(question.facts.geography, frozenset(self.zones))}
        return any(key.level in levels for key in question.query.output().keys)

    def _waited(self, day: date, today: date | None) -> bool:
        return self.delay_days == 0 or (today is not None and (today - day).days >= self.delay_days)


def _day(cell: tuple[object, ...], last: date) -> date:
    """The day a cell speaks of, else the last one its question does."""
    return next((name for name in cell if isinstance(name, date)), last)


def _last_day(admission: Admission) -> date:
    return reads(read_question(admission.spec).plan()).days[-1]


def _days(query: AggregateQuery) -> tuple[date, ...]:
    """Every day that a cell of an answer can speak of, as `_day` reads it."""
    named = next((key.days for key in query.output().keys if key.days), ())
    return named or reads(query.plan()).days[-1:]


def protected(geography: Geography, codes: frozenset[str]) -> frozenset[Place]:
    """Areas, by level and code, that are listed, lie in a listed one, or have no observed part that is not."""
    every = [area for level in AreaLevel for area in geography.at(level)]
    parts: dict[Place, list[Area]] = defaultdict(list)
    for area in every:
        parts[_above(area.level), area.parent].append(area)
    found = {_place(area) for area in every if area.code in codes}
    for area in reversed(every):
        seen = {_place(part) for part in parts[_place(area)] if part.observed}
        if seen and seen <= found:
            found.add(_place(area))
    for area in every:
        if _place(area) in found:
            found.update(map(_place, parts[_place(area)]))
    return frozenset(found)


def _place(area: Area) -> Place:
    return area.level, area.code


def _above(level: AreaLevel) -> AreaLevel:
    levels = list(AreaLevel)
    return levels[max(levels.index(level) - 1, 0)]
