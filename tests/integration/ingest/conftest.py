"""The same world as the ingest's spec tests have."""

from pathlib import Path

import pytest

import ingest_world


@pytest.fixture(scope="session")
def worlds():
    """The module with the world."""
    return ingest_world


@pytest.fixture
def world(tmp_path: Path):
    return ingest_world.World(tmp_path)


@pytest.fixture
def row():
    return ingest_world.row
