"""How figures changed between two releases, on a diverging scale whose limits do not move."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from markupsafe import Markup

from safeconduct.model.errors import BadInput
from safeconduct.model.outcomes import CellStatus, Release
from safeconduct.model.text import say
from safeconduct.present.cells import area_keys, measured, released
from safeconduct.present.change import Change, ChangeIn, compare
from safeconduct.present.maps.areas import DRAWN_LAST, painted
from safeconduct.present.maps.classes import CHANGE_LIMITS, change_names, class_of
from safeconduct.present.maps.frame import (
    NOT_ASKED,
    Look,
    Picture,
    framed,
    look_of,
    of_records,
    source,
    status_swatches,
    swatch,
)
from safeconduct.present.maps.shapes import Shapes
from safeconduct.present.names import reason_words, status_name, value_name
from safeconduct.present.words import Words

MOST_LIMITS = 6
NO_CHANGE = 3


def change_map(
    words: Words,
    before: Release,
    after: Release,
    ground: Shapes,
    *,
    limits: Sequence[float] = CHANGE_LIMITS,
    told: ChangeIn = ChangeIn.PERCENT,
) -> Markup:
    """A map of the change between two answers of one shape.

    A place withheld in either answer is withheld here: hatched, never "no change" and never −100 %. Arrows stand on
    what rose and fell, so that the map can be printed in black and white.

    Args:
        words: The language.
        before: The earlier answer.
        after: The later answer.
        ground: The places.
        limits: Class limits, rising, as many below "no change" as above, at most six; fixed, so that maps compare.
        told: In percent, or as a difference.

    Raises:
        BadInput: The answers cannot be compared, or the limits are not such limits.
        TypeError: One of them is not a release.
    """
    _check(limits)
    changes = _by_code(before, after, told)
    prefix = f"d{before.answer_id[:4]}{after.answer_id[:4]}"
    places = {code: _place(words, ground.names[code], changes.get(code), limits, told) for code in ground.paths}
    order = sorted(places, key=lambda code: DRAWN_LAST.index(changes[code].status) if code in changes else -1)
    picture = Picture(
        prefix=prefix,
        title=_title(words, before, told),
        describes=_summary(words, list(changes.values())),
        width=ground.width,
        height=ground.height,
        marks=painted(ground, prefix, {code: places[code] for code in order}),
        legend=_legend(words, prefix, list(changes.values()), limits, told=told),
        sources=[words.say("Before: {source}", source=source(words, before)), *of_records(words, before),
                 words.say("After: {source}", source=source(words, after)), *of_records(words, after)],
        training=before.training or after.training,
    )  # fmt: skip
    return framed(words, picture)


def _check(limits: Sequence[float]) -> None:
    rising = all(low < high for low, high in pairwise(limits))
    middle = len(limits) // 2
    if not limits or len(limits) % 2 or len(limits) > MOST_LIMITS or not rising:
        raise BadInput("limits of a change map rise, and are two, four or six", field="limits")
    if limits[middle - 1] > 0 or limits[middle] < 0:
        raise BadInput("the middle class of a change map holds no change", field="limits")


def _by_code(before: Release, after: Release, told: ChangeIn) -> Mapping[str, Change]:
    keys = area_keys(released(before).output)
    if len(keys) != 1:
        raise BadInput("a change map needs answers with one place a cell")
    return {str(one.keys[keys[0].name]): one for one in compare(before, after, told=told)}


def _title(words: Words, release: Release, told: ChangeIn) -> str:
    column = words.say(value_name(measured(release.output)))
    if told is ChangeIn.PERCENT:
        return words.say(say("{column}: change in percent", column=column))
    return words.say(say("{column}: change", column=column))


def _class(change: Change, limits: Sequence[float]) -> int:
    if change.change is None:
        return NO_CHANGE
    return class_of(change.change, limits) + (MOST_LIMITS - len(limits)) // 2


def _place(words: Words, name: str, change: Change | None, limits: Sequence[float], told: ChangeIn) -> tuple[Look, str]:
    if change is None:
        return NOT_ASKED, words.say("{name}: not part of this answer", name=name)
    if change.status is CellStatus.VALUE and change.change is not None:
        figure = words.change(change.change, percent=told is ChangeIn.PERCENT)
        said = words.say("{name}: {figure}", name=name, figure=figure)
        return look_of(CellStatus.VALUE, f"d{_class(change, limits)}"), said
    said = words.say(
        "{name}: {status}. {reason}",
        name=name,
        status=words.say(status_name(change.status)),
        reason=words.say(reason_words(change.reason, change.status)),
    )
    return look_of(change.status), said


def _summary(words: Words, changes: Sequence[Change]) -> str:
    rose = sum(one.change is not None and one.change > 0 for one in changes)
    fell = sum(one.change is not None and one.change < 0 for one in changes)
    silent = sum(one.change is None for one in changes)
    return words.say(
        "Places where the figure rose: {rose}; where it fell: {fell}; without a change to tell: {silent}. "
        "The table below tells the same.",
        rose=rose,
        fell=fell,
        silent=silent,
    )


def _legend(
    words: Words, prefix: str, changes: Sequence[Change], limits: Sequence[float], *, told: ChangeIn
) -> list[tuple[Markup, str]]:
    names = change_names(words, limits, percent=told is ChangeIn.PERCENT)
    first = (MOST_LIMITS - len(limits)) // 2
    classes = [(swatch(prefix, Look(f"place d{at}")), name) for at, name in enumerate(names, start=first)]
    return [*classes, *status_swatches(words, prefix, (one.status for one in changes))]
