"""Histograms with public edges, and every bin by itself."""

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from safeconduct.model.errors import BadInput
from safeconduct.model.outcomes import Admission, Alternative, CellStatus, Draft, Evidence, Refusal
from safeconduct.model.output import Measure
from safeconduct.model.policy import Policy
from safeconduct.model.text import Text, say
from safeconduct.query.question import Question
from safeconduct.release.base import TOO_FEW, Rule, output_rule, set_by
from safeconduct.release.evidence import brought, measures

LEAST, MOST = 2, 1_000_000
OPEN = 0
EDGES = "edges"


@output_rule
@dataclass(frozen=True, kw_only=True)
class HistogramBins(Rule):
    """Tells the bins of one public list of edges only, and withholds each that too few people are in.

    Edges that anybody may choose can be slid: two histograms whose edges differ by one show who lies between. Neither
    may several bins be joined into one, for the same reason. Edges taken from the data show the smallest and largest
    number in them; a question that leaves its edges out asks for that and is refused. The last bin is open, so that
    the largest number is nobody's to know. A bin with few people is withheld and the others stay: withholding the
    whole histogram would lose what is safe and tell that some bin is small.

    Attributes:
        edges: Where bins begin, whole numbers of the figure's unit, rising, from 0 on; a bin ends where the next
            begins, and the last one nowhere.
        minimum: People a bin must have to be told, 2 to 1,000,000; a bin with exactly as many is told.

    References:
        O'Keefe, Chipperfield (2013), A summary of attack methods and confidentiality protection measures for fully
        automated remote analysis systems, doi:10.1111/insr.12021.
    """

    name: ClassVar[str] = "histogram_bins"
    title: ClassVar[Text] = Text("Public edges of histograms")

    edges: tuple[int, ...] = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000)
    minimum: int = 16

    def __post_init__(self) -> None:
        if not LEAST <= self.minimum <= MOST:
            raise BadInput(f"minimum goes from {LEAST} to {MOST}", field="minimum")
        if self.edges[:1] != (0,) or any(first >= second for first, second in pairwise(self.edges)):
            raise BadInput("edges are whole numbers that rise, and the first is 0", field="edges")

    def in_words(self) -> Text:
        """The edges and the minimum, in a sentence."""
        return say(
            "A histogram has the edges {edges} and no others, and a bin is told only if at least {minimum} people are "
            "in it.",
            edges=", ".join(map(str, self.edges)),
            minimum=self.minimum,
        )

    def wanted(self) -> frozenset[Evidence]:
        """Where a bin begins and ends, and who is in it."""
        return frozenset({Evidence.BIN_FROM, Evidence.BIN_TO, Evidence.PEOPLE})

    def admit(self, question: Question, policy: Policy) -> Refusal | None:
        """Refuse other edges, and edges that the data would choose."""
        query = question.query
        bins = any(value.measure is Measure.BIN for value in query.output().values)
        if not bins or query.spec().get(EDGES) == list(self.edges):
            return None
        return Refusal(
            reason="histogram_bins.other_edges",
            what=say("A histogram with these edges cannot be told."),
            rule=self.in_words(),
            agreement=set_by(policy),
            alternatives=(Alternative(says=say("Ask for the edges {edges}.", edges=", ".join(map(str, self.edges)))),),
        )

    def apply(self, draft: Draft, admission: Admission) -> Draft:
        """Suppress strange bins, then small ones."""
        del admission
        if Measure.BIN not in measures(draft):
            return draft
        known = {*pairwise(self.edges), (self.edges[-1], OPEN)}
        bins = zip(brought(draft, Evidence.BIN_FROM), brought(draft, Evidence.BIN_TO), strict=True)
        draft = draft.marked([one not in known for one in bins], CellStatus.SUPPRESSED, self.name)
        few = [people is None or people < self.minimum for people in brought(draft, Evidence.PEOPLE)]
        return draft.marked(few, CellStatus.SUPPRESSED, TOO_FEW)
