"""A description to read: texts in the language a reader knows, written the way that language runs, and variables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from safeconduct.model.text import Text
from safeconduct.present.filling import fill
from safeconduct.present.words import Words


def in_language(texts: Mapping[str, str], language: str) -> tuple[str, str]:
    """A text in a language, and the language it is in; else where nobody named one, in English, or in any.

    Example:
        >>> in_language({"fr": "âge", "en": "age"}, "es"), in_language({}, "en")
        (('en', 'age'), ('', ''))
    """
    for wanted in (language, language.split("-", maxsplit=1)[0], "", "en"):
        if texts.get(wanted):
            return wanted, texts[wanted]
    return next(((code, text) for code, text in texts.items() if text), ("", ""))


@dataclass(frozen=True, kw_only=True)
class Described:
    """One thing a description says.

    Attributes:
        title: What it is about.
        texts: What it says, by language; one that nobody named under `""`.
    """

    title: Text | str
    texts: Mapping[str, str]


def described(words: Words, lines: Sequence[Described], *, language: str = "") -> Markup:
    """What a description says, a line a thing; paragraphs stay, things nothing is said of are left out.

    Args:
        words: The reader's language, for the names of things.
        lines: What is said.
        language: The language the texts are wanted in, `""` for the reader's.
    """
    found = [(one.title, *in_language(one.texts, language or words.language)) for one in lines]
    told = [(title, code, _paragraphs(text)) for title, code, text in found if text]
    return fill("described", words, lines=told) if told else Markup("")


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in text.splitlines() if part.strip()]


@dataclass(frozen=True, kw_only=True)
class VariableLine:
    """A variable in the list of a table's variables.

    Attributes:
        id: What the page's action knows it by; sent as `variable`.
        name: Its name.
        href: Its page.
        label: What it is.
        chosen: Whether it is in the basket already.
    """

    id: str
    name: str
    href: str
    label: str = ""
    chosen: bool = False


def variables_table(
    words: Words, variables: Sequence[VariableLine], *, caption: Text | str, action: str = "", csrf: str = ""
) -> Markup:
    """Variables with their labels; with an address, boxes to tick and a button that puts the ticked into the basket.

    Args:
        words: The language.
        variables: The variables.
        caption: What they are of.
        action: Where the ticked are sent as `variable`, with `do` which is `in`; `""` only shows them.
        csrf: The session's token.
    """
    return fill("variables_table", words, variables=variables, caption=caption, action=action, csrf=csrf)
