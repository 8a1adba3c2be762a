"""Why a piece of a source is left out, in words."""

from safeconduct.ingest.source import Piece
from safeconduct.model.errors import BadMapping, Unreadable
from safeconduct.model.mapping import FileMapping
from safeconduct.model.text import say
from safeconduct.store.versions import Manifest


def refuse_another(before: Manifest | None, mapping: FileMapping) -> None:
    """Refuse a mapping that says otherwise than the data set as it is.

    Args:
        before: The data set's current version, `None` before the first.
        mapping: What the records are.

    Raises:
        BadMapping: It has another zone, or counts something else.
    """
    if before is not None and before.zone != mapping.zone:
        raise BadMapping(say("the zone of a data set cannot change; start a new data set"), field="zone")
    if before is not None and before.counted is not mapping.counted:
        raise BadMapping(say("what a data set counts cannot change; start a new data set"), field="counted")


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
