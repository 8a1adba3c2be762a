"""The command `safeconduct`."""

import click

from safeconduct.cli import (  # noqa: F401 - publishing adds itself
    demo,
    derived,
    keeping,
    operator,
    practice,
    publishing,
    standard,
    witness,
)
from safeconduct.cli.attack import attack
from safeconduct.cli.policy import policy
from safeconduct.cli.sections import Sections


@click.group(cls=Sections, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="safeconduct")
def safeconduct() -> None:
    """Let others learn from data about people on the move, without seeing the people.

    Start with `safeconduct demo`: it makes a practice site with made-up phone records and opens it.

    Exit codes: 0 done, 1 failed, 2 usage, 3 refused, 4 not permitted, 5 awaits review, 6 done with quarantined rows.
    """


def main() -> None:
    """Run a command."""
    for command in (
        *operator.COMMANDS,
        *keeping.COMMANDS,
        practice.sample,
        demo.demo,
        attack,
        policy,
        witness.witness,
        standard.standard,
        *derived.commands(),
    ):
        safeconduct.add_command(command)
    safeconduct()
