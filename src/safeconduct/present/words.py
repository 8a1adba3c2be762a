"""Sentences in the reader's language, and numbers and days the way people there write them."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType

from babel import Locale
from babel.core import negotiate_locale
from babel.dates import format_date, format_datetime, get_timezone
from babel.lists import format_list
from babel.messages.pofile import PoFileError, read_po
from babel.numbers import format_decimal, format_percent

from safeconduct.model.errors import UnknownName, Unreadable
from safeconduct.model.text import Text, TextValue

SOURCE_LANGUAGE = "en"
LOCALES = Path(__file__).parent / "locale"
WRITTEN_AS = {"en": "en_GB"}  # day before month, as most of our readers write it
PLACEHOLDER = re.compile(r"\{([a-zA-Z_][a-zA-Z0-9_]*)\}")
ISO_DAYS = re.compile(r"\d{4}-\d{2}-\d{2}(/\d{4}-\d{2}-\d{2})?(, \d{4}-\d{2}-\d{2}(/\d{4}-\d{2}-\d{2})?)*")
SAID = "_said"
"""How names of values end that are English texts themselves, and are said in the reader's language too."""


def languages() -> tuple[str, ...]:
    """Languages there is a catalogue for; English, in which messages are written, is the first."""
    return (SOURCE_LANGUAGE, *sorted(path.parts[-3] for path in LOCALES.glob("*/LC_MESSAGES/safeconduct.po")))


def negotiate(preferred: Sequence[str], offered: Sequence[str]) -> str:
    """The offered language a reader likes best; the first offered one if they like none of them.

    Args:
        preferred: Language tags, the best first, such as `["fr-CA", "en"]`.
        offered: Languages of the site, not empty.

    Example:
        >>> negotiate(["de", "fr-CA", "en"], ["en", "fr"])
        'fr'
    """
    found = negotiate_locale([tag.replace("-", "_") for tag in preferred], list(offered), sep="_")
    return (found or offered[0]).split("_")[0]


def path_of(language: str) -> Path:
    """Where the catalogue of a language is, or would be."""
    return LOCALES / language / "LC_MESSAGES" / "safeconduct.po"


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Translations of a language by English sentence; unsure (fuzzy) ones are left out.

    Raises:
        UnknownName: There is no catalogue for it.
        Unreadable: The catalogue is not a gettext file.
    """
    if language == SOURCE_LANGUAGE:
        return MappingProxyType({})
    if language not in languages():
        raise UnknownName(f"no language is called {language[:20]!r}; known: {', '.join(languages())}")
    try:
        with path_of(language).open("rb") as file:
            messages = list(read_po(file, locale=language, abort_invalid=True))
    except (PoFileError, UnicodeDecodeError):
        raise Unreadable(f"the catalogue of the language {language!r} is not a gettext file in UTF-8") from None
    return MappingProxyType(
        {str(one.id): str(one.string) for one in messages if one.id and one.string and not one.fuzzy}
    )


class Words:
    """One language: says texts, numbers and days in it.

    A sentence without a translation is said in English, so that a page is never empty; `messages.missing` lists those.

    Args:
        language: A code from `languages()`, such as `fr`.

    Attributes:
        language: That code.
        direction: `ltr` or `rtl`: which way the script runs.

    Raises:
        UnknownName: There is no catalogue for the language.

    Example:
        >>> Words("fr").number(12345).replace("\u202f", " ")
        '12 345'
    """

    def __init__(self, language: str) -> None:
        self._catalogue = catalogue(language)
        self.language = language
        self.locale = Locale.parse(WRITTEN_AS.get(language, language))
        self.direction = str(self.locale.text_direction)

    def say(self, text: Text | str, /, **values: TextValue) -> str:
        """A text in this language; numbers, ISO days and their runs among its values are written as people write them.

        A placeholder without a value stays as it is written: a message never fails to be told.

        Args:
            text: A `Text`, or an English sentence.
            **values: What fills the placeholders of a plain sentence.
        """
        sentence, filling = (text.id, text.values) if isinstance(text, Text) else (text, values)
        said = self._catalogue.get(sentence, sentence)
        if not filling:
            return said
        return PLACEHOLDER.sub(lambda found: self._fill(found, filling), said)

    def _fill(self, found: re.Match[str], values: Mapping[str, TextValue]) -> str:
        value = values.get(found[1], found[0])
        if isinstance(value, int):
            return self.number(value)
        return self._said(value) if found[1].endswith(SAID) else self._days_or_text(value)

    def _said(self, value: str) -> str:
        ones = [value] if value in self._catalogue else value.split(", ")
        return ", ".join(self._catalogue.get(one, one) for one in ones)

    def _days_or_text(self, value: str) -> str:
        if not ISO_DAYS.fullmatch(value):
            return value
        try:
            return self.listed([self._run(one) for one in value.split(", ")])
        except ValueError:
            return value

    def _run(self, value: str) -> str:
        first, _, last = value.partition("/")
        day = date.fromisoformat(first)
        return self.days(day, date.fromisoformat(last)) if last else self.day(day)

    def number(self, value: float, *, digits: int = 0) -> str:
        """A number, rounded half-even to this many digits after the point, with the true minus sign."""
        pattern = "#,##0" if digits == 0 else "#,##0." + "0" * digits
        return format_decimal(value, format=pattern, locale=self.locale).replace("-", "−")

    def change(self, value: float, *, percent: bool) -> str:
        """A change with its sign, in percent or in the unit itself; what rounds to nothing has no sign."""
        rounded = round(value)
        said = format_percent(rounded / 100, locale=self.locale) if percent else self.number(rounded)
        return ("+" if rounded > 0 else "") + said.replace("-", "−")

    def day(self, day: date, *, short: bool = False) -> str:
        """A day, such as `3 March 2026`, or `3 Mar` where it is short."""
        return format_date(day, format="d MMM" if short else "d MMMM y", locale=self.locale)

    def month(self, day: date) -> str:
        """The month a day is in, such as `February 2026`."""
        return format_date(day, format="LLLL y", locale=self.locale)

    def days(self, first: date, last: date) -> str:
        """A run of days, both ends included; a single day stands alone."""
        if first == last:
            return self.day(first)
        return self.say("{first} to {last}", first=self.day(first), last=self.day(last))

    def moment(self, moment: datetime, *, zone: str = "UTC") -> str:
        """A zoned moment with the zone it is told in, such as `3 March 2026, 14:05 UTC`."""
        told = format_datetime(moment, format="d MMMM y, HH:mm", tzinfo=get_timezone(zone), locale=self.locale)
        return f"{told} {zone}"

    def listed(self, items: Sequence[str]) -> str:
        """Several things in one sentence: `a, b and c`."""
        return format_list(list(items), locale=self.locale)

    def own_name(self, language: str) -> str:
        """What a language calls itself, such as `français`."""
        name = Locale.parse(language).get_language_name()
        return str(name or language)


@cache
def words(language: str) -> Words:
    """The words of a language; made once.

    Raises:
        UnknownName: There is no catalogue for it.
    """
    return Words(language)


def render(text: Text, language: str) -> str:
    """A text in a language.

    Raises:
        UnknownName: There is no catalogue for the language.

    Example:
        >>> render(Text("at least {minimum} people", {"minimum": 16}), "en")
        'at least 16 people'
    """
    return words(language).say(text)
