"""Protection levels in words: what each is for, and what it does not stop."""

from urllib.parse import quote

from markupsafe import Markup

from safeconduct.actions.looking import Level
from safeconduct.model.text import say
from safeconduct.present.blocks import Link, key_values, links, paragraph, section, sentences
from safeconduct.server.page import Reply, Shown, Visit, page


@page(
    "/assurance/levels",
    title=say("Protection levels"),
    menu="assurance",
    needs="look",
    about=say(
        "What a protection level does to answers, and what it does not stop. An agreement names its level; whoever "
        "asks cannot choose another one."
    ),
)
def show(visit: Visit) -> Reply:
    """Every protection level of this site."""
    levels: list[Level] = visit.act("protection_levels")
    return Shown(
        title=say("Protection levels"),
        body=[_level(visit, one) for one in levels],
        lead=say("An agreement names the level its answers must pass; who asks cannot choose it."),
    )


def level_page(name: str) -> str:
    """The page of one level."""
    return f"/assurance/levels/{quote(name, safe='')}"


def _level(visit: Visit, level: Level) -> Markup:
    words = visit.words
    ways = [Link(say("Every parameter, and an example"), level_page(level.name))]
    if visit.may("measure"):
        ways.append(Link(say("What would change with it"), f"/assurance/what-if?policy={quote(level.name, safe='')}"))
    return section(
        words,
        level.title,
        paragraph(words, level.says),
        key_values(words, [(say("Version"), words.number(level.version)), (say("Name"), level.name)]),
        section(words, say("What it does"), sentences(words, level.rules)),
        section(words, say("What it does not stop"), sentences(words, level.does_not_resist)),
        links(words, ways, quiet=True),
    )
