"""The same verbs from a shell.

Reads settings once, prints one thing, exits with a code that means something.
"""

from safeconduct.cli.main import main

__all__ = ["main"]
