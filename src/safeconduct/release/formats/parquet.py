"""Parquet: exact types, small, fast."""

import json
from collections.abc import Iterator
from typing import ClassVar

import pyarrow as pa
from pyarrow import parquet

from safeconduct.model.microdata import DataFile, Variable, missing_column
from safeconduct.model.text import Text
from safeconduct.model.trees import to_tree
from safeconduct.release.file_format import Export, FileFormat, Sink, codes_of, column_of, file_format

TAKEN = "_missing"


@file_format
class Parquet(FileFormat):
    """Parquet with every type as it is.

    What is known of a column stands in its field's metadata under `variable`, as JSON. A column with user-missing
    codes is followed by a text column, named after it with `_missing`, that holds the code where the value is empty.
    """

    name: ClassVar[str] = "parquet"
    title: ClassVar[Text] = Text("Parquet")
    says: ClassVar[Text] = Text("For Python, R and databases: exact types, small and fast, labels in the metadata.")
    suffix: ClassVar[str] = "parquet"
    media: ClassVar[str] = "application/vnd.apache.parquet"

    def write(self, export: Export, out: Sink) -> tuple[Text, ...]:
        """Write the table as Parquet."""
        columns = list(_columns(export))
        table = pa.table([column for _, column in columns], schema=pa.schema([field for field, _ in columns]))
        made = pa.BufferOutputStream()
        with parquet.ParquetWriter(made, table.schema, compression="zstd") as writer:
            for batch in table.to_batches(max_chunksize=1 << 17):
                writer.write_batch(batch)
        out.write(made.getvalue().to_pybytes())
        return ()


def _columns(export: Export) -> Iterator[tuple[pa.Field, pa.Array]]:
    for variable in export.file.variables:
        values, codes = column_of(export.table, variable.name), codes_of(export.table, variable.name)
        yield pa.field(variable.name, values.type, metadata={"variable": _known(variable)}), values
        if codes is not None:
            name = _companion(variable, export.file)
            yield pa.field(name, pa.string(), metadata={"missing_codes_of": variable.name}), codes.cast(pa.string())


def _companion(variable: Variable, file: DataFile) -> str:
    name = variable.name + TAKEN
    return missing_column(variable.name) if name in file else name


def _known(variable: Variable) -> str:
    return json.dumps(to_tree(variable), ensure_ascii=False, sort_keys=True)
