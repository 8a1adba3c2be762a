"""The tools of drawn tables, for contracts that engines and kinds must keep."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import duckdb
import pytest


def load(name: str) -> ModuleType:
    """A module of the test folder, which is no package."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).parents[1] / f"{name}.py")
        assert spec
        assert spec.loader
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


drawn = load("drawn")


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """One DuckDB in memory for the tests of a module: opening one for each would take longer than the tests."""
    with duckdb.connect() as opened:
        yield opened


@pytest.fixture
def ask(connection: duckdb.DuckDBPyConnection):
    """Ask every engine a question about drawn events; it must give the drawn answer."""
    return drawn.Asker(connection)
