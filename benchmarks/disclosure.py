"""How fast disclosure risk is measured and values are suppressed: rows a second at 10,000 to 1,000,000 rows.

    uv run python benchmarks/disclosure.py --rows 10000 100000 1000000

Records are drawn from a fixed seed: six and eight keys with 20, 2, 2, 18, 6, 8, 30 and 13 values, the first always the
commonest; a weight, a household, a sensitive column. Times are of the process, not of the wall. `after` measures the
suppressed table, where up to every combination of keys is missing somewhere: the hardest case for wildcards.
"""

import argparse
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from safeconduct.measures.codes import classes
from safeconduct.measures.frequencies import frequencies
from safeconduct.measures.risk import records, risk
from safeconduct.model.microdata import DataFile, Design, Variable, VariableType
from safeconduct.model.recipe import Step
from safeconduct.model.table import Table
from safeconduct.protect.base import build

SIZES = (20, 2, 2, 18, 6, 8, 30, 13)
T = TypeVar("T")


def people(rows: int, keys: int) -> Table:
    """Records with skewed keys."""
    rng = np.random.default_rng(7)
    columns: dict[str, np.ndarray] = {}
    for place, size in enumerate(SIZES[:keys]):
        shares = 1 / np.arange(1, size + 1) ** 1.2
        columns[f"key{place}"] = rng.choice(size, rows, p=shares / shares.sum())
    return Table.of(
        {
            **columns,
            "sensitive": rng.integers(0, 12, rows),
            "weight": rng.uniform(1, 200, rows),
            "household": np.arange(rows) // 4,
        }
    )


def timed(says: str, rows: int, work: Callable[[], T]) -> T:
    """Do it and print how long it took."""
    begun = time.process_time()
    done = work()
    took = time.process_time() - begun
    print(f"  {says:<28} {took:8.3f} s {rows / max(took, 1e-9):14,.0f} rows/s")
    return done


def measure(rows: int, keys: int) -> None:
    """Every step for one table."""
    print(f"{rows:,} rows, {keys} keys")
    table = people(rows, keys)
    file = DataFile(name="t", variables=tuple(Variable(name=one, type=VariableType.INTEGER) for one in table.columns))
    names = tuple(f"key{place}" for place in range(keys))
    design = Design(keys=names, sensitive=("sensitive",), weight="weight", household="household")
    timed("frequencies", rows, lambda: frequencies(classes(table, names)))
    timed("individual risk", rows, lambda: records(table, design))
    timed("risk report", rows, lambda: risk(table, design))
    method = build(Step(method="local_suppression", columns=(), parameters={"k": 3}))
    rng = np.random.default_rng(0)
    treated = timed(
        "local suppression, k = 3", rows, lambda: method.apply(table, file=file, columns=(), design=design, rng=rng)
    )
    timed("frequencies after", rows, lambda: frequencies(classes(treated.table, names)))
    timed("risk report after", rows, lambda: risk(treated.table, design))
    print(f"  values suppressed            {sum(treated.account.suppressed.values()):8,}")


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--keys", type=int, nargs="+", default=[6, 8], choices=range(1, len(SIZES) + 1))
    given = parser.parse_args()
    measure(1_000, 6)
    for rows in given.rows:
        for keys in given.keys:
            measure(rows, keys)


if __name__ == "__main__":
    main()
