"""Points become the smallest area around them, in memory, before anything is written.

Where somebody stood to the metre tells who they are. A source that hands over degrees east and north therefore leaves
nothing of them but a code of an area: not in the store, in spill or in a message. Rows that do not fit lie in
quarantine as they stood, encrypted, until they are mended or 30 days are over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from shapely.geometry import shape

from safeconduct.ingest.adapter import Chunk

DEGREES = r"^[+-]?[0-9]{1,3}([.][0-9]{0,20})?$"
NOWHERE = "\0"
"""Stands for the area of a point that is in none, or is no point: no area has such a code."""


class Points:
    r"""The smallest areas, ready to take points in.

    Args:
        boundaries: They as a GeoJSON FeatureCollection with the property `code`, sorted by code.

    Example:
        >>> square = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}
        >>> areas = Points({"features": [{"properties": {"code": "A"}, "geometry": square}]})
        >>> areas.of(pa.chunked_array([["0.5", "7", ""]]), pa.chunked_array([["0.5", "0.5", ""]])).to_pylist()
        ['A', '\x00', '']
    """

    def __init__(self, boundaries: Mapping[str, object]) -> None:
        features = cast("Sequence[Mapping[str, Mapping[str, str]]]", boundaries["features"])  # written by our store
        self._codes = pa.array([NOWHERE, *(one["properties"]["code"] for one in features)], pa.string())
        self._tree = shapely.STRtree([shape(dict(one["geometry"])) for one in features])

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "Points()"

    def placed(self, chunk: Chunk) -> Chunk:
        """A chunk whose `lon` and `lat` are gone and have left `cell`, the code of the area they were in."""
        cell = self.of(chunk.table.column("lon"), chunk.table.column("lat"))
        return replace(chunk, table=chunk.table.drop_columns(["lon", "lat"]).append_column("cell", cell))

    def of(self, lon: pa.ChunkedArray, lat: pa.ChunkedArray) -> pa.ChunkedArray:
        """Code of the area of each point: the first by code on a border, `NOWHERE` in none, `""` without a point."""
        east, north = (pc.utf8_trim_whitespace(one) for one in (lon, lat))
        blank = pc.and_(pc.equal(east, ""), pc.equal(north, ""))
        xs, ys = (_degrees(one) for one in (east, north))
        known = np.flatnonzero(np.isfinite(xs) & np.isfinite(ys))
        found = np.zeros(len(xs), np.int64)
        points = shapely.points(xs[known], ys[known])
        at, area = self._tree.query(points, predicate="intersects")
        order = np.argsort(-area, kind="stable")
        found[known[at[order]]] = area[order] + 1
        return pc.if_else(blank, "", pa.chunked_array([self._codes.take(pa.array(found))]))


def _degrees(texts: pa.ChunkedArray) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Numbers, not a number where a text is none."""
    written = pc.if_else(pc.match_substring_regex(texts, DEGREES), texts, pa.scalar(None, pa.string()))
    plain = pc.utf8_ltrim(written, "+").cast(pa.float64())
    return np.asarray(plain.fill_null(np.nan).to_numpy(), np.float64)
