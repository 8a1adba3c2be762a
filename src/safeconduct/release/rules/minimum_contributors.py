"""Not fewer people than a minimum behind any cell."""

from dataclasses import dataclass
from typing import ClassVar

from safeconduct.model.errors import BadInput
from safeconduct.model.outcomes import Admission, CellStatus, Draft, Evidence
from safeconduct.model.text import Text, say
from safeconduct.release.base import TOO_FEW, Rule, output_rule
from safeconduct.release.sticky import hashed, what_asked

SECONDARY = "complementary_suppression"
LIMITS = {"minimum": (2, 1_000_000), "outside": (0, 1_000_000), "blur": (0, 1_000), "homes": (0, 1_000),
          "sites": (0, 1_000)}  # fmt: skip
BITS = 32


@output_rule
@dataclass(frozen=True, kw_only=True)
class MinimumContributors(Rule):
    """Suppresses a cell with fewer people behind it than `minimum`.

    People are distinct people on the final join, never scaled to a population, never events. "15 or fewer are
    redacted", FlowKit's rule, is `minimum = 16`. A cell with nobody is suppressed like one with few, so that the two
    cannot be told apart. Alone it stops nobody who asks two questions that overlap.

    A told cell shows that it has at least `minimum` people: who knows all but one of so many knows the last. `blur`
    makes that uncertain: how many people more a cell must have is picked for each by a keyed hash, from 0 to `blur`,
    each as likely, and always the same for the same people and question.

    Attributes:
        minimum: People a cell must have to be told, 2 to 1,000,000; a cell with exactly as many is told where `blur`
            is 0.
        blur: Most people more that a cell must have, 0 to 1,000.
        outside: People who must have been in the cell's area on its days outside the hours asked for, 0 to 1,000,000;
            nobody counts as too few, so that what is withheld says nothing of whether somebody was. 0 does not look.
        homes: Communes in which the people behind a cell must mostly have been, 0 to 1,000; 0 does not look, and for
            cells as small as a commune there is mostly one.
        sites: Antennas' sites that must stand in the cell's area, 0 to 1,000; 0 does not look.

    References:
        Hundepool et al. (2012), Statistical Disclosure Control, section 5.3, doi:10.1002/9781118348239.
    """

    name: ClassVar[str] = TOO_FEW
    title: ClassVar[Text] = Text("Enough people")
    protects: ClassVar[bool] = True

    minimum: int = 16
    blur: int = 0
    outside: int = 0
    homes: int = 0
    sites: int = 0

    def __post_init__(self) -> None:
        for name in ("minimum", "outside", "blur", "homes", "sites"):
            least, most = LIMITS[name]
            if not least <= getattr(self, name) <= most:
                raise BadInput(f"{name} goes from {least} to {most}", field=name)

    def in_words(self) -> Text:
        """What must be behind a figure, in a sentence."""
        told = say("A figure is told only if at least {minimum} people are behind it.", minimum=self._enough())
        if not (self.outside or self.homes or self.sites):
            return told
        if not (self.homes or self.sites):
            return say(
                "A figure is told only if at least {minimum} people are behind it; for parts of the day only if at "
                "least {outside} people were there in the rest of the day alone.",
                minimum=self._enough(),
                outside=self.outside,
            )
        return say(
            "A figure is told only if at least {minimum} people are behind it, from at least {homes} home communes, "
            "with at least {sites} antenna sites in the area; and for parts of the day only if at least {outside} "
            "people were there in the rest of the day alone.",
            minimum=self._enough(),
            homes=self.homes,
            sites=self.sites,
            outside=self.outside,
        )

    def _enough(self) -> str:
        return f"{self.minimum}–{self.minimum + self.blur}" if self.blur else str(self.minimum)

    def least_people(self) -> int:
        """The minimum."""
        return self.minimum

    def wanted(self) -> frozenset[Evidence]:
        """The people behind each cell, and what else is looked at."""
        looked = {one for one, least in self._least().items() if least}
        return frozenset(looked | {Evidence.CELL_KEY} if self.blur else looked)

    def _least(self) -> dict[Evidence, int]:
        return {
            Evidence.PEOPLE: self.minimum,
            Evidence.OUTSIDE: self.outside,
            Evidence.HOMES: self.homes,
            Evidence.SITES: self.sites,
        }

    def apply(self, draft: Draft, admission: Admission) -> Draft:
        """Suppress cells with too few people, or too few of what else must be there."""
        more = self._more(draft, admission)
        for one, least in self._least().items():
            if least and one.value in draft.evidence.columns:
                counts = draft.evidence.column(one.value)
                needed = [least + extra if one is Evidence.PEOPLE else least for extra in more]
                few = [not isinstance(count, int) or count < need for count, need in zip(counts, needed, strict=True)]
                draft = draft.marked(few, CellStatus.SUPPRESSED, self.name)
        return draft

    def _more(self, draft: Draft, admission: Admission) -> list[int]:
        """How many people more than the minimum each cell must have."""
        if not self.blur:
            return [0] * len(draft.status)
        picked = hashed(what_asked(draft), admission.sticky, purpose=b"minimum")
        return [int(one) * (self.blur + 1) >> BITS for one in picked]

    def statement(self, admission: Admission) -> tuple[Text, ...]:
        """What a suppressed cell means, where no other rule withholds more; and which others are withheld."""
        some = say(
            "Of figures of {minimum} to {most} people some are withheld, always the same ones, so that no told figure "
            "shows that one person more is there.",
            minimum=self.minimum,
            most=self.minimum + self.blur - 1,
        )
        few = say(
            "A suppressed figure stands for fewer than {minimum} people, and may stand for nobody; it is not zero.",
            minimum=self.minimum + self.blur,
        )
        alone = all(rule.name != SECONDARY for rule in admission.policy.rules)
        return (*((some,) if self.blur else ()), *((few,) if alone else ()))
