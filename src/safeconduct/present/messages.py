"""Which sentences the program can say, and which of them a language still lacks.

`python -m safeconduct.present.messages fr` writes the missing ones into the catalogue of French, empty, for a
translator to fill in, and takes out those that nobody says any more.
"""

import ast
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from jinja2 import Environment, nodes

from safeconduct.model import errors
from safeconduct.present.words import catalogue, path_of

PACKAGE = Path(__file__).parents[1]
SAYERS = frozenset({"say", "Text", "_"})
ERRORS = frozenset(
    name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, errors.SafeconductError)
)
OF_THE_MOMENT = (
    b'"Project-Id', b'"Report', b'"POT-', b'"PO-Rev', b'"Last-T', b'"Language-Team', b'"Generated',
)  # header lines that would change without a change  # fmt: skip
TOLD_TO_MAKERS = frozenset({"DuplicateName"})  # seen by who writes plug-ins, in English


@cache
def used() -> frozenset[str]:
    """Every English sentence the package can say: in Python, in templates, and in the shipped protection levels.

    The package is read once a process.
    """
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


def tidied(language: str) -> bytes:
    """The catalogue of a language as a gettext file: sorted, the missing sentences empty, those nobody says gone.

    Raises:
        UnknownName: There is no catalogue for the language.
    """
    told = catalogue(language)
    tidy = Catalog(locale=language, fuzzy=False, header_comment="# Words of safeconduct.\n#")
    for sentence in sorted(used()):
        tidy.add(sentence, told.get(sentence, ""))
    written = BytesIO()
    write_po(written, tidy, width=0)
    return b"".join(line for line in written.getvalue().splitlines(keepends=True) if not line.startswith(OF_THE_MOMENT))


def main(arguments: list[str]) -> None:
    """Tidy the catalogues of the languages named."""
    for language in arguments:
        path_of(language).write_bytes(tidied(language))
        sys.stdout.write(f"{language}: {len(missing(language))} sentences to translate\n")


if __name__ == "__main__":
    main(sys.argv[1:])
