"""Blocks that show figures; each checks that it was given a release, or an insight where it says so."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from markupsafe import Markup

from safeconduct.model.geography import Geography
from safeconduct.model.outcomes import CellStatus, Insight, Release
from safeconduct.model.output import Output
from safeconduct.model.text import Text, say
from safeconduct.present.blocks.texts import key_values, pagination
from safeconduct.present.cells import Cell, KeyValue, area_keys, cells, days_read, measured, released
from safeconduct.present.change import Change, ChangeIn, compare
from safeconduct.present.filling import fill
from safeconduct.present.maps.frame import definitions, look_of, swatch
from safeconduct.present.names import (
    UNKNOWN_PLACE,
    column_name,
    place_names,
    reason_words,
    status_meaning,
    status_name,
    value_name,
)
from safeconduct.present.words import Words

ROWS_A_PAGE = 200
Names = Mapping[str, Mapping[str, str]]


def release_table(
    words: Words,
    release: Release,
    geography: Geography,
    *,
    page: int = 1,
    link: Callable[[int], str] | None = None,
) -> Markup:
    """The table twin of a picture: every cell with its figure, its status, and why a figure is missing.

    Args:
        words: The language.
        release: What may be shown.
        geography: Names of the places.
        page: Which page, from 1, where `link` is given; all rows otherwise.
        link: The address of a page.

    Raises:
        TypeError: It is not a release.
    """
    found = cells(released(release))
    pages = max(1, -(-len(found) // ROWS_A_PAGE)) if link else 1
    page = min(max(page, 1), pages)
    shown = found[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE] if link else found
    output = release.output
    names = _names(output, geography)
    table = fill(
        "release_table",
        words,
        caption=say("Every cell of the answer"),
        keys=[key.name for key in output.keys],
        values=[value_name(value) for value in output.values],
        column_name=column_name,
        rows=[_row(words, cell, names) for cell in shown],
        training=release.training,
    )
    return table + (pagination(words, page=page, pages=pages, link=link) if link else Markup(""))


def _names(output: Output, geography: Geography) -> Names:
    return {key.name: place_names(geography, key.level) for key in output.keys}


def _row(words: Words, cell: Cell, names: Names) -> dict[str, object]:
    return {
        "keys": [_key(words, names[name], value) for name, value in cell.keys.items()],
        "values": [_with_margin(words, value, cell.margin) for value in cell.values.values()],
        "status": words.say(status_name(cell.status)),
        "css": cell.status.value,
        "reason": words.say(reason_words(cell.reason, cell.status)),
    }


def _key(words: Words, names: Mapping[str, str], value: KeyValue) -> str:
    if value is None:
        return words.say(UNKNOWN_PLACE)
    return words.day(value) if isinstance(value, date) else names.get(value, value)


def _figure(words: Words, value: float | None) -> str:
    """A figure, or nothing: an empty cell, so that no reader and no program takes it for a zero."""
    if value is None:
        return ""
    return words.number(value, digits=0 if float(value).is_integer() else 2)


def _with_margin(words: Words, value: float | None, margin: int) -> str:
    """A figure and how far it may be off."""
    figure = _figure(words, value)
    return f"{figure} ± {words.number(margin)}" if figure and margin else figure


def change_table(
    words: Words, before: Release, after: Release, geography: Geography, *, told: ChangeIn = ChangeIn.PERCENT
) -> Markup:
    """The table twin of a change map; a change without both figures stays empty, with its reason.

    Raises:
        BadInput: The two cannot be compared.
        TypeError: One of them is not a release.
    """
    changes = compare(before, after, told=told)
    names = _names(before.output, geography)
    return fill(
        "change_table",
        words,
        caption=say("{column} before and after", column=words.say(value_name(measured(before.output)))),
        keys=[column_name(key.name) for key in area_keys(before.output)],
        rows=[_change_row(words, change, names, percent=told is ChangeIn.PERCENT) for change in changes],
        training=before.training or after.training,
    )


def _change_row(words: Words, change: Change, names: Names, *, percent: bool) -> dict[str, object]:
    return {
        "keys": [_key(words, names[name], value) for name, value in change.keys.items()],
        "before": _figure(words, change.before),
        "after": _figure(words, change.after),
        "change": "" if change.change is None else words.change(change.change, percent=percent),
        "status": words.say(status_name(change.status)),
        "css": change.status.value,
        "reason": words.say(reason_words(change.reason, change.status)),
    }


def insight_table(words: Words, insight: Insight) -> Markup:
    """Evidence for a named insider; marked so, and never offered as a download.

    Raises:
        TypeError: It is not an insight.
    """
    if not isinstance(insight, Insight):
        raise TypeError(f"only an Insight can be shown here, not a {type(insight).__name__}")
    rows = [[_plain(words, value) for value in row.values()] for row in insight.table.rows()]
    return fill("insight_table", words, insight=insight, columns=insight.table.columns, rows=rows, name=column_name)


def _plain(words: Words, value: object) -> str:
    match value:
        case None:
            return words.say("unknown")
        case bool():
            return words.say("yes") if value else words.say("no")
        case int() | float():
            return words.number(value, digits=0 if float(value).is_integer() else 2)
        case date():
            return words.day(value)
        case _:
            return str(value)


def release_facts(words: Words, release: Release) -> Markup:
    """What a reader must know of an answer: what it is of, and everything its statement says.

    Raises:
        TypeError: It is not a release.
    """
    made = released(release).provenance
    read = days_read(made)
    facts: list[tuple[Text | str, Text | str | Markup]] = [
        (say("Data set"), Text(made.dataset)),
        (say("Days"), Text(words.days(*read)) if read else say("no days")),
        (say("Time zone"), say("{zone}; a day runs from midnight to midnight there", zone=made.zone)),
        (say("Protection level"), say("{name}, version {version}", name=str(release.policy.get("name", "")),
                                      version=str(release.policy.get("version", "")))),
        (say("Released"), Text(words.moment(release.decided_at))),
        (say("Data version"), _code(made.data_version)),
        (say("Release"), _code(release.answer_id)),
    ]  # fmt: skip
    return fill("release_facts", words, facts=key_values(words, facts), statement=release.statement)


def _code(value: str) -> Markup:
    return Markup("<code>{}</code>").format(value)


def status_counts(words: Words, release: Release) -> Markup:
    """How many cells have each status; statuses no cell has are left out.

    Raises:
        TypeError: It is not a release.
    """
    counts = released(release).by_status()
    return _legend(words, [(status, count) for status, count in counts.items() if count], "n" + release.answer_id[:8])


def status_legend(words: Words) -> Markup:
    """The five statuses, how they look, and what each tells."""
    return _legend(words, [(status, None) for status in CellStatus], "legend")


def _legend(words: Words, statuses: Sequence[tuple[CellStatus, int | None]], prefix: str) -> Markup:
    items = [
        (swatch(prefix, look_of(status)), count, status_name(status), status_meaning(status))
        for status, count in statuses
    ]
    return fill("status_legend", words, items=items, definitions=definitions(prefix))
