"""What comes out of a question: a draft inside, then a release, a wait, or a refusal in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from safeconduct.model.areas import PHONED, SIGHTED, EventType
from safeconduct.model.canonical import Json
from safeconduct.model.geography import Geography
from safeconduct.model.output import Output
from safeconduct.model.policy import Policy
from safeconduct.model.quality import Source, Trust
from safeconduct.model.sightings import Counted, DataSchema
from safeconduct.model.table import Table
from safeconduct.model.text import Text

WHOM_TO_ASK = Text("Ask the data steward named in your agreement.")


class CellStatus(StrEnum):
    """What a released cell says; the five are different things and look different everywhere.

    `ZERO` is only a zero known from public facts; a counted zero is `SUPPRESSED` like any small number.
    """

    VALUE = "value"
    SUPPRESSED = "suppressed"
    ZERO = "zero"
    NOT_OBSERVED = "not_observed"
    REFUSED = "refused"


class Evidence(StrEnum):
    """What a rule may ask an engine to count beside the values, by the column it comes in.

    `PEOPLE`: distinct people behind the cell, on the final join, never scaled.
    `LARGEST` and `SECOND`: what the two people contribute who contribute most; only for magnitudes.
    `TOTAL`: the value itself before any rule; so that a rule that changes values can be applied twice.
    `HOMES`: distinct communes in which these people mostly were, over the days read.
    `SITES`: sites of antennas that stand in the cell's area, in the smaller of the two for movements.
    `OUTSIDE`: people in the cell's area on its days who are not in the cell because of the hours asked for.
    `CELL_KEY`: sum of the record keys of its people modulo 2^31 − 1: the same people, the same sum.
    `BOUNDED`: the value when every person counts for no more than the admission's bound.
    `BELOW` and `ABOVE`: people whose own number is below, and above, the quantile told.
    `FREEDOM`: residual degrees of freedom of a regression. `PARAMETERS`: how many of its parameters were estimated.
    `BIN_FROM` and `BIN_TO`: where a bin of a histogram begins, and before which number it ends; 0 where it is open.
    `SUBSET` and `COMPLEMENT`: people the question is about, whatever they did, and everybody else in the data set.
    `RARE`: real records that few others are like. `COPIED`: of these, those a made-up record is exactly like.
    """

    PEOPLE = "contributors"
    LARGEST = "largest"
    SECOND = "second_largest"
    TOTAL = "total"
    HOMES = "homes"
    SITES = "sites"
    OUTSIDE = "outside"
    CELL_KEY = "cell_key"
    BOUNDED = "bounded"
    BELOW = "below"
    ABOVE = "above"
    FREEDOM = "freedom"
    PARAMETERS = "parameters"
    BIN_FROM = "bin_from"
    BIN_TO = "bin_to"
    SUBSET = "subset"
    COMPLEMENT = "complement"
    RARE = "rare"
    COPIED = "copied"


LATER = frozenset(list(Evidence)[list(Evidence).index(Evidence.BELOW) :])
"""Evidence no engine counts yet; rules that look at it are for kinds of question, and for files, that come later."""


@dataclass(frozen=True, kw_only=True)
class Bound:
    """How much of an answer one person may make up; the engine leaves out the rest, chosen by a keyed hash.

    Attributes:
        areas: Most areas a person counts in, a day where the answer has days, else in all.
        most: Most a person adds to a sum in one cell; 1 for people.
    """

    areas: int
    most: int


class Budget(StrEnum):
    """Whose budget pays."""

    PROJECT = "project"
    DATASET = "dataset"


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What an answer takes from one budget: the zero-concentrated loss rho, in millionths.

    Attributes:
        budget: Whose budget.
        period: Which period of it, such as `2026-03` (a month of days) or `2026-03-05`; `""` for all time.
        rho: What it takes, millionths.
        limit: What the budget holds in all, millionths.
    """

    budget: Budget
    period: str
    rho: int
    limit: int


