"""An option that is yes or no may stand alone."""

import pytest

from safeconduct.cli.derived import commands


@pytest.mark.parametrize(("given", "means"), [
    ([], False), (["--dry-run"], True), (["--dry-run", "true"], True), (["--dry-run", "false"], False),
    (["--dry-run", "--at-once"], True),
])  # fmt: skip
def test_it_stands_alone_or_takes_true_and_false(given, means) -> None:
    command = next(one for one in commands() if one.name == "forget")
    found = command.make_context("forget", [*given, "--dataset", "phone"]).params

    assert bool(found["dry_run"]) is means
    assert found["dataset"] == "phone"
    assert bool(found["at_once"]) is ("--at-once" in given)
