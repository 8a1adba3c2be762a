"""The golden cases: what the peer program gives for tables everybody can have."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.csv
import pytest

from safeconduct.model.table import Table

GOLDEN = Path(__file__).parents[1].parent / "shared" / "golden" / "disclosure"
KEYS = ("urbrur", "roof", "walls", "water", "electcon", "relat", "sex")
FOUR = ("Key1", "Key2", "Key3", "Key4")


def with_gaps(table: Table, **gaps: Callable[[int], bool]) -> Table:
    """The table without the cells a rule picks by their row, counted from 1."""
    holes = {
        name: [None if gone(row) else value for row, value in enumerate(table.column(name), start=1)]
        for name, gone in gaps.items()
    }
    return table.having(**holes)


class Golden:
    """Inputs and expected outputs by name."""

    keys, four = KEYS, FOUR

    def table(self, name: str) -> Table:
        """An input table."""
        return Table(pyarrow.csv.read_csv(GOLDEN / "inputs" / f"{name}.csv"))

    def expected(self, case: str) -> Any:
        """What the peer gives."""
        return json.loads((GOLDEN / "expected" / f"{case}.json").read_text("utf-8"))["expected"]

    def testdata_with_gaps(self) -> Table:
        """Test data with missing water, roof and sex, as the golden cases describe it."""
        return with_gaps(
            self.table("testdata"),
            water=lambda row: row % 13 == 0,
            roof=lambda row: row % 29 == 0,
            sex=lambda row: row % 101 == 0,
        )

    def francdat_with_gaps(self) -> Table:
        """The textbook example with three missing cells."""
        return with_gaps(self.table("francdat"), Key1=lambda row: row in {1, 3}, Key3=lambda row: row == 5)


@pytest.fixture(scope="session")
def golden() -> Golden:
    """The golden cases, where they lie beside the checkout."""
    if not GOLDEN.is_dir():
        pytest.skip("the golden cases are not beside this checkout")
    return Golden()
