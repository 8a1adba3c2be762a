"""No subset that is a handful, or everybody but a handful."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from safeconduct.model.errors import BadInput
from safeconduct.model.outcomes import Admission, CellStatus, Draft, Evidence
from safeconduct.model.text import Text, say
from safeconduct.release.base import TOO_FEW, Rule, output_rule
from safeconduct.release.evidence import brought

LEAST, MOST = 2, 1_000_000
SUBSET = "subset"


@output_rule
@dataclass(frozen=True, kw_only=True)
class SubsetSize(Rule):
    """Suppresses every cell of an answer about a subset that is too small, or that leaves too few people out.

    Everybody less the subset is the complement, and what is told of both is told of it. People are those of the
    subset itself, in whatever cell they stand, so that a subset of one is withheld also where it stands in a crowd.
    The question is not refused: a refusal would tell more than cells that say what every small cell says. A question
    without a subset is not looked at.

    Attributes:
        minimum: People a subset must have, 2 to 1,000,000; exactly as many are enough.
        complement: People who must be in the data set and not in the subset, 2 to 1,000,000.

    References:
        O'Keefe, Chipperfield (2013), doi:10.1111/insr.12021; DataSHIELD's `nfilter.subset`, by definition.
    """

    name: ClassVar[str] = "subset_size"
    title: ClassVar[Text] = Text("Large enough subsets")
    beside: ClassVar[bool] = True

    minimum: int = 16
    complement: int = 16

    def __post_init__(self) -> None:
        for name in ("minimum", "complement"):
            if not LEAST <= getattr(self, name) <= MOST:
                raise BadInput(f"{name} goes from {LEAST} to {MOST}", field=name)

    def in_words(self) -> Text:
        """Both minima, in a sentence."""
        return say(
            "An answer about some people is told only if they are at least {minimum} and at least {complement} are "
            "left out.",
            minimum=self.minimum,
            complement=self.complement,
        )

    def wanted(self) -> frozenset[Evidence]:
        """People in the subset, and those left out."""
        return frozenset({Evidence.SUBSET, Evidence.COMPLEMENT})

    def apply(self, draft: Draft, admission: Admission) -> Draft:
        """Suppress everything where one of them is too small."""
        subset, rest = brought(draft, Evidence.SUBSET), brought(draft, Evidence.COMPLEMENT)
        if not has_subset(admission.spec) and {*subset, *rest} <= {None}:
            return draft
        few = any(people is None or people < self.minimum for people in subset)
        few = few or any(people is None or people < self.complement for people in rest)
        return draft.marked([few] * len(draft.table), CellStatus.SUPPRESSED, TOO_FEW)


def has_subset(spec: object) -> bool:
    """Whether a question, or a part of one, is about a subset.

    Example:
        >>> has_subset({"kind": "flows", "from": {"kind": "modal_location", "subset": {"seen": "2026-01-01"}}})
        True
        >>> has_subset({"kind": "flows", "subset": None})
        False
    """
    if isinstance(spec, Mapping):
        return spec.get(SUBSET) is not None or any(map(has_subset, spec.values()))
    return isinstance(spec, list | tuple) and any(map(has_subset, spec))
