"""What is known elsewhere of the same people: census, registration totals, another agency's figures; kept sealed.

Somebody who holds our figures may hold these too. They are laid beside every answer when it is measured what a
combination reveals, and are used for nothing else.
"""

import contextlib
import csv
import io
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated

from safeconduct.actions.room import Room
from safeconduct.actions.site import Site
from safeconduct.actions.transfers import SENT
from safeconduct.actions.uploading import content_of
from safeconduct.actions.verb import action
from safeconduct.ledger.entries import Fact
from safeconduct.model.areas import AreaLevel
from safeconduct.model.canonical import Json
from safeconduct.model.errors import BadInput, NotFound
from safeconduct.model.geography import Geography
from safeconduct.model.text import Text, say
from safeconduct.model.trees import from_tree, to_tree
from safeconduct.release.laying import Outside, Telling

AUXILIARY, CURRENT, REMOVED = "auxiliary", "current", "removed"
MOST_BYTES, MOST_FACTS, LONGEST_NUMBER, LONGEST_TITLE = 4 << 20, 20_000, 10, 200
ALWAYS, ONE_DAY, SOME_DAYS = ("area", "level", "value", "kind"), ("day",), ("first", "last")
FROM_TO = len(SOME_DAYS)
HEADER = say("The first line names the columns: area, level, value, kind, and day or both first and last.")


@dataclass(frozen=True, kw_only=True)
class Auxiliary:
    """Facts from elsewhere; their numbers stay sealed.

    Attributes:
        id: Its id.
        title: What people call it.
        dataset: The data set it speaks of.
        facts: How many facts.
        at: When it was added.
        document: The sealed document; inside the site only.
    """

    id: str
    title: str
    dataset: str
    facts: int
    at: datetime
    document: str = field(repr=False, metadata={"inside": True})


@action(needs="deposit")
def add_auxiliary(room: Room, *, title: str, dataset: str, upload: Annotated[str, SENT]) -> Auxiliary:
    """Add facts from elsewhere about the people of a data set, to see what they reveal beside our answers.

    A CSV file of up to 20,000 lines with the columns `area` (a code), `level` (`admin0` to `admin3`), `day` or `first`
    and `last` (written YYYY-MM-DD), `value` (a whole number) and `kind`: `people` (exactly so many of the people
    counted here were there), `at_most` (no more people were there at all, such as a census total), `at_least` (so many
    of the people counted here were there at least) or `events` (exactly so many events). The file is destroyed; its
    numbers are kept sealed and told to nobody.

    Args:
        title: What people call it, such as `Census 2019 by commune`.
        dataset: Name of the data set.
        upload: A file sent before; a shell takes a path.
    """
    manifest = room.site.manifest(dataset)
    geography = room.site.facts(manifest).geography
    if not 0 < len(title.strip()) <= LONGEST_TITLE:
        raise BadInput(say("Say what these facts are, in up to {most} letters.", most=LONGEST_TITLE), field="title")
    outside = read_outside(content_of(room, upload, most=MOST_BYTES), geography)
    document = room.site.documents.put([to_tree(one) for one in outside])
    made = Auxiliary(id=f"x{secrets.token_hex(12)}", title=title.strip(), dataset=dataset, facts=len(outside),
                     at=room.now, document=document)  # fmt: skip
    with room.write() as act:
        act.tx.put(AUXILIARY, f"{dataset}:{made.id}", _tree(made), state=CURRENT, at=room.now)
        act.record(made.id, {"dataset": dataset, "facts": made.facts, "document": document})
    return made


@action(needs="measure", reads=True)
def auxiliaries(room: Room, *, dataset: str = "") -> list[Auxiliary]:
    """Facts from elsewhere that are laid beside answers, the first one first; not their numbers.

    Args:
        dataset: Name of the data set; all of them where left out.
    """
    return auxiliaries_of(room.site, dataset)


@action(needs="deposit", repeatable=True)
def remove_auxiliary(room: Room, *, auxiliary: str) -> Auxiliary:
    """Remove facts from elsewhere; their numbers are destroyed at once, and reports made with them within a day.

    Args:
        auxiliary: Its id.
    """
    found = next((one for one in auxiliaries_of(room.site) if one.id == auxiliary), None)
    if found is None:
        raise NotFound(say("There are no such facts from elsewhere."))
    with room.write() as act:
        act.tx.put(AUXILIARY, f"{found.dataset}:{found.id}", _tree(found), state=REMOVED, at=room.now)
        act.record(found.id, {"dataset": found.dataset})
    if all(one.document != found.document for one in auxiliaries_of(room.site)):
        room.site.documents.delete(found.document)
    return found


def auxiliaries_of(site: Site, dataset: str = "") -> list[Auxiliary]:
    """Facts from elsewhere that are in use."""
    prefix = f"{dataset}:" if dataset else ""
    return [_read(fact) for fact in site.ledger.facts(AUXILIARY, state=CURRENT, prefix=prefix)]


