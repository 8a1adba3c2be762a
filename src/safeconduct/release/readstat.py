"""Stata and SPSS files through pyreadstat, without a data frame library and without a file on disk.

pyreadstat writes frames of pandas and polars only; either weighs more than everything else together, and both would
copy the table. Of a frame it looks at few things: names, types, and rows one after another. `_Frame` shows it those,
from Arrow, some thousand rows at a time, and says it is polars because that is what pyreadstat asks. A test writes
and reads with the pinned version. The file is made in memory (a memfd), never under a name others could open.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import narwhals.stable.v2 as nw
import pyreadstat

from safeconduct.model.errors import BadInput
from safeconduct.model.text import Text
from safeconduct.release.file_format import BATCH, Sink

CHUNK = 1 << 20
Cells = Sequence[object]


@dataclass(frozen=True, kw_only=True, repr=False)
class Series:
    """A column as pyreadstat is to see it.

    Attributes:
        name: Its name in the file.
        kind: `"whole"` (32 bits), `"number"` (64 bits) or `"text"`.
        gaps: Whether it has missing cells.
        cells: Values of the rows from a place on, at most so many; `None` where missing. Letters among numbers are
            Stata's user-missing codes.
        length: How many rows it has.
    """

    name: str
    kind: str
    gaps: bool
    cells: Callable[[int, int], Cells]
    length: int

    def __repr__(self) -> str:
        """Its name."""
        return f"Series({self.name!r})"

    @property
    def dtype(self) -> Any:
        """The type, as narwhals calls it."""
        return {"whole": nw.Int32, "number": nw.Float64, "text": nw.String}[self.kind]()

    def null_count(self) -> int:
        """Not 0 where there are missing cells."""
        return int(self.gaps)

    def drop_nulls(self) -> "Series":
        """Itself: only texts are walked, and those skip what is missing."""
        return self

    def is_in(self, codes: Sequence[str]) -> "Series":
        """Itself: numbers are not looked into for their type."""
        del codes
        return self

    def filter(self, mask: object) -> "Series":
        """Itself, likewise."""
        del mask
        return self

    def __invert__(self) -> "Series":
        return self

    def __len__(self) -> int:
        return max(1, self.length)

    def __iter__(self) -> Iterator[object]:
        for at in range(0, self.length, BATCH):
            yield from (one for one in self.cells(at, BATCH) if one is not None)


class _Polars:
    """What pyreadstat asks of a frame's kind."""

    def is_pandas(self) -> bool:
        return False

    def is_polars(self) -> bool:
        return True


class _Frame(nw.DataFrame[Any]):
    """The few things of a frame that pyreadstat looks at."""

    def __init__(self, columns: Sequence[Series]) -> None:  # a frame of narwhals would want a native one
        self._columns = columns

    @property
    def implementation(self) -> Any:  # type: ignore[override]  # theirs may be set, and nobody sets this one
        return _Polars()

    def __native_namespace__(self) -> ModuleType:
        return nw

    @property
    def columns(self) -> list[str]:
        return [one.name for one in self._columns]

    def __len__(self) -> int:
        return self._columns[0].length if self._columns else 0

    def iter_columns(self) -> Iterator[Any]:
        return iter(self._columns)

    def __getitem__(self, name: Any) -> Any:
        return next(one for one in self._columns if one.name == name)

    def iter_rows(self, **how: Any) -> Iterator[Any]:
        del how
        for at in range(0, len(self), BATCH):
            yield from zip(*(one.cells(at, BATCH) for one in self._columns), strict=True)


def write_stata(columns: Sequence[Series], out: Sink, *, refusal: Text, **how: object) -> None:
    """Write a Stata 14 file (format 118), which Stata 14 and newer, R and SPSS read.

    Raises:
        BadInput: It cannot be written; says `refusal`.
    """
    _write(pyreadstat.write_dta, columns, out, refusal, {"version": 14, **how})


def write_spss(columns: Sequence[Series], out: Sink, *, refusal: Text, **how: object) -> None:
    """Write an SPSS file.

    Raises:
        BadInput: It cannot be written; says `refusal`.
    """
    _write(pyreadstat.write_sav, columns, out, refusal, {"row_compress": True, **how})


def _write(
    write: Callable[..., None], columns: Sequence[Series], out: Sink, refusal: Text, how: Mapping[str, object]
) -> None:
    handle = os.memfd_create("edition")
    try:
        write(_Frame(columns), f"/proc/self/fd/{handle}", **how)
        os.lseek(handle, 0, os.SEEK_SET)
        while chunk := os.read(handle, CHUNK):
            out.write(chunk)
    except (pyreadstat.PyreadstatError, pyreadstat.ReadstatError, UnicodeError, OSError, ValueError, TypeError):
        raise BadInput(refusal) from None
    finally:
        os.close(handle)
