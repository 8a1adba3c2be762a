"""What no module may do, read on the syntax tree."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Mapping
from itertools import pairwise

import pytest

WRITING_METHODS = {
    "write_text", "write_bytes", "to_csv", "to_parquet", "to_excel", "write_table", "write_csv",
    "write_dataset", "NamedTemporaryFile", "TemporaryFile", "mkstemp", "copyfile", "copytree",
}  # fmt: skip
LOGGING = {"debug", "info", "warning", "error", "exception", "critical", "log"}
REASONED = re.compile(r"#\s*(noqa|type:\s*ignore|pragma:)")
EXEMPTION = {
    "noqa": re.compile(r"# noqa: [A-Z]+\d+(, ?[A-Z]+\d+)* - \S+"),
    "type": re.compile(r"# type: ignore\[[a-z-]+(, ?[a-z-]+)*\]  # \S+"),
    "pragma": re.compile(r"# pragma: no cover - \S+"),
}


# Who may write a file, and why. A module is named whole or by the package it stands in.
MAY_WRITE = {
    "safeconduct.keys": "the one place of secrets; files of mode 0400",
    "safeconduct.store": "encrypted records, manifests of hashes, public geography",
    "safeconduct.release.export": "the one way out",
    "safeconduct.synth.samples": "practice data, made from a seed",
    "safeconduct.actions.site": "the settings of a new site; never a record",
    "safeconduct.ledger.export": "the record of use, for whoever checks it",
    "safeconduct.ledger.witness_file": "the last size and root a witness signed, on its own machine",
    "safeconduct.present.messages": "sentences to translate, in a checkout",
    "safeconduct.cli": "files a person names on their own machine",
    "safeconduct.attack.site": "a practice site of made-up people, in a folder that goes with it",
}
# Who may put a value into the text of an SQL statement, and why.
MAY_FORMAT_SQL = {
    "safeconduct.store": "names of files and limits, which DuckDB takes as literals only; quoted in one place",
    "safeconduct.engines": "statements made of operations, never of what a person wrote",
}


@pytest.fixture(scope="module")
def nodes(trees: dict[str, ast.Module]) -> list[tuple[str, ast.AST]]:
    """Every node of every module, with the module's name."""
    return [(name, node) for name, tree in trees.items() for node in ast.walk(tree)]


def within(name: str, packages: Mapping[str, str]) -> bool:
    """Whether a module is one of these or stands inside one."""
    return any(name == one or name.startswith(f"{one}.") for one in packages)


def called(node: ast.AST) -> str:
    """The last word of what a call calls, `""` for anything else."""
    if not isinstance(node, ast.Call):
        return ""
    match node.func:
        case ast.Attribute(attr=word) | ast.Name(id=word):
            return word
        case _:
            return ""


def made_up(text: ast.expr) -> bool:
    """Whether a text is put together from values: an f-string, `%`, `+` or `.format`."""
    if isinstance(text, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in text.values)
    return isinstance(text, ast.BinOp) or called(text) == "format"


def writes(node: ast.AST) -> bool:
    """Whether a node opens a file for writing."""
    if called(node) in WRITING_METHODS:
        return True
    if called(node) not in {"open", "fdopen"} or not isinstance(node, ast.Call):
        return False
    flags = {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}
    return bool(flags & {"O_WRONLY", "O_RDWR", "O_CREAT", "O_APPEND"}) or any(
        isinstance(mode, ast.Constant) and isinstance(mode.value, str) and set(mode.value) & set("wxa+")
        for mode in modes(node)
    )


def modes(node: ast.Call) -> list[ast.expr]:
    """What stands where a mode may stand: second for `open(path, mode)`, first for `path.open(mode)`."""
    function = node.func
    by_path = isinstance(function, ast.Attribute) and ast.unparse(function.value) not in {"os", "io", "gzip", "zipfile"}
    return [*node.args[0 if by_path else 1 :][:1], *(key.value for key in node.keywords if key.arg == "mode")]


def lines(found: Iterator[tuple[str, ast.AST]] | list[tuple[str, ast.AST]]) -> list[str]:
    """Where things were found."""
    return sorted({f"{name}:{getattr(node, 'lineno', 0)}" for name, node in found})


