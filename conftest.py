"""Every Python block in the documents runs, in the order of its page, in one namespace a page."""

import pytest
from sybil import Sybil
from sybil.integration.pytest import SybilItem
from sybil.parsers.markdown import PythonCodeBlockParser

pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser()],
    patterns=["docs/**/*.md", "docs/*.md", "README.md", "CONTRIBUTING.md"],
).pytest()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests run in any order; the blocks of a page stand on those above them, and stay together."""
    at = [index for index, item in enumerate(items) if isinstance(item, SybilItem)]
    blocks = sorted((items[index] for index in at), key=lambda item: (str(item.path), item.example.line))
    for index, block in zip(at, blocks, strict=True):
        items[index] = block
