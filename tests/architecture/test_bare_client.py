"""The client, the vocabulary and the questions install and import without an engine."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

IMPORT_ALL = """
import importlib, pkgutil, sys
for room in ("model", "query", "client"):
    package = importlib.import_module(f"safeconduct.{room}")
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
print(*sorted(name for name in sys.modules if "." not in name))
"""
HEAVY = {"duckdb", "sqlalchemy", "sqlglot", "fastapi", "starlette", "pydantic", "cryptography", "numpy", "shapely"}


def run(*command: str | Path, cwd: Path) -> str:
    """What a command prints; it must succeed."""
    result = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def python(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment that holds the base dependencies only."""
    uv = os.environ.get("UV") or shutil.which("uv")
    if uv is None:
        assert not os.environ.get("CI"), "uv must be there where CI is set"
        pytest.skip("uv is not installed")
    folder = tmp_path_factory.mktemp("bare")
    run(uv, "venv", "--quiet", "--python", sys.executable, folder / "env", cwd=root)
    there = folder / "env" / "bin" / "python"
    run(uv, "pip", "install", "--quiet", "--python", there, str(root), cwd=root)
    return there


@pytest.mark.slow
def test_the_client_imports_where_no_engine_is_installed(python: Path, tmp_path: Path) -> None:
    """An analyst installs four packages, not a database."""
    loaded = set(run(python, "-c", IMPORT_ALL, cwd=tmp_path).split())

    assert "safeconduct" in loaded
    assert loaded & HEAVY == set()


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(HEAVY))
def test_the_bare_environment_is_bare(name: str, python: Path, tmp_path: Path) -> None:
    """Otherwise the test above proves nothing."""
    found = run(python, "-c", f"import importlib.util; print(importlib.util.find_spec('{name}'))", cwd=tmp_path)

    assert found.strip() == "None"


@pytest.mark.slow
def test_the_command_says_how_to_get_what_a_site_needs(python: Path, tmp_path: Path) -> None:
    """Not a traceback."""
    command = [python, "-m", "safeconduct", "doctor"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert ran.returncode == 1
    assert "safeconduct[site]" in ran.stderr
    assert "Traceback" not in ran.stderr
