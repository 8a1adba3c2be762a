"""DDI Codebook 2.5, what archives of survey data read."""

from typing import ClassVar

from safeconduct.catalogue.base import Standard, standard
from safeconduct.catalogue.ddi.reading import Described, read_ddi
from safeconduct.catalogue.ddi.writing import write_ddi
from safeconduct.catalogue.entry import Entry
from safeconduct.model.text import Text, say

__all__ = ["DDI", "Described", "read_ddi"]


@standard
class DDI(Standard):
    """DDI Codebook 2.5: study, files, variables, categories, and the released figures of each.

    Frequencies and summary statistics come from the release alone; a variable's `security` element says what was done
    to it against disclosure. Every language a text is written in is there, marked with `xml:lang`.

    References:
        DDI Alliance (2012), DDI Codebook 2.5.
    """

    name: ClassVar[str] = "ddi"
    title: ClassVar[Text] = say("Description for data archives (DDI Codebook 2.5)")
    media: ClassVar[str] = "application/xml"
    suffix: ClassVar[str] = ".ddi.xml"

    def write(self, entry: Entry) -> bytes:
        """The entry as a DDI Codebook 2.5 document."""
        return write_ddi(entry)

    @staticmethod
    def read(content: bytes) -> Described:
        """A study and its tables from somebody's document.

        Raises:
            BadInput: It is too long.
            Unreadable: It is no XML, defines entities, or is no DDI Codebook.
        """
        return read_ddi(content)
