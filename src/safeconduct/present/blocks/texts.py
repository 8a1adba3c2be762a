"""Blocks without figures: headings, lists, notices, links."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from safeconduct.model.outcomes import CellStatus
from safeconduct.model.text import Text
from safeconduct.present.filling import fill
from safeconduct.present.maps.frame import definitions, look_of, swatch
from safeconduct.present.names import status_name
from safeconduct.present.words import Words

Said = Text | str | Markup
KILOBYTE = 1000
MANY_COLUMNS, MOST_STACKED = 3, 60


@dataclass(frozen=True)
class Link:
    """Words and where they lead."""

    says: Text | str
    href: str


@dataclass(frozen=True, kw_only=True)
class Item:
    """One line of a list.

    Attributes:
        title: What it is.
        href: Where it leads, `""` for nowhere.
        says: A sentence about it.
        aside: A short word at its end, such as a date or a state.
    """

    title: Text | str
    href: str = ""
    says: Text | str = ""
    aside: Text | str = ""


@dataclass(frozen=True, kw_only=True)
class Download:
    """A file to take home.

    Attributes:
        title: What it is, such as `CSV`.
        href: Where it is.
        says: What it is good for.
        size: Its size, bytes; 0 where it is made only when asked for, and no size is told.
    """

    title: Text | str
    href: str
    says: Text | str
    size: int = 0


def told(words: Words, said: Said) -> str | Markup:
    """Words of a page: markup stays as it is, everything else is said in the language."""
    return said if isinstance(said, Markup) else words.say(said)


def heading(words: Words, title: Text | str, *, lead: Text | str = "") -> Markup:
    """A page's title and, below it, what the page is for; `pages.page` sets it for you."""
    return fill("heading", words, title=title, lead=lead)


def section(words: Words, title: Text | str, *body: Markup, id: str = "") -> Markup:  # noqa: A002 - HTML's own word
    """A part of a page under its own heading; with an id, links can lead to it."""
    return fill("section", words, title=title, body=body, id=id)


def paragraph(words: Words, *sentences: Text | str) -> Markup:
    """Sentences one after another."""
    return Markup("<p>{}</p>").format(" ".join(words.say(one) for one in sentences))


def sentences(words: Words, said: Sequence[Text | str]) -> Markup:
    """Sentences that are read one by one, each with a dot before it."""
    dots = Markup("").join(Markup("<li>{}</li>").format(words.say(one)) for one in said)
    return Markup("<ul>{}</ul>").format(dots)


def entry(words: Words, link: Link, *sentences: Text | str, id: str) -> Markup:  # noqa: A002 - HTML's own word
    """What something is, under a heading of the third level that links can lead to; the heading leads to the thing.

    Args:
        words: The reader's language.
        link: What it is called and where it is, `""` for nowhere that can be named.
        *sentences: What it is.
        id: Where links lead; letters and hyphens.
    """
    return fill("entry", words, link=link, body=paragraph(words, *sentences), id=id)


def beside(*parts: Markup) -> Markup:
    """Blocks side by side where there is room, below each other where there is not."""
    return Markup('<div class="beside">{}</div>').format(
        Markup("").join(Markup("<div>{}</div>").format(part) for part in parts)
    )


def notice(
    words: Words, text: Said, *, tone: Literal["info", "good", "careful", "problem"] = "info", title: Text | str = ""
) -> Markup:
    """A sentence to be noticed; a problem is read out at once by screen readers."""
    return fill("notice", words, text=told(words, text), tone=tone, title=title)


def key_values(words: Words, pairs: Sequence[tuple[Text | str, Said]]) -> Markup:
    """Names with what they stand for."""
    return fill("key_values", words, pairs=[(name, told(words, value)) for name, value in pairs])


