"""Files of a folder."""

from collections.abc import Sequence
from typing import ClassVar

from safeconduct.ingest.files import Found, found_files
from safeconduct.ingest.source import Offer, Source, source
from safeconduct.model.mapping import FileMapping


@source
class FilesOfAFolder(Source):
    """Every file the mapping's patterns match, by type and then by name."""

    name: ClassVar[str] = "files"

    def __init__(self, mapping: FileMapping, found: Sequence[Found]) -> None:
        self.mapping, self._found = mapping, found

    @classmethod
    def open(cls, offer: Offer) -> "FilesOfAFolder":
        """Find them."""
        found = [one for one in found_files(offer.mapping, offer.folder) if offer.reach.only(one.path)]
        return cls(offer.mapping, found)

    def pieces(self) -> Sequence[Found]:
        """The files."""
        return self._found
