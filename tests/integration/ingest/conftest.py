"""The same world as the ingest's spec tests have."""

import importlib.util
import sys
from pathlib import Path

import pytest

PATH = Path(__file__).parents[2] / "spec" / "ingest" / "world.py"


@pytest.fixture(scope="session")
def worlds():
    """The module with the world."""
    spec = importlib.util.spec_from_file_location("ingest_world", PATH)
    module = importlib.util.module_from_spec(spec)
    sys.modules["ingest_world"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def world(worlds, tmp_path: Path):
    return worlds.World(tmp_path)


@pytest.fixture
def row(worlds):
    return worlds.row
