"""The help of a hundred commands can be read."""

import click
from click.testing import CliRunner

from safeconduct.cli.derived import commands
from safeconduct.cli.sections import OWN, Sections, VerbCommand


def told(*more: click.Command) -> list[str]:
    """Lines of the help of a program with every verb."""
    program = Sections("program", commands={one.name or "": one for one in (*commands(), *more)})
    return CliRunner().invoke(program, ["--help"]).output.splitlines()


def test_commands_stand_under_what_their_module_is_about() -> None:
    lines = told()
    assert lines[lines.index("Deposits:") + 1].split()[0] == "deposit"


def test_every_verb_has_a_short_heading() -> None:
    """It comes from the first words of its module; a module that begins otherwise would shout a whole sentence."""
    assert {len(one.section) <= 60 and bool(one.section) for one in commands() if isinstance(one, VerbCommand)} == {
        True
    }


def test_commands_written_by_hand_come_first() -> None:
    headings = [line for line in told(click.Command("serve")) if line.endswith(":") and not line.startswith(" ")]
    assert headings[headings.index("Options:") + 1] == f"{OWN}:"


def test_a_command_written_by_hand_is_told_in_a_whole_sentence() -> None:
    """Cut in the middle it says nothing: the help of ours goes on in the next line instead."""
    says = "Attack a running server through its public API, as an authorised analyst would."
    _, _, commands_told = " ".join(" ".join(told(click.Command("attack", help=f"{says}\n\nMore."))).split()).partition(
        OWN
    )

    assert says in commands_told
    assert "..." not in commands_told
