"""Arrow columns as the texts a mapping speaks of, exactly: no digit is made up and none is lost."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.ingest.reasons import Reason
from safeconduct.store.intake import ROW_LIMIT

Flags = npt.NDArray[np.bool_]
EXACT = {2: 1 << 11, 4: 1 << 24, 8: 1 << 53}
PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_IS = pa.types


@dataclass(frozen=True, repr=False)
class Texts:
    """A column as texts.

    Attributes:
        column: One text a row; nothing is an empty text.
        wrong: Rows that have no exact text, by reason; their text is empty.
    """

    column: pa.Array
    wrong: dict[Reason, Flags]

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "Texts()"


def has_text(kind: pa.DataType) -> bool:
    """Whether a column of this type has one value in a row: not a list, a structure or an interval of months."""
    if _IS.is_dictionary(kind):
        return has_text(kind.value_type)
    if isinstance(kind, pa.BaseExtensionType):
        return has_text(kind.storage_type)
    return _is_written(kind) or any(
        sort(kind)
        for sort in (
            _IS.is_null, _IS.is_boolean, _IS.is_integer, _IS.is_floating, _IS.is_decimal, _IS.is_date, _IS.is_time,
            _IS.is_timestamp, _IS.is_duration,
        )
    )  # fmt: skip


def as_texts(column: pa.Array) -> Texts:
    """A column of any type that `has_text`.

    Whole numbers have no point, also where they are stored as fractions; a fraction that is too large to be exact has
    no text. Days are `2026-01-31`, times of day `10:00:00`, stamps both with a space between; a stamp with a zone is
    told in UTC with `+0000` after it. Durations are seconds. Bytes are taken for UTF-8.
    """
    if isinstance(column.type, pa.BaseExtensionType):
        return as_texts(column.storage)
    if _IS.is_dictionary(column.type):
        return _of_dictionary(column)
    if _is_written(column.type):
        return _of_written(column)
    if _IS.is_floating(column.type):
        return _of_fractions(column)
    return Texts(pc.fill_null(_plain(column), ""), {})


def stamps_as_seconds(column: pa.Array) -> pa.Array:
    """Whole seconds since 1970 of a column of stamps, as texts; fractions are cut off, unknown ones are empty."""
    if _IS.is_dictionary(column.type):
        column = column.dictionary_decode()
    counts = column.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    seconds = pa.array(np.floor_divide(counts, PER_SECOND[column.type.unit])).cast(pa.string())
    return pc.if_else(column.is_null(), "", seconds)


def _is_written(kind: pa.DataType) -> bool:
    return (
        any(sort(kind) for sort in (_IS.is_string, _IS.is_large_string, _IS.is_string_view))
        or any(sort(kind) for sort in (_IS.is_binary, _IS.is_large_binary, _IS.is_binary_view))
        or bool(_IS.is_fixed_size_binary(kind))
    )


def _of_dictionary(column: pa.DictionaryArray) -> Texts:
    known = as_texts(column.dictionary)
    at = column.indices
    found = pc.fill_null(known.column.take(at), "")
    here = np.asarray(at.is_valid(), bool)
    place = at.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    wrong = {reason: here & flags[place] if len(flags) else np.zeros(len(at), bool)
             for reason, flags in known.wrong.items()}  # fmt: skip
    return Texts(found, wrong)


def _of_written(column: pa.Array) -> Texts:
    """Texts as they are, but for those that are none, have a zero byte, or are longer than a row may be."""
    plain = column.cast(pa.large_binary()) if not _IS.is_fixed_size_binary(column.type) else column.cast(pa.binary())
    long = pc.fill_null(pc.greater(pc.binary_length(plain), ROW_LIMIT), False)
    plain = pc.if_else(long, b"", plain.fill_null(b""))
    try:
        texts = plain.cast(pa.large_string())
        void = pc.match_substring(texts, "\0")
    except pa.ArrowInvalid:
        decoded = [_decoded(one) for one in plain.to_pylist()]
        texts, void = pa.array(decoded, pa.large_string()), pa.array([one is None for one in decoded])
    wrong = {Reason.TOO_LONG: _flags(long), Reason.NOT_TEXT: _flags(void)}
    return Texts(pc.if_else(void, "", texts.fill_null("")).cast(pa.string()), wrong)


def _decoded(content: bytes) -> str | None:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _of_fractions(column: pa.Array) -> Texts:
    """Whole numbers as such; from where not every whole number can be stored, none is believed."""
    values = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    known = ~np.isnan(values)
    large = known & np.isfinite(values) & (np.abs(values) >= EXACT[column.type.bit_width // 8])
    whole = known & ~large & np.isfinite(values) & (values == np.floor(values))
    texts = np.full(len(values), "", object)
    texts[whole] = pa.array(values[whole].astype(np.int64)).cast(pa.string()).to_numpy(zero_copy_only=False)
    broken = known & ~whole & ~large
    texts[broken] = [_shortest(one) for one in column.filter(pa.array(broken)).to_numpy(zero_copy_only=False)]
    return Texts(pa.array(texts, pa.string()), {Reason.NOT_DECODED: large})


def _shortest(value: np.floating) -> str:
    return str(value) if not np.isfinite(value) else format(Decimal(str(value)), "f")


def _plain(column: pa.Array) -> pa.Array:
    """Texts of the types whose every value has one."""
    kind = column.type
    if _IS.is_decimal(kind):
        return _each(column, lambda value: _unpadded(format(value, "f")))
    if _IS.is_duration(kind):
        unit = PER_SECOND[kind.unit]
        return _each(column.cast(pa.int64()), lambda count: _unpadded(format(Decimal(count) / unit, "f")))
    if _IS.is_timestamp(kind):
        second = pc.floor_temporal(column.cast(pa.timestamp(kind.unit)), unit="second")
        texts = second.cast(pa.timestamp("s"), safe=False).cast(pa.string())
        return pc.binary_join_element_wise(texts, "+0000", "") if kind.tz else texts
    if _IS.is_date(kind):
        return column.cast(pa.date32(), safe=False).cast(pa.string())
    if _IS.is_time(kind):
        return column.cast(pa.time32("s"), safe=False).cast(pa.string())
    return column.cast(pa.string())


def _each(column: pa.Array, text: Callable[..., str]) -> pa.Array:
    encoded = column.dictionary_encode()
    texts = pa.array([None if value is None else text(value) for value in encoded.dictionary.to_pylist()], pa.string())
    return texts.take(encoded.indices)


def _unpadded(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number else number


def _flags(column: pa.Array) -> Flags:
    return np.asarray(pc.fill_null(column, False), bool)
