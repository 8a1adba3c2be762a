"""Help that lists a hundred commands by what they are about."""

import sys
from collections.abc import Callable
from typing import Any

import click

OWN = "The site and this machine"
LONGEST = 160


class VerbCommand(click.Command):
    """A command of a verb, under the heading of the module the verb stands in.

    Args:
        section: The heading.
        **given: What `click.Command` takes.
    """

    def __init__(self, *, section: str, **given: Any) -> None:
        super().__init__(**given)
        self.section = section


class Sections(click.Group):
    """A group whose help has a heading for each sort of command; those written by hand come first."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, section by section."""
        sections: dict[str, list[tuple[str, str]]] = {OWN: []}
        for name in self.list_commands(ctx):
            command = self.commands[name]
            if not command.hidden:
                section = command.section if isinstance(command, VerbCommand) else OWN
                sections.setdefault(section, []).append((name, command.get_short_help_str(LONGEST)))
        for section, rows in (item for item in sections.items() if item[1]):
            with formatter.section(section):
                formatter.write_dl(rows)


def section_of(run: Callable[..., object]) -> str:
    """What a verb's module is about: its docstring up to the colon."""
    says = (sys.modules[run.__module__].__doc__ or "").partition("\n")[0]
    return says.partition(":")[0].rstrip(".")
