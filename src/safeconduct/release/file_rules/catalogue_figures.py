"""Which figures of a variable the catalogue may show."""

from dataclasses import dataclass
from typing import ClassVar

from safeconduct.model.editions import FileAdmission, Finding
from safeconduct.model.text import Text, say
from safeconduct.release.file_base import FIGURES, FileRule, Subject, at_least, file_rule

LEAST = 3


@file_rule
@dataclass(frozen=True, kw_only=True)
class CatalogueFigures(FileRule):
    """Says from how many records on a figure of a variable is told in the catalogue; stops no file.

    Counts below the minimum are withheld, and further ones with them, so that none can be worked out from the others;
    an extreme is told where `minimum` records share it; a mean where at least three times as many stand behind it and
    none of them makes up a tenth.

    Attributes:
        minimum: Records a told figure must be about, 3 to 1,000,000. Below 3 what is withheld could be guessed.
    """

    name: ClassVar[str] = FIGURES
    title: ClassVar[Text] = Text("Figures in the catalogue")

    minimum: int

    def __post_init__(self) -> None:
        at_least("minimum", self.minimum, LEAST)

    @property
    def least(self) -> int:
        """The minimum."""
        return self.minimum

    def in_words(self) -> Text:
        """The minimum, in a sentence."""
        return say("The catalogue shows figures that are about at least {minimum} records.", minimum=self.minimum)

    def check(self, subject: Subject) -> Finding:
        """Always passes: figures are withheld one by one."""
        del subject
        return self.found(self.in_words(), passed=True)

    def statement(self, admission: FileAdmission) -> tuple[Text, ...]:
        """What a withheld figure means."""
        del admission
        return (say("A figure that is not shown may be about few records, about none, or protect another figure."),)
