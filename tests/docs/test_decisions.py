"""Every decision has its page, and every dependency its line."""

import re
import tomllib
from pathlib import Path

import pytest

ADR = Path(__file__).parents[2] / "docs" / "adr"
RECORDS = sorted(ADR.glob("[0-9]*.md"))
ONE_PAGE = 60


def test_records_are_numbered_without_gaps() -> None:
    """A number is given once and never again."""
    assert [int(path.name[:4]) for path in RECORDS] == list(range(1, len(RECORDS) + 1))


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_record_is_one_page_with_four_parts(path: Path) -> None:
    """What was decided, why, and what follows."""
    text = path.read_text(encoding="utf-8")

    assert re.search(r"^\*\*Status:\*\* (Accepted|Superseded by \[)", text, re.MULTILINE)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]
    assert len(text.splitlines()) <= ONE_PAGE


def test_the_index_lists_every_record() -> None:
    """A reader finds them all from one page."""
    index = (ADR / "index.md").read_text(encoding="utf-8")

    assert re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", index) == [path.name for path in RECORDS]


def said_in(name: str) -> set[str]:
    """Packages with a line on a decision's page."""
    page = next(path for path in RECORDS if path.stem[5:] == name).read_text(encoding="utf-8")
    return set(re.findall(r"^\| `([\w-]+)` \|", page, re.MULTILINE))


def names_of(wanted: list[str]) -> set[str]:
    """Packages by name, without versions and without our own."""
    return {re.split(r"[\[=<>~! ;]", one)[0] for one in wanted} - {"safeconduct"}


def test_every_dependency_has_its_line_and_no_line_is_left_over(root: Path) -> None:
    """What it replaces, who keeps it, what it weighs: asked before it comes, struck out when it goes."""
    tree = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = list(tree["project"]["dependencies"])
    for extra in tree["project"]["optional-dependencies"].values():
        wanted += extra

    assert said_in("dependencies") == names_of(wanted)


def test_every_package_of_development_has_its_line_on_a_page_of_its_own(root: Path) -> None:
    """An owner who reads what a site installs need not read these."""
    tree = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))

    assert said_in("development-dependencies") == names_of(
        [*tree["dependency-groups"]["dev"], *tree["build-system"]["requires"]]
    )
