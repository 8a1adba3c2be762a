"""What an option's help says is so."""

import click
import pytest

from safeconduct.cli.derived import commands

ALL = {one.name: one for one in commands()}


def parsed(name: str, *words: str) -> dict[str, object]:
    return ALL[name].make_context(name, list(words)).params


@pytest.mark.parametrize("name", ["hold-day", "ingest", "watch-source", "opt-out-list", "deposit"])
def test_an_option_that_is_needed_is_asked_for_by_name(name) -> None:
    """Left out it is a matter of usage, not something that went wrong inside."""
    needed = [one for one in ALL[name].params if one.required]
    assert needed
    with pytest.raises(click.MissingParameter) as told:
        parsed(name)
    assert told.value.param in needed
    assert told.value.exit_code == 2


def test_an_option_that_takes_one_of_a_few_words_lists_them() -> None:
    """Nobody can guess how the types of events are called."""
    told = {one.name: one.help for one in ALL["hold-day"].params if isinstance(one, click.Option)}
    assert told["events"].endswith("(calls, sms, mds, topups, sightings)")
    assert told["day"].endswith("(YYYY-MM-DD)")


def test_a_default_is_told_as_it_would_be_typed() -> None:
    """The word of the value, which is what may be given, and not the name it has in the code."""
    (kind,) = (one for one in ALL["add-person"].params if one.name == "kind")
    assert kind.default == "other"


def test_words_that_the_meaning_tells_already_are_not_told_twice() -> None:
    (standard,) = (one for one in ALL["open-pool"].params if one.name == "standard")
    assert standard.help.count("htcds") == 1
