"""The `ask` fixture: a question, drawn events, and what every engine gives; and the golden cases."""

from collections.abc import Iterator

import duckdb
import pytest

import drawn
from golden import golden

__all__ = ["golden"]


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """One DuckDB in memory for the tests of a module: opening one for each would take longer than the tests."""
    with duckdb.connect() as opened:
        yield opened


@pytest.fixture
def ask(connection: duckdb.DuckDBPyConnection):
    """Ask every engine a question about drawn events; it must give the drawn answer."""
    return drawn.Asker(connection)
