"""What the catalogue may know of a study: its description, and what the gate let out."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from safeconduct.model.editions import FileRelease, ReleasedFile, SheetLine, VariableFigures
from safeconduct.model.errors import Unsafe
from safeconduct.model.microdata import DataFile, Words
from safeconduct.model.study import Access, Study


class EditionState(StrEnum):
    """Where an edition is in its life.

    `CURRENT`: it can be had. `SUPERSEDED`: a later one took its place. `WITHDRAWN`: it is not given out any more; who
    has it keeps it, so it stays listed with its reason.
    """

    CURRENT = "current"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, kw_only=True)
class EditionLine:
    """One line of a study's version history.

    Attributes:
        number: From 1.
        state: Where it is in its life.
        decided_at: When the gate let it out, UTC.
        reason: Why it was superseded or withdrawn, in words that may be published.
        digest: SHA-256 of the release, to compare a copy with.
    """

    number: int
    state: EditionState
    decided_at: datetime
    reason: str = ""
    digest: str = ""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A study in the catalogue.

    Variables, counts and files are there from the moment the gate released an edition, and gone when that edition is
    withdrawn; the description stays.

    Attributes:
        study: Its description; public.
        release: The edition that can be had, `None` before the first and after a withdrawal.
        editions: Every edition there ever was, by number.
        files: Files of the edition, as they can be had.
        access: How it can be had.
        url: Address of the study's page, `""` where the site has none.
        publisher: Who runs the catalogue.
        licence: Address of the licence, `""` for none.
        purposes: Names of the purposes it may be used for.
        prohibited: Names of the uses nobody may put it to.

    Raises:
        Unsafe: The release was not made by the gate, is of another study, or is withdrawn; or files stand without one.
    """

    study: Study
    release: FileRelease | None = None
    editions: tuple[EditionLine, ...] = ()
    files: tuple[ReleasedFile, ...] = ()
    access: Access = Access.NOT_AVAILABLE
    url: str = ""
    publisher: str = ""
    licence: str = ""
    purposes: tuple[str, ...] = ()
    prohibited: tuple[str, ...] = ()
    _figures: dict[tuple[str, str], VariableFigures] = field(
        init=False, repr=False, hash=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        """Let nothing in that the gate did not let out."""
        release: object = self.release
        if release is None:
            if self.files:
                raise Unsafe("the catalogue lists files of released editions only; hand over the release too")
            return
        if not isinstance(release, FileRelease):
            raise Unsafe("the catalogue holds releases only; let the release check decide first")
        if release.study != self.study.id or release.access is not self.access:
            raise Unsafe("the release and the description are not of the same study and access")
        if any(one.number == release.edition and one.state is EditionState.WITHDRAWN for one in self.editions):
            raise Unsafe("a withdrawn edition is listed with its reason, not with its content")
        self._figures.update({(one.file, one.name): one for one in release.figures})

    @property
    def tables(self) -> tuple[DataFile, ...]:
        """The tables as they left."""
        return self.release.files if self.release else ()

    @property
    def sheet(self) -> tuple[SheetLine, ...]:
        """Risk and utility, as they may be told."""
        return self.release.sheet if self.release else ()

    def figures(self, file: str, name: str) -> VariableFigures | None:
        """What may be said of a variable's values, `None` for nothing."""
        return self._figures.get((file, name))

    def rows(self, file: str) -> int | None:
        """How many rows a table has, `None` where that is not told."""
        return self.release.rows.get(file) if self.release else None

    @property
    def page(self) -> str:
        """Address of the study's page where it is one for the whole world, `""` for an address inside the site."""
        return self.url if self.url.startswith(("https://", "http://")) else ""

    @property
    def edition(self) -> EditionLine | None:
        """The line of the edition that can be had."""
        number = self.release.edition if self.release else None
        return next((one for one in self.editions if one.number == number), None)


def in_language(words: Words, language: str) -> str:
    """A text in a language; else in the language nobody named, in English, or in whichever there is.

    Example:
        >>> in_language({"fr": "âge", "en": "age"}, "es")
        'age'
    """
    for wanted in (language, language.split("-", maxsplit=1)[0], "", "en"):
        if words.get(wanted):
            return words[wanted]
    return next((text for text in words.values() if text), "")
