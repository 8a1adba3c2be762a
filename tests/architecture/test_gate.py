"""One gate, read on the syntax tree."""

import ast
from collections.abc import Iterator

import pytest

GATE = "safeconduct.release.gate"
RULES = "safeconduct.release.rules."
SEES_ANSWERS = {"Draft", "Evidence", "Table", "Records", "evidence", "contributors", "pyarrow", "pa"}
DEFINES = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.AnnAssign, ast.Assign)
DOES = {"open", "print", "connect", "run", "read_text", "read_bytes", "write_text", "mkdir", "now", "today", "getenv",
        "urlopen", "token_bytes", "system", "Popen"}  # fmt: skip


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call below a node, by the last word of what it calls."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Name(id=word) | ast.Attribute(attr=word):
                    yield word, node


def words(tree: ast.AST) -> set[str]:
    """Every name, attribute and text below a node."""
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=word) | ast.Attribute(attr=word) | ast.Constant(value=str(word)):
                found.add(word)
    return found


def makers(trees: dict[str, ast.Module], made: str) -> set[str]:
    """Modules that make one; a pattern such as `case Release():` only looks, and is no call."""
    aliases = {
        name: {made} | {one.asname for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
                        for one in node.names if one.name == made and one.asname}
        for name, tree in trees.items()
    }  # fmt: skip
    return {name for name, tree in trees.items() for word, _ in calls(tree) if word in aliases[name]}


def statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """What stands at module level, without docstrings and what only type checkers and the shell see."""
    for node in tree.body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if isinstance(node, ast.If) and words(node.test) & {"TYPE_CHECKING", "__name__"}:
            continue
        yield node


def at_import(node: ast.stmt) -> Iterator[str]:
    """What a module-level assignment calls when the module is imported; bodies of functions do not run then."""
    stack: list[ast.AST] = [node]
    while stack:
        one = stack.pop()
        if isinstance(one, ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(one, ast.Call):
            match one.func:
                case ast.Name(id=word) | ast.Attribute(attr=word):
                    yield word
        stack.extend(ast.iter_child_nodes(one))


def test_only_the_gate_makes_a_release(trees: dict[str, ast.Module]) -> None:
    """Everything else passes on what the gate made."""
    assert makers(trees, "Release") == {GATE}


def test_only_the_gate_makes_an_edition(trees: dict[str, ast.Module]) -> None:
    """Neither by its name nor from a tree: what reads one back checks its digest, and that is the gate."""
    from_trees = {
        name
        for name, tree in trees.items()
        for word, node in calls(tree)
        if word in {"from_tree", "read_tree", "read"} and node.args and "FileRelease" in words(node.args[0])
    }

    assert makers(trees, "FileRelease") == {GATE}
    assert from_trees == {GATE}


@pytest.mark.parametrize(
    "text",
    ["from m import Release\nRelease(a=1)", "import m\nm.Release()", "from m import Release as R\ndef f():\n    R()"],
)
def test_a_release_made_elsewhere_would_be_seen(text: str) -> None:
    """By its name, through its module, or renamed."""
    assert makers({"elsewhere": ast.parse(text)}, "Release") == {"elsewhere"}


def test_looking_at_a_release_is_not_making_one() -> None:
    """The control."""
    text = "from m import Release\nmatch x:\n    case Release():\n        y = isinstance(x, Release)\n"

    assert makers({"elsewhere": ast.parse(text)}, "Release") == set()


def test_a_refusal_is_decided_without_an_answer(trees: dict[str, ast.Module]) -> None:
    """`admit` of every rule and of the gate, and what it calls, never touches a draft or evidence."""
    seen = {
        (name, node.name): words(node) & SEES_ANSWERS
        for name, tree in trees.items()
        if name == GATE or name.startswith(RULES) or name == "safeconduct.release.available"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and (node.name in {"admit", "_refusal", "_passing"} or name.endswith(".available"))
    }

    assert {key for key in seen if key[1] == "admit"}
    assert not {key: found for key, found in seen.items() if found}


def test_refusals_are_made_by_admit_only(trees: dict[str, ast.Module]) -> None:
    """In the release room, the second half never refuses an analyst: a too-small answer is withheld cell by cell."""
    for name, tree in trees.items():
        if name.startswith(RULES):
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef) and node.name in {"apply", "statement"}:
                    assert "Refusal" not in {word for word, _ in calls(node)}, name


def test_rules_never_see_a_record(trees: dict[str, ast.Module]) -> None:
    """Nor a key, a clock or a file. The algorithms they apply are those of `protect`, which sees no record either."""
    for name, tree in trees.items():
        if name.startswith(RULES):
            modules = {
                node.module or "" if isinstance(node, ast.ImportFrom) else node.names[0].name
                for node in ast.walk(tree)
                if isinstance(node, ast.Import | ast.ImportFrom)
            }
            ours = {one.split(".")[1] for one in modules if one.startswith("safeconduct.")}
            assert ours <= {"model", "query", "release", "protect"}, name
            assert not modules & {"os", "pathlib", "time", "random", "secrets", "duckdb"}, name


def test_importing_a_module_only_defines(trees: dict[str, ast.Module]) -> None:
    """No loop, no condition, no bare call at module level; nothing is opened, read or asked when a value is named."""
    wrong = {
        f"{name}:{node.lineno}"
        for name, tree in trees.items()
        if ".migrations" not in name and name != "safeconduct.__main__"
        for node in statements(tree)
        if not isinstance(node, DEFINES)
        or (isinstance(node, ast.Assign | ast.AnnAssign) and set(at_import(node)) & DOES)
    }

    assert not wrong


@pytest.mark.parametrize("text", ["print('x')", "for i in y:\n    pass", "x = open('f')", "x = datetime.now()"])
def test_a_module_that_does_something_would_be_seen(text: str) -> None:
    """A call, a loop, an opened file, a clock."""
    (node,) = statements(ast.parse(text))

    assert not isinstance(node, DEFINES) or set(at_import(node)) & DOES
