"""Which files came before: by content, so that none is taken in twice, and by name, so that corrections are noticed."""

import hmac
from collections.abc import Callable, Iterable
from pathlib import Path

from safeconduct.ingest.not_taken import other_content
from safeconduct.ingest.source import Piece
from safeconduct.keys.provider import KeyProvider
from safeconduct.model.errors import BadMapping
from safeconduct.model.event_files import SameName
from safeconduct.model.text import say
from safeconduct.store.arrivals import Arrival, Standing, line, with_standing
from safeconduct.store.versions import Manifest


class Arrived:
    """The files of a data set, those of a running ingest among them.

    A file's name is known only as a keyed digest: names of files may hold phone numbers.

    Args:
        manifest: The current version.
        keys: What the digests' key is derived from.
        folder: The folder that names are told from.
        known: Whether a content was taken in before, also before arrivals were numbered.
    """

    def __init__(self, manifest: Manifest, *, keys: KeyProvider, folder: Path, known: Callable[[str], bool]) -> None:
        self._all = list(manifest.arrivals)
        self._key = keys.derive("arrival names", manifest.dataset)
        self._folder, self._known = folder, known
        self._met: dict[str, str] = {}
        self._waiting: list[Arrival] = []

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "Arrived()"

    def arrival(self, file: Piece, content: str) -> Arrival | None:
        """What a file would come in as; `None` where its content was taken in before.

        What was withdrawn stays out. What was corrected comes in again only under its own name, as a correction of its
        correction.

        Args:
            file: The file.
            content: SHA-256 of its decompressed content.

        Raises:
            BadMapping: A file of that name came before with other content, and the mapping does not say what to do.
            Unreadable: So did a day of a table.
        """
        name, same_name = self._name(file), file.layout.same_name
        if same_name is not SameName.ADD and self._met.setdefault(name, content) != content:
            raise _twice(file)
        if self._is_there(content, name, same_name):
            return None
        before = self._under(name)
        if before is not None and same_name is SameName.REFUSE:
            raise other_content(file) if file.name else _came_before(file)
        replaces = before.number if before is not None and same_name is SameName.REPLACE else 0
        return Arrival(number=len(self._all) + 1, digest=content, name=name, type=file.type, replaces=replaces)

    def taken(self, arrival: Arrival) -> None:
        """Note that a file was read to its end; its rows wait."""
        self._all = [*with_standing(self._all, [arrival.replaces], Standing.REPLACED), arrival]
        self._waiting.append(arrival)

    def committed(self) -> None:
        """Note that the rows of every file that was read are in a version now."""
        self._waiting.clear()

    @property
    def all(self) -> tuple[Arrival, ...]:
        """Every arrival, as the next version will have them."""
        return tuple(self._all)

    @property
    def becomes(self) -> dict[int, int]:
        """For every arrival whose rows go with the next version, the one that corrects it."""
        return {number: one.number for one in self._waiting if one.replaces for number in line(self._all, one.replaces)}

    def _under(self, name: str) -> Arrival | None:
        """The last file that came under a name and still counts."""
        mine = (one for one in reversed(self._all) if one.name == name and one.standing is Standing.CURRENT)
        return next(mine, None)

    def _is_there(self, content: str, name: str, same_name: SameName) -> bool:
        same = [one for one in self._all if one.digest == content]
        if not same:
            return self._known(content)
        last = same[-1]
        again = last.standing is Standing.REPLACED and last.name == name and same_name is SameName.REPLACE
        return not again

    def _name(self, file: Piece) -> str:
        told = f"{file.layout.files}\0{file.told(self._folder)}".encode(errors="surrogateescape")
        return hmac.digest(self._key, told, "sha256").hex()


def without(arrivals: Iterable[Arrival], number: int) -> tuple[Arrival, ...]:
    """The arrivals of a version after one of them was withdrawn."""
    return with_standing(arrivals, [number], Standing.WITHDRAWN)


def _came_before(file: Piece) -> BadMapping:
    return BadMapping(
        say(
            "a file of {files} has the name of one that came before and other content, and was left out; say same_name "
            "= 'replace' in the mapping if it is a correction, or 'add' if it is more",
            files=file.layout.files,
        ),
        field="same_name",
    )


def _twice(file: Piece) -> BadMapping:
    return BadMapping(
        say(
            "two files of {files} have one name, one of them compressed, and differ; the second was left out: keep the "
            "one that is right in the folder",
            files=file.layout.files,
        ),
        field="same_name",
    )
