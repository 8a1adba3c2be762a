"""Pictures of the quality of days: a calendar told by shape and words, and a line a check with its limits."""

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from markupsafe import Markup

from safeconduct.model.outcomes import Insight
from safeconduct.model.text import Text, say
from safeconduct.present.blocks.insiders import amount, figure, inside
from safeconduct.present.blocks.texts import details, plain_table
from safeconduct.present.maps.frame import Picture, framed
from safeconduct.present.words import Words

WIDTH, HEIGHT, TOP, BOTTOM, SIDE = 1000, 220, 24, 46, 20
WEEKDAYS = (say("Mon"), say("Tue"), say("Wed"), say("Thu"), say("Fri"), say("Sat"), say("Sun"))
SIGNS: Mapping[str, tuple[str, Text]] = {
    "good": ("●", say("there, nothing odd")),
    "unseen": ("○", say("there, not looked at yet")),
    "flagged": ("▲", say("flagged")),
    "held": ("■", say("held back from answers")),
    "missing": ("–", say("no records")),
}
SIGN = Markup('<span role="img" aria-label="{}">{}</span>')


def calendar(words: Words, days: Mapping[date, str], *, caption: Text) -> Markup:
    """A table a month, the latest first: what holds of every day, by a sign that also has words.

    Args:
        words: The language.
        days: One of the words of `SIGNS` for every day that is to be shown.
        caption: What the calendar is of; the month stands beside it.
    """
    months = groupby(sorted(days), key=lambda day: (day.year, day.month))
    tables = [_month(words, year, month, days, caption) for (year, month), _ in months]
    return Markup("").join(reversed(tables)) if tables else Markup("")


def legend(words: Words) -> Markup:
    """What the signs of a calendar mean."""
    said = Markup("").join(
        Markup('<li><span aria-hidden="true">{}</span> {}</li>').format(sign, words.say(means))
        for sign, means in SIGNS.values()
    )
    return Markup('<ul class="legend">{}</ul>').format(said)


def _month(words: Words, year: int, month: int, days: Mapping[date, str], caption: Text) -> Markup:
    first, length = monthrange(year, month)
    cells = [Markup("")] * first + [_cell(words, date(year, month, day), days) for day in range(1, length + 1)]
    cells += [Markup("")] * (-len(cells) % 7)
    rows = [cells[at : at + 7] for at in range(0, len(cells), 7)]
    named = words.say("{what}, {month}", what=words.say(caption), month=words.month(date(year, month, 1)))
    return plain_table(words, WEEKDAYS, rows, caption=named, way="dense")


def _cell(words: Words, day: date, days: Mapping[date, str]) -> Markup:
    if day not in days:
        return Markup('<span class="hint">{}</span>').format(words.number(day.day))
    sign, means = SIGNS[days[day]]
    return Markup("{} {}").format(words.number(day.day), SIGN.format(words.say(means), sign))


@dataclass(frozen=True, kw_only=True)
class CheckLine:
    """A check whose readings are drawn.

    Attributes:
        name: Its name in the insight.
        title: What people call it.
        unit: What its readings are in.
    """

    name: str
    title: Text
    unit: Text


def check_lines(words: Words, insight: Insight, lines: Sequence[CheckLine]) -> Markup:
    """One small picture a check: its readings day by day, the limits as dashes, and the same as a table.

    Put it under `for_insiders`.

    Args:
        words: The language.
        insight: `day`, `check`, `value`, `reading`, `below` and `above`, one row a day and check; `then` where it is
            compared with an earlier look.
        lines: Which checks, in order; one without a reading is left out.

    Raises:
        TypeError: The figures are no insight.
        BadInput: A column is not there.
    """
    rows = inside(insight, "day", "check", "value", "reading", "below", "above")
    found = (_drawn(words, one, [row for row in rows if row["check"] == one.name]) for one in lines)
    return Markup("").join(one for one in found if one)


def _drawn(words: Words, line: CheckLine, rows: Sequence[Mapping[str, object]]) -> Markup:
    told, then = _amounts(rows, "reading"), _amounts(rows, "then")
    if not told:
        return Markup("")
    below, above = amount(rows[-1]["below"]), amount(rows[-1]["above"])
    axes = _Axes.around([reading for _, reading in (*told, *then)], below, above, len(rows))
    marks = [*_limits(axes, below, above), *_rings(words, axes, then, rows), *_path(axes, told)]
    marks += [*_dots(words, axes, told, rows, below, above), *_ends(words, rows)]
    describes = say("A line of readings day by day; dashes are limits, triangles are beyond one, empty rings are what "
                    "was read at the earlier look. The table tells the same.")  # fmt: skip
    title = words.say("{check} ({unit})", check=words.say(line.title), unit=words.say(line.unit))
    picture = Picture(
        prefix=f"check-{line.name}".replace("_", "-"), title=title, describes=words.say(describes), width=WIDTH,
        height=HEIGHT, marks=marks, legend=(), sources=(), css="series",
    )  # fmt: skip
    columns, shown = [say("Day"), say("Number"), say("Reading")], ["value", "reading"]
    if then:
        columns, shown = [*columns, say("Reading then")], [*shown, "then"]
    cells = [[str(row["day"]), *(figure(words, row[one]) for one in shown)] for row in rows]
    caption = words.listed([words.say(line.title), *_odd_beyond(words, below, above)])
    twin = details(words, say("The same as a table"), plain_table(words, columns, cells, caption=caption))
    return framed(words, picture) + twin