def outside_of(site: Site, one: Auxiliary) -> tuple[Outside, ...]:
    """The facts themselves, unsealed for one computation."""
    tree = site.documents.get(one.document)
    return tuple(from_tree(Outside, fact) for fact in tree) if isinstance(tree, list) else ()


def _tree(one: Auxiliary) -> dict[str, Json]:
    return {"title": one.title, "dataset": one.dataset, "facts": one.facts, "document": one.document,
            "added": one.at.isoformat()}  # fmt: skip


def _read(fact: Fact) -> Auxiliary:
    body = fact.body
    return Auxiliary(
        id=fact.id.rpartition(":")[2], title=str(body["title"]), dataset=str(body["dataset"]),
        facts=int(str(body["facts"])), at=datetime.fromisoformat(str(body["added"])), document=str(body["document"]),
    )  # fmt: skip


def read_outside(content: bytes, geography: Geography) -> tuple[Outside, ...]:
    """Facts from elsewhere, from a CSV file; every line is checked before any is taken.

    Raises:
        BadInput: A column or line cannot be used; the message names the line and never what stands in it.
    """
    lines = _lines(content)
    if not lines:
        raise _wrong(HEADER)
    columns = _columns(lines[0][1])
    if not 0 < len(lines) - 1 <= MOST_FACTS:
        raise _wrong(say("A file holds 1 to {most} facts, one a line below the names of the columns.",
                         most=MOST_FACTS))  # fmt: skip
    levels = [level for level in AreaLevel if level is not AreaLevel.SITE]
    areas: dict[AreaLevel, set[str]] = {level: {area.code for area in geography.at(level)} for level in levels}
    return tuple(_fact(number, line, columns, areas) for number, line in lines[1:])


def _lines(content: bytes) -> list[tuple[int, list[str]]]:
    """Lines with their numbers; empty ones are left out."""
    try:
        text = content.decode("utf-8-sig")
        first = text.split("\n", 1)[0]
        mark = ";" if first.count(";") > first.count(",") else ","
        reader = csv.reader(io.StringIO(text), delimiter=mark, strict=True)
        return [(reader.line_num, line) for line in reader if any(cell.strip() for cell in line)]
    except (UnicodeDecodeError, csv.Error):
        raise _wrong(say("This is no CSV file in UTF-8; save it as CSV UTF-8 and send it again.")) from None


def _columns(header: Sequence[str]) -> tuple[str, ...]:
    columns = tuple(name.strip().lower() for name in header)
    known = {*ALWAYS, *ONE_DAY, *SOME_DAYS}
    days = set(columns) & {*ONE_DAY, *SOME_DAYS}
    fits = days in ({*ONE_DAY}, {*SOME_DAYS}) and set(ALWAYS) <= set(columns) <= known
    if not fits or len(set(columns)) != len(columns):
        raise _wrong(HEADER)
    return columns


def _fact(number: int, line: Sequence[str], columns: Sequence[str], areas: Mapping[AreaLevel, set[str]]) -> Outside:
    """The fact of one line.

    Raises:
        BadInput: It cannot be used; the message names the line.
    """
    cells = {name: cell.strip() for name, cell in zip(columns, line, strict=False)}
    level = next((one for one in areas if one.value == cells.get("level")), None)
    telling = next((one for one in Telling if one.value == cells.get("kind")), None)
    days, value = list(_days(cells)), cells.get("value", "")
    if len(line) != len(columns):
        raise _wrong(say("Line {line} has not as many columns as the first line.", line=number))
    if level is None:
        raise _wrong(say("In line {line} the level is none of admin0, admin1, admin2 and admin3.", line=number))
    if cells["area"] not in areas[level]:
        raise _wrong(say("In line {line} there is no area of that code at that level.", line=number))
    if telling is None:
        raise _wrong(say("In line {line} the kind is none of people, at_most, at_least and events.", line=number))
    if len(days) != FROM_TO or days[1] < days[0]:
        raise _wrong(say("In line {line} the days are not written YYYY-MM-DD, or the last is before the first.",
                         line=number))  # fmt: skip
    if not (value.isascii() and value.isdecimal() and len(value) <= LONGEST_NUMBER):
        raise _wrong(say("In line {line} the value is no whole number.", line=number))
    return Outside(area=cells["area"], level=level, first=days[0], last=days[1], value=int(value), telling=telling)


def _wrong(says: Text) -> BadInput:
    return BadInput(says, field="upload")


def _days(cells: Mapping[str, str]) -> Iterator[date]:
    """First and last day; fewer where one cannot be read."""
    for name in ("day", "day") if "day" in cells else SOME_DAYS:
        with contextlib.suppress(ValueError, KeyError):
            yield date.fromisoformat(cells[name])
