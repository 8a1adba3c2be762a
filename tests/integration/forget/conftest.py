"""A little site, made once and copied for every test that changes it."""

import importlib.util
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

PATH = Path(__file__).with_name("little.py")


@pytest.fixture(scope="session")
def little() -> ModuleType:
    """The module with the site."""
    spec = importlib.util.spec_from_file_location("little_site", PATH)
    module = importlib.util.module_from_spec(spec)
    sys.modules["little_site"] = module
    spec.loader.exec_module(module)
    return module


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
