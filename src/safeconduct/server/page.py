"""Pages: each is one file, composes blocks, and calls one action."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup

from safeconduct.actions.doors import Visitor, allowed, is_public, stranger
from safeconduct.actions.room import Door, Room
from safeconduct.actions.site import Site
from safeconduct.actions.transfers import Download, Stream
from safeconduct.actions.verb import verbs
from safeconduct.model.errors import DuplicateName, NotSignedIn
from safeconduct.model.text import Text, say
from safeconduct.present.words import Words

PACKAGE = "safeconduct.server.pages"
NOBODY = "-"
NOTHING = Text("")
LONGEST_NUMBER = 6


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One request for a page.

    Attributes:
        site: The site.
        words: The reader's language.
        path: The address asked for.
        query: What the address says after `?`; of a name that comes twice, the last.
        lists: Every value of each name in the form, or after `?` where no form was sent.
        form: What a form sent; empty for a look.
        visitor: Who is signed in, if anybody.
        address: Where the request comes from; only for throttling.
        cookie: The session's cookie, `""` without one.
        parts: Variable parts of the address.
        origin: How this site is reached, such as `https://safeconduct.example.org`.
    """

    site: Site
    words: Words
    path: str
    query: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]
    form: Mapping[str, str]
    visitor: Visitor | None
    address: str
    cookie: str = field(repr=False)
    parts: Mapping[str, str]
    origin: str

    @property
    def posted(self) -> bool:
        """Whether a form was sent."""
        return bool(self.form)

    @property
    def room(self) -> Room:
        """Who is acting, for the one action this page calls.

        Raises:
            NotSignedIn: Nobody is.
        """
        if self.visitor is None:
            raise NotSignedIn(say("Sign in first."))
        return Room(self.site, self.visitor.caller, datetime.now(UTC))

    @property
    def csrf(self) -> str:
        """What every form of this visitor carries; a form of somebody who is not signed in carries a mark only."""
        return self.visitor.csrf if self.visitor else NOBODY

    @property
    def account(self) -> str:
        """Opaque id of who is signed in, `""` for nobody."""
        return self.visitor.caller.account if self.visitor else ""

    def may(self, permission: str) -> bool:
        """Whether to offer something; the verb behind it asks for itself."""
        return is_public(permission) or (self.visitor is not None and allowed(self.visitor.caller, permission))

    def number(self, name: str, *, least: int = 1) -> int:
        """A whole number of the address, such as a page; the least where there is none."""
        text = self.query.get(name, "")
        return max(least, int(text)) if text.isdecimal() and len(text) <= LONGEST_NUMBER else least

    def act(self, verb: str, **arguments: object) -> Any:
        """Call a verb as the visitor; as a stranger where nobody is signed in and the verb is open to all.

        Raises:
            NotSignedIn: Nobody is signed in, and the verb is not for everybody.
        """
        found = verbs[verb]
        if self.visitor is None and is_public(found.needs):
            caller = stranger(door=Door.PAGE, address=self.address)
            return found.call(Room(self.site, caller, datetime.now(UTC)), arguments)
        return found.call(self.room, arguments)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A page to show.

    Attributes:
        title: Its title.
        body: Its blocks, in order.
        refresh_s: Look again after this many seconds; 0 is never.
        status: HTTP status.
        lead: What the page is for, in a sentence.
    """

    title: Text
    body: Sequence[Markup]
    refresh_s: int = 0
    status: int = 200
    lead: Text | str = ""


@dataclass(frozen=True)
class Goto:
    """Go on at another address.

    Attributes:
        address: Where, below this site.
        cookies: Cookies to set; an empty value ends one.
    """

    address: str
    cookies: Mapping[str, str] = field(default_factory=dict, hash=False)


Reply = Shown | Goto | Download | Stream
Page = Callable[[Visit], Reply]


@dataclass(frozen=True, kw_only=True)
class PageSpec:
    """A page and where it stands.

    Attributes:
        path: Its address; `{name}` is a variable part.
        run: The function.
        menu: The menu word it stands under, `""` for none.
        title: What the menu calls it.
        needs: The permission without which the menu does not show it, `""` for everybody signed in.
        public: It needs no account.
        first: The menu word leads here.
        listed: It stands among the pages under its menu word.
        about: Its paragraph in the help; empty where it only leads on or hands out a file.
    """

    path: str
    run: Page
    menu: str
    title: Text
    needs: str
    public: bool
    first: bool
    listed: bool
    about: Text


class Pages:
    """Every page by its address; reading them imports each module of `server.pages`, once."""

    def __init__(self) -> None:
        self._members: dict[str, PageSpec] = {}

    def add(self, spec: PageSpec) -> None:
        """Take a page in.

        Raises:
            DuplicateName: Another has that address.
        """
        if spec.path in self._members:
            raise DuplicateName(f"two pages have the address {spec.path}")
        self._members[spec.path] = spec

    def all(self) -> list[PageSpec]:
        """Every page, by address."""
        for module in pkgutil.iter_modules(importlib.import_module(PACKAGE).__path__):
            importlib.import_module(f"{PACKAGE}.{module.name}")
        return [self._members[path] for path in sorted(self._members)]


pages = Pages()


def page(  # noqa: PLR0913 - what a page is, each by name
    path: str,
    *,
    title: Text,
    menu: str = "",
    needs: str = "",
    public: bool = False,
    first: bool = False,
    listed: bool = True,
    about: Text = NOTHING,
) -> Callable[[Page], Page]:
    """Make a function a page; every page that shows something has a paragraph in the help, which a test holds it to."""

    def decorate(function: Page) -> Page:
        pages.add(
            PageSpec(
                path=path,
                run=function,
                menu=menu,
                title=title,
                needs=needs,
                public=public,
                first=first,
                listed=listed,
                about=about,
            )
        )
        return function

    return decorate
