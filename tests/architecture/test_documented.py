"""Every public name says what it is, and every field of a schema what it may give away."""

import ast
import importlib
import inspect
import textwrap
from dataclasses import is_dataclass

import pytest

from safeconduct.model.schema import Schema, Sensitivity

SAFE = {Sensitivity.PUBLIC, Sensitivity.COUNT}


def public(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Public functions and classes of a module, and the public methods of its public classes."""
    named = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    top = [one for one in tree.body if isinstance(one, named) and not one.name.startswith("_")]
    inside = [two for one in top if isinstance(one, ast.ClassDef) for two in one.body]
    return top + [one for one in inside if isinstance(one, named) and not one.name.startswith("_")]


def is_overload(node: ast.AST) -> bool:
    """Whether a function only states a type."""
    return any("overload" in ast.unparse(one) for one in getattr(node, "decorator_list", ()))


def test_every_module_says_what_it_is(trees: dict[str, ast.Module]) -> None:
    """The first line of a module says what it is for."""
    assert [name for name, tree in trees.items() if not (ast.get_docstring(tree) or "").strip()] == []


def test_every_public_name_says_what_it_is(trees: dict[str, ast.Module]) -> None:
    """A sentence, or the start of one that goes on."""
    mute = [
        f"{name}:{node.lineno} {node.name}"
        for name, tree in trees.items()
        for node in public(tree)
        if not is_overload(node) and not (ast.get_docstring(node) or "").strip()
    ]

    assert mute == []


def test_every_attribute_told_of_exists(trees: dict[str, ast.Module]) -> None:
    """A docstring that tells of an attribute that is gone misleads whoever trusts it."""
    stale = []
    for name, tree in trees.items():
        for node in tree.body:
            doc = ast.get_docstring(node) if isinstance(node, ast.ClassDef) else None
            if doc and "Attributes:\n" in doc and not node.name.startswith("_"):
                stale += [f"{name}.{node.name}.{one}" for one in told(doc) - fields(getattr(module(name), node.name))]

    assert stale == []


def told(doc: str) -> set[str]:
    """Names in the `Attributes` section."""
    section = doc.split("Attributes:\n", 1)[1].split("\n\n", 1)[0].splitlines()
    return {
        line.strip().split(":")[0].strip("`")
        for line in section
        if line.startswith("    ") and not line.startswith("     ") and ":" in line
    }


def module(name: str) -> object:
    """A module by name."""
    return importlib.import_module(name)


def fields(cls: type) -> set[str]:
    """Everything an instance has: fields, annotations, properties, and what `__init__` sets."""
    names = {key for base in cls.__mro__ for key in (*vars(base), *vars(base).get("__annotations__", ()))}
    if "__init__" in vars(cls) and not is_dataclass(cls):
        tree = ast.parse(textwrap.dedent(inspect.getsource(cls.__init__)))
        names |= {one.attr for one in ast.walk(tree) if isinstance(one, ast.Attribute)}
    return names


def test_every_field_of_a_schema_says_what_it_may_give_away(trees: dict[str, ast.Module]) -> None:
    """Nobody decided about a field that has no sensitivity; nobody warned about a sensitive one that says nothing."""
    schemas = [
        value
        for name, tree in trees.items()
        if any(isinstance(one, ast.Name) and one.id == "Schema" for one in ast.walk(tree))
        for value in vars(module(name)).values()
        if isinstance(value, Schema)
    ]

    assert schemas
    assert [
        f"{schema.name}.{one.name}"
        for schema in schemas
        for one in schema.fields
        if not isinstance(one.sensitivity, Sensitivity)
    ] == []


@pytest.mark.parametrize("call", ["Field"])
def test_no_field_leaves_its_sensitivity_to_a_default(call: str, trees: dict[str, ast.Module]) -> None:
    """The word stands where the field does."""
    silent = [
        f"{name}:{node.lineno}"
        for name, tree in trees.items()
        if any(isinstance(one, ast.ImportFrom) and one.module == "safeconduct.model.schema" for one in tree.body)
        or name == "safeconduct.model.schema"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == call
        and "sensitivity" not in {key.arg for key in node.keywords}
    ]

    assert silent == []
