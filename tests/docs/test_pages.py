"""What holds for every page of the documents."""

import re
import tomllib
from pathlib import Path

LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LONGEST = 400
GENERATED = "Generated from"


def prose(text: str) -> str:
    """A page without its fenced blocks."""
    return FENCE.sub("", text)


def anchors(text: str) -> set[str]:
    """The addresses of a page's headings."""
    titles = re.findall(r"^#+ (.+)$", prose(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def test_every_link_to_a_page_arrives(pages: dict[Path, str]) -> None:
    """The page exists, and so does the heading."""
    broken = []
    for page, text in pages.items():
        for link in LINK.findall(prose(text)):
            if link.startswith(("http://", "https://", "mailto:")):
                continue
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            if not target.exists() or (anchor and anchor not in anchors(target.read_text(encoding="utf-8"))):
                broken.append(f"{page.name}: {link}")

    assert broken == []


def test_every_page_stands_in_the_menu(root: Path, pages: dict[Path, str]) -> None:
    """A page nobody can reach is a page nobody reads."""
    menu = set(re.findall(r"[\w/.-]+\.md", (root / "mkdocs.yml").read_text(encoding="utf-8")))
    there = {str(page.relative_to(root / "docs")) for page in pages if (root / "docs") in page.parents}

    assert menu == there


def test_every_page_has_one_title(pages: dict[Path, str]) -> None:
    """One heading of the first level, at the top."""
    assert [page.name for page, text in pages.items() if len(re.findall(r"^# ", prose(text), re.MULTILINE)) != 1] == []


def test_no_block_passes_unread(pages: dict[Path, str]) -> None:
    """Blocks of other names than `python` are not run, so Python must not stand in them."""
    unread = ("```pycon", "```py\n", "```python3", "```Python", "```ipython", "<!-- skip", "<!-- invisible")

    assert [page.name for page, text in pages.items() if any(one in text for one in unread)] == []


def test_there_are_blocks_to_run(pages: dict[Path, str]) -> None:
    """The runner would also be content with none."""
    assert sum(text.count("```python\n") for text in pages.values()) >= 5


def test_a_line_holds_a_sentence(pages: dict[Path, str]) -> None:
    """A difference shows which sentence changed; tables and generated pages are left alone."""
    long = [
        f"{page.name}:{number}"
        for page, text in pages.items()
        if GENERATED not in text
        for number, line in enumerate(text.splitlines(), 1)
        if len(line) > LONGEST and not line.startswith("|")
    ]

    assert long == []


def test_the_words_of_the_rooms_stay_out_of_the_operators_pages(pages: dict[Path, str]) -> None:
    """Tutorials and how-to pages say what people see on screen; layer numbers are for designers."""
    said = [
        f"{page.name}: {word}"
        for page, text in pages.items()
        if page.parent.name == "tutorials"
        for word in re.findall(r"\bL(?:1[0-2]|[0-9])\b", prose(text))
    ]

    assert said == []


def test_every_recipe_named_exists(root: Path, pages: dict[Path, str]) -> None:
    """`just NAME` in a document is a recipe of the justfile."""
    recipes = set(re.findall(r"^([a-z][a-z-]*)(?: \*\w+)?:(?!=)", (root / "justfile").read_text("utf-8"), re.MULTILINE))
    named = {name for text in pages.values() for name in re.findall(r"\bjust ([a-z][a-z-]*)`", text)}

    assert named - recipes == set()
    assert {"check", "fix", "test"} <= named


def test_every_glossary_word_stands_in_order(root: Path) -> None:
    """A word is found by its letter."""
    words = re.findall(r"^\*\*(.+?)\*\*", (root / "GLOSSARY.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert len(words) > 20
    assert words == sorted(words, key=str.lower)


def test_the_readme_has_the_two_commands_that_ci_runs(root: Path) -> None:
    """What a newcomer is told to type is what is tested."""
    readme, ci = ((root / name).read_text(encoding="utf-8") for name in ("README.md", ".ci/run"))

    assert "pip install uv && uv run safeconduct demo" in readme
    assert "uv run pytest" in readme
    assert all(command in ci for command in ("pip install --quiet uv", "uv run safeconduct demo", "uv run pytest"))


def test_the_version_is_said_once(root: Path) -> None:
    """The newest entry of the changelog is the package's version, or what is not released yet."""
    version = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    first = re.search(r"^## (\S+)", (root / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert first
    assert first.group(1) in {version, "Unreleased"}