def plain_table(
    words: Words, columns: Sequence[Text | str], rows: Sequence[Sequence[Said]], *, caption: Text | str, way: str = ""
) -> Markup:
    """A table of facts about work: events, agreements, tokens. Figures about people belong in `release_table`.

    On a telephone a row of many columns becomes a small list of its own, each value beside its column's name; a table
    of too many rows stays one, and is moved sideways.

    Args:
        words: The language.
        columns: Names of the columns.
        rows: The rows, each as long as the columns.
        caption: What the table is of.
        way: `dense` for small cells that stay beside each other on a telephone; `stacks` is chosen here.
    """
    told_rows = [[told(words, cell) for cell in row] for row in rows]
    stacks = len(columns) >= MANY_COLUMNS and len(rows) <= MOST_STACKED
    return fill("plain_table", words, columns=columns, rows=told_rows, caption=caption,
                way=way or ("stacks" if stacks else ""))  # fmt: skip


def listing(words: Words, items: Sequence[Item]) -> Markup:
    """Things one can go to, one a line."""
    return fill("listing", words, items=items)


def links(words: Words, items: Sequence[Link], *, quiet: bool = False) -> Markup:
    """Links that stand next to each other; the first is the main one, unless all are quiet."""
    return fill("links", words, items=items, quiet=quiet)


def siblings(words: Words, items: Sequence[Link], *, current: str) -> Markup:
    """Pages that stand beside this one under the same word of the menu; this one is marked.

    Args:
        words: The language.
        items: The pages, this one too.
        current: Address of this one.
    """
    parts = [
        Markup('<li><a href="{}"{}>{}</a></li>').format(
            one.href, Markup(' aria-current="page"') if one.href == current else "", words.say(one.says)
        )
        for one in items
    ]
    label = words.say("Pages of this part")
    return Markup('<nav class="siblings" aria-label="{}"><ul>{}</ul></nav>').format(label, Markup("").join(parts))


def details(words: Words, summary: Text | str, *body: Markup) -> Markup:
    """Something to unfold; printed unfolded."""
    return fill("details", words, summary=summary, body=body)


def downloads(words: Words, items: Sequence[Download]) -> Markup:
    """Files to take home, each with its size and what it is good for."""
    return fill("downloads", words, items=items, size=lambda size: file_size(words, size))


def file_size(words: Words, size: int) -> str:
    """A size in kilobytes, at least one: people on a slow line decide by it."""
    return words.say("{count} kB", count=max(1, round(size / KILOBYTE)))


def pagination(words: Words, *, page: int, pages: int, link: Callable[[int], str]) -> Markup:
    """Links to the other pages of something long; nothing where there is one page.

    Args:
        words: The language.
        page: This page, from 1.
        pages: How many there are.
        link: The address of a page.
    """
    return fill("pagination", words, page=page, pages=pages, link=link) if pages > 1 else Markup("")


def empty_state(words: Words, sentence: Text | str, *, action: Link | None, sample: Link | None = None) -> Markup:
    """Nothing here yet: one sentence, one action, one way to see it with sample data."""
    return fill("empty_state", words, sentence=sentence, action=action, sample=sample)


def snippet(words: Words, title: Text | str, code: str) -> Markup:
    """Something to copy into a notebook or a shell."""
    return fill("snippet", words, title=title, code=code)


def once(words: Words, title: Text | str, secret: str) -> Markup:
    """A secret that is shown this one time; it can be selected with one click and is never printed."""
    return fill("once", words, title=title, secret=secret)


def status_badge(words: Words, status: CellStatus) -> Markup:
    """A status as a small sign with its name."""
    prefix = f"b-{status.value}"
    return Markup('<span class="status">{}{}{}</span>').format(
        Markup('<svg class="shared" aria-hidden="true">{}</svg>').format(definitions(prefix)),
        swatch(prefix, look_of(status)),
        words.say(status_name(status)),
    )


def training_badge(words: Words) -> Markup:
    """The mark of everything made from practice data."""
    return Markup('<strong class="badge training">{}</strong>').format(words.say("TRAINING"))
