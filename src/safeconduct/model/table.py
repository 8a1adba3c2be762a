"""A table whose values never show by accident."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True, repr=False, eq=False)
class Table:
    """Columns of equal length, as Arrow keeps them; its `repr` shows names and no value or size.

    Attributes:
        arrow: The Arrow table. Never mutated; a change is a new `Table`.
    """

    arrow: pa.Table

    def __repr__(self) -> str:
        """Column names only: a row count may be a secret too."""
        return f"Table({', '.join(self.arrow.column_names)})"

    def __len__(self) -> int:
        """How many rows."""
        return int(self.arrow.num_rows)

    @property
    def columns(self) -> tuple[str, ...]:
        """Column names, in order."""
        return tuple(self.arrow.column_names)

    def column(self, name: str) -> list[object]:
        """One column as Python values, `None` where unknown."""
        return list(self.arrow.column(name).to_pylist())

    def rows(self) -> list[dict[str, object]]:
        """Rows as mappings, `None` where unknown."""
        return list(self.arrow.to_pylist())

    def having(self, **columns: Sequence[object]) -> "Table":
        """A table with these columns added or replaced."""
        arrow = self.arrow
        for name, values in columns.items():
            array = values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values)
            at = arrow.schema.get_field_index(name)
            arrow = arrow.append_column(name, array) if at < 0 else arrow.set_column(at, name, array)
        return Table(arrow)

    def without(self, *names: str) -> "Table":
        """A table lacking these columns."""
        return Table(self.arrow.drop_columns([name for name in names if name in self.columns]))

    @classmethod
    def of(cls, columns: Mapping[str, Sequence[object]]) -> "Table":
        """A table from columns.

        Example:
            >>> Table.of({"area": ["A"], "people": [20]})
            Table(area, people)
        """
        return cls(pa.table({name: pa.array(values) for name, values in columns.items()}))
