"""Protection levels for files: those that come along, and what a level must have."""

import pytest

from safeconduct.model.errors import BadInput, Unreadable
from safeconduct.release.base import output_rule
from safeconduct.release.file_base import file_rule, file_rules_of
from safeconduct.release.file_policies import in_words, parse_for_files, read_file_policy, shipped_for_files

LEVEL = """
name = "own"
version = 1
title = "Own"
says = "Ours."
does_not_resist = []
reviewers = 1
"""
RULES = "\n".join(
    f'[[rule]]\nname = "{name}"' for name in ("no_direct_identifiers", "no_free_text", "everything_decided")
)
FIGURES = '[[rule]]\nname = "catalogue_figures"\nminimum = 10\n'


def test_three_levels_come_along():
    """For everybody, for licensed researchers, for a secure room."""
    assert list(shipped_for_files()) == ["enclave", "licensed", "public_use"]


@pytest.mark.parametrize("name", list(shipped_for_files()))
def test_every_level_says_what_it_does_not_resist(name):
    """Nobody chooses a level that promises everything."""
    assert shipped_for_files()[name].does_not_resist


def test_the_licensed_level_has_the_exchanges_limit():
    """3 % at most, as the Humanitarian Data Exchange has it."""
    (risk,) = [rule for rule in shipped_for_files()["licensed"].rules if rule.name == "global_risk"]

    assert risk.parameters == {"most_permille": 30}


def test_more_open_is_stricter():
    """In every number that two levels share."""
    public, licensed = (
        {rule.name: rule.parameters for rule in shipped_for_files()[name].rules} for name in ("public_use", "licensed")
    )

    assert set(public) > set(licensed)
    assert public["k_anonymity"]["minimum"] > licensed["k_anonymity"]["minimum"]
    assert public["global_risk"]["most_permille"] < licensed["global_risk"]["most_permille"]


def test_a_level_of_ones_own(tmp_path):
    """Read from a file, its rules tried."""
    (tmp_path / "own.toml").write_text(LEVEL + RULES + "\n" + FIGURES)

    assert read_file_policy(tmp_path / "own.toml").name == "own"


@pytest.mark.parametrize(
    "text",
    [
        LEVEL, LEVEL + RULES, LEVEL + FIGURES + FIGURES + RULES,
        LEVEL.replace("reviewers = 1", "reviewers = 0") + RULES + FIGURES,
        LEVEL.replace("reviewers = 1", "reviewers = 3") + RULES + FIGURES,
        LEVEL.replace("version = 1", 'version = "1"'), "x",
    ],
)  # fmt: skip
def test_a_level_that_lacks_what_every_level_has_is_none(text):
    """Somebody always looks, and names never leave."""
    with pytest.raises(BadInput):
        parse_for_files(text)


def test_a_file_that_is_not_there_is_told(tmp_path):
    """By its name."""
    with pytest.raises(Unreadable, match=r"own\.toml"):
        read_file_policy(tmp_path / "own.toml")


def test_a_level_in_words_has_a_sentence_for_each_rule_and_one_for_who_looks():
    """For pages."""
    policy = shipped_for_files()["public_use"]

    assert len(in_words(policy)) == len(policy.rules) + 1
    assert str(in_words(policy)[-1]).startswith("Two independent reviewers")


@pytest.mark.parametrize("name", list(file_rule))
def test_a_rule_says_what_it_asks_and_has_its_files_name(name):
    """In a sentence, with a title."""
    rule = file_rule[name]

    assert rule.__module__.rpartition(".")[2] == name
    assert str(rule.title)


def test_rules_for_files_and_for_answers_have_different_names():
    """A level for one cannot be read as a level for the other."""
    assert not set(file_rule) & set(output_rule)


def test_every_shipped_rule_can_be_built():
    """With the parameters the level gives it."""
    for policy in shipped_for_files().values():
        assert all(str(rule.in_words()) for rule in file_rules_of(policy))
