"""Which sentences the program can say, and which of them a language still lacks.

`python -m safeconduct.present.messages fr` prints the missing ones as an empty gettext catalogue to fill in.
"""

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from jinja2 import Environment, nodes

from safeconduct.model import errors
from safeconduct.present.words import catalogue

PACKAGE = Path(__file__).parents[1]
SAYERS = frozenset({"say", "Text", "_"})
ERRORS = frozenset(
    name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, errors.SafeconductError)
)
TOLD_TO_MAKERS = frozenset({"DuplicateName"})  # seen by who writes plug-ins, in English


def used() -> frozenset[str]:
    """Every English sentence the package can say: in Python, in templates, and in the shipped protection levels."""
    found: set[str] = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        found.update(in_python(path.read_text("utf-8")))
    for path in sorted(PACKAGE.rglob("templates/**/*.html")):
        found.update(in_template(path.read_text("utf-8")))
    for path in sorted(PACKAGE.rglob("policies/*.toml")):
        found.update(in_policy(path.read_text("utf-8")))
    return frozenset(found)


def in_python(source: str) -> Iterator[str]:
    """Sentences given to `say`, `Text` and `_`, and to errors of ours, that are written out in a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _speaks(node.func) and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value:
                yield first.value


def _speaks(func: ast.expr) -> bool:
    name = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
    return name in SAYERS or name in ERRORS - TOLD_TO_MAKERS


def in_template(source: str) -> Iterator[str]:
    """Sentences given to `_` in a template."""
    tree = Environment(autoescape=True).parse(source)
    for call in tree.find_all(nodes.Call):
        named = isinstance(call.node, nodes.Name) and call.node.name == "_"
        if named and call.args and isinstance(call.args[0], nodes.Const):
            yield str(call.args[0].value)


def in_policy(source: str) -> Iterator[str]:
    """What a protection level says about itself."""
    tree = tomllib.loads(source)
    yield from (str(tree[key]) for key in ("title", "says") if tree.get(key))
    yield from (str(limit) for limit in tree.get("does_not_resist", ()))


def missing(language: str) -> list[str]:
    """Sentences the package can say and this language cannot, sorted.

    Raises:
        UnknownName: There is no catalogue for the language.
    """
    return sorted(used() - set(catalogue(language)))


def main(arguments: list[str]) -> None:
    """Print the missing sentences of one language as a gettext catalogue."""
    language = arguments[0] if arguments else "fr"
    empty = Catalog(locale=language, project="safeconduct", fuzzy=False)
    for sentence in missing(language):
        empty.add(sentence)
    write_po(sys.stdout.buffer, empty, width=0)


if __name__ == "__main__":
    main(sys.argv[1:])
