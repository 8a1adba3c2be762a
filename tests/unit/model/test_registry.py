"""Plug-ins, found by the name people write."""

import sys

import pytest

from safeconduct.model.errors import DuplicateName, UnknownName
from safeconduct.model.registry import Plugin, Registry

MODULE = """
from gadgets import gadget
from safeconduct.model.registry import Plugin

@gadget
class Member(Plugin):
    name = {name!r}
"""


@pytest.fixture
def gadgets(tmp_path, monkeypatch):
    """A package with a registry and two members, in files of their names."""
    folder = tmp_path / "gadgets"
    folder.mkdir()
    (folder / "__init__.py").write_text(
        "from safeconduct.model.registry import Plugin, Registry\n"
        "gadget: Registry[Plugin] = Registry('gadget', 'gadgets')\n"
    )
    for name in ("minimum_people", "dominance"):
        (folder / f"{name}.py").write_text(MODULE.format(name=name))
    monkeypatch.syspath_prepend(tmp_path)
    import gadgets  # noqa: PLC0415 - it exists from here on

    yield gadgets.gadget
    for name in [name for name in sys.modules if name.split(".")[0] == "gadgets"]:
        del sys.modules[name]


def test_a_file_in_the_folder_is_a_member(gadgets):
    """Nothing else needs to know of it; names come in order."""
    assert list(gadgets) == ["dominance", "minimum_people"]
    assert len(gadgets) == 2
    assert "dominance" in gadgets
    assert "domination" not in gadgets
    assert gadgets["dominance"].name == "dominance"


def test_nothing_is_imported_before_somebody_looks(gadgets):
    """Importing a package costs nothing."""
    assert "gadgets.dominance" not in sys.modules
    assert len(gadgets) == 2
    assert "gadgets.dominance" in sys.modules


def test_a_slip_of_the_pen_gets_the_name_that_was_meant(gadgets):
    with pytest.raises(UnknownName, match="no gadget is called 'minimum_peopel'; did you mean 'minimum_people'"):
        gadgets["minimum_peopel"]


def test_a_name_like_none_gets_all_that_are_known(gadgets):
    with pytest.raises(UnknownName, match="known: dominance, minimum_people"):
        gadgets["x"]


def test_a_long_name_is_not_said_back_whole(gadgets):
    """What a stranger writes does not fill a page."""
    with pytest.raises(UnknownName) as error:
        gadgets["x" * 10_000]
    assert len(str(error.value)) < 300


def test_a_member_that_is_not_there_is_a_missing_key(gadgets):
    """So that a registry is a mapping like any other."""
    assert gadgets.get("x") is None


def test_two_members_of_one_name_are_refused():
    """Whichever came second would silently answer for the first."""
    things: Registry[Plugin] = Registry("thing", "gadgets")

    class One(Plugin):
        name = "one"

    things(One)
    with pytest.raises(DuplicateName, match="two things are called 'one'"):
        things(type("Other", (Plugin,), {"name": "one"}))
