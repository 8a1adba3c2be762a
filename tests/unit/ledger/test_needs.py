"""A test whose program is absent skips with the reason; where everything was to be installed, it fails."""

from pathlib import Path

import pytest


def test_a_program_that_is_there_is_found(needs):
    assert Path(needs("no-such-program", "sh")).is_file()


@pytest.mark.parametrize(("ci", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
def test_a_program_that_is_absent_is_named(needs, monkeypatch, ci, outcome):
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="no-such-program"):
        needs("no-such-program")
