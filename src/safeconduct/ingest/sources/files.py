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

    def __init__(self, mapping: FileMapping, found: Sequence[Found], unmatched: tuple[str, ...] = ()) -> None:
        self.mapping, self._found, self._unmatched = mapping, found, unmatched

    @classmethod
    def open(cls, offer: Offer) -> "FilesOfAFolder":
        """Find them."""
        every = found_files(offer.mapping, offer.folder)
        there = {one.layout.files for one in every}
        unmatched = tuple(layout.files for _, layout in offer.mapping.layouts if layout.files not in there)
        return cls(offer.mapping, [one for one in every if offer.reach.only(one.path)], unmatched)

    def pieces(self) -> Sequence[Found]:
        """The files."""
        return self._found

    def unmatched(self) -> tuple[str, ...]:
        """Patterns that no file has."""
        return self._unmatched
