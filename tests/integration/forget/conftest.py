"""A little site, made once and copied for every test that changes it."""

import shutil
from pathlib import Path
from types import ModuleType

import pytest

import everything
import little_site


@pytest.fixture(scope="session")
def little() -> ModuleType:
    """The module with the site."""
    return little_site


@pytest.fixture(scope="session")
def opened() -> ModuleType:
    """The module that opens everything on a site."""
    return everything


@pytest.fixture(scope="session")
def made(little, tmp_path_factory) -> Path:
    """The folder everything is in; not to be changed."""
    folder = tmp_path_factory.mktemp("little")
    little.make(folder)
    return folder


@pytest.fixture
def here(little, made, tmp_path):
    """A copy of it for this test."""
    shutil.copytree(made, tmp_path / "copy")
    return little.Little(tmp_path / "copy")
