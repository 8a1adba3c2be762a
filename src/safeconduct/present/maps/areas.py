"""Figures by place: one map, or a small one for every day."""

from collections.abc import Mapping, Sequence
from datetime import date

from markupsafe import Markup

from safeconduct.model.errors import BadInput
from safeconduct.model.outcomes import CellStatus, Release
from safeconduct.present.cells import Cell, area_keys, cells, day_key, measured, on_day, released
from safeconduct.present.filling import fill
from safeconduct.present.maps.classes import class_limits, class_names, class_of
from safeconduct.present.maps.frame import (
    NOT_ASKED,
    Look,
    Picture,
    definitions,
    framed,
    kind_title,
    look_of,
    of_records,
    sign,
    source,
    status_swatches,
    swatch,
)
from safeconduct.present.maps.shapes import Shapes
from safeconduct.present.names import counted, reason_words, status_name, value_name
from safeconduct.present.words import Words

MOST_SMALL_MAPS = 12
SMALL = 4  # times as coarse as the patterns of a large map
DRAWN_LAST = (CellStatus.VALUE, CellStatus.ZERO, CellStatus.SUPPRESSED, CellStatus.REFUSED, CellStatus.NOT_OBSERVED)


def choropleth(
    words: Words, release: Release, ground: Shapes, *, limits: Sequence[float] | None = None, day: date | None = None
) -> Markup:
    """A map of the first figure by place.

    Args:
        words: The language.
        release: An answer with one place per cell, and perhaps a day.
        ground: The places, from `shapes`.
        limits: Class limits; give the same to maps that are compared. Round quantiles where left out.
        day: Which day of an answer by day; its first where left out.

    Raises:
        BadInput: The answer is not about single places, or has no such day.
        TypeError: It is not a release.
    """
    found = on_day(_placed(release), release.output, day)
    column = measured(release.output)
    limits = class_limits(figures(release)) if limits is None else limits
    by_code = {code_of(release, cell): cell for cell in found}
    prefix = f"m{release.answer_id[:8]}"
    picture = Picture(
        prefix=prefix,
        title=_title(words, release, found),
        describes=summary(words, found),
        width=ground.width,
        height=ground.height,
        marks=_marks(words, release, ground, by_code, limits),
        legend=[
            *((swatch(prefix, Look(f"place c{_ramp(at, limits)}")), name) for at, name in _classes(words, limits)),
            *status_swatches(words, prefix, (cell.status for cell in found)),
        ],
        sources=[words.say("Source: {source}", source=source(words, release)), *of_records(words, release)],
        legend_title=words.say(value_name(column)),
        training=release.training,
    )
    return framed(words, picture)


def small_maps(
    words: Words, release: Release, ground: Shapes, *, limits: Sequence[float] | None = None, first: int = 0
) -> Markup:
    """Up to twelve small maps, one a day, in one set of classes: what a slider would show, on paper too.

    Args:
        words: The language.
        release: An answer by day and place.
        ground: The places.
        limits: Class limits; round quantiles over all days where left out.
        first: Position of the first day to show, from 0.

    Raises:
        BadInput: The answer is not by day and place.
        TypeError: It is not a release.
    """
    found = _placed(release)
    key = day_key(release.output)
    if key is None:
        raise BadInput("small maps need an answer by day")
    limits = class_limits(figures(release)) if limits is None else limits
    prefix = f"s{release.answer_id[:8]}"
    days = key.days[first : first + MOST_SMALL_MAPS]
    maps = [
        (words.day(day, short=True), _repeated(release, ground, on_day(found, release.output, day), limits))
        for day in days
    ]
    legend = [(swatch(f"{prefix}k", Look(f"place c{_ramp(at, limits)}")), name) for at, name in _classes(words, limits)]
    return fill(
        "small_maps", words, maps=maps, ground=ground, prefix=prefix,
        definitions=definitions(prefix, scale=SMALL) + definitions(f"{prefix}k"),
        legend=[*legend, *status_swatches(words, f"{prefix}k", (cell.status for cell in found))],
        title=words.say(kind_title(release)), training=release.training,
        source=words.say("Source: {source}", source=source(words, release)),
    )  # fmt: skip


