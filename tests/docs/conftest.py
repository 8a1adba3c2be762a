"""The documents, read once."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOP = ("README.md", "CONTRIBUTING.md", "GLOSSARY.md", "CHANGELOG.md")


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's folder."""
    return ROOT


@pytest.fixture(scope="session")
def pages() -> dict[Path, str]:
    """Every page of the documents, by path."""
    paths = [*(ROOT / name for name in TOP), *sorted((ROOT / "docs").rglob("*.md"))]
    return {path: path.read_text(encoding="utf-8") for path in paths}