@dataclass(frozen=True, kw_only=True)
class History:
    """What was asked before of a data set, as far as a rule may know it: never an answer.

    Attributes:
        close: Earlier frames, as `query.frame` writes them, that read almost the same records: what only one of the
            two reads is of at least one person and of fewer than the minimum.
        declared: The question belongs to a declared product.
    """

    close: tuple[Mapping[str, Json], ...] = field(default=(), hash=False)
    declared: bool = False


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """Where an answer comes from; enough to compute it again.

    Attributes:
        dataset: Name of the data set.
        spec: The question, as canonical JSON takes it.
        spec_id: SHA-256 of the canonical question.
        partitions: Version of every day partition read, by `TYPE/DAY`.
        geography: Id of the geography read.
        data_version: SHA-256 over partitions and geography.
        code: Version of safeconduct.
        engine: Name of the engine.
        zone: The IANA time zone that days and hours are told in.
    """

    dataset: str
    spec: Mapping[str, Json] = field(hash=False)
    spec_id: str
    partitions: Mapping[str, str] = field(hash=False)
    geography: str
    data_version: str
    code: str
    engine: str
    zone: str


@dataclass(frozen=True, kw_only=True)
class PublicFacts:
    """What is known without looking at a record: decides universes, refusals and advice.

    Attributes:
        zone: The IANA time zone of the data's local days.
        geography: Every area.
        present: The days present, by event type.
        counted: What one code stands for.
        trust: What is known of the quality of the days; `None` where nobody speaks of it.
        left_out: Days that a question leaves out because they are flagged; they count as not present.
    """

    zone: str
    geography: Geography
    present: Mapping[EventType, frozenset[date]] = field(hash=False)
    counted: Counted = Counted.SUBSCRIBER
    trust: Trust | None = field(default=None, hash=False)
    left_out: frozenset[Source] = frozenset()

    @property
    def types(self) -> frozenset[EventType]:
        """Every type the data set can have, whether there are files of it or not."""
        return SIGHTED if self.counted.schema is DataSchema.SIGHTINGS else PHONED


@dataclass(frozen=True, kw_only=True)
class Admission:
    """The first half of the gate said yes: what the engine must bring, and under which policy.

    Attributes:
        spec: The question, as canonical JSON takes it.
        spec_id: Its SHA-256.
        answer_id: SHA-256 over spec_id, partition versions, geography, policy id and the days that still wait.
        output: The shape of the answer.
        policy: The protection level in force.
        facts: Public facts at the time.
        wanted: Evidence the rules will look at.
        missing_days: Days asked for that are not all there, in order: told, not refused.
        bound: How much of the answer one person may make up, `None` where nobody bounds it.
        costs: What the answer takes from which budgets.
        noise: Secret that fresh noise is drawn from, kept sealed with the spend; `b""` where no rule draws any.
        sticky: Secret of the site and the data set that noise which never changes is picked with.
        asked_on: The local day it was asked on; `None` where nobody said, and then nothing that must wait is told.
        waits: Days of which figures are withheld only because they are too recent; asked later it is another answer.
        reviewers: Independent people who must look at this very answer, because of what it names, 0 to 2.
    """

    spec: Mapping[str, Json] = field(hash=False)
    spec_id: str
    answer_id: str
    output: Output
    policy: Policy
    facts: PublicFacts
    wanted: frozenset[Evidence]
    missing_days: tuple[date, ...] = ()
    bound: Bound | None = None
    costs: tuple[Cost, ...] = ()
    noise: bytes = field(default=b"", repr=False)
    sticky: bytes = field(default=b"", repr=False)
    asked_on: date | None = None
    waits: tuple[date, ...] = ()
    reviewers: int = 0

    @property
    def needed(self) -> int:
        """Independent people who must have said yes: as many as the level asks for, or its rules, whichever is more."""
        return max(self.policy.reviewers, self.reviewers)


