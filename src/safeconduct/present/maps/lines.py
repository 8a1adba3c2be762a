"""Figures over days as a line that breaks where a day is withheld; it is never joined over, nor drawn at zero."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from math import ceil, floor, log10

from markupsafe import Markup

from safeconduct.model.errors import BadInput
from safeconduct.model.outcomes import CellStatus, Release
from safeconduct.present.cells import Cell, area_keys, cells, day_key, measured, released
from safeconduct.present.maps.frame import (
    Look,
    Picture,
    framed,
    kind_title,
    look_of,
    of_records,
    source,
    status_swatches,
    swatch,
)
from safeconduct.present.names import counted, reason_words, status_name, value_name
from safeconduct.present.words import Words

WIDTH, HEIGHT = 1000, 420
LEFT, RIGHT, TOP, BOTTOM = 110, 20, 20, 60
MOST_DAY_LABELS = 8
STEPS = (1, 2, 2.5, 5, 10)
ABOUT_LINES = 4


@dataclass(frozen=True)
class _Axes:
    days: Sequence[date]
    top: float

    def x(self, at: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (at + 0.5) / max(len(self.days), 1)

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / self.top


def series(words: Words, release: Release, *, area: str = "", name: str = "") -> Markup:
    """The first figure by day, as a line with gaps.

    Args:
        words: The language.
        release: An answer by day, and perhaps by place.
        area: Code of the place, where the answer has places.
        name: What people call it.

    Raises:
        BadInput: The answer is not by day, or the place is not in it.
        TypeError: It is not a release.
    """
    found = _days(release, area)
    column = measured(release.output)
    told = [(at, value) for at, cell in enumerate(found) if (value := _point(cell, column.name)) is not None]
    key = day_key(release.output)
    step = _step(max((value for _, value in told), default=0))
    top = step * max(ceil(max((value for _, value in told), default=0) / step), 1)
    axes = _Axes([day for cell in found if key and isinstance(day := cell.keys[key.name], date)], top)
    prefix = f"l{release.answer_id[:8]}"
    title = words.say(kind_title(release))
    picture = Picture(
        prefix=prefix,
        title=words.say("{name}: {title}", name=name or area, title=title) if area else title,
        describes=_summary(words, found, column.name),
        width=WIDTH,
        height=HEIGHT,
        marks=[*_grid(words, axes, step), *_bands(words, axes, found, prefix), *_line(words, axes, told, column.unit)],
        legend=[(swatch(prefix, Look("sample-line")), words.say(value_name(column))),
                *status_swatches(words, prefix, (cell.status for cell in found))],
        sources=[words.say("Source: {source}", source=source(words, release)), *of_records(words, release)],
        css="series",
        training=release.training,
    )  # fmt: skip
    return framed(words, picture)


def _days(release: Release, area: str) -> list[Cell]:
    output = released(release).output
    key, places = day_key(output), area_keys(output)
    if key is None or len(places) > 1 or bool(places) is not bool(area):
        raise BadInput("a series needs an answer by day, and one place where the answer has places", field="area")
    found = [cell for cell in cells(release) if not places or cell.keys[places[0].name] == area]
    if not found:
        raise BadInput("the answer has no such place", field="area")
    return sorted(found, key=lambda cell: str(cell.keys[key.name]))


def _point(cell: Cell, column: str) -> float | None:
    return cell.values[column] if cell.status in {CellStatus.VALUE, CellStatus.ZERO} else None


def _step(most: float) -> float:
    """A round distance between grid lines, so that about four stand below the largest figure."""
    rough = max(most, 1) / ABOUT_LINES
    power = 10.0 ** floor(log10(rough))
    return max(1.0, next(step * power for step in STEPS if step * power >= rough))


def _grid(words: Words, axes: _Axes, step: float) -> list[Markup]:
    marks = []
    for count in range(round(axes.top / step) + 1):
        y = axes.y(count * step)
        marks.append(
            Markup(
                '<path class="rule" d="M{} {:.0f}H{}"/><text class="tick" x="{}" y="{:.0f}" text-anchor="end">{}</text>'
            ).format(LEFT, y, WIDTH - RIGHT, LEFT - 12, y + 7, words.number(count * step))
        )
    every = max(1, ceil(len(axes.days) / MOST_DAY_LABELS))
    marks.extend(
        Markup('<text class="tick" x="{:.0f}" y="{}" text-anchor="middle">{}</text>').format(
            axes.x(at), HEIGHT - BOTTOM + 34, words.day(axes.days[at], short=True)
        )
        for at in range(0, len(axes.days), every)
    )
    return marks


def _bands(words: Words, axes: _Axes, found: Sequence[Cell], prefix: str) -> list[Markup]:
    """A band over every day that has no figure, looking like its status."""
    marks = []
    for at, cell in enumerate(found):
        if cell.status in {CellStatus.VALUE, CellStatus.ZERO}:
            continue
        said = words.say("{name}: {status}. {reason}", name=words.day(axes.days[at]),
                         status=words.say(status_name(cell.status)),
                         reason=words.say(reason_words(cell.reason, cell.status)))  # fmt: skip
        left, right = axes.x(at - 0.46), axes.x(at + 0.46)
        marks.append(
            Markup('<rect x="{:.1f}" y="{}" width="{:.1f}" height="{}" {}><title>{}</title></rect>').format(
                left, TOP, right - left, HEIGHT - TOP - BOTTOM, look_of(cell.status).attributes(prefix), said
            )
        )
    return marks


def _line(words: Words, axes: _Axes, told: Sequence[tuple[int, float]], unit: str) -> list[Markup]:
    """One stroke for every run of neighbouring days, and a dot for every day."""
    marks = []
    for _, group in groupby(enumerate(told), key=lambda pair: pair[1][0] - pair[0]):
        run = [point for _, point in group]
        path = "L".join(f"{axes.x(at):.1f} {axes.y(value):.1f}" for at, value in run)
        marks.append(Markup('<path class="stroke" d="M{}"/>').format(path))
    for at, value in told:
        said = words.say("{name}: {figure}", name=words.day(axes.days[at]),
                         figure=words.say(counted(unit, words.number(value))))  # fmt: skip
        marks.append(
            Markup('<circle class="dot" cx="{:.1f}" cy="{:.1f}" r="6"><title>{}</title></circle>').format(
                axes.x(at), axes.y(value), said
            )
        )
    return marks


def _summary(words: Words, found: Sequence[Cell], column: str) -> str:
    told = sum(_point(cell, column) is not None for cell in found)
    return words.say(
        "A line over {days} days; {told} have a figure, the others are gaps. The table below tells the same.",
        days=len(found),
        told=told,
    )
