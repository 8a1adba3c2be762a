"""Help: a paragraph about each page, under the words of the menu."""

from markupsafe import Markup

from safeconduct.model.text import say
from safeconduct.present.blocks import Link, entry, section, status_legend
from safeconduct.present.pages import MENU
from safeconduct.server.helping import HELP, anchor
from safeconduct.server.page import PageSpec, Reply, Shown, Visit, page, pages

ACCOUNT = say("Account")
LEAD = say("What each page is for. “Help” on a page leads to its own paragraph.")


@page(HELP, title=say("Help"), public=True)
def show(visit: Visit) -> Reply:
    """What each page is for that the visitor may open."""
    words = visit.words
    told = [one for one in pages.all() if str(one.about) and _may_open(visit, one)]
    told.sort(key=lambda one: (not one.first, one.path))
    body = [
        section(words, title, *(_entry(visit, one) for one in told if one.menu == word))
        for word, title in (*MENU.items(), ("", ACCOUNT))
        if any(one.menu == word for one in told)
    ]
    body.append(section(words, say("What stands in place of a figure"), status_legend(words)))
    return Shown(title=say("Help"), body=body, lead=LEAD)


def _entry(visit: Visit, spec: PageSpec) -> Markup:
    """A page's paragraph; one whose address has variable parts is reached from another page."""
    href = "" if "{" in spec.path else spec.path
    return entry(visit.words, Link(spec.title, href), spec.about, id=anchor(spec.path))


def _may_open(visit: Visit, spec: PageSpec) -> bool:
    if visit.visitor is None:
        return spec.public
    return not spec.needs or visit.may(spec.needs)
