"""Sizes of Python code beside the house's band: `python benchmarks/sizes.py FOLDER...`; exits 1 outside it."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Bound:
    """A size, the most it may be, and how to print it."""

    says: str
    found: float
    most: float

    def __str__(self) -> str:
        """One line of the report."""
        verdict = "within" if self.found <= self.most else "OUTSIDE"
        return f"{self.says}: {self.found:g}, at most {self.most:g} ({verdict})"


def at(values: list[int], share: float) -> int:
    """The value at `share` of the sorted list, 0 for an empty one."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0


def functions(tree: ast.AST) -> Iterator[Function]:
    """Every function and method, nested ones too."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def body(function: Function) -> int:
    """Lines of a function without its docstring, at least 1."""
    doc = ast.get_docstring(function, clean=False)
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    return max(1, lines - (doc.count("\n") + 1 if doc else 0))


def untyped(function: Function) -> int:
    """How many arguments and results of a function have no type."""
    spec = function.args
    named = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, *filter(None, (spec.vararg, spec.kwarg))]
    bare = [one for one in named if one.annotation is None and one.arg not in {"self", "cls"}]
    return len(bare) + (function.returns is None)


def bounds(files: list[int], bodies: list[int], bare: int) -> list[Bound]:
    """Every size beside its bound."""
    long = sum(one > 50 for one in bodies) / max(1, len(bodies))  # noqa: PLR2004 - a body one cannot see at once
    return [
        Bound("file lines, 90 of 100", at(files, 0.9), 400),
        Bound("file lines, longest", max(files, default=0), 400),
        Bound("body lines, median", at(bodies, 0.5), 6),
        Bound("body lines, 90 of 100", at(bodies, 0.9), 25),
        Bound("bodies over 50 lines, percent", round(100 * long, 2), 1),
        Bound("arguments and results without a type", bare, 0),
    ]


def measure(folders: list[Path]) -> list[Bound]:
    """Sizes of every Python file below the folders."""
    texts = [path.read_text(encoding="utf-8") for folder in folders for path in sorted(folder.rglob("*.py"))]
    found = [function for text in texts for function in functions(ast.parse(text))]
    return bounds([len(text.splitlines()) for text in texts], list(map(body, found)), sum(map(untyped, found)))


def main() -> int:
    """Print the report; 0 within the band, 1 outside it, 2 without a folder."""
    folders = [Path(one) for one in sys.argv[1:]]
    if not folders or not all(folder.is_dir() for folder in folders):
        print("name the folders to measure, such as 'src'", file=sys.stderr)
        return 2
    report = measure(folders)
    print(*report, sep="\n")
    return int(any(bound.found > bound.most for bound in report))


if __name__ == "__main__":
    sys.exit(main())
