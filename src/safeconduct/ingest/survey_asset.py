"""A form as KoboToolbox hands it over: the sheets of an XLSForm as JSON, with a list of texts for several languages."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from safeconduct.ingest.survey_base import Arrived, damaged, told

ASSET = ".asset.json"
MOST = 64 << 20
SPOKEN = ("label", "hint")


def is_asset(arrived: Arrived) -> bool:
    """Whether a file is a form of that shape, by its name."""
    return arrived.base.lower().endswith(ASSET)


def asset_rows(arrived: Arrived, sheet: str) -> Iterator[Mapping[str, str]]:
    """The rows of a sheet, `survey`, `choices` or `settings`, as an XLSForm would have them.

    Raises:
        Unreadable: The file is no such form.
    """
    with told(arrived), arrived.open() as stream:
        tree = json.loads(stream.read(MOST))
    content = tree.get("content") if isinstance(tree, Mapping) else None
    if not isinstance(content, Mapping):
        raise damaged(arrived)
    if sheet == "settings":
        settings = content.get("settings")
        named = {"form_title": tree.get("name"), "form_id": tree.get("uid")}
        yield _row({**named, **(settings if isinstance(settings, Mapping) else {})}, ())
        return
    languages = content.get("translations")
    rows = content.get(sheet)
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, Mapping):
            yield _row(row, languages if isinstance(languages, list) else ())


def _row(row: Mapping[str, Any], languages: Sequence[Any]) -> Mapping[str, str]:
    """Cells that are texts, under the names that columns of an XLSForm have."""
    cells = dict(_cells(row, languages))
    if listed := cells.pop("select_from_list_name", ""):
        cells["type"] = f"{cells.get('type', '')} {listed}"
    return {name: text.strip() for name, text in cells.items() if text.strip()}


def _cells(row: Mapping[str, Any], languages: Sequence[Any]) -> Iterator[tuple[str, str]]:
    for name, value in row.items():
        if isinstance(value, bool):
            yield name, str(value).lower()
        elif isinstance(value, str | int | float):
            yield name, str(value)
        elif name in SPOKEN and isinstance(value, list):
            for spoken, text in zip(languages or (None,), value, strict=False):
                if isinstance(text, str):
                    yield (f"{name}::{spoken}" if isinstance(spoken, str) and spoken else name), text
