"""Flaws of boundaries: where the maps that came in were broken, what was mended, and what a person must look at."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from safeconduct.actions.boundary_findings import BoundaryReport
from safeconduct.actions.looking import ground_of
from safeconduct.model.areas import AreaLevel
from safeconduct.model.boundaries import BoundaryFinding, Done, Flaw
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import empty_state, plain_table, section
from safeconduct.present.maps import shapes
from safeconduct.present.maps.flaws import flaw_map
from safeconduct.present.names import level_name
from safeconduct.server.page import Reply, Shown, Visit, page

MOST_ROWS = 200
FLAWS: Mapping[Flaw, Text] = {
    Flaw.SELF_INTERSECTION: say("Its line crosses itself"),
    Flaw.WRONG_WINDING: say("Its ring goes the wrong way"),
    Flaw.DUPLICATE_POINTS: say("Points are said twice"),
    Flaw.EMPTY_PART: say("A part has no ground"),
    Flaw.OVERLAP: say("Two areas claim the same ground"),
    Flaw.GAP: say("Ground between areas belongs to none"),
}
COLUMNS = (say("Area"), say("What was wrong"), say("Its neighbour"), say("What was done"), say("Share of its ground"))


@page(
    "/data/boundaries",
    title=say("Flaws of boundaries"),
    menu="data",
    needs="operate",
    about=say(
        "What was wrong with the boundary files that places were taken from. Slivers and lines that cross were mended "
        "where no ground changed hands; broad overlaps and gaps stay as they are, and a cell there counts for the "
        "first area by code. Send a corrected boundary file with the next files to put them right."
    ),
)
def show(visit: Visit) -> Reply:
    """Every data set's boundaries with flaws: a map of each level and the same as a table."""
    reports = [visit.act("boundary_findings", dataset=one.dataset) for one in visit.act("sources")]
    flawed = [one for one in reports if one.findings]
    body = [part for one in flawed for part in _report(visit, one)]
    nothing = empty_state(visit.words, say("Nothing was wrong with the boundaries that came in."), action=None)
    return Shown(title=say("Flaws of boundaries"), body=body or [nothing])


def _report(visit: Visit, report: BoundaryReport) -> list[Markup]:
    words, levels = visit.words, [level for level in AreaLevel if any(one.level is level for one in report.findings)]
    return [
        section(words, _heading(visit, report, level), *_level(visit, report, level, number))
        for number, level in enumerate(levels)
    ]


def _heading(visit: Visit, report: BoundaryReport, level: AreaLevel) -> Text:
    return say("{dataset}: {level}", dataset=report.dataset, level=visit.words.say(level_name(level)))


def _level(visit: Visit, report: BoundaryReport, level: AreaLevel, number: int) -> list[Markup]:
    words = visit.words
    found = [one for one in report.findings if one.level is level]
    _, boundaries = ground_of(visit.room, report.dataset, report.geography, level)
    ground = shapes(boundaries)
    title = words.say(say("Where boundaries were flawed"))
    picture = flaw_map(words, found, ground, title=title, prefix=f"f{report.geography[:8]}{number}")
    return [picture, _table(visit, found, ground.names)]


def _table(visit: Visit, found: Sequence[BoundaryFinding], names: Mapping[str, str]) -> Markup:
    """Those left to a person first."""
    words = visit.words
    order = sorted(found, key=lambda one: (one.done is not Done.KEPT, one.code))[:MOST_ROWS]
    rows: list[list[Text | str]] = [
        [
            _named(one.code, names),
            FLAWS[one.kind],
            _named(one.neighbour, names),
            say("Left to a person") if one.done is Done.KEPT else say("Mended"),
            say("{percent} %", percent=words.number(one.percent, digits=4)),
        ]
        for one in order
    ]
    caption = say("{count} flaws; those left to a person first", count=len(found))
    return plain_table(words, list(COLUMNS), rows, caption=caption)


def _named(code: str, names: Mapping[str, str]) -> str:
    return f"{names[code]} ({code})" if code in names else code
