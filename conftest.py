"""Every Python block in the documents runs, in the order of its page, in one namespace a page."""

from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser()],
    patterns=["docs/**/*.md", "docs/*.md", "README.md", "CONTRIBUTING.md"],
).pytest()
