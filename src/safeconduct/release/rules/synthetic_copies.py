"""No made-up records that are real ones."""

from dataclasses import dataclass
from typing import ClassVar

from safeconduct.model.errors import BadInput
from safeconduct.model.outcomes import Admission, CellStatus, Draft, Evidence
from safeconduct.model.output import Measure
from safeconduct.model.text import Text, say
from safeconduct.release.base import Rule, output_rule
from safeconduct.release.evidence import brought, measures

WHOLE = 100
MOST = 1_000_000


@output_rule
@dataclass(frozen=True, kw_only=True)
class SyntheticCopies(Rule):
    """Suppresses made-up records among which too many of the real rare records stand again, value by value.

    Real records are rare where fewer than a minimum are alike; whoever made the draft counted them, and those of them
    that a made-up record equals. A copy of a common record tells nothing. The share is one of the real rare records,
    not of the file: a large file may hold every rare person and still have a tiny share of copies. Some copies come
    by chance, and nobody who sees the file knows which, so the limit need not be 0. It says nothing of records that
    are nearly alike. Tables made together are told together or not at all.

    Attributes:
        most_percent: Most rare real records that may stand again, of 100, 0 to 100; exactly as many are told.
        most: Most of them in number, 0 to 1,000,000.

    References:
        Raab, Nowok, Dibben (2024), Practical privacy metrics for synthetic data, arXiv:2406.16826 (replicated uniques).
    """

    name: ClassVar[str] = "synthetic_copies"
    title: ClassVar[Text] = Text("Made-up records are not real ones")

    most_percent: int = 5
    most: int = 50

    def __post_init__(self) -> None:
        for name, most in (("most_percent", WHOLE), ("most", MOST)):
            if not 0 <= getattr(self, name) <= most:
                raise BadInput(f"{name} goes from 0 to {most}", field=name)

    def in_words(self) -> Text:
        """Both limits, in a sentence."""
        return say(
            "Made-up records are told only if at most {percent} % of the rare real records, and at most {most}, stand "
            "among them.",
            percent=self.most_percent,
            most=self.most,
        )

    def wanted(self) -> frozenset[Evidence]:
        """Rare real records, and those that stand again."""
        return frozenset({Evidence.RARE, Evidence.COPIED})

    def apply(self, draft: Draft, admission: Admission) -> Draft:
        """Suppress everything where a table has too many copies."""
        del admission
        if Measure.RECORDS not in measures(draft):
            return draft
        tables = zip(brought(draft, Evidence.RARE), brought(draft, Evidence.COPIED), strict=True)
        copied = any(self.repeats(rare, copies) for rare, copies in tables)
        return draft.marked([copied] * len(draft.table), CellStatus.SUPPRESSED, self.name)

    def repeats(self, rare: int | None, copied: int | None) -> bool:
        """Whether too many rare real records stand again; unknown numbers make it so.

        Example:
            >>> rule = SyntheticCopies(most_percent=5, most=50)
            >>> rule.repeats(100, 5), rule.repeats(100, 6), rule.repeats(0, 0), rule.repeats(10_000, 51)
            (False, True, False, True)
        """
        if rare is None or copied is None:
            return True
        return copied > self.most or WHOLE * copied > self.most_percent * rare
