"""`safeconduct policy explain`, without a site."""

import json

import pytest
from click.testing import CliRunner

from safeconduct.cli.policy import policy
from safeconduct.release.policies import shipped


def told(*words: str):
    return CliRunner().invoke(policy, ["explain", *words], env={"SAFECONDUCT_SITE": None})


@pytest.mark.parametrize("name", sorted(shipped()))
def test_a_level_of_the_package_is_explained_without_a_site(name):
    """In words: its rules, what it does not stop, a table before and after."""
    result = told(name)

    assert result.exit_code == 0
    for part in ("RULES", "WHAT IT DOES NOT STOP", "WORKED EXAMPLES", "made-up", "Alba", "QUESTIONS"):
        assert part in result.output, part


def test_json_is_one_object_with_the_same_content():
    """For programs."""
    tree = json.loads(told("public", "--json").output)

    assert tree["name"] == "public"
    assert {one["name"] for one in tree["rules"]} >= {"differential_privacy", "presentation"}
    assert tree["examples"][0]["cells"][0]["before"] == 412


def test_a_name_nobody_knows_is_answered_with_those_there_are():
    """And exit code 1."""
    result = told("operationale")

    assert result.exit_code == 1
    assert "operational" in result.output


def test_a_file_that_is_no_level_says_what_is_wrong(tmp_path):
    """As every reader of levels does."""
    path = tmp_path / "mine.toml"
    path.write_text('name = "mine"\n', encoding="utf-8")

    assert told(str(path)).exit_code == 1
    assert told(str(tmp_path / "absent.toml")).exit_code == 1
