"""Columns as a file has them become the fields a mapping declares: words for nothing, decoding, joining, constants.

What every file format needs and none should do by itself. Whatever cannot be read exactly as declared is handed back
with the row it stands in.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import assert_never

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.ingest.adapter import Chunk, rejected
from safeconduct.ingest.reasons import Reason
from safeconduct.model.dialect import Decoding, parts_of
from safeconduct.model.event_files import EventFiles

Flags = npt.NDArray[np.bool_]
_OCTETS = re.compile(r"(?:[0-9A-F]{2})+")
_HEX = re.compile(r"(?:0[xX])?([0-9A-Fa-f]{1,16})")
_DIGITS = str.maketrans("ABCDE", "*#abc")
_BLANK = " \t\r\n"


def composed(raw: Chunk, layout: EventFiles, wrong: Mapping[Reason, Flags] | None = None) -> Chunk:
    """A chunk by our fields from one by the file's own column names.

    Args:
        raw: Its table has every column of `layout.sources_read`, as texts.
        layout: What the fields are made of.
        wrong: Rows that the file format itself could not read, by reason.
    """
    flags = dict(wrong or {})
    columns = {name: _emptied(raw.table.column(name), layout.dialect.null_words) for name in layout.sources_read}
    undecoded = np.zeros(raw.table.num_rows, bool)
    fields = {}
    for ours, theirs in layout.columns.items():
        if ours in layout.unread:
            continue
        fields[ours], bad = _field(columns, parts_of(theirs), layout.decode.get(ours))
        undecoded |= bad
    for ours, value in layout.constants.items():
        fields[ours] = pa.chunked_array([pa.repeat(pa.scalar(value, pa.string()), raw.table.num_rows)])
    flags[Reason.NOT_DECODED] = flags.get(Reason.NOT_DECODED, False) | undecoded
    return _separated(replace(raw, table=pa.table(fields)), flags)


def from_tbcd(text: str) -> str | None:
    """Digits from octets whose halves are swapped, `None` where it is no such text.

    Example:
        >>> from_tbcd("528814F0"), from_tbcd("5288F4"), from_tbcd("5F88")
        ('2588410', '25884', None)
    """
    octets = "".join(text.split()).upper()
    if not _OCTETS.fullmatch(octets):
        return None
    digits = "".join(octets[at + 1] + octets[at] for at in range(0, len(octets), 2)).rstrip("F")
    return None if "F" in digits else digits.translate(_DIGITS)


def decoded(text: str, how: Decoding) -> str | None:
    """A number in plain digits, `None` where it is not written as declared; an empty text stays one."""
    if not text:
        return text
    match how:
        case Decoding.TBCD:
            return from_tbcd(text)
        case Decoding.TBCD_ADDRESS:
            octets = "".join(text.split()).upper()
            return from_tbcd(octets[2:]) if octets[:1] in set("89ABCDEF") and octets[:2] != "FF" else None
        case Decoding.HEX:
            found = _HEX.fullmatch(text)
            return str(int(found[1], 16)) if found else None
        case _:
            assert_never(how)


def _emptied(column: pa.ChunkedArray, words: tuple[str, ...]) -> pa.ChunkedArray:
    if not words:
        return column
    nothing = pc.is_in(pc.utf8_trim(column, _BLANK), value_set=pa.array([word.strip(_BLANK) for word in words]))
    return pc.if_else(nothing, "", column)


def _field(
    columns: Mapping[str, pa.ChunkedArray], parts: tuple[tuple[str, bool], ...], how: Decoding | None
) -> tuple[pa.ChunkedArray, Flags]:
    """One field, and in which rows it could not be decoded; where a part is empty, the whole is."""
    if how is None and len(parts) == 1:
        column = columns[parts[0][0]]
        return column, np.zeros(len(column), bool)
    made = [_part(columns[text], how) if named else (pa.scalar(text), None) for text, named in parts]
    sources = [(column, bad) for column, bad in made if bad is not None]
    joined = pc.binary_join_element_wise(*(column for column, _ in made), "")
    empty = np.logical_or.reduce([pc.equal(column, "").to_numpy() for column, _ in sources])
    return pc.if_else(pa.array(empty), "", joined), np.logical_or.reduce([bad for _, bad in sources])


def _part(column: pa.ChunkedArray, how: Decoding | None) -> tuple[pa.ChunkedArray, Flags]:
    trimmed = pc.utf8_trim(column, _BLANK)
    if how is None:
        return trimmed, np.zeros(len(trimmed), bool)
    encoded = trimmed.combine_chunks().dictionary_encode()
    plain = pa.array([decoded(text, how) for text in encoded.dictionary.to_pylist()], pa.string())
    found = plain.take(encoded.indices)
    return pa.chunked_array([found.fill_null("")]), np.asarray(found.is_null(), bool)


def _separated(chunk: Chunk, wrong: Mapping[Reason, Flags]) -> Chunk:
    bad = np.logical_or.reduce(list(wrong.values()))
    if not bad.any():
        return chunk
    lines, why = chunk.lines(), [reason for reason in Reason if reason in wrong]
    found = [rejected(next(one for one in why if wrong[one][at]), lines[at]) for at in np.flatnonzero(bad).tolist()]
    keep = np.flatnonzero(~bad)
    return replace(
        chunk,
        table=chunk.table.take(pa.array(keep)),
        lines=_chosen(chunk.lines, keep.tolist()),
        rejected=(*chunk.rejected, *found),
    )


def _chosen(lines: Callable[[], list[bytes]], keep: list[int]) -> Callable[[], list[bytes]]:
    def chosen() -> list[bytes]:
        every = lines()
        return [every[at] for at in keep]

    return chosen
