"""Verbs that read files of the site's own machine run from a shell as their pages of help and the how-tos say."""

import json

from click.testing import CliRunner

from safeconduct.cli.derived import commands


def run(site, login, name, *words, ends=0):
    command = next(one for one in commands() if one.name == name)
    ran = CliRunner().invoke(command, [*map(str, words), "--site", str(site), "--as", login, "--json"])
    assert ran.exit_code == ends, ran.output
    return json.loads(ran.stdout) if ran.stdout else {}


def test_a_list_of_people_to_leave_out_is_read(folder, tmp_path):
    """The first thing a data protection officer does."""
    listed = tmp_path / "numbers.txt"
    listed.write_text("+258840000001\n+258840000002\n")
    assert run(folder / "site", "dara", "opt-out-list", "--dataset", "phone", "--listed", listed)["waiting"] == 2


def test_a_folder_can_be_watched(folder, tmp_path):
    """And no longer, and a folder that is not there is told as such."""
    mapping = next(folder.rglob("mapping.toml"))
    words = ("--name", "operator", "--mapping", mapping, "--every", 15)
    run(folder / "site", "amara", "watch-source", *words, "--folder", tmp_path / "nowhere", ends=1)
    assert run(folder / "site", "amara", "watch-source", *words, "--folder", mapping.parent)["name"] == "operator"
