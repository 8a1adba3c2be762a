"""What a metadata standard is, and where the standards are found."""

from abc import ABC, abstractmethod
from typing import ClassVar

from safeconduct.catalogue.entry import Entry
from safeconduct.model.registry import Plugin, Registry
from safeconduct.model.text import Text


class Standard(Plugin, ABC):
    """A way other catalogues write down a study.

    Attributes:
        title: What people call it.
        media: Media type of what it writes.
        suffix: How its file's name ends, with the dot.
    """

    title: ClassVar[Text]
    media: ClassVar[str]
    suffix: ClassVar[str]

    @abstractmethod
    def write(self, entry: Entry) -> bytes:
        """An entry in this standard; numbers in it come from the entry's release and from nowhere else."""


standard: Registry[Standard] = Registry("metadata standard", "safeconduct.catalogue.standards")
