"""Putting people on the list of those to be left out of a data set, and taking them off it."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from safeconduct.actions.erasing import erased
from safeconduct.actions.left_out import IN, OUT, list_of, mend_list
from safeconduct.actions.room import Act, Room
from safeconduct.actions.site import Site
from safeconduct.ingest.leaving_out import marks_of
from safeconduct.model.canonical import Json
from safeconduct.model.errors import BadInput, NotFound
from safeconduct.model.sightings import Counted
from safeconduct.model.text import say
from safeconduct.store.objections import Domain, Objections

KIND = "forgetting"
NOBODY: Mapping[str, Json] = {"since": "", "later": "", "batch": "", "forced": False, "at_once": False}
MOST_AT_ONCE = 5_000
MOST_BYTES = 1 << 26


def lines_of(path: Path) -> list[tuple[str, ...]]:
    """The numbers in a text file, in as many lots as may be given at a time.

    Raises:
        BadInput: It is no text file, or too large to be a list of numbers.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadInput(say("this file is too large to be a list of numbers"), field="listed")
        found = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        raise BadInput(say("the list cannot be read; it is a text file in UTF-8 with a number a line"),
                       field="listed") from None  # fmt: skip
    spelt = [one for one in found if one.strip()]
    return [tuple(spelt[at : at + MOST_AT_ONCE]) for at in range(0, len(spelt), MOST_AT_ONCE)]


def change(room: Room, kind: str, dataset: str, identifiers: Sequence[str]) -> None:
    """Put people on the list or take them off; the record of use keeps marks, which name nobody.

    Args:
        room: Who, where and when.
        kind: `opt_out` or `opt_in`.
        dataset: Name of the data set.
        identifiers: Their numbers as the operator writes them.

    Raises:
        BadInput: There are too many, or one names nobody; nothing was changed.
    """
    if not 0 < len(identifiers) <= MOST_AT_ONCE:
        raise BadInput(say("give 1 to {most} numbers at a time", most=MOST_AT_ONCE), field="identifiers")
    objections = list_of(room.site, dataset)
    mend_list(room, dataset)
    ways = [marks_of(objections, room.site.keys, dataset, list(identifiers), counted=one)
            for one in _counted(room.site, dataset)]  # fmt: skip
    marks = [next(filter(None, found), b"") for found in zip(*ways, strict=True)]
    also = {mark for way in ways for mark in way if mark} - set(marks)
    if empty := [at for at, mark in enumerate(marks, start=1) if not mark]:
        raise BadInput(say("number {place} of the list names nobody; nothing was changed", place=empty[0]),
                       field="identifiers")  # fmt: skip
    with room.write() as act:
        change_list(act, objections, kind, f"{dataset}/{Domain.PERSON}", marks, also=also)


def change_list(
    act: Act, objections: Objections, kind: str, subject: str, marks: Sequence[bytes], *, also: Collection[bytes] = ()
) -> None:
    """Put marks on a list or take them off, and write down how many wait from now on.

    The list comes first: killed in between, somebody is on it whom nobody wrote down yet, and is put on it again.

    Args:
        act: The open transaction.
        objections: The list.
        kind: `opt_out` or `opt_in`.
        subject: Data set and sort of mark.
        marks: Whose.
        also: Marks of the same people by another spelling; they are not counted as waiting.
    """
    dataset, _, domain = subject.partition("/")
    put = objections.add if kind == OUT else objections.remove
    put(Domain.WAITING, marks)
    if kind == IN:
        objections.remove(Domain.TOGETHER, marks)
    put(Domain(domain), [*marks, *also])
    now, body = act.room.now.isoformat(), standing_of(act, dataset)
    since = (body["since"] or now) if objections.listed(Domain.WAITING) else ""
    later = body.get("later") or (now if kind == OUT and objections.listed(Domain.TOGETHER) else "")
    act.tx.put(KIND, dataset, {**body, "since": since, "later": later}, at=act.room.now)
    told = tuple(sorted(mark.hex() for mark in (*marks, *also)))
    act.record(dataset, erased(kind, subject, told))


def _counted(site: Site, dataset: str) -> tuple[Counted, ...]:
    """What identifiers of a data set stand for; before the first file they may be telephone numbers or anything else.

    The two are spelt in different ways, and whoever objected early must be known by either.
    """
    try:
        return (site.manifest(dataset).counted,)
    except NotFound:
        return (Counted.SUBSCRIBER, Counted.PERSON)


def standing_of(act: Act, dataset: str) -> dict[str, Json]:
    """What is written down of the erasures of a data set: since when somebody waits, and which work was begun."""
    fact = act.tx.fact(KIND, dataset)
    return dict(fact.body) if fact else dict(NOBODY)
