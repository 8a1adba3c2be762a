"""`python -m safeconduct`."""

from safeconduct.cli import main

main()
