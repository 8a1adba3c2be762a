"""How the days of records stood at an earlier look: read from its own sealed pages, judged by the limits of today."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from safeconduct.ingest.quality import QualitySettings, quality_check
from safeconduct.ingest.quality_book import Book, Entry, Looked
from safeconduct.model.areas import EventType
from safeconduct.model.errors import BadInput
from safeconduct.model.quality import Severity, Source
from safeconduct.model.text import Text, say
from safeconduct.store.figures import Figures

MOST_LOOKS = 12


@dataclass(frozen=True, kw_only=True)
class Changed:
    """A day that another version of its records was looked at of since.

    Attributes:
        day: Which local day.
        then: What stood out at the earlier look, by the limits of today.
        now: What stands out now.
    """

    day: date
    then: tuple[Text, ...]
    now: tuple[Text, ...]


class Then:
    """The days of one type at an earlier look.

    Args:
        book: What was found up to now.
        sort: Which events.
        at: When the earlier look was, one of `looks_of`; `""` compares with nothing.
        pages: Where figures are kept.

    Raises:
        BadInput: There was no look then that was followed by another.
    """

    def __init__(self, book: Book, sort: EventType, at: str, pages: Figures) -> None:
        self._at, self._pages, self._read = at, pages, dict[str, Mapping[str, object]]()
        self._entries = {source: one for source, one in book.entries.items() if source.type is sort}
        if at and at not in looks_of(book, sort):
            raise BadInput(say("nothing was looked at again since then; choose one of the earlier looks"), field="look")

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "Then()"

    def readings(self, source: Source) -> Mapping[str, object]:
        """What was read off a day then, by check; nothing where it has not been looked at again since."""
        entry = self._entries.get(source)
        look = None if entry is None else self._earlier(entry)
        return {} if look is None else _readings(self._tree(look, source))

    def changed(self, settings: QualitySettings) -> tuple[Changed, ...]:
        """Every day that was looked at again since, the first one first."""
        pairs = [(source, entry, look) for source, entry in sorted(self._entries.items(), key=lambda one: one[0].day)
                 if (look := self._earlier(entry)) is not None]  # fmt: skip
        return tuple(
            Changed(
                day=source.day,
                then=_odd(self._tree(look, source), settings),
                now=_odd(self._tree(entry.last, source), settings),
            )
            for source, entry, look in pairs
        )

    def _earlier(self, entry: Entry) -> Looked | None:
        """The last look at a day up to the moment, where there is a later one."""
        if not self._at:
            return None
        until = datetime.fromisoformat(self._at)
        before = [one for one in entry.looks[:-1] if datetime.fromisoformat(one.at) <= until]
        return before[-1] if before and datetime.fromisoformat(entry.last.at) > until else None

    def _tree(self, look: Looked, source: Source) -> Mapping[str, object]:
        if look.page not in self._read:
            self._read[look.page] = self._pages.get(look.page)
        tree = self._read[look.page][source.name]
        return tree if isinstance(tree, Mapping) else {}


def looks_of(book: Book, sort: EventType) -> tuple[str, ...]:
    """When days of a type were looked at that were looked at again since, the latest first, at most twelve."""
    over = {one.at for source, entry in book.entries.items() if source.type is sort for one in entry.looks[:-1]}
    return tuple(sorted(over, key=datetime.fromisoformat, reverse=True)[:MOST_LOOKS])


def _readings(tree: Mapping[str, object]) -> Mapping[str, object]:
    found = tree.get("readings")
    return {name: pair[1] for name, pair in found.items()} if isinstance(found, Mapping) else {}


def _odd(tree: Mapping[str, object], settings: QualitySettings) -> tuple[Text, ...]:
    """Titles of what flags or holds the day by the limits of today."""
    read = ((name, value) for name, value in _readings(tree).items() if name in quality_check and value is not None)
    severities = ((name, settings.of(quality_check[name]).severity(float(str(value)))) for name, value in read)
    return tuple(quality_check[name].title for name, one in severities if one in {Severity.WARNING, Severity.HOLD})
