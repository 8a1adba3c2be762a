"""News fragments have the form that the changelog is made from."""

import re
from pathlib import Path

KINDS = {"added", "changed", "fixed", "removed", "security"}


def test_every_fragment_has_a_kind_and_ends_its_sentence(root: Path) -> None:
    """`NAME.KIND.md`, whole sentences, in the past tense for whoever uses it."""
    wrong = [
        path.name
        for path in (root / "changelog.d").glob("*.md")
        if path.name != "README.md"
        and not (
            re.fullmatch(rf"[a-z0-9-]+\.({'|'.join(KINDS)})\.md", path.name)
            and path.read_text(encoding="utf-8").strip().endswith(".")
        )
    ]

    assert wrong == []
