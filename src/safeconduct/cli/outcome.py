"""What a command prints and the code it ends with."""

import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from functools import wraps
from typing import Any, ParamSpec, cast

import click

from safeconduct.client import Problem
from safeconduct.model.errors import NotPermitted, NotSignedIn, SafeconductError

P = ParamSpec("P")
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(:\d{2}(\.\d+)?)?(Z|\+00:00)")
A_THOUSAND = 1000
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
"""The option of every command that answers with `show`."""


class Exit(IntEnum):
    """How a command ends."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    REFUSED = 3
    NOT_PERMITTED = 4
    AWAITS_REVIEW = 5
    QUARANTINED = 6


def plainly(function: Callable[P, Exit | None]) -> Callable[P, None]:
    """Run a command; tell our errors in one line and end with the right code."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            code = function(*args, **kwargs) or Exit.DONE
        except SafeconductError as error:
            click.echo(printable(f"safeconduct: {error}"), err=True)
            code = Exit.NOT_PERMITTED if _not_permitted(error) else Exit.FAILED
        except click.ClickException:
            raise
        except Exception as error:  # noqa: BLE001 - a library's words and trace may hold values of a record
            click.echo(f"safeconduct: something went wrong ({type(error).__name__}); nothing was released", err=True)
            code = Exit.FAILED
        except KeyboardInterrupt:
            click.echo("safeconduct: stopped; nothing was lost", err=True)
            code = Exit.FAILED
        sys.exit(int(code))

    return run


def _not_permitted(error: SafeconductError) -> bool:
    if isinstance(error, Problem):
        return error.status in {401, 403}
    return isinstance(error, NotPermitted | NotSignedIn)


def show(tree: Mapping[str, Any] | list[Any], *, as_json: bool, says: Callable[[], str] | None = None) -> None:
    """Print one JSON object, or the same in words."""
    if as_json:
        click.echo(printable(json.dumps(tree, ensure_ascii=False, indent=2, default=str)))
    else:
        click.echo(printable(says() if says is not None else _plain(tree)))


def printable(text: str) -> str:
    r"""A text without what a terminal would obey: whoever names a file or a study writes no commands to a screen.

    Control characters and halves of characters are told by their number, as JSON has them, so that JSON stays JSON.

    Example:
        >>> printable("calls\x1b[2J.csv")
        'calls\\u001b[2J.csv'
    """
    return CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _plain(tree: Mapping[str, Any] | list[Any]) -> str:
    released = isinstance(tree, Mapping) and tree.get("outcome") == "released"
    return answer_in_words(tree) if released and isinstance(tree, Mapping) else in_words(tree)


def answer_in_words(tree: Mapping[str, Any]) -> str:
    """A protected answer as an aligned table, with what a reader must know below."""
    columns = [[one["name"], *("" if cell is None else str(cell) for cell in one["cells"])] for one in tree["columns"]]
    widths = [max(map(len, column)) for column in columns]
    rows = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in zip(*columns, strict=True)]  # fmt: skip
    said = [f"- {str(one['id']).format(**one['values'])}" for one in tree["statement"]]
    mark = ["TRAINING: made-up people, never a real release."] if tree["training"] else []
    return "\n".join([*mark, *rows, "", *said, f"- Answer {tree['answer_id']}"])


def in_words(tree: object, indent: str = "") -> str:
    """A tree as indented lines."""
    if isinstance(tree, Mapping):
        return "\n".join(_line(str(key), value, indent) for key, value in tree.items())
    if isinstance(tree, list | tuple):
        return "\n".join(f"{indent}- {in_words(one, indent + '  ').lstrip()}" for one in _told_once(tree)) or (
            f"{indent}nothing"
        )
    return f"{indent}{_word(tree)}"


def _told_once(tree: Sequence[object]) -> Sequence[object]:
    """A list in which entries that differ in `number` alone are one, so that a mistake in a mapping is told once."""
    if not all(isinstance(one, Mapping) and "text" in one and "number" in one for one in tree):
        return tree
    found: dict[str, dict[str, Any]] = {}
    for one in tree:
        entry = dict(cast("Mapping[str, Any]", one))
        number = entry.pop("number")
        found.setdefault(repr(sorted(entry.items(), key=str)), {**entry, "numbers": []})["numbers"].append(number)
    return [{**one, "numbers": _runs(one["numbers"])} for one in found.values()]


def _runs(numbers: Sequence[int]) -> str:
    """Numbers in order as runs.

    Example:
        >>> _runs([1, 2, 3, 7])
        '1-3, 7'
    """
    runs: list[list[int]] = []
    for one in numbers:
        if runs and one == runs[-1][1] + 1:
            runs[-1][1] = one
        else:
            runs.append([one, one])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def _line(key: str, value: object, indent: str) -> str:
    if isinstance(value, Mapping | list | tuple) and value:
        return f"{indent}{key}:\n{in_words(value, indent + '  ')}"
    return f"{indent}{key}: {_word(value)}"


def _word(value: object) -> str:
    """A single value as people write it; `-` where there is nothing."""
    if value in ({}, [], (), None, ""):
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and (moment := MOMENT.fullmatch(value)):
        return f"{moment[1]} {moment[2]} UTC"
    return f"{value:.4g}" if isinstance(value, float) and abs(value) < A_THOUSAND else str(value)


def exit_of(tree: object) -> Exit:
    """The code a result ends with."""
    if not isinstance(tree, Mapping):
        return Exit.DONE
    if tree.get("outcome") == "refused":
        return Exit.REFUSED
    if tree.get("outcome") == "pending":
        return Exit.AWAITS_REVIEW
    if tree.get("failed"):
        return Exit.FAILED
    rejected = tree.get("rejected")
    return Exit.QUARANTINED if isinstance(rejected, Mapping) and any(rejected.values()) else Exit.DONE
