"""Describing a study: texts in several languages side by side, lists of parties and periods, and what is still missing.

The forms name their controls so that `read_languages` and `read_rows` can read them back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from babel import Locale, UnknownLocaleError
from markupsafe import Markup

from safeconduct.model.text import Text
from safeconduct.present.blocks.texts import Link
from safeconduct.present.filling import fill
from safeconduct.present.words import Words

UNSAID = "und"
MOST_ROWS = 200


@dataclass(frozen=True, kw_only=True)
class TextAsked:
    """A text asked for in several languages.

    Attributes:
        name: Its name in the form; each language adds its code, `title.fr`.
        label: What to write.
        values: What stands there, by language; `""` is a language nobody named.
        languages: Languages asked for; those that hold text already come along.
        required: Whether it must be there in one language at least.
        hint: How to write it.
        error: What is wrong.
        rows: Lines of the box.
    """

    name: str
    label: Text | str
    values: Mapping[str, str]
    languages: Sequence[str]
    required: bool = False
    hint: Text | str = ""
    error: Text | str = ""
    rows: int = 4


def languages_beside(words: Words, asked: TextAsked) -> Markup:
    """One text in several languages, boxes side by side, each in its own direction of writing."""
    codes = dict.fromkeys([*asked.languages, *(code for code, text in asked.values.items() if text)])
    boxes = [(code or UNSAID, code, *_language(words, code), asked.values.get(code, "")) for code in codes]
    return fill("languages_beside", words, asked=asked, boxes=boxes)


def _language(words: Words, code: str) -> tuple[str, str]:
    """What a language calls itself and which way it runs; a code nobody knows stays a code."""
    if not code:
        return words.say("Language not said"), "auto"
    try:
        locale = Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        return code, "auto"
    return str(locale.get_language_name() or code), str(locale.text_direction)


def read_languages(form: Mapping[str, str], name: str) -> dict[str, str]:
    """What `languages_beside` sent for a name; empty boxes are left out.

    Example:
        >>> read_languages({"title.fr": " Enquête ", "title.en": ""}, "title")
        {'fr': 'Enquête'}
    """
    found = {key.removeprefix(f"{name}."): text.strip() for key, text in form.items() if key.startswith(f"{name}.")}
    return {"" if code == UNSAID else code: text for code, text in found.items() if text}


@dataclass(frozen=True, kw_only=True)
class GroupCell:
    """One column of a list that is filled in line by line.

    Attributes:
        key: Its name; a control is called `producers.2.name`.
        label: What to write there.
        hint: An example.
    """

    key: str
    label: Text | str
    hint: Text | str = ""


def repeated_group(
    words: Words, name: str, label: Text | str, *, cells: Sequence[GroupCell], rows: Sequence[Mapping[str, str]],
    required: bool = False,
) -> Markup:  # fmt: skip
    """A list such as producers or periods, a line each, with one empty line to add to; an emptied line goes.

    Args:
        words: The language.
        name: The list's name in the form.
        label: What the list is of.
        cells: Its columns.
        rows: Lines that are there, by key.
        required: Whether one line must be there.
    """
    lines = [*rows, {}]
    return fill("repeated_group", words, name=name, label=label, cells=cells, rows=lines, required=required)


def read_rows(form: Mapping[str, str], name: str, keys: Sequence[str]) -> list[dict[str, str]]:
    """What `repeated_group` sent: its lines in order, empty ones left out; never more than two hundred.

    Example:
        >>> read_rows({"producers.0.name": "", "producers.1.name": "IOM"}, "producers", ["name", "role"])
        [{'name': 'IOM', 'role': ''}]
    """
    lines = [{key: form.get(f"{name}.{at}.{key}", "").strip() for key in keys} for at in range(MOST_ROWS)]
    return [line for line in lines if any(line.values())]


def requirement_meter(words: Words, *, done: int, of: int, missing: Sequence[Link]) -> Markup:
    """How much of what is required is there, and links to what is not."""
    return fill("requirement_meter", words, done=done, of=of, missing=missing)
