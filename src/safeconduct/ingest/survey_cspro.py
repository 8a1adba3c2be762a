"""CSPro data dictionaries, the older ones of lines in sections and the newer ones in JSON.

Formats as CSPro's guide describes them: https://www.csprousers.org/help/CSPro/.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from safeconduct.ingest.survey_base import Arrived, cannot_use, told
from safeconduct.ingest.survey_words import language
from safeconduct.model.microdata import Words
from safeconduct.model.text import say

MISSING, DECIMALS, TIMES = {"missing", "refused"}, 15, 9_999


@dataclass(frozen=True, kw_only=True)
class Value:
    """One line of a value set.

    Attributes:
        low: The value, or the first of a range, as the dictionary writes it.
        high: The last of a range, `""` for a single value.
        labels: What it stands for.
        special: `missing`, `refused`, `notappl`, `default`, or `""`.
    """

    low: str
    high: str = ""
    labels: Words = field(default_factory=dict)
    special: str = ""


@dataclass(frozen=True, kw_only=True)
class Item:
    """Where a column stands in a line.

    Attributes:
        name: Its name.
        labels: What it is.
        start: First character, from 1; 0 where it follows the item before.
        length: Characters.
        numeric: It holds a number.
        decimals: Digits behind the decimal point.
        mark: The point is written; else the last digits are decimals.
        occurrences: How often it stands one after another.
        inside: It is a part of the item before.
        values: Its first value set.
    """

    name: str
    labels: Words = field(default_factory=dict)
    start: int = 0
    length: int = 1
    numeric: bool = True
    decimals: int = 0
    mark: bool = False
    occurrences: int = 1
    inside: bool = False
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Record:
    """One kind of line.

    Attributes:
        name: Its name.
        labels: What it is.
        code: What stands where the kind is told, `""` where all lines are alike.
        most: How often it may stand in a case.
        required: Every case has it.
        items: Its columns.
    """

    name: str
    labels: Words = field(default_factory=dict)
    code: str = ""
    most: int = 1
    required: bool = True
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Level:
    """Kinds of lines that share identification.

    Attributes:
        name: Its name.
        ids: Columns that say which case a line belongs to, beside those of the levels above.
        records: Its kinds of lines.
    """

    name: str = ""
    ids: tuple[Item, ...] = ()
    records: tuple[Record, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Dictionary:
    """A data dictionary.

    Attributes:
        name: Its name.
        labels: What it is.
        languages: Languages of its labels.
        start: First character of the kind of line, from 1, 0 where it is not told.
        length: Characters of it.
        levels: From the outermost inwards.
    """

    name: str = ""
    labels: Words = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    start: int = 0
    length: int = 0
    levels: tuple[Level, ...] = ()


def dictionary_of(arrived: Arrived) -> Dictionary:
    """Read a `.dcf` file.

    Raises:
        BadInput: It is no dictionary, or describes no line.
    """
    with told(arrived), arrived.open() as stream:
        content = stream.read()
    text = _decoded(content)
    try:
        found = _from_json(json.loads(text)) if text.lstrip().startswith("{") else _from_lines(text)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, RecursionError):
        raise _no_dictionary(arrived) from None
    placed = replace(found, levels=tuple(_placed(found)))
    if not any(level.records for level in placed.levels) or not _sound(placed):
        raise _no_dictionary(arrived)
    return placed


def _no_dictionary(arrived: Arrived) -> Exception:
    return cannot_use(
        say("{file} is not a CSPro dictionary that can be read; save it again in CSPro.", file=arrived.base), arrived
    )


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _sound(dictionary: Dictionary) -> bool:
    items = [one for level in dictionary.levels for group in (level.ids, *(two.items for two in level.records))
             for one in group]  # fmt: skip
    return all(one.name and one.start > 0 and one.length > 0 and one.occurrences > 0 for one in items)


def _placed(dictionary: Dictionary) -> Iterator[Level]:
    """Give a start to items that only say their length: identification first, then the record's own."""
    at = dictionary.start + dictionary.length if dictionary.start == 1 else 1
    for level in dictionary.levels:
        ids, at = _after(level.ids, at)
        yield replace(
            level, ids=ids, records=tuple(replace(one, items=_after(one.items, at)[0]) for one in level.records)
        )


