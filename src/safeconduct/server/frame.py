"""What stands around every page of this site."""

from collections.abc import Sequence
from urllib.parse import quote, urlencode

from markupsafe import Markup

from safeconduct.present.blocks import Link, siblings
from safeconduct.present.pages import MENU, SHEETS, Frame, MenuEntry
from safeconduct.present.pages import page as render
from safeconduct.server.helping import help_link
from safeconduct.server.page import PageSpec, Shown, Visit

FIGURES = frozenset({"ask", "assurance"})
"""Menu words whose pages show figures only."""


def framed(visit: Visit, spec: PageSpec, shown: Shown, *, menu: Sequence[PageSpec]) -> str:
    """A page with its header, menu, language switch and footer."""
    who = visit.visitor
    around = Frame(
        site=visit.site.settings.name,
        path=visit.path,
        menu=_entries(menu, spec),
        account=Link(who.name or who.caller.login, "/assurance/record") if who else None,
        csrf=who.csrf if who else "",
        training=visit.site.settings.training,
        languages=visit.site.settings.languages,
        language_link=f"/language?to={{language}}&back={quote(_here(visit), safe='/')}",
        refresh=shown.refresh_s or None,
        sheets=SHEETS[:1] if spec.menu in FIGURES else SHEETS,
        search="/catalogue",
        help=help_link(spec) if str(spec.about) else "",
        home="/today" if who else "/catalogue",
        sign_in="" if who or visit.path == "/sign-in" else f"/sign-in?next={quote(_here(visit), safe='/')}",
    )
    beside = _beside(visit, spec, menu)
    return render(visit.words, around, title=shown.title, body=[*beside, *shown.body], lead=shown.lead)


def _here(visit: Visit) -> str:
    """The address of a look, with what it says after `?`; of a form that was sent, the address alone."""
    asked = [] if visit.posted else [(name, value) for name, values in visit.lists.items() for value in values]
    return f"{visit.path}?{urlencode(asked)}" if asked else visit.path


def _beside(visit: Visit, spec: PageSpec, menu: Sequence[PageSpec]) -> list[Markup]:
    """The pages under the same word of the menu."""
    listed = [one for one in menu if one.menu == spec.menu and one.listed]
    listed.sort(key=lambda one: (not one.first, one.path))
    shown = [Link(one.title, one.path) for one in listed]
    return [siblings(visit.words, shown, current=spec.path)] if len(shown) > 1 else []


def _entries(menu: Sequence[PageSpec], spec: PageSpec) -> list[MenuEntry]:
    """The words of the menu, each leading to the first page below it."""
    first: dict[str, str] = {}
    for one in menu:
        if one.first or one.menu not in first:
            first[one.menu] = one.path
    return [MenuEntry(says, first[word], current=word == spec.menu) for word, says in MENU.items() if word in first]
