"""The import contracts hold, and each of them can be broken."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LINT = Path(sys.executable).with_name("lint-imports")
BREAKS = {
    "Rooms depend downwards only": ("model/days.py", "import safeconduct.query.base"),
    "Records are read in two rooms, handed over in one and deleted in one": (
        "actions/verb.py",
        "import safeconduct.store.records",
    ),
    "Raw arrivals and quarantine are seen by ingest only": ("engines/engine.py", "import safeconduct.store.intake"),
    "Uploads are raw arrivals too": ("engines/engine.py", "import safeconduct.store.uploads"),
    "Microdata at rest are read like records": ("actions/verb.py", "import safeconduct.store.microdata"),
    "Drafts are opened by the gate only": ("catalogue/entry.py", "import safeconduct.store.drafts"),
    "Files of records leave the same way": ("release/gate.py", "import safeconduct.release.files"),
    "There is one way out": ("release/gate.py", "import safeconduct.release.export"),
    "Pages and commands call actions, not rooms": ("server/__init__.py", "import safeconduct.govern"),
    "An attacker sees a site from outside": ("attack/field.py", "import safeconduct.ledger"),
    "The desk works without a site": ("desk/__init__.py", "import safeconduct.ledger"),
    "The client knows the vocabulary and the questions, nothing else": ("client/__init__.py", "import duckdb"),
    "The vocabulary and the questions need no engine": ("query/spec.py", "import numpy"),
    "Methods know only the vocabulary": ("measures/__init__.py", "import safeconduct.query"),
    "Plug-ins do not know each other": (
        "query/kinds/spatial_aggregate.py",
        "import safeconduct.query.kinds.daily_location",
    ),
    "No cycles inside a room": ("model/text.py", "import safeconduct.model.errors"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of a copy of the project."""
    return subprocess.run(
        [LINT, "--no-cache", "--no-logo"],
        cwd=folder,
        env={"PYTHONPATH": str(folder / "src"), "PATH": str(LINT.parent), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """A copy of the project that a test may spoil."""
    shutil.copytree(root / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_is_kept(copy: Path) -> None:
    """Rooms import only what they may."""
    result = lint(copy)

    assert result.returncode == 0, result.stdout


def test_every_contract_has_its_breaking_example(root: Path) -> None:
    """A contract nobody has seen break may not be looking."""
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    names = [line.split('"')[1] for line in text.splitlines() if line.startswith('name = "') and line[8].isupper()]

    assert sorted(names) == sorted(BREAKS)


@pytest.mark.slow
@pytest.mark.parametrize("contract", BREAKS)
def test_a_forbidden_import_breaks_its_contract(contract: str, copy: Path) -> None:
    """One import in the wrong room is found and named."""
    file, line = BREAKS[contract]
    path = copy / "src" / "safeconduct" / file
    path.write_text(path.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")

    result = lint(copy)

    assert result.returncode == 1
    assert f"{contract} BROKEN" in result.stdout
