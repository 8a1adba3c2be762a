"""A small site with something in every place that holds a key: made once, copied for every test."""

from pathlib import Path
from types import ModuleType

import pytest

import kept_site


@pytest.fixture(scope="session")
def kept() -> ModuleType:
    """The module with the site."""
    return kept_site


@pytest.fixture(scope="session")
def made(kept, tmp_path_factory) -> Path:
    """The folder everything is in; not to be changed."""
    folder = tmp_path_factory.mktemp("kept")
    kept.make(folder)
    return folder


@pytest.fixture
def folder(kept, made, tmp_path) -> Path:
    """A copy of it for this test."""
    return kept.copy(made, tmp_path / "copy")
