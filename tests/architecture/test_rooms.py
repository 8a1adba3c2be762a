"""The rooms are there, say their rule, and stand in the order the design gives them."""

import ast
import tomllib
from pathlib import Path

import pytest

ORDER = [
    "cli",
    "attack",
    "server | client | desk",
    "actions",
    "catalogue",
    "release",
    "ingest | engines",
    "synth",
    "protect",
    "measures",
    "jobs | identity",
    "store | govern | ledger",
    "keys | present",
    "query",
    "model",
]
ROOMS = [room for layer in ORDER for room in layer.split(" | ")]
NO_NAMES = {"util", "utils", "helper", "helpers", "common", "misc", "tools", "shared", "base_utils", "manager"}


@pytest.fixture(scope="module")
def contracts(root: Path) -> list[dict[str, object]]:
    """The import contracts of the project."""
    tree = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return list(tree["tool"]["importlinter"]["contracts"])


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_exists_and_says_its_rule(room: str, trees: dict[str, ast.Module]) -> None:
    """A room's docstring is its rule: a first line, and it is not a label."""
    doc = ast.get_docstring(trees[f"safeconduct.{room}"])

    assert doc
    assert doc.splitlines()[0].endswith((".", ":"))


def test_there_is_no_room_the_design_does_not_know(root: Path) -> None:
    """A thing belongs to a room, or it is not finished."""
    found = {path.name for path in (root / "src" / "safeconduct").iterdir() if path.is_dir()} - {"__pycache__"}

    assert found == set(ROOMS)


def test_the_contract_has_the_rooms_in_the_order_of_the_design(contracts: list[dict[str, object]]) -> None:
    """The order is written where it is checked, and here once more so that a change is seen."""
    layers = next(one for one in contracts if one["type"] == "layers")

    assert layers["layers"] == ORDER
    assert layers["exhaustive"] is True


def test_no_contract_ignores_an_import(contracts: list[dict[str, object]]) -> None:
    """An exception to a contract is a change of the design, not a line in a list."""
    assert [one["name"] for one in contracts if "ignore_imports" in one] == []


def test_no_module_is_a_drawer_for_odds_and_ends(trees: dict[str, ast.Module]) -> None:
    """A name such as utils says that nobody knew where it belongs."""
    assert [name for name in trees if NO_NAMES & set(name.split("."))] == []


def test_every_package_below_a_room_is_importable_as_a_package(root: Path) -> None:
    """A folder without an __init__ escapes the import contracts."""
    source = root / "src" / "safeconduct"
    folders = {path.parent for path in source.rglob("*.py")}
    versions = source / "ledger" / "migrations" / "versions"

    assert [str(one) for one in sorted(folders - {versions}) if not (one / "__init__.py").exists()] == []
