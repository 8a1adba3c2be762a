"""Every Python block in the documents runs, in the order of its page, in one namespace a page."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from sybil import Sybil
from sybil.integration.pytest import SybilItem
from sybil.parsers.markdown import PythonCodeBlockParser
from sybil.sybil import SybilCollection

SERVED = "docs/tutorials/publish-a-survey.md"


def _survey_site() -> ModuleType:
    """The site that the tutorial on surveys works on; other pages do without one."""
    path = Path(__file__).parent / "tests" / "docs" / "survey_site.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_site = _survey_site()
surveyed, tokens, address = _site.surveyed, _site.tokens, _site.address

pytest_collect_file = SybilCollection(
    [
        Sybil(
            parsers=[PythonCodeBlockParser()],
            patterns=["docs/**/*.md", "docs/*.md", "README.md", "CONTRIBUTING.md"],
            excludes=[SERVED],
        ),
        Sybil(parsers=[PythonCodeBlockParser()], patterns=[SERVED], fixtures=["address", "tokens"]),
    ]
).pytest()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests run in any order; the blocks of a page stand on those above them, and stay together."""
    at = [index for index, item in enumerate(items) if isinstance(item, SybilItem)]
    blocks = sorted((items[index] for index in at), key=lambda item: (str(item.path), item.example.line))
    for index, block in zip(at, blocks, strict=True):
        items[index] = block
