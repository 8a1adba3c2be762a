"""Interviews as a server hands them over, a line each: a table of them and one for every repeat, linked by row numbers.

Answers nest as the form does; a name that a server writes with all its groups is taken as it is, another gets the
groups it stands in. Rows are numbered as exports of these servers number them: `_index`, `_parent_index`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from safeconduct.ingest.survey_base import Arrived, damaged, told
from safeconduct.ingest.survey_cells import TextTable
from safeconduct.ingest.survey_export import NOTHING_IN_THEM
from safeconduct.ingest.survey_names import table_name
from safeconduct.ingest.survey_xlsform import Form

PULLED = ".submissions.jsonl"
LONGEST_LINE = 16 << 20
ROWS = 2_000
DEEPEST = 32
MOST_COLUMNS = 10_000
LINK = ("_index", "_parent_index", "_parent_table_name")
Row = dict[str, str]


def is_pulled(arrived: Arrived) -> bool:
    """Whether a file holds interviews of that shape, by its name."""
    return arrived.base.lower().endswith(PULLED)


def pulled_tables(arrived: Arrived, form: Form | None) -> tuple[tuple[str, TextTable], ...]:
    """Title and cells of each table: the interviews first, then every repeat the form or the file has.

    Columns that the form asks for are there even where nobody answered them yet, so that a table looks alike from one
    pull to the next.

    Raises:
        Unreadable: A line is no interview.
    """
    columns: dict[str, dict[str, None]] = {"": {}, **_of_form(form)}
    with told(arrived):
        for path, row in _rows(arrived):
            columns.setdefault(path, {}).update(dict.fromkeys(row))
            if len(columns) + len(columns[path]) > MOST_COLUMNS:
                raise damaged(arrived)
    return tuple(
        (path.rsplit("/", 1)[-1] or _title(arrived), _table(arrived, path, tuple(columns[path]))) for path in columns
    )


def _of_form(form: Form | None) -> dict[str, dict[str, None]]:
    """Which columns a form asks for, by the path of their repeat."""
    if form is None:
        return {}
    repeats = {one.name for one in form.repeats}
    found: dict[str, dict[str, None]] = {"": {}}
    for one in form.questions:
        inside = [at for at, name in enumerate(one.path) if name in repeats and one.repeat]
        path = "/".join(one.path[: inside[-1] + 1]) if inside else ""
        if one.type not in NOTHING_IN_THEM:
            found.setdefault(path, {})["/".join((*one.path, one.name))] = None
    return found


def _title(arrived: Arrived) -> str:
    return arrived.base[: -len(PULLED)] or "submissions"


def _table(arrived: Arrived, path: str, columns: Sequence[str]) -> TextTable:
    names = tuple(dict.fromkeys((*columns, *(LINK if path else LINK[:1]))))

    def batches() -> Iterator[pa.RecordBatch]:
        waiting: list[Row] = []
        with told(arrived):
            for place, row in _rows(arrived):
                if place == path:
                    waiting.append(row)
                if len(waiting) == ROWS:
                    yield _batch(waiting, names)
                    waiting = []
            if waiting:
                yield _batch(waiting, names)

    return TextTable(name=table_name(path.rsplit("/", 1)[-1] or _title(arrived)), columns=names, batches=batches)


def _batch(rows: Sequence[Row], names: Sequence[str]) -> pa.RecordBatch:
    return pa.record_batch(
        [pa.array([row.get(name) for row in rows], pa.string()) for name in names], names=list(names)
    )


def _rows(arrived: Arrived) -> Iterator[tuple[str, Row]]:
    """Every row with the path of the repeat it stands in, those above before those below."""
    at: dict[str, int] = {}
    for tree in _lines(arrived):
        yield from _of_record(tree, "", {}, at, 0)


def _lines(arrived: Arrived) -> Iterator[Mapping[str, Any]]:
    with told(arrived), arrived.open() as stream:
        while line := stream.readline(LONGEST_LINE):
            if not line.endswith(b"\n"):
                raise damaged(arrived)
            tree = json.loads(line)
            if not isinstance(tree, Mapping) or not isinstance(tree.get("answers"), Mapping):
                raise damaged(arrived)
            yield tree["answers"]


def _of_record(
    tree: Mapping[str, Any], path: str, link: Row, at: dict[str, int], depth: int
) -> Iterator[tuple[str, Row]]:
    """The row of a record, then those of the repeats in it."""
    at[path] = at.get(path, 0) + 1
    row: Row = {}
    inside: list[tuple[str, Mapping[str, Any]]] = []
    _walk(tree, path, row, inside, depth)
    yield path, {**row, "_index": str(at[path]), **link}
    below = {"_parent_index": str(at[path]), "_parent_table_name": path.rsplit("/", 1)[-1]}
    for place, one in inside:
        yield from _of_record(one, place, below, at, depth + 1)


def _walk(
    tree: Mapping[str, Any], path: str, row: Row, inside: list[tuple[str, Mapping[str, Any]]], depth: int
) -> None:
    """Put what a record says into its row, group by group, and set its repeats aside.

    Raises:
        RecursionError: It nests deeper than forms do.
    """
    if depth > DEEPEST:
        raise RecursionError
    for key, value in tree.items():
        if (key.startswith("__") and path) or "@odata." in key:
            continue
        name = key if not path or key.startswith(f"{path}/") else f"{path}/{key}"
        if isinstance(value, Mapping):
            _walk(value, name, row, inside, depth + 1)
        elif isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
            inside += [(name, one) for one in value]
        elif value is not None:
            row[name] = _text(value)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return " ".join(_text(one) for one in value)
    return value if isinstance(value, str) else json.dumps(value)
