"""How a command ends."""

import json

import click
import pytest

from safeconduct.cli.outcome import Exit, exit_of, in_words, plainly, show
from safeconduct.model.errors import BadInput, NotPermitted
from safeconduct.model.text import say

MARK = "258840000001"


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (BadInput("write a number"), Exit.FAILED, "write a number"),
        (NotPermitted("ask the steward"), Exit.NOT_PERMITTED, "ask the steward"),
        (ValueError(MARK), Exit.FAILED, "ValueError"),
    ],
)
def test_an_error_is_told_in_one_line_without_a_value(capsys, error, code, said):
    """A library's words and trace may hold a record."""

    @plainly
    def fails() -> Exit:
        raise error

    with pytest.raises(SystemExit) as ended:
        fails()
    told = capsys.readouterr().err

    assert ended.value.code == code
    assert said in told
    assert MARK not in told
    assert "Traceback" not in told


def test_a_wrong_option_is_told_by_the_command_line_itself():
    @plainly
    def fails() -> Exit:
        raise click.UsageError("no such option")

    with pytest.raises(click.UsageError):
        fails()


@pytest.mark.parametrize(
    ("tree", "code"),
    [
        ({}, Exit.DONE),
        ({"outcome": "released"}, Exit.DONE),
        ({"outcome": "refused"}, Exit.REFUSED),
        ({"outcome": "pending"}, Exit.AWAITS_REVIEW),
        ({"rejected": {"bad_time": 1}}, Exit.QUARANTINED),
        ({"rejected": {}}, Exit.DONE),
        ({"failed": [{"number": 1}], "rejected": {"bad_time": 1}}, Exit.FAILED),
    ],
)
def test_a_result_has_its_exit_code(tree, code):
    assert exit_of(tree) is code


def test_a_name_that_is_a_command_to_a_terminal_is_shown_as_text(capsys) -> None:
    """Names of files, studies and people are written by others; JSON says the same as before."""
    tree = {"name": "calls\x1b]0;all is well\x07\x9b2J.csv", "half": "\udcff"}

    show(tree, as_json=False)
    plain = capsys.readouterr().out
    show(tree, as_json=True)
    told = capsys.readouterr().out

    assert not set("\x1b\x07\x9b") & set(plain + told)
    assert "calls\\u001b]0;all is well" in plain
    assert json.loads(told) == tree


def test_an_error_with_such_a_name_is_shown_as_text(capsys) -> None:
    @plainly
    def fails() -> None:
        raise BadInput(say("the table {table} has no column", table="\x1b[2Jcalls"))

    with pytest.raises(SystemExit):
        fails()
    assert "\x1b" not in capsys.readouterr().err


def test_what_a_command_gives_is_told_in_words_people_write():
    """Nobody reads sixteen digits of a second, or the words of a programming language."""
    told = in_words({"stopped": False, "dry_run": True, "seconds": 0.2777100480016, "due": None, "task": "", "rows": 0})
    assert told.splitlines() == ["stopped: no", "dry_run: yes", "seconds: 0.2777", "due: -", "task: -", "rows: 0"]


def test_a_mistake_that_many_files_share_is_told_once():
    """A misspelt column would fill the screen with one sentence."""
    failed = [{"files": "calls_*", "number": number, "text": "no such column"} for number in (1, 2, 3, 7)]
    told = in_words({"failed": [*failed, {"files": "sms_*", "number": 1, "text": "no such column"}]})
    assert told.count("no such column") == 2
    assert "numbers: 1-3, 7" in told


def test_moments_are_written_with_their_zone_and_without_parts_of_a_second():
    told = in_words({"due": "2026-12-22T00:56:36.768915+00:00", "name": "T2026-12-22T00:56:36Z"})
    assert told == "due: 2026-12-22 00:56 UTC\nname: T2026-12-22T00:56:36Z"
