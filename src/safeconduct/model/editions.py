"""Microdata on its way out: a draft nobody may have yet, and the edition that the gate made of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from safeconduct.model.canonical import Json
from safeconduct.model.microdata import DataFile
from safeconduct.model.outcomes import Pending, Refusal
from safeconduct.model.policy import Policy
from safeconduct.model.recipe import Recipe
from safeconduct.model.study import Access
from safeconduct.model.text import Text

INSIDE: Mapping[str, bool] = {"inside": True}
"""Marks a field that is told to nobody outside: a handle of the store."""


@dataclass(frozen=True, kw_only=True)
class Content:
    """A table at rest among the drafts, encrypted.

    Attributes:
        draft: Handle in `store.drafts`.
        digest: SHA-256 of its plain content, in the order of its rows.
    """

    draft: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class SheetLine:
    """One line of the risk–utility sheet.

    Attributes:
        name: Name of the measure.
        says: What it is and what the figure means, in words.
        before: The original's figure as text, `""` where it is not told outside.
        after: The edition's figure as text.
        unit: Its unit.
        better: `lower` or `higher`.
    """

    name: str
    says: Text
    before: str
    after: str
    unit: str = ""
    better: str = "lower"


@dataclass(frozen=True, kw_only=True, repr=False)
class FileDraft:
    """Treated microdata nobody but its steward and reviewers may know of. Its `repr` never shows a value.

    Attributes:
        study: Id of the study.
        edition: Number of the edition it would become, from 1.
        access: How it would be had.
        files: The tables as they would leave.
        content: Where each table's rows are, by name of the table.
        recipe: What was done to the original.
        corrections: Digest of the corrections made before, `""` for none.
        data_version: Id of the version of the original.
        code: Version of safeconduct.
        seeded: Made with a known seed; the gate refuses it.
        by_position: Tables whose record codes are positions of rows, since nothing tells their rows apart: they cannot
            be compared with editions of another version.
        sheet: Risk and utility beside the original's, as outsiders may see them; the gate works out the risk anew.
    """

    study: str
    edition: int
    access: Access
    files: tuple[DataFile, ...]
    content: Mapping[str, Content] = field(hash=False)
    recipe: Recipe
    corrections: str = ""
    data_version: str
    code: str
    seeded: bool = False
    by_position: tuple[str, ...] = ()
    sheet: tuple[SheetLine, ...] = ()

    def __repr__(self) -> str:
        """Which edition of what."""
        return f"FileDraft({self.study!r}, {self.edition})"


@dataclass(frozen=True, kw_only=True)
class FileAdmission:
    """The first half of the gate said yes to making a file for others.

    Attributes:
        study: Id of the study.
        edition: Number of the edition.
        access: How it would be had.
        policy: The protection level in force for that access.
        limits: Coverage statement of the study, by language; stands in every release.
        previous: Editions of the study that left before, withdrawn ones too: they cannot be taken back.
    """

    study: str
    edition: int
    access: Access
    policy: Policy
    limits: Mapping[str, str] = field(hash=False)
    previous: tuple["FileRelease", ...] = ()


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a rule says of a draft.

    Attributes:
        rule: Name of the rule.
        passed: Whether the draft may leave as far as this rule goes.
        says: What was found, in words; for insiders, so it may hold counts.
        public: What the outside sheet says of it: no count, no attack aid.
        advice: What to do where it did not pass.
    """

    rule: str
    passed: bool
    says: Text
    public: Text
    advice: Text | None = None


@dataclass(frozen=True, kw_only=True)
class CategoryCount:
    """How many rows have a category, as it may be told.

    Attributes:
        code: The category, or a band of a number.
        count: Rows, `None` where it is withheld.
    """

    code: str
    count: int | None


@dataclass(frozen=True, kw_only=True)
class VariableFigures:
    """What the catalogue may say of a variable's values; passed by the gate like any figure.

    Attributes:
        file: Name of the table.
        name: Name of the variable.
        valid: Rows with a value, `None` where withheld.
        missing: Rows without, `None` where withheld.
        categories: Counts by category; empty for texts and for numbers with many values.
        low: Smallest released value as text, `""` where withheld: an extreme is one person.
        high: Largest, likewise.
        mean: Mean as text, `""` where withheld.
        sd: Standard deviation as text, `""` where withheld.
    """

    file: str
    name: str
    valid: int | None
    missing: int | None
    categories: tuple[CategoryCount, ...] = ()
    low: str = ""
    high: str = ""
    mean: str = ""
    sd: str = ""


@dataclass(frozen=True, kw_only=True)
class ReleasedFile:
    """One file of an edition as it can be had.

    Attributes:
        name: Its name, such as `members.dta`.
        media: Its media type.
        sha256: Digest of its plain content.
        size: Bytes of its plain content.
        chest: Handle of its encrypted form in the store.
        says: What it is good for.
    """

    name: str
    media: str
    sha256: str
    size: int
    chest: str = field(metadata=INSIDE)
    says: Text


@dataclass(frozen=True, kw_only=True, repr=False)
class FileRelease:
    """An edition. Only `release.gate` makes one.

    Attributes:
        id: SHA-256 over study, edition, contents, recipe and policy.
        study: Id of the study.
        edition: Its number.
        access: How it can be had.
        files: The tables.
        content: Where each table's rows are, for comparing later editions with it.
        figures: What may be said of each variable.
        sheet: Risk and utility, without attack aids.
        rows: Rows by table; part of what is released.
        recipe: Id of the treatment plan.
        data_version: Id of the version of the original.
        code: Version of safeconduct.
        policy: Name, version, id and rules of the protection level.
        statement: What a reader must know.
        training: Made on a practice site.
        decided_at: When the gate decided, UTC.
        digest: SHA-256 over everything else.
    """

    id: str
    study: str
    edition: int
    access: Access
    files: tuple[DataFile, ...]
    content: Mapping[str, Content] = field(hash=False, metadata=INSIDE)
    figures: tuple[VariableFigures, ...]
    sheet: tuple[SheetLine, ...]
    rows: Mapping[str, int] = field(hash=False)
    recipe: str
    data_version: str
    code: str
    policy: Mapping[str, Json] = field(hash=False)
    statement: tuple[Text, ...]
    training: bool
    decided_at: datetime
    digest: str = ""

    def __repr__(self) -> str:
        """Which edition of what."""
        return f"FileRelease({self.study!r}, {self.edition})"


FileDecision = FileRelease | Pending | Refusal
