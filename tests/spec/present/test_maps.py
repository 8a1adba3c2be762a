"""Pictures of releases."""

import re
from collections.abc import Callable, Mapping
from itertools import product
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from safeconduct.model.errors import BadInput
from safeconduct.model.outcomes import CellStatus, Release
from safeconduct.present.gallery import Examples
from safeconduct.present.maps import Shapes, change_map, choropleth, flow_map, series, shapes, small_maps
from safeconduct.present.words import Words

V, S, Z, N, R = CellStatus
Answer = Callable[..., Release]
PAGE = 100_000


def drawn(figure: str) -> ET.Element:
    """The drawing of a figure; parsing it proves that it is well formed."""
    return ET.fromstring(re.findall(r'<svg class="drawing".*?</svg>', figure, re.DOTALL)[0])  # noqa: S314 - our own


def place(figure: str, name: str) -> ET.Element:
    return next(one for one in drawn(figure).iter("path") if (one.findtext("title") or "").startswith(f"{name}:"))


@pytest.fixture
def five(answer: Answer, ground: Shapes) -> Release:
    codes = sorted(ground.paths)[:5]
    return answer({codes[0]: 1234, codes[2]: 0}, dict(zip(codes, CellStatus, strict=True)))


def test_the_five_statuses_look_different(en: Words, five: Release, ground: Shapes) -> None:
    figure = choropleth(en, five, ground)
    looks = set()
    for code in sorted(ground.paths)[:5]:
        path = place(figure, ground.names[code])
        looks.add((path.get("class"), re.sub(".*-", "", path.get("fill") or "")))
    assert looks == {("place c2", ""), ("place withheld", "hatch)"), ("place zero", ""), ("place unseen", ""),
                     ("place refused", "cross)")}  # fmt: skip
    assert len(drawn(figure).findall("use")) == 1, "one lock, on the refused place"
    assert [one.text for one in drawn(figure).iter("text")] == ["0"], "one nought, on the known zero"


def test_every_place_says_its_figure_or_why_there_is_none(en: Words, five: Release, ground: Shapes) -> None:
    figure = choropleth(en, five, ground)
    first, second = (ground.names[code] for code in sorted(ground.paths)[:2])
    assert place(figure, first).findtext("title") == f"{first}: 1,234 people"
    assert place(figure, second).findtext("title") == (
        f"{second}: Withheld. Too few people, or it would give away a figure of too few people."
    )
    assert len(list(drawn(figure).iter("title"))) == len(ground.paths) + 1


def test_a_map_is_an_image_with_a_name_and_a_description(en: Words, examples: Examples) -> None:
    svg = drawn(choropleth(en, examples.before, examples.ground))
    title, description = (svg.get("aria-labelledby") or "").split()
    assert svg.get("role") == "img"
    assert next(one for one in svg if one.get("id") == title).text == "People in each area"
    assert "Withheld: " in (next(one for one in svg if one.get("id") == description).text or "")


def test_the_legend_tells_round_limits_and_no_exact_figure(en: Words, answer: Answer, ground: Shapes) -> None:
    codes = sorted(ground.paths)[:10]
    figures = {code: 17 + 331 * at for at, code in enumerate(codes)}
    legend = choropleth(en, answer(figures, dict.fromkeys(codes, V)), ground).partition("legend")[2]
    shown = {int(number.replace(",", "")) for number in re.findall(r"[\d,]*\d", re.sub("<[^>]*>", "", legend))}
    assert not shown & set(figures.values())


def test_limits_given_are_the_limits_shown(en: Words, examples: Examples) -> None:
    figure = choropleth(en, examples.before, examples.ground, limits=(100, 1000))
    assert "under 100" in figure
    assert "100 to under 1,000" in figure
    assert "1,000 and more" in figure


def test_a_figure_at_a_limit_belongs_to_the_class_above(en: Words, answer: Answer, ground: Shapes) -> None:
    codes = sorted(ground.paths)[:2]
    figure = choropleth(en, answer({codes[0]: 99, codes[1]: 100}, dict.fromkeys(codes, V)), ground, limits=(100,))
    assert place(figure, ground.names[codes[0]]).get("class") == "place c0"
    assert place(figure, ground.names[codes[1]]).get("class") == "place c4"


def test_names_are_escaped(en: Words, answer: Answer, boundaries: Mapping[str, Any]) -> None:
    one = dict(boundaries["features"][0], properties={"code": '"><x', "name": "<script>alert(1)</script>"})
    figure = choropleth(en, answer({'"><x': 20}, {'"><x': V}), shapes({"features": [one]}))
    assert "<script" not in figure
    assert drawn(figure) is not None


def test_no_picture_holds_style_or_script(en: Words, examples: Examples) -> None:
    pictures = [
        choropleth(en, examples.before, examples.ground),
        change_map(en, examples.before, examples.after, examples.ground),
        small_maps(en, examples.daily, examples.ground),
        series(en, examples.daily, area=examples.place),
        flow_map(en, examples.flows, examples.ground),
    ]
    for figure in pictures:
        assert not re.search(r"\sstyle=|<style|<script|\son[a-z]+=", figure)


def test_a_withheld_side_is_withheld_in_the_change_map(en: Words, answer: Answer, ground: Shapes) -> None:
    a, b, c = sorted(ground.paths)[:3]
    before = answer({a: 100, b: 100, c: 100}, {a: V, b: V, c: V})
    after = answer({a: 50}, {a: V, b: S, c: N})
    figure = change_map(en, before, after, ground)
    assert place(figure, ground.names[a]).findtext("title") == f"{ground.names[a]}: −50%"
    assert place(figure, ground.names[b]).get("class") == "place withheld"
    assert place(figure, ground.names[c]).get("class") == "place unseen"
    assert "−100" not in figure


