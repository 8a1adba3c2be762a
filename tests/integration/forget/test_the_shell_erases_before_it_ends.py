"""On the site's own machine a command that begins long work has done it when it ends, and tells what is so then."""

import json
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from safeconduct.actions.forgetting import opened_for
from safeconduct.actions.migrating import migrate
from safeconduct.actions.setting_up import first_person
from safeconduct.actions.site import Site
from safeconduct.cli.derived import commands
from safeconduct.ingest.forgetting import found

MATERIAL = Path(__file__).parents[2] / "material" / "earlier_sites" / "one_key.tar.xz"
PERSONS = 20


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A site with twenty people in it, and a list of all their numbers."""
    root = tmp_path_factory.mktemp("shell")
    with tarfile.open(MATERIAL) as archive:
        archive.extractall(root, filter="data")
    migrate(root / "site")
    first_person(Site.open(root / "site"), login="dara", name="Dara", password="a long pass phrase", roles=("dpo",))
    rows = (root / "files" / "calls_1.csv").read_text(encoding="utf-8").splitlines()[1:]
    numbers = sorted({row.split(",")[0] for row in rows})
    (root / "numbers.txt").write_text("\n".join(numbers) + "\n", encoding="utf-8")
    return root


def command(folder, name, *words, login="dara"):
    found = next(one for one in commands() if one.name == name)
    return CliRunner().invoke(found, ["--site", str(folder / "site"), "--as", login, "--dataset", "phone", *words])


def test_people_are_erased_when_the_command_ends(folder):
    """Nobody has to run a worker; nobody on the list is in the records then."""
    listed = command(folder, "opt-out-list", "--listed", str(folder / "numbers.txt"))
    assert listed.exit_code == 0, listed.stderr
    assert found(opened_for(Site.open(folder / "site"), "phone")) == PERSONS
    ran = command(folder, "forget", "--json")

    assert ran.exit_code == 0, ran.stderr
    assert json.loads(ran.stdout)["work"]["state"] == "done"
    assert ran.stderr == ""
    assert found(opened_for(Site.open(folder / "site"), "phone")) == 0


def test_who_reads_is_told_what_was_done_and_what_to_do_next(folder):
    """One number, who waits for others: nothing is erased, and that is said."""
    (folder / "one.txt").write_text("258849999999\n", encoding="utf-8")
    left_out = command(folder, "opt-out-list", "--listed", str(folder / "one.txt"))
    waits = command(folder, "forget")

    assert "safeconduct forget" in left_out.stderr
    assert "Nothing was erased yet" in waits.stderr
    assert "258849999999" not in left_out.output + waits.output


def test_the_key_told_after_an_exchange_of_pseudonyms_is_the_one_in_force(folder):
    began = datetime.now(UTC)
    ran = command(folder, "rotate-pseudonyms", "--json", login="ana")
    told = json.loads(ran.stdout)

    assert (told["epoch"], told["work"]["state"]) == (2, "done")
    assert datetime.fromisoformat(told["since"]) >= began


def test_roles_that_lack_are_named_in_words(folder):
    """As people call them, not as settings do."""
    ran = command(folder, "forget", login="ana")
    assert "data protection officer" in ran.stderr
    assert "dpo" not in ran.stderr