def limit(words: Words, number: float) -> str:
    """A limit as it was set, with every digit: it is held against to the last one.

    Example:
        >>> limit(Words("en"), 18.25)
        '18.25'
    """
    return words.number(number, digits=len(f"{number:g}".partition(".")[2]))


def _odd_beyond(words: Words, below: float | None, above: float | None) -> Iterator[str]:
    if below is not None:
        yield words.say("odd below {number}", number=limit(words, below))
    if above is not None:
        yield words.say("odd above {number}", number=limit(words, above))


def _amounts(rows: Sequence[Mapping[str, object]], column: str) -> list[tuple[int, float]]:
    """Which of the rows have a number in a column, and which."""
    return [(at, found) for at, row in enumerate(rows) if (found := amount(row.get(column))) is not None]


@dataclass(frozen=True, kw_only=True)
class _Axes:
    """Where a day and a reading are in a picture."""

    least: float
    most: float
    days: int

    @classmethod
    def around(cls, readings: Sequence[float], below: float | None, above: float | None, days: int) -> "_Axes":
        limits = [one for one in (below, above) if one is not None and one <= 3 * max([*readings, 1e-9])]
        every = [*readings, *limits]
        least, most = min(every), max(every)
        room = (most - least or abs(most) or 1.0) * 0.1
        return cls(least=least - room, most=most + room, days=days)

    def x(self, at: int) -> float:
        return SIDE + (WIDTH - 2 * SIDE) * (at + 0.5) / max(self.days, 1)

    def y(self, reading: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (self.most - reading) / (self.most - self.least)

    def holds(self, reading: float) -> bool:
        return self.least <= reading <= self.most


def _limits(axes: _Axes, *limits: float | None) -> Iterator[Markup]:
    for one in limits:
        if one is not None and axes.holds(one):
            yield Markup('<path class="limit" d="M{} {:.1f}H{}"/>').format(SIDE, axes.y(one), WIDTH - SIDE)


def _path(axes: _Axes, told: Sequence[tuple[int, float]]) -> Iterator[Markup]:
    """Lines between neighbouring days; a day without a reading is a gap, never joined."""
    runs = groupby(enumerate(told), key=lambda pair: pair[1][0] - pair[0])
    for _, run in runs:
        points = [f"{axes.x(at):.1f} {axes.y(reading):.1f}" for _, (at, reading) in run]
        if len(points) > 1:
            yield Markup('<path class="stroke" d="M{}"/>').format("L".join(points))


def _rings(
    words: Words, axes: _Axes, then: Sequence[tuple[int, float]], rows: Sequence[Mapping[str, object]]
) -> Iterator[Markup]:
    """What was read at the earlier look, never joined: those days are seldom neighbours."""
    for at, reading in then:
        says = words.say("{day}, then: {reading}", day=str(rows[at]["day"]), reading=figure(words, reading))
        yield Markup('<circle class="ring" cx="{:.1f}" cy="{:.1f}" r="9"><title>{}</title></circle>').format(
            axes.x(at), axes.y(reading), says
        )


def _dots(
    words: Words, axes: _Axes, told: Sequence[tuple[int, float]], rows: Sequence[Mapping[str, object]],
    below: float | None, above: float | None,
) -> Iterator[Markup]:  # fmt: skip
    for at, reading in told:
        x, y = axes.x(at), axes.y(reading)
        odd = (below is not None and reading < below) or (above is not None and reading > above)
        shape = (
            Markup('<path class="dot" d="M{:.1f} {:.1f}l11 19h-22z">').format(x, y - 12)
            if odd
            else Markup('<circle class="dot" cx="{:.1f}" cy="{:.1f}" r="5">').format(x, y)
        )
        end = Markup("</path>") if odd else Markup("</circle>")
        says = words.say("{day}: {reading}", day=str(rows[at]["day"]), reading=figure(words, reading))
        yield shape + Markup("<title>{}</title>").format(says) + end


def _ends(words: Words, rows: Sequence[Mapping[str, object]]) -> Iterator[Markup]:
    """The first and the last day, below the line."""
    del words
    for row, x, anchor in ((rows[0], SIDE, "start"), (rows[-1], WIDTH - SIDE, "end")):
        yield Markup('<text class="tick" x="{}" y="{}" text-anchor="{}">{}</text>').format(
            x, HEIGHT - 10, anchor, str(row["day"])
        )