def _after(items: Sequence[Item], at: int) -> tuple[tuple[Item, ...], int]:
    found: list[Item] = []
    inside = at
    for one in items:
        start = one.start or (inside if one.inside else at)
        found.append(replace(one, start=start))
        if one.inside:
            inside = start + one.length * one.occurrences
        else:
            inside, at = start, max(at, start + one.length * one.occurrences)
    return tuple(found), at


# Sections and lines ---------------------------------------------------------------------------------------------------


def _from_lines(text: str) -> Dictionary:
    sections = list(_sections(text))
    head = next((pairs for name, pairs in sections if name == "dictionary"), [])
    languages = tuple(language(key) for name, pairs in sections if name == "languages" for key, _ in pairs)
    top = dict(head)
    default_mark = top.get("decimalchar", "no").lower() == "yes"
    dictionary = Dictionary(
        name=top.get("name", ""),
        labels=_split_words(top.get("label", ""), languages),
        languages=languages,
        start=_whole(top.get("recordtypestart"), 0),
        length=_whole(top.get("recordtypelen"), 0),
    )
    return replace(dictionary, levels=tuple(_levels(sections, languages, default_mark=default_mark)))


def _sections(text: str) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    name, pairs = "", list[tuple[str, str]]()
    for line in text.splitlines():
        if found := re.fullmatch(r"\s*\[([A-Za-z ]+)\]\s*", line):
            if name:
                yield name, pairs
            name, pairs = found.group(1).strip().lower(), []
        elif "=" in line:
            key, value = line.split("=", 1)
            pairs.append((key.strip().lower(), value.strip()))
    if name:
        yield name, pairs


def _levels(
    sections: Iterable[tuple[str, list[tuple[str, str]]]], languages: Sequence[str], *, default_mark: bool
) -> Iterator[Level]:
    """Sections nest by their order alone: an item belongs to the record before it."""
    levels: list[Level] = []
    ids = True
    for name, pairs in sections:
        top = dict(pairs)
        match name:
            case "level":
                levels.append(Level(name=top.get("name", "")))
                ids = True
            case "iditems":
                ids = True
            case "record":
                ids = False
                levels[-1] = replace(levels[-1], records=(*levels[-1].records, _record(top, languages)))
            case "item":
                levels[-1] = _with(levels[-1], _item(pairs, languages, default_mark=default_mark), ids=ids)
            case "valueset":
                levels[-1] = _with_values(levels[-1], tuple(_values(pairs, languages)), ids=ids)
            case _:
                continue
    return iter(levels)


def _with(level: Level, item: Item, *, ids: bool) -> Level:
    if ids:
        return replace(level, ids=(*level.ids, item))
    last = level.records[-1]
    return replace(level, records=(*level.records[:-1], replace(last, items=(*last.items, item))))


def _with_values(level: Level, values: tuple[Value, ...], *, ids: bool) -> Level:
    """The first value set of an item counts; further ones group the same codes otherwise."""
    items = level.ids if ids else level.records[-1].items
    if not items or items[-1].values:
        return level
    changed = (*items[:-1], replace(items[-1], values=values))
    if ids:
        return replace(level, ids=changed)
    return replace(level, records=(*level.records[:-1], replace(level.records[-1], items=changed)))


def _record(top: Mapping[str, str], languages: Sequence[str]) -> Record:
    return Record(
        name=top["name"],
        labels=_split_words(top.get("label", ""), languages),
        code=_unquoted(top.get("recordtypevalue", "")),
        most=_whole(top.get("maxrecords"), 1),
        required=top.get("required", "yes").lower() != "no",
    )


def _item(pairs: Sequence[tuple[str, str]], languages: Sequence[str], *, default_mark: bool) -> Item:
    top = dict(pairs)
    return Item(
        name=top["name"],
        labels=_split_words(top.get("label", ""), languages),
        start=_whole(top.get("start"), 0),
        length=_whole(top.get("len"), 1),
        numeric=top.get("datatype", "numeric").lower() != "alpha",
        decimals=_whole(top.get("decimal"), 0, DECIMALS),
        mark=top.get("decimalchar", "yes" if default_mark else "no").lower() == "yes",
        occurrences=_whole(top.get("occurrences"), 1, TIMES),
        inside=top.get("itemtype", "").lower() == "subitem",
        values=tuple(_values(pairs, languages)),
    )


