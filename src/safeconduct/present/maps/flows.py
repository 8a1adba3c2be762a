"""Movements between places as arrows; only the largest, beside a table of all."""

from collections.abc import Sequence
from math import hypot, sqrt

from markupsafe import Markup

from safeconduct.model.errors import BadInput
from safeconduct.model.outcomes import CellStatus, Release
from safeconduct.present.cells import Cell, area_keys, cells, measured, released
from safeconduct.present.maps.frame import NOT_ASKED, Picture, framed, kind_title, of_records, source
from safeconduct.present.maps.shapes import Shapes
from safeconduct.present.names import counted
from safeconduct.present.words import Words

LARGEST = 20
WIDTHS = (3, 5, 8, 12)
BEND = 0.18
SHORTEN = 14
HEAD = 3.0


def flow_map(words: Words, release: Release, ground: Shapes, *, largest: int = LARGEST) -> Markup:
    """The largest released movements as curved arrows, wider for more people; staying is no movement.

    Args:
        words: The language.
        release: An answer about pairs of places.
        ground: The places.
        largest: How many arrows at most, at least 1.

    Raises:
        BadInput: The answer is not about pairs of places.
        TypeError: It is not a release.
    """
    if not released(release).output.flows:
        raise BadInput("a map of movements needs an answer about pairs of places")
    moves = _moves(release, ground)
    shown = moves[:largest]
    prefix = f"f{release.answer_id[:8]}"
    note = words.say("The {shown} largest of {all} released movements are drawn; the table holds them all. Withheld "
                     "movements are not drawn.", shown=len(shown), all=len(moves))  # fmt: skip
    picture = Picture(
        prefix=prefix,
        title=words.say(kind_title(release)),
        describes=note,
        width=ground.width,
        height=ground.height,
        marks=[*_country(ground, prefix), *_arrows(words, release, ground, shown)],
        legend=[],
        sources=[words.say("Source: {source}", source=source(words, release)), *of_records(words, release)],
        note=note,
        css="map flows",
        training=release.training,
    )
    return framed(words, picture)


def _country(ground: Shapes, prefix: str) -> list[Markup]:
    look = NOT_ASKED.attributes(prefix)
    return [
        Markup('<path {} d="{}"><title>{}</title></path>').format(look, path, ground.names[code])
        for code, path in ground.paths.items()
    ]


def _moves(release: Release, ground: Shapes) -> list[Cell]:
    """Released movements between two known places, the largest first; equal ones by code."""
    column = measured(release.output).name
    start, end = (key.name for key in area_keys(release.output)[:2])
    moves = [
        cell
        for cell in cells(release)
        if cell.status is CellStatus.VALUE
        and cell.keys[start] != cell.keys[end]
        and {cell.keys[start], cell.keys[end]} <= ground.centres.keys()
    ]
    return sorted(moves, key=lambda cell: (-(cell.values[column] or 0), str(cell.keys[start]), str(cell.keys[end])))


def _arrows(words: Words, release: Release, ground: Shapes, moves: Sequence[Cell]) -> list[Markup]:
    column = measured(release.output)
    start, end = (key.name for key in area_keys(release.output)[:2])
    most = max((cell.values[column.name] or 0 for cell in moves), default=0) or 1
    marks = []
    for cell in reversed(moves):
        value = cell.values[column.name] or 0
        origin, target = str(cell.keys[start]), str(cell.keys[end])
        width = WIDTHS[min(int(sqrt(value / most) * len(WIDTHS)), len(WIDTHS) - 1)]
        said = words.say("{origin} to {target}: {figure}", origin=ground.names[origin], target=ground.names[target],
                         figure=words.say(counted(column.unit, words.number(value))))  # fmt: skip
        marks.append(_arrow(ground.centres[origin], ground.centres[target], width, said))
    return marks


def _arrow(origin: tuple[int, int], target: tuple[int, int], width: int, said: str) -> Markup:
    """A bent arrow that ends short of its target; the bend tells the two directions of a pair apart."""
    (x1, y1), (x2, y2) = origin, target
    control_x = (x1 + x2) / 2 + (y2 - y1) * BEND
    control_y = (y1 + y2) / 2 - (x2 - x1) * BEND
    away = hypot(x2 - control_x, y2 - control_y) or 1
    ux, uy = (x2 - control_x) / away, (y2 - control_y) / away
    head = width * HEAD / 2 + 6
    tip_x, tip_y = x2 - ux * SHORTEN / 2, y2 - uy * SHORTEN / 2
    neck_x, neck_y = tip_x - ux * head, tip_y - uy * head
    half = width / 2 + 5
    return Markup(
        '<g class="flow w{}"><title>{}</title><path class="stem" d="M{:.0f} {:.0f}Q{:.0f} {:.0f} {:.0f} {:.0f}"/>'
        '<path class="head" d="M{:.0f} {:.0f}L{:.0f} {:.0f}L{:.0f} {:.0f}z"/></g>'
    ).format(
        width, said, x1, y1, control_x, control_y, neck_x, neck_y,
        tip_x, tip_y, neck_x - uy * half, neck_y + ux * half, neck_x + uy * half, neck_y - ux * half,
    )  # fmt: skip
