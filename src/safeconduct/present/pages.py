"""The frame of every page: header, menu, search, language, help, account, and the way out for print."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from safeconduct.model.text import Text, say
from safeconduct.present.assets import address
from safeconduct.present.blocks.texts import Link, heading
from safeconduct.present.filling import fill
from safeconduct.present.words import Words

MENU: dict[str, Text] = {
    "today": say("Today"),
    "catalogue": say("Catalogue"),
    "ask": say("Ask"),
    "data": say("Data"),
    "projects": say("Projects"),
    "reviews": say("Reviews"),
    "assurance": say("Assurance"),
}


SHEETS = ("safeconduct.css", "microdata.css")


@dataclass(frozen=True)
class MenuEntry:
    """One of the seven words, as this person sees it.

    Attributes:
        says: The word, from `MENU`.
        href: Where it leads.
        current: Whether this page is below it.
    """

    says: Text
    href: str
    current: bool = False


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What stands around a page.

    Attributes:
        site: What people call the site.
        path: The page's own address, for print and for the language switch.
        menu: The words of the menu this person may use, in order.
        account: The person's name and the address of their own page; `None` when nobody is signed in.
        csrf: The session's token, for signing out.
        training: A practice site.
        languages: Languages offered.
        language_link: Address that changes the language, with `{language}` in it; `""` for `?language=` on this page.
        search: Address of the search, `""` for none.
        help: Address of the paragraph about this page, `""` for none.
        flash: What was just done.
        refresh: Seconds after which the page looks again by itself; `None` for never.
        home: Address of the first page.
        sign_out: Address that ends the session.
        sheets: Names of the style sheets; pages about figures of movement need the first alone.
        sign_in: Address to sign in at, `""` where it is not offered.
    """

    site: str
    path: str = "/"
    menu: Sequence[MenuEntry] = ()
    account: Link | None = None
    csrf: str = ""
    training: bool = False
    languages: Sequence[str] = ("en", "fr")
    language_link: str = ""
    search: str = ""
    help: str = ""
    flash: Text | str = ""
    refresh: int | None = None
    home: str = "/"
    sign_out: str = "/sign-out"
    sheets: Sequence[str] = SHEETS
    sign_in: str = ""


def page(words: Words, frame: Frame, *, title: Text | str, body: Sequence[Markup], lead: Text | str = "") -> str:
    """A whole page of blocks; it asks for its style sheets and one picture, and holds no script and no style itself.

    Args:
        words: The reader's language.
        frame: What stands around it.
        title: What the page is, its only first heading.
        body: Its blocks, in order.
        lead: What the page is for, in a sentence.
    """
    return str(
        fill(
            "page",
            words,
            frame=frame,
            title=title,
            heading=heading(words, title, lead=lead),
            body=body,
            styles=[address(one) for one in frame.sheets],
            icon=address("safeconduct.svg"),
            languages=[(one, _language_link(frame, one)) for one in frame.languages if one != words.language],
        )
    )


def _language_link(frame: Frame, language: str) -> str:
    if frame.language_link:
        return frame.language_link.replace("{language}", language)
    return f"{frame.path}{'&' if '?' in frame.path else '?'}language={language}"
