"""The source as syntax trees, read once."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's folder."""
    return ROOT


@pytest.fixture(scope="session")
def texts() -> dict[str, str]:
    """Every module's text, by dotted name; a package by its own name."""
    source = ROOT / "src"
    return {_dotted(path.relative_to(source)): path.read_text(encoding="utf-8") for path in source.rglob("*.py")}


@pytest.fixture(scope="session")
def trees(texts: dict[str, str]) -> dict[str, ast.Module]:
    """Every module's syntax tree, by dotted name."""
    return {name: ast.parse(text) for name, text in sorted(texts.items())}


def _dotted(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