def comments(texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Every comment, with where it stands."""
    for name, text in sorted(texts.items()):
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                yield f"{name}:{token.start[0]}", token.string


def test_imports_are_absolute(nodes: list[tuple[str, ast.AST]]) -> None:
    """One name for one thing, wherever it is read."""
    assert lines([(name, node) for name, node in nodes if isinstance(node, ast.ImportFrom) and node.level]) == []


def test_only_the_shell_prints(nodes: list[tuple[str, ast.AST]]) -> None:
    """What is printed elsewhere ends in somebody's log."""
    printed = [(name, node) for name, node in nodes if called(node) in {"print", "pprint", "breakpoint"}]

    assert lines([one for one in printed if not within(one[0], {"safeconduct.cli": ""})]) == []


def test_only_named_modules_write_files(nodes: list[tuple[str, ast.AST]]) -> None:
    """A file somebody writes in passing is a way out nobody guards."""
    assert lines([(name, node) for name, node in nodes if writes(node) and not within(name, MAY_WRITE)]) == []


@pytest.mark.parametrize("package", MAY_WRITE)
def test_every_permission_to_write_is_used(package: str, nodes: list[tuple[str, ast.AST]]) -> None:
    """A permission nobody needs any more is taken away."""
    assert any(writes(node) for name, node in nodes if within(name, {package: ""}))


def test_statements_are_not_put_together_from_values(nodes: list[tuple[str, ast.AST]]) -> None:
    """A person's text reaches SQL as a parameter only."""
    asked = [
        (name, node)
        for name, node in nodes
        if called(node) in {"execute", "executemany", "sql", "text", "exec_driver_sql"}
        and isinstance(node, ast.Call)
        and node.args
        and made_up(node.args[0])
    ]

    assert lines([one for one in asked if not within(one[0], MAY_FORMAT_SQL)]) == []


def test_log_lines_are_fixed_texts(nodes: list[tuple[str, ast.AST]]) -> None:
    """What is filled in beside a fixed text can be watched; an f-string cannot."""
    logged = [
        (name, node)
        for name, node in nodes
        if called(node) in LOGGING
        and isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and "log" in ast.unparse(node.func.value).lower()
        and "math" not in ast.unparse(node.func.value)
        and node.args
        and not isinstance(node.args[0], ast.Constant)
    ]

    assert lines(logged) == []


def test_no_log_line_carries_a_traceback(nodes: list[tuple[str, ast.AST]]) -> None:
    """A library's traceback may quote the row it stumbled over."""
    traced = [
        (name, node)
        for name, node in nodes
        if isinstance(node, ast.Call)
        and (
            any(key.arg == "exc_info" for key in node.keywords)
            or (called(node) == "exception" and "log" in ast.unparse(node.func).lower())
            or called(node) in {"format_exc", "print_exc", "format_exception", "print_exception"}
        )
    ]

    assert lines(traced) == []


def test_nothing_is_caught_that_is_not_named(nodes: list[tuple[str, ast.AST]]) -> None:
    """A bare except hides the bug and the interrupt alike."""
    assert lines([(name, node) for name, node in nodes if isinstance(node, ast.ExceptHandler) and not node.type]) == []


def test_nothing_caught_is_swallowed(nodes: list[tuple[str, ast.AST]]) -> None:
    """An error that is meant to be nothing says so: `contextlib.suppress` with the narrow class."""
    silent = [
        (name, node)
        for name, node in nodes
        if isinstance(node, ast.ExceptHandler) and all(isinstance(one, ast.Pass) for one in node.body)
    ]

    assert lines(silent) == []


def test_nothing_is_left_to_be_implemented(nodes: list[tuple[str, ast.AST]]) -> None:
    """What is not there is not promised."""
    assert (
        lines([(name, node) for name, node in nodes if isinstance(node, ast.Name) and node.id == "NotImplementedError"])
        == []
    )


def test_every_exemption_names_its_code_and_its_reason(texts: dict[str, str]) -> None:
    """A reader can judge whether the reason still holds."""
    found = [(where, text, REASONED.search(text)) for where, text in comments(texts)]
    bare = [
        f"{where} {text}"
        for where, text, hit in found
        if hit and not EXEMPTION[hit.group(1).split(":")[0]].search(text)
    ]

    assert bare == []


def test_no_comment_puts_work_off(texts: dict[str, str]) -> None:
    """Work to do lives in the tracker, where somebody looks."""
    assert [where for where, text in comments(texts) if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", text)] == []


def test_random_numbers_come_from_an_argument(nodes: list[tuple[str, ast.AST]]) -> None:
    """What a module draws from by itself can neither be replayed by whoever may, nor kept from whoever may not."""
    loose = [
        (name, node)
        for name, node in nodes
        if isinstance(node, ast.Call)
        and re.match(
            r"(random|np\.random|numpy\.random)\.(?!Generator|PCG64|SeedSequence|Random\b|default_rng\(.)",
            ast.unparse(node),
        )
    ]

    assert lines(loose) == []


def test_the_rules_see_what_they_look_for() -> None:
    """Each pattern finds its own bad example."""
    bad = ast.parse(
        "open('x', 'w')\nopen('x', mode='ab')\npath.open('xb')\nos.open(p, os.O_CREAT)\npath.write_bytes(b)\n"
    )
    good = ast.parse("open('x')\nopen('x', 'rb')\npath.open(encoding='utf-8')\npath.read_bytes()\n")

    assert [writes(one.value) for one in bad.body if isinstance(one, ast.Expr)] == [True] * 5
    assert [writes(one.value) for one in good.body if isinstance(one, ast.Expr)] == [False] * 4


@pytest.mark.parametrize(("text", "whole"), [
    ("# noqa: S603 - our own program on our own folder", True),
    ("# noqa: S603", False),
    ("# noqa", False),
    ("# type: ignore[arg-type]  # checked by _typed", True),
    ("# type: ignore[arg-type]", False),
    ("# pragma: no cover - __post_init__ saw to it", True),
    ("# pragma: no cover", False),
])  # fmt: skip
def test_an_exemption_without_a_reason_is_found(text: str, whole: bool) -> None:  # noqa: FBT001 - a column of the table
    """The pattern takes what is whole and nothing else."""
    kind = REASONED.search(text)

    assert kind
    assert bool(EXEMPTION[kind.group(1).split(":")[0]].search(text)) is whole


def test_modules_are_read_in_order(trees: dict[str, ast.Module]) -> None:
    """The source was found at all: these tests would pass on an empty folder."""
    names = list(trees)

    assert len(names) > 20
    assert all(first < second for first, second in pairwise(names))