@pytest.mark.parametrize(("after", "css"), [(49, "d0"), (50, "d1"), (96, "d3"), (104, "d3"), (105, "d4"), (151, "d6")])
def test_limits_of_change_are_fixed(en: Words, answer: Answer, ground: Shapes, after: int, css: str) -> None:
    code = min(ground.paths)
    figure = change_map(en, answer({code: 100}, {code: V}), answer({code: after}, {code: V}), ground)
    assert place(figure, ground.names[code]).get("class") == f"place {css}"


def test_a_change_is_told_without_colours_too(en: Words, answer: Answer, ground: Shapes) -> None:
    a, b, c = sorted(ground.paths)[:3]
    before, after = ({a: 100, b: 100, c: 100}, {a: 180, b: 79, c: 101})
    statuses = dict.fromkeys((a, b, c), V)
    arrows = re.findall(
        r'<path class="arrow on-(d\d)"', change_map(en, answer(before, statuses), answer(after, statuses), ground)
    )
    assert sorted(arrows[:2]) == ["d1", "d6"], "an arrow on what rose and on what fell, none on what stayed"


@pytest.mark.parametrize("limits", [(), (1.0,), (-1, 1, 2), (5, -5), (2, 5), tuple(range(-4, 4))])
def test_limits_that_are_no_diverging_scale_are_refused(
    en: Words, examples: Examples, limits: tuple[float, ...]
) -> None:
    with pytest.raises(BadInput):
        change_map(en, examples.before, examples.after, examples.ground, limits=limits)


def test_twenty_movements_are_drawn_and_the_note_says_of_how_many(en: Words, examples: Examples) -> None:
    figure = flow_map(en, examples.flows, examples.ground)
    assert figure.count('class="flow w') == 20
    assert re.search(r"The 20 largest of \d+ released movements", figure)


def test_a_line_breaks_where_a_day_is_withheld(en: Words, examples: Examples) -> None:
    """Days 4 and 5 are withheld and day 9 was not observed: three strokes, nine dots, nothing at zero."""
    figure = series(en, examples.daily, area=examples.place)
    assert len(re.findall('class="stroke"', figure)) == 3
    assert len(re.findall('class="dot"', figure)) == 9
    assert len(re.findall('class="place withheld"', figure)) == 2 + 1, "two bands and a sample"
    bottom = 420 - 60
    assert all(float(y) < bottom - 1 for y in re.findall(r'cy="([\d.]+)"', figure))


def test_a_series_without_any_figure_is_drawn_empty(en: Words, examples: Examples, answer: Answer) -> None:
    table = examples.daily.table.having(status=["suppressed"] * len(examples.daily.table))
    release = answer({}, {})
    hidden = type(release)(**{**vars(examples.daily), "table": table})
    assert "<circle" not in series(en, hidden, area=examples.place)


def test_an_answer_without_a_row_is_drawn_as_an_empty_country(en: Words, answer: Answer, ground: Shapes) -> None:
    figure = choropleth(en, answer({}, {}), ground)
    assert figure.count("place away") == len(ground.paths)


@pytest.mark.parametrize("draw", [choropleth, small_maps, flow_map])
def test_a_picture_of_anything_but_a_release_is_a_type_error(
    en: Words, examples: Examples, draw: Callable[..., str]
) -> None:
    with pytest.raises(TypeError, match="only a Release"):
        draw(en, examples.before.table, examples.ground)


def test_a_map_of_the_wrong_shape_says_what_to_draw_instead(en: Words, examples: Examples) -> None:
    with pytest.raises(BadInput, match="flow_map"):
        choropleth(en, examples.flows, examples.ground)
    with pytest.raises(BadInput, match="pairs"):
        flow_map(en, examples.before, examples.ground)


@pytest.mark.parametrize("across", [True, False])
def test_a_country_of_many_detailed_districts_fits_a_slow_line(en: Words, answer: Answer, *, across: bool) -> None:
    """400 districts of 1,600 points each become a map below a page's 100 kB, even where borders do not quite meet."""
    detailed = shapes(detailed_grid(across=across))
    release = answer(dict.fromkeys(detailed.paths, 1234), dict.fromkeys(detailed.paths, V))
    assert len(choropleth(en, release, detailed).encode()) < PAGE


def detailed_grid(*, across: bool, steps: int = 400) -> dict[str, Any]:
    """A grid whose sides wiggle across their direction, or also back and forth along it, as bad files do."""

    def side(start: tuple[int, int], end: tuple[int, int]) -> list[tuple[float, float]]:
        (x1, y1), (x2, y2) = start, end
        wiggles = [0.02 * ((t * 7919) % 13 - 6) / 6 if 0 < t < steps else 0 for t in range(steps + 1)]
        aside = (y1 == y2) if across else True
        return [
            (x1 + (x2 - x1) * t / steps + (0 if aside else wiggle), y1 + (y2 - y1) * t / steps + wiggle * aside)
            for t, wiggle in enumerate(wiggles)
        ]

    features = []
    for i, j in product(range(20), repeat=2):
        a, b, c, d = (i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)
        ring = [*side(a, b), *side(b, c)[1:], *side(d, c)[::-1][1:], *side(a, d)[::-1][1:]]
        features.append({"type": "Feature", "properties": {"code": f"{i}-{j}", "name": f"District {i}-{j}"},
                         "geometry": {"type": "Polygon", "coordinates": [ring]}})  # fmt: skip
    return {"type": "FeatureCollection", "features": features}