def _values(pairs: Sequence[tuple[str, str]], languages: Sequence[str]) -> Iterator[Value]:
    """`Value=1 2 5:9;Label`, followed by `Special=MISSING` where it says so."""
    held: list[Value] = []
    for key, value in pairs:
        if key == "value":
            yield from held
            codes, _, label = value.partition(";")
            held = [replace(one, labels=_split_words(label, languages)) for one in _codes(codes.strip())]
        elif key == "special":
            held = [replace(one, special=value.lower()) for one in held]
    yield from held


def _codes(text: str) -> Iterator[Value]:
    if text.startswith("'"):
        for one in re.findall(r"'([^']*)'", text):
            yield Value(low=one.strip())
        return
    for word in text.split():
        low, _, high = word.partition(":")
        yield Value(low=low, high=high)


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text


def _split_words(text: str, languages: Sequence[str]) -> Words:
    parts = text.split("|") if languages else [text]
    return {name: part.strip() for name, part in zip(languages or ("",), parts, strict=False) if part.strip()}


# JSON -----------------------------------------------------------------------------------------------------------------


def _from_json(tree: Mapping[str, Any]) -> Dictionary:
    languages = tuple(language(one.get("name", "")) for one in tree.get("languages", ()))
    first = languages[0] if languages else ""
    mark = bool(tree.get("defaults", {}).get("decimalMark", True))
    kind = tree.get("recordType") or {}
    return Dictionary(
        name=tree.get("name", ""),
        labels=_words(tree, first),
        languages=languages,
        start=_whole(kind.get("start"), 0) if kind.get("length") else 0,
        length=_whole(kind.get("length"), 0),
        levels=tuple(
            Level(
                name=one.get("name", ""),
                ids=tuple(_json_items(_listed(one.get("ids")), first, mark=mark)),
                records=tuple(_json_record(two, first, mark=mark) for two in one.get("records", ())),
            )
            for one in tree["levels"]
        ),
    )


def _whole(said: Any, otherwise: int, most: int = 99_999) -> int:
    if not 0 <= (found := int(said or otherwise)) <= most:
        raise ValueError
    return found


def _listed(ids: Any) -> Sequence[Mapping[str, Any]]:
    return ids.get("items", ()) if isinstance(ids, Mapping) else ids or ()


def _json_record(tree: Mapping[str, Any], first: str, *, mark: bool) -> Record:
    often = tree.get("occurrences") or {}
    return Record(
        name=tree["name"],
        labels=_words(tree, first),
        code=str(tree.get("recordType") or ""),
        most=_whole(often.get("maximum"), 1),
        required=bool(often.get("required", True)),
        items=tuple(_json_items(tree.get("items", ()), first, mark=mark)),
    )


def _json_items(trees: Iterable[Mapping[str, Any]], first: str, *, mark: bool) -> Iterator[Item]:
    for tree in trees:
        often = tree.get("occurrences") or 1
        yield Item(
            name=tree["name"],
            labels=_words(tree, first),
            start=_whole(tree.get("start"), 0),
            length=_whole(tree.get("length"), 1),
            numeric=str(tree.get("contentType") or tree.get("type") or "numeric").lower() == "numeric",
            decimals=_whole(tree.get("decimals"), 0, DECIMALS),
            mark=bool(tree.get("decimalMark", mark)),
            occurrences=_whole(often.get("maximum") if isinstance(often, Mapping) else often, 1, TIMES),
            inside=bool(tree.get("subitem")),
            values=tuple(_json_values(tree.get("valueSets") or (), first)),
        )
        yield from _json_items(({**one, "subitem": True} for one in tree.get("subitems") or ()), first, mark=mark)


def _json_values(sets: Sequence[Mapping[str, Any]], first: str) -> Iterator[Value]:
    for one in sets[0].get("values", ()) if sets else ():
        for pair in one.get("pairs", ()):
            low, high = pair.get("range") or (pair.get("value", ""), "")
            yield Value(
                low=str(low).strip(),
                high=str(high).strip(),
                labels=_words(one, first),
                special=str(one.get("special") or "").lower(),
            )


def _words(tree: Mapping[str, Any], first: str) -> Words:
    labels = tree.get("labels") or ([{"text": tree["label"]}] if tree.get("label") else [])
    return {
        language(one["language"]) if one.get("language") else first: one["text"] for one in labels if one.get("text")
    }
