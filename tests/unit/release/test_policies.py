"""Protection levels as files."""

from dataclasses import replace

import pytest

from safeconduct.model.errors import BadInput, Unreadable
from safeconduct.release.file_policies import shipped_for_files
from safeconduct.release.policies import in_words, parse, read_policy, shipped

GOLDEN = {
    "operational": "108822384413ca076ecc33939f0c9c265d7a05964d9a9bc24dbec5501e8e0251",
    "public": "0bb8cc36d9df6db2e2db992eaace92feae537d4fcd3626f031b2a2c09d8eccb1",
    "shared": "e46ba1a7876e61ca8f712081e05d748b8c95b8b123b2a86c26ab45fb55c4c4ec",
    "threshold_only": "58f52b1680402370088c99dbaf0299e044f8641f8d10d5ab9118fc1f4df323f4",
}
VERSIONS = {"operational": 3, "public": 1, "shared": 3, "threshold_only": 1}
FILES = {
    "enclave": (1, "4e8ff04d706588c7cf9a8c9cf4bff336a97b302e0f106178387d13c9233d742d"),
    "licensed": (2, "8deb9d2fd6d1c3dac4695f55957398dd34c0429db8ebf1a591e574f782503192"),
    "public_use": (2, "3057ce078ebb4848250ef82879391692cc9c75dd3baf9b900c5e3800301e42b5"),
}
GOOD = """
name = "mine"
version = 1
title = "Mine"
says = "s"
does_not_resist = []
reviewers = 1
[[rule]]
name = "minimum_contributors"
minimum = 20
[[rule]]
name = "presentation"
"""


def test_the_shipped_levels_never_change_under_their_number():
    """The same rules and words, the same id; another rule or word is another version."""
    assert {name: policy.id for name, policy in shipped().items()} == GOLDEN
    assert {name: policy.version for name, policy in shipped().items()} == VERSIONS


def test_the_shipped_levels_of_files_never_change_under_their_number_either():
    """What a site was made with is told to be behind by this number."""
    assert {name: (policy.version, policy.id) for name, policy in shipped_for_files().items()} == FILES


@pytest.mark.parametrize("name", GOLDEN)
def test_a_shipped_level_says_what_it_does_not_resist(name):
    """And that groups are protected by none of them, wherever it claims to protect people."""
    policy = shipped()[name]

    assert policy.says
    assert any("Groups" in one for one in policy.does_not_resist) or name == "threshold_only"


@pytest.mark.parametrize("name", GOLDEN)
def test_every_level_has_a_minimum_of_sixteen(name):
    """FlowKit's "15 or fewer"; under the public level it is for reading only."""
    rules = {rule.name: dict(rule.parameters) for rule in shipped()[name].rules}

    guard = rules.get("minimum_contributors", rules.get("differential_privacy"))
    assert guard["minimum"] == 16


def test_a_level_in_words_has_a_sentence_a_rule():
    """In its order, and then who looks."""
    sentences = [str(text) for text in in_words(parse(GOOD))]

    assert sentences[0] == "A figure is told only if at least 20 people are behind it."
    assert sentences[-1] == "An independent reviewer looks at every new kind of question."
    assert len(sentences) == 3
    two = replace(parse(GOOD), reviewers=2)
    assert str(in_words(two)[-1]) == "Two independent reviewers look at every new kind of question."


def test_a_level_is_read_from_a_file(tmp_path):
    """And its id is that of its content, not of its file."""
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text("# a comment\n" + GOOD, encoding="utf-8")

    assert read_policy(tmp_path / "a.toml").id == read_policy(tmp_path / "b.toml").id == parse(GOOD).id


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("reviewers = 1", "reviewers = 3", "reviewers go from 0 to 2"),
        ("reviewers = 1", "reviewers = true", "whole number as its reviewers"),
        ("version = 1", "version = 0", "count up from 1"),
        ("version = 1", "version = '1'", "whole number as its version"),
        ("minimum = 20", "minimum = 1", "minimum goes from"),
        ("minimum = 20", "minimum = 20.0", "minimum must be a whole number"),
        ("minimum = 20", "maximum = 20", "no parameter 'maximum'"),
        ('says = "s"', "", "look at says"),
        ('name = "mine"', "name = ", "TOML"),
    ],
)
def test_a_file_that_is_no_level_is_refused_in_words(old, new, says):
    """The message says what to change."""
    with pytest.raises(BadInput, match=says):
        parse(GOOD.replace(old, new))


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    """By name only."""
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe")

    for name in ("bad.toml", "absent.toml"):
        with pytest.raises(Unreadable, match=name):
            read_policy(tmp_path / name)
