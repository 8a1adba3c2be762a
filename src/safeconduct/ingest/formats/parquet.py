"""Parquet files."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from safeconduct.ingest.survey_base import Arrived, Contents, ReadTable, SurveyFormat, cannot_use, formats, told
from safeconduct.ingest.survey_names import column_names, table_name
from safeconduct.model.microdata import ARROW, Category, DataFile, Measurement, Variable, VariableType
from safeconduct.model.text import say

ROWS = 65_536
LABEL, LABELS = (b"label", b"description", b"comment"), (b"labels", b"value_labels")


@formats
class ParquetSurvey(SurveyFormat):
    """`.parquet` files of plain columns.

    A field's metadata gives its label (`label`) and value labels (`labels`, JSON of label by code, or of code by label
    as haven writes them). A dictionary column keeps its categories. Lists, structures and binary columns are refused.
    A time zone is kept as the variable's unit, the time itself being UTC. `NaN` is missing.
    """

    name: ClassVar[str] = "parquet"

    def claims(self, arrived: Arrived) -> bool:
        """By its name or its first bytes."""
        return arrived.ending == ".parquet" or (arrived.ending in {"", ".pq"} and arrived.head(4) == b"PAR1")

    def read(self, files: Sequence[Arrived], hints: Mapping[str, str]) -> Contents:
        """One table a file."""
        del hints
        return Contents(tables=tuple(_table(one) for one in files), format=self.name)


def _table(arrived: Arrived) -> ReadTable:
    with told(arrived), arrived.open() as stream:
        schema = pq.ParquetFile(stream).schema_arrow
    names = column_names(schema.names, arrived)
    variables = tuple(_variable(one, name, arrived) for one, name in zip(schema, names, strict=True))

    def batches() -> Iterator[pa.RecordBatch]:
        with told(arrived), arrived.open() as stream:
            for batch in pq.ParquetFile(stream).iter_batches(batch_size=ROWS, use_threads=False):
                columns = [_cells(cells, one) for cells, one in zip(batch.columns, variables, strict=True)]
                found = pa.record_batch(columns, names=list(names))
                found.validate(full=True)  # Parquet says that its texts are UTF-8, and nobody looked
                yield found

    with told(arrived):
        for _ in batches():
            continue  # a damaged page shows now, not after roles were decided
    return ReadTable(file=DataFile(name=table_name(arrived.stem), variables=variables), batches=batches)


def _variable(one: pa.Field, name: str, arrived: Arrived) -> Variable:
    sort = _type(one.type)
    if sort is None:
        raise cannot_use(
            say(
                "Column {column} of {file} holds lists, structures or bytes; keep plain columns only.",
                file=arrived.base,
                column=name,
            ),
            arrived,
        )
    meta = one.metadata or {}
    label = next((meta[key].decode("utf-8", "replace") for key in LABEL if key in meta), "")
    categories = tuple(_categories(next((meta[key] for key in LABELS if key in meta), b"")))
    zone = one.type.tz if pa.types.is_timestamp(one.type) else None
    return Variable(
        name=name,
        type=sort,
        labels={"": label} if label else {},
        categories=categories,
        measurement=Measurement.NOMINAL if categories or pa.types.is_dictionary(one.type) else Measurement.UNKNOWN,
        storage=str(one.type)[:40],
        unit="UTC" if zone else "",
    )


def _type(kind: pa.DataType) -> VariableType | None:  # noqa: PLR0911 - one line a sort of column
    types = pa.types
    if types.is_dictionary(kind):
        return _type(kind.value_type)
    if types.is_boolean(kind):
        return VariableType.BOOLEAN
    if types.is_integer(kind) and kind != pa.uint64():
        return VariableType.INTEGER
    if types.is_floating(kind) or types.is_decimal(kind) or kind == pa.uint64():
        return VariableType.NUMBER
    if types.is_date(kind):
        return VariableType.DATE
    if types.is_timestamp(kind):
        return VariableType.MOMENT
    if types.is_string(kind) or types.is_large_string(kind) or types.is_time(kind) or types.is_null(kind):
        return VariableType.TEXT
    return None


def _cells(cells: pa.Array, variable: Variable) -> pa.Array:
    if pa.types.is_dictionary(cells.type):
        cells = cells.dictionary_decode()
    if pa.types.is_timestamp(cells.type):
        cells = cells.cast(pa.timestamp("us", tz=cells.type.tz), safe=False)
        cells = cells.cast(pa.timestamp("us")) if cells.type.tz else cells
    found = cells.cast(ARROW[variable.type])
    if variable.type is VariableType.NUMBER:
        return pc.if_else(pc.is_nan(found), pa.scalar(None, pa.float64()), found)
    if variable.type is VariableType.TEXT:
        return pc.if_else(pc.equal(found, ""), pa.scalar(None, pa.string()), found)
    return found


def _categories(written: bytes) -> Iterator[Category]:
    try:
        tree: Any = json.loads(written) if written else {}
    except (ValueError, RecursionError):
        return
    for first, second in tree.items() if isinstance(tree, dict) else ():
        code, label = (second, first) if isinstance(second, int | float) else (first, second)
        yield Category(code=str(code), labels={"": str(label)})
