"""A question asked after the key of pseudonyms was exchanged has the answer it would have had without it."""

import json
from threading import Event

from click.testing import CliRunner

from safeconduct.actions.recomputing import Recomputing, recompute_answer
from safeconduct.actions.rekeying import rotate_pseudonyms, state_of
from safeconduct.actions.site import Site
from safeconduct.actions.working import work
from safeconduct.cli.derived import commands


def rotate(kept, folder) -> None:
    site = Site.open(folder / "site")
    rotate_pseudonyms(kept.room(site, "dara"), dataset="phone")
    work(site, worker="w", stop=Event(), until_empty=True)
    assert state_of(Site.open(folder / "site"), "phone").epoch == 2


def test_a_first_answer_is_the_same_as_on_a_copy_that_kept_its_key(kept, folder, tmp_path) -> None:
    """Noise comes from codes, which stay; a program that was open before goes on."""
    other = kept.copy(folder, tmp_path / "other")
    running = Site.open(folder / "site")
    rotate(kept, folder)

    assert kept.answer(running) == kept.answer(Site.open(other / "site"))


def test_an_answer_from_before_is_kept_and_comes_out_the_same_again(kept, folder) -> None:
    before = kept.answer(Site.open(folder / "site"))
    rotate(kept, folder)
    site = Site.open(folder / "site")
    again = recompute_answer(kept.room(site, "dara"), answer_id=json.loads(before)["answer_id"])

    assert kept.answer(site) == before
    assert len(site.ledger.spends("phone")) == 1
    assert again.outcome is Recomputing.SAME


def test_everything_else_that_has_a_key_opens_as_before(kept, folder) -> None:
    seen = kept.look(Site.open(folder / "site"), folder)
    rotate(kept, folder)

    assert kept.look(Site.open(folder / "site"), folder) == seen


def test_the_command_shows_what_it_would_write_and_what_it_did(folder) -> None:
    command = next(one for one in commands() if one.name == "rotate-pseudonyms")

    def run(*words: str) -> dict:
        given = ["--site", str(folder / "site"), "--as", "amara", "--dataset", "phone", "--json", *words]
        done = CliRunner().invoke(command, given)
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    dry, done = run("--dry-run"), run()
    after = run("--dry-run")

    assert (dry["work"], done["work"]["state"]) == (None, "done")
    assert (done["work"]["step"], done["work"]["steps"]) == (dry["files"], dry["files"])
    assert (dry["epoch"], done["epoch"], after["epoch"]) == (1, 2, 2)
    assert (dry["files"], dry["versions"]) == (after["files"], after["versions"])
