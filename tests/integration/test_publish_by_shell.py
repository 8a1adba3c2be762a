"""The second main job from a shell: the same verbs, `--site DIR --as LOGIN`, and what each command ends with."""

import json
import subprocess
import sys
import zipfile

import click
import pytest
from click.testing import CliRunner

from safeconduct.cli import derived, operator

pytestmark = pytest.mark.slow
PROGRAM = click.Group("safeconduct", commands=[*operator.COMMANDS, *derived.commands()])


class Shell:
    """A shell on the site's machine."""

    def __init__(self, office, folder) -> None:
        self.office, self.folder = office, folder

    def run(self, login: str, verb: str, /, **options: object):
        """What a command ends with and prints; trees travel as JSON."""
        given = [part for name, value in options.items() for part in self._option(name, value)]
        acting = ["--as", login] if login else []
        command = [verb, "--site", str(self.office.root), *acting, "--json", *given]
        return CliRunner().invoke(PROGRAM, command)

    def _option(self, name: str, value: object) -> list[str]:
        flag = f"--{name.replace('_', '-')}"
        values = value if isinstance(value, tuple) else (value,)
        texts = [json.dumps(one) if isinstance(one, dict | list | bool) else str(one) for one in values]
        return [part for text in texts for part in (flag, text)]

    def __call__(self, login: str, verb: str, /, **options: object):
        """What a command prints, which ends well."""
        ran = self.run(login, verb, **options)
        assert ran.exit_code == 0, (verb, ran.output, ran.stderr)
        return json.loads(ran.stdout)


@pytest.fixture
def shell(empty, tmp_path) -> Shell:
    return Shell(empty, tmp_path)


def test_the_whole_walk_works_from_a_shell(shell, publishing, material):
    """Twenty commands of five people; the file that is taken home is proven by another."""
    study, edition = publishing.STUDY, publishing.EDITION
    said = {"study": study, "title": "As received", "collected_by": "Us", "basis": "public interest"}
    deposit = shell("amara", "deposit", uploads=material, **said)["result"]
    shell("amara", "decide-roles", deposit=deposit, roles=publishing.roles_of(publishing.survey(1)))
    shell("amara", "look-at-rows", deposit=deposit)
    assert shell("amara", "cleaning", deposit=deposit)["looked"] is True
    shell("amara", "keep-records", deposit=deposit)
    shell("amara", "measure", study=study)
    assert shell("amara", "measure", study=study)["files"]
    shell("amara", "describe-study", study=study, fields=publishing.DESCRIPTION)
    shell("amara", "write-plan", study=study, steps=publishing.PLAN)
    shell("amara", "try-plan", study=study)
    shell("amara", "draft-edition", study=study, access="licensed")
    shell("amara", "submit-edition", edition=edition)
    shell("farid", "vote", edition=edition, verdict="approve")
    shell("dara", "approve-edition", edition=edition)
    shell("amara", "publish-edition", edition=edition)
    assert shell("", "search", text="wages")["hits"]
    file = received(shell, publishing)
    with zipfile.ZipFile(file) as book:
        book.extractall(shell.folder / "open")

    assert (
        CliRunner().invoke(PROGRAM, ["verify", str(shell.folder / "open" / "manifest.json"), "--training"]).exit_code
        == 0
    )


def received(shell: Shell, publishing):
    shell("", "register", login="nadia", name="Nadia", password="another long pass phrase", kind="university",
          organisation="Third University", agreed=True)  # fmt: skip
    asked = shell("nadia", "begin-request", study=publishing.STUDY)["request"]["id"]
    fields = {**publishing.REQUEST, "organisation": "Third", "completion": str(shell.office.later(90))}
    team = {"name": "Nadia", "title": "Dr", "affiliation": "Third", "login": "nadia"}
    shell("nadia", "write-request", request=asked, fields=fields, team=team)
    shell("nadia", "submit-request", request=asked)
    shell("farid", "decide-request", request=asked, decision="approve", reasons="Sound.", downloads=2,
          networks=("127.0.0.0/8", "10.0.0.0/8"))  # fmt: skip
    view = shell("nadia", "my-licences")["my_licences"][0]
    licence = view["licence"]["id"]
    shell("nadia", "accept-licence", licence=licence, offer=view["offer"])
    begun = shell("nadia", "begin-delivery", licence=licence, file="people.dta")
    assert begun["work"]["state"] == "done"
    shell("nadia", "fetch-delivery", licence=licence, delivery=begun["id"], out=shell.folder / "edition.zip")
    assert shell("nadia", "licence-state", licence=licence)["left"]["people.dta"] == 1
    return shell.folder / "edition.zip"


def test_steps_of_a_plan_can_come_from_one_file(shell, publishing, prepared):
    """A list in a file is as good as many options."""
    path = shell.folder / "plan.json"
    path.write_text(json.dumps(list(publishing.PLAN)), encoding="utf-8")
    here = Shell(prepared, shell.folder)
    plan = here("amara", "write-plan", study=publishing.STUDY, steps=f"@{path}")

    assert [one["method"] for one in plan["recipe"]["steps"]] == [one["method"] for one in publishing.PLAN]


def test_who_may_not_ends_with_four_and_a_sentence(shell):
    """No trace, no value."""
    ran = shell.run("gita", "deposits")

    assert ran.exit_code == 4
    assert ran.stderr.startswith("safeconduct: Your roles do not allow this")


def test_what_cannot_be_read_ends_with_one_and_says_what_to_do(shell, publishing):
    """The same sentence as everywhere."""
    path = shell.folder / "survey.csv"
    path.write_bytes(b"a,b,a\n1,2,3\n")
    ran = shell.run("amara", "deposit", uploads=path, study="S-1", title="x", collected_by="y", basis="mandate")

    assert ran.exit_code == 1
    assert ran.stderr.startswith("safeconduct: ")
    assert "Traceback" not in ran.stderr


def test_a_file_is_never_written_over(prepared, publishing, shell):
    """What lies there already may be somebody's."""
    here, path = Shell(prepared, shell.folder), shell.folder / "there.xlsx"
    path.write_bytes(b"mine")
    ran = here.run("amara", "roles-sheet", deposit=prepared.act("amara", "deposits")[0].id, out=path)

    assert ran.exit_code == 1
    assert path.read_bytes() == b"mine"


def test_the_program_itself_ends_so_too(shell):
    """The same from a real process, without an account to act as."""
    command = [sys.executable, "-m", "safeconduct", "search", "--site", str(shell.office.root), "--json"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["hits"] == []
