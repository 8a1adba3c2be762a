"""`safeconduct witness`: watch somebody's record of use from a machine of one's own."""

import json
from collections.abc import Mapping
from pathlib import Path

import click

from safeconduct.actions.witnessing import sign_as_witness, start_witness
from safeconduct.cli.outcome import AS_JSON, Exit, plainly, show
from safeconduct.model.errors import BadInput

FOLDER = click.option("--folder", required=True, type=click.Path(path_type=Path), help="The witness's own folder.")


@click.group()
def witness() -> None:
    """Watch a record of use: sign what you saw, and only what grew out of it.

    A witness sees roots, never events. Whoever rewrites the past would have to deceive every witness.
    """


@witness.command()
@FOLDER
@click.option("--name", required=True, help="What the witness calls itself, such as ngo.example.")
@click.option("--owner-key", required=True, help="The owner's public key, 64 hexadecimal digits, had by another way.")
@click.option("--training", is_flag=True, help="A practice witness, for practice sites only.")
@AS_JSON
@plainly
def start(folder: Path, name: str, owner_key: str, training: bool, as_json: bool) -> Exit:
    """Make a witness: its key, and an empty memory. Give the printed key to the site's steward."""
    made = start_witness(folder, name=name, owner=owner_key, training=training)
    show({"name": made.name, "key": made.key}, as_json=as_json)
    return Exit.DONE


@witness.command()
@FOLDER
@click.option("--shown", required=True, type=click.Path(path_type=Path), help="What 'show-checkpoint --json' printed.")
@plainly
def sign(folder: Path, shown: Path) -> Exit:
    """Check what a site shows and print a signature for it; refuse a record that was rolled back or rewritten."""
    click.echo(json.dumps(sign_as_witness(folder, read(shown))))
    return Exit.DONE


def read(path: Path) -> Mapping[str, object]:
    """A JSON object somebody was given.

    Raises:
        BadInput: It is none.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        raise BadInput("this file is not what 'safeconduct show-checkpoint --json' printed", field="shown") from None
    if not isinstance(found, dict):
        raise BadInput("this file is not what 'safeconduct show-checkpoint --json' printed", field="shown")
    return found
