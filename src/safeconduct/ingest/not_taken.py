"""Why a piece of a source is left out, in words."""

from safeconduct.ingest.source import Piece
from safeconduct.model.errors import BadMapping, Unreadable
from safeconduct.model.text import say


def tells_moments(file: Piece) -> BadMapping:
    """Its times are moments, and the mapping says they are local."""
    return BadMapping(
        say("the times in a file of {files} have a zone and tell moments; say stamps = 'utc'", files=file.layout.files),
        field="stamps",
    )


def other_content(file: Piece) -> Unreadable:
    """A day of a table was taken in before and holds something else now."""
    return Unreadable(
        say(
            "{day} of {files} was taken in with other content before, which stays; ask why it was changed",
            day=file.name,
            files=file.layout.files,
        )
    )


def changed(file: Piece) -> Unreadable:
    """It is not what it was when it was begun."""
    return Unreadable(say("a file of {files} changed while it was being read; run it again", files=file.layout.files))