@dataclass(frozen=True, kw_only=True, repr=False)
class Draft:
    """An answer nobody may see yet. Its `repr` never shows a value.

    Attributes:
        output: The shape.
        table: Keys and values, one row a cell.
        evidence: One row a cell in the same order; columns are `Evidence` values.
        status: What may be said of each cell, by row; engines say `VALUE`, rules change it.
        reasons: Name of the rule that changed a cell, by row; `""` for a value.
        provenance: Where it comes from.
        seeded: Made with a known seed; the gate refuses it.
        margins: How far a told value may be from what was counted, by row, at the stated confidence; empty where no
            rule changed a value.
    """

    output: Output
    table: Table
    evidence: Table
    status: tuple[CellStatus, ...]
    reasons: tuple[str, ...]
    provenance: Provenance
    seeded: bool = False
    margins: tuple[int, ...] = ()

    def __repr__(self) -> str:
        """What was asked, never what was found."""
        return f"Draft({self.provenance.spec.get('kind')}, {self.provenance.spec_id[:12]})"

    def marked(self, rows: Sequence[bool], status: CellStatus, reason: str) -> "Draft":
        """A draft in which these rows, where they still hold a value, have this status and reason."""
        hit = [flag and now is CellStatus.VALUE for flag, now in zip(rows, self.status, strict=True)]
        return replace(
            self,
            status=tuple(status if flag else now for flag, now in zip(hit, self.status, strict=True)),
            reasons=tuple(reason if flag else now for flag, now in zip(hit, self.reasons, strict=True)),
        )


@dataclass(frozen=True, kw_only=True, repr=False)
class Release:
    """What may leave. Only `release.gate` makes one.

    Attributes:
        answer_id: Identity of the protected answer; the same question on the same data has the same one.
        output: The shape.
        table: Keys, values, then `margin`, `status` and `reason`; a value is `None` unless its status is `value` or
            `zero`, and the margin (how far it may be from what was counted) is there with the value.
        provenance: Where it comes from.
        policy: Name, version and id of the protection level.
        statement: What a reader must know: coverage, zone, day boundary, missing days, limits.
        training: Made from practice data; marked on every page and export.
        decided_at: When the gate decided, UTC.
        digest: SHA-256 over the canonical content.
    """

    answer_id: str
    output: Output
    table: Table
    provenance: Provenance
    policy: Mapping[str, Json] = field(hash=False)
    statement: tuple[Text, ...]
    training: bool
    decided_at: datetime
    digest: str

    def __repr__(self) -> str:
        """What it answers."""
        return f"Release({self.provenance.spec.get('kind')}, {self.answer_id[:12]})"

    def by_status(self) -> dict[CellStatus, int]:
        """How many cells have each status, every status named."""
        found = self.table.column("status")
        return {status: found.count(status.value) for status in CellStatus}


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """A question that would pass, in words and ready to ask."""

    says: Text
    spec: Mapping[str, Json] | None = field(default=None, hash=False)


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A no that helps. Built from the question and public facts only; it never states a count.

    Attributes:
        reason: Stable id, the same in page, API, shell and flowclient's message, such as `minimum_geography.too_fine`.
        what: What was asked and cannot be answered.
        rule: Which rule, in words.
        agreement: Set by which agreement or policy.
        alternatives: Questions that would pass.
        ask: Whom to ask.
    """

    reason: str
    what: Text
    rule: Text
    agreement: Text
    alternatives: tuple[Alternative, ...] = ()
    ask: Text = WHOM_TO_ASK


@dataclass(frozen=True, kw_only=True)
class Pending:
    """Not yet: more eyes are needed.

    Attributes:
        answer_id: What waits.
        missing: How many independent reviewers must still speak.
    """

    answer_id: str
    missing: int


@dataclass(frozen=True, kw_only=True, repr=False)
class Insight:
    """Aggregate evidence for a named insider, on pages marked `insider`: no download, logged before it is shown."""

    title: Text
    table: Table
    audience: str

    def __repr__(self) -> str:
        """Its title."""
        return f"Insight({self.title.id})"


Decision = Release | Pending | Refusal
