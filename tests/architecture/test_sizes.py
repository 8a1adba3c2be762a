"""The house keeps to its sizes, and the measure sees what is outside them."""

import subprocess
import sys
from pathlib import Path

import pytest

GOOD = 'def add(a: int, *, b: int) -> int:\n    """Add."""\n    return a + b\n'


def sizes(root: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Measure a folder."""
    command = [sys.executable, str(root / "benchmarks" / "sizes.py"), str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_source_is_within_the_band(root: Path) -> None:
    """Small functions, short files, everything typed."""
    result = sizes(root, root / "src")

    assert result.returncode == 0, result.stdout


def test_a_small_typed_file_is_within_the_band(root: Path, tmp_path: Path) -> None:
    """The control: nothing is wrong with this one."""
    (tmp_path / "one.py").write_text(GOOD, encoding="utf-8")

    assert sizes(root, tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("def add(a, *, b: int) -> int:\n    return a + b\n", "without a type"),
        ("def add(a: int, *, b: int):\n    return a + b\n", "without a type"),
        ("def long() -> None:\n" + "    pass\n" * 60, "bodies over 50 lines"),
        ("x = 1\n" * 401, "file lines, longest"),
    ],
    ids=["argument", "result", "body", "file"],
)
def test_what_is_outside_the_band_is_named(root: Path, tmp_path: Path, text: str, says: str) -> None:
    """One bad thing is enough."""
    (tmp_path / "one.py").write_text(text, encoding="utf-8")

    result = sizes(root, tmp_path)

    assert result.returncode == 1
    assert [line for line in result.stdout.splitlines() if says in line and "OUTSIDE" in line]
