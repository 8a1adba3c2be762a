"""The same verbs from a shell.

Reads settings once, prints one thing, exits with a code that means something.
"""

import sys


def main() -> None:
    """Run a command; without the parts a site needs, say how to get them."""
    try:
        from safeconduct.cli.main import main as run  # noqa: PLC0415 - a client's installation lacks what it imports
    except ModuleNotFoundError as missing:
        sys.stderr.write(f"safeconduct: {missing.name} is not installed; run: pip install 'safeconduct[site]'\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.stderr.write("safeconduct: stopped before it began\n")
        sys.exit(1)
    run()


__all__ = ["main"]
