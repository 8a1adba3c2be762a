"""Pictures for insiders, each with its table: how risk is spread, and what each plan costs against what it protects."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import floor, log10

from markupsafe import Markup

from safeconduct.model.outcomes import Insight
from safeconduct.model.text import Text, say
from safeconduct.present.blocks.insiders import amount, figure, for_insiders, inside, share
from safeconduct.present.blocks.texts import details, plain_table
from safeconduct.present.maps.frame import Picture, framed
from safeconduct.present.words import Words

WIDTH, HEIGHT = 1000, 420
LEFT, RIGHT, TOP, BOTTOM = 110, 30, 40, 84
ROOM = 1.1
TICKS = 4
MOST_EDGES = 6
STEPS = (1, 2, 2.5, 5, 10)
SQUARE = Markup('<rect x="9" y="3" width="18" height="18" rx="2"/>')
DISC = Markup('<circle cx="18" cy="12" r="9"/>')
DASHES = Markup('<path class="limit" d="M0 12H36"/>')
SAMPLE = Markup('<svg class="swatch" viewBox="0 0 36 24" aria-hidden="true" focusable="false">{}</svg>')
BEST, BEATEN = say("Nothing is safer and as useful"), say("Another is safer and as useful")


def risk_histogram(words: Words, insight: Insight, *, prefix: str = "risk-spread") -> Markup:
    """How many records have which risk, as bars with their figures, and the same as a table.

    Args:
        words: The language.
        insight: `first`, `last` (bounds of the risk, between 0 and 1) and `rows`, one row a bar.
        prefix: Name before ids, where a page shows several.

    Raises:
        TypeError: The figures are no insight.
        BadInput: A column is not there.
    """
    rows = inside(insight, "first", "last", "rows")
    counts = [amount(row["rows"]) or 0.0 for row in rows]
    edges = [share(words, row["first"]) for row in rows] + [share(words, row["last"]) for row in rows[-1:]]
    wide = (WIDTH - LEFT - RIGHT) / max(len(rows), 1)
    middle = _label(LEFT + (WIDTH - LEFT - RIGHT) / 2, HEIGHT - 8, words.say("Risk of being recognised"))
    every = 2 if len(edges) > MOST_EDGES else 1
    under = [_under(LEFT + wide * at, one) for at, one in enumerate(edges) if at % every == 0]
    marks = [_base(), *_columns(words, counts, wide), *under]
    describes = say("Bars: how many records have which risk of being recognised. The table tells the same.")
    picture = _picture(insight, words, prefix, [*marks, middle], describes)
    bands = [words.say("{first} to {last}", first=one, last=two) for one, two in pairwise(edges)]
    cells = [[band, figure(words, count)] for band, count in zip(bands, counts, strict=True)]
    twin = _twin(words, insight.title, [say("Risk of being recognised"), say("Records")], cells)
    return for_insiders(words, insight, framed(words, picture), twin)


def _columns(words: Words, counts: Sequence[float], wide: float) -> list[Markup]:
    most = max(counts, default=0.0) or 1.0
    return [_column(words, at, count / most, count, wide=wide) for at, count in enumerate(counts)]


def _column(words: Words, at: int, share: float, count: float, *, wide: float) -> Markup:
    x, tall = LEFT + wide * at, (HEIGHT - TOP - BOTTOM) * share
    tall = max(tall, 2.0) if count else 0.0
    return Markup(
        '<rect class="c3" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>'
        '<text class="tick" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>'
    ).format(
        x + 2, HEIGHT - BOTTOM - tall, wide - 4, tall, x + wide / 2, HEIGHT - BOTTOM - tall - 9, words.number(count)
    )


@dataclass(frozen=True, kw_only=True)
class Point:
    """One plan, or one step of a plan, between risk and information lost.

    Attributes:
        name: What it is called.
        risk: Its risk; lower is safer.
        loss: Information it loses; lower is more useful.
        now: It is the one being worked on.
    """

    name: str
    risk: float
    loss: float
    now: bool = False


def frontier(points: Sequence[Point]) -> list[Point]:
    """The points nothing beats: no other is as safe and as useful, and better in one of the two; by information lost.

    Example:
        >>> [one.name for one in frontier([Point(name="a", risk=3, loss=1), Point(name="b", risk=4, loss=2)])]
        ['a']
    """
    best: list[Point] = []
    for one in sorted(points, key=lambda point: (point.loss, point.risk)):
        if not best or one.risk < best[-1].risk:
            best.append(one)
    return best


def risk_utility(words: Words, insight: Insight, *, limit: float | None = None, prefix: str = "risk-utility") -> Markup:
    """Risk against information lost, one numbered mark a plan, the plans nothing beats joined; and the same as a table.

    Args:
        words: The language.
        insight: `name`, `risk`, `loss` (shares between 0 and 1) and `now` (the one worked on), one row a plan.
        limit: The highest risk the protection level lets through, a share, drawn as a line; `None` for none.
        prefix: Name before ids, where a page shows several.

    Raises:
        TypeError: The figures are no insight.
        BadInput: A column is not there.
    """
    points = [_point(row) for row in inside(insight, "name", "risk", "loss", "now")]
    best, axes = frontier(points), _axes(points, limit)
    plans = [_mark(words, axes, at, one, best=one in best) for at, one in enumerate(points, start=1)]
    marks = [*_grid(words, axes), *_limit(axes, limit), _stairs(axes, best), *plans]
    describes = say("Marks by information lost, across, and risk, upwards; low and near the start is best. "
                    "The table tells the same.")  # fmt: skip
    picture = replace(_picture(insight, words, prefix, marks, describes), legend=_legend(words, limit))
    columns = [say("Mark"), say("Plan"), say("Risk"), say("Information lost"), say("What it is")]
    rows = [
        [words.number(at), one.name, share(words, one.risk), share(words, one.loss),
         words.say(_standing(one, best, limit))]
        for at, one in enumerate(points, start=1)
    ]  # fmt: skip
    return for_insiders(words, insight, framed(words, picture), _twin(words, insight.title, columns, rows))


def _axes(points: Sequence[Point], limit: float | None) -> "_Axes":
    loss = max((one.loss for one in points), default=0.0)
    risk = max([one.risk for one in points] + ([] if limit is None else [limit]), default=0.0)
    return _Axes(loss=loss * ROOM or 1.0, risk=risk * ROOM or 1.0)


def _point(row: dict[str, object]) -> Point:
    return Point(
        name=str(row["name"]), risk=amount(row["risk"]) or 0.0, loss=amount(row["loss"]) or 0.0, now=bool(row["now"])
    )


@dataclass(frozen=True, kw_only=True)
class _Axes:
    loss: float
    risk: float

    def x(self, loss: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * loss / self.loss

    def y(self, risk: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * risk / self.risk


def _grid(words: Words, axes: _Axes) -> list[Markup]:
    marks = [
        Markup(
            '<path class="rule" d="M{} {:.0f}H{}"/><text class="tick" x="{}" y="{:.0f}" text-anchor="middle">{}</text>'
        ).format(LEFT, axes.y(risk), WIDTH - RIGHT, LEFT - 50, axes.y(risk) + 7, share(words, risk))
        for risk in _ticks(axes.risk)
    ]
    marks += [_under(axes.x(loss), share(words, loss)) for loss in _ticks(axes.loss)]
    marks.append(_label(LEFT - 50, TOP - 14, words.say("Risk")))
    return [*marks, _label(LEFT + (WIDTH - LEFT - RIGHT) / 2, HEIGHT - 8, words.say("Information lost"))]


def _ticks(most: float) -> list[float]:
    """Round numbers from 0 up to the end of an axis, about four of them."""
    rough = most / TICKS
    power = 10.0 ** floor(log10(rough))
    step = next(one * power for one in STEPS if one * power >= rough)
    return [step * at for at in range(int(most / step) + 1)]


def _limit(axes: _Axes, limit: float | None) -> list[Markup]:
    if limit is None:
        return []
    return [Markup('<path class="limit" d="M{} {:.1f}H{}"/>').format(LEFT, axes.y(limit), WIDTH - RIGHT)]


def _stairs(axes: _Axes, best: Sequence[Point]) -> Markup:
    """The frontier as stairs: between two plans one can have no better than the earlier one."""
    if not best:
        return Markup("")
    path = f"M{axes.x(best[0].loss):.1f} {axes.y(best[0].risk):.1f}"
    path += "".join(f"H{axes.x(one.loss):.1f}V{axes.y(one.risk):.1f}" for one in best[1:])
    return Markup('<path class="stroke" d="{}"/>').format(path)


def _mark(words: Words, axes: _Axes, at: int, one: Point, *, best: bool) -> Markup:
    css = "mark-now" if one.now else "mark-best" if best else "mark-other"
    said = words.say("{name}: risk {risk}, information lost {loss}", name=one.name, risk=share(words, one.risk),
                     loss=share(words, one.loss))  # fmt: skip
    x, y = axes.x(one.loss), axes.y(one.risk)
    shape = Markup('<rect x="{:.1f}" y="{:.1f}" width="44" height="44" rx="3"/>').format(x - 22, y - 22)
    shape = shape if one.now else Markup('<circle cx="{:.1f}" cy="{:.1f}" r="22"/>').format(x, y)
    return Markup(
        '<g class="{}"><title>{}</title>{}<text x="{:.1f}" y="{:.1f}" dy=".35em" text-anchor="middle">{}</text></g>'
    ).format(css, said, shape, x, y, words.number(at))


def _legend(words: Words, limit: float | None) -> list[tuple[Markup, str]]:
    told = [
        (Markup('<g class="mark-now">{}</g>').format(SQUARE), say("The plan being worked on")),
        (Markup('<g class="mark-best">{}</g>').format(DISC), BEST),
        (Markup('<g class="mark-other">{}</g>').format(DISC), BEATEN),
    ]
    if limit is not None:
        told.append((DASHES, say("Most that may leave: {limit}", limit=share(words, limit))))
    return [(SAMPLE.format(mark), words.say(says)) for mark, says in told]


def _standing(one: Point, best: Sequence[Point], limit: float | None) -> Text:
    if limit is not None and one.risk > limit:
        return say("Too risky to leave")
    return BEST if one in best else BEATEN


def _picture(insight: Insight, words: Words, prefix: str, marks: Sequence[Markup], describes: Text) -> Picture:
    return Picture(
        prefix=prefix, title=words.say(insight.title), describes=words.say(describes), width=WIDTH, height=HEIGHT,
        marks=marks, legend=(), sources=(), css="series",
    )  # fmt: skip


def _twin(words: Words, caption: Text, columns: Sequence[Text], rows: Sequence[Sequence[str]]) -> Markup:
    """The picture as a table, to unfold; printed unfolded."""
    return details(words, say("The same as a table"), plain_table(words, columns, rows, caption=caption))


def _base() -> Markup:
    return Markup('<path class="rule" d="M{} {}H{}"/>').format(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT)


def _under(x: float, said: str) -> Markup:
    return _label(x, HEIGHT - BOTTOM + 30, said)


def _label(x: float, y: float, said: str) -> Markup:
    """Words in the picture, centred: so that they stand right in either direction of writing."""
    return Markup('<text class="tick" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>').format(x, y, said)
