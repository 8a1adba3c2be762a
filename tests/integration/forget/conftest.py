"""A little site, made once and copied for every test that changes it."""

import importlib.util
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest


def _beside(name: str, called: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(called, Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[called] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def little() -> ModuleType:
    """The module with the site."""
    return _beside("little", "little_site")


@pytest.fixture(scope="session")
def opened() -> ModuleType:
    """The module that opens everything on a site."""
    return _beside("everything", "everything_on_a_site")


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