def _placed(release: Release) -> list[Cell]:
    if len(area_keys(released(release).output)) != 1:
        raise BadInput("a map of places needs an answer with one place a cell; draw movements with flow_map")
    return cells(release)


def code_of(release: Release, cell: Cell) -> str:
    """The code of the one place a cell is about."""
    return str(cell.keys[area_keys(release.output)[0].name])


def figures(release: Release) -> list[float]:
    """Every released figure of the column a picture shows; known zeros are not among them."""
    column = measured(release.output).name
    told = (cell.values[column] for cell in cells(release) if cell.status is CellStatus.VALUE)
    return [value for value in told if value is not None]


def _title(words: Words, release: Release, found: Sequence[Cell]) -> str:
    key = day_key(release.output)
    title = words.say(kind_title(release))
    day = found[0].keys[key.name] if key and found else None
    return words.say("{title}, {day}", title=title, day=words.day(day)) if isinstance(day, date) else title


def summary(words: Words, found: Sequence[Cell]) -> str:
    """How many places have which status, for who cannot see the map."""
    statuses = [cell.status for cell in found]
    counts = [
        words.say("{status}: {count}", count=words.number(statuses.count(one)), status=words.say(status_name(one)))
        for one in CellStatus
        if one in statuses
    ]
    return words.say("Places by status: {counts}. The table below tells the same.", counts=words.listed(counts))


def says(words: Words, name: str, cell: Cell, column: str, unit: str) -> str:
    """One place in words: its figure, or why there is none."""
    value = cell.values[column]
    if cell.status is CellStatus.VALUE and value is not None:
        return words.say("{name}: {figure}", name=name, figure=words.say(counted(unit, words.number(value))))
    return words.say(
        "{name}: {status}. {reason}",
        name=name,
        status=words.say(status_name(cell.status)),
        reason=words.say(reason_words(cell.reason, cell.status)),
    )


def _marks(
    words: Words, release: Release, ground: Shapes, by_code: Mapping[str, Cell], limits: Sequence[float]
) -> list[Markup]:
    column = measured(release.output)
    looks = {code: _look(by_code.get(code), column.name, limits) for code in ground.paths}
    titles = {
        code: says(words, ground.names[code], by_code[code], column.name, column.unit)
        if code in by_code
        else words.say("{name}: not part of this answer", name=ground.names[code])
        for code in ground.paths
    }
    order = sorted(ground.paths, key=lambda code: _rank(by_code.get(code)))
    return painted(ground, f"m{release.answer_id[:8]}", {code: (looks[code], titles[code]) for code in order})


def painted(ground: Shapes, prefix: str, places: Mapping[str, tuple[Look, str]]) -> list[Markup]:
    """Places in the order given, each with its look, its words and, on top, its sign."""
    marks = [
        Markup('<path {} d="{}"><title>{}</title></path>').format(look.attributes(prefix), ground.paths[code], title)
        for code, (look, title) in places.items()
    ]
    return marks + [sign(prefix, look, *ground.centres[code]) for code, (look, _) in places.items()]


def _look(cell: Cell | None, column: str, limits: Sequence[float]) -> Look:
    if cell is None:
        return NOT_ASKED
    value = cell.values[column]
    return look_of(cell.status, f"c{_ramp(class_of(value, limits), limits)}" if value is not None else "c0")


def _rank(cell: Cell | None) -> int:
    return -1 if cell is None else DRAWN_LAST.index(cell.status)


def _ramp(at: int, limits: Sequence[float]) -> int:
    """Which of the five colours a class has: few classes are spread over the whole ramp."""
    return round(at * 4 / len(limits)) if limits else 2


def _classes(words: Words, limits: Sequence[float]) -> list[tuple[int, str]]:
    return list(enumerate(class_names(words, limits)))


def _repeated(release: Release, ground: Shapes, found: Sequence[Cell], limits: Sequence[float]) -> list[Markup]:
    column = measured(release.output).name
    prefix = f"s{release.answer_id[:8]}"
    position = {code: at for at, code in enumerate(ground.paths)}
    drawn = sorted((cell for cell in found if code_of(release, cell) in position), key=_rank)
    return [
        Markup('<use href="#{}-{}" {}/>').format(
            prefix, position[code_of(release, cell)], _look(cell, column, limits).attributes(prefix)
        )
        for cell in drawn
    ]
